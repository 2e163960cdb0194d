"""Any table on A4, lying: what it is, as of when and by which filter at the top, its columns named on every page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Final

from reportlab.lib.pagesizes import A4

from traceability.documents import ink
from traceability.documents.lines import width
from traceability.documents.sheet import HEIGHT, LEFT, Sheet, blank_canvas
from traceability.documents.tables import Column, Row, draw_row, lay_cells
from traceability.words import N_

_WIDE: Final[float] = A4[1]
_HIGH: Final[float] = A4[0]
_ROOM: Final = _WIDE - 2 * LEFT
_GUTTER: Final = 8.0  # between two columns
_PITCH: Final = 15.0
_BOTTOM: Final = _HIGH - 34
_TOP: Final = 40.0
_BELOW_TITLE: Final = 18.0
_LINE: Final = 12.0
_LABELS: Final = 150.0
_SAID: Final = (Column(size=8.4, color=ink.QUIET), Column(size=8.4))
_CELL: Final = Column(size=8.4)
_HEAD: Final = Column(bold=True, size=7.6, color=ink.LEAF, least=6)


@dataclass(frozen=True)
class Cell:
    """What stands there, and whether it is to be looked at."""

    text: str
    flagged: bool = False


@dataclass(frozen=True)
class Listing:
    """A title, lines about it as (label, value), the columns (is it a number?), and the rows."""

    title: str
    about: tuple[tuple[str, str], ...]
    columns: tuple[tuple[str, bool], ...]
    rows: tuple[tuple[Cell, ...], ...]
    empty: str  # what is said when there is no row


def listing_pdf(listing: Listing, *, language: str, author: str) -> bytes:
    """The table as a PDF. The same table gives the same bytes."""
    output = BytesIO()
    canvas = blank_canvas(output, listing.title, author, (_WIDE, _HIGH))
    sheet = Sheet(canvas, language, "")
    rooms = _rooms(listing)
    head = _head(listing, rooms)
    pages = list(_pages(listing, rooms, head))
    for number, rows in enumerate(pages, start=1):
        canvas.translate(0, _HIGH - HEIGHT)  # a sheet counts from the top of a standing page
        y = _title(sheet, listing) if number == 1 else _TOP
        y = _columns(sheet, head, y)
        for row in rows:
            draw_row(sheet, LEFT, y, row)
            sheet.rule(LEFT, y + row.extra + 4.5, _ROOM, weight=0.4)
            y += _PITCH + row.extra
        if not listing.rows:
            sheet.text(LEFT, y, listing.empty, 9, room=_ROOM, color=ink.QUIET)
        where = sheet.say(N_("Page {page} of {pages}"), page=number, pages=len(pages))
        sheet.text(LEFT, _HIGH - 20, listing.title, 7.2, room=_ROOM * 0.7, color=ink.QUIET)
        sheet.text(LEFT + _ROOM, _HIGH - 20, where, 7.2, room=_ROOM * 0.3, align=1, color=ink.QUIET)
        canvas.showPage()
    canvas.save()
    return output.getvalue()


def _title(sheet: Sheet, listing: Listing) -> float:
    """The title and what is said about the table; answers where the columns begin."""
    sheet.text(LEFT, _TOP, listing.title, 15, room=_ROOM, bold=True)
    y = _TOP + _BELOW_TITLE
    for row in _about(listing):
        draw_row(sheet, LEFT, y, row)
        y += _LINE + row.extra
    return y + 10


def _about(listing: Listing) -> list[Row]:
    return [lay_cells(_SAID, (_LABELS, _ROOM - _LABELS), said) for said in listing.about]


def _columns(sheet: Sheet, head: Row, y: float) -> float:
    draw_row(sheet, LEFT, y, head)
    sheet.rule(LEFT, y + head.extra + 4.5, _ROOM, ink.LEAF, 0.9)
    return y + head.extra + _PITCH + 2


def _pages(listing: Listing, rooms: Sequence[float], head: Row) -> Iterator[list[Row]]:
    """Rows page by page; a page without rows where there are none."""
    heading = head.extra + _PITCH + 2
    first = _TOP + _BELOW_TITLE + sum(_LINE + row.extra for row in _about(listing)) + 10 + heading
    page: list[Row] = []
    y = first
    for cells in listing.rows:
        row = _row(listing, rooms, cells)
        if page and y + row.extra > _BOTTOM:
            yield page
            page, y = [], _TOP + heading
        page.append(row)
        y += _PITCH + row.extra
    yield page


def _rooms(listing: Listing) -> list[float]:
    """As wide as each column needs; where that is too much, the widest share what is left alike."""
    needs = [
        max([_least(label), *(width(row[at].text, _CELL.size) for row in listing.rows)]) + _GUTTER
        for at, (label, _) in enumerate(listing.columns)
    ]
    needs = [max(need, 34.0) for need in needs]
    room = _ROOM - _GUTTER * (len(needs) - 1)
    rooms, wide = list(needs), sorted(range(len(needs)), key=needs.__getitem__)
    while wide and sum(rooms) > room:
        narrowest = wide.pop(0)
        share = (room - sum(rooms[at] for at in range(len(rooms)) if at not in (narrowest, *wide))) / (len(wide) + 1)
        if needs[narrowest] > share:  # so is every wider one
            for at in (narrowest, *wide):
                rooms[at] = share
            break
    spare = max(0.0, room - sum(rooms)) / len(rooms)
    return [taken + spare for taken in rooms]


def _least(label: str) -> float:
    """The room of the head of a column: its longest word, or two lines of all of it."""
    whole = width(label, _HEAD.size, bold=True)
    return max(whole * 0.6, *(width(word, _HEAD.size, bold=True) for word in label.split() or ("",)))


def _head(listing: Listing, rooms: Sequence[float]) -> Row:
    columns = [replace(_HEAD, align=float(is_number)) for _, is_number in listing.columns]
    return _laid(columns, rooms, [label for label, _ in listing.columns])


def _row(listing: Listing, rooms: Sequence[float], cells: Sequence[Cell]) -> Row:
    columns = [
        replace(_CELL, align=float(is_number), bold=cell.flagged, color=ink.CLAY if cell.flagged else ink.INK)
        for (_, is_number), cell in zip(listing.columns, cells, strict=True)
    ]
    return _laid(columns, rooms, [cell.text for cell in cells])


def _laid(columns: Sequence[Column], rooms: Sequence[float], texts: Sequence[str]) -> Row:
    """A row with an empty gutter after every column, so that a number never touches the word beside it."""
    all_columns = [one for column in columns for one in (column, _CELL)]
    all_rooms = [one for room in rooms for one in (room, _GUTTER)]
    return lay_cells(all_columns, all_rooms, [one for text in texts for one in (text, "")])
