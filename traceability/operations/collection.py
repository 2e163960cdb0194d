"""The collection point: weigh-ins, and lots formed from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.commodities import Form, commodity
from traceability.domain.custody import Custody
from traceability.domain.events import Kind
from traceability.domain.facts import FormLot, WeighIn
from traceability.domain.identifiers import new_code
from traceability.domain.moments import day_of
from traceability.domain.payments import price_of
from traceability.domain.postings import Account, Posting
from traceability.domain.quantity import shifted
from traceability.domain.roles import Actor
from traceability.domain.text import nfc
from traceability.errors import (
    MassNeeded,
    NeedsConfirming,
    NotADelivery,
    NothingChosen,
    NotOnTheTruck,
    Refusal,
    Sentence,
    TareTooHeavy,
)
from traceability.models import Due, Event, Lot, Party
from traceability.operations import lookups, measuring
from traceability.operations.balances import NewLot
from traceability.operations.ledger import Done, Entry, operation, say_all
from traceability.operations.making import (
    NewLots,
    check_tolerance,
    check_unchanged,
    clock_shown,
    common,
    difference,
    measured_facts,
    measurements,
    same_goods,
    weighed_again,
)
from traceability.operations.weighing import Farmer, Goods, Scale, Season
from traceability.queries.seasons import crop_year as crop_year_of
from traceability.queries.seasons import period_of
from traceability.queries.usual_prices import unusual_price
from traceability.words import N_


@operation(Kind.WEIGH_IN)
def record_weigh_in(session: Session, actor: Actor, fact: WeighIn) -> Entry:
    """Farmer F, plot P -> delivery D: the net grams leave the plot's account and make the delivery.

    Raises TareTooHeavy, FormsDiffer, NoSuch*, NumberTaken; NeedsConfirming when it looks unusual and was not kept.
    """
    return _delivered(Scale(session, actor, [fact]), actor, fact)


def record_weigh_ins(session: Session, actor: Actor, facts: Sequence[WeighIn]) -> list[Done | Refusal]:
    """Many weigh-ins in one turn, a few hundred at best: each is stored, replayed or refused as if said alone."""
    scale = Scale(session, actor, facts)
    return say_all(session, actor, Kind.WEIGH_IN, facts, lambda fact: _delivered(scale, actor, fact))


def _delivered(scale: Scale, actor: Actor, fact: WeighIn) -> Entry:
    facility = scale.point(fact.facility)
    farmer = scale.farmer(fact.farmer)
    plot = scale.plot(fact.plot, farmer) if fact.plot else None
    form = lookups.form_of(fact.commodity, fact.form)
    if not fact.bags_g or min(fact.bags_g) <= 0:
        raise MassNeeded(at="bags")
    net_g = fact.net_g
    if fact.tare_g < 0 or net_g <= 0:
        raise TareTooHeavy(tare_g=fact.tare_g, gross_g=fact.gross_g, at="tare")
    on = day_of(fact.occurred_at, fact.zone_minutes)
    crop_year = crop_year_of(fact.commodity, on)
    goods = (fact.commodity, form.key, scale.period(fact, on, crop_year))
    measured = measuring.checked(fact.measured, fact.commodity, form, at_scale=True)
    warnings = [*_doubts(scale, fact, form, farmer, goods), *measuring.unusual_at_scale(measured, form)]
    if warnings and not fact.confirmed:
        raise NeedsConfirming(warnings)
    number = scale.receipt(facility, on, fact.receipt_number)
    if plot is not None:
        scale.grown(plot, fact.commodity, goods[2], net_g)
    delivery = NewLot(
        org_id=actor.org_id,
        code=new_code(),
        number=number,
        kind="delivery",
        commodity=fact.commodity,
        form=form.key,
        grade=nfc(fact.grade),
        variety=nfc(fact.variety),
        crop_year=crop_year,
        custody=str(Custody.IDENTITY_PRESERVED),
        unit=fact.unit or form.unit,
        made_at=fact.occurred_at,
        zone_minutes=fact.zone_minutes,
        facility_id=facility.id,
        origin_party_id=farmer.id,
        origin_plot_id=plot.id if plot else None,
    )
    source = Posting(Account.PLOT, plot.code, -net_g) if plot else Posting(Account.PARTY, farmer.code, -net_g)
    amount = price_of(net_g, fact.price_per_kg) if fact.price_per_kg is not None else None
    currency = fact.currency or scale.currency() if fact.price_per_kg is not None else fact.currency
    kdes = {
        "farmer": farmer.code,
        "plot": plot.code if plot else "",
        "bags_g": list(fact.bags_g),
        "tare_g": fact.tare_g,
        "net_g": net_g,
        "price_per_kg": fact.price_per_kg,
        "amount": amount,
        "currency": currency,
        "measured": measured_facts(measured),
        "kept_unusual": [{"text": warning.text, "values": _written(warning.values)} for warning in warnings],
        **_said_too(fact),
        **clock_shown(actor, fact),
    }
    instead_of = scale.instead_of(fact) if amount else None
    owed = [Due(org_id=actor.org_id, amount=amount, currency=currency, instead_of_id=instead_of)] if amount else []
    scale.weighed(farmer, fact, goods)
    return Entry(
        postings=[source, Posting(Account.LOT, delivery.code, net_g, len(fact.bags_g))],
        makes=[delivery],
        knows={(source.account, source.ref): plot.id if plot else farmer.id},
        rows=[*measurements(actor, delivery, measured, fact), *owed],
        rows_of=delivery,
        kdes=kdes,
        answer={"lot": delivery.code, "number": delivery.number, "mass_g": net_g, "amount": amount},
        facility=facility,
    )


@operation(Kind.FORM_LOT)
def form_lot(session: Session, actor: Actor, fact: FormLot) -> Entry:
    """Deliveries D1 + D2 + ... -> lot L, weighed again or not; the difference is a named loss or a gain.

    Raises NothingChosen, NotADelivery, MixedGoods; ReasonNeeded beyond the organisation's tolerance; ChangedMeanwhile
    for a delivery that holds another mass than in `seen_g`; NumberTaken.
    """
    facility = lookups.facility_of(session, actor, fact.facility)
    if not fact.deliveries:
        raise NothingChosen(at="deliveries")
    deliveries = lookups.usable_lots(session, actor, fact.deliveries, at="deliveries")
    for delivery in deliveries:
        if delivery.kind != "delivery":
            raise NotADelivery(lot=delivery.number, at="deliveries")
    check_unchanged(deliveries, fact.seen_g)
    first = same_goods(deliveries, at="deliveries")
    counted = sum(delivery.balance_g for delivery in deliveries)
    vehicle = plate(fact.vehicle)
    if vehicle:
        weighed = _truck_weighed(session, actor, fact, deliveries)
    else:
        weighed = weighed_again(session, actor, fact, counted)
    lot = NewLots(session, actor, fact, facility).make(
        deliveries,
        grade=fact.grade or common([d.grade for d in deliveries]),
        unit=fact.unit or first.unit,
        number=fact.number,
    )
    bags = sum(delivery.balance_count for delivery in deliveries)
    postings = [Posting(Account.LOT, d.code, -d.balance_g, -d.balance_count) for d in deliveries]
    postings.append(Posting(Account.LOT, lot.code, weighed, fact.count or bags))
    postings += difference(counted, weighed, "transit" if vehicle else "weighing")
    said = {"counted_g": counted, "weighed_g": fact.weighed_g, "reason": nfc(fact.reason)}
    kdes = {**said, **clock_shown(actor, fact)}
    return Entry(
        postings=postings,
        makes=[lot],
        takes=deliveries,
        kdes={**kdes, "vehicle": vehicle} if vehicle else kdes,
        answer={"lot": lot.code, "number": lot.number, "mass_g": weighed, "counted_g": counted},
        facility=facility,
    )


def _truck_weighed(session: Session, actor: Actor, fact: FormLot, deliveries: Sequence[lookups.Held]) -> int:
    """Grams of a truck's load as the point's scale shows them; what is missing was lost on the way.

    Raises MassNeeded without a weight, NotOnTheTruck for a delivery that another truck or none brought, and
    ReasonNeeded beyond the tolerance that the organisation has for the road.
    """
    if fact.weighed_g is None:
        raise MassNeeded(at="weighed")
    these = Lot.id.in_([delivery.id for delivery in deliveries])
    said = select(Lot.number, Event.kdes).join(Event, Event.id == Lot.made_by_id).where(these)
    for number, kdes in session.execute(said):
        if kdes.get("vehicle") != plate(fact.vehicle):
            raise NotOnTheTruck(lot=number, vehicle=plate(fact.vehicle), at="deliveries")
    counted = sum(delivery.balance_g for delivery in deliveries)
    permille = lookups.organisation_of(session, actor).transfer_tolerance_permille
    check_tolerance(permille, counted, fact.weighed_g, fact.reason)
    return fact.weighed_g


def doubts(session: Session, actor: Actor, fact: WeighIn) -> list[Sentence]:
    """What somebody is asked about a weigh-in before it is stored. Raises NoSuch*, FormsDiffer; writes nothing."""
    scale = Scale(session, actor, [fact])
    form = lookups.form_of(fact.commodity, fact.form)
    on = day_of(fact.occurred_at, fact.zone_minutes)
    goods = (fact.commodity, form.key, scale.period(fact, on, crop_year_of(fact.commodity, on)))
    return _doubts(scale, fact, form, scale.farmer(fact.farmer), goods)


def doubts_of_weight(session: Session, actor: Actor, weigh_in: Event, delivery: Lot, mass_g: int) -> list[Sentence]:
    """What somebody is asked about another weight of a delivery: what is asked at the scale, of its bags together."""
    form = lookups.form_of(delivery.commodity, delivery.form)
    warnings = []
    bags, each_g = len(weigh_in.kdes["bags_g"]), _a_bag(weigh_in, mass_g)
    if form.package is not None and not form.package.plausible(each_g):
        usual = {"mass_g": each_g, "low_g": form.package.low_g, "high_g": form.package.high_g}
        text = N_("{mass_g} in one bag? Usual is {low_g} to {high_g}.")
        if bags > 1:
            text = N_("{mass_g} in each of {n} bags? Usual is {low_g} to {high_g}.")
        warnings.append(Sentence(text, {**usual, "n": bags} if bags > 1 else usual))
    if commodity(delivery.commodity).most_from(form.key, 1) is not None:
        farmer = session.get_one(Party, delivery.origin_party_id).code
        more = WeighIn(
            client_id="",
            occurred_at=delivery.made_at,
            zone_minutes=delivery.zone_minutes,
            facility="",
            farmer=farmer,
            commodity=delivery.commodity,
            form=form.key,
            bags_g=(mass_g - delivery.made_g,),  # the season has the rest already
            tare_g=0,
        )
        scale = Scale(session, actor, [more])
        goods = (delivery.commodity, form.key, period_of(session, delivery))
        warnings += _beyond_the_land(more, form, scale.season(scale.farmer(farmer), goods))
    return warnings


def likely_weight(weigh_in: Event, delivery: Lot, mass_g: int) -> int | None:
    """The net weight that was probably meant by one that is asked about; nothing where no slip explains it."""
    package = lookups.form_of(delivery.commodity, delivery.form).package
    if package is None or package.plausible(_a_bag(weigh_in, mass_g)):
        return None
    return next((meant for meant in shifted(mass_g) if package.plausible(_a_bag(weigh_in, meant))), None)


def _a_bag(weigh_in: Event, net_g: int) -> int:
    """What a bag of a weigh-in weighs with its tare, where all weigh the same."""
    return (net_g + int(weigh_in.kdes["tare_g"])) // len(weigh_in.kdes["bags_g"])


def _doubts(scale: Scale, fact: WeighIn, form: Form, farmer: Farmer, goods: Goods) -> list[Sentence]:
    warnings = _unusual(fact, form, again=_again(scale, farmer, fact))
    if commodity(fact.commodity).most_from(form.key, 1) is not None:
        warnings += _beyond_the_land(fact, form, scale.season(farmer, goods))
    if fact.price_per_kg is not None:
        usual = scale.usual_prices(fact, day_of(fact.occurred_at, fact.zone_minutes))
        warnings += unusual_price(fact.price_per_kg, fact.currency or scale.currency(), usual)
    return warnings


def _written(values: Mapping[str, object]) -> dict[str, object]:
    """The values of a sentence as the record keeps them: a day, a measured number and a result as text."""
    return {
        name: f"{value}" if isinstance(value, date | Decimal | Sentence) else value for name, value in values.items()
    }


def _said_too(fact: WeighIn) -> dict[str, object]:
    """What not every weigh-in says: the scale, the truck of a route, where in the paper book it stands."""
    said = {
        "scale": nfc(fact.scale),
        "vehicle": plate(fact.vehicle),
        "collector": nfc(fact.collector),
        "paper_page": nfc(fact.paper_page),
        "paper_line": fact.paper_line,
    }
    return {name: value for name, value in said.items() if value}


def plate(typed: str) -> str:
    """A number plate as one truck has it, however somebody types it."""
    return " ".join(nfc(typed).upper().split())


def _beyond_the_land(fact: WeighIn, form: Form, season: Season) -> list[Sentence]:
    """More in a season than the farmer's land can give; nothing where no land or no yield is known."""
    most = commodity(fact.commodity).most_from(form.key, season.area_m2) if season.area_m2 else None
    total = season.brought_g + fact.net_g
    if most is None or total <= most:
        return []
    text = N_("{season_g} from this farmer in one season? {area_m2} give at most {most_g}.")
    return [Sentence(text, {"season_g": total, "area_m2": season.area_m2, "most_g": most})]


