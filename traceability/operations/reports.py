"""Reports of the public: taken in without an entry of the journal; what our own people do about them is one."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from sqlalchemy import delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from traceability.domain.events import Kind
from traceability.domain.identifiers import code_in
from traceability.domain.reports import KEPT_AFTER_HANDLING, KEPT_AT_MOST, HandleReport, State, Told
from traceability.domain.roles import Actor
from traceability.domain.text import nfc
from traceability.errors import NoSuchReport, Refusal, SayWhy
from traceability.models import Event, Organisation, Report, Reporter, ReportPhoto
from traceability.operations.ledger import Entry, operation
from traceability.operations.naming import fresh_code
from traceability.queries.dossiers import UnknownBatch, batch_by_code
from traceability.queries.lineage import chunks

MOST_A_DAY: Final = 100  # of one batch: more than this is a flood, and a manager looks at the first hundred anyway


class TooManyReports(Refusal):
    """Very many people reported this batch today. The company knows. Try again tomorrow, or call the company."""

    status = 429


def receive_report(session: Session, code: str, told: Told, photo: bytes | None, language: str) -> str:
    """Keep a report of a released batch; its number. The same form sent twice is one report.

    `photo` was drawn anew already. Raises UnknownBatch, TooManyReports.
    """
    batch, lot = batch_by_code(session, code)
    if batch.released_at is None:
        raise UnknownBatch()
    before = session.scalar(select(Report.code).where(Report.client_id == told.client_id, Report.lot_id == lot.id))
    if before is not None:
        return before
    now = datetime.now(UTC)
    lately = select(func.count()).where(Report.lot_id == lot.id, Report.made_at > now - timedelta(days=1))
    if (session.scalar(lately) or 0) >= MOST_A_DAY:
        raise TooManyReports()
    report = Report(
        org_id=lot.org_id,
        code=fresh_code(session, Report.code),
        client_id=told.client_id,
        lot_id=lot.id,
        serial=told.serial,
        differs=told.differs,
        said=told.said,
        language=language,
        made_at=now,
        zone_minutes=session.get_one(Organisation, lot.org_id).zone_minutes,
    )
    session.add(report)
    session.flush()
    if told.contact:
        session.add(Reporter(org_id=lot.org_id, report_id=report.id, contact=told.contact))
    if photo:
        session.add(ReportPhoto(org_id=lot.org_id, report_id=report.id, content=photo))
    return report.code


@operation(Kind.HANDLE_REPORT)
def handle_report(session: Session, actor: Actor, fact: HandleReport) -> Entry:
    """Say how far a report is, and perhaps forget who sent it. Raises NoSuchReport; SayWhy for an empty answer."""
    report = session.scalars(
        select(Report).where(Report.org_id == actor.org_id, Report.code == code_in(fact.report))
    ).one_or_none()
    if report is None:
        raise NoSuchReport(code=fact.report, at="report")
    state, answer = State(fact.state), nfc(fact.answer)
    if state is State.ANSWERED and not answer:
        raise SayWhy(at="answer")
    told = exists().where(Reporter.report_id == report.id), exists().where(ReportPhoto.report_id == report.id)
    forgotten = fact.forget and bool(session.scalar(select(or_(*told))))

    def then(event: Event) -> None:
        report.state, report.answer, report.handled_by_id = str(state), answer, event.id
        if forgotten:
            _forget(session, [report.id], event.recorded_at)

    kdes = {"report": report.code, "state": str(state), "answer": answer, "forgotten": forgotten}
    return Entry(kdes=kdes, answer={"report": report.code, "state": str(state)}, then=then)


def forget_reporters(session: Session, today: date) -> None:
    """Delete the contacts and photos whose time is over. That they were there, and when they went, stays told."""
    now = datetime.combine(today, time.min, UTC)
    kept = select(Reporter.report_id).union(select(ReportPhoto.report_id))
    over = or_(Report.made_at < now - KEPT_AT_MOST, Event.recorded_at < now - KEPT_AFTER_HANDLING)
    found = select(Report.id).outerjoin(Event, Event.id == Report.handled_by_id).where(Report.id.in_(kept), over)
    for some in chunks(session.scalars(found).all()):
        _forget(session, some, now)


def _forget(session: Session, reports: Collection[int], now: datetime) -> None:
    for kept in (Reporter, ReportPhoto):
        session.execute(delete(kept).where(kept.report_id.in_(reports)))
    gone = update(Report).where(Report.id.in_(reports), Report.forgotten_at.is_(None))
    session.execute(gone.values(forgotten_at=now))
