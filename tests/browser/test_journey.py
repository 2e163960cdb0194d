"""The main job from end to end, as a stranger does it: a weigh-in becomes a scanned, certified batch."""

from __future__ import annotations

import io
import re
import subprocess
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pypdf
import zxingcpp
from PIL import Image
from playwright.sync_api import Page

from tests.browser.conftest import Site
from traceability.domain.facts import RegisterFacility, RegisterFarmer, RegisterOrganisation, RegisterUser, Where
from traceability.models.database import Database
from traceability.operations.account import register_user
from traceability.operations.registry import register_facility, register_farmer, register_organisation

PASSWORD = "three words in a row"
HOME = Where(country="LA", province="Champasak", district="Paksong", village="Nong Luang")
WHEN = datetime(2026, 1, 5, 9, tzinfo=UTC)


def cooperative(database: Database) -> None:
    """A cooperative with one collection point, one mill, a clerk, a manager and a grower."""
    opened = RegisterOrganisation(
        client_id="coop-0001",
        occurred_at=WHEN,
        name="Bolaven Test Cooperative",
        kind="cooperative",
        prefix="BT",
        where=HOME,
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


def test_a_weigh_in_becomes_a_scanned_certified_batch(site: Site, tmp_path: Path) -> None:
    """Amina's 99,4 kg cherry -> lot -> 20 kg parchment -> 1 bag -> batch -> QR -> page -> certificate."""
    cooperative(site.database)
    clerk = site.signed_in("bakari", PASSWORD)
    weigh_in(clerk)
    form_lot(clerk)
    process(clerk)
    lot = clerk.url.rsplit("/", 1)[1]
    manager = site.signed_in("mali", PASSWORD)
    pack_seal_release(manager, lot)
    code = urlsplit(manager.url).path.rsplit("/", 1)[1]

    address = f"{site.address}/b/{code}".upper()
    assert scanned(manager.request.get(f"/b/{code}/qr.png").body()) == address
    assert scanned(printed(manager, code, tmp_path)) == address
    shopper = site.visitor()
    shopper.goto(address.replace(site.address.upper(), site.address))
    assert "20 kg" in told(shopper)
    assert "BT-2026" in told(shopper)
    assert "Amina" not in shopper.content()
    assert shopper.context.cookies() == []

    answer = shopper.request.get(f"/b/{code}/certificate.pdf")
    assert answer.status == 200
    paper = pypdf.PdfReader(io.BytesIO(answer.body()))
    assert len(paper.pages) == 1
    assert code in paper.pages[0].extract_text().replace("\u00a0", "").replace(" ", "")


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
    assert "BT-2026" in told(page)


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


def printed(page: Page, code: str, folder: Path) -> bytes:
    """The sheet of bag labels as a 300 dpi printer puts it on paper."""
    page.goto(f"/batches/{code}")
    action = page.get_by_role("button", name="Print labels").locator("xpath=ancestor::form").get_attribute("action")
    sheet = folder / "labels.pdf"
    sheet.write_bytes(page.request.get(f"{action}?count=1&sheet=a4_24").body())
    subprocess.run(["pdftoppm", "-r", "300", "-png", "-singlefile", str(sheet), str(folder / "labels")], check=True)
    return (folder / "labels.png").read_bytes()


def scanned(picture: bytes) -> str:
    """What a phone reads from a picture that shows one code."""
    found = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))
    assert len(found) == 1
    return found[0].text
