"""Text as dots for a receipt printer that has no Lao letters: outlines from HarfBuzz, filled three times as fine.

A picture has one bit a dot. Its PNG is printed by any phone; its raster commands go to an ESC/POS printer as they are.
"""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO
from typing import Final

from PIL import Image, ImageDraw

from traceability.documents.fonts import UNITS_PER_EM, typefaces
from traceability.documents.lines import runs
from traceability.documents.qr import QUIET_ZONE, dark_runs, matrix
from traceability.documents.receipt import Piece, ReceiptPaper, set_out

DOTS: Final = 384  # across the 48 mm that a 58 mm printer reaches, at 8 dots a millimetre
_MARGIN: Final = 4  # dots: a letter may reach past its own place
_SIZE: Final = 23  # dots: 2.9 mm, which a farmer reads without glasses
_FINER: Final = 3
_BLACK_FROM: Final = 150  # of 255: thin strokes stay whole
_STEPS: Final = 6  # straight pieces of one curve
_BAND: Final = 240  # rows sent at once: the memory of small printers

Point = tuple[float, float]
Contour = tuple[Point, ...]


def receipt_png(paper: ReceiptPaper) -> bytes:
    """The receipt as a PNG of one bit a dot, `DOTS` wide."""
    output = BytesIO()
    _picture(paper).save(output, "PNG", optimize=True)
    return output.getvalue()


def receipt_escpos(paper: ReceiptPaper) -> bytes:
    """The receipt as ESC/POS raster commands (GS v 0), with a feed of three lines behind it."""
    picture = _picture(paper)
    out = bytearray(b"\x1b@")
    for top in range(0, picture.height, _BAND):
        band = picture.crop((0, top, DOTS, min(top + _BAND, picture.height)))
        rows = bytes(byte ^ 0xFF for byte in band.tobytes())  # in a picture 1 is white, for a printer it is black
        out += b"\x1dv0\x00" + (DOTS // 8).to_bytes(2, "little") + band.height.to_bytes(2, "little") + rows
    return bytes(out + b"\x1bd\x03")


def _picture(paper: ReceiptPaper) -> Image.Image:
    slip = set_out(paper, DOTS - 2 * _MARGIN, _SIZE, qr_share=0.62)
    height = int(slip.height) + 1
    fine = Image.new("L", (DOTS * _FINER, height * _FINER), 255)
    brush = ImageDraw.Draw(fine)
    for piece in slip.pieces:
        _draw_text(brush, piece)
    picture = fine.resize((DOTS, height), Image.Resampling.BOX)
    brush = ImageDraw.Draw(picture)
    for y in slip.rules:
        brush.rectangle((_MARGIN, int(y), DOTS - _MARGIN, int(y) + 1), fill=0)
    left, top, module = (int(part) for part in slip.qr)
    for x, y, length in dark_runs(matrix(paper.check_address)):
        x0, y0 = _MARGIN + left + (x + QUIET_ZONE) * module, top + (y + QUIET_ZONE) * module
        brush.rectangle((x0, y0, x0 + length * module - 1, y0 + module - 1), fill=0)
    return picture.point(lambda grey: 255 if grey > _BLACK_FROM else 0).convert("1", dither=Image.Dither.NONE)


def _draw_text(brush: ImageDraw.ImageDraw, piece: Piece) -> None:
    """One line: glyph by glyph where HarfBuzz put them."""
    set_runs = runs(piece.text, piece.bold)
    scale = piece.size * _FINER / UNITS_PER_EM
    x = (_MARGIN + piece.x - piece.align * piece.size * sum(run.advance for run in set_runs)) * _FINER
    for run in set_runs:
        face = typefaces()[run.face]
        placed = run.shaped.__shapeData__  # type: ignore[attr-defined]  # the stubs do not know it
        for code, glyph in zip(str(run.shaped), placed, strict=True):
            at = (x + glyph.x_offset * scale, piece.y * _FINER - glyph.y_offset * scale)
            _draw_glyph(brush, at, scale, _outline(run.face, face.face.charToGlyph[ord(code)]))
            x += glyph.x_advance * scale


def _draw_glyph(brush: ImageDraw.ImageDraw, at: Point, scale: float, contours: tuple[Contour, ...]) -> None:
    """Fill the contours, the largest first; one that runs the other way round is a hole."""
    for contour in contours:
        dots = [(at[0] + x * scale, at[1] - y * scale) for x, y in contour]
        brush.polygon(dots, fill=0 if _area(contour) < 0 else 255)


@lru_cache(maxsize=2048)
def _outline(face: str, glyph: int) -> tuple[Contour, ...]:
    """The closed lines of a glyph in font units, its curves cut into straight pieces, the largest first."""
    pen = _Pen()
    typefaces()[face].shaper.draw_glyph_with_pen(glyph, pen)
    return tuple(sorted((tuple(line) for line in pen.lines if len(line) > 2), key=lambda line: -abs(_area(line))))


class _Pen:
    """What HarfBuzz tells of an outline, in the customary names of a font pen."""

    def __init__(self) -> None:
        self.lines: list[list[Point]] = []

    def moveTo(self, to: Point) -> None:  # noqa: N802 - the protocol of font pens
        self.lines.append([to])

    def lineTo(self, to: Point) -> None:  # noqa: N802
        self.lines[-1].append(to)

    def qCurveTo(self, by: Point, to: Point) -> None:  # noqa: N802
        (x0, y0), (x1, y1), (x2, y2) = self.lines[-1][-1], by, to
        for step in range(1, _STEPS + 1):
            t = step / _STEPS
            a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t * t
            self.lines[-1].append((a * x0 + b * x1 + c * x2, a * y0 + b * y1 + c * y2))

    def curveTo(self, one: Point, two: Point, to: Point) -> None:  # noqa: N802
        (x0, y0), (x1, y1), (x2, y2), (x3, y3) = self.lines[-1][-1], one, two, to
        for step in range(1, _STEPS + 1):
            t = step / _STEPS
            a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
            self.lines[-1].append((a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3))

    def closePath(self) -> None:  # noqa: N802
        """A polygon closes itself."""

    def endPath(self) -> None:  # noqa: N802
        """So does one that was left open."""


def _area(line: Contour) -> float:
    """Twice the signed area: negative where the line runs clockwise, as outer lines of TrueType do."""
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in zip(line, (*line[1:], line[0]), strict=True))
