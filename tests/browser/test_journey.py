"""The main job from end to end, as a stranger does it: a weigh-in becomes a scanned, certified batch."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pypdf
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page

from tests.browser.conftest import Site
from tests.browser.hands import PASSWORD, cooperative, form_lot, pack_seal_release, process, told, weigh_in
from tests.databases import KINDS


@pytest.mark.parametrize("database_url", KINDS, indirect=True)
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
    assert "LA-BT-" in told(shopper)
    assert "Amina" not in shopper.content()
    assert shopper.context.cookies() == []

    answer = shopper.request.get(f"/b/{code}/certificate.pdf")
    assert answer.status == 200
    paper = pypdf.PdfReader(io.BytesIO(answer.body()))
    assert len(paper.pages) == 1
    assert code in paper.pages[0].extract_text().replace("\u00a0", "").replace(" ", "")


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
