"""Corrections: an event stays for ever, a later one declares it in error and takes its grams back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.domain.events import Kind
from traceability.domain.facts import REPLACEMENT, UNDONE, AskCorrection, DeclareError
from traceability.domain.postings import Account, Posting, reversed_entry
from traceability.domain.roles import Actor, Role
from traceability.domain.text import nfc
from traceability.errors import (
    CannotBeDeclared,
    ManagerNeeded,
    MassNeeded,
    NeedsConfirming,
    NotAWeighIn,
    OriginCorrected,
    SameWeight,
    SayWhy,
    TooLateToUndo,
    UsedDownstream,
    WeighedAnew,
    WeightCorrected,
)
from traceability.models import Batch, Event, Lot
from traceability.models import Posting as PostingRow
from traceability.operations import collection, lookups
from traceability.operations.delivered import check_not_declared, delivery_of, origin_of
from traceability.operations.ledger import Done, Entry, operation
from traceability.queries.corrections import corrections_of_weight
from traceability.queries.standings import replacements_of

# A receipt is undone by dispatching back; registering by registering anew; holds and recalls by closing them.
_DECLARABLE = frozenset(
    {
        *(Kind.WEIGH_IN, Kind.FORM_LOT, Kind.PROCESS, Kind.SPLIT, Kind.MERGE, Kind.REBAG, Kind.DISPOSE, Kind.PACK),
        *(Kind.POUR_IN, Kind.DRAW_OFF, Kind.LEVEL_POOL),
        *(Kind.AGREE_PRICE, Kind.PAY, Kind.SUPERSEDE),
    }
)
_SAYS_IT_ALL = frozenset({"wrong_farmer", "wrong_weight", "twice"})  # no more words are needed
UNDO_SECONDS = 10
_ON_ITS_WAY = timedelta(seconds=5)  # a tap of the tenth second may come over a slow network
_OWN_TIME = timedelta(hours=24)  # how long a clerk may correct an own entry without a manager


def declare_error(session: Session, actor: Actor, fact: DeclareError) -> Done:
    """Declare an event in error and, for a weigh-in, record the right one in the same transaction.

    Raises CannotBeDeclared (also for a weigh-in in the place of something else), AlreadyDeclared, ManagerNeeded, and
    UsedDownstream when something made from it moved on.
    """
    done = _declare(session, actor, fact)
    if fact.replacement is None:
        return done
    replacement = replace(fact.replacement, client_id=fact.client_id + REPLACEMENT)
    right = collection.record_weigh_in(session, actor, replacement)
    return replace(done, answer={**done.answer, "replacement": dict(right.answer), "replaced_by": right.event})


@operation(Kind.DECLARE_ERROR)
def _declare(session: Session, actor: Actor, fact: DeclareError) -> Entry:
    event = lookups.event_of(session, actor, fact.event)
    if event.kind not in _DECLARABLE or (fact.replacement is not None and event.kind != Kind.WEIGH_IN):
        raise CannotBeDeclared()
    check_not_declared(session, event)
    if fact.reason == UNDONE:
        _check_undo(actor, event)
    elif fact.reason not in _SAYS_IT_ALL and not fact.note.strip():
        raise SayWhy(at="note")
    if Role.MANAGER not in actor.roles and actor.user_id is not None:
        own = event.actor_id == actor.user_id and event.recorded_at + _OWN_TIME > datetime.now(UTC)
        if not own:
            raise ManagerNeeded()
    _check_not_sealed(session, event)
    if event.kind == Kind.FORM_LOT and session.scalars(corrections_of_weight(event)).first() is not None:
        raise WeightCorrected()
    if event.kind == Kind.WEIGH_IN:
        _check_as_said(session, event)
    if event.kind == Kind.SUPERSEDE:
        _stands_again(session, event)
    lines = session.scalars(select(PostingRow).where(PostingRow.event_id == event.id).order_by(PostingRow.line))
    postings = reversed_entry([Posting(Account(p.account), p.ref, p.mass_g, p.count) for p in lines])
    kdes = {
        "event": event.code,
        "of": event.kind,
        "reason": fact.reason,
        "why": nfc(fact.note),
        "replaced": fact.replacement is not None,
    }
    answer = {"event": event.code, "of": event.kind}
    return Entry(postings=postings, kdes=kdes, answer=answer, declares=event)


@operation(Kind.ASK_CORRECTION)
def ask_correction(session: Session, actor: Actor, fact: AskCorrection) -> Entry:
    """Escalate: ask a manager to correct an entry that one may not, or cannot yet, declare oneself.

    NeedsConfirming for another weight that would be asked about at the scale.
    """
    event = lookups.event_of(session, actor, fact.event)
    if not fact.reason.strip():
        raise SayWhy(at="reason")
    kdes: dict[str, object] = {"event": event.code, "of": event.kind, "reason": nfc(fact.reason)}
    if fact.mass_g is not None:
        delivery = _weight_asked(session, event, fact.mass_g)
        kdes["mass_g"], kdes["was_g"] = fact.mass_g, delivery.made_g
        doubts = collection.doubts_of_weight(session, actor, event, delivery, fact.mass_g)
        if doubts and not fact.confirmed:
            raise NeedsConfirming(doubts, at="mass_g")
    return Entry(kdes=kdes, answer={"event": event.code})


def _weight_asked(session: Session, event: Event, mass_g: int) -> Lot:
    """The delivery of which another weight is asked for.

    Raises NotAWeighIn, MassNeeded, SameWeight.
    """
    if event.kind != Kind.WEIGH_IN:
        raise NotAWeighIn(at="mass_g")
    if mass_g <= 0:
        raise MassNeeded(at="mass_g")
    delivery = delivery_of(session, event)
    if mass_g == delivery.made_g:
        raise SameWeight(at="mass_g")
    return delivery


def _check_undo(actor: Actor, event: Event) -> None:
    """Seconds after it was saved, by whoever saved it, a weigh-in and its payment are taken back without words."""
    late = event.recorded_at + timedelta(seconds=UNDO_SECONDS) + _ON_ITS_WAY < datetime.now(UTC)
    if event.kind not in (Kind.WEIGH_IN, Kind.PAY) or event.actor_id != actor.user_id or late:
        raise TooLateToUndo()


def _check_as_said(session: Session, event: Event) -> None:
    """As many grams as the weigh-in said go back to where it took them from: so many must be there, and theirs.

    Raises OriginCorrected, WeighedAnew.
    """
    delivery = delivery_of(session, event)
    farmer, plot = origin_of(session, delivery)
    if (farmer.code, plot.code if plot else "") != (event.kdes["farmer"], event.kdes["plot"]):
        raise OriginCorrected()
    said = select(PostingRow.mass_g).where(PostingRow.event_id == event.id, PostingRow.lot_id == delivery.id)
    was_g = session.scalars(said).one()
    if delivery.made_g != was_g:
        raise WeighedAnew(was_g=was_g)


def _stands_again(session: Session, event: Event) -> None:
    """The batch that was replaced by mistake is led to no other any more."""
    batch, lot = session.execute(
        select(Batch, Lot)
        .join(Lot, Lot.id == Batch.lot_id)
        .where(Batch.org_id == event.org_id, Lot.code == str(event.kdes["old"]))
    ).one()
    newest = session.scalars(replacements_of(lot)).first()
    if newest is not None and newest.id == event.id:
        batch.superseded_by = ""


def _check_not_sealed(session: Session, event: Event) -> None:
    sealed = session.scalars(
        select(Lot.number).join(Batch, Batch.lot_id == Lot.id).where(Lot.made_by_id == event.id)
    ).first()
    if sealed is not None:
        raise UsedDownstream(lots=sealed)
