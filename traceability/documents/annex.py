"""The annex of the certificate: the tables that did not fit on the front page, each in full."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from traceability.documents import ink
from traceability.documents.paper import Paper, page_number
from traceability.documents.sheet import HEIGHT, LEFT, RIGHT, ROOM
from traceability.documents.tables import HALF, Row, Table, draw_row
from traceability.words import N_

_TOP: Final = 92.0
_BOTTOM: Final = HEIGHT - 36
_HEAD: Final = 24.0
_PITCH: Final = 12.2


@dataclass(frozen=True)
class Block:
    """A stretch of one table on one page, in columns side by side."""

    table: Table
    columns: tuple[tuple[Row, ...], ...]
    y: float

    @property
    def rows(self) -> int:
        """How many rows the stretch holds."""
        return sum(len(column) for column in self.columns)

    @property
    def bottom(self) -> float:
        """Where the next stretch may begin."""
        return self.y + _HEAD + max(_height(column) for column in self.columns) + 12


Page = tuple[Block, ...]


def _height(rows: Sequence[Row]) -> float:
    return sum(_PITCH + row.extra for row in rows)


def paginate(tables: Iterable[Table]) -> tuple[Page, ...]:
    """Lay the tables one after the other, going over to a new page where one is full."""
    pages: list[list[Block]] = []
    y = _BOTTOM
    for table in tables:
        rows = table.rows
        while rows:
            if y + _HEAD + max(3 * _PITCH, _height(rows[:1])) > _BOTTOM:
                pages.append([])
                y = _TOP
            block = Block(table, _columns(rows, _BOTTOM - y - _HEAD, 2 if table.room <= HALF else 1), y)
            pages[-1].append(block)
            rows, y = rows[block.rows :], block.bottom
    return tuple(tuple(page) for page in pages)


def _columns(rows: Sequence[Row], room: float, across: int) -> tuple[tuple[Row, ...], ...]:
    """As many rows as fit in columns no higher than `room`, and about equally high when all of them fit."""
    room = min(room, _height(rows) / across + max(_PITCH + row.extra for row in rows))
    columns: list[list[Row]] = [[]]
    for row in rows:
        if columns[-1] and _height([*columns[-1], row]) > room:
            if len(columns) == across:
                break
            columns.append([])
        columns[-1].append(row)
    return tuple(map(tuple, columns))


def draw_page(paper: Paper, page: Page, number: int, pages: int) -> None:
    """One page of the annex."""
    sheet, dossier = paper.sheet, paper.dossier
    title = N_("Annex to the batch origin certificate")
    sheet.text(LEFT, 50, sheet.say(title), 14, room=330, bold=True)
    sheet.text(LEFT, 64, " · ".join(sheet.beside(title)), 8.5, room=330, color=ink.QUIET)
    page_number(paper, number, pages)
    sheet.rule(LEFT, 72, ROOM)
    for block in page:
        sheet.heading(LEFT, block.y + 8, block.table.title, ROOM)
        for at, column in enumerate(block.columns):
            y = block.y + _HEAD
            for row in column:
                draw_row(sheet, LEFT + at * (ROOM - HALF), y, row)
                y += _PITCH + row.extra
    sheet.text(RIGHT, HEIGHT - 22, dossier.lot_number, 7, align=1, color=ink.QUIET)
