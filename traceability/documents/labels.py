"""Labels of bags and boxes: the lot large, what is in it, which of how many it is, and a QR with its code in words.

Everything that is the same on all labels is drawn once and placed many times, so ten thousand labels are a small
file; what differs from box to box is written on each: its number, and its QR where every box has a serial of its own.
Black on white, for any office or thermal printer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO, Final, Protocol

from reportlab.pdfgen.canvas import Canvas

from traceability.documents import terms
from traceability.documents.lines import Fitted, draw, fit, snug, width
from traceability.documents.qr import batch_address, box_address, draw_qr
from traceability.documents.sheet import MM, blank_canvas
from traceability.documents.stock import Stock, stock_called
from traceability.documents.streamed import Streamed
from traceability.domain.dossier import Dossier
from traceability.domain.identifiers import show_code
from traceability.domain.serials import Box, show_serial
from traceability.errors import Invalid
from traceability.words import N_, mass, translate

MOST: Final = 10_000
MOST_SIGNS: Final = 90  # of an address
BOTTOM: Final = 5.2 * MM  # office printers leave about four millimetres white
LEFT: Final = 5 * MM
SAMPLE_SERIAL: Final = "0" * 20  # as long as every other, where only the length matters
WIDE_SERIAL: Final = "DGHNQ" * 4  # wider than all but a few in a million


class TooManyLabels(Invalid):
    """{count} labels were asked for. Print between 1 and {most} at a time."""


@dataclass(frozen=True)
class Labelled:
    """What is said on every label of one lot or batch; `notes` are lines that some goods need.

    `gtin` and `key` are the article and lot of a GS1 Digital Link, where the batch has them.
    """

    code: str
    number: str
    issuer: str
    goods: str
    unit: str  # what is labelled: a bag, a box; empty for any
    unit_mass_g: int | None  # when all are alike; else the scale's reading is written by hand
    notes: tuple[str, ...] = ()
    demo: bool = False
    gtin: str = ""
    key: str = ""
    crop_year: str = ""

    def address(self, public_url: str, serial: str = "") -> str:
        """What the QR says: the batch, or the one box with this serial.

        Where article and lot would make it longer than survives the field (RELIABILITY R6), it names the batch's code.
        """
        if not serial:
            return batch_address(public_url, self.code)
        linked = box_address(public_url, self.code, serial, gtin=self.gtin, key=self.key)
        return linked if len(linked) <= MOST_SIGNS else box_address(public_url, self.code, serial)


class Design(Protocol):
    """A kind of label: what all share, and what is written on each."""

    stock: Stock
    title: str

    def shared(self, canvas: Canvas) -> None:
        """Draw what is the same on every label."""

    def each(self, canvas: Canvas, box: Box) -> None:
        """Draw what only this box says."""


def of_batch(dossier: Dossier, language: str, key: str = "") -> Labelled:
    """The bags of a batch; `key` is its lot as a GS1 label says it."""
    product = (dossier.form_names.text(language), dossier.commodity_names.text(language), dossier.grade)
    ico = translate(language, N_("ICO mark"))
    return Labelled(
        code=dossier.code,
        number=dossier.lot_number,
        issuer=dossier.issuer.name.text(language),
        goods=" · ".join(part for part in product if part),
        unit=dossier.unit,
        unit_mass_g=dossier.unit_mass_g,
        notes=(f"{ico} {dossier.marks.ico}",) if dossier.marks.ico else (),
        demo=dossier.demo,
        gtin=dossier.marks.gtin,
        key=key,
        crop_year=dossier.crop_year,
    )


def labels(
    said: Labelled,
    *,
    count: int,
    public_url: str,
    sheet: str = "a4_24",
    language: str = "en",
    first: int = 1,
    of: int | None = None,
) -> bytes:
    """A PDF with `count` labels without serials, numbered from `first`, on one of `stock.STOCKS`.

    Raises `TooManyLabels` unless 1 <= count <= 10 000, `UnknownLabelSheet` for another sheet, `SquaresTooSmall` where
    the address is too long for the label.
    """
    if not 1 <= count <= MOST:
        raise TooManyLabels(at="count", count=count, most=MOST)
    output = BytesIO()
    design = BagLabel(said, stock_called(sheet), public_url, language)
    write_labels(output, design, (Box(n, of or count, "") for n in range(first, first + count)))
    return output.getvalue()


def write_labels(
    output: BinaryIO, design: Design, boxes: Iterable[Box], progress: Callable[[int], object] = lambda _done: None
) -> None:
    """Write a label for every box, page by page; `progress` is told after each page how many labels are done."""
    stock = design.stock
    canvas = blank_canvas(BytesIO(), design.title, "", stock.size)
    paper = Streamed(canvas, output)
    canvas.beginForm("label", 0, 0, stock.width, stock.height)
    design.shared(canvas)
    canvas.endForm()
    at = 0
    for done, box in enumerate(boxes, start=1):
        canvas.saveState()
        canvas.translate(*stock.place(at))
        canvas.doForm("label")
        design.each(canvas, box)
        canvas.restoreState()
        at += 1
        if at == stock.on_page:
            _end_page(paper, stock)
            progress(done)
            at = 0
    if at:
        _end_page(paper, stock)
        progress(done)
    paper.close()


def _end_page(paper: Streamed, stock: Stock) -> None:
    stock.cutting_lines(paper.canvas)
    paper.end_page()


class BagLabel:
    """The usual label: who, which lot, what, how much, and the QR beside or below it."""

    def __init__(
        self, said: Labelled, stock: Stock, public_url: str, language: str = "en", *, serials: bool = False
    ) -> None:
        """Raises SquaresTooSmall. With `serials` every box has a QR of its own."""
        self.stock, self.title = stock, f"{translate(language, N_('Labels'))} {said.number}"
        self._said, self._public_url, self._language, self._serials = said, public_url, language, serials
        stock.check(said.address(public_url, SAMPLE_SERIAL if serials else ""))
        side, edge = stock.qr * MM, 2 * MM
        if stock.upright:
            self._square = (stock.width - side) / 2, BOTTOM + stock.text * (6.6 if serials else 5.2)
        else:
            middle, words_below = (stock.height - side) / 2 + stock.text * 0.8, BOTTOM + stock.text * 2.9
            y = max(middle, words_below) if serials else middle
            self._square = stock.width - side - edge, min(y, stock.height - side - 1 * MM)
        self._room = stock.width - 2 * LEFT if stock.upright else self._square[0] - LEFT - 2

    def shared(self, canvas: Canvas) -> None:
        """Draw what every label shares."""
        said, stock, language = self._said, self.stock, self._language
        room, small = self._room, stock.text * 0.72
        y = stock.height - 4.6 * MM
        y = _lines(canvas, y, snug(said.issuer, stock.text, room, lines=2, least=small))
        number = fit(said.number, stock.lot, room, bold=True, least=stock.lot * 0.6)
        if number.cut or (stock.hangs and number.size < stock.lot):  # a bag is read from where one stands
            number = fit(said.number, stock.lot, room, bold=True, lines=2, least=small)
        y = _lines(canvas, y - 2, number, bold=True) - 3
        y = _lines(canvas, y, snug(said.goods, stock.text, room, lines=2, least=small))
        for line in (*self._of_tags(), *said.notes):
            note = snug(line, stock.text, room, lines=2, least=small)
            if y - note.size * 1.28 * len(note.lines) < BOTTOM + stock.text * 3.2:  # a small label has room for less
                break
            y = _lines(canvas, y, note)
        net = translate(language, N_("Net ________ kg"))  # to be written by hand when the bags differ
        if said.unit_mass_g is not None:
            net = translate(language, N_("Net {mass}"), mass=mass(language, said.unit_mass_g))
        draw(canvas, LEFT, BOTTOM + stock.text * 1.75, net, stock.text * 1.5, bold=True)
        if stock.hangs:
            x, y = self._square[0] + stock.qr * MM / 2, self._square[1] + stock.qr * MM + 2 * MM
            stays = fit(translate(language, N_("Do not remove")), stock.text, stock.qr * MM, bold=True)
            draw(canvas, x, y, stays.lines[0], stays.size, bold=True, align=0.5)
        if not self._serials:
            self._draw_square(canvas, "")

    def _of_tags(self) -> list[str]:
        """What is said only where there is room for it, and time to read it: the crop year."""
        if not (self.stock.hangs and self._said.crop_year):
            return []
        return [f"{translate(self._language, N_('Crop year'))} {self._said.crop_year}"]

    def each(self, canvas: Canvas, box: Box) -> None:
        """Draw which of how many it is, and its own QR where it has one."""
        numbered = terms.unit_of(self._language, self._said.unit, box.n, box.of)
        mark = translate(self._language, N_("DEMO")) if self._said.demo else ""
        size = self.stock.text * 1.25
        wide = width(numbered, size, True) + (width(mark, size, True) + size if mark else 0)
        size *= min(1, self._room / wide)  # both on one line, apart
        draw(canvas, LEFT, BOTTOM, numbered, size, bold=True)
        if mark:
            draw(canvas, LEFT + self._room, BOTTOM, mark, size, bold=True, align=1)
        if self._serials:
            self._draw_square(canvas, box.serial)

    def _draw_square(self, canvas: Canvas, serial: str) -> None:
        """Draw the QR with its codes in words below it."""
        (x, y), side, text = self._square, self.stock.qr * MM, self.stock.text
        draw_qr(canvas, x, y, side, self._said.address(self._public_url, serial))
        code = show_code(self._said.code)
        size = fit(code, text * (1 if serial else 1.3), side, bold=True).size
        y -= size * 0.9
        draw(canvas, x + side / 2, y, code, size, bold=True, align=0.5)
        if serial:
            draw_serial(canvas, x + side / 2, y - 1, serial, side, most=text * 0.9)


def draw_serial(canvas: Canvas, x: float, y: float, serial: str, room: float, *, most: float) -> None:
    """Draw a serial in groups around `x` below `y`: on one line where it can be read so, else on two.

    Every serial is set like one of wide letters, so that all labels of a sheet look the same.
    """
    whole, wide = show_serial(serial), show_serial(WIDE_SERIAL)
    one = fit(wide, most, room, least=5)
    lines, like = ([whole], wide) if not one.cut else ([whole[:14], whole[15:]], wide[:14])
    size = min(fit(line, most, room, least=4).size for line in (like, *lines))
    for line in lines:
        y -= size
        draw(canvas, x, y, line, size, align=0.5)


def _lines(canvas: Canvas, y: float, fitted: Fitted, *, bold: bool = False) -> float:
    """Draw lines downwards from their upper edge `y`; returns their lower edge."""
    for line in fitted.lines:
        draw(canvas, LEFT, y - fitted.size * 0.95, line, fitted.size, bold=bold)
        y -= fitted.size * 1.28
    return y
