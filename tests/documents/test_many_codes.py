"""Five hundred QR codes as people get them, on paper and on the page, read as 203 and 300 dots an inch show them."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from tests.documents import dossiers
from tests.documents.printed import codes_in, needs_poppler
from traceability.documents import qr, reading
from traceability.documents.carton import CartonLabel, said_on_carton
from traceability.documents.labels import BagLabel, Design, of_batch, write_labels
from traceability.documents.qr import SymbolUnreadable, matrix, qr_png
from traceability.documents.stock import STOCKS
from traceability.domain import serials
from traceability.domain.serials import serial_of

SEED = bytes(range(32))
SITES = ("https://t.la", "https://trace.example.la", "https://origin.of.the.cooperatives.example.org/trace")
GTIN, LOT = "09506000134352", "LA-NL-2026-0417"

# stock, how many labels, site, whether it says a GTIN, dots an inch
SHEETS = [
    ("a4_24", 48, SITES[0], False, 203),
    ("a4_24", 48, SITES[1], False, 300),
    ("a4_10", 50, SITES[1], True, 203),
    ("a4_10", 30, SITES[2], True, 300),
    ("letter_10", 50, SITES[2], False, 203),
    ("letter_6", 36, SITES[1], True, 300),
    ("tag", 24, SITES[1], True, 203),
    ("box", 12, SITES[2], True, 203),
    ("roll_58", 30, SITES[0], True, 203),
    ("roll_58", 30, SITES[1], False, 300),
    ("carton", 12, SITES[1], True, 203),
    ("carton", 10, SITES[0], False, 300),
]
PAGES = 120


def _design(stock: str, site: str, gtin: bool) -> tuple[Design, str]:
    """The labels, and the address that a serial is put behind."""
    dossier = dossiers.durian() if stock == "carton" else dossiers.coffee()
    said = of_batch(dossier, "en", key=LOT)
    object.__setattr__(said, "gtin", GTIN if gtin else "")
    if stock == "carton":
        return CartonLabel(said_on_carton(said, dossier, "LA-OR-1", "LA-PH-1"), site), said.address(site, "")
    return BagLabel(said, STOCKS[stock], site, serials=True), said.address(site, "")


@needs_poppler
@pytest.mark.parametrize(("stock", "count", "site", "gtin", "dpi"), SHEETS)
def test_every_code_of_a_sheet_is_read(stock: str, count: int, site: str, gtin: bool, dpi: int, tmp_path: Path) -> None:
    design, _ = _design(stock, site, gtin)
    path = tmp_path / "labels.pdf"
    with path.open("wb") as output:
        write_labels(output, design, serials.boxes(SEED, 1, count, count))
    subprocess.run(["pdftoppm", "-gray", "-r", str(dpi), str(path), str(tmp_path / "page")], check=True)
    found = [text for page in sorted(tmp_path.glob("page-*")) for text in codes_in(Image.open(page))]
    read = {text.rpartition("/")[2]: text for text in found}
    assert set(read) == {serial_of(SEED, n) for n in range(1, count + 1)}
    assert len(found) == count
    linked = gtin and site != SITES[2]  # there the article would make it longer than 90 signs
    assert all((f"/01/{GTIN}/10/{LOT}/21/" in text) == linked for text in found)


def test_the_codes_of_the_pages_are_read() -> None:
    """As a screen of three pixels a module, and of one and a half, shows them."""
    for n in range(PAGES):
        text = f"{SITES[n % 3].upper()}/B/7K3QX9MB" + (f"/21/{serial_of(SEED, n)}" if n % 2 else "")
        picture = Image.open(io.BytesIO(qr_png(text, 3))).convert("L")
        assert codes_in(picture) == [text]
        half = picture.resize((picture.width * 2 // 3, picture.height * 2 // 3), Image.Resampling.BILINEAR)
        assert codes_in(half) == [text]


def test_there_are_five_hundred_of_them() -> None:
    assert sum(count for _, count, *_ in SHEETS) + PAGES >= 500


def test_a_code_that_is_not_read_back_is_not_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    """One dark corner too few, as a fault in the drawing could leave it: nobody gets such a symbol."""

    rows = matrix("HTTPS://T.LA/B/7K3QX9MB")

    def spoiled(text: str, level: int) -> tuple[str, ...]:
        return tuple("0" * len(row) if at < 9 else row for at, row in enumerate(rows))

    with monkeypatch.context() as patch:
        patch.setattr(qr, "modules_of", spoiled)
        with pytest.raises(SymbolUnreadable, match="7K3QX9M8"):
            matrix.__wrapped__("HTTPS://T.LA/B/7K3QX9M8")
    assert reading.read_back(matrix("HTTPS://T.LA/B/7K3QX9M8"), 4) == "HTTPS://T.LA/B/7K3QX9M8"


def test_what_says_something_else_is_not_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    other = matrix("HTTPS://T.LA/B/7K3QX9MB")
    monkeypatch.setattr(qr, "modules_of", lambda text, level: other)
    with pytest.raises(SymbolUnreadable):
        matrix.__wrapped__("HTTPS://T.LA/B/7K3QX9M9")
