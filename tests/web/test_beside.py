"""What the page of a box and of a pallet says of its batch: all that stops or warns on the batch's own page, where it
grew, how much is in a box, and the official codes on a carton.

`L1 -> packed in 10 bags -> B`, or `one orchard -> L1 -> packed in 2 boxes -> B` for China.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.cast import World
from tests.web.applications import application
from tests.web.client import Client, Page
from tests.web.test_boxes import links_of, printed
from tests.web.test_cartons import packed_fruit, suspend
from traceability.domain import facts
from traceability.domain.labelling import CARTON, BuildPallet, PrintLabels
from traceability.domain.serials import serial_of
from traceability.models import LabelRun
from traceability.models.database import Database
from traceability.operations import inspection, labels, pallets, registry
from traceability.queries.dossiers import dossier_of


@pytest.fixture
def app(database: Database, database_url: str, tmp_path: Path) -> Iterator[Flask]:
    made = application(database_url, tmp_path)
    yield made
    made.extensions["database"].close()


def labelled(world: World, batch: str, layout: str = "tag") -> tuple[str, str]:
    """The addresses of a box of a batch and of a pallet with it."""
    of = world.row(batch).made_count
    boxes = {"batch": batch, "first": 1, "last": 2, "of": of, "layout": layout}
    run = world.do(world.bakari, labels.print_labels, PrintLabels, **boxes)["run"]
    built = world.do(world.bakari, pallets.build_pallet, BuildPallet, batch=batch, first=1, last=2)["pallet"]
    with world.database.reading() as session:
        seed = session.scalars(select(LabelRun.seed).where(LabelRun.code == run)).one()
    return f"/b/{batch}/21/{serial_of(seed, 2)}", f"/pallet/{built}"


def paper(world: World, number: str, ends: date) -> None:
    said = {"scheme": "organic", "number": number, "issuer": "Fair Check", "custody": "segregated"}
    fact = world.fact(facts.RegisterCertificate, **said, valid_from=date(2025, 1, 1), valid_to=ends)
    world.say(world.cooperative, registry.register_certificate, fact)


def of_batch(visitor: Client, box: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(visitor.get(box, headers={"Accept": "application/json"}).body)["batch"]
    return found


def plain(page: Page) -> str:
    return page.text.replace("\xa0", " ").replace("\u200b", "")


@pytest.fixture
def batch(world: World) -> str:
    return world.released(world.sealed(world.packed(count=10)))


def test_an_expired_certificate_is_said_with_a_box_in_the_hand(visitor: Client, world: World, batch: str) -> None:
    box, pallet = labelled(world, batch)
    for address in (box, pallet):
        assert "Certificate expired" not in visitor.get(address).text
    assert of_batch(visitor, box)["expired"] == []
    paper(world, "OLD-1", date(2026, 2, 1))  # the pages were kept until then
    for address in (f"/b/{batch}", box, pallet):
        text = plain(visitor.get(address))
        assert "Certificate expired" in text, address
        assert "OLD-1 · valid to 1 February 2026" in text, address
    (expired,) = of_batch(visitor, box)["expired"]
    assert (expired["number"], expired["valid_to"], expired["standing"]) == ("OLD-1", "2026-02-01", "expired")


def test_a_box_says_where_it_grew_how_much_is_in_it_and_when_that_was_looked_up(
    visitor: Client, world: World, batch: str
) -> None:
    box, pallet = labelled(world, batch)
    (where,) = (one.text for one in visitor.get(f"/b/{batch}").root.all("p") if one.attributes.get("class") == "where")
    assert where
    for address in (box, pallet):
        text = plain(visitor.get(address))
        assert plain_of(where) in text, address
        assert "No recall." in text, address
        assert "Checked" in text, address
    assert "Net weight 10 kg" in plain(visitor.get(box))
    told = of_batch(visitor, box)
    assert told["unit_mass_g"] == 10_000
    assert told["origin"]["country"]
    said = {"lot": batch, "reason": "mould", "action": "return it"}
    world.do(world.ines, inspection.recall, facts.RecallGoods, **said)
    for address in (box, pallet):
        text = visitor.get(address).text
        assert "Recalled. Do not eat or sell." in text, address
        assert "No recall." not in text, address


def test_a_pallet_tells_programs_what_its_page_shows(visitor: Client, world: World, batch: str) -> None:
    _, pallet = labelled(world, batch)
    told = json.loads(visitor.get(f"{pallet}.json").body)
    assert json.loads(visitor.get(pallet, headers={"Accept": "application/json"}).body) == told
    boxes = {key: told[key] for key in ("first", "last", "count", "of", "net_mass_g", "broken")}
    assert boxes == {"first": 1, "last": 2, "count": 2, "of": 10, "net_mass_g": 20_000, "broken": False}
    assert (told["code"], told["batch"]["code"]) == (pallet.rpartition("/")[2], batch)
    recall = {"lot": batch, "reason": "mould", "action": "return it"}
    world.do(world.ines, inspection.recall, facts.RecallGoods, **recall)
    told = json.loads(visitor.get(f"{pallet.lower()}.json").body)["batch"]
    assert (told["status"], [alert["reason"] for alert in told["alerts"]]) == ("recalled", ["mould"])
    problem = visitor.get("/pallet/00000000.json", status=404).response
    assert problem.mimetype == "application/problem+json"


def plain_of(text: str) -> str:
    return " ".join(text.replace("\xa0", " ").replace("\u200b", "").split())


def test_boxes_that_do_not_weigh_the_same_have_no_weight_each(visitor: Client, world: World) -> None:
    box, _ = labelled(world, world.released(world.sealed(world.packed(count=7))))
    assert "Net weight" not in visitor.get(box).text
    assert of_batch(visitor, box)["unit_mass_g"] is None


def test_a_carton_for_china_names_its_orchard_and_packing_house(visitor: Client, world: World) -> None:
    box, pallet = labelled(world, world.released(packed_fruit(world)), CARTON)
    text = plain(visitor.get(box))
    assert "LA-OR-1" in text
    assert "LA-PH-1" in text
    assert {mark["code"] for mark in of_batch(visitor, box)["registrations"]} == {"LA-OR-1", "LA-PH-1"}
    suspend(world)
    for address in (box, pallet):
        assert "Official code suspended on the day of packing" in visitor.get(address).text, address
    assert "LA-PH-1 Suspended" in plain(visitor.get(box))


def test_many_scans_read_the_dossier_once_until_something_changes(
    visitor: Client, world: World, batch: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    box, pallet = labelled(world, batch)
    read: list[str] = []
    real = dossier_of

    def counted(session: Any, code: str, **more: Any) -> Any:
        read.append(code)
        return real(session, code, **more)

    monkeypatch.setattr("traceability.web.beside.dossier_of", counted)
    for address in (box, pallet, f"{box}?l=lo", box):
        visitor.get(address)
    assert read == [batch]
    paper(world, "OLD-1", date(2026, 2, 1))
    assert "Certificate expired" in visitor.get(box).text
    assert read == [batch, batch]


def test_whoever_holds_a_box_can_say_that_it_does_not_match_and_that_nobody_counts_the_visit(
    visitor: Client, world: World, batch: str
) -> None:
    """Most of all with a number in the hand that was never printed."""
    seed = printed(world, batch)
    for serial, status in (
        (serial_of(seed, 5), 200),
        (serial_of(seed, 3), 200),
        (serial_of(seed, 7), 200),
        ("0" * 20, 404),
    ):
        page = visitor.get(f"/b/{batch}/21/{serial}", status=status)
        assert f"/b/{batch}/report?serial={serial}" in page.links()
        assert f'name="serial" value="{serial}"' in visitor.get(f"/b/{batch}/report?serial={serial}").html
        uncounted = f"/b/{batch}/21/{serial}?count=no"
        assert uncounted in page.links()
        assert "This visit is not counted." in visitor.get(uncounted, status=status).text
    check = visitor.get(f"/b/{batch}/verify")
    assert f"/b/{batch}/verify?count=no" in check.links()
    assert "This visit is not counted." in visitor.get(f"/b/{batch}/verify?count=no").text


def test_that_a_label_does_not_count_stands_before_what_only_warns_and_after_what_stops(
    visitor: Client, world: World, batch: str
) -> None:
    void = f"/b/{batch}/21/{serial_of(printed(world, batch), 3)}"
    said = {"scheme": "organic", "number": "OLD-1", "issuer": "Fair Check", "custody": "segregated"}
    ended = world.fact(facts.RegisterCertificate, **said, valid_from=date(2025, 1, 1), valid_to=date(2026, 2, 1))
    world.say(world.cooperative, registry.register_certificate, ended)
    text = visitor.get(void).text
    assert text.index("This label does not count.") < text.index("Certificate expired")
    world.do(world.ines, inspection.recall, facts.RecallGoods, lot=batch, reason="residue", action="bring it back")
    text = visitor.get(void).text
    assert text.index("Recalled. Do not eat or sell.") < text.index("This label does not count.")


def test_what_can_be_no_number_of_a_box_walks_up_for_programs_as_a_digital_link_does(
    visitor: Client, world: World, batch: str
) -> None:
    for serial in ("SHORT", "12-640"):
        (level,) = links_of(visitor, f"/b/{batch}/21/{serial}")
        assert str(level["anchor"]).endswith(f"/b/{batch}")
        assert visitor.get(f"/b/{batch}/21/{serial}?linkType=gs1:recallStatus", status=307).location
    serial = serial_of(printed(world, batch), 5)
    assert visitor.get(f"/b/{batch}/21/{serial}/?l=lo", status=308).location == f"/b/{batch}/21/{serial}?l=lo"
