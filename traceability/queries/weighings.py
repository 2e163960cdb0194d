"""The collection point: what is bought where today, what was weighed in, and what a receipt says."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import Session, aliased

from traceability.commodities import COMMODITIES, Commodity, Form, commodity
from traceability.domain.dossier import Names
from traceability.domain.facts import REPLACEMENT
from traceability.domain.moments import day_of, start_of
from traceability.domain.quantity import ENTRY_UNITS, KILOGRAM, MassUnit, read_mass, read_money
from traceability.domain.roles import Actor
from traceability.errors import FormsDiffer, NoSuchLot, Refusal, Sentence
from traceability.models import Event, Facility, Lot, Measurement, Organisation, Party, Person, Plot, User
from traceability.queries import money
from traceability.queries.currencies import currency_of
from traceability.queries.farmers import DeliveryRow, FarmerRow, deliveries, farmer_row
from traceability.queries.replaced import declared_by_correction
from traceability.queries.reweighings import Reweighed, reweighed
from traceability.queries.seasons import period_of, within
from traceability.queries.settings import PriceRow, grades_offered, inputs_left_out, price_row, prices


@dataclass(frozen=True)
class PlaceRow:
    """A place of the organisation; `prefix` starts the numbers of what is made there."""

    code: str
    prefix: str
    name: str
    kind: str
    village: str
    pool: str = ""  # the rule of a place that holds goods together: nobody weighs in there


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


def places(session: Session, actor: Actor) -> list[PlaceRow]:
    """The places of the organisation, collection points first."""
    rows = session.scalars(select(Facility).where(Facility.org_id == actor.org_id).order_by(Facility.id))
    found = [PlaceRow(row.code, row.prefix, row.name, row.kind, row.village, row.pool) for row in rows]
    return sorted(found, key=lambda place: place.kind != "collection_point")


def scales(session: Session, actor: Actor) -> list[PlaceRow]:
    """The places where somebody can weigh in: all but tanks and beds."""
    return [place for place in places(session, actor) if not place.pool]


def country_of(session: Session, actor: Actor) -> str:
    """The ISO country of the organisation, for the currency and for new places."""
    return session.scalar(select(Organisation.country).where(Organisation.id == actor.org_id)) or ""


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
    known = scales(session, actor)
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


def day_bounds(on: date, zone_minutes: int) -> tuple[datetime, datetime]:
    """The first instant of a local day, and the first of the next."""
    start = start_of(on, zone_minutes)
    return start, start + timedelta(days=1)


def made_on(on: date, zone_minutes: int) -> ColumnElement[bool]:
    """Lots made on a local day."""
    start, end = day_bounds(on, zone_minutes)
    return and_(Lot.made_at >= start, Lot.made_at < end)


def deliveries_on(session: Session, actor: Actor, on: date) -> list[DeliveryRow]:
    """The deliveries of one day, the newest first, those declared in error among them."""
    return deliveries(session, actor, made_on(on, actor.zone_minutes), most=2000)


def deliveries_without_plot(session: Session, actor: Actor) -> list[DeliveryRow]:
    """Deliveries of which nobody knows the plot, the newest first."""
    return deliveries(session, actor, and_(Lot.origin_plot_id.is_(None), Lot.void.is_(False)), most=2000)


def receipt(session: Session, actor: Actor, code: str) -> Receipt:
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
            values = {**one["values"]}
            if "day" in values:
                values["day"] = date.fromisoformat(values["day"])
            yield Sentence(one["text"], values)


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
