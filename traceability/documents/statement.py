"""The farmer's season statement on A4: deliveries, money, and where the fruit went, in the reader's language.

Labels stand in the reader's language with a second one small beside it; tables go over to a new page where one is full.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from traceability.documents import ink, terms
from traceability.documents.lines import draw
from traceability.documents.sheet import HEIGHT, LEFT, RIGHT, ROOM, WIDTH, Sheet, blank_canvas
from traceability.documents.tables import Column, Row, draw_row, lay_table
from traceability.domain.statement import PaidOut, Statement
from traceability.words import N_, day, mass, number, translate

TITLE: Final = N_("Season statement")
_TOP: Final = 150.0  # of the tables on the first page
_NEXT_TOP: Final = 84.0
_BOTTOM: Final = HEIGHT - 40
_HEAD: Final = 26.0
_PITCH: Final = 14.0

_BROUGHT: Final = (
    Column(size=8.4, color=ink.QUIET, most=0.22),
    Column(size=8.4, most=0.2),
    Column(size=8.4),
    Column(align=1, bold=True, size=8.6, most=0.18),
    Column(align=1, size=8.4, most=0.22),
)
_PLAIN: Final = (Column(size=9), Column(align=1, bold=True, size=9.4, most=0.4))
_PAID: Final = (
    Column(size=8.4, color=ink.QUIET, most=0.22),
    Column(size=8.4),
    Column(align=1, bold=True, size=8.6, most=0.3),
)
_LOST: Final = N_("Lost")
_GAINED: Final = N_("Weighed more")
_WENT: Final = (
    Column(size=8.4, color=ink.QUIET, most=0.2),
    Column(bold=True, size=8.6, most=0.22),
    Column(size=8.2),
    Column(align=1, bold=True, size=8.6, most=0.18),
)


@dataclass(frozen=True)
class _Part:
    """One heading with its rows; `last` is a sum that stands below a line."""

    title: str
    rows: Sequence[Row]
    sums: Sequence[Row] = ()
    note: str = ""


def statement_pdf(statement: Statement, *, language: str) -> bytes:
    """The statement as a PDF. The same statement gives the same bytes."""
    output = BytesIO()
    title = f"{translate(language, TITLE)} {_season(statement, language)} {statement.number}"
    canvas = blank_canvas(output, title, statement.organisation.text(language))
    sheet = Sheet(canvas, language, terms.local_language(statement.country))
    pages = list(_paginate(list(_parts(sheet, statement))))
    for number_, blocks in enumerate(pages, start=1):
        _head(sheet, statement, number_, len(pages))
        for y, part, rows, sums in blocks:
            _draw(sheet, y, part, rows, sums)
        canvas.showPage()
    canvas.save()
    return output.getvalue()


def _parts(sheet: Sheet, statement: Statement) -> Iterator[_Part]:
    language = sheet.language
    cells = [
        (
            day(language, row.on),
            row.number,
            " ".join(filter(None, (row.goods.text(language), row.grade))),
            mass(language, row.mass_g),
            _amount(language, row.amount, row.currency) if row.amount is not None else "",
        )
        for row in statement.brought
    ]
    sums = [(f"{row.goods.text(language)} ({row.deliveries})", mass(language, row.mass_g)) for row in statement.sums]
    yield _Part(N_("Deliveries"), lay_table(_BROUGHT, cells, ROOM), lay_table(_PLAIN, sums, ROOM))
    money = [
        line
        for row in statement.money
        for line in (
            (sheet.say(N_("For the deliveries of this season")), _amount(language, row.due, row.currency)),
            (sheet.say(N_("Paid in this season")), _amount(language, row.paid, row.currency)),
            (
                sheet.say(N_("Owed today") if row.owed >= 0 else N_("Paid ahead today")),
                _amount(language, abs(row.owed), row.currency),
            ),
        )
    ]
    if money:
        paid = [
            (day(language, row.on), _paid_for(sheet, row), _amount(language, row.amount, row.currency))
            for row in statement.payments
        ]
        yield _Part(N_("Money"), lay_table(_PAID, paid, ROOM), lay_table(_PLAIN, money, ROOM))
    went = [
        (
            day(language, row.released_on),
            row.number,
            " · ".join(
                filter(
                    None,
                    (
                        row.goods.text(language),
                        terms.country(language, row.country) if row.country else "",
                        ", ".join(row.buyers),
                        "" if row.own else row.organisation,
                    ),
                )
            ),
            mass(language, row.mass_g),
        )
        for row in statement.went
    ]
    left = [(sheet.say(words), mass(language, grams)) for words, grams in statement.left]
    left += [
        (
            f"{sheet.say(_LOST if row.mass_g > 0 else _GAINED)}: {sheet.say(row.step)}, {row.name.text(language)}",
            mass(language, row.mass_g),
        )
        for row in statement.lost
    ]
    left.append((sheet.say(N_("Together, as brought")), mass(language, statement.brought_g)))
    note = N_("Kilograms of this farmer in each batch, as the batch's own page counts them.")
    yield _Part(N_("Where it went"), lay_table(_WENT, went, ROOM), lay_table(_PLAIN, left, ROOM), note if went else "")


def _paid_for(sheet: Sheet, row: PaidOut) -> str:
    if row.advance:
        return sheet.say(N_("Advance"))
    return sheet.say(N_("For {numbers}"), numbers=", ".join(row.numbers)) if row.numbers else sheet.say(N_("Payment"))


def _season(statement: Statement, language: str) -> str:
    return f"{statement.season.name} · {statement.product.text(language)}"


def _amount(language: str, amount: int, currency: str) -> str:
    return f"{number(language, amount)} {currency}"


_Block = tuple[float, _Part, Sequence[Row], Sequence[Row]]


def _paginate(parts: Iterable[_Part]) -> Iterator[list[_Block]]:
    """The parts one below the other; what does not fit goes on with the next page."""
    blocks: list[_Block] = []
    y = _TOP
    for part in parts:
        rows = list(part.rows)
        first = True
        while first or rows:
            first = False
            need = _HEAD + 2 * _PITCH + (_PITCH if part.note else 0)
            if y + need > _BOTTOM:
                yield blocks
                blocks, y = [], _NEXT_TOP
            start = y
            y += _HEAD + (_PITCH if part.note else 0)
            fitting: list[Row] = []
            while rows and y + _PITCH + rows[0].extra <= _BOTTOM:
                y += _PITCH + rows[0].extra
                fitting.append(rows.pop(0))
            sums = list(part.sums) if not rows else []
            room = sum(_PITCH + row.extra for row in sums) + 8
            if sums and y + room > _BOTTOM:
                blocks.append((start, part, fitting, ()))
                yield blocks
                blocks, start, fitting = [], _NEXT_TOP, []
                y = _NEXT_TOP + _HEAD + (_PITCH if part.note else 0)
            blocks.append((start, part, fitting, sums))
            y += (room if sums else 0) + 14
    yield blocks


def _draw(sheet: Sheet, y: float, part: _Part, rows: Sequence[Row], sums: Sequence[Row]) -> None:
    taken = sheet.text(LEFT, y + 10, sheet.say(part.title), 11, bold=True, color=ink.LEAF, room=ROOM * 0.6)
    sheet.text(LEFT + taken + 8, y + 10, " · ".join(sheet.beside(part.title)[:1]), 8, color=ink.QUIET, room=ROOM * 0.35)
    sheet.rule(LEFT, y + 15, ROOM)
    y += _HEAD
    if part.note:
        sheet.text(LEFT, y, sheet.say(part.note), 7.6, color=ink.QUIET)
        y += _PITCH
    for row in rows:
        draw_row(sheet, LEFT, y, row)
        y += _PITCH + row.extra
    if sums:
        sheet.rule(LEFT, y - _PITCH + 6, ROOM)
        y += 4
    for row in sums:
        draw_row(sheet, LEFT, y, row)
        y += _PITCH + row.extra


def _head(sheet: Sheet, statement: Statement, page: int, pages: int) -> None:
    language = sheet.language
    if statement.demo:
        draw(sheet.canvas, WIDTH / 2, HEIGHT - 22, "DEMO", 12, bold=True, color=ink.CLAY, align=0.5)
    sheet.text(LEFT, 48, sheet.say(TITLE), 18, bold=True, room=ROOM * 0.6)
    where = sheet.say(N_("Page {page} of {pages}"), page=page, pages=pages)
    season = sheet.say(N_("Season {season}"), season=_season(statement, language))
    sheet.text(RIGHT, 40, season, 11, bold=True, align=1, room=ROOM * 0.38)
    as_of = sheet.say(N_("as of {day}"), day=statement.as_of)
    sheet.text(RIGHT, 54, f"{as_of} · {where}", 8, align=1, room=240, color=ink.QUIET)
    sheet.text(LEFT, 62, " · ".join(sheet.beside(TITLE)), 8.5, color=ink.QUIET, room=ROOM * 0.6)
    sheet.rule(LEFT, 70, ROOM)
    if page > 1:
        return
    sheet.text(LEFT, 94, statement.name, 15, bold=True, room=ROOM * 0.7)
    sheet.text(RIGHT, 94, statement.number, 15, bold=True, align=1, room=ROOM * 0.25)
    sheet.text(LEFT, 110, statement.village, 9.5, color=ink.QUIET)
    issuer = " · ".join(filter(None, (statement.organisation.text(language), statement.phone)))
    sheet.text(LEFT, 126, sheet.say(N_("From {name}"), name=issuer), 9.5)
