"""The battery falls out half a second after the last key: what was typed at the scale is there again.

The whole browser is killed, not a tab of it: what it only meant to write later is lost then.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser.conftest import QUIET, Site
from tests.browser.hands import PASSWORD, cooperative
from tests.browser.test_weighing import amina
from tests.serving import PATIENCE, until

AFTER_THE_LAST_KEY = 0.5  # seconds, and as long as the disk of a busy machine takes
PATIENT = 1000 * PATIENCE  # milliseconds, for everything else: a slow machine is not a wrong program

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
    found = shutil.which("chromium")
    if found is None:
        pytest.skip("Chromium is not installed")
    port = profile / "DevToolsActivePort"
    port.unlink(missing_ok=True)
    started = [found, *QUIET, "--headless=new", "--remote-debugging-port=0", f"--user-data-dir={profile}"]
    process = subprocess.Popen(started, start_new_session=True, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        until(lambda: port.exists() and "\n" in port.read_text("utf-8"))
        number = port.read_text("utf-8").splitlines()[0]
        connected = playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{number}", timeout=PATIENT)
        page = connected.contexts[0].new_page()
        page.set_default_timeout(PATIENT)
        page.goto(f"{site.address}/sign-in")
        page.fill("#login", "bakari")
        page.fill("#password", PASSWORD)
        page.click("button.button--main")
        yield page
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_what_was_typed_half_a_second_ago_survives_a_killed_browser(
    site: Site, playwright: Playwright, tmp_path: Path
) -> None:
    cooperative(site.database)
    card = amina(site)
    with browser(playwright, site, tmp_path / "profile") as page:
        page.goto(f"{site.address}/weigh-in/paper")
        page.fill("#page", "12")
        page.locator("#lines-0-bags_g").press_sequentially("30,1")
        page.goto(f"{site.address}/weigh-in?farmer={card}")
        page.locator("#bags_g-0").press_sequentially("48.6")
        page.click("button[value=more]")
        page.keyboard.type("512")
        time.sleep(AFTER_THE_LAST_KEY)
        until(lambda: '"512"' in page.evaluate(KEPT))
    with browser(playwright, site, tmp_path / "profile") as page:
        page.goto(f"{site.address}/weigh-in")
        page.click("[data-drafts] summary")
        expect(page.locator("[data-drafts] .card")).to_contain_text("Amina Phommachan, 48.6 + 512", timeout=PATIENT)
        page.click("[data-drafts] .card a")
        expect(page.locator("#bags_g-1")).to_have_value("512", timeout=PATIENT)
        page.goto(f"{site.address}/weigh-in/paper")
        page.click("[data-paper-drafts] summary")
        expect(page.locator("[data-paper-drafts] .card")).to_contain_text("page 12, lines: 1", timeout=PATIENT)
