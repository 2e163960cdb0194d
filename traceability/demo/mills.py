"""What the coffee mills of the demo do: wash, dry, hull, grade, with their losses named and their by-products kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from traceability.demo.telling import House, Stock, shared_out, stock_of
from traceability.domain.facts import DrawOff, LevelPool, Measured, Merge, Output, PourIn, Process
from traceability.operations.pooling import draw_off, level_pool, pour_in
from traceability.operations.processing import merge, process

_PULP = ("pulp", 540), ("mucilage", 190), ("moisture", 0)
_HULLING = ("dust", 300), ("sorting", 0)


def moisture(tenths: int) -> Measured:
    """Moisture by the meter of the mill."""
    return Measured(
        property="moisture_percent",
        value=f"{tenths // 10}.{tenths % 10}",
        unit="%",
        method="ISO 6673",
        passed=tenths <= 125,
    )


def _mill(
    house: House,
    who: str,
    day: date,
    facility: str,
    inputs: Sequence[Stock],
    outputs: Sequence[Output],
    losses: tuple[tuple[str, int], ...],
    method: str,
    measured: tuple[Measured, ...] = (),
) -> list[Stock]:
    """All of some lots through one machine; what is not an output left by the named losses. By-products go aside."""
    lost = sum(lot.mass_g for lot in inputs) - sum(output.mass_g for output in outputs)
    done = house.tell(
        who,
        process,
        Process(
            **house.when(day, 16),
            facility=facility,
            inputs=tuple(lot.all() for lot in inputs),
            outputs=tuple(outputs),
            losses=shared_out(lost, *losses),
            method=method,
            measured=measured,
        ),
    )
    made = stock_of(done, *outputs)
    house.aside += [lot for lot, output in zip(made, outputs, strict=True) if output.by_product]
    return made


def wash(house: House, who: str, day: date, facility: str, cherry: Stock) -> Stock:
    """Cherry to dry parchment the washed way: about five to one, the floaters kept apart."""
    outputs = (
        _bagged("dry_parchment", house.permille(cherry.mass_g, 190, 207), 50_000),
        Output(form="floaters", mass_g=house.permille(cherry.mass_g, 10, 25), by_product=True),
    )
    measured = (moisture(house.random.randint(106, 119)),)
    return _mill(house, who, day, facility, [cherry], outputs, _PULP, "washed", measured)[0]


def dry_whole(house: House, who: str, day: date, facility: str, cherry: Sequence[Stock], thousandths: int) -> Stock:
    """Cherry dried in the sun as it is: only water leaves. `thousandths` are usual for the species."""
    mass_g = sum(lot.mass_g for lot in cherry)
    dried = _bagged("dried_cherry", house.permille(mass_g, thousandths - 15, thousandths + 15), 40_000)
    return _mill(house, who, day, facility, cherry, (dried,), (("dust", 12), ("moisture", 0)), "natural")[0]


def hull(house: House, who: str, day: date, facility: str, lots: Sequence[Stock], usual: int) -> Stock:
    """Parchment or dried cherry to green; most of the husk is kept for fuel. `usual` is in thousandths."""
    mass_g = sum(lot.mass_g for lot in lots)
    green = _bagged("green", house.permille(mass_g, usual - 10, usual + 12), 60_000)
    husk = Output(form="husk", mass_g=_weighed((mass_g - green.mass_g) * 4 // 5), by_product=True)
    measured = (moisture(house.random.randint(104, 116)),)
    return _mill(house, who, day, facility, lots, (green, husk), _HULLING, "", measured)[0]


def grade(house: House, who: str, day: date, facility: str, green: Stock, name: str) -> Stock:
    """Green to graded green: screens, density table and hands; the triage is sold at home."""
    graded = _bagged("graded_green", house.permille(green.mass_g, 940, 960), 60_000, name)
    triage = Output(form="triage", mass_g=_weighed((green.mass_g - graded.mass_g) * 3 // 4), grade="R", by_product=True)
    return _mill(house, who, day, facility, [green], (graded, triage), _HULLING, "")[0]


def blend(house: House, who: str, day: date, facility: str, lots: Sequence[Stock]) -> Stock:
    """Several lots of the same goods become one."""
    mass_g = sum(lot.mass_g for lot in lots)
    weighed = mass_g - house.permille(mass_g, 0, 3)
    done = house.tell(
        who,
        merge,
        Merge(**house.when(day, 13), facility=facility, inputs=tuple(lot.all() for lot in lots), weighed_g=weighed),
    )
    return Stock(done["lot"], weighed, sum(lot.count for lot in lots))


def pour(house: House, who: str, day: date, silo: str, lots: Sequence[Stock]) -> None:
    """Lots into a silo: their bags are emptied, and what stands there is a layer more."""
    house.tell(who, pour_in, PourIn(**house.when(day, 14), facility=silo, inputs=tuple(lot.all() for lot in lots)))


def draw(house: House, who: str, day: date, silo: str, mass_g: int) -> Stock:
    """That much out of a silo, loose, as its scale shows it."""
    drawn_g = _weighed(mass_g)
    done = house.tell(who, draw_off, DrawOff(**house.when(day, 9), facility=silo, mass_g=drawn_g))
    return Stock(done["lot"], drawn_g)


def sound(house: House, who: str, day: date, silo: str, counted_g: int) -> int:
    """What the dipstick says is left in a silo: a few kilograms dried away since it was filled."""
    held_g = counted_g - 4_600
    reason = "Parchment dried a little further in the silo."
    house.tell(who, level_pool, LevelPool(**house.when(day, 9), facility=silo, weighed_g=held_g, reason=reason))
    return held_g


def _weighed(mass_g: int) -> int:
    """What a scale that shows 100 g says."""
    return mass_g // 100 * 100


def _bagged(form: str, mass_g: int, bag_g: int, grade: str = "") -> Output:
    """An output in as many bags as it fills, the last one not full."""
    return Output(form=form, mass_g=mass_g, unit="bag", count=-(-mass_g // bag_g), grade=grade)
