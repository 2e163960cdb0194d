"""Counting visits: sums that several processes add to, digests of devices for thirty days, and then only months.

Nothing here is an entry of the journal, and nothing here is waited for: whoever serves hands in what was noted every
few seconds, in a transaction of its own.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple

from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from traceability.domain.scans import KEPT, Noted, What
from traceability.models import Batch, Lot, ScanCount, ScanDevice, ScanSalt
from traceability.operations.reports import forget_reporters
from traceability.queries.lineage import chunks

_ADD: Final = text(
    "insert into scan_count (lot_id, serial, day, what, country, language, org_id, n) "
    "values (:lot_id, :serial, :day, :what, :country, :language, :org_id, :n) "
    "on conflict (lot_id, serial, day, what, country, language) do update set n = scan_count.n + excluded.n"
)
_SEEN: Final = text(
    "insert into scan_device (lot_id, serial, day, what, device, org_id, country, language) "
    "values (:lot_id, :serial, :day, :what, :device, :org_id, :country, :language) on conflict do nothing"
)
_FORGET: Final = text(
    "delete from scan_device where lot_id = :lot_id and serial = :serial and day = :day and what = :what "
    "and device = :device returning country, language"
)
_LESS: Final = text(
    "update scan_count set n = n - 1 where lot_id = :lot_id and serial = :serial and day = :day and what = :what "
    "and country = :country and language = :language and n > 0"
)
_SALT: Final = text("insert into scan_salt (day, salt) values (:day, :salt) on conflict (day) do nothing")
_USUAL: Final = text(
    "insert into scan_usual (org_id, day, tenths) values (:org_id, :day, :tenths) "
    "on conflict (org_id) do update set day = excluded.day, tenths = excluded.tenths"
)
_SUM: Final = text(
    "insert into scan_sum (lot_id, month, what, country, org_id, n) "
    "values (:lot_id, :month, :what, :country, :org_id, :n) "
    "on conflict (lot_id, month, what, country) do update set n = scan_sum.n + excluded.n"
)


class _Place(NamedTuple):
    """Where something is counted, in the order in which all processes lock rows."""

    lot_id: int
    serial: str
    what: str
    country: str
    language: str
    org_id: int


def store(session: Session, noted: Sequence[Noted], today: date) -> None:
    """Add what was noted to the counts of today. What names no released batch is left out. The first call of a day
    cleans up, even when nothing was noted.
    """
    salt = _salt_of(session, today)
    lots = _lots(session, {one.code for one in noted})
    sums: Counter[_Place] = Counter()
    devices: dict[tuple[_Place, str], None] = {}
    taken_back: list[tuple[_Place, str]] = []
    for one in noted:
        if one.code not in lots:
            continue
        place = _place(one, lots)
        device = _digest(one.reader, salt)
        if one.taken_back:
            taken_back.append((place, device))
        elif one.what is not What.MATCH:
            sums[place] += one.n
            devices[place, device] = None
        elif _is_new(session, place, device, today):  # the button counts once a day, however often it is pressed
            sums[place] += 1
    _write(session, sums, devices, today)
    for place, device in sorted(taken_back):
        _take_back(session, place, device, today)


def keep_usual(session: Session, usual: Mapping[int, int], today: date) -> None:
    """How readily labels of each organisation are read, in place of what was reckoned before. An organisation of which
    few were read of late keeps its last number: people read as readily in the next season.
    """
    if usual:
        rows = [{"org_id": org, "day": today, "tenths": tenths} for org, tenths in sorted(usual.items())]
        session.execute(_USUAL, rows)


def _digest(reader: str, salt: bytes) -> str:
    return hashlib.blake2b(reader.encode("utf-8", "replace"), key=salt, digest_size=8).hexdigest()


def _salt_of(session: Session, today: date) -> bytes:
    """The salt of today. Whoever makes it throws away those before, and with them all that ties days together; and what
    was kept of readers and reporters for long enough. A process for which it is still yesterday spoils no new day.
    """
    made = session.execute(_SALT, {"day": today, "salt": secrets.token_bytes(32)}).rowcount  # type: ignore[attr-defined]
    if made:
        session.execute(delete(ScanSalt).where(ScanSalt.day < today))
        roll_up(session, today)
        forget_reporters(session, today)
    return session.scalars(select(ScanSalt.salt).where(ScanSalt.day == today)).one()


def roll_up(session: Session, today: date) -> None:
    """What is older than thirty days becomes sums of its month; the digests of its devices go."""
    first = today - KEPT
    session.execute(delete(ScanDevice).where(ScanDevice.day < first))
    columns = ScanCount.org_id, ScanCount.lot_id, ScanCount.what, ScanCount.country, ScanCount.day
    old = session.execute(select(*columns, func.sum(ScanCount.n)).where(ScanCount.day < first).group_by(*columns))
    sums = [
        {"org_id": org, "lot_id": lot, "what": what, "country": country, "month": day.replace(day=1), "n": int(n)}
        for org, lot, what, country, day, n in old
    ]
    if sums:
        session.execute(_SUM, sums)
    session.execute(delete(ScanCount).where(ScanCount.day < first))


def _lots(session: Session, codes: set[str]) -> dict[str, tuple[int, int]]:
    """Organisation and lot of every released batch, by its public code."""
    found: dict[str, tuple[int, int]] = {}
    for chunk in chunks(codes):
        rows = session.execute(
            select(Lot.code, Lot.org_id, Lot.id)
            .join(Batch, Batch.lot_id == Lot.id)
            .where(Lot.code.in_(chunk), Batch.released_at.is_not(None))
        )
        found |= {code: (org_id, lot_id) for code, org_id, lot_id in rows}
    return found


def _place(one: Noted, lots: Mapping[str, tuple[int, int]]) -> _Place:
    org_id, lot_id = lots[one.code]
    # a number that was never printed is only counted: whoever makes numbers up could else fill the table with them
    serial = "" if one.what is What.UNPRINTED else one.serial
    return _Place(lot_id, serial, str(one.what), one.country, one.language, org_id)


def _is_new(session: Session, place: _Place, device: str, today: date) -> bool:
    values = {**place._asdict(), "device": device, "day": today}
    return bool(session.execute(_SEEN, values).rowcount)  # type: ignore[attr-defined]


def _write(
    session: Session, sums: Mapping[_Place, int], devices: Mapping[tuple[_Place, str], None], today: date
) -> None:
    if sums:
        session.execute(_ADD, [{**place._asdict(), "day": today, "n": sums[place]} for place in sorted(sums)])
    if devices:
        rows = [{**place._asdict(), "day": today, "device": device} for place, device in sorted(devices)]
        session.execute(_SEEN, rows)


def _take_back(session: Session, place: _Place, device: str, today: date) -> None:
    """This visit counts no more, and nothing tells that it was there."""
    values = {**place._asdict(), "day": today, "device": device}
    found = session.execute(_FORGET, values).one_or_none()
    if found is not None:
        session.execute(_LESS, {**values, "country": found.country, "language": found.language})
