"""Bag labels: every one numbered, the lot large, the code readable, from one label to ten thousand."""

from __future__ import annotations

import io
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pypdf
import pytest
from reportlab.pdfgen.canvas import Canvas

from tests.documents import dossiers
from tests.documents.printed import codes_in, needs_poppler, picture_of, squeezed, text_of
from traceability.documents import labels as labels_file
from traceability.documents.farmer_card import CARDS
from traceability.documents.labels import BagLabel, TooManyLabels, labels, of_batch, write_labels
from traceability.documents.lines import width
from traceability.documents.sheet import MM, blank_canvas
from traceability.documents.stock import STOCKS, SquaresTooSmall, Stock, TooLongForLabels, UnknownLabelSheet
from traceability.domain.serials import Box, serial_of
from traceability.words import translate

SITE = "https://trace.example.la"
ADDRESS = "HTTPS://TRACE.EXAMPLE.LA/B/7K3QX9MB"
COFFEE = of_batch(dossiers.coffee(), "en")
_WORD = re.compile(r'yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)">([^<]*)<')


@needs_poppler
@pytest.mark.parametrize("sheet", STOCKS)
def test_every_label_has_its_number_and_a_readable_code(sheet: str, tmp_path: Path) -> None:
    pdf = labels(COFFEE, count=26, public_url=SITE, sheet=sheet)
    said = text_of(pdf, tmp_path)
    assert all(f"Bag {n} of 26" in said for n in range(1, 27))
    assert squeezed(said).count("BHC-2026-0417") == 26
    assert said.count("Net 60 kg") == 26
    assert said.count("7K3Q X9MB") == 26
    assert codes_in(picture_of(pdf, tmp_path, 203)) == [ADDRESS] * STOCKS[sheet].on_page


@needs_poppler
def test_the_lot_on_a_bag_tag_is_28_points_high_however_long_it_is(tmp_path: Path) -> None:
    for number in ("26134-03", "BHC-2026-0417", "LA-NL-2026-0044"):
        pdf, boxes = tmp_path / "tag.pdf", tmp_path / "boxes.html"
        pdf.write_bytes(labels(replace(COFFEE, number=number), count=1, public_url=SITE, sheet="tag"))
        subprocess.run(["pdftotext", "-bbox", pdf, boxes], check=True)
        high = {word: float(low) - float(top) for top, low, word in _WORD.findall(boxes.read_text())}
        text = STOCKS["tag"].text * 1.5  # of the net weight
        lot = next(tall for word, tall in high.items() if word and number.endswith(word))
        assert lot / high["Net"] * text == pytest.approx(28, abs=0.1), number


@needs_poppler
def test_bags_of_different_mass_leave_the_net_to_be_written(tmp_path: Path) -> None:
    said = text_of(labels(of_batch(dossiers.mango(), "en"), count=2, public_url=SITE), tmp_path)
    assert "Net ________ kg" in said
    assert "Box 2 of 2" in said


def test_ten_thousand_labels_are_one_small_file_and_the_same_again() -> None:
    pdf = labels(COFFEE, count=10_000, public_url=SITE)
    assert len(pypdf.PdfReader(io.BytesIO(pdf)).pages) == 417
    assert len(pdf) < 1_000_000
    assert labels(COFFEE, count=30, public_url=SITE) == labels(COFFEE, count=30, public_url=SITE)


