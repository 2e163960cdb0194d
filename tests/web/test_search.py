"""One box finds everything of the organisation, and nothing of another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import select

from tests.web.client import Client
from tests.web.stocked import Stocked, neighbour, said, stocked
from traceability.domain.facts import Dispatch, RegisterFarmer, Release, Seal, Where
from traceability.domain.labelling import BuildPallet, PrintLabels, SetGs1
from traceability.domain.roles import Actor
from traceability.domain.serials import serial_of, show_serial
from traceability.models import LabelRun
from traceability.operations import packing, shipping
from traceability.operations.gs1 import set_gs1
from traceability.operations.labels import print_labels
from traceability.operations.pallets import build_pallet
from traceability.operations.registry import register_farmer

SignedIn = Callable[..., Client]


@pytest.fixture
def store(app: Flask, cooperative: Actor) -> Stocked:
    """A place, Amina and her plot."""
    return stocked(app, cooperative)


@pytest.fixture
def malee(signed_in: SignedIn, store: Stocked) -> Client:
    """The manager."""
    return signed_in("malee", "manager")


def test_an_exact_code_opens_its_page(malee: Client, store: Stocked) -> None:
    lot = store.delivery()
    assert malee.get(f"/search?q={lot}", status=303).location == f"/lots/{lot}"
    spaced = f"{lot[:4].lower()}-{lot[4:].lower()}"
    assert malee.get(f"/search?q={spaced}", status=303).location == f"/lots/{lot}"
    assert malee.get(f"/search?q={store.farmer}", status=303).location == f"/farmers/{store.farmer}"
    assert malee.get(f"/search?q={store.plot}", status=303).location == f"/farmers/{store.farmer}"


def test_a_card_is_found_by_its_code_whatever_letters_it_has(malee: Client, store: Stocked) -> None:
    """Searching forgets that X is not S; a code must not."""
    codes = [store.farmer]
    while not any("X" in code for code in codes):
        fact = RegisterFarmer(**said(), name="Bounmy", where=Where(country="LA"))
        codes.append(store.do(register_farmer, fact)["farmer"])
    for typed in (codes[-1], f"{codes[-1][:4]} {codes[-1][4:]}".lower()):
        assert malee.get(f"/search?q={typed}", status=303).location == f"/farmers/{codes[-1]}"
        assert f"/farmers/{codes[-1]}" in malee.get(f"/farmers?q={typed}").links()


def test_a_number_a_name_and_a_part_of_them_are_found(malee: Client, store: Stocked) -> None:
    lot = store.delivery()
    number = malee.get(f"/lots/{lot}").heading
    assert malee.get(f"/search?q={number}", status=303).location == f"/lots/{lot}"
    assert number in malee.get(f"/search?q={number[:6]}").text
    assert "Amina" in malee.get("/search?q=ámin").text
    assert "Chiara Imports" in malee.get("/search?q=chiara").text


def test_a_batch_and_a_consignment_are_found_by_their_codes(app: Flask, malee: Client, store: Stocked) -> None:
    batch = store.sealed()
    assert malee.get(f"/search?q={batch}", status=303).location == f"/lots/{batch}"
    lot, mill = store.green(), neighbour(app)
    sent = store.do(shipping.dispatch, Dispatch(**said(), lot=lot, to_organisation=mill.org_code))["transfer"]
    assert malee.get(f"/search?q={sent}", status=303).location.endswith(sent)


def test_what_is_not_there_and_what_is_not_yours_sound_the_same(app: Flask, malee: Client, store: Stocked) -> None:
    theirs = stocked(app, neighbour(app))
    lot = theirs.delivery()
    page = malee.get(f"/search?q={lot}")
    assert f"You have nothing called “{lot}”" in page.text
    assert "You have nothing called “ZZZ”" in malee.get("/search?q=ZZZ").text
    assert "%" not in malee.get("/search?q=%25").heading
    assert "PM-" not in malee.get("/search?q=%25").text


def _labelled(store: Stocked) -> tuple[str, dict[str, str]]:
    """A released batch with everything on it that a label or a paper can say: its code, and each of these."""
    store.do(set_gs1, SetGs1(**said(), company_prefix="8850999"))
    marks: dict[str, Any] = {
        "ico": "105/9902/0078",
        "container": "CSQU 305438-3",
        "seal": "LA-00417",
        "gtin": "9506000134352",
    }
    batch = str(store.do(packing.seal, Seal(**said(), lot=store.packed(), destination="JP", **marks))["batch"])
    store.do(packing.release, Release(**said(), batch=batch))
    built = store.do(build_pallet, BuildPallet(**said(), batch=batch, first=1, last=2))
    run = store.do(print_labels, PrintLabels(**said(), batch=batch, first=1, last=2, of=2, layout="tag"))["run"]
    with store.database.reading() as session:
        seed = session.scalars(select(LabelRun.seed).where(LabelRun.code == run)).one()
    return batch, {"pallet": built["pallet"], "sscc": built["sscc"], "serial": serial_of(seed, 2)}


def test_whatever_stands_on_a_label_of_ours_is_found(malee: Client, store: Stocked) -> None:
    batch, known = _labelled(store)
    pallets = f"/batches/{batch}/pallets"
    box = f"/b/{batch}/21/{known['serial']}"
    for typed, opens in (
        (known["pallet"], pallets),
        (f"{known['pallet'][:4]} {known['pallet'][4:].lower()}", pallets),
        (f"https://trace.example/pallet/{known['pallet']}", pallets),
        (known["sscc"], pallets),
        (f"(00) {known['sscc']}", pallets),
        (f"https://trace.example/00/{known['sscc']}", pallets),
        (show_serial(known["serial"]).lower(), box),
        (f"HTTPS://TRACE.EXAMPLE/B/{batch}/21/{known['serial']}", box),
        (f"{batch}-1", f"/b/{batch}-1"),
        (f"HTTPS://TRACE.EXAMPLE/B/{batch}", f"/lots/{batch}"),
        ("9506000134352", f"/lots/{batch}"),
        ("105-9902-78", f"/lots/{batch}"),
        ("csqu3054383", f"/lots/{batch}"),
        ("LA 00417", f"/lots/{batch}"),
    ):
        assert malee.get(f"/search?q={quote(typed)}", status=303).location == opens, typed
    assert malee.get(f"/search?q={batch}-9").heading == "Find"  # no such paper: its batch is offered, not opened
    assert f"/lots/{batch}" in malee.get(f"/search?q={batch}-9").links()


def test_an_article_with_two_batches_lists_both(malee: Client, store: Stocked) -> None:
    made = [
        str(store.do(packing.seal, Seal(**said(), lot=store.packed(), destination="JP", gtin="9506000134352"))["batch"])
        for _ in range(2)
    ]
    assert {f"/lots/{batch}" for batch in made} <= set(malee.get("/search?q=09506000134352").links())


def test_nothing_on_a_label_of_others_is_found(app: Flask, malee: Client, store: Stocked) -> None:
    batch, known = _labelled(stocked(app, neighbour(app)))
    for typed in (*known.values(), f"{batch}-1", "9506000134352", "105/9902/0078", "CSQU3054383", "LA-00417"):
        assert f"You have nothing called “{typed}”" in malee.get(f"/search?q={quote(typed)}").text
