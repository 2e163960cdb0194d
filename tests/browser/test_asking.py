"""What a manager does when somebody asks: where it comes from, and why; who would be reached; and setting it right."""

from __future__ import annotations

import re
from functools import partial

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Site
from tests.browser.hands import (
    HOME,
    PASSWORD,
    WHEN,
    cooperative,
    form_lot,
    pack_seal_release,
    press,
    process,
    told,
    weigh_in,
)
from tests.databases import KINDS
from traceability.domain.facts import RegisterFarmer
from traceability.models.database import Database
from traceability.operations.account import sign_in
from traceability.operations.registry import register_farmer


@pytest.mark.parametrize("database_url", KINDS, indirect=True)
def test_an_origin_is_asked_about_rehearsed_and_corrected_after_the_goods_went_through_a_tank(site: Site) -> None:
    """20 kg of Amina's parchment through the bed into a released batch; then it turns out to be Bounthanh's."""
    cooperative(site.database)
    another_grower(site.database)
    manager = site.signed_in("mali", PASSWORD)
    declare_a_bed(manager)
    weigh_in(manager)
    delivery = re.findall(r"NL-[0-9-]+", told(manager))[0]
    form_lot(manager)
    process(manager)
    lot = through_the_bed(manager)
    pack_seal_release(manager, lot)
    code = manager.url.partition("?")[0].rsplit("/", 1)[1]

    ask_where_and_why(manager, code, delivery)
    rehearse_a_recall(manager, delivery)
    shopper = site.visitor()
    shopper.goto(f"/b/{code}")
    assert shopper.get_by_role("link", name="Open version 1").count() == 0
    correct_whose_it_was(manager, delivery)
    manager.goto(f"/lots/{code}/origins")
    assert "Bounthanh" in told(manager)
    assert "Amina" not in told(manager)

    scanner = site.visitor()  # a phone keeps a page for a minute
    scanner.goto(f"/b/{code}")
    scanner.locator("details.inspector summary").click()
    assert "The shares were corrected." in told(scanner)
    scanner.get_by_role("link", name="Open version 1").click()
    assert "This is version 1" in scanner.inner_text("body")
    scanner.get_by_role("link", name="Open version 2").click()
    assert "This is version 1" not in scanner.inner_text("body")
    assert "Bounthanh" not in scanner.content()


def another_grower(database: Database) -> None:
    """Bounthanh, whose card was not read."""
    actor = sign_in(database, "mali", PASSWORD).actor
    grower = RegisterFarmer(client_id="farmer-bounthanh", occurred_at=WHEN, name="Bounthanh Sihalath", where=HOME)
    database.write(partial(register_farmer, actor=actor, fact=grower))


def declare_a_bed(page: Page) -> None:
    page.goto("/registers/places/new")
    page.fill("#name", "Drying bed 4")
    page.select_option("#kind", "tank")
    page.fill("#prefix", "DB")
    page.fill("#village", "Nong Luang")
    page.locator("details summary").filter(has_text="More").last.click()
    page.get_by_text("All mixed, like a tank or a pond").click()
    press(page, "Save")
    assert "Drying bed 4" in told(page)


def through_the_bed(page: Page) -> str:
    """The parchment is poured in, and all of it drawn off again; the code of the lot that comes out."""
    page.get_by_role("link", name="Pour into a tank or bed").click()
    page.get_by_role("link", name=re.compile("Drying bed 4")).click()
    press(page, "Pour in")
    assert "of one lot that went in" in told(page)
    page.get_by_role("link", name="Draw off").click()
    page.fill("#mass_g", "21")
    press(page, "Draw off")
    assert "Drying bed 4 holds 20 kg" in told(page)
    page.fill("#mass_g", "")
    press(page, "Draw off")
    assert "20 kg" in told(page)
    return page.url.rsplit("/", 1)[1]


def ask_where_and_why(page: Page, code: str, delivery: str) -> None:
    page.goto(f"/lots/{code}")
    page.get_by_role("link", name="Where it comes from").click()
    for way in ("By plot", "By organisation", "By what went in", "By day of delivery", "By farm"):
        page.get_by_role("link", name=way, exact=True).click()
        assert "100.0 %" in told(page)
    page.locator("main table a").first.click()
    assert "Amina" in told(page)
    assert "20 kg of the 20 kg that went in = 100.0 %" in told(page)
    assert delivery in told(page)


def rehearse_a_recall(page: Page, delivery: str) -> None:
    page.goto("/holds")
    page.get_by_role("link", name="Recall drill").click()
    page.fill("#of", delivery)
    press(page, "What would stop")
    assert re.search(r"Batches\s+1\b", told(page))
    page.goto("/holds")
    assert "nothing is recalled" in told(page)


def correct_whose_it_was(page: Page, delivery: str) -> None:
    """It says first which batches get a new version, and stores nothing until that is right."""
    page.goto(f"/search?q={delivery}")
    page.get_by_role("link", name="Correct", exact=True).first.click()
    page.get_by_role("link", name="Other farmer or plot").click()
    page.fill("#q", "bounthanh")
    press(page, "Find")
    page.get_by_role("link", name=re.compile("Bounthanh")).click()
    page.fill("#reason", "The neighbour's card was read.")
    press(page, "Correct it")
    assert "get a new version" in told(page)
    press(page, "It is right")
    assert "/lots/" in page.url
