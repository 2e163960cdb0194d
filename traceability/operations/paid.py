"""Money that goes over the table with the goods: a weigh-in and its payment are told together, and undone together."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from traceability.domain.facts import DeclareError, WeighIn
from traceability.domain.payments import PAID, Pay
from traceability.domain.roles import Actor
from traceability.errors import Conflict
from traceability.operations import lookups
from traceability.operations.collection import record_weigh_in
from traceability.operations.correction import declare_error
from traceability.operations.ledger import Done
from traceability.operations.money import NothingOpen, pay
from traceability.queries.corrections import paid_with
from traceability.queries.weighings import currency_of


class PaidAhead(Conflict):
    """This farmer is paid ahead, so nothing of this delivery is open. Choose “owed”: it is settled by itself."""


def weigh_in_paid(session: Session, actor: Actor, fact: WeighIn) -> Done:
    """A weigh-in whose price is paid on the spot; one without a price is only weighed in. Raises PaidAhead.

    Sent again it stays what it was the first time: what was saved as owed is paid with a payment of its own.
    """
    done = record_weigh_in(session, actor, fact)
    if done.answer.get("amount") and not done.replayed:
        payment = Pay(
            client_id=fact.client_id + PAID,
            occurred_at=fact.occurred_at,
            zone_minutes=fact.zone_minutes,
            farmer=fact.farmer,
            currency=fact.currency or currency_of(session, actor.org_id),
            deliveries=(done["lot"],),
        )
        try:
            pay(session, actor, payment)
        except NothingOpen:
            raise PaidAhead(at="price_per_kg") from None
    return done


def undo_weigh_in(session: Session, actor: Actor, fact: DeclareError) -> Done:
    """Take back a weigh-in, and what was paid with it."""
    done = declare_error(session, actor, fact)
    _undo_payment(session, actor, fact)
    return done


def declare_with_money(session: Session, actor: Actor, fact: DeclareError) -> Done:
    """Declare an entry in error; what was paid with a weigh-in stays booked, or is `undone` in the same transaction.

    Raises what `declare_error` does.
    """
    done = declare_error(session, actor, fact)
    if fact.money == "undone" and not done.replayed:
        _undo_payment(session, actor, replace(fact, replacement=None, money="stays"))
    return done


def _undo_payment(session: Session, actor: Actor, fact: DeclareError) -> None:
    """Declare in error what was paid at the scale with the weigh-in of `fact`, unless somebody did before."""
    weigh_in = lookups.event_of(session, actor, fact.event)
    paid = paid_with(session, weigh_in)
    if paid is not None and not paid.void:
        declare_error(session, actor, replace(fact, client_id=f"undo-{paid.event}", event=paid.event))
