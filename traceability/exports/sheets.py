"""A table as a file: CSV and XLSX, with what it is, as of when, and which filter it was made with at the top.

What people typed never becomes a formula: a CSV cell that a spreadsheet would calculate is led by an apostrophe.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

import xlsxwriter

Value = str | int | Decimal | date | None
CSV_TYPE: Final = "text/csv; charset=utf-8"
XLSX_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# what begins a formula, also in the full-width signs of Chinese keyboards, and blanks that hide one
_BEGINS_A_FORMULA: Final = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
# the same behind what some countries' spreadsheets take for the end of a cell, quoted or not
_NEXT_CELL: Final = re.compile("(;\\s*)(?=[=+\\-@\uff1d\uff0b\uff0d\uff20])")
_SAME_DAY: Final = datetime(2020, 1, 1)  # a file of the same table has the same bytes


@dataclass(frozen=True)
class Sheet:
    """A title, lines about it as (label, value), the columns, and the rows."""

    title: str
    about: tuple[tuple[str, str], ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


def to_csv(sheet: Sheet) -> bytes:
    """UTF-8 with the mark that spreadsheets ask for; numbers with a point and without grouping."""
    output = io.StringIO(newline="")
    writer = csv.writer(output)
    for row in _lines(sheet):
        writer.writerow([_written(value) for value in row])
    return b"\xef\xbb\xbf" + output.getvalue().encode()


def to_xlsx(sheet: Sheet) -> bytes:
    """One worksheet; texts stay texts, numbers and days are such."""
    output = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(output, options) as book:
        book.set_properties({"title": sheet.title, "created": _SAME_DAY})
        page = book.add_worksheet()
        bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
        head = len(sheet.about) + 2
        for at, row in enumerate(_lines(sheet)):
            for column, value in enumerate(row):
                if isinstance(value, date):
                    page.write_datetime(at, column, value, day)
                elif isinstance(value, int | Decimal):
                    page.write_number(at, column, float(value))
                else:
                    page.write_string(at, column, value or "", bold if at in (0, head) else None)
        page.set_column(0, len(sheet.columns), 18)
        page.freeze_panes(head + 1, 0)
    return output.getvalue()


def _lines(sheet: Sheet) -> Iterator[tuple[Value, ...]]:
    yield (sheet.title,)
    yield from sheet.about
    yield ()
    yield sheet.columns
    yield from sheet.rows


def _written(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        inside = _NEXT_CELL.sub(r"\1'", value)
        return "'" + inside if value[:1] in _BEGINS_A_FORMULA and value else inside
    return value.isoformat() if isinstance(value, date) else str(value)
