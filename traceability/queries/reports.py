"""Reports of the public, for the organisation whose goods they are about; and what a reporter may see of one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from traceability.domain.identifiers import code_in
from traceability.domain.moments import day_bounds
from traceability.domain.reports import State
from traceability.domain.roles import Actor
from traceability.domain.scans import What
from traceability.errors import NoSuchReport
from traceability.models import Lot, Report, Reporter, ReportPhoto, ScanCount
from traceability.queries.lineage import chunks

MOST: Final = 200  # of one list: the open ones first, then the newest


@dataclass(frozen=True)
class Reported:
    """A report as its list shows it."""

    code: str
    batch: str
    number: str  # of the lot
    serial: str
    differs: str
    said: str
    language: str
    made_at: datetime
    zone_minutes: int
    state: State
    answer: str
    contact: str
    has_photo: bool
    forgotten_at: datetime | None  # when contact and photo were deleted


def reports_of(session: Session, actor: Actor, *, batch: str = "") -> list[Reported]:
    """The reports of the actor's organisation, or of one of its batches: what is new first, then the newest."""
    wanted = _reports(actor).order_by(case((Report.state == State.NEW, 0), else_=1), Report.id.desc()).limit(MOST)
    return _read(session, wanted.where(Lot.code == batch) if batch else wanted)


def report_of(session: Session, actor: Actor, code: str) -> Reported:
    """One report. Raises NoSuchReport."""
    found = _read(session, _reports(actor).where(Report.code == code_in(code)))
    if not found:
        raise NoSuchReport(code=code)
    return found[0]


def photo_of(session: Session, actor: Actor, code: str) -> bytes:
    """The photo of a report. Raises NoSuchReport."""
    found = session.scalar(
        select(ReportPhoto.content)
        .join(Report, Report.id == ReportPhoto.report_id)
        .where(Report.org_id == actor.org_id, Report.code == code_in(code))
    )
    if found is None:
        raise NoSuchReport(code=code)
    return found


def new_reports(session: Session, actor: Actor) -> int:
    """How many nobody has looked at."""
    wanted = select(func.count()).where(Report.org_id == actor.org_id, Report.state == State.NEW)
    return session.scalar(wanted) or 0


def differing(session: Session, lot_id: int) -> Mapping[str, int]:
    """How many reports of a batch there are of each thing that differs. The caller makes sure whose batch it is."""
    rows = session.execute(select(Report.differs, func.count()).where(Report.lot_id == lot_id).group_by(Report.differs))
    return Counter({differs: n for differs, n in rows})


@dataclass(frozen=True)
class Heard:
    """What readers of one batch did and said: how often, and how many reports of it are not answered yet."""

    org_id: int
    code: str
    lot: str
    visits: int
    verified: int
    matches: int
    reports: int
    open: int


def heard_of(session: Session, orgs: Collection[int], first: date, last: date, zone_minutes: int) -> list[Heard]:
    """Every batch that somebody read or reported from the first to the last day: the most reported first.

    Visits are kept by days of UTC: those of a day count for the day of the same name elsewhere, and for no other.
    """
    since, until = day_bounds(first, zone_minutes)[0], day_bounds(last, zone_minutes)[1]
    counted: dict[int, Counter[str]] = {}
    days = ScanCount.day >= first, ScanCount.day <= last
    for lot_id, what, n in session.execute(
        select(ScanCount.lot_id, ScanCount.what, func.sum(ScanCount.n))
        .where(ScanCount.org_id.in_(orgs), *days)
        .group_by(ScanCount.lot_id, ScanCount.what)
    ):
        counted.setdefault(lot_id, Counter())[what] += int(n)
    said: dict[int, Counter[str]] = {}
    for lot_id, state, n in session.execute(
        select(Report.lot_id, Report.state, func.count())
        .where(Report.org_id.in_(orgs), Report.made_at >= since, Report.made_at < until)
        .group_by(Report.lot_id, Report.state)
    ):
        said.setdefault(lot_id, Counter())[state] += n
    found = []
    named = select(Lot.id, Lot.org_id, Lot.code, Lot.number)
    lots = (
        row for ids in chunks(counted.keys() | said.keys()) for row in session.execute(named.where(Lot.id.in_(ids)))
    )
    for lot_id, org_id, code, number in lots:
        did, told = counted.get(lot_id, Counter()), said.get(lot_id, Counter())
        still = told.total() - told[State.ANSWERED]
        visits = did[What.SCAN], did[What.VERIFY], did[What.MATCH]
        found.append(Heard(org_id, code, number, *visits, told.total(), still))
    return sorted(found, key=lambda one: (-one.reports, -one.verified, -one.visits, one.code))


@dataclass(frozen=True)
class Sent:
    """What whoever has the number of a report may see: how far it is, and the answer. Nothing of what was said."""

    number: str
    state: State
    answer: str
    made_at: datetime
    zone_minutes: int


def sent_report(session: Session, batch: str, number: str) -> Sent:
    """A report of this batch by its number. Raises NoSuchReport."""
    row = session.scalars(
        select(Report).join(Lot, Lot.id == Report.lot_id).where(Lot.code == batch, Report.code == number)
    ).one_or_none()
    if row is None:
        raise NoSuchReport(code=number)
    return Sent(row.code, State(row.state), row.answer, row.made_at, row.zone_minutes)


def _reports(actor: Actor) -> Select[Report, Lot, str, int]:
    return (
        select(Report, Lot, Reporter.contact, ReportPhoto.id)
        .join(Lot, Lot.id == Report.lot_id)
        .outerjoin(Reporter, Reporter.report_id == Report.id)
        .outerjoin(ReportPhoto, ReportPhoto.report_id == Report.id)
        .where(Report.org_id == actor.org_id)
    )


def _read(session: Session, wanted: Select[Report, Lot, str, int]) -> list[Reported]:
    return [
        Reported(
            code=report.code,
            batch=lot.code,
            number=lot.number,
            serial=report.serial,
            differs=report.differs,
            said=report.said,
            language=report.language,
            made_at=report.made_at,
            zone_minutes=report.zone_minutes,
            state=State(report.state),
            answer=report.answer,
            contact=contact or "",
            has_photo=photo is not None,
            forgotten_at=report.forgotten_at,
        )
        for report, lot, contact, photo in session.execute(wanted)
    ]
