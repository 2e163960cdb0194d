"""CSV as people save it: four delimiters, six encodings, comment lines, line breaks inside cells."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Final

from traceability.errors import Sentence
from traceability.imports.bounded import MAX_BYTES, Line, Sheet, check_extent, clean_cell
from traceability.imports.refusals import NotText
from traceability.words import N_

DELIMITERS: Final = (",", ";", "\t", "|")
_SAMPLE_ROWS: Final = 40
_BYTE_ORDER_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NOT_UTF8: Final = N_(
    "The file is not in UTF-8; it was read as {encoding}. Look at the names below: if they are wrong, "
    "save the file as CSV (UTF-8) and send it again."
)
_HIGH: Final = re.compile(rb"[\x80-\xff]+")
# What only Vietnamese has in Windows-1258: a tone mark after a vowel, and the letters đ, ư, ơ.
_VIETNAMESE: Final = re.compile(
    rb"[aeiouyAEIOUY\xc2\xca\xd4\xe2\xea\xf4\xc3\xe3\xd5\xf5\xdd\xfd][\xcc\xd2\xde\xec\xf2]|[\xf0\xd0\xfd\xf5]"
)

# A polygon in a cell is longer than the module's default of 128 KiB; the file itself is bounded already.
csv.field_size_limit(MAX_BYTES)


def read_delimited(content: bytes) -> Sheet:
    """The table in a CSV file. NUL bytes, broken UTF-16 and files beyond the limits are refused."""
    text, notes = decoded(content)
    lines: list[Line] = []
    cells = 0
    try:
        for number, record in enumerate(_records(text, sniffed_delimiter(text)), start=1):
            cells += len(record)
            check_extent(number, len(record), cells)
            line = Line(number, tuple(clean_cell(cell) for cell in record))
            if not line.blank and not _comment(line, first=not lines):
                lines.append(line)
    except csv.Error as problem:
        raise NotText() from problem
    return Sheet("", tuple(lines), notes)


def decoded(content: bytes) -> tuple[str, tuple[Sentence, ...]]:
    """The text of a file, and a note when its encoding had to be guessed."""
    try:
        return decoded_strictly(content), ()
    except NotText:
        if content.startswith(tuple(mark for mark, _ in _BYTE_ORDER_MARKS)):
            raise
        encoding = guessed_encoding(content)
        return _strict(content, encoding), (Sentence(_NOT_UTF8, {"encoding": encoding}),)


def decoded_strictly(content: bytes) -> str:
    """The text of a file in UTF-8, or in what its byte order mark says; NUL characters are refused."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return _strict(content, encoding)
    return _strict(content, "utf-8")


def _strict(content: bytes, encoding: str) -> str:
    try:
        text = content.decode(encoding)
    except UnicodeError as problem:
        raise NotText() from problem
    if "\0" in text:
        raise NotText()
    return text


def guessed_encoding(content: bytes) -> str:
    """`gb18030`, `cp1258` or `cp1252`, for a file that is not UTF-8.

    Chinese comes in unbroken pairs of high bytes; the letters of Vietnamese and others stand alone.
    """
    runs = _HIGH.findall(content)
    high = sum(len(run) for run in runs)
    paired = sum(len(run) for run in runs if len(run) % 2 == 0)
    if paired * 2 > high:
        try:
            content.decode("gb18030")
        except UnicodeError:
            pass
        else:
            return "gb18030"
    return "cp1258" if len(_VIETNAMESE.findall(content)) * 4 >= high else "cp1252"


def sniffed_delimiter(text: str) -> str:
    """The delimiter under which most of the first rows have the same number of cells, more than one."""

    def fit(delimiter: str) -> tuple[int, int]:
        widths = Counter(
            len(record)
            for record in islice(_records(text, delimiter), _SAMPLE_ROWS)
            if record and not record[0].startswith("#")
        )
        width, rows = max(widths.items(), key=lambda item: (item[0] > 1, item[1], item[0]), default=(0, 0))
        return (rows, width) if width > 1 else (0, 0)

    return max(DELIMITERS, key=fit)


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def _comment(line: Line, *, first: bool) -> bool:
    """Whether a row is a remark: `# …`, or before the titles anything alone behind a `#`."""
    start = line.cells[0]
    if not start.startswith("#"):
        return False
    return start.startswith(("# ", "##")) or (first and len(start) > 1 and not any(line.cells[1:]))
