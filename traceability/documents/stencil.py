"""The marks of a coffee bag as letters to cut out: 50 mm high, on A4 sheets that are put side by side (UX 6.3)."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Final

from reportlab.pdfgen.canvas import Canvas

from traceability.documents import terms
from traceability.documents.lines import break_lines, draw, width
from traceability.documents.sheet import MM, blank_canvas
from traceability.domain.dossier import Dossier
from traceability.errors import Conflict
from traceability.words import N_, mass, translate

LETTER_MM: Final = 50.0  # least height of a capital
_CAPITAL: Final = 0.714  # of the size of the type
_SIZE: Final = LETTER_MM * MM / _CAPITAL
_PAGE: Final = (297 * MM, 210 * MM)
_EDGE: Final = 8 * MM
_LEADING: Final = 64 * MM
_LINES: Final = 3  # of letters on a sheet
_MOST_ROWS: Final = 60


class NoIcoMark(Conflict):
    """This batch has no ICO mark. It is typed when the batch is sealed."""


def marks_of(dossier: Dossier) -> list[str]:
    """What is painted on every bag, line by line. Raises NoIcoMark."""
    if not dossier.marks.ico:
        raise NoIcoMark()
    net = f"NET {mass('en', dossier.unit_mass_g)}" if dossier.unit_mass_g is not None else ""
    goods = " ".join(part for part in (dossier.form_names.text("en"), dossier.grade) if part)
    return [
        line.upper()
        for line in (
            terms.country("en", dossier.issuer.place.country),
            goods,
            f"CROP {dossier.crop_year}" if dossier.crop_year else "",
            net,
            f"ICO {dossier.marks.ico}",
            f"LOT {dossier.lot_number}",
        )
        if line
    ]


def stencil(dossier: Dossier, language: str = "en") -> bytes:
    """A PDF of outlined letters; a line that is wider than a sheet goes on in the next row. Raises NoIcoMark."""
    rows = [row for mark in marks_of(dossier) for row in _rows(mark)][:_MOST_ROWS]
    output = BytesIO()
    title = f"{translate(language, N_('Stencil'))} {dossier.lot_number}"
    canvas = blank_canvas(output, title, dossier.issuer.name.text(language), _PAGE)
    sheets = (len(rows) + _LINES - 1) // _LINES
    for sheet in range(sheets):
        for at, row in enumerate(rows[sheet * _LINES : (sheet + 1) * _LINES]):
            _outlined(canvas, row, _PAGE[1] - _EDGE - 52 * MM - at * _LEADING)
        foot = f"{title} · {translate(language, N_('Sheet {n} of {total}'), n=sheet + 1, total=sheets)}"
        draw(canvas, _EDGE, 4.5 * MM, foot, 8)
        canvas.showPage()
    canvas.save()
    return output.getvalue()


def _rows(mark: str) -> list[str]:
    """A mark in rows as wide as a sheet, parted at spaces, dashes and slashes where that is possible."""
    room = (_PAGE[0] - 2 * _EDGE) / _SIZE
    rows = [""]
    for part in re.findall(r"[^ /-]*[ /-]?", mark):
        if rows[-1] and width((rows[-1] + part).rstrip(), 1, True) > room:
            rows.append("")
        rows[-1] += part
    return [piece for row in rows for piece in break_lines(row, room, True)]


def _outlined(canvas: Canvas, text: str, y: float) -> None:
    """One row of letters as lines to cut along, and nothing to fill."""
    canvas.saveState()
    canvas.setLineWidth(1)
    canvas.addLiteral("1 Tr")
    draw(canvas, _EDGE, y, text, _SIZE, bold=True)
    canvas.addLiteral("0 Tr")
    canvas.restoreState()
