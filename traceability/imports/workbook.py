"""XLSX, read by calamine from a copy of the archive that holds only what was checked first.

calamine is fast but trusts its input: one cell at XFD1048576, or a large `count`, makes it ask for hundreds of
gigabytes, and the process dies with it. So every XML part is walked with expat first (no document types, bounded
cells and counts), and calamine gets a new archive made of those parts.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from datetime import date, datetime, time, timedelta
from typing import Final
from xml.parsers import expat

from python_calamine import CalamineError, CalamineWorkbook, ZipError

from traceability.imports.bounded import MAX_CELLS, MAX_COLUMNS, Line, Sheet, check_extent, clean_cell
from traceability.imports.refusals import (
    NotASpreadsheet,
    OldOrLockedSpreadsheet,
    SpreadsheetTooBig,
    TooManyCells,
    TooManyColumns,
)

MAX_UNPACKED: Final = 64_000_000
MAX_RATIO: Final = 100
MAX_MEMBERS: Final = 100
_ENCRYPTED: Final = 0x1
_WORKBOOK: Final = "xl/workbook.xml"
_XML_NAMES: Final = (".xml", ".rels")
_SMALL: Final = 1_000_000  # below this a part may pack as tightly as it likes: blank formatted rows do
_CELL: Final = re.compile(r"([A-Z]{1,8})([0-9]{1,9})", re.IGNORECASE)
_ROW: Final = re.compile(r"[0-9]{1,9}")
_MAX_DEPTH: Final = 64
_EXACT_INTEGERS: Final = 10**15


def read_workbook(content: bytes) -> tuple[Sheet, ...]:
    """The visible values of every sheet; formulas give the value that was last computed for them."""
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(checked_archive(content)))
        return tuple(_sheet(book, name) for name in book.sheet_names)
    except (CalamineError, ZipError, ValueError, OverflowError) as problem:
        raise NotASpreadsheet() from problem
    except BaseException as problem:
        # A panic inside calamine arrives as pyo3's PanicException: no Exception, and not importable.
        if type(problem).__name__ != "PanicException":
            raise
        raise NotASpreadsheet() from problem


def checked_archive(content: bytes) -> bytes:
    """A new, uncompressed archive of the XML parts of `content`, each of them walked; the rest is dropped."""
    parts: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            _check_sizes(members, len(content))
            budget = MAX_UNPACKED
            for member in members:
                if not member.filename.lower().endswith(_XML_NAMES):
                    continue
                part = _unpacked(archive, member, budget)
                budget -= len(part)
                walk_part(part)
                parts[member.filename] = part
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as problem:
        raise NotASpreadsheet() from problem
    except (ValueError, LookupError, OverflowError) as problem:  # a hostile directory entry or file name
        raise NotASpreadsheet() from problem
    if _WORKBOOK not in parts or len({name.lower() for name in parts}) < len(parts):
        raise NotASpreadsheet()
    clean = io.BytesIO()
    with zipfile.ZipFile(clean, "w", zipfile.ZIP_STORED) as copy:
        for name, part in parts.items():
            copy.writestr(name, part)
    return clean.getvalue()


def _check_sizes(members: list[zipfile.ZipInfo], packed: int) -> None:
    unpacked = sum(member.file_size for member in members)
    if len(members) > MAX_MEMBERS or unpacked > MAX_UNPACKED:
        raise SpreadsheetTooBig()
    if unpacked > _SMALL and unpacked > packed * MAX_RATIO:
        raise SpreadsheetTooBig()
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise OldOrLockedSpreadsheet()


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo, budget: int) -> bytes:
    """The bytes of a part; its directory entry may lie, so no more than the budget is ever unpacked."""
    with archive.open(member) as file:
        part = file.read(budget + 1)
    if len(part) > budget:
        raise SpreadsheetTooBig()
    return part


def walk_part(part: bytes) -> None:
    """Refuse a part that is not well-formed, declares a document type, or has a cell out of bounds."""
    walker = _Walker()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = walker.doctype
    parser.StartElementHandler = walker.start
    parser.EndElementHandler = walker.end
    try:
        parser.Parse(part, True)
    except expat.ExpatError as problem:
        raise NotASpreadsheet() from problem


class _Walker:
    """Follows rows and cells as calamine does, counting where no reference is written."""

    def __init__(self) -> None:
        self.depth = 0
        self.inside = False
        self.row = self.column = self.cells = 0
        self.last_row = self.last_column = 0

    def doctype(self, *_: object) -> None:
        raise NotASpreadsheet()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise NotASpreadsheet()
        for attribute, value in attributes.items():
            if attribute.lower().endswith("count") and not _small_count(value):
                raise NotASpreadsheet()
        tag = name.rpartition(" ")[2]
        if tag == "sheetData":
            self.inside = True
        elif not self.inside:
            return
        elif tag == "row":
            reference = attributes.get("r", "")
            self.row = int(reference) if _ROW.fullmatch(reference) else self.row + 1
            self.column = 0
        elif tag == "c":
            self._cell(attributes.get("r"))
        else:  # a value, a formula or inline text: only now does the cell count
            self.last_row = max(self.last_row, self.row)
            self.last_column = max(self.last_column, self.column)
            check_extent(self.last_row, self.last_column, self.last_row * self.last_column)

    def _cell(self, reference: str | None) -> None:
        self.cells += 1
        self.column += 1
        if self.cells > MAX_CELLS:
            raise TooManyCells(limit=MAX_CELLS)
        if reference is None:
            return
        match = _CELL.fullmatch(reference)
        if match is None:
            raise NotASpreadsheet()
        self.column, self.row = column_number(match[1]), int(match[2])

    def end(self, name: str) -> None:
        self.depth -= 1
        if name.rpartition(" ")[2] == "sheetData":
            self.inside = False


def _small_count(written: str) -> bool:
    """Whether a count that a part states is one that may be made room for: calamine believes them (`cellXfs`)."""
    return _ROW.fullmatch(written.strip()) is not None and int(written) <= MAX_CELLS


def column_number(letters: str) -> int:
    """The number of a column: `A` is 1, `XFD` is 16,384."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _sheet(book: CalamineWorkbook, name: str) -> Sheet:
    lines = []
    for number, values in enumerate(book.get_sheet_by_name(name).to_python(skip_empty_area=False), start=1):
        if len(values) > MAX_COLUMNS:
            raise TooManyColumns(found=len(values), limit=MAX_COLUMNS)
        if all(value == "" for value in values):
            continue
        line = Line(number, tuple(clean_cell(written(value)) for value in values))
        if not line.blank:
            lines.append(line)
    return Sheet(clean_cell(name), tuple(lines))


def written(value: int | float | str | bool | time | date | datetime | timedelta) -> str:
    """A cell's value as its owner would type it: `1250`, `48.6`, `2026-11-20`. No float leaves this room."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT_INTEGERS:
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return repr(value) if isinstance(value, float) else str(value)
