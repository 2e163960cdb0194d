"""The battery falls out half a second after the last key: what was typed at the scale is there again.

The whole browser is killed, not a tab of it: what it only meant to write later is lost then.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, Playwright, expect

from tests.browser.conftest import Site
from tests.browser.hands import PASSWORD, cooperative
from tests.browser.phones import kill, phone
from tests.browser.test_weighing import amina
from tests.serving import until

AFTER_THE_LAST_KEY = 0.5  # seconds, and as long as the disk of a busy machine takes

KEPT = """() => new Promise((told) => {
  indexedDB.open("drafts", 1).onsuccess = ({ target: { result: database } }) => {
    database.transaction("drafts").objectStore("drafts").getAll().onsuccess = ({ target }) => {
      told(JSON.stringify(target.result));
      database.close();
    };
  };
})"""


@contextmanager
def browser(playwright: Playwright, site: Site, profile: Path) -> Iterator[Page]:
    """Chromium with what it kept on the disk, Bakari signed in; killed at the end."""
    with phone(playwright, profile, site.address) as context:
        context.clear_cookies()  # whether those of before were on the disk yet is not what is tested
        page = context.new_page()
        page.goto("/sign-in")
        page.fill("#login", "bakari")
        page.fill("#password", PASSWORD)
        page.click("button.button--main")
        yield page
        kill(profile)


def test_what_was_typed_half_a_second_ago_survives_a_killed_browser(
    site: Site, playwright: Playwright, tmp_path: Path
) -> None:
    cooperative(site.database)
    card = amina(site)
    with browser(playwright, site, tmp_path / "profile") as page:
        page.goto(f"{site.address}/weigh-in/paper")
        page.fill("#page", "12")
        page.locator("#lines-0-bags_g").press_sequentially("30,1")
        until(lambda: '"30,1"' in page.evaluate(KEPT))
        page.goto(f"{site.address}/weigh-in?farmer={card}")
        page.locator("#bags_g-0").press_sequentially("48.6")
        page.click("button[value=more]")
        page.keyboard.type("512")
        time.sleep(AFTER_THE_LAST_KEY)
        until(lambda: '"512"' in page.evaluate(KEPT))
    with browser(playwright, site, tmp_path / "profile") as page:
        page.goto(f"{site.address}/weigh-in")
        page.click("[data-drafts] summary")
        expect(page.locator("[data-drafts] .card")).to_contain_text("Amina Phommachan, 48.6 + 512")
        page.click("[data-drafts] .card a")
        expect(page.locator("#bags_g-1")).to_have_value("512")
        page.goto(f"{site.address}/weigh-in/paper")
        page.click("[data-paper-drafts] summary")
        expect(page.locator("[data-paper-drafts] .card")).to_contain_text("page 12, lines: 1")
