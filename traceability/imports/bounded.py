"""The door for every uploaded file: its size is checked before anything is parsed; its content decides.

The limits are those of the threat model, T13: a clerk's register is far below them, an attack far above.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from traceability.domain.text import nfc
from traceability.errors import Sentence
from traceability.imports.refusals import (
    FileEmpty,
    FileMissing,
    FileTooLarge,
    OldOrLockedSpreadsheet,
    TooManyCells,
    TooManyColumns,
    TooManyRows,
)

MEGABYTE: Final = 1_000_000
MAX_BYTES: Final = 5 * MEGABYTE
MAX_ROWS: Final = 50_000
MAX_COLUMNS: Final = 200
MAX_CELLS: Final = 1_000_000

ZIP_SIGNATURE: Final = b"PK\x03\x04"
_EMPTY_ZIP: Final = b"PK\x05\x06"
_OLE_SIGNATURE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .xls, and .xlsx with a password
_ESCAPED_FORMULA: Final = re.compile(r"'(?=[\s]*[=+\-@＝＋－＠])")

Source = bytes | Path


@dataclass(frozen=True)
class Line:
    """One row of a sheet: its number as a spreadsheet shows it (from 1), and its cells as clean text."""

    number: int
    cells: tuple[str, ...]

    @property
    def blank(self) -> bool:
        """Whether nothing is written in it."""
        return not any(self.cells)


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook, or a whole CSV file (its name is empty). Empty rows are left out."""

    name: str
    lines: tuple[Line, ...]
    notes: tuple[Sentence, ...] = ()


def read_bytes(source: Source, limit: int = MAX_BYTES) -> bytes:
    """The bytes of a file, at most `limit` of them; a larger one is refused without being read."""
    if isinstance(source, Path):
        try:
            with source.open("rb") as file:
                content = file.read(limit + 1)
        except OSError as problem:
            raise FileMissing(path=str(source)) from problem
    else:
        content = source
    if len(content) > limit:
        raise FileTooLarge(limit_mb=limit // MEGABYTE)
    if not content.strip():
        raise FileEmpty()
    return content


def read_sheets(source: Source) -> tuple[Sheet, ...]:
    """Every sheet of an XLSX workbook, or the one table of a CSV file; the content decides which.

    Raises a refusal of `imports.refusals` for whatever cannot be read in full; nothing is read in part.
    """
    from traceability.imports.delimited import read_delimited
    from traceability.imports.workbook import read_workbook

    content = read_bytes(source)
    if content.startswith((ZIP_SIGNATURE, _EMPTY_ZIP)):
        return read_workbook(content)
    if content.startswith(_OLE_SIGNATURE):
        raise OldOrLockedSpreadsheet()
    return (read_delimited(content),)


def check_extent(rows: int, columns: int, cells: int) -> None:
    """Refuse a sheet that reaches beyond the limits."""
    if rows > MAX_ROWS:
        raise TooManyRows(found=rows, limit=MAX_ROWS)
    if columns > MAX_COLUMNS:
        raise TooManyColumns(found=columns, limit=MAX_COLUMNS)
    if cells > MAX_CELLS:
        raise TooManyCells(limit=MAX_CELLS)


def clean_cell(text: str) -> str:
    """The text of a cell as it may be kept: NFC, on one line, nothing invisible.

    The apostrophe that our own bad-rows file sets before a formula sign is taken off again, so that the file
    can be corrected and sent back.
    """
    tidy = text.strip() if text.isascii() and text.isprintable() else nfc(text)
    return _ESCAPED_FORMULA.sub("", tidy, count=1) if tidy.startswith("'") else tidy
