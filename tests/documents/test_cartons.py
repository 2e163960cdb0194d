"""Cartons of fruit for China, pallets and stencils: everything that must stand there does, and machines read it."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pypdf
import pytest
import zxingcpp
from PIL import ImageDraw

from tests.documents import dossiers
from tests.documents.printed import codes_in, needs_poppler, picture_of, squeezed, text_of
from traceability.documents.carton import CHINA, CartonLabel, said_on_carton
from traceability.documents.labels import of_batch, write_labels
from traceability.documents.lines import width
from traceability.documents.pallet import pallet_label, said_on_pallet
from traceability.documents.provinces import in_two, named_in
from traceability.documents.sheet import MM, blank_canvas
from traceability.documents.stencil import LETTER_MM, NoIcoMark, marks_of, outline, sheets_of, stencil, uncut_grade
from traceability.domain.dossier import Marks
from traceability.domain.labelling import sscc_of
from traceability.domain.serials import Box, serial_of, show_serial
from traceability.words import NO_BREAK

SITE = "https://trace.example.la"
SERIAL = serial_of(bytes(32), 12)
SSCC = sscc_of("8850999", 3)


def carton(**changes: object) -> bytes:
    dossier = replace(dossiers.durian(), **changes)  # type: ignore[arg-type]
    said = said_on_carton(of_batch(dossier, "en"), dossier, "LA-DEMO-OR-0001", "LA-DEMO-PH-01")
    output = io.BytesIO()
    write_labels(output, CartonLabel(said, SITE), [Box(12, 640, SERIAL)])
    return output.getvalue()


@needs_poppler
def test_a_carton_says_all_that_china_wants_in_both_languages(tmp_path: Path) -> None:
    pdf = carton()
    said = text_of(pdf, tmp_path)
    for part in (
        *("Fresh durian", "鲜榴莲", "Monthong 金枕"),  # the fruit
        *("Exporting country 出口国", "Lao PDR", "老挝"),
        *("Place of origin 产地", "Champasak", "占巴塞"),
        *("Orchard no. 果园注册号", "LA-DEMO-OR-0001"),
        *("Packing house no. 包装厂注册号", "LA-DEMO-PH-01"),
        *("Pack date 包装日期", "2026-05-14", "Lot 批号", dossiers.durian().lot_number),
        *("Net 净重", "18 kg", "Fruits 个数", "Box 箱号", "12/640"),
    ):
        assert part in said.replace("\xa0", " "), part
    assert CHINA == ("输往中华人民共和国", "Exported to the People's Republic of China")
    assert all(squeezed(form) in squeezed(said) for form in CHINA)
    assert squeezed(show_serial(SERIAL)) in squeezed(said)
    page = pypdf.PdfReader(io.BytesIO(pdf)).pages[0].mediabox
    assert (round(float(page.width) / 72 * 25.4), round(float(page.height) / 72 * 25.4)) == (100, 150)
    assert codes_in(picture_of(pdf, tmp_path, 203)) == [f"HTTPS://TRACE.EXAMPLE.LA/B/D8RN5KHC/21/{SERIAL}"]


@needs_poppler
def test_the_longest_names_leave_room_for_the_code(tmp_path: Path) -> None:
    longest = dossiers.longest()
    pdf = carton(issuer=longest.issuer, origin=longest.origin, variety="Monthong " * 8)
    said = text_of(pdf, tmp_path)
    assert "LA-DEMO-OR-0001" in said
    assert all(squeezed(form) in squeezed(said) for form in CHINA)
    assert len(codes_in(picture_of(pdf, tmp_path, 203))) == 1


def test_a_lao_province_is_said_in_english_and_chinese_whatever_was_typed() -> None:
    assert in_two("LA", "ຈຳປາສັກ") == in_two("LA", "champasak") == "Champasak 占巴塞"
    assert in_two("VN", "Sơn La") == "Sơn La"
    assert in_two("LA", "Elsewhere") == "Elsewhere"
    names = {language: named_in(language, "LA", "Champassak") for language in ("lo", "zh", "en")}
    assert names == {"lo": "ຈຳປາສັກ", "zh": "占巴塞", "en": "Champassak"}
    assert [named_in("zh", *place) for place in (("VN", "Sơn La"), ("LA", "Elsewhere"))] == ["Sơn La", "Elsewhere"]


@needs_poppler
def test_a_pallet_is_read_by_scanners_of_the_trade_and_by_phones(tmp_path: Path) -> None:
    said = said_on_pallet(
        dossiers.durian(), "en", code="7K3QX9MB", sscc=SSCC, boxes=(1, 120), net_g=2_160_000, fruit=True
    )
    pdf = pallet_label(said, public_url=SITE)
    found = {code.symbology_identifier: code.text for code in zxingcpp.read_barcodes(picture_of(pdf, tmp_path, 203))}
    bars = {key: text for key, text in found.items() if key.startswith("]C")}
    assert list(bars) == ["]C1"]  # GS1-128, and not just any Code 128
    assert SSCC in bars["]C1"]
    assert f"HTTPS://TRACE.EXAMPLE.LA/00/{SSCC}" in found.values()
    words = text_of(pdf, tmp_path).replace("\xa0", " ")
    assert all(part in words for part in ("Boxes 1 to 120", "Net 2 160 kg", f"(00) {SSCC}"))
    assert all(squeezed(form) in squeezed(words) for form in CHINA)


@needs_poppler
def test_a_pallet_without_a_number_has_its_code_and_coffee_no_sentence(tmp_path: Path) -> None:
    said = said_on_pallet(dossiers.coffee(), "lo", code="7K3QX9MB", sscc="", boxes=(1, 26), net_g=None, fruit=False)
    pdf = pallet_label(said, public_url=SITE, language="lo")
    assert codes_in(picture_of(pdf, tmp_path, 203)) == ["HTTPS://TRACE.EXAMPLE.LA/PALLET/7K3QX9MB"]
    assert CHINA[0] not in text_of(pdf, tmp_path)


@needs_poppler
def test_the_letters_of_a_stencil_are_fifty_millimetres_high(tmp_path: Path) -> None:
    pdf = stencil(dossiers.coffee())
    said = squeezed(text_of(pdf, tmp_path))
    assert all(
        part in said for part in ("LAO", "COFFEE", "2025/26", "60KG", "ICO", "105/3/285", "LOT", "BHC-", "ARABICA")
    )
    picture = picture_of(pdf, tmp_path, 50)
    rows = [y for y in range(picture.height) if min(picture.crop((0, y, picture.width, y + 1)).tobytes()) < 128]
    first = next(at for at, y in enumerate(rows) if at and y > rows[at - 1] + 3)
    assert (rows[first - 1] - rows[0]) / 50 * 25.4 >= 49  # the first row of capitals, to a pixel


@needs_poppler
@pytest.mark.parametrize("grade", ["Grade ຊັ້ນ 1", "Loại 1", "一级", "Qualité"])
def test_a_grade_that_cannot_be_cut_is_left_off_the_stencil(grade: str, tmp_path: Path) -> None:
    marked = replace(dossiers.coffee(), grade=grade)
    assert uncut_grade(marked) == grade
    said = text_of(stencil(marked), tmp_path)
    assert said.isascii() or not set(said) - {chr(n) for n in range(128)} - set("\xa0\u202f·"), said
    assert "GREEN" in said
    assert uncut_grade(dossiers.coffee()) == ""
    assert "GRADE" in text_of(stencil(dossiers.coffee()), tmp_path)


def test_no_word_and_no_grade_of_a_stencil_is_parted_and_every_mark_stays_on_its_sheet() -> None:
    marks = ["LAO PDR", "GRADED GREEN COFFEE A", "CROP 2025/26", "NET 60\xa0KG", "ICO 105/9901/0017"]
    sheets = [" ".join(rows).replace("\xa0", " ") for rows in sheets_of(marks)]
    assert sheets == ["LAO PDR", "GRADED GREEN COFFEE A", "CROP 2025/26 NET 60 KG", "ICO 105/9901/0017"]
    assert sheets_of(marks)[1] == ["GRADED", "GREEN", "COFFEE\xa0A"]
    assert sheets_of(marks)[-1] == ["ICO", "105/9901/0017"]
    assert sheets_of(["LOT LA-NL-2026-0051"]) == [["LOT", "LA-NL-2026-0051"]]
    assert sheets_of(["LOT " + "X" * 40])[0][0] == "LOT"
    assert len(sheets_of(["A LONG " * 9])) > 1


@needs_poppler
def test_what_is_inside_a_letter_is_held_and_each_bag_has_room_for_its_number(tmp_path: Path) -> None:
    insides = {"A": (0.4,), "B": (0.55, 0.15), "D": (0.35,), "O": (0.35,), "P": (0.5,), "R": (0.52,), "4": (0.3,)}
    insides |= {"6": (0.22,), "8": (0.55, 0.15), "9": (0.5,), "0": (0.35,), "Q": (0.35,)}  # how high, of the size
    at = {"4": 0.36}
    size = LETTER_MM / 0.714
    for letter, heights in insides.items():
        canvas = blank_canvas(output := io.BytesIO(), "letter", "us", (100 * MM, 100 * MM))
        outline(canvas, letter, 20 * MM)
        canvas.showPage()
        canvas.save()
        picture = picture_of(output.getvalue(), tmp_path, 100).convert("L").point(lambda tone: 255 * (tone > 200))
        ImageDraw.floodfill(picture, (0, 0), 128)
        for height in heights:
            x = 8 + at.get(letter, 0.5) * width(letter, size, True)
            y = 100 - 20 - height * size
            assert picture.getpixel((round(x / 25.4 * 100), round(y / 25.4 * 100))) == 128, (letter, height)
        assert picture.getcolors() is not None
        assert {tone for _, tone in picture.getcolors() or ()} == {0, 128, 255}  # and something is cut out
    assert any(mark.startswith("ARABICA GREEN COFFEE") for mark in marks_of(dossiers.coffee()))
    assert marks_of(dossiers.coffee())[-1] == f"BAG{8 * NO_BREAK}/26"
    assert marks_of(replace(dossiers.coffee(), unit_count=1))[-1].startswith("LOT")


def test_without_an_ico_mark_there_is_no_stencil() -> None:
    with pytest.raises(NoIcoMark):
        stencil(replace(dossiers.coffee(), marks=Marks()))
