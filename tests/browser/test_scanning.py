"""The camera on the page: what stands before it is read, and leads to what is meant."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.browser.conftest import PATIENT, PHONE, QUIET, Site, program
from tests.browser.hands import PASSWORD, cooperative
from tests.browser.phones import needs_no_signal
from traceability.documents.qr import code_address, qr_png
from traceability.models import Party
from traceability.models.database import Database
from traceability.queries.cards import current_of


def held_before_the_camera(text: str, film: Path) -> None:
    """A film of one code, as Chromium's camera shows it: frames of motion JPEG."""
    code = Image.open(io.BytesIO(qr_png(text, 8))).convert("RGB")
    frame = Image.new("RGB", (640, 480), "white")
    frame.paste(code, ((640 - code.width) // 2, (480 - code.height) // 2))
    pressed = io.BytesIO()
    frame.save(pressed, "JPEG", quality=92)
    film.write_bytes(pressed.getvalue() * 30)


@pytest.fixture
def seeing(chromium: Browser, tmp_path: Path) -> Iterator[tuple[Browser, Path]]:
    """A browser whose camera shows a film; the film is read when the camera is opened."""
    film = tmp_path / "held.mjpeg"
    camera = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    held_before_the_camera("nothing yet", film)
    options = [*QUIET, *camera, f"--use-file-for-fake-video-capture={film}"]
    browser = chromium.browser_type.launch(executable_path=program(), args=options)
    yield browser, film
    browser.close()


def phone(browser: Browser, site: Site, **more: object) -> Page:
    page = browser.new_context(viewport=PHONE, base_url=site.address, **more).new_page()  # type: ignore[arg-type]
    page.set_default_timeout(PATIENT)  # a film is looked through picture by picture
    page.goto("/sign-in")
    page.fill("#login", "bakari")
    page.fill("#password", PASSWORD)
    page.click("button.button--main")
    return page


def a_grower(database: Database) -> str:
    with database.reading() as session:
        return session.query(Party).filter(Party.kind == "farmer").one().code


def test_a_card_before_the_camera_opens_the_weigh_in_of_its_farmer(site: Site, seeing: tuple[Browser, Path]) -> None:
    cooperative(site.database)
    browser, film = seeing
    code = a_grower(site.database)
    held_before_the_camera(
        code_address("https://another-host.example", "f", code), film
    )  # an older card of another address
    clerk = phone(browser, site)
    clerk.goto("/search")
    clerk.get_by_role("button", name="Scan with the camera").click()
    clerk.wait_for_url(f"**/weigh-in?farmer={code}")
    assert "Amina" in clerk.inner_text("h1")


def test_any_other_code_is_looked_up(site: Site, seeing: tuple[Browser, Path]) -> None:
    cooperative(site.database)
    browser, film = seeing
    held_before_the_camera("HTTPS://EVIL.EXAMPLE/B/7K3QX9ME", film)
    clerk = phone(browser, site)
    clerk.goto("/search")
    clerk.get_by_role("button", name="Scan with the camera").click()
    clerk.wait_for_url(f"{site.address}/search?q=7K3QX9ME")


def test_without_scripts_there_is_no_button_and_the_code_is_typed(site: Site) -> None:
    cooperative(site.database)
    page = site.signed_in("bakari", PASSWORD)
    page.goto("/search")
    assert page.locator("button[data-scan]").is_hidden()
    assert page.locator("#q").is_visible()


def test_where_the_camera_is_refused_the_page_says_what_to_do(site: Site, chromium: Browser) -> None:
    cooperative(site.database)
    clerk = phone(chromium, site)
    clerk.goto("/search")
    clerk.get_by_role("button", name="Scan with the camera").click()
    clerk.get_by_text("The camera did not open.").wait_for()
    assert clerk.get_by_role("button", name="Scan with the camera").is_visible()


def cut_off(clerk: Page) -> None:
    """The phone is enrolled, has its farmers, and then no signal."""
    clerk.goto("/offline")
    clerk.fill("#name", "NL-B")
    clerk.get_by_role("button", name="Enrol this phone").click()
    clerk.get_by_role("link", name="Amina").wait_for()
    needs_no_signal(clerk)
    clerk.context.set_offline(True)


def test_a_card_opens_its_farmer_without_a_signal(site: Site, seeing: tuple[Browser, Path]) -> None:
    cooperative(site.database)
    browser, film = seeing
    code = a_grower(site.database)
    held_before_the_camera(code_address("https://another-host.example", "f", code), film)
    clerk = phone(browser, site)
    cut_off(clerk)
    clerk.get_by_role("button", name="Scan with the camera").click()
    clerk.locator("#bag").wait_for()
    assert "Amina" in clerk.inner_text("[data-is=who-said]")
    assert clerk.locator("video").count() == 0


def test_without_a_signal_a_lost_card_is_refused_and_the_new_one_opens_its_farmer(
    site: Site, seeing: tuple[Browser, Path]
) -> None:
    cooperative(site.database)
    browser, film = seeing
    code = a_grower(site.database)
    held_before_the_camera(code_address(site.address, "f", code), film)
    clerk = phone(browser, site)
    clerk.goto(f"/farmers/{code}")
    clerk.get_by_role("link", name="The card is lost").click()
    clerk.get_by_role("button", name="Make a new card").click()
    clerk.wait_for_url(f"**/farmers/{code}")
    with site.database.reading() as session:
        new = current_of(session, code)
    cut_off(clerk)
    clerk.get_by_role("button", name="Scan with the camera").click()
    clerk.get_by_text("This card was lost and replaced.").wait_for()
    assert clerk.get_by_role("link", name="Amina").count() == 0  # nobody comes on by its code
    held_before_the_camera(code_address(site.address, "f", new), film)
    clerk.get_by_role("button", name="Scan with the camera").click()
    clerk.locator("#bag").wait_for()
    assert "Amina" in clerk.inner_text("[data-is=who-said]")
