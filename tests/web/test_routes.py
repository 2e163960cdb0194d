"""A collector's route: two farmers on one truck, weighed again at the point; what is missing is a line, not silence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.web.client import Client, Page
from tests.web.stocked import PAKSONG, Stocked, said, stocked
from traceability.domain.facts import FormLot, RegisterFarmer, WeighIn
from traceability.domain.roles import Actor
from traceability.errors import MassNeeded, NotOnTheTruck
from traceability.operations import collection, registry

SignedIn = Callable[..., Client]


@pytest.fixture
def store(app: Flask, cooperative: Actor) -> Stocked:
    """A place, Amina and Bounmy."""
    store = stocked(app, cooperative)
    store.do(registry.register_farmer, RegisterFarmer(**said(), name="Bounmy", number="0417", where=PAKSONG))
    return store


def gathered(store: Stocked, farmer: str, grams: int, vehicle: str = "ls 1234") -> str:
    """One delivery onto the truck; its code."""
    fact = WeighIn(
        **said(confirmed=True),
        facility=store.place,
        farmer=farmer,
        commodity="arabica_coffee",
        form="fresh_cherry",
        bags_g=(grams,),
        tare_g=0,
        vehicle=vehicle,
        collector="Khamla",
    )
    return str(store.do(collection.record_weigh_in, fact)["lot"])


@pytest.fixture
def truck(store: Stocked) -> list[str]:
    """100 kg of Amina and 50 kg of Bounmy, whose plate somebody typed otherwise."""
    return [gathered(store, store.farmer, 100_000), gathered(store, "0417", 50_000, "LS  1234")]


@pytest.fixture
def bakari(signed_in: SignedIn, truck: list[str]) -> Client:
    """The clerk at the point when the truck arrives."""
    return signed_in("bakari", "clerk")


def plain(page: Page) -> str:
    return page.text.replace("\xa0", " ")


def arrive(client: Client) -> Page:
    listed = client.get("/routes")
    assert "LS 1234" in listed.text
    return client.get(next(link for link in listed.links() if link.startswith("/routes/arrive")))


def test_the_load_is_weighed_again_and_the_difference_is_a_loss_on_the_way(bakari: Client) -> None:
    page = arrive(bakari)
    assert "2 deliveries, 150 kg" in plain(page)
    ahead = bakari.submit(page, "/routes/arrive", status=200, go="ahead", weighed_g="149")
    assert "−1 kg" in plain(ahead)
    assert "0.6 % of the farmers' weights; normal up to 1.0 %" in plain(ahead)
    lot = bakari.follow(bakari.submit(ahead, "/routes/arrive", go="save"))
    assert "149 kg" in plain(lot)
    listed = plain(bakari.get("/routes"))
    assert "Farmers' weights 150 kg, difference −1 kg = 0.6 %" in listed
    assert "To be weighed" not in listed
    correct = next(link for link in lot.links() if link.startswith("/correct?"))
    assert "Lost: Lost on the way, 1 kg" in plain(bakari.get(correct))


def test_beyond_the_tolerance_somebody_says_why(bakari: Client) -> None:
    again = bakari.submit(arrive(bakari), "/routes/arrive", status=422, go="ahead", weighed_g="140")
    assert "#reason" in again.links()
    assert "difference −10 kg = 6.6 %" in plain(again)
    assert again.filled_in("/routes/arrive")["weighed_g"] == ["140"]
    ahead = bakari.submit(again, "/routes/arrive", status=200, go="ahead", reason="Rain on the load dried")
    bakari.submit(ahead, "/routes/arrive", go="save")
    assert "Rain on the load dried" in bakari.get("/routes").text


def test_a_truck_can_bring_more_and_saving_twice_is_saving_once(bakari: Client) -> None:
    ahead = bakari.submit(arrive(bakari), "/routes/arrive", status=200, go="ahead", weighed_g="150,5")
    assert "0.5 kg" in plain(ahead)
    assert len({bakari.submit(ahead, "/routes/arrive", go="save").location for _ in range(3)}) == 1


def test_no_load_without_its_weight_and_no_delivery_of_another_truck(store: Stocked, truck: list[str]) -> None:
    other = store.delivery(20_000)
    wrong: list[tuple[Any, dict[str, Any]]] = [
        (MassNeeded, {"deliveries": tuple(truck)}),
        (NotOnTheTruck, {"deliveries": (*truck, other), "weighed_g": 170_000}),
    ]
    for refusal, facts in wrong:
        with pytest.raises(refusal):
            store.do(collection.form_lot, FormLot(**said(), facility=store.place, vehicle="LS 1234", **facts))


def test_what_no_truck_gathered_says_how_to_begin(signed_in: SignedIn, store: Stocked) -> None:
    clerk = signed_in("bakari", "clerk")
    for address in ("/routes", "/routes/arrive?vehicle=LS+1234", "/routes?day=0001-01-01", "/routes?day=x"):
        assert "No truck gathered anything" in clerk.get(address).text


def test_an_auditor_looks_and_does_not_weigh(signed_in: SignedIn, truck: list[str]) -> None:
    auditor = signed_in("olga", "auditor")
    assert "LS 1234" in auditor.get("/routes").text
    auditor.get("/routes/arrive?vehicle=LS+1234", status=403)
