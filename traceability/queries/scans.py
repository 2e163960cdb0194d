"""What was counted: of one batch for the people who made it, and the labels that were read too widely."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from traceability.domain.roles import Actor
from traceability.domain.scans import KEPT, TOO_WIDELY, WINDOW, Evidence, Limits, Reason, What, reasons_of, usual_of
from traceability.models import Batch, Lot, Organisation, ScanCount, ScanDevice, ScanSum, ScanUsual

DAYS: Final = 30  # of the picture on a batch's page
_CHUNK: Final = 5_000  # labels of one statement

Label = tuple[int, str]  # a lot and a serial number, "" for the batch as a whole


@dataclass(frozen=True)
class Counted:
    """The visits of one batch, its labels among them."""

    last_days: tuple[int, ...]  # scans, the oldest day first, today last
    scans: int  # ever
    matches: int  # ever
    countries: tuple[tuple[str, int], ...]  # of the last days, the most first; "" where nobody knows
    languages: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Seen:
    """A label, or a batch, that asks for a look: why, and what was counted of it."""

    code: str
    number: str
    serial: str
    reasons: tuple[Reason, ...]
    found: Evidence
    scans: int


def counted_of(session: Session, lot_id: int, today: date) -> Counted:
    """How often the page of a batch was read. The caller makes sure that the batch is the reader's own."""
    first = today - timedelta(days=DAYS - 1)
    rows = session.execute(
        select(ScanCount.day, ScanCount.what, ScanCount.country, ScanCount.language, func.sum(ScanCount.n))
        .where(ScanCount.lot_id == lot_id, ScanCount.day >= today - KEPT)
        .group_by(ScanCount.day, ScanCount.what, ScanCount.country, ScanCount.language)
    ).all()
    ever: Counter[str] = Counter()
    for _, what, _, _, n in rows:
        ever[what] += int(n)
    for what, n in session.execute(
        select(ScanSum.what, func.sum(ScanSum.n)).where(ScanSum.lot_id == lot_id).group_by(ScanSum.what)
    ):
        ever[what] += int(n)
    days: Counter[date] = Counter()
    countries: Counter[str] = Counter()
    languages: Counter[str] = Counter()
    for day, what, country, language, n in rows:
        if what == What.SCAN and day >= first:
            days[day] += int(n)
            countries[country] += int(n)
            languages[language] += int(n)
    return Counted(
        last_days=tuple(days[first + timedelta(days=n)] for n in range(DAYS)),
        scans=ever[What.SCAN],
        matches=ever[What.MATCH],
        countries=_by_size(countries),
        languages=_by_size(languages),
    )


def seen_widely(session: Session, actor: Actor, limits: Limits, today: date) -> list[Seen]:
    """Everything of the actor's organisation that asks for a look, the most read first."""
    limits = limits_here(session, actor.org_id, limits)
    wanted = _candidates(session, actor.org_id, limits, today)
    found = evidence_of(session, wanted, today)
    if not found:
        return []
    rows = session.execute(
        select(Lot.id, Lot.code, Lot.number, Batch.destination, Organisation.country)
        .join(Batch, Batch.lot_id == Lot.id)
        .join(Organisation, Organisation.id == Lot.org_id)
        .where(Lot.org_id == actor.org_id, Lot.id.in_({lot_id for lot_id, _ in found}))
    )
    lots = {row.id: row for row in rows}
    seen = []
    for (lot_id, serial), (evidence, scans) in found.items():
        lot = lots[lot_id]
        expected = _expected(lot.destination, lot.country)
        if reasons := reasons_of(evidence, limits, serial=serial, expected=expected):
            seen.append(Seen(lot.code, lot.number, serial, reasons, evidence, scans))
    return sorted(seen, key=lambda one: (-one.found.devices, one.number, one.serial))


def reasons_of_label(session: Session, lot_id: int, serial: str, limits: Limits, today: date) -> tuple[Reason, ...]:
    """Why one label asks for a look, as far as the people who made it are told."""
    return _judged(session, lot_id, serial, limits, today)[1]


def shared_of(session: Session, lot_id: int, serial: str, limits: Limits, today: date) -> Evidence | None:
    """What was counted of a label whose page says that it may be copied or shared; None for any other."""
    found, reasons = _judged(session, lot_id, serial, limits, today)
    return found if TOO_WIDELY.intersection(reasons) else None


def usual_tenths(session: Session, org_id: int) -> int:
    """By how many tenths of a device nine in ten labels of the organisation that are read are read; 0: not known."""
    return session.scalar(select(ScanUsual.tenths).where(ScanUsual.org_id == org_id)) or 0


def limits_here(session: Session, org_id: int, limits: Limits) -> Limits:
    """These limits as they follow how readily the labels of the organisation are read."""
    return limits.following(usual_tenths(session, org_id))


def limits_of_batch(session: Session, lot_id: int, limits: Limits) -> Limits:
    """The same for the organisation of a batch."""
    tenths = select(ScanUsual.tenths).join(Batch, Batch.org_id == ScanUsual.org_id).where(Batch.lot_id == lot_id)
    return limits.following(session.scalar(tenths) or 0)


