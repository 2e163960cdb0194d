"""The tables of the certificate: rows as high as their text, so that what was typed is told whole or in the annex.

A row is laid once, for both pages; a table then knows how much room it takes at a pitch and can give up its last
rows, saying where they are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Final

from reportlab.lib.colors import Color

from traceability.documents import ink
from traceability.documents.lines import snug, width
from traceability.documents.sheet import ROOM, Sheet

HALF: Final = (ROOM - 18) / 2
_HEAD: Final = 13.5  # a heading with the space above it; the first row is a pitch below
_GAP: Final = 6.0  # between two columns
_LEADING: Final = 1.2
_MOST_LINES: Final = 12  # of one cell: more than a form lets anybody type


@dataclass(frozen=True)
class Column:
    """A column of a table: which side it keeps to (0 left, 1 right), its face, and its share of the room.

    A column is as wide as its widest cell, up to `most` of the table; one column without `most` takes the rest.
    """

    align: float = 0
    bold: bool = False
    size: float = 8
    color: Color = ink.INK
    least: float = 6.4
    most: float = 0


@dataclass(frozen=True)
class Piece:
    """One line of text in a row: `x` from the left edge of the table, `y` down from the row's first baseline."""

    x: float
    y: float
    text: str
    size: float
    bold: bool
    color: Color
    align: float


@dataclass(frozen=True)
class Row:
    """A row that has been laid: its pieces, and by how much it is higher than one line."""

    pieces: tuple[Piece, ...]
    extra: float


@dataclass(frozen=True)
class Table:
    """A table `room` points wide: all its rows, and how many of them the front page shows."""

    title: str
    room: float
    rows: tuple[Row, ...]
    kept: int
    rest: str  # the msgid that says where the other rows are
    sum_of_rest: Callable[[int], Row] | None = None  # one row for all from that one on, so that the table adds up

    @property
    def overflows(self) -> bool:
        """Whether the annex must list the table in full."""
        return self.kept < len(self.rows)

    @property
    def shown(self) -> tuple[Row, ...]:
        """The rows of the front page."""
        shown = self.rows[: self.kept]
        return (*shown, self.sum_of_rest(self.kept)) if self.overflows and self.sum_of_rest else shown

    def height(self, pitch: float) -> float:
        """The room it takes on the front page with `pitch` points from one line to the next."""
        return _HEAD + pitch + sum(pitch + row.extra for row in self.shown)

    def within(self, room: float, pitch: float) -> Table:
        """As many of its rows as `room` holds; perhaps none, and even then the heading says where they are."""
        ends = accumulate((pitch + row.extra for row in self.rows[: self.kept]), initial=_HEAD + pitch)
        table = replace(self, kept=max(0, sum(end <= room for end in ends) - 1))  # before the row of their sum
        while table.kept and table.height(pitch) > room:
            table = replace(table, kept=table.kept - 1)
        return table


def table(title: str, room: float, rows: Sequence[Row], rest: str, sums: Callable[[int], Row] | None = None) -> Table:
    """A table that shows all its rows."""
    return Table(title, room, tuple(rows), len(rows), rest, sums)


def widths(columns: Sequence[Column], cells: Sequence[Sequence[str]], room: float) -> tuple[float, ...]:
    """How wide each column is: as wide as its cells need, within its share of the room."""
    wide = [
        min(room * column.most, _GAP + max((width(row[at], column.size, column.bold) for row in cells), default=0))
        for at, column in enumerate(columns)
    ]
    return tuple(taken if column.most else room - sum(wide) for column, taken in zip(columns, wide, strict=True))


def lay_cells(columns: Sequence[Column], rooms: Sequence[float], cells: Sequence[str]) -> Row:
    """A row of cells, each shrunk to its column and then broken into lines."""
    pieces: list[Piece] = []
    x = 0.0
    for column, room, cell in zip(columns, rooms, cells, strict=True):
        pieces += _lay(x + room * column.align, 0, cell, column, room - _GAP)
        x += room
    return _row(pieces)


def lay_table(columns: Sequence[Column], cells: Sequence[Sequence[str]], room: float) -> list[Row]:
    """Rows of cells in columns that are as wide as their widest cells."""
    rooms = widths(columns, cells, room)
    return [lay_cells(columns, rooms, row) for row in cells]


_NAME: Final = Column(bold=True)
_TOLD: Final = Column(size=7.2, color=ink.QUIET)
_VALUE: Final = Column(bold=True, size=8.4, align=1)


def lay_entry(name: str, told: str, value: str, room: float) -> Row:
    """A name with its value at the right; what is told of it stands beside the name where it fits, else below."""
    right = _lay(room, 0, value, _VALUE, room * 0.45) if value else []
    free = room - _wide(right)
    left = _lay(0, 0, name, _NAME, free)
    after = _wide(left)
    if len(left) <= 1 and after + width(told, _TOLD.least) <= free:
        return _row([*left, *_lay(after, 0, told, _TOLD, free - after), *right])
    below = _row([*left, *right]).extra + 8.8
    return _row([*left, *right, *_lay(0, below, told, _TOLD, room)])


def _lay(x: float, y: float, text: str, column: Column, room: float) -> list[Piece]:
    fitted = snug(text, column.size, room, lines=_MOST_LINES, least=column.least, bold=column.bold)
    return [
        Piece(x, y + at * fitted.size * _LEADING, line, fitted.size, column.bold, column.color, column.align)
        for at, line in enumerate(fitted.lines)
        if line
    ]


def _wide(pieces: Sequence[Piece]) -> float:
    """The room that one cell takes with the gap beside it."""
    return max((width(piece.text, piece.size, piece.bold) + _GAP for piece in pieces), default=0)


def _row(pieces: Sequence[Piece]) -> Row:
    return Row(tuple(pieces), max((piece.y for piece in pieces), default=0))


def draw_row(sheet: Sheet, x: float, y: float, row: Row) -> None:
    """A row with its first baseline at `y`."""
    for piece in row.pieces:
        sheet.text(
            x + piece.x, y + piece.y, piece.text, piece.size, bold=piece.bold, color=piece.color, align=piece.align
        )


def draw_table(sheet: Sheet, x: float, y: float, table: Table, pitch: float) -> float:
    """The heading and the rows of the front page; returns where the next table begins."""
    sheet.heading(x, y + 10, table.title, table.room, sheet.say(table.rest) if table.overflows else "")
    y += _HEAD + pitch
    for row in table.shown:
        draw_row(sheet, x, y, row)
        y += pitch + row.extra
    return y
