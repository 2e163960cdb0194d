"""A number that a label says leads to one batch of its organisation: what would lead to two is not sealed."""

from __future__ import annotations

from typing import Any

from tests.cast import World
from traceability.domain import facts
from traceability.operations import packing
from traceability.operations.articles import NumberOfAnother

GTIN, OTHER = "09506000134352", "09506000134369"


def refused(world: World, lot: str, at: str, **more: Any) -> str:
    said = {"lot": lot, "destination": "IT", "gtin": GTIN, **more}
    told = world.refused(NumberOfAnother, world.malee, packing.seal, facts.Seal, **said)
    assert told.at == at
    return str(told)


def test_an_own_number_that_another_label_says_under_the_same_gtin_is_refused(world: World) -> None:
    first = world.sealed(gtin=GTIN, own_number="LOT 7")
    number, lot = world.row(first).number, world.packed()
    for own in (number, number.lower(), first, "lot-7".replace("-", " ")):
        assert number in refused(world, lot, "own_number", own_number=own)
    world.sealed(lot, gtin=OTHER, own_number=number)  # of another article


def test_the_number_of_a_lot_that_waits_for_its_seal_is_refused_and_that_of_what_went_into_it_is_not(
    world: World,
) -> None:
    raw = world.lot()
    waiting, lot = world.packed(), world.packed(raw)
    refused(world, lot, "own_number", own_number=world.row(waiting).number)
    world.sealed(lot, gtin=GTIN, own_number=world.row(raw).number)


def test_a_lot_whose_number_an_earlier_label_says_is_sealed_without_the_gtin(world: World) -> None:
    raw, early = world.lot(), world.packed()
    head, _, count = world.row(early).number.rpartition("-")
    coming = f"{head}-{int(count) + 1:0{len(count)}}"
    world.sealed(early, gtin=GTIN, own_number=coming)
    late = world.packed(raw)
    assert world.row(late).number == coming
    assert world.row(early).number in refused(world, late, "gtin")
    world.sealed(late)
