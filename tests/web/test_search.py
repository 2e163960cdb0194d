"""One box finds everything of the organisation, and nothing of another."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from tests.web.client import Client
from tests.web.stocked import Stocked, neighbour, said, stocked
from traceability.domain.facts import Dispatch, RegisterFarmer, Where
from traceability.domain.roles import Actor
from traceability.operations import shipping
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
