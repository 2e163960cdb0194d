"""Weights that were corrected after their lot was closed: where such a delivery lies, and what was said of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Select, bindparam, func, or_, select
from sqlalchemy.orm import Session

from traceability.commodities import LOSSES
from traceability.domain.dossier import Names
from traceability.domain.events import KINDS, Kind
from traceability.domain.postings import Account
from traceability.domain.roles import Actor
from traceability.errors import Sentence, UsedOtherwise
from traceability.models import Batch, Edge, Event, Lot, Posting, User
from traceability.queries.corrections import batches_below, corrections_of_weight
from traceability.queries.lineage import chunks
from traceability.words import LANGUAGES, N_, translate

# of a public page: what a lot lost or gained because weights in it were corrected
WEIGHT_CORRECTED: Final = "weight_corrected"
_CORRECTIONS: Final = (
    select(Event.id, Event.kdes)
    .where(Event.org_id.in_(bindparam("houses", expanding=True)), Event.kind == str(Kind.CORRECT_WEIGHT))
    .order_by(Event.id)
)


class Correction(NamedTuple):
    """The weight of a delivery, corrected by an entry; `formed_by` names the one that closed its lot, if any."""

    event_id: int
    lot: str
    formed_by: str
    follows: bool
    more_g: int


class Closed(NamedTuple):
    """The lot that a delivery was closed into. `follows` where it weighs what went in because nobody weighed it, and
    all of it is there: then its own weight follows that of the delivery. Else it keeps its weight, and what it lost or
    gained follows: also once it lies whole again, because that much is there."""

    lot: Lot
    formed: Event
    follows: bool


@dataclass(frozen=True)
class Reweighed:
    """One corrected weight of a delivery."""

    code: str  # of the delivery
    number: str
    was_g: int
    mass_g: int
    at: datetime
    zone_minutes: int
    who: str
    reason: str
    amount: int | None  # what it is worth since, where it had a price


def closed_into(session: Session, delivery: Lot) -> Closed | None:
    """The lot that holds a delivery; None for one that lies whole in no lot. Raises UsedOtherwise."""
    children = session.execute(
        select(Lot, Event, Edge.mass_g)
        .join(Edge, Edge.child_id == Lot.id)
        .join(Event, Event.id == Lot.made_by_id)
        .where(Edge.parent_id == delivery.id)
        .order_by(Lot.id)
    ).all()
    if not children and delivery.balance_g == delivery.made_g:
        return None
    own = [lot.number for lot, _, _ in children if lot.org_id == delivery.org_id]
    whole = len(children) == 1 and delivery.balance_g == 0 and children[0].mass_g == delivery.made_g
    if not whole or children[0].Event.kind != Kind.FORM_LOT:
        raise UsedOtherwise(lots=", ".join(own) or delivery.number)
    lot, formed, _ = children[0]
    weighed = formed.kdes.get("weighed_g") is not None
    sealed = session.scalars(select(Batch.id).where(Batch.lot_id == lot.id)).first() is not None
    went_in = session.scalar(select(func.sum(Edge.mass_g)).where(Edge.child_id == lot.id))
    counted = lot.balance_g == lot.made_g == went_in
    return Closed(lot, formed, counted and not weighed and not sealed)


def lost_since(session: Session, formed: Event) -> dict[str, int]:
    """What corrected weights changed of the losses of a formed lot, by name; what was gained is below nought."""
    lines = select(Posting.account, Posting.ref, Posting.mass_g).where(
        Posting.event_id.in_(corrections_of_weight(formed)), Posting.account.in_((Account.LOSS, Account.GAIN))
    )
    found: dict[str, int] = {}
    for account, name, mass in session.execute(lines):
        if account == Account.LOSS:
            found[name] = found.get(name, 0) + mass
    return found


def corrections_of(session: Session, houses: Collection[int]) -> list[Correction]:
    """Every corrected weight of some organisations, the first first: they are few."""
    return [
        Correction(key, kdes["lot"], kdes["formed_by"], kdes["follows"], kdes["mass_g"] - kdes["was_g"])
        for key, kdes in session.execute(_CORRECTIONS, {"houses": sorted(houses)})
    ]


def said_until(until: int | None, event_id: int) -> bool:
    """Whether an entry was there already when the one was written that froze a version; of no version it always is."""
    return until is None or event_id <= until


def more_taken_in(
    session: Session, deliveries: Collection[int], corrections: Sequence[Correction]
) -> Counter[tuple[Any, ...]]:
    """What corrections changed of some deliveries, by what they are told together by: their kind, organisation, place,
    goods and clock."""
    columns = (Lot.org_id, Lot.facility_id, Lot.commodity, Lot.form, Lot.zone_minutes)
    more: Counter[tuple[Any, ...]] = Counter()
    for chunk in chunks({one.lot for one in corrections}):
        rows = session.execute(select(Lot.code, Lot.id, *columns).where(Lot.code.in_(chunk)))
        places = {code: (str(Kind.WEIGH_IN), *place) for code, key, *place in rows if key in deliveries}
        for one in corrections:
            if one.lot in places:
                more[places[one.lot]] += one.more_g
    return more


def called_loss(key: str) -> Names:
    """The name of a loss, as everybody reads it."""
    if key == WEIGHT_CORRECTED:
        return Names({language: translate(language, KINDS[Kind.CORRECT_WEIGHT].words) for language in LANGUAGES})
    return LOSSES.get(key, Names({"en": key}))


def effect(session: Session, actor: Actor, weigh_in: str, mass_g: int) -> list[Sentence]:
    """What follows from correcting the weight of a delivery, for whoever is about to approve it."""
    made = select(Lot).join(Event, Event.id == Lot.made_by_id)
    delivery = session.scalars(made.where(Event.org_id == actor.org_id, Event.code == weigh_in)).one()
    try:
        closed = closed_into(session, delivery)
    except UsedOtherwise as refusal:
        return [refusal.sentence]
    more_g = mass_g - delivery.made_g
    if closed is None:
        return [Sentence(N_("It is in no lot yet: only its own weight changes."))]
    lot = {"lot": closed.lot.number}
    if closed.follows:
        grams = {"was_g": closed.lot.made_g, "mass_g": closed.lot.made_g + more_g}
        return [Sentence(N_("Lot {lot} weighs {mass_g} then, instead of {was_g}."), {**lot, **grams})]
    grams = {"mass_g": closed.lot.made_g, "more_g": abs(more_g)}
    less, more = (
        N_("Lot {lot} keeps its {mass_g}; {more_g} less went in. Its loss gets smaller, or it gained."),
        N_("Lot {lot} keeps its {mass_g}; {more_g} more went in. Its loss gets larger, or its gain smaller."),
    )
    said = [Sentence(more if more_g > 0 else less, {**lot, **grams})]
    released = len(batches_below(session, delivery.id))
    if released:
        said.append(Sentence(N_("Released batches that get a new version: {n}."), {"n": released}))
    return said


def corrections_of_weight_in(lot: Lot) -> Select[int]:
    """Ids of the entries that corrected the weight of a delivery, or of one in a closed lot."""
    return select(Event.id).where(
        Event.org_id == lot.org_id,
        Event.kind == str(Kind.CORRECT_WEIGHT),
        or_(Event.kdes["lot"].as_string() == lot.code, Event.kdes["closed_into"].as_string() == lot.code),
    )


def reweighed(session: Session, lot: Lot) -> tuple[Reweighed, ...]:
    """The corrected weights of a delivery, or of the deliveries in a lot, the first first."""
    rows = session.execute(
        select(Event, User.name, Lot.number)
        .outerjoin(User, User.id == Event.actor_id)
        .join(Lot, Lot.code == Event.kdes["lot"].as_string())
        .where(Event.id.in_(corrections_of_weight_in(lot)))
        .order_by(Event.seq)
    )
    return tuple(
        Reweighed(
            code=str(event.kdes["lot"]),
            number=number,
            was_g=int(event.kdes["was_g"]),
            mass_g=int(event.kdes["mass_g"]),
            at=event.recorded_at,
            zone_minutes=event.zone_minutes,
            who=who or "",
            reason=str(event.kdes["reason"]),
            amount=event.kdes["amount"],
        )
        for event, who, number in rows
    )
