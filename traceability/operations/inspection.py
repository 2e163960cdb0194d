"""Measuring, holding, recalling, and keeping papers."""

from __future__ import annotations

import hashlib

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.domain.events import Kind
from traceability.domain.facts import Attach, CloseHold, Inspect, LiftRecall, PutOnHold, RecallGoods
from traceability.domain.roles import Actor
from traceability.domain.text import nfc
from traceability.errors import (
    NeedsConfirming,
    NoSuchHold,
    NoSuchRecall,
    NothingChosen,
    OneTarget,
    SayWhy,
)
from traceability.models import Attachment, Event, Hold, Lot, Party, Plot, Recall
from traceability.operations import lookups, measuring, naming
from traceability.operations.ledger import Entry, operation
from traceability.operations.making import measured_facts, measurements
from traceability.operations.pictures import PDF, check_size, drawn_anew


@operation(Kind.INSPECT)
def inspect(session: Session, actor: Actor, fact: Inspect) -> Entry:
    """Measurements and test results of a lot, by the scale, a cupping table or a laboratory.

    Raises NothingChosen, InvalidInput for a result that cannot be right, NeedsConfirming for an unusual one.
    """
    lot = lookups.lot_of(session, actor, fact.lot, at="lot")
    facility = lookups.facility_of(session, actor, fact.facility) if fact.facility else None
    if not fact.measured:
        raise NothingChosen(at="measured")
    measured = measuring.checked(fact.measured, lot.commodity, lookups.form_of(lot.commodity, lot.form))
    doubts = measuring.unusual(measured, lot.commodity, lot.form)
    if doubts and not fact.confirmed:
        raise NeedsConfirming(doubts)
    return Entry(
        rows=measurements(actor, lot, measured, fact),
        kdes={"lot": lot.code, "measured": measured_facts(measured)},
        answer={"lot": lot.code, "number": lot.number},
        facility=facility,
    )


@operation(Kind.HOLD)
def put_on_hold(session: Session, actor: Actor, fact: PutOnHold) -> Entry:
    """A lot must not move until the hold is closed; everything made from it shows the hold at once.

    Of a plot or a farmer: whatever came from there, and what still comes in while the hold is open. Raises OneTarget.
    """
    if not fact.reason.strip():
        raise SayWhy(at="reason")
    lot, plot, farmer = _target(session, actor, fact)
    hold = Hold(
        org_id=actor.org_id,
        code=naming.fresh_code(session, Hold.code),
        lot_id=lot.id if lot else None,
        plot_id=plot.id if plot else None,
        party_id=farmer.id if farmer else None,
        reason=nfc(fact.reason),
        action=nfc(fact.action),
        opened_at=fact.occurred_at,
        zone_minutes=fact.zone_minutes,
    )
    said = {"reason": hold.reason, "action": hold.action}
    if lot is not None:
        kdes = {"hold": hold.code, "lot": lot.code, **said}
        return Entry(rows=[hold], kdes=kdes, answer={"hold": hold.code, "lot": lot.code, "number": lot.number})
    named = {"plot": plot.code if plot else "", "farmer": farmer.code if farmer else ""}
    kdes = {"hold": hold.code, "lot": "", **named, **said}
    return Entry(rows=[hold], kdes=kdes, answer={"hold": hold.code, "target": named["plot"] or named["farmer"]})


@operation(Kind.CLOSE_HOLD)
def close_hold(session: Session, actor: Actor, fact: CloseHold) -> Entry:
    """Passed: the goods may move again. Failed: they stay stopped and may only be destroyed; what a farmer or a plot
    brings in after that is not meant."""
    if not fact.outcome.strip():
        raise SayWhy(at="outcome")
    hold = session.scalars(
        select(Hold).where(Hold.org_id == actor.org_id, Hold.code == fact.hold.upper(), Hold.closed_at.is_(None))
    ).one_or_none()
    if hold is None:
        raise NoSuchHold(code=fact.hold, at="hold")

    def then(event: Event) -> None:
        hold.closed_by_id = event.id
        hold.closed_at = fact.occurred_at
        hold.passed = fact.passed
        hold.outcome = nfc(fact.outcome)

    kdes = {"hold": hold.code, "passed": fact.passed, "outcome": nfc(fact.outcome)}
    return Entry(kdes=kdes, answer={"hold": hold.code, "passed": fact.passed}, then=then)


