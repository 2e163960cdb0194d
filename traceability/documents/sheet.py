"""A sheet of paper to write on: places are points from the top left, every text is fitted to its room.

Labels stand in English with the issuer's language and Chinese small and grey beside it; what is said of the batch
is written once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from reportlab.lib.colors import Color
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from traceability.documents import ink
from traceability.documents.fonts import REGULAR, typefaces
from traceability.documents.lines import draw, fit, snug
from traceability.words import lookup, translate

WIDTH: Final[float] = A4[0]
HEIGHT: Final[float] = A4[1]
MM: Final = 72 / 25.4
LEFT: Final = 12.5 * MM
RIGHT: Final = WIDTH - LEFT
ROOM: Final = RIGHT - LEFT


def blank_canvas(output: BytesIO, title: str, author: str, size: tuple[float, float] = A4) -> Canvas:
    """A canvas whose bytes depend on nothing but what is drawn on it: no date, no default font, no random name."""
    typefaces()
    canvas = Canvas(
        output,
        pagesize=size,
        pageCompression=1,
        invariant=1,
        initialFontName=REGULAR,  # type: ignore[arg-type]  # a name; the stubs are wrong
    )
    canvas.setTitle(title)
    canvas.setAuthor(author)
    canvas.setCreator("traceability")
    canvas.setProducer("traceability")
    return canvas


@dataclass(frozen=True)
class Sheet:
    """One canvas with the languages of its labels; `language` is the language of what is said."""

    canvas: Canvas
    language: str
    local: str  # the issuer's language: lo, vi or ""

    def say(self, text: str, **values: object) -> str:
        """A sentence in the language of the paper's content."""
        return translate(self.language, text, **values)

    def others(self, text: str, **values: object) -> str:
        """Beside English words: the same in the issuer's language and in Chinese, where they are known."""
        return " · ".join(self._besides("en", (self.local, "zh"), text, values))

    def beside(self, text: str, **values: object) -> tuple[str, ...]:
        """Beside what `say` says: the same in two of English, the issuer's language and Chinese, nothing twice."""
        return self._besides(self.language, ("en", self.local, "zh"), text, values)

    def _besides(self, said: str, languages: Sequence[str], text: str, values: Mapping[str, object]) -> tuple[str, ...]:
        known = [code for code in languages if code == "en" or (code and lookup(code, text) != text)]
        told = dict.fromkeys(translate(code, text, **values) for code in known)
        told.pop(translate(said, text, **values), None)
        return tuple(told)[:2]

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        *,
        room: float = ROOM,
        bold: bool = False,
        color: Color = ink.INK,
        align: float = 0,
        least: float = 5,
    ) -> float:
        """One line, shrunk to its room; returns the width taken."""
        fitted = fit(text, size, room, bold=bold, least=least)
        return draw(self.canvas, x, HEIGHT - y, fitted.lines[0], fitted.size, bold=bold, color=color, align=align)

    def paragraph(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        *,
        room: float,
        lines: int,
        bold: bool = False,
        color: Color = ink.INK,
        least: float = 6,
        leading: float = 1.5,
    ) -> float:
        """Up to `lines` lines from the baseline `y` down; returns the baseline of the line after."""
        fitted = fit(text, size, room, lines=lines, bold=bold, least=least)
        for line in fitted.lines:
            draw(self.canvas, x, HEIGHT - y, line, fitted.size, bold=bold, color=color)
            y += fitted.size * leading
        return y

    def snug(
        self, x: float, y: float, text: str, size: float, *, room: float, lines: int, least: float, bold: bool = False
    ) -> float:
        """Words that wrap only where one line cannot hold them; returns the baseline of the line after."""
        fitted = snug(text, size, room, lines=lines, bold=bold, least=least)
        for line in fitted.lines:
            draw(self.canvas, x, HEIGHT - y, line, fitted.size, bold=bold)
            y += fitted.size * 1.2
        return y

    def label(self, x: float, y: float, text: str, room: float, *, size: float = 6.6) -> None:
        """What a field is, in three languages on one quiet line."""
        others = self.others(text)
        said = translate("en", text)
        self.text(x, y, f"{said}  {others}" if others else said, size, room=room, color=ink.QUIET)

    def heading(self, x: float, y: float, text: str, room: float, note: str = "") -> None:
        """The heading of a section: English in leaf green, the other languages quiet beside it, a line below.

        A note, where there is one, stands at the right.
        """
        self.rule(x, y + 4.5, room)
        taken = self.text(x, y, translate("en", text), 9, room=room * 0.55, bold=True, color=ink.LEAF) + 6
        if note:
            room -= 6 + self.text(x + room, y, note, 7.2, room=room * 0.4, align=1, color=ink.RIVER)
        others = self.others(text)
        if not fit(others, 7.5, room - taken, least=5).cut:  # half a word helps nobody
            self.text(x + taken, y, others, 7.5, room=room - taken, color=ink.QUIET)

    def field(self, x: float, y: float, text: str, value: str, room: float, *, size: float = 9) -> None:
        """A label with its value below; a struck line when there is none."""
        self.label(x, y, text, room)
        if not value:
            self.strike(x, y + 9, min(room, 60))
            return
        fitted = fit(value, size, room, bold=True, least=7)
        if fitted.cut:
            self.paragraph(x, y + 8, value, 6.6, room=room, lines=2, bold=True, least=4.8, leading=1.25)
        else:
            self.text(x, y + 11.5, value, size, room=room, bold=True, least=7)

    def rule(self, x: float, y: float, room: float, color: Color = ink.LINE, weight: float = 0.6) -> None:
        """A thin line."""
        self.canvas.setStrokeColor(color)
        self.canvas.setLineWidth(weight)
        self.canvas.line(x, HEIGHT - y, x + room, HEIGHT - y)

    def strike(self, x: float, y: float, room: float) -> None:
        """A line through an unused place, so that nothing can be written into it later."""
        self.rule(x, y, room, ink.STRUCK, 0.7)

    def strike_block(self, x: float, y: float, room: float, height: float) -> None:
        """One line from corner to corner through several unused lines."""
        self.canvas.setStrokeColor(ink.STRUCK)
        self.canvas.setLineWidth(0.7)
        self.canvas.line(x, HEIGHT - y - height, x + room, HEIGHT - y)

    def box(self, x: float, y: float, room: float, height: float, fill: Color, line: Color | None = None) -> None:
        """A rectangle with its upper left corner at `(x, y)`."""
        self.canvas.setFillColor(fill)
        self.canvas.setStrokeColor(line or fill)
        self.canvas.setLineWidth(0.6)
        self.canvas.roundRect(x, HEIGHT - y - height, room, height, 3, stroke=1, fill=1)
