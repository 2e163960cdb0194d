"""Receipts as people hold them: dots, paper and messages, in Lao, Vietnamese, English and Chinese."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfReader

from traceability import words
from traceability.documents.message import LONG, SHORT, messages, plain
from traceability.documents.raster import DOTS, receipt_escpos, receipt_png
from traceability.documents.receipt import ReceiptPaper, shown_address
from traceability.documents.receipt_a6 import receipt_pdf
from traceability.domain.dossier import Names

ADDRESS = "HTTPS://TRACE.EXAMPLE.ORG/R/7K3QX9ME"
GOODS = {"lo": "ໝາກກາເຟສົດ A", "vi": "Cà phê quả tươi A", "en": "Coffee cherry A", "zh": "咖啡鲜果 A"}


def paper(language: str, bags: tuple[int, ...] = (48_600, 51_200), **more: object) -> ReceiptPaper:
    """Kham brings two sacks of cherries to Nong Luang."""
    say = {label: words.translate(language, label) for label in ("Farmer", "Product", "Bags", "Amount", "Price per kg")}
    net = words.mass(language, sum(bags) - 400)
    made = ReceiptPaper(
        language=language,
        issuer=Names({"en": "Phou Noy Cooperative", "lo": "ສະຫະກອນກະເສດ ພູນ້ອຍ", "vi": "Hợp tác xã Đắk Hà"}),
        place="ບ້ານໜອງຫຼວງ",
        at="2026-11-20, 18:22",
        number="NL-1120-037",
        net=net,
        pairs=[
            (say["Farmer"], "ຄຳ ສຸວັນນະລີ · 0417"),
            (say["Product"], GOODS[language]),
            (say["Bags"], " + ".join(words.decimal(language, bag, 3) for bag in bags)),
        ],
        money=[(say["Price per kg"], "14 000 LAK"), (say["Amount"], "1 391 600 LAK")],
        after=[],
        short=[f"NL-1120-037, {words.day(language, date(2026, 11, 20))}", f"{GOODS[language]} {net}"],
        check_address=ADDRESS,
        phone="+856 20 5550 1001",
    )
    return replace(made, **more)  # type: ignore[arg-type]


def picture(png: bytes) -> Image.Image:
    return Image.open(BytesIO(png))


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_a_receipt_for_a_58_mm_printer_is_384_dots_of_one_bit_and_its_code_is_read(language: str) -> None:
    shown = picture(receipt_png(paper(language)))
    assert (shown.width, shown.mode) == (DOTS, "1")
    assert [found.text for found in zxingcpp.read_barcodes(shown.convert("L"))] == [ADDRESS]


def test_the_printer_gets_every_dot_of_the_picture_in_bands_that_it_can_hold() -> None:
    """ESC @, then GS v 0 with bytes a row and rows, then the dots: a 1 is black."""
    shown, sent = picture(receipt_png(paper("lo"))), receipt_escpos(paper("lo"))
    assert sent[:2] == b"\x1b@"
    at, dots = 2, b""
    while sent[at : at + 4] == b"\x1dv0\x00":
        across, rows = (int.from_bytes(sent[start : start + 2], "little") for start in (at + 4, at + 6))
        assert across == DOTS // 8
        dots += sent[at + 8 : at + 8 + across * rows]
        at += 8 + across * rows
    assert sent[at:] == b"\x1bd\x03"
    assert bytes(byte ^ 0xFF for byte in dots) == shown.tobytes()


def test_lao_is_shaped_on_the_strip_a_mark_takes_no_place_of_its_own() -> None:
    """A tone mark stands above its letter: the line with it is as wide, and other dots are black."""
    bare, marked = (receipt_png(paper("lo", place=place)) for place in ("ບານ", "ບ້ານ"))
    heads = [picture(png).convert("L").crop((0, 30, DOTS, 70)) for png in (bare, marked)]
    columns = [[x for x in range(DOTS) if 0 in head.crop((x, 0, x + 1, 40)).tobytes()] for head in heads]
    assert (columns[0][0], columns[0][-1]) == (columns[1][0], columns[1][-1])
    assert heads[0].tobytes() != heads[1].tobytes()


@pytest.mark.parametrize("bags", [1, 200])
def test_a_receipt_on_a6_is_one_page_that_says_everything(bags: int) -> None:
    said = paper("vi", bags=(48_600,) * bags)
    pages = PdfReader(BytesIO(receipt_pdf(said))).pages
    assert len(pages) == 1
    assert [round(float(side) / 72 * 25.4) for side in pages[0].mediabox[2:]] == [105, 148]
    text = pages[0].extract_text().replace("\xa0", " ")
    assert "NL-1120-037" in text
    assert text.count("48,6") >= bags
    assert receipt_pdf(said) == receipt_pdf(said)


def test_what_does_not_count_any_more_says_so_on_every_kind() -> None:
    gone = paper("en", void=True, replaced_by="NL-1120-040")
    text = PdfReader(BytesIO(receipt_pdf(gone))).pages[0].extract_text()
    assert "Corrected. Receipt NL-1120-040 replaces it." in text
    assert receipt_png(gone) != receipt_png(paper("en"))
    assert "Not valid any more" in messages(gone)[0]
    assert "Corrected: replaces NL-1120-037." in messages(paper("en", replaces="NL-1120-037"))[0]


def test_a_vietnamese_message_has_no_diacritics_and_fits_into_one() -> None:
    (text,) = messages(paper("vi"))
    assert text.isascii()
    assert len(text) <= LONG
    assert "Hop tac xa Dak Ha" in text
    assert "99,4 kg" in text
    assert "trace.example.org/r/7K3QX9ME" in text


def test_a_long_name_gives_way_to_the_weights() -> None:
    (text,) = messages(paper("vi", issuer=Names({"en": "Hợp tác xã nông nghiệp dịch vụ tổng hợp " * 4})))
    assert len(text) <= LONG
    assert text.endswith("trace.example.org/r/7K3QX9ME")


@pytest.mark.parametrize(
    ("name", "goods", "begins"),
    [
        ("Nong Luang Coffee Growers Cooperative", 20, "Nong Luang Coffee Growers: NL-1120-037"),
        ("Nong Luang Coffee Growers Cooperative", 40, "Nong Luang: NL-1120-037"),
        ("Nong Luang Coffee Growers Cooperative", 48, "NL: NL-1120-037"),
        ("Hợp tác xã cà phê Nông Luông", 35, "Hop tac xa ca phe: NL-1120-037"),
        ("Hợp tác xã cà phê Nông Luông", 50, "NL: NL-1120-037"),
        ("Bolaven", 40, "Bolaven: NL-1120-037"),
    ],
)
def test_a_name_ends_with_a_word_or_is_its_letters(name: str, goods: int, begins: str) -> None:
    sold = "x" * goods
    whole = paper("vi", issuer=Names({"en": name}), issuer_prefix="NL", short=["NL-1120-037, 20-11-2026", sold])
    (text,) = messages(whole)
    assert text.startswith(begins), text
    assert len(text) <= LONG


@pytest.mark.parametrize("language", ["lo", "zh"])
def test_other_scripts_are_sent_in_numbered_parts_of_seventy(language: str) -> None:
    parts = messages(paper(language))
    assert all(len(part) <= SHORT for part in parts)
    assert [part[:3] for part in parts] == [f"{n}/{len(parts)}" for n in range(1, len(parts) + 1)]
    assert parts[-1].endswith("trace.example.org/r/7K3QX9ME")
    long = messages(paper(language, issuer=Names({"en": "ສະຫະກອນກະເສດ" * 20})))
    assert all(len(part) <= SHORT for part in long)


def test_plain_letters_and_an_address_as_it_is_typed() -> None:
    assert plain("Phiếu cân · Đắk Lắk – 14\xa0000\xa0₫") == "Phieu can - Dak Lak - 14 000"
    assert shown_address(ADDRESS) == "trace.example.org/r/7K3QX9ME"
