"""The marks of a coffee bag as letters to cut out: 50 mm high, on A4 sheets that are put side by side (UX 6.3).

No word, no number and no grade is parted: a long row has narrower letters, as high as all others. A sheet ends where a
mark ends.
Only capitals without marks, digits and the usual signs can be cut: a tone mark or the dot below a letter would fall
into the next row, and the strokes of a Chinese sign cross. A grade with others is left off, and whoever prints is told.
Bridges hold what is inside a letter, which would fall out. For the number of each bag there is room: it is painted in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Final

from reportlab.lib.colors import white
from reportlab.pdfgen.canvas import Canvas

from traceability.documents import terms
from traceability.documents.lines import break_lines, draw, width
from traceability.documents.sheet import MM, blank_canvas
from traceability.domain.dossier import Dossier
from traceability.errors import Conflict
from traceability.words import N_, NO_BREAK, mass, translate

LETTER_MM: Final = 50.0  # least height of a capital
_CAPITAL: Final = 0.714  # of the size of the type
_SIZE: Final = LETTER_MM * MM / _CAPITAL
_PAGE: Final = (297 * MM, 210 * MM)
_EDGE: Final = 8 * MM
_LEADING: Final = 64 * MM
_LINES: Final = 3  # of letters on a sheet
_MOST_SHEETS: Final = 20
_ROOM: Final = (_PAGE[0] - 2 * _EDGE) / _SIZE
_NARROW: Final = 0.6  # of the usual width: several words may share a row of such letters
_CUT: Final = re.compile(r"[A-Za-z0-9\s.,:+/&%()'-]*")  # as capitals
_NARROWEST: Final = 0.4  # for one word that is longer than a sheet
_BRIDGE: Final = 3 * MM  # as wide as cardboard needs to hold
_HELD_AT: Final = {
    **dict.fromkeys("ABDOPQR04689", (0.5,)),
    "4": (0.36,),
    "&": (0.4,),
    "%": (0.22, 0.78),
}  # of the width
_ROOM_FOR_A_NUMBER: Final = NO_BREAK * 8


class NoIcoMark(Conflict):
    """This batch has no ICO mark. It is typed when the batch is sealed."""


def marks_of(dossier: Dossier) -> list[str]:
    """What is painted on every bag, line by line. Raises NoIcoMark."""
    if not dossier.marks.ico:
        raise NoIcoMark()
    net = f"NET {mass('en', dossier.unit_mass_g)}" if dossier.unit_mass_g is not None else ""
    grade = "" if uncut_grade(dossier) else dossier.grade
    form = dossier.form_names.text("en")
    kind = [word for word in dossier.commodity_names.text("en").split() if word.lower() not in form.lower()]
    goods = " ".join(part for part in (*kind, form, grade) if part)
    return [
        line.upper()
        for line in (
            terms.country("en", dossier.issuer.place.country),
            goods,
            f"CROP {dossier.crop_year}" if dossier.crop_year else "",
            net,
            f"ICO {dossier.marks.ico}",
            f"LOT {dossier.lot_number}",
            _numbered(dossier),
        )
        if line
    ]


def _numbered(dossier: Dossier) -> str:
    """Which bag of how many: `BAG      /26`."""
    if dossier.unit_count < 2:
        return ""
    return f"{dossier.unit_names.text('en') or dossier.unit}{_ROOM_FOR_A_NUMBER}/{dossier.unit_count}"


def uncut_grade(dossier: Dossier) -> str:
    """The grade where it has signs that cannot be cut; else nothing."""
    return "" if _CUT.fullmatch(dossier.grade) else dossier.grade


def stencil(dossier: Dossier, language: str = "en") -> bytes:
    """A PDF of outlined letters. Raises NoIcoMark."""
    sheets = sheets_of(marks_of(dossier))[:_MOST_SHEETS]
    output = BytesIO()
    title = f"{translate(language, N_('Stencil'))} {dossier.lot_number}"
    canvas = blank_canvas(output, title, dossier.issuer.name.text(language), _PAGE)
    for n, rows in enumerate(sheets, start=1):
        for at, row in enumerate(rows):
            outline(canvas, row, _PAGE[1] - _EDGE - 52 * MM - at * _LEADING)
        foot = f"{title} · {translate(language, N_('Sheet {n} of {total}'), n=n, total=len(sheets))}"
        draw(canvas, _EDGE, 4.5 * MM, foot, 8)
        canvas.showPage()
    canvas.save()
    return output.getvalue()


def sheets_of(marks: Sequence[str]) -> list[list[str]]:
    """The rows of every sheet. A mark that the rest of a sheet cannot hold begins on the next one."""
    sheets: list[list[str]] = [[]]
    for mark in marks:
        rows = rows_of(mark)
        if len(sheets[-1]) + len(rows) > _LINES and sheets[-1]:
            sheets.append([])
        for row in rows:
            if len(sheets[-1]) == _LINES:
                sheets.append([])
            sheets[-1].append(row)
    return sheets


def rows_of(mark: str) -> list[str]:
    """A mark in as few rows as a sheet is wide for, parted at spaces; at dashes and slashes what fits no row at all."""
    rows = [""]
    for word in _words(mark):
        whole = width(word, 1, True) <= _ROOM / _NARROWEST
        for at, part in enumerate([word] if whole else re.findall(r"[^/-]*[/-]|[^/-]+", word)):
            gap = " " if rows[-1] and not at else ""
            if rows[-1] and width(rows[-1] + gap + part, 1, True) > _ROOM / _NARROW:
                rows.append(part)
            else:
                rows[-1] += gap + part
    return [piece for row in rows for piece in break_lines(row, _ROOM / _NARROWEST, True)]


def _words(mark: str) -> list[str]:
    """The words of a mark; a letter or a short number stays with the word before it, as in `COFFEE A`."""
    words: list[str] = []
    for word in mark.split(" "):
        if words and (len(word) == 1 or (len(word) <= 3 and word.isdigit())):
            words[-1] += NO_BREAK + word
        else:
            words.append(word)
    return words


def outline(canvas: Canvas, text: str, y: float) -> None:
    """One row of letters as lines to cut along, and nothing to fill; narrower where they would leave the sheet."""
    narrowed = min(1, _ROOM / width(text, 1, True))
    canvas.saveState()
    canvas.setLineWidth(1)
    canvas.translate(_EDGE, y)
    canvas.scale(narrowed, 1)
    canvas.addLiteral("1 Tr")
    draw(canvas, 0, 0, text, _SIZE, bold=True)
    canvas.addLiteral("0 Tr")
    bridges = [(middle - _BRIDGE / narrowed / 2, _BRIDGE / narrowed) for middle in _bridges(text)]
    canvas.setFillColor(white)
    for left, wide in bridges:  # no line is cut across a bridge
        canvas.rect(left, -0.1 * _SIZE, wide, _SIZE, stroke=0, fill=1)
    canvas.addLiteral("7 Tr")  # what follows is drawn within the letters only
    draw(canvas, 0, 0, text, _SIZE, bold=True)
    for left, wide in bridges:
        for x in (left, left + wide):
            canvas.line(x, -0.1 * _SIZE, x, 0.9 * _SIZE)
    canvas.restoreState()


def _bridges(text: str) -> Iterator[float]:
    """Where the middle of each bridge stands in a row, from the left."""
    for at, letter in enumerate(text):
        left = width(text[: at + 1], _SIZE, True) - width(letter, _SIZE, True)
        yield from (left + part * width(letter, _SIZE, True) for part in _HELD_AT.get(letter, ()))
