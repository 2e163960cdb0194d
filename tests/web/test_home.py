"""The first page and the lots: what needs me today, every number opening the list that adds up to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from tests.web.client import Client, Page
from tests.web.stocked import Stocked, neighbour, said, stocked
from traceability.domain.facts import (
    AskCorrection,
    DeclareError,
    Dispatch,
    Inspect,
    Measured,
    Output,
    PutOnHold,
    RegisterCertificate,
    Split,
)
from traceability.domain.roles import Actor
from traceability.models import Organisation
from traceability.operations import correction, inspection, processing, registry, shipping
from traceability.queries.receipts import receipt_of
from traceability.web import home

SignedIn = Callable[..., Client]


@pytest.fixture
def store(app: Flask, cooperative: Actor) -> Stocked:
    """A place, Amina and her plot."""
    return stocked(app, cooperative)


@pytest.fixture
def malee(signed_in: SignedIn, store: Stocked) -> Client:
    """The manager."""
    return signed_in("malee", "manager")


def said_by(page: Page) -> str:
    """The text with plain spaces."""
    return page.text.replace("\xa0", " ")


def event_of(store: Stocked, lot: str) -> str:
    """The weigh-in that made a delivery."""
    with store.database.reading() as session:
        return receipt_of(session, store.actor, lot).delivery.event


def test_a_visitor_is_led_to_the_finder(visitor: Client) -> None:
    assert visitor.get("/", status=303).location.startswith(("/find", "/sign-in"))


def test_the_first_day_begins_with_three_steps(signed_in: SignedIn) -> None:
    page = signed_in("malee", "manager", "administrator").get("/")
    assert "Register the place where you weigh." in page.text
    assert "/farmers/new" in page.links()
    assert "Nothing was weighed in today yet." in page.text


def test_a_house_that_only_receives_goods_is_not_told_to_weigh_in_first(malee: Client, store: Stocked) -> None:
    store.green()
    assert "Three steps to the first receipt" not in malee.get("/").text


def test_an_organisation_is_called_by_its_name_in_the_readers_language(malee: Client, store: Stocked) -> None:
    store.database.write(lambda session: _name_in_lao(session, store.actor.org_code))
    assert "ສະຫະກອນກາເຟ" in malee.get("/?l=lo").text
    assert "ສະຫະກອນກາເຟ" not in malee.get("/?l=en").text


def _name_in_lao(session: Session, code: str) -> None:
    session.execute(update(Organisation).where(Organisation.code == code).values(names={"lo": "ສະຫະກອນກາເຟ"}))


def test_an_auditor_is_led_to_pages_that_an_auditor_may_open(app: Flask, signed_in: SignedIn, store: Stocked) -> None:
    asked = store.delivery()
    store.do(correction.ask_correction, AskCorrection(**said(), event=event_of(store, asked), reason="Wrong farmer"))
    auditor = signed_in("vanh", "auditor")
    ways = [address for address in auditor.get("/corrections").links() if "correct" in address]
    assert ways
    for address in ways:
        auditor.get(address)


def test_today_and_open_deliveries_open_lists_that_add_up(malee: Client, store: Stocked) -> None:
    store.delivery(100_100)
    store.delivery(200_200)
    home = said_by(malee.get("/"))
    assert "300.3 kg today from one farmer" in home
    assert "2 deliveries are not yet in a lot 300.3 kg" in home
    for address in ("/deliveries", "/deliveries?show=open"):
        listed = said_by(malee.get(address))
        assert "2 deliveries, one farmer , 300.3 kg".replace(" ,", ",") in listed.replace(" ,", ",")
    assert "Nothing was weighed in" in malee.get("/deliveries?day=2001-01-01").text


def test_holds_batches_papers_corrections_and_the_road_are_counted_and_listed(
    app: Flask, malee: Client, store: Stocked
) -> None:
    held, asked, sent = store.delivery(), store.delivery(), store.green()
    store.do(inspection.put_on_hold, PutOnHold(**said(), lot=held, reason="Smells of diesel"))
    store.do(correction.ask_correction, AskCorrection(**said(), event=event_of(store, asked), reason="Wrong farmer"))
    store.sealed()
    mill = neighbour(app)
    store.do(shipping.dispatch, Dispatch(**said(), lot=sent, to_organisation=mill.org_code))
    soon = datetime.now(UTC).date() + timedelta(days=10)
    fact = RegisterCertificate(
        **said(),
        scheme="organic",
        number="LAO-1",
        issuer="LCB",
        custody="segregated",
        valid_from=date(2020, 1, 1),
        valid_to=soon,
    )
    store.do(registry.register_certificate, fact)
    home = malee.get("/")
    assert "2 requests wait for approval" in home.text  # the correction, and the batch to release
    assert "Wrong farmer" in malee.get("/approvals").text
    for sentence, what, line in (
        ("One lot is on hold", "holds", "Smells of diesel"),
        ("One batch is sealed and not released", "release", "JP"),
        ("One certificate or code ends soon", "papers", "LAO-1"),
        ("One consignment is on the road", "road", "Mill of Dao"),
    ):
        listed = malee.get(f"/today/{what}")
        assert line in listed.text
        if what != "road" or sentence in home.text:  # the least pressing gives way when seven are full
            assert sentence in home.text
    malee.get("/today/nothing", status=404)
    store.do(correction.declare_error, DeclareError(**said(note="Was right"), event=event_of(store, asked), reason="x"))
    assert "One request waits for approval" in malee.get("/").text


def test_a_consignment_to_receive_is_seen_by_the_receiver_only(
    app: Flask, signed_in: SignedIn, store: Stocked, cooperative: Actor
) -> None:
    theirs = stocked(app, neighbour(app))
    lot = theirs.green()
    theirs.do(shipping.dispatch, Dispatch(**said(), lot=lot, to_organisation=cooperative.org_code))
    malee = signed_in("malee", "manager")
    assert "One consignment is to be received" in malee.get("/").text
    assert "Mill of Dao" in malee.get("/today/receive").text
    malee.get(f"/lots/{lot}", status=404)


def test_the_page_of_a_lot_tells_everything(malee: Client, store: Stocked) -> None:
    lot = store.green(80_000)
    measured = Measured(property="moisture_percent", value="11.8", unit="%", laboratory="Pakse lab", passed=True)
    store.do(inspection.inspect, Inspect(**said(), lot=lot, measured=(measured,)))
    parts = (Output(form="", mass_g=30_000), Output(form="", mass_g=50_000))
    first = store.do(processing.split, Split(**said(), facility=store.place, lot=lot, parts=parts))["lots"][0]
    text = said_by(malee.get(f"/lots/{lot}"))
    for part in ("0 kg", "left of 80 kg", "Green coffee", "Moisture: 11.8 %", "Passed", "Amina · 80 kg · 100.0 %"):
        assert part in text, part
    assert text.index("What went in") < text.index("What came out of it") < text.index("History")
    assert f"/lots/{first}" in malee.get(f"/lots/{lot}").links()
    assert "30 kg" in said_by(malee.get(f"/lots/{first}"))


def test_a_held_lot_says_so_and_so_does_what_was_made_of_it(malee: Client, store: Stocked) -> None:
    lot = store.green()
    store.do(inspection.put_on_hold, PutOnHold(**said(), lot=lot, reason="Waits for the laboratory"))
    page = malee.get(f"/lots/{lot}")
    assert "On hold Waits for the laboratory" in page.text


def test_what_may_be_done_depends_on_the_role(malee: Client, signed_in: SignedIn, store: Stocked) -> None:
    lot = store.green()
    assert any("/process" in link or "processing" in link for link in malee.get(f"/lots/{lot}").links())
    assert "What next?" not in signed_in("olga", "auditor").get(f"/lots/{lot}").text


def test_lots_are_listed_by_goods_and_place_with_their_sum(malee: Client, store: Stocked) -> None:
    store.green(80_000)
    store.packed(2)
    page = malee.get("/lots")
    assert "2 lots, 200 kg" in said_by(page).replace(" ,", ",")
    assert "2 lots" in malee.get("/lots?goods=arabica_coffee.green&place=PM").text
    assert "arabica_coffee.green" in page.html
    assert "No lot here yet" in malee.get("/lots?place=XX").text
    assert "5 lots" in malee.get("/lots?all=1&page=abc").text


def test_nobody_reads_anything_without_signing_in(visitor: Client, store: Stocked) -> None:
    for address in ("/lots", f"/lots/{store.delivery()}", "/farmers", "/search?q=a", "/deliveries", "/today/holds"):
        assert visitor.get(address, status=303).location.startswith("/sign-in")


def test_a_long_list_is_opened_page_by_page_and_its_sum_is_that_of_all(
    malee: Client, store: Stocked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home, "ON_A_PAGE", 2)
    for grams in (1_000, 2_000, 3_000):
        store.delivery(grams, occurred_at=datetime.now(UTC) - timedelta(days=3))
    first = malee.get("/today/waiting")
    assert "3 lines, 6 kg" in first.text.replace("\xa0", " ")
    assert len(first.root.all("li")) - len(malee.get("/today/waiting?page=2").root.all("li")) == 1
    assert "Page 1 of 2" in first.text
    assert "/today/waiting?page=2" in first.links()
    assert "Page 2 of 2" in malee.get("/today/waiting?page=99999").text
    for odd in ("0", "-1", "x", "²", "9" * 40):
        assert "Page 1 of 2" in malee.get(f"/today/waiting?page={odd}").text
