"""What the receipt of a payment says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from traceability.domain.dossier import Names
from traceability.domain.roles import Actor
from traceability.errors import NoSuchEvent
from traceability.models import Event, Lot, Organisation, Party, Person, User
from traceability.queries.farmers import FarmerRow, farmer_row


@dataclass(frozen=True)
class PaymentSlip:
    """A payment; the parts are numbers of deliveries with their amounts."""

    event: str
    at: datetime
    zone_minutes: int
    organisation: Names
    phone: str
    farmer: FarmerRow
    amount: int
    currency: str
    advance: bool
    parts: tuple[tuple[str, int], ...]
    rest: int
    clerk: str
    void: bool


def payment_slip(session: Session, actor: Actor, code: str) -> PaymentSlip:
    """What the receipt of a payment says, by the code of its entry. Raises NoSuchEvent."""
    found = session.execute(
        select(Event, Organisation, User.name)
        .join(Organisation, Organisation.id == Event.org_id)
        .outerjoin(User, User.id == Event.actor_id)
        .where(Event.org_id == actor.org_id, Event.kind == "pay", Event.code == code.strip().upper())
    ).first()
    if found is None:
        raise NoSuchEvent(code=code)
    event, organisation, clerk = found
    said: Mapping[str, Any] = event.kdes
    party, person = session.execute(
        select(Party, Person)
        .join(Person, Person.party_id == Party.id)
        .where(Party.org_id == actor.org_id, Party.code == said["farmer"])
    ).one()
    parts = {part["delivery"]: part["amount"] for part in said["parts"]}
    named = session.execute(select(Lot.code, Lot.number).where(Lot.org_id == actor.org_id, Lot.code.in_(parts)))
    numbers = {lot: number for lot, number in named}
    return PaymentSlip(
        event=event.code,
        at=event.occurred_at,
        zone_minutes=event.zone_minutes,
        organisation=organisation.called,
        phone=organisation.phone,
        farmer=farmer_row(party, person),
        amount=said["amount"],
        currency=said["currency"],
        advance=said["purpose"] == "advance",
        parts=tuple((numbers.get(delivery, delivery), amount) for delivery, amount in parts.items()),
        rest=said["amount"] - sum(parts.values()),
        clerk=clerk or "",
        void=session.scalar(select(exists().where(Event.declares_id == event.id))) or False,
    )
