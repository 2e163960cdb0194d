"""Labels of bags and boxes: the lot large, what is in it, which of how many it is, and a QR with its code in words.

Everything that is the same on all labels is drawn once and placed many times, so ten thousand labels are a small
file; only the number of the bag is written on each. Black on white, for any office or thermal printer.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Final

from reportlab.pdfgen.canvas import Canvas

from traceability.documents import terms
from traceability.documents.lines import Fitted, draw, fit, snug
from traceability.documents.qr import batch_address, draw_qr
from traceability.documents.sheet import MM, blank_canvas
from traceability.documents.stock import Stock, stock_called
from traceability.domain.dossier import Dossier
from traceability.domain.identifiers import show_code
from traceability.errors import Invalid
from traceability.words import N_, mass, translate

MOST: Final = 10_000
BOTTOM: Final = 5.2 * MM  # office printers leave about four millimetres white
LEFT: Final = 5 * MM


class TooManyLabels(Invalid):
    """{count} labels were asked for. Print between 1 and {most} at a time."""


@dataclass(frozen=True)
class Labelled:
    """What is said on every label of one lot or batch; `notes` are lines that some goods need."""

    code: str
    number: str
    issuer: str
    goods: str
    unit: str  # what is labelled: a bag, a box; empty for any
    unit_mass_g: int | None  # when all are alike; else the scale's reading is written by hand
    notes: tuple[str, ...] = ()
    demo: bool = False


def of_batch(dossier: Dossier, language: str) -> Labelled:
    """The bags of a batch."""
    product = (dossier.form_names.text(language), dossier.commodity_names.text(language), dossier.grade)
    return Labelled(
        code=dossier.code,
        number=dossier.lot_number,
        issuer=dossier.issuer.name.text(language),
        goods=" · ".join(part for part in product if part),
        unit=dossier.unit,
        unit_mass_g=dossier.unit_mass_g,
        demo=dossier.demo,
    )


def labels(said: Labelled, *, count: int, public_url: str, sheet: str = "a4_24", language: str = "en") -> bytes:
    """A PDF with `count` labels, numbered from 1, on one of `stock.STOCKS`.

    Raises `TooManyLabels` unless 1 <= count <= 10 000, `UnknownLabelSheet` for another sheet, `SquaresTooSmall` where
    the address is too long for the label.
    """
    if not 1 <= count <= MOST:
        raise TooManyLabels(at="count", count=count, most=MOST)
    stock = stock_called(sheet)
    address = batch_address(public_url, said.code)
    stock.check(address)
    output = BytesIO()
    canvas = blank_canvas(output, f"{translate(language, N_('Labels'))} {said.number}", "", stock.size)
    _same_on_all(canvas, said, stock, address, language)
    for first in range(0, count, stock.on_page):
        for at in range(min(stock.on_page, count - first)):
            canvas.saveState()
            canvas.translate(*stock.place(at))
            canvas.doForm("label")
            numbered = terms.unit_of(language, said.unit, first + at + 1, count)
            draw(canvas, LEFT, BOTTOM, numbered, stock.text * 1.25, bold=True)
            canvas.restoreState()
        stock.cutting_lines(canvas)
        canvas.showPage()
    canvas.save()
    return output.getvalue()


def _same_on_all(canvas: Canvas, said: Labelled, stock: Stock, address: str, language: str) -> None:
    """Draw what every label shares as a form that the pages place."""
    canvas.beginForm("label", 0, 0, stock.width, stock.height)
    room = _square(canvas, said, stock, address) - LEFT - 2
    small = stock.text * 0.72
    y = stock.height - 4.6 * MM
    y = _lines(canvas, y, snug(said.issuer, stock.text, room, lines=2, least=small))
    number = fit(said.number, stock.lot, room, bold=True, least=stock.lot * 0.6)
    if number.cut:
        number = fit(said.number, stock.lot, room, bold=True, lines=2, least=small)
    y = _lines(canvas, y - 2, number, bold=True) - 3
    for line in (said.goods, *said.notes):
        y = _lines(canvas, y, snug(line, stock.text, room, lines=2, least=small))
    net = translate(language, N_("Net ________ kg"))  # to be written by hand when the bags differ
    if said.unit_mass_g is not None:
        net = translate(language, N_("Net {mass}"), mass=mass(language, said.unit_mass_g))
    draw(canvas, LEFT, BOTTOM + stock.text * 1.75, net, stock.text * 1.5, bold=True)
    if said.demo:
        right = stock.width - LEFT if stock.upright else LEFT + room
        draw(canvas, right, BOTTOM, translate(language, N_("DEMO")), stock.text * 1.25, bold=True, align=1)
    canvas.endForm()


def _square(canvas: Canvas, said: Labelled, stock: Stock, address: str) -> float:
    """Draw the QR with its code in words; returns how far to the right the words may go."""
    side, edge = stock.qr * MM, 3.4 * MM
    if stock.upright:
        x, y = (stock.width - side) / 2, BOTTOM + stock.text * 5.2
    else:
        x, y = stock.width - side - edge, (stock.height - side) / 2 + stock.text * 0.8
    draw_qr(canvas, x, y, side, address)
    code = show_code(said.code)
    size = fit(code, stock.text * 1.3, side, bold=True).size
    draw(canvas, x + side / 2, y - size * 0.9, code, size, bold=True, align=0.5)
    return stock.width - LEFT + 2 if stock.upright else x


def _lines(canvas: Canvas, y: float, fitted: Fitted, *, bold: bool = False) -> float:
    """Draw lines downwards from their upper edge `y`; returns their lower edge."""
    for line in fitted.lines:
        draw(canvas, LEFT, y - fitted.size * 0.95, line, fitted.size, bold=bold)
        y -= fitted.size * 1.28
    return y
