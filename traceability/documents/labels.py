"""Bag labels on plain A4: the lot large, what is in the bag, which bag it is, and a QR with its code in words.

Everything that is the same on all labels is drawn once and placed many times, so ten thousand labels are a small
file; only the number of the bag is written on each. Black on white, for any office printer.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Final, Literal

from reportlab.pdfgen.canvas import Canvas

from traceability.documents import ink, terms
from traceability.documents.lines import Fitted, draw, fit, snug
from traceability.documents.qr import batch_address, draw_qr
from traceability.documents.sheet import HEIGHT, MM, WIDTH, blank_canvas
from traceability.domain.dossier import Dossier
from traceability.errors import Invalid
from traceability.words import N_, mass, translate

SheetName = Literal["a4_24", "a4_10"]
MOST: Final = 10_000
BOTTOM: Final = 5.2 * MM  # office printers leave about four millimetres white


class TooManyLabels(Invalid):
    """{count} labels were asked for. Print between 1 and {most} at a time."""


class UnknownLabelSheet(Invalid):
    """There is no label sheet called {sheet}. Choose one of: {known}."""


@dataclass(frozen=True)
class Grid:
    """A sheet of labels cut by lines: columns and rows, and the size of the largest print, in points."""

    columns: int
    rows: int
    qr: float
    lot: float
    text: float

    @property
    def width(self) -> float:
        """The width of one label."""
        return WIDTH / self.columns

    @property
    def height(self) -> float:
        """The height of one label."""
        return HEIGHT / self.rows


# 70 × 37 mm and 105 × 59.4 mm, the two commonest cuts of A4.
SHEETS: Final[dict[str, Grid]] = {
    "a4_24": Grid(3, 8, qr=22 * MM, lot=15, text=7),
    "a4_10": Grid(2, 5, qr=36 * MM, lot=26, text=10),
}


def labels(dossier: Dossier, *, count: int, public_url: str, sheet: SheetName = "a4_24", language: str = "en") -> bytes:
    """A PDF with `count` labels, numbered from 1, for sheets of 24 or of 10.

    Raises `TooManyLabels` unless 1 <= count <= 10 000, `UnknownLabelSheet` for another sheet.
    """
    if not 1 <= count <= MOST:
        raise TooManyLabels(at="count", count=count, most=MOST)
    grid = SHEETS.get(sheet)
    if grid is None:
        raise UnknownLabelSheet(at="sheet", sheet=sheet, known=", ".join(SHEETS))
    output = BytesIO()
    canvas = blank_canvas(output, f"{translate(language, N_('Labels'))} {dossier.lot_number}", "")
    _same_on_all(canvas, dossier, grid, batch_address(public_url, dossier.code), language)
    on_sheet = grid.columns * grid.rows
    for first in range(0, count, on_sheet):
        for at in range(min(on_sheet, count - first)):
            row, column = divmod(at, grid.columns)
            x, y = column * grid.width, HEIGHT - (row + 1) * grid.height
            canvas.saveState()
            canvas.translate(x, y)
            canvas.doForm("label")
            numbered = terms.unit_of(language, dossier.unit, first + at + 1, count)
            draw(canvas, 5 * MM, BOTTOM, numbered, grid.text * 1.25, bold=True)
            canvas.restoreState()
        _cutting_lines(canvas, grid)
        canvas.showPage()
    canvas.save()
    return output.getvalue()


def _same_on_all(canvas: Canvas, dossier: Dossier, grid: Grid, address: str, language: str) -> None:
    """Draw what every label shares as a form that the pages place."""
    canvas.beginForm("label", 0, 0, grid.width, grid.height)
    side, edge = grid.qr, 3.4 * MM
    x = grid.width - side - edge
    middle = (grid.height - side) / 2 + grid.text * 0.8
    draw_qr(canvas, x, middle, side, address)
    code = f"{dossier.code[:4]} {dossier.code[4:]}".strip()
    size = fit(code, grid.text * 1.3, side, bold=True).size
    draw(canvas, x + side / 2, middle - size * 0.9, code, size, bold=True, align=0.5)

    left, room = 5 * MM, x - 5 * MM - 2
    small = grid.text * 0.72
    y = grid.height - 4.6 * MM
    y = _lines(canvas, left, y, snug(dossier.issuer.name.text(language), grid.text, room, lines=2, least=small))
    lot = fit(dossier.lot_number, grid.lot, room, bold=True, least=grid.lot * 0.6)
    if lot.cut:
        lot = fit(dossier.lot_number, grid.lot, room, bold=True, lines=2, least=small)
    y = _lines(canvas, left, y - 2, lot, bold=True) - 3
    product = (dossier.form_names.text(language), dossier.commodity_names.text(language), dossier.grade)
    said = " · ".join(part for part in product if part)
    _lines(canvas, left, y, snug(said, grid.text, room, lines=2, least=small))
    net = translate(language, N_("Net ________ kg"))  # to be written by hand when the bags differ
    if dossier.unit_mass_g is not None:
        net = translate(language, N_("Net {mass}"), mass=mass(language, dossier.unit_mass_g))
    draw(canvas, left, BOTTOM + grid.text * 1.75, net, grid.text * 1.5, bold=True)
    if dossier.demo:
        draw(canvas, left + room, BOTTOM, translate(language, N_("DEMO")), grid.text * 1.25, bold=True, align=1)
    canvas.endForm()


def _lines(canvas: Canvas, x: float, y: float, fitted: Fitted, *, bold: bool = False) -> float:
    """Draw lines downwards from their upper edge `y`; returns their lower edge."""
    for line in fitted.lines:
        draw(canvas, x, y - fitted.size * 0.95, line, fitted.size, bold=bold)
        y -= fitted.size * 1.28
    return y


def _cutting_lines(canvas: Canvas, grid: Grid) -> None:
    """Thin lines between the labels, for paper that is not cut yet."""
    canvas.setStrokeColor(ink.LINE)
    canvas.setLineWidth(0.3)
    for column in range(1, grid.columns):
        canvas.line(column * grid.width, 0, column * grid.width, HEIGHT)
    for row in range(1, grid.rows):
        canvas.line(0, row * grid.height, WIDTH, row * grid.height)
