"""Farmer cards: the size of a bank card (ISO/IEC 7810 ID-1), one a page for a card printer, or ten on A4 to cut.

A card says whose member it is and how to call the cooperative. It carries no birth date, no document number and no
place of a plot (UX 6.5): a card is lost, and a finder learns nothing worth stealing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from reportlab.pdfgen.canvas import Canvas

from traceability.documents import ink
from traceability.documents.lines import draw, fit, snug
from traceability.documents.qr import code_address, draw_qr
from traceability.documents.sheet import MM, blank_canvas
from traceability.documents.stock import Stock, stock_called
from traceability.domain.identifiers import show_code
from traceability.errors import Invalid
from traceability.words import N_, translate

MOST: Final = 500

CARDS: Final[dict[str, Stock]] = {
    "a4_cards": Stock(
        N_("10 cards on A4"), (210, 297), 2, 5, (85.6, 53.98), qr=29, lot=24, text=8, first=(19.4, 13.55)
    ),
    "card": Stock(N_("One card a page, for a card printer"), (85.6, 53.98), 1, 1, (85.6, 53.98), qr=29, lot=24, text=8),
}


class TooManyCards(Invalid):
    """{count} cards were asked for. Print between 1 and {most} at a time: search for a village first."""


@dataclass(frozen=True)
class FarmerCard:
    """What a card says; `name` is what the member is called (domain/given_names.py), not the whole name."""

    code: str
    number: str
    name: str
    village: str


def farmer_cards(
    cards: Iterable[FarmerCard],
    *,
    count: int = 0,
    organisation: str,
    phone: str,
    public_url: str,
    sheet: str = "a4_cards",
    language: str = "en",
) -> bytes:
    """A PDF of cards in the order given; `count` is how many were wanted, where not all of them were fetched.

    Raises TooManyCards, UnknownLabelSheet, SquaresTooSmall.
    """
    wanted = list(cards)
    if not 1 <= max(count, len(wanted)) <= MOST:
        raise TooManyCards(count=max(count, len(wanted)), most=MOST)
    stock = stock_called(sheet, CARDS)
    stock.check(code_address(public_url, "f", wanted[0].code))
    output = BytesIO()
    title = translate(language, N_("Farmer cards"))
    canvas = blank_canvas(output, title, organisation, stock.size)
    back = translate(language, N_("Found? Please return it to {name}."), name=organisation)
    call = translate(language, N_("Call {phone}"), phone=phone) if phone else ""
    for at, card in enumerate(wanted):
        canvas.saveState()
        canvas.translate(*stock.place(at % stock.on_page))
        _draw(canvas, stock, card, organisation, (back, call), code_address(public_url, "f", card.code))
        canvas.restoreState()
        if at % stock.on_page == stock.on_page - 1 or at == len(wanted) - 1:
            stock.cutting_lines(canvas)
            canvas.showPage()
    canvas.save()
    return output.getvalue()


def _draw(
    canvas: Canvas, stock: Stock, card: FarmerCard, organisation: str, found: tuple[str, str], address: str
) -> None:
    left, high, side = 5 * MM, stock.height, stock.qr * MM
    square = stock.width - side - 3.5 * MM
    room = square - left - 3
    y = high - 9 * MM
    issuer = fit(organisation, 9, stock.width - 2 * left, bold=True, least=6)
    draw(canvas, left, y, issuer.lines[0], issuer.size, bold=True, color=ink.LEAF)
    canvas.setStrokeColor(ink.LEAF)
    canvas.setLineWidth(0.8)
    canvas.line(left, y - 5, stock.width - left, y - 5)
    y -= 12 * MM
    number = fit(card.number, stock.lot, room, bold=True, least=7)
    draw(canvas, left, y, number.lines[0], number.size, bold=True)
    for text, size, bold in ((card.name, 11, True), (card.village, 9, False)):
        fitted = snug(text, size, room, lines=2, least=6.5, bold=bold)
        for line in fitted.lines:
            y -= fitted.size * 1.6
            draw(canvas, left, y, line, fitted.size, bold=bold)
    below = 12.7 * MM
    draw_qr(canvas, square, below, side, address)
    code = show_code(card.code)
    typed = fit(code, 10, side, bold=True).size
    draw(canvas, square + side / 2, below - typed * 0.75, code, typed, bold=True, align=0.5)
    for at, text in enumerate(found):
        fitted = fit(text, 6.8, stock.width - 2 * left, least=5)
        draw(canvas, left, 5.3 * MM - at * 8.5, fitted.lines[0], fitted.size, color=ink.QUIET)