@operation(Kind.RECALL)
def recall(session: Session, actor: Actor, fact: RecallGoods) -> Entry:
    """A lot, a plot or a farmer: everything made from it must come back. Raises OneTarget."""
    if not (fact.reason.strip() and fact.action.strip()):
        raise SayWhy(at="reason" if not fact.reason.strip() else "action")
    lot, plot, farmer = _target(session, actor, fact)
    row = Recall(
        org_id=actor.org_id,
        code=naming.fresh_code(session, Recall.code),
        lot_id=lot.id if lot else None,
        plot_id=plot.id if plot else None,
        party_id=farmer.id if farmer else None,
        reason=nfc(fact.reason),
        action=nfc(fact.action),
        phone=fact.phone.strip() or lookups.organisation_of(session, actor).phone,
        authority=nfc(fact.authority),
        authority_link=fact.authority_link,
        opened_at=fact.occurred_at,
        zone_minutes=fact.zone_minutes,
    )
    target = lot or plot or farmer
    kdes = {
        "recall": row.code,
        "lot": lot.code if lot else "",
        "plot": plot.code if plot else "",
        "farmer": farmer.code if farmer else "",
        "reason": row.reason,
        "action": row.action,
    }
    kdes |= {"authority": row.authority} if row.authority else {}
    kdes |= {"authority_link": row.authority_link} if row.authority_link else {}
    kdes |= {"language": fact.language} if fact.language else {}
    return Entry(rows=[row], kdes=kdes, answer={"recall": row.code, "target": target.code if target else ""})


@operation(Kind.LIFT_RECALL)
def lift_recall(session: Session, actor: Actor, fact: LiftRecall) -> Entry:
    """The recall ends; it stays in the history of everything it reached."""
    if not fact.outcome.strip():
        raise SayWhy(at="outcome")
    row = session.scalars(
        select(Recall).where(
            Recall.org_id == actor.org_id, Recall.code == fact.recall.upper(), Recall.closed_at.is_(None)
        )
    ).one_or_none()
    if row is None:
        raise NoSuchRecall(code=fact.recall, at="recall")

    def then(event: Event) -> None:
        row.closed_by_id = event.id
        row.closed_at = fact.occurred_at
        row.outcome = nfc(fact.outcome)

    kdes = {"recall": row.code, "outcome": nfc(fact.outcome)}
    return Entry(kdes=kdes, answer={"recall": row.code}, then=then)


@operation(Kind.ATTACH)
def attach(session: Session, actor: Actor, fact: Attach) -> Entry:
    """Keep a photo or paper with a lot. Pictures are re-encoded: no position, no hidden program travels with them.

    Raises FileTooLarge, NotAPictureOrPaper, and what `drawn_anew` refuses.
    """
    lot = lookups.lot_of(session, actor, fact.lot, at="lot")
    media_type, content = _safe(fact.content)
    row = Attachment(
        org_id=actor.org_id,
        code=naming.fresh_code(session, Attachment.code),
        lot_id=lot.id,
        title=nfc(fact.title)[:120],
        media_type=media_type,
        content=content,
        digest=hashlib.sha256(content).hexdigest(),
        public=fact.public,
    )
    kdes = {"attachment": row.code, "lot": lot.code, "media_type": media_type, "digest": row.digest}
    return Entry(rows=[row], kdes={**kdes, "public": row.public}, answer={"attachment": row.code, "lot": lot.code})


def _target(
    session: Session, actor: Actor, fact: PutOnHold | RecallGoods
) -> tuple[Lot | None, Plot | None, Party | None]:
    """The lot, the plot or the farmer that is meant."""
    if sum(bool(target) for target in (fact.lot, fact.plot, fact.farmer)) != 1:
        raise OneTarget(at="lot")
    lot = lookups.lot_of(session, actor, fact.lot, at="lot") if fact.lot else None
    plot = lookups.plot_of(session, actor, fact.plot) if fact.plot else None
    farmer = lookups.farmer_of(session, actor, fact.farmer) if fact.farmer else None
    return lot, plot, farmer


def _safe(content: bytes) -> tuple[str, bytes]:
    """The media type and the bytes to keep."""
    if not content.startswith(PDF):
        return "image/jpeg", drawn_anew(content)
    check_size(content)
    return "application/pdf", content
