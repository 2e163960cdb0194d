"""What the receipt of a weigh-in says, for ever; and which receipt took the place of which."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased

from traceability.domain.dossier import Names
from traceability.domain.facts import REPLACEMENT
from traceability.domain.measured import told
from traceability.domain.roles import Actor
from traceability.errors import NoSuchLot, Sentence
from traceability.models import Event, Facility, Lot, Measurement, Organisation, Party, Person, User
from traceability.queries import money
from traceability.queries.farmers import DeliveryRow, FarmerRow, deliveries, farmer_row
from traceability.queries.replaced import declared_by_correction
from traceability.queries.reweighings import Reweighed, reweighed
from traceability.queries.seasons import period_of, within


@dataclass(frozen=True)
class Correction:
    """A weigh-in that was declared in error: what it said, what is right instead, and who said why."""

    number: str
    code: str
    was_g: int
    right_number: str
    right_code: str
    right_g: int | None  # None where nothing took its place
    reason: str
    why: str
    who: str
    at: datetime
    zone_minutes: int


@dataclass(frozen=True)
class Receipt:
    """Everything a weigh-in's receipt says. Masses in grams, money in whole units of the currency."""

    delivery: DeliveryRow
    organisation: Names
    prefix: str
    phone: str
    village: str
    farmer: FarmerRow
    farmer_phone: str
    bags_g: tuple[int, ...]
    tare_g: int
    price_per_kg: int | None
    amount: int | None
    currency: str
    variety: str
    measured: tuple[tuple[str, str, str], ...]  # property, value, unit
    clerk: str
    note: str
    season_g: int
    crop_year: str
    recorded_at: datetime
    client_id: str = ""  # under which it was said
    replaces: str = ""  # the number of the receipt that this one corrects
    replaced_by: str = ""
    replaced_by_code: str = ""
    reweighed: tuple[Reweighed, ...] = ()  # corrected weights, the last one counts
    correction: Correction | None = None  # of this weigh-in, or the one that this weigh-in came of
    kept_unusual: tuple[Sentence, ...] = ()  # what looked odd and was confirmed
    scale: str = ""
    vehicle: str = ""
    collector: str = ""
    paper_page: str = ""
    paper_line: int = 0
    open: int | None = None  # of the amount, what nobody paid yet; None without a price, and of what does not count
    over: int = 0  # what was paid for it beyond the amount

    @property
    def gross_g(self) -> int:
        return sum(self.bags_g)

    @property
    def net_g(self) -> int:
        """As the scale showed it, or as it was corrected last."""
        return self.reweighed[-1].mass_g if self.reweighed else self.gross_g - self.tare_g


def receipt_of(session: Session, actor: Actor, code: str) -> Receipt:
    """What the receipt of a delivery says, by its code or number. Raises NoSuchLot."""
    named = (Lot.code == code.strip().upper()) | (Lot.number == code.strip().upper())
    found = session.execute(
        select(Lot, Event, Party, Person, Organisation, Facility)
        .join(Event, Event.id == Lot.made_by_id)
        .join(Party, Party.id == Lot.origin_party_id)
        .join(Person, Person.party_id == Party.id)
        .join(Organisation, Organisation.id == Lot.org_id)
        .join(Facility, Facility.id == Lot.facility_id)
        .where(Lot.org_id == actor.org_id, Lot.kind == "delivery", named)
        .order_by(Lot.id.desc())
    ).first()
    if found is None:
        raise NoSuchLot(code=code)
    lot, event, party, person, organisation, facility = found
    said: Mapping[str, Any] = event.kdes
    after, after_code = replaced_by(session, event)
    due = _due(session, actor, lot) if said.get("amount") else None
    weights = reweighed(session, lot)
    return Receipt(
        delivery=deliveries(session, actor, Lot.id == lot.id)[0],
        organisation=organisation.called,
        prefix=organisation.prefix,
        phone=organisation.phone,
        village=facility.village,
        farmer=farmer_row(party, person),
        farmer_phone=person.phone,
        bags_g=tuple(said.get("bags_g") or ()),
        tare_g=int(said.get("tare_g") or 0),
        price_per_kg=said.get("price_per_kg"),
        amount=weights[-1].amount if weights and said.get("amount") else said.get("amount"),
        reweighed=weights,
        currency=said.get("currency") or "",
        variety=lot.variety,
        measured=_measured(session, lot),
        clerk=session.scalar(select(User.name).where(User.id == event.actor_id)) or "",
        note=str(json.loads(event.body)["note"]),
        season_g=season_total(session, lot, event),
        crop_year=lot.crop_year,
        recorded_at=event.recorded_at,
        replaces=replacement_of(session, event),
        client_id=event.client_id,
        replaced_by=after,
        replaced_by_code=after_code,
        correction=_correction(session, event),
        kept_unusual=tuple(_kept(said.get("kept_unusual") or ())),
        scale=said.get("scale", ""),
        vehicle=said.get("vehicle", ""),
        collector=said.get("collector", ""),
        paper_page=said.get("paper_page", ""),
        paper_line=said.get("paper_line", 0),
        open=due.open if due else None,
        over=due.over if due else 0,
    )


