"""The label of a pallet, 100 × 150 mm: what stands on it, its number as GS1-128, and a QR that any phone reads.

One of fruit for China is in English and Chinese, as its cartons are, whoever prints it (UX 6.2).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from reportlab.graphics.barcode.code128 import Code128
from reportlab.pdfgen.canvas import Canvas

from traceability.documents import ink, terms
from traceability.documents.carton import BOTH, CHINA, in_both, variety_in_both
from traceability.documents.lines import Fitted, draw, fit, snug
from traceability.documents.qr import code_address, draw_qr, number_address
from traceability.documents.sheet import MM, blank_canvas
from traceability.documents.stock import STOCKS
from traceability.domain.dossier import Dossier
from traceability.domain.identifiers import show_code
from traceability.words import N_, mass, translate

BAR_MM: Final = 0.5  # one module; GS1 wants 0.495 to 1.016 on logistic labels
HEIGHT_MM: Final = 32.0  # GS1 wants at least 31.75
FNC1: Final = "\xf1"  # how the library is told the sign that makes it GS1-128

_FACTS_MM: Final = 44.0  # where they end at the latest, above the bars
_LEADING: Final = 1.35
_STOCK: Final = STOCKS["box"]
_LEFT: Final = 5 * MM
_QR: Final = 44.0  # millimetres


@dataclass(frozen=True)
class PalletSaid:
    """What is said on a pallet."""

    code: str
    sscc: str
    number: str  # of the lot
    issuer: str
    goods: str
    first: int
    last: int
    unit: str
    net_g: int | None
    destination: str  # code of the country
    for_china: bool  # fruit that its customs must find marked
    demo: bool
    warning: str = ""  # msgid of how the batch stands, where it may not simply be sold


def said_on_pallet(
    dossier: Dossier,
    language: str,
    *,
    code: str,
    sscc: str,
    boxes: tuple[int, int],
    net_g: int | None,
    fruit: bool,
    warning: str = "",
) -> PalletSaid:
    """What one pallet of a batch says, in the reader's language unless it is fruit for China."""
    for_china = fruit and dossier.destination == "CN"
    called, variety = dossier.form_names.text(language), terms.variety(language, dossier)
    if for_china:
        called, variety = in_both(dossier.form_names), variety_in_both(dossier)
    goods = (called, variety, dossier.grade)
    return PalletSaid(
        code=code,
        sscc=sscc,
        number=dossier.lot_number,
        issuer=dossier.issuer.name.text("en" if for_china else language),
        goods=" · ".join(part for part in goods if part),
        first=boxes[0],
        last=boxes[1],
        unit=dossier.unit,
        net_g=net_g,
        destination=dossier.destination,
        for_china=for_china,
        demo=dossier.demo,
        warning=warning,
    )


def pallet_address(public_url: str, said: PalletSaid) -> str:
    """What the QR says: the pallet's number where it has one, else its code."""
    if said.sscc:
        return number_address(public_url, "00", said.sscc)
    return code_address(public_url, "pallet", said.code)


def pallet_label(said: PalletSaid, *, public_url: str, language: str = "en") -> bytes:
    """A PDF of one label. Raises SquaresTooSmall."""
    address = pallet_address(public_url, said)
    _STOCK.check(address, side=_QR)
    output = BytesIO()
    canvas = blank_canvas(output, f"{translate(language, N_('Pallet'))} {said.number}", said.issuer, _STOCK.size)
    _words(canvas, said, BOTH if said.for_china else (language,))
    draw_qr(canvas, _STOCK.width - _QR * MM - 2 * MM, 50 * MM, _QR * MM, address)
    middle = _STOCK.width - _QR * MM / 2 - 2 * MM
    draw(canvas, middle, 47.5 * MM, show_code(said.code), 12, bold=True, align=0.5)
    if said.sscc:
        _bars(canvas, said.sscc)
    canvas.showPage()
    canvas.save()
    return output.getvalue()


def _words(canvas: Canvas, said: PalletSaid, languages: Sequence[str]) -> None:
    room, y = _STOCK.width - 2 * _LEFT, _STOCK.height - 5 * MM
    if said.demo:  # on a line of its own: beside it a long name would be printed over
        y -= 12 * 1.15
        draw(canvas, _STOCK.width - 4 * MM, y, translate(languages[0], N_("DEMO")), 12, bold=True, align=1)
        y -= 3
    first = tuple((translate(language, said.warning), 13, 2, True) for language in languages if said.warning)
    for text, size, lines, bold in (*first, (said.issuer, 11, 1, False), (said.goods, 16, 2, True)):
        fitted = snug(text, size, room, lines=lines, least=8, bold=bold)
        for line in fitted.lines:
            y -= fitted.size * 1.15
            draw(canvas, _LEFT, y, line, fitted.size, bold=bold)
        y -= 3
    if said.for_china:
        for text in CHINA:
            fitted = fit(text, 15, room, bold=True, least=8)
            y -= fitted.size * 1.3
            draw(canvas, _LEFT, y, fitted.lines[0], fitted.size, bold=True)
    narrow = _STOCK.width - _QR * MM - _LEFT - 4 * MM
    y = min(y - 6, 92 * MM)
    said_in = [_facts(said, language) for language in languages]
    facts = [(said.number, 15.0), *(one for same in zip(*said_in, strict=True) for one in same if one[0])]
    for fitted in _above_bars(facts, narrow, y - _FACTS_MM * MM):
        for line in fitted.lines:
            y -= fitted.size * _LEADING
            draw(canvas, _LEFT, y, line, fitted.size, bold=True)


def _above_bars(facts: Sequence[tuple[str, float]], width: float, height: float) -> list[Fitted]:
    """Lines that end above the bars: smaller ones where there are many."""
    for share in (1, 0.9, 0.8, 0.7, 0.6):
        fitted = [snug(text, size * share, width, lines=2, least=8 * share, bold=True) for text, size in facts]
        if sum(one.size * len(one.lines) for one in fitted) * _LEADING <= height:
            break
    return fitted


def _facts(said: PalletSaid, language: str) -> list[tuple[str, float]]:
    """Which units stand on it, how many, their mass and where they go, each with the size of its letters."""
    net = translate(language, N_("Net {mass}"), mass=mass(language, said.net_g)) if said.net_g is not None else ""
    named = said.destination and not said.for_china  # for that the sentence is on it
    there = terms.country(language, said.destination) if named else ""
    return [
        (terms.units_to(language, said.unit, said.first, said.last), 13),
        (translate(language, N_("{count} on this pallet"), count=said.last - said.first + 1), 11),
        (net, 13),
        (translate(language, N_("To {country}"), country=there) if there else "", 11),
    ]


def _bars(canvas: Canvas, sscc: str) -> None:
    """The number as GS1-128, with what it says in digits below."""
    canvas.setFillColor(ink.BLACK)
    canvas.setStrokeColor(ink.BLACK)
    bars = Code128(f"{FNC1}00{sscc}", barWidth=BAR_MM * MM, barHeight=HEIGHT_MM * MM, quiet=0, humanReadable=0)
    bars.drawOn(canvas, (_STOCK.width - bars.width) / 2, 10.5 * MM)
    draw(canvas, _STOCK.width / 2, 5.8 * MM, f"(00) {sscc}", 12, bold=True, align=0.5)
