"""A served application, and a real browser without scripts: what a person sees is what is tested.

Pages come from one database: what they show is tested on both elsewhere, and whole journeys on both here.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, ViewportSize, expect, sync_playwright

from tests.browser.ready import Ready
from tests.browser.villages import Village, a_village
from tests.serving import served, until
from traceability.app import create_app
from traceability.config import Config
from traceability.models.database import Database

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PHONE = ViewportSize(width=360, height=640)
PATIENT = 60_000  # milliseconds; all processors are busy while tests run


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """One for all: a second one in the same process would not start."""
    expect.set_options(timeout=PATIENT)
    with sync_playwright() as started:
        yield started


def program() -> str:
    """Chromium on this machine: the one that knows no windows where there is one, as it takes a third less to run."""
    found = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if found is None:
        pytest.skip("Chromium is not installed")
    return found


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=program(), args=QUIET)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def ready() -> Iterator[Ready]:
    """Where servers that come and go are had from."""
    started = Ready()
    yield started
    started.close()


@pytest.fixture
def new_village(tmp_path: Path, ready: Ready) -> Iterator[Village]:
    """A cooperative that weighs in, whose server is not started yet, and whose phone nobody has used."""
    yield from a_village(tmp_path, ready)


@pytest.fixture(scope="session")
def enrolled(playwright: Playwright, ready: Ready, tmp_path_factory: pytest.TempPathFactory) -> Village:
    """The same after its clerk signed in and enrolled the phone."""
    from tests.browser.phones import enrol, phone  # which read this file

    (village,) = a_village(tmp_path_factory.mktemp("village"), ready)
    with village.served(), phone(playwright, village.profile, village.address) as context:
        enrol(context)
        return replace(village, cookies=context.cookies())


@pytest.fixture
def village(enrolled: Village, tmp_path: Path) -> Iterator[Village]:
    """A cooperative that weighs in, whose server is not started yet, and whose phone was enrolled."""
    yield from enrolled.copied(tmp_path)


@dataclass(frozen=True)
class Site:
    """A served application and the browser to visit it with."""

    address: str
    database: Database
    chromium: Browser

    def visitor(self) -> Page:
        """A phone that nobody has signed in on, with scripts off."""
        context: BrowserContext = self.chromium.new_context(
            viewport=PHONE, java_script_enabled=False, base_url=self.address, accept_downloads=True
        )
        context.set_default_timeout(PATIENT)
        return context.new_page()

    def signed_in(self, login: str, password: str) -> Page:
        page = self.visitor()
        page.goto("/sign-in")
        page.fill("#login", login)
        page.fill("#password", password)
        page.click("button.button--main")
        assert "/sign-in" not in page.url, page.inner_text("main")
        return page


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str:
    """SQLite, unless a test asks for each kind of database: `parametrize("database_url", KINDS, indirect=True)`."""
    url: str = request.getfixturevalue(f"{getattr(request, 'param', 'sqlite')}_url")
    return url


@pytest.fixture
def site(database: Database, chromium: Browser, tmp_path: Path) -> Iterator[Site]:
    """The application, served on a free port of this machine."""
    url = database.url.render_as_string(hide_password=False)
    config = Config(data_dir=tmp_path, database_url=url, secret_key="a key for this test only", port=1)
    app = create_app(config)
    with served(app) as server:
        address = f"http://127.0.0.1:{server.effective_port}"
        app.extensions["config"] = Config(
            data_dir=tmp_path, database_url=url, secret_key=config.secret_key, public_url=address
        )
        yield Site(address, database, chromium)
        for context in chromium.contexts:  # pages with scripts go on asking
            context.close()
        until(lambda: not server.active_channels)
    app.extensions["database"].close()
