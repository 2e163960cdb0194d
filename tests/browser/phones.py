"""A phone with scripts, storage of its own and a switch for its signal: what a clerk has at the collection point."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, Playwright, expect

from tests.browser.conftest import PATIENT, PHONE, QUIET, program
from tests.browser.hands import PASSWORD
from tests.browser.villages import Village
from tests.serving import until

NAME = "NL-B"


@contextmanager
def phone(playwright: Playwright, profile: Path, address: str, *, bypass_csp: bool = False) -> Iterator[BrowserContext]:
    """A browser that keeps what it stores in `profile`, as a phone does when it is switched off."""
    context = playwright.chromium.launch_persistent_context(
        str(profile),
        executable_path=program(),
        args=QUIET,
        viewport=PHONE,
        base_url=address,
        accept_downloads=True,
        bypass_csp=bypass_csp,
    )
    context.set_default_timeout(PATIENT)
    try:
        yield context
    finally:
        if not killed(profile):
            context.close()


def kill(profile: Path) -> None:
    """The battery falls out: every process of this browser ends at once."""
    for pid in _processes(profile):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:  # it went with its parent
            continue
    until(lambda: not _processes(profile))


def killed(profile: Path) -> bool:
    return not _processes(profile)


def _processes(profile: Path) -> list[int]:
    wanted = str(profile).encode()
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                command = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if wanted in command and b"chrom" in command:
                found.append(int(entry.name))
    return found


def enrol(context: BrowserContext) -> Page:
    """Sign in, enrol this phone, and wait until it needs no signal any more."""
    page = context.pages[0] if context.pages else context.new_page()
    page.goto("/sign-in")
    page.fill("#login", "bakari")
    page.fill("#password", PASSWORD)
    page.click("button.button--main")
    page.goto("/offline")
    page.fill("#name", NAME)
    page.get_by_role("button", name="Enrol this phone").click()
    page.get_by_role("link", name="Amina").wait_for()
    needs_no_signal(page)
    return page


def begin(context: BrowserContext, village: Village) -> Page:
    """Open the phone that was enrolled before, and wait until it knows what its server knows."""
    context.add_cookies(village.cookies)
    page = context.pages[0] if context.pages else context.new_page()
    with page.expect_response("**/api/v1/snapshot/goods?*"):
        page.goto("/offline")
    page.evaluate("navigator.locks.request('outbox', () => true)")  # it is written down
    page.get_by_role("link", name="Amina").wait_for()
    needs_no_signal(page)
    return page


def needs_no_signal(page: Page) -> None:
    """Wait until the page is answered by this phone. `wait_for_function` asks again by eval, which our pages forbid."""
    page.evaluate(
        """() => navigator.serviceWorker.controller === null && new Promise((answered) =>
            navigator.serviceWorker.addEventListener("controllerchange", () => answered(true), {once: true}))"""
    )


def open_app(context: BrowserContext) -> Page:
    page = context.new_page()
    page.goto("/offline")
    page.locator("[data-is=chip]").wait_for()
    return page


def choose(page: Page) -> None:
    page.get_by_role("link", name="Amina").click()
    page.locator("#bag").wait_for()


def weigh(page: Page, kilograms: str) -> str:
    """Amina's one bag, to the end; the number of the receipt."""
    choose(page)
    page.fill("#bag", kilograms)
    return finish(page)


def finish(page: Page) -> str:
    """Check it, save it, and on to the next farmer; the number of the receipt."""
    shown = save(page)
    page.get_by_role("button", name="Next farmer").click()
    return shown


def save(page: Page) -> str:
    """Check it and save it; the number of the receipt."""
    page.get_by_role("button", name="Check with farmer").click()
    page.get_by_role("button", name="Save", exact=True).click()
    number = page.locator("[data-is=saved-number]")
    number.wait_for()
    return number.inner_text()


def chip_says(page: Page, words: str) -> None:
    """Wait for it. What was saved a moment ago is no longer missing where everything is said to be sent."""
    if words == "All sent":
        until(lambda: waiting(page) == 0)
    expect(page.locator("[data-is=chip]")).to_contain_text(words)


def waiting(page: Page) -> int:
    """How much of what this phone keeps was not sent yet, nor refused."""
    counted = "import('/static/offline/outbox.js').then(({ counts }) => counts()).then(({ waiting }) => waiting)"
    return int(page.evaluate(counted))


def keeps(page: Page, name: str, words: str) -> None:
    """Wait until the draft of this name says so: a key press is kept a moment after it."""
    asked = "import('/static/offline/store.js').then(({ kept }) => kept(name)).then((one) => JSON.stringify(one) ?? '')"
    until(lambda: words in page.evaluate(f"(name) => {asked}", name))


def outbox(page: Page) -> None:
    page.locator("[data-is=chip]").click()
    page.locator("[data-screen=outbox]").wait_for()


def register(page: Page, name: str = "Noy Vongsa") -> None:
    page.get_by_role("button", name="New farmer").click()
    page.fill("#new-name", name)
    page.fill("#new-village", "Lak 30")
    page.get_by_role("button", name="Save", exact=True).click()
    page.locator("#bag").wait_for()