def reckoned(session: Session, today: date) -> dict[int, int] | None:
    """How readily labels of each organisation were read within the thirty days before today, in tenths of a device.

    Organisations of which too few were read are left out; None when today was reckoned already. It reads every
    device that is kept, so it is asked once a day, by nobody who waits.
    """
    if session.scalar(select(ScanUsual.day).where(ScanUsual.day == today).limit(1)) is not None:
        return None
    labels = (
        select(ScanDevice.org_id, func.count().label("devices"))
        .where(ScanDevice.day >= today - WINDOW, ScanDevice.day < today)
        .where(ScanDevice.what == What.SCAN, ScanDevice.serial != "")
        .group_by(ScanDevice.org_id, ScanDevice.lot_id, ScanDevice.serial)
        .subquery()
    )
    read: defaultdict[int, dict[int, int]] = defaultdict(dict)
    columns = labels.c.org_id, labels.c.devices
    for org_id, devices, n in session.execute(select(*columns, func.count()).group_by(*columns)):
        read[org_id][devices] = n
    found = {org_id: usual_of(some) for org_id, some in read.items()}
    return {org_id: tenths for org_id, tenths in found.items() if tenths}


def _judged(
    session: Session, lot_id: int, serial: str, limits: Limits, today: date
) -> tuple[Evidence, tuple[Reason, ...]]:
    counted = evidence_of(session, [(lot_id, serial)], today).get((lot_id, serial))
    if counted is None:
        return Evidence(), ()
    limits = limits_of_batch(session, lot_id, limits)
    places = select(Batch.destination, Organisation.country).join(Organisation, Organisation.id == Batch.org_id)
    destination, country = session.execute(places.where(Batch.lot_id == lot_id)).one()
    return counted[0], reasons_of(counted[0], limits, serial=serial, expected=_expected(destination, country))


def evidence_of(session: Session, labels: Iterable[Label], today: date) -> dict[Label, tuple[Evidence, int]]:
    """What was counted of these labels within the window, and how many visits that were."""
    wanted, since = sorted(set(labels)), today - WINDOW
    tallies: defaultdict[Label, _Tally] = defaultdict(_Tally)
    is_late = func.coalesce(ScanDevice.day > Batch.best_before, False)
    key, place = (ScanDevice.lot_id, ScanDevice.serial), (ScanDevice.day, ScanDevice.country, ScanDevice.language)
    columns = *key, ScanDevice.what, *place, is_late
    scans: dict[Label, int] = {}
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        rows = session.execute(
            select(*columns, func.count())
            .join(Batch, Batch.lot_id == ScanDevice.lot_id)
            .where(tuple_(ScanDevice.lot_id, ScanDevice.serial).in_(chunk), ScanDevice.day > since)
            .group_by(*columns)
        )
        for lot_id, serial, what, day, country, language, late, n in rows:
            tallies[lot_id, serial].add(What(what), day, country, language, late, n)
        visits = session.execute(
            select(ScanCount.lot_id, ScanCount.serial, func.sum(ScanCount.n))
            .where(tuple_(ScanCount.lot_id, ScanCount.serial).in_(chunk))
            .where(ScanCount.day > since, ScanCount.what == What.SCAN)
            .group_by(ScanCount.lot_id, ScanCount.serial)
        )
        scans |= {(lot_id, serial): int(n) for lot_id, serial, n in visits}
    return {label: (tallies[label].evidence(), scans.get(label, 0)) for label in wanted if label in tallies}


class _Tally:
    """Devices of one label by where they were, as they are read from the database."""

    def __init__(self) -> None:
        self._days: Counter[date] = Counter()
        self._countries: Counter[str] = Counter()
        self._languages: Counter[str] = Counter()
        self._late = self._unprinted = 0

    def add(self, what: What, day: date, country: str, language: str, late: bool, n: int) -> None:
        if what is What.UNPRINTED:
            self._unprinted += n
        elif what is What.SCAN:
            self._days[day] += n
            self._countries[country] += n
            self._languages[language] += n
            self._late += n if late else 0

    def evidence(self) -> Evidence:
        return Evidence(
            devices=self._days.total(),
            days=len(self._days),
            most=max(self._days.values(), default=0),
            countries=dict(_by_size(self._countries)),
            languages=dict(_by_size(self._languages)),
            late=self._late,
            unprinted=self._unprinted,
        )


def _candidates(session: Session, org_id: int, limits: Limits, today: date) -> list[Label]:
    """What so many read that it may be above a limit: thousands of ordinary labels are never looked at one by one."""
    rows = session.execute(
        select(ScanDevice.lot_id, ScanDevice.serial)
        .where(ScanDevice.org_id == org_id, ScanDevice.day > today - WINDOW)
        .where(ScanDevice.what.in_((What.SCAN, What.UNPRINTED)))
        .group_by(ScanDevice.lot_id, ScanDevice.serial)
        .having(func.count() > limits.least)
    )
    return [(lot_id, serial) for lot_id, serial in rows]


def _expected(destination: str, made_in: str) -> frozenset[str]:
    """The countries in which a label may well be read; empty when nobody said where it goes."""
    return frozenset((destination, made_in)) if destination else frozenset()


def _by_size(found: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))
