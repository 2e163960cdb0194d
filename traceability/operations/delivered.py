"""A delivery as every correction finds it: what a weigh-in made, whose it is, and who holds some of it by now."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.domain.postings import Account, Posting
from traceability.domain.roles import Actor
from traceability.errors import AlreadyDeclared
from traceability.models import Event, Lot, Party, Plot
from traceability.operations.ledger import take_turn
from traceability.queries.corrections import organisations_below


def delivery_of(session: Session, event: Event) -> Lot:
    """What a weigh-in made."""
    return session.scalars(select(Lot).where(Lot.org_id == event.org_id, Lot.made_by_id == event.id)).one()


def origin_of(session: Session, delivery: Lot) -> tuple[Party, Plot | None]:
    """Whose a delivery is now."""
    plot = session.get_one(Plot, delivery.origin_plot_id) if delivery.origin_plot_id is not None else None
    return session.get_one(Party, delivery.origin_party_id), plot


def source_of(farmer: Party, plot: Plot | None) -> Posting:
    """The account that grams of a farmer come from."""
    return Posting(Account.PLOT, plot.code, 0) if plot else Posting(Account.PARTY, farmer.code, 0)


def check_not_declared(session: Session, event: Event) -> None:
    """Raises AlreadyDeclared."""
    if session.scalars(select(Event.id).where(Event.declares_id == event.id)).first() is not None:
        raise AlreadyDeclared()


def take_turns_below(session: Session, actor: Actor, code: str) -> None:
    """Nobody who holds some of the delivery, or is about to receive it, makes or releases anything meanwhile.

    In the order of ids, the own turn among them: two organisations that correct what went to each other never wait
    for each other in a ring.
    """
    made = select(Lot.id).join(Event, Event.id == Lot.made_by_id)
    delivery = session.scalar(made.where(Event.org_id == actor.org_id, Event.code == code.upper()).limit(1))
    held: set[int] = set()
    while delivery is not None and (wanted := {actor.org_id, *organisations_below(session, delivery)} - held):
        for org_id in sorted(wanted):
            take_turn(session, org_id)
        held |= wanted
