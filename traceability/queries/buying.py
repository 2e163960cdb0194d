"""What is bought where today: as this clerk bought last, or as is usual."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from traceability.commodities import COMMODITIES, Commodity, Form, commodity
from traceability.domain.moments import day_of
from traceability.domain.quantity import ENTRY_UNITS, KILOGRAM, MassUnit, plain_mass
from traceability.domain.roles import Actor
from traceability.errors import FormsDiffer
from traceability.models import Event, Facility, Lot, Plot
from traceability.queries.organisations import currency_of
from traceability.queries.places import PlaceRow, weighing_places
from traceability.queries.settings import PriceRow, grades_offered, inputs_left_out, price_of, prices


@dataclass(frozen=True)
class LastBuying:
    """What this clerk bought last, to begin the next weigh-in with. Tare is grams of one bag."""

    facility: str
    commodity: str
    form: str
    tare_each_g: int
    price_per_kg: int | None


@dataclass(frozen=True)
class Buying:
    """What is bought where today: defaults of every weigh-in, changed on one page. Tare and price as typed."""

    place: PlaceRow
    goods: Commodity
    form: Form
    tare: str
    price: str
    currency: str
    sticky: bool  # this clerk has bought before, or chose it just now
    scale: str = ""
    scale_step: str = ""  # grams between two values that the scale can show, as text; empty when nobody said
    on: str = ""  # another day than today
    vehicle: str = ""
    collector: str = ""
    prices: tuple[PriceRow, ...] = ()  # of these goods today, by grade
    left_out: frozenset[str] = frozenset()  # inputs that this point does without
    entry: MassUnit = KILOGRAM  # in which weights are typed, the tare among them

    @property
    def key(self) -> str:
        return f"{self.goods.key}.{self.form.key}"

    @property
    def chips(self) -> tuple[str, ...]:
        """What of it nobody could guess from the goods and the place: scale and truck."""
        return tuple(part for part in (self.scale, self.vehicle) if part)

    def kept(self) -> dict[str, str]:
        """The same as parts of an address, so that the next page still knows it."""
        said = {name: getattr(self, name) for name in ("scale", "scale_step", "on", "vehicle", "collector")}
        if self.entry is not KILOGRAM:
            said["weight_unit"] = self.entry.key
        always = {"facility": self.place.prefix, "goods": self.key, "tare": self.tare, "price": self.price}
        return {**always, **{name: value for name, value in said.items() if value}}


def last_buying(session: Session, actor: Actor) -> LastBuying | None:
    """How this clerk's last weigh-in was made; price and tare only when that was today."""
    found = session.execute(
        select(Event, Facility.prefix, Lot)
        .join(Facility, Facility.id == Event.facility_id)
        .join(Lot, Lot.made_by_id == Event.id)
        .where(Event.org_id == actor.org_id, Event.kind == "weigh_in", Event.actor_id == actor.user_id)
        .order_by(Event.seq.desc())
        .limit(1)
    ).first()
    if found is None:
        return None
    event, prefix, lot = found
    today = day_of(event.occurred_at, actor.zone_minutes) == day_of(datetime.now(UTC), actor.zone_minutes)
    bags = len(event.kdes.get("bags_g") or ()) or 1
    return LastBuying(
        facility=prefix,
        commodity=lot.commodity,
        form=lot.form,
        tare_each_g=int(event.kdes.get("tare_g") or 0) // bags if today else 0,
        price_per_kg=event.kdes.get("price_per_kg") if today else None,
    )


def usual_commodity(session: Session, actor: Actor) -> str:
    """What most plots of the organisation grow; empty when there is no plot yet."""
    found = session.execute(
        select(Plot.commodity, func.count())
        .where(Plot.org_id == actor.org_id)
        .group_by(Plot.commodity)
        .order_by(func.count().desc(), Plot.commodity)
        .limit(1)
    ).first()
    return found[0] if found else ""


def buying(session: Session, actor: Actor, wish: Mapping[str, str]) -> Buying | None:
    """What is bought: as `wish` says (facility, goods, tare, price ...), else as this clerk bought last, else as usual.

    None when the organisation has no place yet. Raises UnknownCommodity or FormsDiffer for goods that are not bought.
    """
    known = weighing_places(session, actor)
    if not known:
        return None
    last = last_buying(session, actor)
    wanted = wish.get("facility") or (last.facility if last else "")
    place = next((row for row in known if wanted in (row.prefix, row.code)), known[0])
    goods, form = _goods(session, actor, wish.get("goods") or (f"{last.commodity}.{last.form}" if last else ""))
    tare, price = "", ""
    unit = ENTRY_UNITS.get(wish.get("weight_unit", ""), KILOGRAM)
    if last is not None and (last.commodity, last.form) == (goods.key, form.key):
        tare = plain_mass(last.tare_each_g, unit=unit) if last.tare_each_g else ""
        price = str(last.price_per_kg) if last.price_per_kg is not None else ""
    today = day_of(datetime.now(UTC), actor.zone_minutes)
    paid = prices(session, actor, today, commodity=goods.key, form=form.key)
    if (usual := price_of(paid, "")) is not None:  # what a manager set goes before what was paid last
        price = str(usual)
    left_out = inputs_left_out(session, actor, place.code)
    return Buying(
        place=place,
        goods=replace(goods, grades=() if "grade" in left_out else grades_offered(session, actor, goods)),
        form=form,
        tare=wish.get("tare", tare),
        price=wish.get("price", price),
        currency=currency_of(session, actor.org_id),
        sticky=last is not None or "goods" in wish,
        **{name: wish.get(name, "") for name in ("scale", "scale_step", "on", "vehicle", "collector")},
        prices=tuple(paid),
        left_out=left_out,
        entry=unit,
    )


def _goods(session: Session, actor: Actor, key: str) -> tuple[Commodity, Form]:
    name, _, form_key = key.partition(".")
    if not name:
        usual = usual_commodity(session, actor)
        known = COMMODITIES.get(usual)
        goods = known if known and known.intake_forms else next(iter(COMMODITIES.values()))
        return goods, goods.intake_forms[0]
    goods = commodity(name)
    form = goods.form(form_key)
    if form is None:
        raise FormsDiffer(form=form_key, commodity=goods.names.by_language, at="form")
    return goods, form
