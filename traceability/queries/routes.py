"""Collectors' routes: what each truck gathered on a day, and what its load weighed when it arrived."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from traceability.domain.events import Kind
from traceability.domain.moments import day_bounds
from traceability.domain.roles import Actor
from traceability.models import Event, Lot
from traceability.queries.farmers import DeliveryRow, deliveries
from traceability.queries.weighings import made_on

_LATEST = timedelta(days=7)  # how long after its round a truck may be weighed and still be listed with it


@dataclass(frozen=True)
class Load:
    """What one truck gathered of one kind of goods on one day and is not yet weighed."""

    vehicle: str
    collector: str
    commodity: str
    form: str
    deliveries: int
    farmers: int
    mass_g: int

    @property
    def goods(self) -> str:
        return f"{self.commodity}.{self.form}"


@dataclass(frozen=True)
class Arrival:
    """A load that was weighed: what the farmers' weights add up to, and what the truck brought."""

    vehicle: str
    lot: str
    number: str
    counted_g: int
    weighed_g: int
    reason: str
    at: datetime
    zone_minutes: int

    @property
    def difference_g(self) -> int:
        return self.weighed_g - self.counted_g

    @property
    def difference_tenths(self) -> int:
        return abs(self.difference_g) * 1000 // self.counted_g


def on_truck(session: Session, actor: Actor, vehicle: str, goods: str, on: date) -> list[DeliveryRow]:
    """The deliveries that a truck gathered on a day and that are still as they were, the earliest first."""
    commodity, _, form = goods.partition(".")
    wanted = and_(
        Event.kdes["vehicle"].as_string() == vehicle,
        Lot.commodity == commodity,
        Lot.form == form,
        Lot.balance_g > 0,
        made_on(on, actor.zone_minutes),
    )
    return deliveries(session, actor, wanted, most=2000)[::-1]


def loads(session: Session, actor: Actor, on: date) -> list[Load]:
    """What stands on trucks since that day, the first truck first."""
    rows = session.execute(
        select(Event.kdes, Lot.commodity, Lot.form, Lot.origin_party_id, Lot.balance_g)
        .join(Event, Event.id == Lot.made_by_id)
        .where(Lot.org_id == actor.org_id, Lot.kind == "delivery", Lot.balance_g > 0)
        .where(made_on(on, actor.zone_minutes))
        .order_by(Lot.made_at, Lot.id)
    )
    found: dict[tuple[str, str, str], list[tuple[str, int | None, int]]] = {}
    for kdes, commodity, form, farmer, mass in rows:
        if kdes.get("vehicle"):
            found.setdefault((kdes["vehicle"], commodity, form), []).append((kdes.get("collector", ""), farmer, mass))
    return [_load(key, gathered) for key, gathered in found.items()]


def arrivals(session: Session, actor: Actor, on: date) -> list[Arrival]:
    """The trucks whose load of that day was weighed, the latest first."""
    start, _ = day_bounds(on, actor.zone_minutes)
    rows = session.execute(
        select(Event, Lot.code, Lot.number)
        .join(Lot, Lot.made_by_id == Event.id)
        .where(Event.org_id == actor.org_id, Event.kind == str(Kind.FORM_LOT), Lot.void.is_(False))
        .where(Event.occurred_at >= start, Event.occurred_at < start + _LATEST)
        .order_by(Event.seq.desc())
    )
    return [
        Arrival(
            vehicle=event.kdes["vehicle"],
            lot=code,
            number=number,
            counted_g=event.kdes["counted_g"],
            weighed_g=event.kdes["weighed_g"],
            reason=event.kdes["reason"],
            at=event.occurred_at,
            zone_minutes=event.zone_minutes,
        )
        for event, code, number in rows
        if event.kdes.get("vehicle")
    ]


def _load(key: tuple[str, str, str], gathered: Sequence[tuple[str, int | None, int]]) -> Load:
    vehicle, commodity, form = key
    return Load(
        vehicle=vehicle,
        collector=", ".join(dict.fromkeys(collector for collector, _, _ in gathered if collector)),
        commodity=commodity,
        form=form,
        deliveries=len(gathered),
        farmers=len({farmer for _, farmer, _ in gathered}),
        mass_g=sum(mass for _, _, mass in gathered),
    )
