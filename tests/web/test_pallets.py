"""Pallets: their labels are handed out where cartons are, and where the pallet still stands."""

from __future__ import annotations

import re

from flask import Flask

from tests.cast import World
from tests.web.program import Program, token_of
from tests.web.test_cartons import SINCE, manager, packed_fruit, suspend
from traceability.domain import facts
from traceability.domain.labelling import BreakPallet, BuildPallet
from traceability.operations import inspection, pallets
from traceability.queries.cartons import PackhouseNotStanding

NOT_COUNTED = f"LA-PH-1 did not count on .*2026, the day of packing: {SINCE}. No carton"


def built(world: World, batch: str) -> str:
    return str(world.do(world.bakari, pallets.build_pallet, BuildPallet, batch=batch, first=1, last=2)["pallet"])


def test_a_pallet_for_china_has_no_label_once_a_number_on_its_cartons_was_suspended(app: Flask, world: World) -> None:
    batch, clerk = packed_fruit(world), manager(app, world)
    address = f"/pallets/{built(world, batch)}/label.pdf"
    assert clerk.get(address).body.startswith(b"%PDF")
    suspend(world)
    told = clerk.get(address, status=409)
    assert re.search(NOT_COUNTED, told.text)
    assert "/registers/codes" in told.links(), "where the number can be seen and another one be registered"
    page = clerk.get(f"/batches/{batch}/pallets")
    assert re.search(NOT_COUNTED, page.text)
    assert address not in page.links()
    assert "Build the pallet" not in page.text
    problem = Program(app, token_of(app, world.cooperative, "program")).get(address, 409)
    assert problem["name"] == "PackhouseNotStanding"
    assert "at" not in problem, "no field of a form is wrong"


def test_no_pallet_is_built_where_cartons_are_refused_or_the_batch_is_recalled(app: Flask, world: World) -> None:
    batch, clerk = packed_fruit(world), manager(app, world)
    form = clerk.get(f"/batches/{batch}/pallets")
    suspend(world)
    refused = clerk.submit(form, f"/batches/{batch}/pallets", status=409)
    assert re.search(NOT_COUNTED, refused.text)
    boxes = {"batch": batch, "first": 1, "last": 2}
    world.refused(PackhouseNotStanding, world.bakari, pallets.build_pallet, BuildPallet, **boxes)
    recalled = world.released()
    said = {"lot": recalled, "reason": "mould", "action": "return it"}
    world.do(world.ines, inspection.recall, facts.RecallGoods, **said)
    page = clerk.get(f"/batches/{recalled}/pallets")
    assert "is recalled. No labels are printed for it" in page.text
    assert "Build the pallet" not in page.text


def test_a_pallet_that_was_taken_apart_has_no_label(app: Flask, world: World) -> None:
    batch, clerk = packed_fruit(world), manager(app, world)
    pallet = built(world, batch)
    world.do(world.bakari, pallets.break_pallet, BreakPallet, pallet=pallet, reason="too high")
    told = clerk.get(f"/pallets/{pallet}/label.pdf", status=409)
    assert "This pallet was taken apart, so it has no label." in told.text
    assert "Build the pallet" in told.text, "the others may have one"
    again = built(world, batch)
    assert f"/pallets/{again}/label.pdf" in clerk.get(f"/batches/{batch}/pallets").links()
