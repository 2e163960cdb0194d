"""A day at the scale: growers arrive, their goods are weighed unit by unit, and lots are formed from the day's work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from traceability.demo.people import Grower
from traceability.demo.telling import House, Stock
from traceability.domain.facts import FormLot, Measured, WeighIn
from traceability.operations.collection import form_lot


@dataclass(frozen=True, kw_only=True)
class Crop:
    """What is weighed where: units per delivery, grams per unit as the scale shows them, and the one quality box."""

    facility: str
    commodity: str
    form: str
    units: tuple[int, int]
    unit_g: tuple[int, int]
    tare_g: int  # of one empty unit
    quality: str  # the property that is measured at the scale
    quality_unit: str = ""
    tenths: tuple[int, int] = (0, 0)  # its range, in tenths
    quality_word: str = ""  # the answer, where the box asks for a word
    price_per_kg: int
    currency: str
    grades: tuple[str, ...] = ("A", "A", "B")
    variety: str = ""
    unknown_of_ten: int = 1  # deliveries of ten whose plot nobody asked for


def weigh_in(house: House, day: date, turn: int, crop: Crop, grower: Grower, *, plot: str | None = None) -> WeighIn:
    """The `turn`-th delivery of a day; from one of the grower's plots, from `plot`, or from a plot not known."""
    random = house.random
    bags = tuple(random.randint(*crop.unit_g) // 100 * 100 for _ in range(random.randint(*crop.units)))
    asked = random.randrange(10) >= crop.unknown_of_ten
    chosen = random.choice(grower.plots) if asked and grower.plots else ""
    tenths = random.randint(*crop.tenths)
    value = crop.quality_word or f"{tenths // 10}.{tenths % 10}"
    return WeighIn(
        **house.when(day, 7 + turn * 11 // 60, turn * 11 % 60),
        facility=crop.facility,
        farmer=grower.code,
        commodity=crop.commodity,
        form=crop.form,
        bags_g=bags,
        tare_g=crop.tare_g * len(bags),
        plot=chosen if plot is None else plot,
        grade=random.choice(crop.grades),
        variety=crop.variety,
        measured=(Measured(property=crop.quality, value=value, unit=crop.quality_unit),),
        price_per_kg=crop.price_per_kg,
        currency=crop.currency,
    )


def weigh_day(
    house: House, who: str, day: date, crop: Crop, growers: Sequence[Grower], *, plot: str | None = None
) -> list[Stock]:
    """One delivery of each grower, in the order in which they came."""
    facts = [weigh_in(house, day, turn, crop, grower, plot=plot) for turn, grower in enumerate(growers)]
    done = house.weigh_all(who, facts)
    return [Stock(said["lot"], said["mass_g"], len(fact.bags_g)) for said, fact in zip(done, facts, strict=True)]


def form(house: House, who: str, day: date, facility: str, deliveries: Sequence[Stock], *, grade: str = "") -> Stock:
    """A lot of deliveries, weighed again: a little is lost on the way to the tank."""
    counted = sum(delivery.mass_g for delivery in deliveries)
    weighed = counted - house.permille(counted, 1, 5)
    done = house.tell(
        who,
        form_lot,
        FormLot(
            **house.when(day, 17),
            facility=facility,
            deliveries=tuple(delivery.code for delivery in deliveries),
            weighed_g=weighed,
            grade=grade,
        ),
    )
    return Stock(done["lot"], weighed, sum(delivery.count for delivery in deliveries))
