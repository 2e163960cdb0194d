"""The typefaces of the paper: registered once, every glyph given its code at start, every glyph's text known.

reportlab hands out codes to unencoded glyphs in the order of first use, so the bytes of a paper would depend on
what was printed before it; and it writes those private codes into the text layer, so copied Lao would lose its
marks. `Typeface` gives every glyph its code when the font is loaded and writes what each glyph says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Final

import uharfbuzz
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import SUBSETN, TTFont

from traceability import paths

REGULAR: Final = "TraceSans"
BOLD: Final = "TraceSans-Bold"
CHINESE: Final = "TraceSansSC"
FILES: Final = {
    REGULAR: "TraceSans-Regular.ttf",
    BOLD: "TraceSans-Bold.ttf",
    CHINESE: "TraceSansSC-Regular.ttf",
}
BOX: Final = "\u25a1"  # stands where a character has no glyph, so that a reader sees that one is missing
UNITS_PER_EM: Final = 1000  # of all three files; reportlab's widths are per thousand too

_PRIVATE: Final = range(0xE000, 0xF8FF)
_subsetting = Lock()  # reportlab's font parser keeps its read position in the face that all threads share


class Typeface(TTFont):
    """One font file: `code_of` maps a glyph to the code it is printed with, `text_of` a code to what it says."""

    def __init__(self, name: str, path: Path) -> None:
        super().__init__(name, str(path), asciiReadable=False)
        self.shaper = uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(path))))
        self.code_of: dict[int, int] = {}
        self.text_of: dict[int, str] = {}
        for code, glyph in sorted(self.face.charToGlyph.items()):
            self.code_of.setdefault(glyph, code)
            self.text_of[code] = chr(code)
        self.characters = frozenset(self.text_of)
        free = iter(_PRIVATE)
        for glyph in range(self.shaper.face.glyph_count):
            if glyph not in self.code_of:
                self._encode(glyph, next(free))

    def _encode(self, glyph: int, code: int) -> None:
        self.code_of[glyph] = code
        self.text_of[code] = glyph_text(self.shaper.glyph_to_string(glyph)) or BOX
        self.face.charToGlyph[code] = glyph
        self.face.charWidths[code] = self.shaper.get_glyph_h_advance(glyph)

    def addObjects(self, doc: Any) -> None:  # noqa: N802 - reportlab's name
        """Write the font into a document, with a text layer that says what was typed."""
        subsets = self.state[doc].subsets
        with _subsetting:
            super().addObjects(doc)
        for number, subset in enumerate(subsets):
            name = (SUBSETN(number) + b"+" + self.face.name + self.face.subfontNameX).decode("ascii")
            doc.idToObject["toUnicodeCMap:" + name].content = self._text_layer(name, subset)

    def _text_layer(self, name: str, subset: list[int]) -> str:
        """The ToUnicode map of a subset (PDF 32000-1, 9.10.3): at most one hundred entries a block."""
        said = [(index, self.text_of[code]) for index, code in enumerate(subset) if code]
        lines = [
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
            f"/CIDSystemInfo << /Registry ({name}) /Ordering ({name}) /Supplement 0 >> def",
            f"/CMapName /{name} def /CMapType 2 def",
            "1 begincodespacerange <00> <FF> endcodespacerange",
        ]
        for block in (said[start : start + 100] for start in range(0, len(said), 100)):
            lines.append(f"{len(block)} beginbfchar")
            lines += [f"<{index:02X}> <{utf16(text)}>" for index, text in block]
            lines.append("endbfchar")
        lines.append("endcmap CMapName currentdict /CMap defineresource pop end end")
        return "\n".join(lines)


def utf16(text: str) -> str:
    """Hexadecimal big-endian UTF-16, the form in which a PDF writes text."""
    return text.encode("utf-16-be").hex().upper()


def glyph_text(name: str) -> str:
    """What a glyph says, by the Adobe rule for glyph names: `uni0ECD_uni0EC9.right` is a niggahita and mai tho."""
    return "".join(_letters(name.partition(".")[0].split("_")))


def _letters(parts: Iterable[str]) -> Iterator[str]:
    for part in parts:
        digits = part.removeprefix("uni")
        if part.startswith("uni") and len(digits) == 4:
            yield chr(int(digits, 16))


@cache
def _load() -> dict[str, Typeface]:
    faces = {name: Typeface(name, paths.FONTS / file) for name, file in FILES.items()}
    for face in faces.values():
        pdfmetrics.registerFont(face)
    return faces


_loading = Lock()


def typefaces() -> dict[str, Typeface]:
    """The three faces by name, loaded and registered on first use (about 60 ms)."""
    with _loading:
        return _load()


def face_for(character: str, bold: bool) -> str | None:
    """The name of the face that has a glyph for `character`, or None when no face has one."""
    faces = typefaces()
    first = BOLD if bold else REGULAR
    code = ord(character)
    if code in faces[first].characters:
        return first
    return CHINESE if code in faces[CHINESE].characters else None