def _again(scale: Scale, farmer: Farmer, fact: WeighIn) -> Sentence | None:
    """The same weight of a farmer within ten minutes; on a page of the book all lines have one time, so by its page."""
    if not scale.weighed_before(farmer, fact):
        return None
    if not fact.paper_page:
        return Sentence(N_("This farmer delivered exactly the same weight minutes ago. Is it another delivery?"))
    day = {"day": day_of(fact.occurred_at, fact.zone_minutes)}
    if page := scale.page_before(farmer, fact):
        said = N_("This farmer has exactly the same weight on {day}, page {page} of the book. Is it another delivery?")
        return Sentence(said, {**day, "page": page})
    return Sentence(N_("This farmer has exactly the same weight on {day}. Is it another delivery?"), day)


def _unusual(fact: WeighIn, form: Form, *, again: Sentence | None) -> list[Sentence]:
    """What a clerk should look at twice (UX 4.5): a bag out of range, the same weight again within ten minutes."""
    warnings = []
    package = form.package
    for gross in fact.bags_g:
        if package is not None and not package.plausible(gross):
            usual = {"low_g": package.low_g, "high_g": package.high_g}
            warnings.append(
                Sentence(N_("{mass_g} in one bag? Usual is {low_g} to {high_g}."), {"mass_g": gross, **usual})
            )
    if again is not None:
        warnings.append(again)
    return warnings
