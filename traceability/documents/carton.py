"""The carton of fruit for China, 100 × 150 mm: what its customs want on every box, in English and Chinese.

UX 6.2: fruit, exporting country, place of origin, orchard, packing house, day, lot, net, how many fruits, which box of
how many, both forms of the sentence, and a QR. These words belong to the trade with China: they do not follow the
reader's language.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from reportlab.pdfgen.canvas import Canvas

from traceability.documents import terms
from traceability.documents.labels import SAMPLE_SERIAL, Labelled, draw_serial
from traceability.documents.lines import draw, fit, snug
from traceability.documents.provinces import in_two
from traceability.documents.qr import draw_qr
from traceability.documents.sheet import MM
from traceability.documents.stock import STOCKS
from traceability.domain.dossier import Dossier, Names
from traceability.domain.identifiers import show_code
from traceability.domain.serials import Box
from traceability.words import mass

BOTH: Final = ("en", "zh")  # what the trade with China reads
CHINA: Final = ("输往中华人民共和国", "Exported to the People's Republic of China")

_LEFT: Final = 5 * MM
_QR: Final = 40.0  # millimetres
_BY_HAND: Final = "______"  # fruits are counted into each carton, and unlike ones are weighed, while it is packed
_NAMES: Final = {
    "country": "Exporting country 出口国",
    "origin": "Place of origin 产地",
    "orchard": "Orchard no. 果园注册号",
    "packhouse": "Packing house no. 包装厂注册号",
    "day": "Pack date 包装日期",
    "lot": "Lot 批号",
    "net": "Net 净重",
    "fruits": "Fruits 个数",
    "box": "Box 箱号",
}


@dataclass(frozen=True)
class CartonSaid:
    """What every carton of a batch says."""

    label: Labelled
    fruit: str
    country: str
    origin: str
    orchard: str
    packhouse: str
    packed_on: str
    net: str
    exporter: str
    address: str


def said_on_carton(label: Labelled, dossier: Dossier, orchard: str, packhouse: str) -> CartonSaid:
    """The words for the cartons of a batch, English first, with Chinese beside it."""
    names = (in_both(dossier.form_names), variety_in_both(dossier))
    country, place = dossier.issuer.place.country, dossier.origin
    parts = [place.village, place.district, in_two(place.country, place.province)]
    plain = [part for part in parts if part.isascii()] or [parts[2]]
    if parts[2] not in plain:
        plain.append(parts[2])
    return CartonSaid(
        label=label,
        fruit=" ".join(name for name in names if name),
        country=f"{terms.country('en', country)} {terms.country('zh', country)}",
        origin=", ".join(part for part in plain if part) or f"{terms.country('en', place.country)}",
        orchard=orchard,
        packhouse=packhouse,
        packed_on=dossier.packed_on.isoformat() if dossier.packed_on else "",
        net=mass("en", dossier.unit_mass_g) if dossier.unit_mass_g is not None else f"{_BY_HAND} kg",
        exporter=dossier.issuer.name.text("en"),
        address=dossier.issuer.address,
    )


def in_both(names: Names) -> str:
    """A name in English and in Chinese, once where they are alike."""
    return " ".join(dict.fromkeys(name for name in (names.text("en"), names.by_language.get("zh", "")) if name))


def variety_in_both(dossier: Dossier) -> str:
    """The variety in English and Chinese; one that has no names as it was typed."""
    return in_both(dossier.variety_names) or dossier.variety


class CartonLabel:
    """The label of one carton on a roll of 100 × 150 mm."""

    stock = STOCKS["box"]
    _third = (stock.width - 2 * _LEFT) / 3  # a line says the net weight, the fruits, and which box it is

    def __init__(self, said: CartonSaid, public_url: str) -> None:
        """Raises SquaresTooSmall."""
        self.title = f"Cartons {said.label.number}"
        self._said, self._public_url = said, public_url
        self.stock.check(said.label.address(public_url, SAMPLE_SERIAL), side=_QR)

    def shared(self, canvas: Canvas) -> None:
        """Everything but which box it is."""
        said, room, y = self._said, self.stock.width - 2 * _LEFT, self.stock.height - 5 * MM
        fruit = snug(said.fruit, 19, room, lines=2, least=13, bold=True)
        for line in fruit.lines:
            y -= fruit.size
            draw(canvas, _LEFT, y, line, fruit.size, bold=True)
            y -= fruit.size * 0.25
        y -= 4
        for name, value, size in (
            ("country", said.country, 11),
            ("origin", said.origin, 11),
            ("orchard", said.orchard, 14),
            ("packhouse", said.packhouse, 14),
        ):
            y = _pair(canvas, _LEFT, y, _NAMES[name], value, size, room)
        half, third = room / 2, self._third
        _pair(canvas, _LEFT, y, _NAMES["day"], said.packed_on, 11, half - 4)
        y = _pair(canvas, _LEFT + half, y, _NAMES["lot"], said.label.number, 11, half)
        _pair(canvas, _LEFT, y, _NAMES["net"], said.net, 14, third - 4)
        _pair(canvas, _LEFT + third, y, _NAMES["fruits"], _BY_HAND, 14, third - 4)
        _pair(canvas, _LEFT + 2 * third, y, _NAMES["box"], "", 14, third)
        self._box_line = y - 11 - 14
        self._sentence(canvas)

    def _sentence(self, canvas: Canvas) -> None:
        """Both forms of the sentence beside the QR, the exporter below them."""
        x = _LEFT + _QR * MM + 2 * MM
        room, y = self.stock.width - x - 4 * MM, 12 * MM + _QR * MM
        for text, lines in ((CHINA[0], 2), (CHINA[1], 3)):
            fitted = snug(text, 16, room, lines=lines, least=10, bold=True)
            for line in fitted.lines:
                y -= fitted.size * 1.15
                draw(canvas, x, y, line, fitted.size, bold=True)
            y -= 3
        for text, lines in ((self._said.exporter, 2), (self._said.address, 2)):
            fitted = snug(text, 8, room, lines=lines, least=5.5)
            for line in fitted.lines:
                y -= fitted.size * 1.3
                draw(canvas, x, y, line, fitted.size)
        if self._said.label.demo:
            draw(canvas, self.stock.width - 4 * MM, 5 * MM, "DEMO", 12, bold=True, align=1)

    def each(self, canvas: Canvas, box: Box) -> None:
        """Which box it is, and its QR with its codes in words."""
        number = fit(f"{box.n}/{box.of}", 16, self._third, bold=True)
        draw(canvas, _LEFT + 2 * self._third, self._box_line, number.lines[0], number.size, bold=True)
        side = _QR * MM
        draw_qr(canvas, _LEFT - 2 * MM, 13 * MM, side, self._said.label.address(self._public_url, box.serial))
        middle = _LEFT - 2 * MM + side / 2
        draw(canvas, middle, 10.6 * MM, show_code(self._said.label.code), 11, bold=True, align=0.5)
        if box.serial:
            draw_serial(canvas, middle, 10 * MM, box.serial, side - 6, most=8)


def _pair(canvas: Canvas, x: float, y: float, name: str, value: str, size: float, room: float) -> float:
    """A quiet name with its value below it; returns where the next one begins."""
    label = fit(name, 8, room, least=6)
    draw(canvas, x, y - 8, label.lines[0], label.size)
    fitted = fit(value, size, room, bold=True, least=7)
    draw(canvas, x, y - 11 - size, fitted.lines[0], fitted.size, bold=True)
    return y - 14 - size * 1.25
