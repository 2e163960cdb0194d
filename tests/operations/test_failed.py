"""A result that failed is asked about wherever the goods may go on, until they are measured again or stopped.

`D1 + D2 -> L -> P -> B`: what failed on L counts for P and B, and no more once a later result passed.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.cast import World
from tests.operations.test_labels import Fruit
from traceability.domain import facts
from traceability.domain.facts import Inspect, Measured, PutOnHold
from traceability.errors import NeedsConfirming
from traceability.operations import inspection, packing, processing, shipping
from traceability.operations.failed import NotLetIn
from traceability.queries import failed


def measured(world: World, lot: str, passed: bool, value: str = "4.2", name: str = "cadmium") -> None:
    result = Measured(property=name, value=value, unit="mg/kg", passed=passed)
    world.do(world.ines, inspection.inspect, Inspect, lot=lot, measured=(result,), confirmed=True)


def carried(world: World, lot: str) -> list[tuple[str, str]]:
    with world.database.reading() as session:
        return [(one.property, one.lot_number) for one in failed.failed_of(session, world.row(lot).id)]


def undecided(world: World) -> set[str]:
    with world.database.reading() as session:
        return {goods.lot.code for goods in failed.undecided(session, world.malee)}


def test_a_failed_result_reaches_what_is_made_of_the_lot_until_it_passes(world: World) -> None:
    lot = world.lot()
    measured(world, lot, passed=False)
    packed = world.packed(lot)
    other = world.packed()
    here = [("cadmium", world.row(lot).number)]
    assert (carried(world, lot), carried(world, packed), carried(world, other)) == (here, here, [])
    measured(world, packed, passed=True, value="0.01")
    assert (carried(world, lot), carried(world, packed)) == (here, [])
    measured(world, packed, passed=False)
    assert carried(world, packed) == [("cadmium", world.row(packed).number)]


def test_a_part_that_passed_does_not_answer_for_the_part_beside_it(world: World) -> None:
    """L failed; L -> A + B; A passed; A + B -> M still carries it through B."""
    lot = world.lot()
    measured(world, lot, passed=False)
    first, second = world.split(lot, 60_000, 40_000)
    measured(world, first, passed=True, value="0.01")
    assert carried(world, first) == []
    assert carried(world, world.merge(first, second)) == [("cadmium", world.row(lot).number)]


def test_a_release_and_a_shipment_ask_about_it(world: World) -> None:
    lot = world.lot()
    measured(world, lot, passed=False)
    batch = world.sealed(world.packed(lot))
    asked = world.refused(NeedsConfirming, world.malee, packing.release, facts.Release, batch=batch)
    number = world.row(lot).number
    assert f"Cadmium failed: 4.2 mg/kg, lot {number}" in str(asked.warnings[0])
    world.do(world.malee, packing.release, facts.Release, batch=batch, confirmed=True)
    ship: dict[str, Any] = {"batch": batch, "buyer": world.buyer}
    asked = world.refused(NeedsConfirming, world.malee, shipping.ship, facts.Ship, **ship)
    assert "Ship the batch all the same?" in str(asked.warnings[0])
    measured(world, batch, passed=True, value="0.01")
    world.do(world.malee, shipping.ship, facts.Ship, **ship)


@pytest.mark.parametrize("name", ["cadmium", "basic_yellow_2"])
def test_durian_for_china_with_what_china_turns_back_is_not_released(world: World, name: str) -> None:
    fruit = Fruit(world)
    fruit.code("packing_house", "LA-PH-1", facilities=(world.mill,))
    fruit.code("growing_area", "LA-OR-1", plots=(fruit.plots[0],))
    batch = fruit.batch()
    measured(world, batch, passed=False, name=name)
    said = {"batch": batch, "confirmed": True}
    refusal = world.refused(NotLetIn, world.malee, packing.release, facts.Release, **said)
    assert str(refusal.sentence).startswith(f"{name.replace('_', ' ').title()} failed in lot")


def test_goods_are_undecided_until_they_are_held_measured_again_or_destroyed(world: World) -> None:
    held, again, gone, shipped = (world.lot() for _ in range(4))
    batch = world.released(world.sealed(world.packed(shipped)))
    for lot in (held, again, gone, shipped):
        measured(world, lot, passed=False)
    assert undecided(world) == {held, again, gone, batch}
    world.do(world.ines, inspection.put_on_hold, PutOnHold, lot=held, reason="cadmium")
    measured(world, again, passed=True, value="0.01")
    world.do(world.malee, processing.dispose, facts.Dispose, lot=gone, mass_g=None, reason="burnt")
    world.do(world.malee, shipping.ship, facts.Ship, batch=batch, buyer=world.buyer, confirmed=True)
    assert undecided(world) == {batch}  # it is with a buyer
    with world.database.reading() as session:
        assert failed.undecided(session, world.dao) == []