def _due(session: Session, actor: Actor, lot: Lot) -> money.DueRow | None:
    """What a delivery that counts is worth, and what is still owed of it."""
    dues = money.account(session, actor, lot.origin_party_id).dues if lot.origin_party_id else ()
    return next((row for row in dues if row.code == lot.code), None)


def season_total(session: Session, lot: Lot, event: Event) -> int:
    """Net grams of these goods from this farmer in its season, as it stood when this delivery was entered.

    So a receipt says the same whenever it is shown: what was declared in error later still counted then.
    """
    so_far = (
        Lot.org_id == lot.org_id,
        Lot.origin_party_id == lot.origin_party_id,
        Lot.commodity == lot.commodity,
        Lot.form == lot.form,
        within(period_of(session, lot)),
        Lot.id <= lot.id,
    )
    standing = session.scalar(select(func.sum(Lot.made_g)).where(*so_far, Lot.void.is_(False)))
    making, declaring = aliased(Event), aliased(Event)
    later = exists().where(declaring.declares_id == Lot.made_by_id, declaring.id > event.id)
    stood = select(making.kdes).join(Lot, Lot.made_by_id == making.id).where(*so_far, Lot.id != lot.id, later)
    return int(standing or 0) + sum(int(said["net_g"]) for said in session.scalars(stood))


def _kept(said: Sequence[Any]) -> Iterator[Sentence]:
    """What was confirmed as unusual; older entries tell the sentence alone, without its numbers."""
    for one in said:
        if isinstance(one, Mapping):
            kept = one["values"]
            read_back = {name: read(kept[name]) for name, read in _AS_SAID.items() if name in kept}
            yield Sentence(one["text"], {**kept, **read_back})


def _result(kept: str) -> Sentence:
    number, *unit = kept.split(maxsplit=1)
    return told(number, *unit)


_AS_SAID: Final[Mapping[str, Callable[[str], object]]] = {  # what the record keeps of a sentence as text
    "day": date.fromisoformat,
    "least": Decimal,
    "most": Decimal,
    "value": _result,
}


def _correction(session: Session, event: Event) -> Correction | None:
    """What declared this weigh-in in error, or the one that this weigh-in was entered instead of."""
    declares = Event.declares_id == event.id
    if event.client_id.endswith(REPLACEMENT):
        declares |= (Event.client_id == event.client_id.removesuffix(REPLACEMENT)) & Event.declares_id.is_not(None)
    declaring = session.scalars(
        select(Event).where(Event.org_id == event.org_id, declares).order_by(Event.seq.desc())
    ).first()
    if declaring is None:
        return None
    wrong, said = session.execute(
        select(Lot, Event.kdes).join(Event, Event.id == Lot.made_by_id).where(Event.id == declaring.declares_id)
    ).one()
    right = session.scalars(
        select(Lot)
        .join(Event, Event.id == Lot.made_by_id)
        .where(Event.org_id == event.org_id, Event.client_id == declaring.client_id + REPLACEMENT)
    ).first()
    return Correction(
        number=wrong.number,
        code=wrong.code,
        was_g=int(said["net_g"]),
        right_number=right.number if right else "",
        right_code=right.code if right else "",
        right_g=right.made_g if right else None,
        reason=str(declaring.kdes["reason"]),
        why=str(declaring.kdes["why"]),
        who=session.scalar(select(User.name).where(User.id == declaring.actor_id)) or "",
        at=declaring.recorded_at,
        zone_minutes=declaring.zone_minutes,
    )


def _measured(session: Session, lot: Lot) -> tuple[tuple[str, str, str], ...]:
    rows = session.scalars(select(Measurement).where(Measurement.lot_id == lot.id).order_by(Measurement.id))
    return tuple((row.property, row.value, row.unit) for row in rows)


def replacement_of(session: Session, event: Event) -> str:
    """The receipt that this weigh-in replaced: a correction and its replacement share their client id."""
    if not event.client_id.endswith(REPLACEMENT):
        return ""
    declared = declared_by_correction(event.org_id, event.client_id)
    return session.scalar(select(Lot.number).where(Lot.made_by_id.in_(declared))) or ""


def replaced_by(session: Session, event: Event) -> tuple[str, str]:
    """Number and code of the receipt that replaced this one; empty when none did."""
    declared = session.scalar(select(Event.client_id).where(Event.declares_id == event.id))
    if declared is None:
        return "", ""
    right = session.execute(
        select(Lot.number, Lot.code)
        .join(Event, Event.id == Lot.made_by_id)
        .where(Event.org_id == event.org_id, Event.client_id == declared + REPLACEMENT)
    ).first()
    return (right[0], right[1]) if right else ("", "")
