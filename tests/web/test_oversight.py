"""Oversight on a page and as a file: dated, filtered, harmless in a spreadsheet, and nothing can be changed by it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
from flask import Flask

from tests.web.client import Client
from tests.web.stocked import PAKSONG, Stocked, said, stocked
from traceability.domain.facts import RegisterRegistration
from traceability.domain.roles import Actor
from traceability.operations import registry
from traceability.web.oversight_tables import TABLES

SignedIn = Callable[..., Client]


@pytest.fixture
def store(app: Flask, cooperative: Actor) -> Stocked:
    return stocked(app, cooperative)


@pytest.fixture
def olga(signed_in: SignedIn, store: Stocked) -> Client:
    """An auditor, who may change nothing."""
    return signed_in("olga", "auditor")


def rows_of(client: Client, address: str) -> list[list[str]]:
    body = client.get(address).body
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))


def test_an_officer_is_led_from_the_first_page_to_every_table(olga: Client, store: Stocked) -> None:
    store.released()
    assert "/oversight" in olga.get("/").links()
    overview = olga.get("/oversight")
    for what in TABLES:
        assert f"/oversight/{what}" in overview.links()
        page = olga.get(f"/oversight/{what}")
        assert "Data as of" in page.text
        assert f"/oversight/{what}.csv" in page.links()


def test_the_file_says_whose_it_is_as_of_when_and_by_which_filter(olga: Client, store: Stocked) -> None:
    store.delivery(250_500)
    rows = rows_of(olga, "/oversight/volumes.csv?product=arabica_coffee&since=2020-01-01")
    about = dict(row for row in rows[:8] if len(row) == 2)
    assert rows[0] == ["Volumes by product, province and week"]
    assert about["Organisation"] == "Cooperative of Amina"
    assert about["Product"] == "Arabica coffee"
    assert about["Province"] == "All"
    assert about["Days"].startswith("2020-01-01 – ")
    assert "UTC+7" in about["Data as of"]
    assert rows[-1][1] == PAKSONG.province
    assert rows[-1][4:7] == ["250.5", "250.5", "1.2"]


def test_page_and_file_have_the_same_lines(olga: Client, store: Stocked) -> None:
    store.released()
    store.delivery()
    for what in TABLES:
        page = olga.get(f"/oversight/{what}")
        lines = len(page.root.all("tbody")[0].all("tr")) if page.root.all("tbody") else 0
        assert len(rows_of(olga, f"/oversight/{what}.csv")) - 2 - lines in (3, 4, 6), what
    assert olga.get("/oversight/volumes.xlsx").body.startswith(b"PK")


def test_what_somebody_typed_is_never_a_formula(olga: Client, store: Stocked) -> None:
    fact = RegisterRegistration(**said(), scheme="growing_area", official_code="=HYPERLINK(1)", authority="@cmd")
    store.do(registry.register_registration, fact)
    row = rows_of(olga, "/oversight/registrations.csv")[-1]
    assert row[0] == "'=HYPERLINK(1)"
    assert row[2] == "'@cmd"


def test_days_that_are_none_are_answered_with_a_sentence(olga: Client) -> None:
    assert "day" in olga.get("/oversight/volumes?since=yesterday", status=422).text.lower()
    for extreme in ("0001-01-01", "9999-12-31"):
        olga.get(f"/oversight/volumes?since={extreme}&until={extreme}")
    olga.get("/oversight/nothing", status=404)
    olga.get("/oversight/nothing.csv", status=404)


def test_nobody_else_reads_it(visitor: Client, dao: Client, store: Stocked) -> None:
    store.released()
    assert visitor.get("/oversight/volumes.csv", status=303).location.startswith("/sign-in")
    for what in TABLES:
        assert "Cooperative of Amina" not in dao.get(f"/oversight/{what}").text
    assert rows_of(dao, "/oversight/certificates.csv")[-1][0] == "Number"
