"""A small cooperative, and what the hands of its people do on a phone from the scale to a released batch."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import partial

from playwright.sync_api import Page

from traceability.domain.facts import RegisterFacility, RegisterFarmer, RegisterOrganisation, RegisterUser, Where
from traceability.models.database import Database
from traceability.operations.account import register_user
from traceability.operations.registry import register_facility, register_farmer, register_organisation

PASSWORD = "three words in a row"
HOME = Where(country="LA", province="Champasak", district="Paksong", village="Nong Luang")
WHEN = datetime(2026, 1, 5, 9, tzinfo=UTC)


def cooperative(database: Database, *, demo: bool = False) -> None:
    """A cooperative with one collection point, one mill, a clerk, a manager and a grower."""
    opened = RegisterOrganisation(
        client_id="coop-0001",
        occurred_at=WHEN,
        name="Bolaven Test Cooperative",
        kind="cooperative",
        prefix="BT",
        where=HOME,
        demo=demo,
    )
    actor = database.write(partial(register_organisation, fact=opened))
    for login, role in (("bakari", "clerk"), ("mali", "manager")):
        user = RegisterUser(
            client_id=f"user-{login}",
            occurred_at=WHEN,
            login=login,
            name=login.title(),
            password=PASSWORD,
            roles=(role,),
        )
        database.write(partial(register_user, actor=actor, fact=user))
    for prefix, kind, name in (("NL", "collection_point", "Nong Luang"), ("ML", "wet_mill", "Paksong mill")):
        place = RegisterFacility(
            client_id=f"place-{prefix}", occurred_at=WHEN, name=name, kind=kind, prefix=prefix, where=HOME
        )
        database.write(partial(register_facility, actor=actor, fact=place))
    grower = RegisterFarmer(client_id="farmer-amina", occurred_at=WHEN, name="Amina Phommachan", where=HOME)
    database.write(partial(register_farmer, actor=actor, fact=grower))


def press(page: Page, words: str) -> None:
    page.get_by_role("button", name=words, exact=True).first.click()


def told(page: Page) -> str:
    """What the page says, with plain spaces for the unbreakable ones in quantities."""
    return page.inner_text("main").replace("\u00a0", " ")


def weigh_in(page: Page) -> None:
    page.goto("/weigh-in")
    page.fill("#q", "phommachan")
    press(page, "Find")
    page.get_by_role("link", name=re.compile("Amina")).click()
    page.fill("#bags_g-0", "48,6")
    page.fill("#bags_g-1", "1.250")
    press(page, "Check with farmer")
    assert "1 250 kg" in told(page)
    page.fill("#bags_g-1", "51.2")
    page.fill("#tare_each_g", "0,2")
    press(page, "Check with farmer")
    assert "99.4 kg" in told(page)
    press(page, "Save")
    assert "NL-" in page.inner_text("h1")


def form_lot(page: Page) -> None:
    page.goto("/lots")
    page.get_by_role("link", name="Form a lot").first.click()
    page.locator("ul.picks a").first.click()
    page.fill("#weighed_g", "99")
    press(page, "See the lot")
    press(page, "Close the lot")
    assert re.search(r"LA-BT-\d{4}-0001", told(page))


def process(page: Page) -> None:
    page.get_by_role("link", name="Process").first.click()
    page.select_option("#outputs-0-form", "dry_parchment")
    page.fill("#outputs-0-mass_g", "20")
    page.fill("#outputs-0-count", "1")
    press(page, "Save")
    assert "20 kg" in told(page)


def pack_seal_release(page: Page, lot: str) -> None:
    page.goto(f"/lots/{lot}")
    page.get_by_role("link", name="Pack").first.click()
    page.select_option("#form", "dry_parchment")
    page.fill("#count", "1")
    page.fill("#mass_g", "20")
    press(page, "Pack")
    page.get_by_role("link", name="Seal").first.click()
    page.select_option("#destination", "JP")
    press(page, "Seal")
    page.get_by_role("link", name="Release").first.click()
    press(page, "Release")
