"""The weight of a delivery that is in a closed lot, corrected in one step: what follows from it follows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from traceability.domain.approvals import CorrectWeight
from traceability.domain.events import Kind
from traceability.domain.payments import price_of
from traceability.domain.postings import Account, Posting
from traceability.domain.roles import Actor
from traceability.domain.text import nfc
from traceability.errors import ApprovalNeeded, MassNeeded, NotAWeighIn, SameWeight, SayWhy
from traceability.models import Due, Edge, Event, Lot
from traceability.operations import freezing, lookups
from traceability.operations.delivered import check_not_declared, delivery_of, origin_of, source_of, take_turns_below
from traceability.operations.ledger import Done, Entry, operation
from traceability.operations.making import difference
from traceability.operations.money import AmountNeeded
from traceability.operations.weighing import check_cap
from traceability.queries.corrections import batches_below
from traceability.queries.replaced import first_deliveries, price_now
from traceability.queries.reweighings import Closed, closed_into
from traceability.queries.seasons import period_of


def correct_weight(session: Session, actor: Actor, fact: CorrectWeight) -> Done:
    """A delivery weighed something else: the lot it was closed into, shares below, released batches and money follow.

    A lot that nobody weighed and that lies whole changes its own weight; any other keeps it, and what it lost or
    gained when it was closed changes. Only after exactly this was approved: ApprovalNeeded. Raises NotAWeighIn,
    AlreadyDeclared, SayWhy, MassNeeded, SameWeight, UsedOtherwise, CapReached.
    """
    actor.require(Kind.CORRECT_WEIGHT)
    take_turns_below(session, actor, fact.event)
    return _correct_weight(session, actor, fact)


@operation(Kind.CORRECT_WEIGHT)
def _correct_weight(session: Session, actor: Actor, fact: CorrectWeight) -> Entry:
    weigh_in = lookups.event_of(session, actor, fact.event)
    delivery = _wanted(session, weigh_in, fact)
    alone = _approved(session, actor, fact)
    was_g, more_g = delivery.made_g, fact.mass_g - delivery.made_g
    farmer, plot = origin_of(session, delivery)
    if plot is not None and more_g > 0:  # what brought too much may well have brought less
        check_cap(session, plot, delivery.commodity, period_of(session, delivery), more_g)
    closed = closed_into(session, delivery)
    due = _worth_now(session, delivery, fact.mass_g)
    touched = batches_below(session, delivery.id)
    freezing.keep_released(session, touched)
    lines = _moved(session, delivery, closed, more_g)
    versions = freezing.new_versions(session, touched)
    source = source_of(farmer, plot)
    return Entry(
        postings=[Posting(source.account, source.ref, -more_g), *lines],
        rows=[due] if due else [],
        kdes={
            "event": weigh_in.code,
            "lot": delivery.code,
            "was_g": was_g,
            "mass_g": fact.mass_g,
            "closed_into": closed.lot.code if closed else "",
            "formed_by": closed.formed.code if closed else "",
            "follows": closed.follows if closed else False,
            "amount": due.amount if due else None,
            "currency": due.currency if due else "",
            "reason": nfc(fact.reason),
            "alone": alone,
            "batches": versions.told(),
        },
        answer={"lot": delivery.code, "number": delivery.number, "mass_g": fact.mass_g},
        grows=frozenset(_growing(delivery, closed)),
        then=lambda correction: versions.keep(session, correction),
    )


def _wanted(session: Session, weigh_in: Event, fact: CorrectWeight) -> Lot:
    if weigh_in.kind != Kind.WEIGH_IN:
        raise NotAWeighIn(at="event")
    check_not_declared(session, weigh_in)
    if not fact.reason.strip():
        raise SayWhy(at="reason")
    if fact.mass_g <= 0:
        raise MassNeeded(at="mass_g")
    delivery = delivery_of(session, weigh_in)
    if fact.mass_g == delivery.made_g:
        raise SameWeight(at="mass_g")
    return delivery


def _approved(session: Session, actor: Actor, fact: CorrectWeight) -> bool:
    """Whether nobody else looked at it; the entry before must approve exactly this."""
    last = session.scalars(select(Event).where(Event.org_id == actor.org_id).order_by(Event.seq.desc()).limit(1)).one()
    said = {"event": fact.event, "mass_g": fact.mass_g}
    if last.kind != Kind.APPROVE or any(last.kdes.get(name) != value for name, value in said.items()):
        raise ApprovalNeeded()
    return bool(last.kdes["alone"])


def _moved(session: Session, delivery: Lot, closed: Closed | None, more_g: int) -> list[Posting]:
    """The lines that say where the difference is now. The weight in the edge below the delivery follows at once."""
    if closed is None:
        return [Posting(Account.LOT, delivery.code, more_g)]
    went_in = select(func.sum(Edge.mass_g)).where(Edge.child_id == closed.lot.id)
    before = int(session.scalar(went_in) or 0)
    delivery.made_g += more_g
    session.flush()
    session.execute(
        update(Edge).where(Edge.parent_id == delivery.id).values(mass_g=delivery.made_g),
        execution_options={"synchronize_session": False},
    )
    if closed.follows:
        return [Posting(Account.LOT, closed.lot.code, more_g)]
    name = "transit" if closed.formed.kdes.get("vehicle") else "weighing"
    weighs = closed.lot.made_g
    return _between(difference(before, weighs, name), difference(before + more_g, weighs, name))


def _growing(delivery: Lot, closed: Closed | None) -> list[str]:
    """The lot whose own weight follows, if there is one."""
    if closed is None:
        return [delivery.code]
    return [closed.lot.code] if closed.follows else []


def _between(before: Sequence[Posting], now: Sequence[Posting]) -> list[Posting]:
    """What was lost or gained before, taken back, and what is lost or gained now."""
    sums: Counter[tuple[Account, str]] = Counter()
    for sign, lines in ((-1, before), (1, now)):
        for line in lines:
            sums[line.account, line.ref] += sign * line.mass_g
    return [Posting(account, ref, mass) for (account, ref), mass in sums.items() if mass]


def _worth_now(session: Session, delivery: Lot, mass_g: int) -> Due | None:
    """The delivery at its price, where it has one. Raises AmountNeeded for what is worth nothing."""
    priced = price_now(session, delivery.id)
    if priced is None:
        return None
    price_per_kg, currency = priced
    amount = price_of(mass_g, price_per_kg)
    if amount <= 0:
        raise AmountNeeded(at="mass_g")
    first = first_deliveries(session, [delivery.id]).get(delivery.id)
    return Due(org_id=delivery.org_id, lot_id=delivery.id, amount=amount, currency=currency, instead_of_id=first)
