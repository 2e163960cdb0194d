"""What every page of a certificate carries: its number, its page, and the ground it is printed on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from reportlab.lib.colors import Color, HexColor

from traceability.documents import ink
from traceability.documents.lines import draw, width
from traceability.documents.sheet import HEIGHT, RIGHT, WIDTH, Sheet
from traceability.domain.dossier import Dossier
from traceability.words import N_

# Never the reserved customs name.
NAME: Final = N_("Batch origin certificate")
_WATERMARK: Final[Color] = HexColor("#f7e8e2")  # clay on paper, light enough to read through, dark enough to be copied


@dataclass(frozen=True)
class Paper:
    """What every part needs to know."""

    sheet: Sheet
    dossier: Dossier
    number: str
    check: str
    public_url: str


def ground(paper: Paper) -> None:
    """The fine repeating line with the lot code, and the loud word on a demo paper.

    Both are marked as saying nothing, so that copied text holds only the certificate.
    """
    canvas, dossier = paper.sheet.canvas, paper.dossier
    canvas.addLiteral("/Span <</ActualText <FEFF>>> BDC")
    if dossier.demo:
        canvas.saveState()
        canvas.translate(WIDTH / 2, HEIGHT / 2)
        canvas.rotate(52)
        draw(canvas, 0, -75, "DEMO", 230, bold=True, color=_WATERMARK, align=0.5)
        canvas.restoreState()
    if not canvas.hasForm("ground"):
        canvas.beginForm("ground", 0, 0, WIDTH, 8)
        said = f"{dossier.lot_number} · {dossier.code} · "
        times = int(WIDTH / width(said, 3.2)) + 1
        draw(canvas, 0, 2, said * times, 3.2, color=ink.FAINT)
        canvas.endForm()
    for line in range(1, 46):
        canvas.saveState()
        canvas.translate(-7 * (line % 5), HEIGHT - line * 18.4)
        canvas.doForm("ground")
        canvas.restoreState()
    canvas.addLiteral("EMC")


def page_number(paper: Paper, page: int, pages: int) -> None:
    """The certificate's number, its version and the page, at the upper right of every page."""
    sheet, dossier = paper.sheet, paper.dossier
    sheet.text(RIGHT, 44, sheet.say(N_("No. {number}"), number=paper.number), 11, bold=True, align=1, room=180)
    version = sheet.say(N_("Version {version}"), version=str(dossier.version))
    if dossier.version > 1:
        replaced = str(dossier.version - 1)
        version += " · " + sheet.say(N_("Replaces version {version}"), version=replaced)
    where = sheet.say(N_("Page {page} of {pages}"), page=page, pages=pages)
    sheet.text(RIGHT, 57, f"{version} · {where}", 7.6, align=1, room=180, color=ink.QUIET)
    if dossier.has_versions:
        anew = sheet.say(N_("Each version numbers its farms anew."))
        sheet.text(RIGHT, 67, anew, 6.8, align=1, room=150, color=ink.QUIET)
