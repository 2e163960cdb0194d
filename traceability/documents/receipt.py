"""What a receipt says, set out for a strip of any width: one layout for the 58 mm printer and for A6 paper.

Places are measured from the top left; the unit is the caller's (dots of a printer, points of a paper).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from traceability.documents.lines import break_lines, width
from traceability.documents.qr import QUIET_ZONE, matrix
from traceability.domain.dossier import Names
from traceability.words import N_, translate

_LEADING: Final = 1.45  # of the size: room for Lao marks above and below
_GAP: Final = 0.6  # between a label and its value
_LABEL: Final = 0.86  # the size of a label beside that of its value


@dataclass(frozen=True)
class ReceiptPaper:
    """A receipt in the words of its reader: dates, masses, money and names are text already."""

    language: str
    issuer: Names
    place: str
    at: str
    number: str
    net: str
    pairs: Sequence[tuple[str, str]]  # what it is, and what it says; the net weight comes after them
    money: Sequence[tuple[str, str]]  # price and amount, where there is one
    after: Sequence[tuple[str, str]]  # season so far, who weighed, note
    short: Sequence[str]  # number and day, goods and net weight: what a short message says
    check_address: str  # what the QR code carries
    phone: str = ""
    replaces: str = ""  # the number of the receipt that this one corrects
    void: bool = False
    replaced_by: str = ""
    demo: bool = False
    issuer_prefix: str = ""  # the letters of its numbers, for where its name has no room

    def say(self, text: str, **values: object) -> str:
        return translate(self.language, text, **values)


@dataclass(frozen=True)
class Piece:
    """One line of text with its baseline at `y`; `align` 0 is left of `x`, 0.5 centre, 1 right."""

    x: float
    y: float
    text: str
    size: float
    bold: bool = False
    align: float = 0


@dataclass
class Slip:
    """A receipt set out: texts, rules and one QR code whose side is a whole number of units a module."""

    width: float
    size: float
    height: float = 0
    pieces: list[Piece] = field(default_factory=list)
    rules: list[float] = field(default_factory=list)
    qr: tuple[float, float, float] = (0, 0, 0)  # left, top, one module

    def centred(self, text: str, scale: float = 1, *, bold: bool = False) -> None:
        """Lines in the middle, as many as it takes."""
        size = self.size * scale
        for line in break_lines(text, self.width / size, bold):
            self.height += size * _LEADING
            self.pieces.append(Piece(self.width / 2, self.height - size * 0.4, line, size, bold, 0.5))

    def pair(self, label: str, value: str, scale: float = 1, *, bold: bool = False) -> None:
        """A label at the left and its value at the right of one line; a long value takes lines of its own."""
        size, small = self.size * scale, self.size * _LABEL
        beside = width(label, small) + size * _GAP + width(value, size, bold) <= self.width
        if not beside:
            self._label(label, small, small)
        for at, line in enumerate(break_lines(value, self.width / size, bold)):
            if at == 0 and beside:
                self._label(label, small, size)
            else:
                self.height += size * _LEADING
            self.pieces.append(Piece(self.width, self.height - size * 0.4, line, size, bold, 1))

    def rule(self) -> None:
        """A thin line across."""
        self.height += self.size * 0.55
        self.rules.append(self.height)
        self.height += self.size * 0.2

    def symbol(self, text: str, share: float) -> None:
        """The QR code in the middle, its side at most that share of the width."""
        modules = len(matrix(text)) + 2 * QUIET_ZONE
        module = self.width * share / modules
        module = float(int(module)) if module >= 2 else module  # whole dots: a printer has no halves
        side = module * modules
        self.qr = ((self.width - side) / 2, self.height, module)
        self.height += side

    def _label(self, label: str, size: float, line: float) -> None:
        self.height += line * _LEADING
        self.pieces.append(Piece(0, self.height - line * 0.4, label, size))


def set_out(paper: ReceiptPaper, width: float, size: float, *, qr_share: float) -> Slip:
    """The receipt on a strip `width` units wide, its text `size` units high."""
    slip = Slip(width, size)
    if paper.demo:
        slip.centred(paper.say(N_("Demonstration. Nothing here is real.")), bold=True)
    slip.centred(paper.issuer.text(paper.language), 1.15, bold=True)
    for line in (paper.place, paper.at):
        slip.centred(line)
    for line in _standing(paper):
        slip.rule()
        slip.centred(line, bold=True)
    slip.rule()
    for label, value in paper.pairs:
        slip.pair(label, value)
    slip.pair(paper.say(N_("Net weight")), paper.net, 1.7, bold=True)
    for label, value in (*paper.money, *paper.after):
        slip.pair(label, value)
    slip.rule()
    slip.centred(paper.number, 1.5, bold=True)
    slip.symbol(paper.check_address, qr_share)
    slip.centred(paper.say(N_("Check it: {address}"), address=shown_address(paper.check_address)), _LABEL)
    if paper.phone:
        slip.centred(paper.say(N_("Something wrong? Call {phone}."), phone=paper.phone), _LABEL)
    slip.height += size * 0.5
    return slip


def shown_address(address: str) -> str:
    """An address as it is read and typed: without its scheme, in small letters but for the code."""
    parts = urlsplit(address)
    head, _, code = (parts.netloc + parts.path).rpartition("/")
    return f"{head.lower()}/{code}"


def _standing(paper: ReceiptPaper) -> Iterator[str]:
    """What has to be said loudly: that it does not count any more, or what it replaces."""
    if paper.void and paper.replaced_by:
        yield paper.say(N_("Corrected. Receipt {number} replaces it."), number=paper.replaced_by)
    elif paper.void:
        yield paper.say(N_("This weigh-in was declared in error."))
    if paper.replaces:
        yield paper.say(N_("Corrected: replaces {number}."), number=paper.replaces)
