"""Corrections: an event stays for ever, a later one declares it in error and takes its grams back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.domain.events import Kind
from traceability.domain.facts import REPLACEMENT, AskCorrection, DeclareError
from traceability.domain.postings import Account, Posting, reversed_entry
from traceability.domain.roles import Actor, Role
from traceability.domain.text import nfc
from traceability.errors import AlreadyDeclared, CannotBeDeclared, ManagerNeeded, SayWhy, UsedDownstream
from traceability.models import Batch, Event, Lot
from traceability.models import Posting as PostingRow
from traceability.operations import collection, lookups
from traceability.operations.ledger import Done, Entry, operation

# A receipt is undone by dispatching back; registering by registering anew; holds and recalls by closing them.
_DECLARABLE = frozenset(
    {
        *(Kind.WEIGH_IN, Kind.FORM_LOT, Kind.PROCESS, Kind.SPLIT, Kind.MERGE, Kind.REBAG, Kind.DISPOSE, Kind.PACK),
        *(Kind.POUR_IN, Kind.DRAW_OFF, Kind.LEVEL_POOL),
    }
)
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
    if session.scalars(select(Event.id).where(Event.declares_id == event.id)).first() is not None:
        raise AlreadyDeclared()
    if not fact.note.strip():
        raise SayWhy(at="note")
    if Role.MANAGER not in actor.roles and actor.user_id is not None:
        own = event.actor_id == actor.user_id and event.recorded_at + _OWN_TIME > datetime.now(UTC)
        if not own:
            raise ManagerNeeded()
    _check_not_sealed(session, event)
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
    """Escalate: ask a manager to correct an entry that one may not, or cannot yet, declare oneself."""
    event = lookups.event_of(session, actor, fact.event)
    if not fact.reason.strip():
        raise SayWhy(at="reason")
    kdes = {"event": event.code, "of": event.kind, "reason": nfc(fact.reason)}
    return Entry(kdes=kdes, answer={"event": event.code})


def _check_not_sealed(session: Session, event: Event) -> None:
    sealed = session.scalars(
        select(Lot.number).join(Batch, Batch.lot_id == Lot.id).where(Lot.made_by_id == event.id)
    ).first()
    if sealed is not None:
        raise UsedDownstream(lots=sealed)
