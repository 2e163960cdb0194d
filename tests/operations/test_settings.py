"""How the cooperative buys: every change is an entry, and the last one counts from its day."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.cast import World
from traceability.commodities import UnknownCommodity, commodity
from traceability.domain.settings import FIELDS, RegisterScale, RetireScale, SetFields, SetGrades, SetPrice
from traceability.errors import FormsDiffer, MassNeeded, NoSuchFacility, NothingChosen
from traceability.operations.settings import (
    NoSuchGrade,
    NoSuchScale,
    ScaleRetired,
    register_scale,
    retire_scale,
    set_fields,
    set_grades,
    set_price,
)
from traceability.queries import settings
from traceability.queries.settings import price_of

COFFEE: dict[str, Any] = {"commodity": "arabica_coffee", "form": "fresh_cherry"}


def test_a_scale_belongs_to_a_point_until_it_is_taken_out_of_use(world: World) -> None:
    hook = {"facility": world.mill, "name": "Hanging scale", "step_g": 100}
    code = world.do(world.malee, register_scale, RegisterScale, **hook)["scale"]
    world.do(world.malee, register_scale, RegisterScale, **{**hook, "name": "Platform", "step_g": 500})
    with world.database.reading() as session:
        rows = settings.scales_in_use(session, world.malee, world.mill)
        assert not settings.scales_in_use(session, world.dao)
    assert [(row.name, row.step_g, row.place_code) for row in rows] == [
        ("Hanging scale", 100, world.mill),
        ("Platform", 500, world.mill),
    ]
    world.do(world.malee, retire_scale, RetireScale, scale=code)
    with world.database.reading() as session:
        assert [row.name for row in settings.scales_in_use(session, world.malee)] == ["Platform"]
    world.refused(ScaleRetired, world.malee, retire_scale, RetireScale, scale=code)
    world.refused(NoSuchScale, world.dao, retire_scale, RetireScale, scale=code)
    world.refused(MassNeeded, world.malee, register_scale, RegisterScale, **{**hook, "step_g": 0})
    world.refused(NoSuchFacility, world.malee, register_scale, RegisterScale, **{**hook, "facility": world.dao_place})


def test_a_point_asks_for_everything_until_somebody_chooses(world: World) -> None:
    with world.database.reading() as session:
        assert settings.fields_shown(session, world.malee, world.mill) == tuple(FIELDS)
    world.do(world.malee, set_fields, SetFields, facility=world.mill, shown=("price", "grade"))
    with world.database.reading() as session:
        assert settings.fields_shown(session, world.malee, world.mill) == ("grade", "price")
        left_out = settings.inputs_left_out(session, world.malee, world.mill)
    assert left_out == {"quality", "quality_choice", "variety", "note"}
    world.do(world.malee, set_fields, SetFields, facility=world.mill, shown=())
    with world.database.reading() as session:
        assert settings.fields_shown(session, world.malee, world.mill) == ()
    world.refused(NothingChosen, world.malee, set_fields, SetFields, facility=world.mill, shown=("farmer",))


def test_grades_are_those_of_the_product_until_others_are_chosen(world: World) -> None:
    goods = commodity("arabica_coffee")

    def offered() -> tuple[str, ...]:
        with world.database.reading() as session:
            return settings.grades_offered(session, world.malee, goods)

    assert offered() == goods.grades
    world.do(world.malee, set_grades, SetGrades, commodity=goods.key, grades=("1", " ", "2", "1"))
    assert offered() == ("1", "2")
    world.do(world.malee, set_grades, SetGrades, commodity=goods.key, grades=("AA", "aa", "b"))
    assert offered() == ("AA", "b")
    world.do(world.malee, set_grades, SetGrades, commodity=goods.key, grades=())
    assert offered() == goods.grades
    world.refused(UnknownCommodity, world.malee, set_grades, SetGrades, commodity="gold", grades=())


def test_a_price_holds_from_its_day_by_grade(world: World) -> None:
    for from_on, grade, paid in ((5, "", 11_000), (5, "A", 14_000), (10, "A", 15_000), (10, "A", 15_500)):
        price = {**COFFEE, "from_on": date(2026, 1, from_on), "grade": grade, "price_per_kg": paid}
        world.do(world.malee, set_price, SetPrice, **price)
    world.do(world.malee, set_price, SetPrice, **COFFEE, from_on=date(2026, 2, 1), price_per_kg=None)

    def paid_on(day: date, grade: str) -> int | None:
        with world.database.reading() as session:
            return price_of(settings.prices(session, world.bakari, day, **COFFEE), grade)

    assert paid_on(date(2026, 1, 4), "A") is None
    assert (paid_on(date(2026, 1, 5), "A"), paid_on(date(2026, 1, 5), "B")) == (14_000, 11_000)
    assert (paid_on(date(2026, 1, 10), "A"), paid_on(date(2026, 1, 10), "B")) == (15_500, 11_000)
    assert paid_on(date(2026, 2, 1), "B") is None
    small = {**COFFEE, "from_on": date(2026, 3, 1), "grade": "b", "price_per_kg": 9_000}
    world.do(world.malee, set_price, SetPrice, **small)
    assert (paid_on(date(2026, 3, 1), "B"), paid_on(date(2026, 3, 1), "b")) == (9_000, 9_000)
    world.refused(NoSuchGrade, world.malee, set_price, SetPrice, **{**small, "grade": "Q9"})
    wrong = {**COFFEE, "form": "fillet", "from_on": date(2026, 1, 1), "price_per_kg": 1}
    world.refused(FormsDiffer, world.malee, set_price, SetPrice, **wrong)


def test_the_first_steps_are_ticked_by_the_record(world: World) -> None:
    def done() -> set[str]:
        with world.database.reading() as session:
            return {step.key for step in settings.steps(session, world.malee) if step.done}

    assert done() == {"place", "farmer", "plot"}
    world.do(world.malee, register_scale, RegisterScale, facility=world.mill, name="Hook", step_g=100)
    world.do(world.malee, set_price, SetPrice, **COFFEE, from_on=date(2026, 1, 1), price_per_kg=9)
    world.lot()
    assert done() == {"place", "farmer", "plot", "scale", "price", "weigh_in", "lot"}
