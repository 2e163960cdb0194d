"""Text on paper: runs by face, shaped by HarfBuzz, measured, broken into lines, shrunk to fit, drawn.

What people typed is drawn as it is; nothing in it is markup. Where the printed glyphs alone would not give the
typed text back (Lao vowel AM is two glyphs, a character without glyph is a box), the run carries it as ActualText.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Final

import uharfbuzz
from reportlab.lib.colors import Color
from reportlab.pdfbase.ttfonts import ShapeData, ShapedStr
from reportlab.pdfgen.canvas import Canvas

from traceability.documents import ink
from traceability.documents.fonts import BOLD, BOX, REGULAR, UNITS_PER_EM, face_for, typefaces, utf16
from traceability.documents.syllables import pieces

ELLIPSIS: Final = "…"
_INVISIBLE: Final = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff]")
_BLANK: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")


@dataclass(frozen=True)
class Run:
    """A stretch of text in one face, shaped; `advance` is its width at size 1."""

    face: str
    text: str
    shaped: ShapedStr
    advance: float
    exact: bool  # the glyphs alone say the text, in reading order


@dataclass(frozen=True)
class Fitted:
    """Text that was made to fit: its size and its lines."""

    size: float
    lines: tuple[str, ...]
    cut: bool = False  # even at the least size it did not fit


def clean(text: str) -> str:
    """`text` composed (NFC), without invisible and control characters; no-break spaces stay."""
    return _BLANK.sub(" ", _INVISIBLE.sub("", unicodedata.normalize("NFC", text)))


@lru_cache(maxsize=8192)
def runs(text: str, bold: bool = False) -> tuple[Run, ...]:
    """`text` cut into runs of one face each. A space stays in the run before it."""
    named: list[tuple[str, str]] = []
    for char in clean(text):
        face = named[-1][0] if char == " " and named else face_for(char, bold)
        named.append((face or "", char))
    found = []
    for face, group in groupby(named, key=lambda pair: pair[0]):
        typed = "".join(char for _, char in group)
        found.append(_shape(face or (BOLD if bold else REGULAR), typed, missing=not face))
    return tuple(found)


def _shape(face_name: str, typed: str, *, missing: bool) -> Run:
    """Shape with HarfBuzz in font units and hand the glyphs to reportlab by their fixed codes."""
    face = typefaces()[face_name]
    buffer = uharfbuzz.Buffer()
    buffer.cluster_level = uharfbuzz.BufferClusterLevel.MONOTONE_CHARACTERS
    buffer.add_str(re.sub(r"\S", BOX, typed) if missing else typed)
    buffer.guess_segment_properties()
    uharfbuzz.shape(face.shaper, buffer, {"kern": True, "liga": False})
    codes, data = [], []
    for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        code = face.code_of[info.codepoint]
        if not missing and face.face.charToGlyph.get(ord(typed[info.cluster])) == info.codepoint:
            code = ord(typed[info.cluster])
        codes.append(code)
        data.append(
            ShapeData(
                info.cluster,
                position.x_advance,
                position.y_advance,
                position.x_offset,
                position.y_offset,
                face.face.charWidths[code],
            )
        )
    shaped = ShapedStr("".join(map(chr, codes)), data)  # type: ignore[arg-type]  # a list; the stubs are wrong
    said = "".join(face.text_of[code] for code in codes)
    exact = said == typed and not any(glyph.x_offset for glyph in data)  # readers guess a space at a moved mark
    return Run(face_name, typed, shaped, sum(glyph.x_advance for glyph in data) / UNITS_PER_EM, exact)


def width(text: str, size: float, bold: bool = False) -> float:
    """The width of one line in points, as HarfBuzz sets it."""
    return size * sum(run.advance for run in runs(text, bold))


@lru_cache(maxsize=4096)
def break_lines(text: str, measure: float, bold: bool = False) -> tuple[str, ...]:
    """Lines no wider than `measure` (in ems: points divided by the size), broken where the scripts allow it."""
    lines: list[str] = []
    line = ""
    for word in re.split("[ \n]+", clean(text).strip()):
        gap = " " if line else ""
        for piece in pieces(word):
            joined = line + gap + piece
            if width(joined, 1, bold) <= measure:
                line = joined
            else:
                if line:
                    lines.append(line)
                *whole, line = _chopped(piece, measure, bold)
                lines += whole
            gap = ""
    return (*lines, line) if line or not lines else tuple(lines)


def _chopped(piece: str, measure: float, bold: bool) -> list[str]:
    """A piece wider than a whole line (a long code, an address), cut between letters but never before a mark."""
    parts = [""]
    for char in piece:
        joins = unicodedata.combining(char) or unicodedata.category(char) == "Mn"
        if parts[-1] and not joins and width(parts[-1] + char, 1, bold) > measure:
            parts.append("")
        parts[-1] += char
    return parts


def fit(text: str, size: float, room: float, *, lines: int = 1, least: float = 5.5, bold: bool = False) -> Fitted:
    """`text` at `size`, or smaller down to `least`, so that it takes at most `lines` lines `room` points wide.

    Shrinking comes before cutting; what does not fit at the least size ends in an ellipsis.
    """
    natural = width(text, 1, bold)
    if natural * size <= room:
        return Fitted(size, (clean(text).strip(),))
    while size > least and natural * size > room * lines:
        size = max(least, size - 0.25)
    broken = break_lines(text, room / size, bold)
    while len(broken) > lines and size > least:
        size = max(least, size - 0.25)
        broken = break_lines(text, room / size, bold)
    if len(broken) <= lines:
        return Fitted(size, broken)
    last = broken[lines - 1]
    while last and width(last + ELLIPSIS, size, bold) > room:
        last = last[:-1]
    return Fitted(size, (*broken[: lines - 1], last + ELLIPSIS), cut=True)


def snug(text: str, size: float, room: float, *, lines: int, least: float = 5.5, bold: bool = False) -> Fitted:
    """Like `fit`, but on as few lines as possible: a second line is used only when the first cannot hold it."""
    fitted = fit(text, size, room, least=least, bold=bold)
    for count in range(2, lines + 1):
        if not fitted.cut:
            break
        fitted = fit(text, size, room, lines=count, least=least, bold=bold)
    return fitted


def draw(
    canvas: Canvas,
    x: float,
    y: float,
    text: str,
    size: float,
    *,
    bold: bool = False,
    color: Color = ink.INK,
    align: float = 0,
) -> float:
    """Draw one line with its baseline at `y` and return its width; `align` 0 is left of `x`, 0.5 centre, 1 right."""
    set_runs = runs(text, bold)
    total = size * sum(run.advance for run in set_runs)
    x -= total * align
    canvas.setFillColor(color)
    for run in set_runs:
        if not run.exact:
            canvas.addLiteral(f"/Span <</ActualText <FEFF{utf16(run.text)}>>> BDC")
        line = canvas.beginText(x, y)
        line.setFont(run.face, size)
        line.textOut(run.shaped)
        canvas.drawText(line)
        if not run.exact:
            canvas.addLiteral("EMC")
        x += size * run.advance
    return total
