"""Tables as files: what stands at the top, and that nothing typed is ever calculated."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from traceability.exports.sheets import Sheet, Value, to_csv, to_xlsx


def sheet(*rows: tuple[Value, ...]) -> Sheet:
    return Sheet("Volumes", (("Data as of", "20 November 2026"),), ("Name", "kg", "Day"), rows)


def read(written: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(written.decode("utf-8-sig"), newline="")))


def test_the_title_the_date_and_the_filter_stand_above_the_columns() -> None:
    rows = read(to_csv(sheet(("ກາເຟ", Decimal("1250.5"), date(2026, 11, 20)), ("x", None, None))))
    assert rows == [
        ["Volumes"],
        ["Data as of", "20 November 2026"],
        [],
        ["Name", "kg", "Day"],
        ["ກາເຟ", "1250.5", "2026-11-20"],
        ["x", "", ""],
    ]


@pytest.mark.parametrize("typed", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "=cmd|' /C calc'!A0"])
def test_a_cell_that_would_be_calculated_is_led_by_an_apostrophe(typed: str) -> None:
    written = to_csv(sheet((typed, -5, None)))
    assert read(written)[4][:2] == ["'" + typed, "-5"]  # a number stays a number


@pytest.mark.parametrize("typed", ["a;=1+1;b", "a; +1", "a;\t@SUM(A1)", "x;＝1", ";-1"])
def test_nothing_is_calculated_where_a_semicolon_ends_a_cell(typed: str) -> None:
    """As in the spreadsheets of countries that write 48,6: they cut there, whatever is quoted."""
    line = to_csv(sheet((typed, 1, None))).decode("utf-8-sig").splitlines()[4]
    assert not [cell for cell in line.split(";") if re.match(r'["\s]*[=+\-@＝＋－＠]', cell)]


def test_a_semicolon_between_words_is_left_alone() -> None:
    assert read(to_csv(sheet(("washed; dried-in-shade", 1, None))))[4][0] == "washed; dried-in-shade"


@given(st.text())
def test_no_text_begins_a_formula(typed: str) -> None:
    cell = read(to_csv(sheet((typed.replace("\x00", ""), 1, None))))[4][0]
    assert not cell.startswith(("=", "+", "-", "@"))


def test_a_workbook_holds_texts_numbers_and_days() -> None:
    written = to_xlsx(sheet(("=1+1", Decimal("1250.5"), date(2026, 11, 20)), ("https://x.example", 3, None)))
    rows = CalamineWorkbook.from_filelike(io.BytesIO(written)).get_sheet_by_index(0).to_python()
    assert rows[0][0] == "Volumes"
    assert rows[4][:3] == ["=1+1", 1250.5, date(2026, 11, 20)]
    assert rows[5][:2] == ["https://x.example", 3.0]
    assert b"<f>" not in written


def test_the_same_table_gives_the_same_bytes() -> None:
    table = sheet(("a", 1, date(2026, 1, 1)))
    assert to_csv(table) == to_csv(table)
    assert to_xlsx(table) == to_xlsx(table)
