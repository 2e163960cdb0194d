"""Money that goes over the table with the goods: a weigh-in and its payment are told together, and undone together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from traceability.domain.facts import DeclareError, WeighIn
from traceability.domain.payments import NOW, PAID, Pay
from traceability.domain.roles import Actor
from traceability.errors import Conflict
from traceability.operations import lookups
from traceability.operations.collection import record_weigh_in
from traceability.operations.correction import declare_error
from traceability.operations.ledger import Done
from traceability.operations.money import NothingOpen, pay
from traceability.queries.corrections import Paid, payments_for
from traceability.queries.currencies import currency_of


class PaidAhead(Conflict):
    """This farmer is paid ahead, so nothing of this delivery is open. Choose “owed”: it is settled by itself."""


def weigh_in(session: Session, actor: Actor, fact: WeighIn) -> Done:
    """A weigh-in, and its payment where it says that it is paid now. Raises PaidAhead."""
    return (weigh_in_paid if fact.paid == NOW else record_weigh_in)(session, actor, unpaid(fact))


def unpaid(fact: WeighIn) -> WeighIn:
    """The weigh-in alone: whether it was paid is said by its payment, so paid or not it is the same request."""
    return replace(fact, paid="")


def weigh_in_paid(session: Session, actor: Actor, fact: WeighIn) -> Done:
    """A weigh-in whose price is paid on the spot; one without a price is only weighed in. Raises PaidAhead.

    Sent again it stays what it was the first time: what was saved as owed is paid with a payment of its own.
    """
    # a receipt that was written without us: who is paid ahead was not known there, and what was handed over, was
    written = bool(actor.phone or fact.receipt_number)
    done = record_weigh_in(session, actor, fact)
    if done.answer.get("amount") and not done.replayed:
        payment = Pay(
            client_id=fact.client_id + PAID,
            occurred_at=fact.occurred_at,
            zone_minutes=fact.zone_minutes,
            farmer=fact.farmer,
            currency=fact.currency or currency_of(session, actor.org_id),
            amount=done["amount"] if written else None,
            deliveries=(done["lot"],),
            confirmed=True,  # asked about as a weigh-in, not as a payment
        )
        try:
            pay(session, actor, payment)
        except NothingOpen:
            if not written:
                raise PaidAhead(at="price_per_kg") from None
            pay(session, actor, replace(payment, deliveries=()))
    return done


def undo_weigh_in(session: Session, actor: Actor, fact: DeclareError) -> Done:
    """Take back a weigh-in, and what was paid with it."""
    done = declare_error(session, actor, fact)
    _undo(session, actor, fact, [paid for paid in _payments(session, actor, fact) if paid.at_scale])
    return done


def declare_with_money(session: Session, actor: Actor, fact: DeclareError) -> Done:
    """Declare an entry in error; what was paid for a weigh-in, with it or later, stays booked, or is `undone` with it.

    A payment is undone whole: money that was not handed over paid no other delivery either. Raises what
    `declare_error` does.
    """
    done = declare_error(session, actor, fact)
    if fact.money == "undone" and not done.replayed:
        _undo(session, actor, replace(fact, replacement=None, money="stays"), _payments(session, actor, fact))
    return done


def _payments(session: Session, actor: Actor, fact: DeclareError) -> Sequence[Paid]:
    return payments_for(session, lookups.event_of(session, actor, fact.event))


def _undo(session: Session, actor: Actor, fact: DeclareError, payments: Iterable[Paid]) -> None:
    """Declare payments for the weigh-in of `fact` in error, but for those that somebody did before."""
    for paid in payments:
        if not paid.void:
            declare_error(session, actor, replace(fact, client_id=f"undo-{paid.event}", event=paid.event))
