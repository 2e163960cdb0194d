"""How much a place can pack or process in a day: an entry of its organisation, the last one counts."""

from __future__ import annotations

from sqlalchemy.orm import Session

from traceability.domain.capacity import SetCapacity
from traceability.domain.events import Kind
from traceability.domain.roles import Actor
from traceability.errors import MassNeeded
from traceability.operations import lookups
from traceability.operations.ledger import Entry, operation


@operation(Kind.SET_CAPACITY)
def set_capacity(session: Session, actor: Actor, fact: SetCapacity) -> Entry:
    """Say the capacity of a place, or that it is not known. Raises NoSuchFacility, MassNeeded for one of nothing."""
    facility = lookups.facility_of(session, actor, fact.facility)
    if fact.capacity_g is not None and fact.capacity_g <= 0:
        raise MassNeeded(at="capacity_g")
    kdes = {"facility": facility.code, "capacity_g": fact.capacity_g}
    return Entry(kdes=kdes, answer={"facility": facility.code}, facility=facility)
