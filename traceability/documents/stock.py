"""What labels are printed on: sheets of A4 and Letter that are cut or come cut, and rolls of thermal labels.

A size is one entry of `STOCKS`. Its square is as large as the label allows; `module_mm` says how large one of its
squares then is, and `check` refuses what phones would not read any more after rain, dust and folds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from reportlab.lib.colors import Color
from reportlab.pdfgen.canvas import Canvas

from traceability.documents import ink
from traceability.documents.qr import QUIET_ZONE, matrix
from traceability.documents.sheet import MM
from traceability.domain.text import shown
from traceability.errors import Invalid, Sentence
from traceability.words import N_

LEAST_MODULE_MM: Final = 0.5  # RELIABILITY R6; 203 dots an inch print it as four dots


class UnknownLabelSheet(Invalid):
    """There is no label sheet called {sheet}. Choose one of: {known}."""


class SquaresTooSmall(Invalid):
    """The address of this site is too long for the QR code of this label: its squares would be under half a millimetre.
    Choose another: {fitting}."""


class TooLongForLabels(Invalid):
    """The address of this site is too long for the QR code of any label. Ask whoever runs it for a shorter one."""


@dataclass(frozen=True)
class Stock:
    """A page of labels, in millimetres; `lot` and `text` are the sizes of the largest print, in points."""

    title: str
    page: tuple[float, float]
    columns: int
    rows: int
    label: tuple[float, float]
    qr: float
    lot: float
    text: float
    first: tuple[float, float] = (0, 0)  # from the left and the top of the page to the first label
    pitch: tuple[float, float] = (0, 0)  # from one label to the next; as wide and high as the label when not given
    hangs: bool = False  # on its bag until that is emptied

    @property
    def size(self) -> tuple[float, float]:
        """The page in points."""
        return self.page[0] * MM, self.page[1] * MM

    @property
    def width(self) -> float:
        """Of one label, in points."""
        return self.label[0] * MM

    @property
    def height(self) -> float:
        """Of one label, in points."""
        return self.label[1] * MM

    @property
    def upright(self) -> bool:
        """Whether the square stands below the words, and not beside them."""
        return self.label[1] > self.label[0]

    @property
    def on_page(self) -> int:
        """Labels on one page."""
        return self.columns * self.rows

    def place(self, at: int) -> tuple[float, float]:
        """The lower left corner of a label of the page, in points, counted row by row from 0."""
        row, column = divmod(at, self.columns)
        across, down = self.pitch if self.pitch != (0, 0) else self.label
        x = self.first[0] + column * across
        y = self.page[1] - self.first[1] - row * down - self.label[1]
        return x * MM, y * MM

    def module_mm(self, address: str, side: float | None = None) -> float:
        """How large one square of the code of `address` is, on a side of so many millimetres."""
        return (side or self.qr) / (len(matrix(address)) + 2 * QUIET_ZONE)

    def reads(self, address: str, side: float | None = None) -> bool:
        """Whether the code of `address` can be read when it is dirty and creased."""
        return self.module_mm(address, side) >= LEAST_MODULE_MM

    def check(self, address: str, side: float | None = None) -> None:
        """Raises SquaresTooSmall with the labels that have room, TooLongForLabels where none has."""
        if self.reads(address, side):
            return
        fitting = [stock.title for stock in STOCKS.values() if stock.reads(address)]
        if not fitting:
            raise TooLongForLabels(at="sheet")
        raise SquaresTooSmall(at="sheet", fitting=_listed(fitting))

    def cutting_lines(self, canvas: Canvas, color: Color = ink.LINE) -> None:
        """Thin lines between labels that touch, for paper that is not cut yet."""
        if self.pitch != (0, 0) or self.on_page == 1:
            return
        canvas.setStrokeColor(color)
        canvas.setLineWidth(0.3)
        wide, high = self.size
        left, top = self.first[0] * MM, high - self.first[1] * MM
        edges = 0 if self.first == (0, 0) else 1  # where the page ends no cut is needed
        for column in range(1 - edges, self.columns + edges):
            x = left + column * self.width
            canvas.line(x, top - self.rows * self.height if edges else 0, x, top)
        for row in range(1 - edges, self.rows + edges):
            y = top - row * self.height
            canvas.line(left, y, left + self.columns * self.width if edges else wide, y)


_A4: Final = (210.0, 297.0)
_LETTER: Final = (215.9, 279.4)

STOCKS: Final[dict[str, Stock]] = {
    # the two commonest cuts of A4
    "a4_24": Stock(N_("24 small labels on A4"), _A4, 3, 8, (70, 37.125), qr=25, lot=15, text=7),
    "a4_10": Stock(N_("10 large labels on A4"), _A4, 2, 5, (105, 59.4), qr=36, lot=26, text=10),
    # the cuts of Letter that are sold as 5163 and 5164
    "letter_10": Stock(
        N_("10 labels on Letter"),
        _LETTER,
        2,
        5,
        (101.6, 50.8),
        qr=32,
        lot=23,
        text=9,
        first=(4.0, 12.7),
        pitch=(106.4, 50.8),
    ),
    "letter_6": Stock(
        N_("6 large labels on Letter"),
        _LETTER,
        2,
        3,
        (101.6, 84.67),
        qr=44,
        lot=28,
        text=11,
        first=(4.0, 12.7),
        pitch=(106.4, 84.67),
    ),
    # rolls
    "tag": Stock(N_("Bag tag, 100 × 70 mm"), (100, 70), 1, 1, (100, 70), qr=40, lot=28, text=10.5, hangs=True),
    "box": Stock(N_("Box label, 100 × 150 mm"), (100, 150), 1, 1, (100, 150), qr=68, lot=32, text=13),
    "roll_58": Stock(N_("Roll of 58 mm"), (58, 40), 1, 1, (58, 40), qr=25, lot=13, text=6.5),
}


def _listed(titles: Sequence[str]) -> Sentence:
    """These titles in the reader's language, one after the other."""
    named = {f"n{n}": Sentence(title) for n, title in enumerate(titles)}
    return Sentence("; ".join(f"{{{key}}}" for key in named), named)


def stock_called(name: str, known: Mapping[str, Stock] = STOCKS) -> Stock:
    """The stock of this name. Raises UnknownLabelSheet."""
    if name not in known:
        raise UnknownLabelSheet(at="sheet", sheet=shown(name), known=_listed([stock.title for stock in known.values()]))
    return known[name]
