"""An official code that was suspended on the day of packing is said on the public page, beside a box and on a pallet.

`one orchard -> L1 -> packed in 2 boxes -> B`, in January 2026; the packing house lost its number.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from tests.cast import World
from tests.operations.test_labels import Fruit
from tests.web.applications import application
from tests.web.client import Client
from traceability.domain import facts
from traceability.domain.labelling import CARTON, BuildPallet, PrintLabels
from traceability.domain.serials import serial_of
from traceability.models import LabelRun
from traceability.models.database import Database
from traceability.operations import labels, pallets, registry

BAND = "Official code suspended on the day of packing"


@pytest.fixture
def app(database: Database, database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """On both databases."""
    made = application(database_url, tmp_path)
    yield made
    made.extensions["database"].close()


def batch_of(world: World) -> tuple[str, str, str]:
    """A released batch for China, the serial of its first box, and a pallet of it."""
    fruit = Fruit(world)
    fruit.code("packing_house", "LA-PH-1", facilities=(world.mill,))
    fruit.code("growing_area", "LA-OR-1", plots=(fruit.plots[0],))
    batch = world.released(fruit.batch())
    said = {"batch": batch, "first": 1, "last": 2}
    run = world.do(world.bakari, labels.print_labels, PrintLabels, **said, of=2, layout=CARTON)["run"]
    pallet = world.do(world.bakari, pallets.build_pallet, BuildPallet, **said)["pallet"]
    with world.database.reading() as session:
        seed = session.scalars(select(LabelRun.seed).where(LabelRun.code == run)).one()
    return batch, serial_of(seed, 1), str(pallet)


def suspend(world: World, from_on: date) -> None:
    said = {"scheme": "packing_house", "official_code": "LA-PH-1", "reason": "an inspection", "to_on": None}
    world.do(world.malee, registry.suspend_registration, facts.SuspendRegistration, **said, from_on=from_on)


def test_a_code_suspended_on_the_day_of_packing_is_said_wherever_the_batch_is_read(
    app: Flask, world: World, visitor: Client
) -> None:
    batch, box, pallet = batch_of(world)
    pages = (f"/b/{batch}", f"/b/{batch}/21/{box}", f"/pallet/{pallet}")
    for address in pages:
        assert BAND not in visitor.get(address).text
    suspend(world, date(2027, 1, 1))  # later: it was good then
    for address in pages:
        assert BAND not in visitor.get(address).text
    suspend(world, date(2026, 1, 1))
    for address in pages:
        top = visitor.get(address).html.partition("<h1>")[0]
        assert BAND in top
        assert "LA-PH-1" in top
        assert "LA-OR-1" not in top
    told = json.loads(visitor.get(f"/b/{batch}.json").body)["registrations"]
    assert {one["code"]: one["standing"] for one in told}["LA-PH-1"] == "suspended"
    data = visitor.http.get(f"/b/{batch}/21/{box}", headers={"Accept": "application/json"}).get_json()
    assert [one["code"] for one in data["batch"]["suspended"]] == ["LA-PH-1"]
