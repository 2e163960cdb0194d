"""Pallets: their labels are handed out where cartons are, and where the pallet still stands."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask
from sqlalchemy import select

from tests.cast import World
from tests.web.client import Client
from tests.web.program import Program, token_of
from tests.web.test_cartons import SINCE, manager, packed_fruit, suspend
from traceability.domain import facts
from traceability.domain.labelling import BreakPallet, BuildPallet, PrintLabels
from traceability.domain.serials import serial_of
from traceability.models import LabelRun
from traceability.operations import inspection, labels, packing, pallets
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


def test_what_the_goods_are_packed_in_is_said_everywhere(app: Flask, world: World, visitor: Client) -> None:
    batch, clerk = world.released(world.sealed(world.packed(count=10), ico="105/3/285")), manager(app, world)
    pallet = built(world, batch)
    boxes = {"batch": batch, "first": 1, "last": 4, "of": 10, "layout": "tag"}
    run = world.do(world.bakari, labels.print_labels, PrintLabels, **boxes)["run"]
    with world.database.reading() as session:
        serial = serial_of(session.scalars(select(LabelRun.seed)).one(), 3)
    for reader, address, words in (
        (clerk, f"/runs/{run}", "Bag 1 to 4 of 10"),
        (clerk, f"/batches/{batch}/boxes", "Bag 1 to 4 of 10"),
        (clerk, f"/batches/{batch}/pallets", "Bags 1 to 2"),
        (clerk, f"/pallets/{pallet}/break", "Bags 1 to 2"),
        (clerk, f"/batches/{batch}", "From number"),
        (visitor, f"/pallet/{pallet}", "Bags 1 to 2"),
        (visitor, f"/b/{batch}/21/{serial}", "Bag 3 of 10"),
    ):
        page = reader.get(address)
        assert words in page.text, address
        assert not re.search(r"\bbox(es)?\b(?! label)", page.text, re.IGNORECASE), address
    refused = clerk.submit(clerk.get(f"/batches/{batch}/pallets"), f"/batches/{batch}/pallets", status=409, first="2")
    assert "Bags 1 to 2 stand on another pallet." in refused.text
    odd = clerk.submit(refused, f"/batches/{batch}/pallets", status=422, first="5", last="3")
    assert "The first number is 5 and the last is 3. Type the smaller one first." in odd.text


def test_a_grade_that_is_left_off_the_stencil_is_named_beside_it(app: Flask, world: World) -> None:
    batch, clerk = world.sealed(world.packed(count=10), ico="105/3/285"), manager(app, world)
    assert "is not on the stencil" not in clerk.get(f"/batches/{batch}").text
    graded: dict[str, Any] = {
        "facility": world.mill,
        "inputs": (facts.Take(lot=world.lot()),),
        "form": "green",
        "unit": "bag",
    }
    graded |= {"count": 2, "mass_g": 100_000, "grade": "Loại 1", "confirmed": True}
    lot = str(world.do(world.bakari, packing.pack, facts.Pack, **graded)["lot"])
    page = clerk.get(f"/batches/{world.sealed(lot, ico='105/3/286')}")
    assert "The grade Loại 1 is not on the stencil" in page.text
