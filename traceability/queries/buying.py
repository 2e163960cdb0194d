"""What is bought where today: what a weigh-in begins with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from traceability.commodities import COMMODITIES, Commodity, Form, commodity
from traceability.domain.moments import day_of
from traceability.domain.quantity import ENTRY_UNITS, KILOGRAM, MassUnit, read_mass, read_money
from traceability.domain.roles import Actor
from traceability.errors import FormsDiffer, Refusal
from traceability.models import Event, Facility, Lot, Plot
from traceability.queries.currencies import currency_of
from traceability.queries.places import PlaceRow, weighing_places
from traceability.queries.settings import PriceRow, grades_offered, inputs_left_out, price_row, prices


@dataclass(frozen=True)
class LastBuying:
    """Where and what this clerk bought last, to begin the next weigh-in with."""

    facility: str
    commodity: str
    form: str


@dataclass(frozen=True)
class Buying:
    """What is bought where today: defaults of every weigh-in, changed on one page. Tare and price as typed."""

    place: PlaceRow
    goods: Commodity
    form: Form
    tare: str
    price: str  # as the clerk said it for the session, else what a weigh-in begins with
    currency: str
    sticky: bool  # this clerk has bought before, or chose it just now
    scale: str = ""
    scale_step: str = ""  # grams between two values that the scale can show, as text; empty when nobody said
    on: str = ""  # another day than today
    vehicle: str = ""
    collector: str = ""
    prices: tuple[PriceRow, ...] = ()  # of these goods today, by grade
    price_said: bool = False  # then it holds for every grade, whatever the list says
    left_out: frozenset[str] = frozenset()  # inputs that this point does without
    entry: MassUnit = KILOGRAM  # in which weights are typed, the tare among them

    @property
    def key(self) -> str:
        return f"{self.goods.key}.{self.form.key}"

    @property
    def chips(self) -> tuple[str, ...]:
        """What of it nobody could guess from the goods and the place: scale and truck."""
        return tuple(part for part in (self.scale, self.vehicle) if part)

    def price_for(self, grade: str) -> str:
        """What is filled in as the price of a grade: as it was said, else as the list has it, else as it is usual."""
        row = None if self.price_said else price_row(self.prices, grade)
        return self.price if row is None else _typed(row.price_per_kg)

    @property
    def tare_each_g(self) -> int | None:
        """Grams of one empty bag, where they were said and can be read."""
        return _read(self.tare, lambda typed: read_mass(typed, unit=self.entry, zero=True))

    @property
    def price_per_kg(self) -> int | None:
        """Whole units of the currency, where they were said and can be read."""
        return _read(self.price, read_money)

    def kept(self) -> dict[str, str]:
        """The same as parts of an address, so that the next page still knows it."""
        said = {name: getattr(self, name) for name in ("scale", "scale_step", "on", "vehicle", "collector")}
        if self.entry is not KILOGRAM:
            said["weight_unit"] = self.entry.key
        always = {"facility": self.place.prefix, "goods": self.key, "tare": self.tare}
        if self.price_said:
            always["price"] = self.price
        return {**always, **{name: value for name, value in said.items() if value}}


def _read(typed: str, read: Callable[[str], int]) -> int | None:
    try:
        return read(typed)
    except Refusal:
        return None


def last_buying(session: Session, actor: Actor) -> LastBuying | None:
    """How this clerk's last weigh-in was made, a page of the paper book left out.

    Its tare and price may have been said for one farmer only, so they are no one else's.
    """
    found = session.execute(
        select(Facility.prefix, Lot.commodity, Lot.form)
        .join(Event, Event.facility_id == Facility.id)
        .join(Lot, Lot.made_by_id == Event.id)
        .where(Event.org_id == actor.org_id, Event.kind == "weigh_in", Event.actor_id == actor.user_id)
        .where(Event.kdes["paper_page"].as_string().is_(None))
        .order_by(Event.seq.desc())
        .limit(1)
    ).first()
    return LastBuying(*found) if found else None


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
    """What is bought: as `wish` says (facility, goods, tare, price ...), else where and what this clerk bought last.

    None when the organisation has no place yet. Raises UnknownCommodity or FormsDiffer for goods that are not bought.
    """
    known = weighing_places(session, actor)
    if not known:
        return None
    last = last_buying(session, actor)
    wanted = wish.get("facility") or (last.facility if last else "")
    place = next((row for row in known if wanted in (row.prefix, row.code)), known[0])
    goods, form = _goods(session, actor, wish.get("goods") or (f"{last.commodity}.{last.form}" if last else ""))
    unit = ENTRY_UNITS.get(wish.get("weight_unit", ""), KILOGRAM)
    today = day_of(datetime.now(UTC), actor.zone_minutes)
    paid = prices(session, actor, today, commodity=goods.key, form=form.key)
    usual = price_row(paid, "")  # what a manager set
    left_out = inputs_left_out(session, actor, place.code)
    return Buying(
        place=place,
        goods=replace(goods, grades=() if "grade" in left_out else grades_offered(session, actor, goods)),
        form=form,
        tare=wish.get("tare", ""),
        price=wish.get("price", _typed(usual.price_per_kg) if usual else ""),
        currency=currency_of(session, actor.org_id),
        sticky=last is not None or "goods" in wish,
        **{name: wish.get(name, "") for name in ("scale", "scale_step", "on", "vehicle", "collector")},
        prices=tuple(paid),
        price_said="price" in wish,
        left_out=left_out,
        entry=unit,
    )


def _typed(price: int | None) -> str:
    return "" if price is None else str(price)


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