@needs_poppler
def test_the_longest_names_stay_on_their_label(tmp_path: Path) -> None:
    pdf = labels(of_batch(dossiers.longest(), "lo"), count=1, public_url=SITE, sheet="a4_24", language="lo")
    picture = picture_of(pdf, tmp_path, 60)
    wide, high = picture.size
    darkest, _ = picture.crop((wide // 3 + 3, 0, wide, high)).getextrema()
    assert isinstance(darkest, int | float)
    assert darkest > 150  # only cutting lines outside the first label
    said = text_of(pdf, tmp_path)
    assert "SVK-KAYSONE-" in said
    assert "…" not in said
    assert translate("lo", "DEMO") in said


@pytest.mark.parametrize("count", [0, -1, 10_001])
def test_a_count_that_makes_no_sense_is_refused(count: int) -> None:
    with pytest.raises(TooManyLabels, match="Print between 1 and 10"):
        labels(COFFEE, count=count, public_url=SITE)


def test_an_unknown_sheet_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownLabelSheet, match="24 small labels on A4; 10 large labels on A4"):
        labels(COFFEE, count=1, public_url=SITE, sheet="a5")


@pytest.mark.parametrize(("name", "stock"), [*STOCKS.items(), *CARDS.items()])
def test_a_square_is_as_large_as_the_place_needs(name: str, stock: Stock) -> None:
    """Tags that hang outdoors need 0.75 mm a square, stickers 0.38 mm (UX 6.4)."""
    assert stock.module_mm(ADDRESS) >= (0.75 if name in ("a4_10", "letter_10", "letter_6", "tag", "box") else 0.5)
    stock.check(ADDRESS)


def test_an_address_that_is_too_long_for_the_label_is_refused() -> None:
    far = f"https://{'a-very-long-name-of-a-host.' * 6}example.org/with/a/path"
    with pytest.raises(SquaresTooSmall, match=r"millimetre\. Choose another: 6 large labels on Letter; Bag tag"):
        labels(COFFEE, count=1, public_url=far, sheet="roll_58")
    assert labels(COFFEE, count=1, public_url=far, sheet="box")


@needs_poppler
@pytest.mark.parametrize("sheet", STOCKS)
def test_a_numbered_code_is_never_finer_than_the_field_allows(sheet: str, tmp_path: Path) -> None:
    """Half a millimetre a square and 90 signs (RELIABILITY R6), under the longest name that still carries the article
    number, and under one where the batch's own code has to do.
    """
    said = replace(COFFEE, gtin="09506000404042", key="LA-CD-2026-0023")
    serial = "0123456789ABCDEFGHJK"
    for site, path in (("https://trace.champasak.la", "/01/"), ("https://trace.champasak-durian.la", "/B/")):
        address = said.address(site, serial)
        assert len(address) <= 90
        assert path in address
        assert STOCKS[sheet].module_mm(address) >= 0.5
        output = io.BytesIO()
        write_labels(output, BagLabel(said, STOCKS[sheet], site, serials=True), [Box(7, 389, serial)])
        assert codes_in(picture_of(output.getvalue(), tmp_path, 203)) == [address]


def test_a_site_too_long_for_any_label_is_told_so() -> None:
    with pytest.raises(TooLongForLabels, match="shorter one"):
        labels(COFFEE, count=1, public_url=f"https://{'a-name.' * 200}la", sheet="box")


@needs_poppler
def test_a_bag_tag_says_its_crop_and_that_it_stays_on(tmp_path: Path) -> None:
    said = text_of(labels(COFFEE, count=1, public_url=SITE, sheet="tag"), tmp_path)
    assert "Crop year 2025/26" in said
    assert "Do not remove" in said
    assert "Do not remove" not in text_of(labels(COFFEE, count=1, public_url=SITE, sheet="a4_24"), tmp_path)


@needs_poppler
@pytest.mark.parametrize(("sheet", "language"), [("roll_58", "zh"), ("tag", "lo"), ("roll_58", "lo"), ("a4_24", "vi")])
def test_the_number_and_the_demo_mark_stand_apart(sheet: str, language: str, tmp_path: Path) -> None:
    said = replace(COFFEE, unit="box", demo=True)
    design = BagLabel(said, STOCKS[sheet], SITE, language)
    drawn: list[tuple[float, float]] = []

    def note(_: object, x: float, y: float, text: str, size: float, *, bold: bool = False, align: float = 0) -> None:
        wide = width(text, size, bold)
        drawn.append((x - wide * align, x + wide - wide * align))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("traceability.documents.labels.draw", note)
        design.each(blank_canvas(io.BytesIO(), "", "", STOCKS[sheet].size), Box(1203, 10_000, ""))
    (_, end), (start, _) = drawn
    assert start - end >= 4


@pytest.mark.parametrize("stock", [*STOCKS.values(), *CARDS.values()])
def test_labels_stay_on_their_page_and_apart(stock: Stock) -> None:
    places = [stock.place(at) for at in range(stock.on_page)]
    wide, high = stock.size
    assert all(-0.01 <= x <= wide - stock.width + 0.01 and -0.01 <= y <= high - stock.height + 0.01 for x, y in places)
    for x, y in places:
        assert not any(0 < abs(x - a) < stock.width - 0.01 and y == b for a, b in places)
        assert not any(0 < abs(y - b) < stock.height - 0.01 and x == a for a, b in places)


@pytest.mark.parametrize("sheet", ["a4_24", "a4_10", "tag", "roll_58"])
def test_the_serials_of_a_sheet_are_set_alike(sheet: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One label must not look unlike its neighbours: a serial of narrow letters is not set larger or on fewer lines."""
    drawn: list[tuple[str, float]] = []
    monkeypatch.setattr(labels_file, "draw", lambda canvas, x, y, text, size, **more: drawn.append((text, size)))
    for n in range(200):
        labels_file.draw_serial(Canvas("unused"), 0, 0, serial_of(bytes(32), n), STOCKS[sheet].qr * MM, most=9)
    assert len({size for _, size in drawn}) == 1
    assert len({len(text) for text, _ in drawn}) == len(drawn) // 200
