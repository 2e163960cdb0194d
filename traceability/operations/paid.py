"""Money that goes over the table with the goods: a weigh-in and its payment are told together, and undone together."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.domain.facts import DeclareError, WeighIn
from traceability.domain.payments import Pay
from traceability.domain.roles import Actor
from traceability.errors import Conflict
from traceability.models import Event
from traceability.operations import lookups
from traceability.operations.collection import record_weigh_in
from traceability.operations.correction import declare_error
from traceability.operations.ledger import Done
from traceability.operations.money import NothingOpen, pay
from traceability.queries.weighings import currency_of

# The payment is said under the weigh-in's client id with this behind it: so the two find each other.
PAID = ".p"


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
    said = lookups.event_of(session, actor, fact.event).client_id + PAID
    paid = session.scalars(select(Event.code).where(Event.org_id == actor.org_id, Event.client_id == said)).first()
    if paid is not None:
        declare_error(session, actor, replace(fact, client_id=f"undo-{paid}", event=paid))
    return done
