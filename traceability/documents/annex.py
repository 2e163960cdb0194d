"""The annex of the certificate: the tables that did not fit on the front page, each in full."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from traceability.documents import ink
from traceability.documents.paper import Paper, page_number
from traceability.documents.rows import HALF, Row, Section
from traceability.documents.sheet import HEIGHT, LEFT, RIGHT, ROOM
from traceability.words import N_

_TOP: Final = 92.0
_BOTTOM: Final = HEIGHT - 36
_HEAD: Final = 24.0
_PITCH: Final = 12.2


@dataclass(frozen=True)
class Block:
    """A stretch of one table on one page."""

    section: Section
    rows: tuple[Row, ...]
    y: float

    @property
    def depth(self) -> int:
        """How many lines the stretch takes."""
        pair = 2 if self.section.second else 1
        return -(-len(self.rows) // (across(self.section) * pair)) * pair


Page = tuple[Block, ...]


def across(section: Section) -> int:
    """How many stretches of a table stand side by side: two when it is half a page wide."""
    return 2 if sum(column.room for column in section.columns) <= HALF + 1 else 1


def paginate(sections: Iterable[Section]) -> tuple[Page, ...]:
    """Lay the tables one after the other, going over to a new page where one is full."""
    pages: list[list[Block]] = []
    y = _BOTTOM
    for section in sections:
        rows = section.rows
        while rows:
            if y + _HEAD + 3 * _PITCH > _BOTTOM:
                pages.append([])
                y = _TOP
            lines = int((_BOTTOM - y - _HEAD) // _PITCH)
            lines -= lines % 2 if section.second else 0
            block = Block(section, rows[: lines * across(section)], y)
            rows = rows[len(block.rows) :]
            pages[-1].append(block)
            y += _HEAD + block.depth * _PITCH + 12
    return tuple(tuple(page) for page in pages)


def draw_page(paper: Paper, page: Page, number: int, pages: int) -> None:
    """One page of the annex."""
    sheet, dossier = paper.sheet, paper.dossier
    title = N_("Annex to the batch origin certificate")
    sheet.text(LEFT, 50, sheet.say(title), 14, room=330, bold=True)
    sheet.text(LEFT, 64, sheet.others(title), 8.5, room=330, color=ink.QUIET)
    page_number(paper, number, pages)
    sheet.rule(LEFT, 72, ROOM)
    for block in page:
        sheet.heading(LEFT, block.y + 8, block.section.title, ROOM)
        for at, row in enumerate(block.rows):
            column, line = divmod(at, block.depth)
            x, y = LEFT + column * (ROOM - HALF), block.y + _HEAD + line * _PITCH
            sheet.cells(x, y, block.section.columns_of(at), row)
    sheet.text(RIGHT, HEIGHT - 22, dossier.lot_number, 7, align=1, color=ink.QUIET)
