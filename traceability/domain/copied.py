"""What somebody copies off a label or a paper into a box that takes any of it: read here once, for everybody.

A code may stand in any digits, with spaces or dashes, in an address, or as the brackets of GS1 show it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from traceability.domain.gs1 import WrongCheckDigit, read_digital_link, read_gln, read_gtin, read_sscc
from traceability.domain.identifiers import CODE_LENGTH, IcoMark, code_in, read_ico_mark, read_numbered
from traceability.domain.serials import LENGTH, read_serial
from traceability.domain.text import ascii_forms, nfc
from traceability.errors import Refusal, Sentence

# what our own labels say beside public codes: an article and its lot, a pallet, a place, an organisation
_OF_GS1: Final = re.compile(r"/(?:01/[0-9]{14}|00/[0-9]{18}|41[47]/[0-9]{13})(?:/[^?#\s]*)?")
_OF_BOX: Final = re.compile(rf"/b/([0-9a-z]{{8}})/21/([0-9a-z]{{{LENGTH}}})", re.I)
_OF_REPORT: Final = re.compile(r"/b/[0-9a-z-]+/report/([0-9a-z]{8})", re.I)
_OF_PHONE: Final = re.compile(r"/r/([0-9a-z]{8})/([0-9a-z-]{8,60})", re.I)  # a receipt shown before it was sent
_OF_WHERE: Final = re.compile(r"/(place|organisation)/([0-9a-z]{8})(?![0-9a-z])", re.I)
_OF_CODE: Final = re.compile(
    r"/(?:b|f|r|pallet|lots|consignments|batches)/([0-9a-z]{4}[- ]?[0-9a-z]{4}(?:-[0-9]{1,6})?)(?![0-9a-z])", re.I
)
_IN_BRACKETS: Final = re.compile(r"\(\s*([0-9]{2,4})\s*\)\s*([^()]+)")
_SCANNER: Final = re.compile(r"^\](?:C1|d2|e0|Q3)")  # what a hand scanner types before what it read (ISO/IEC 15424)
_BETWEEN: Final = re.compile("[\\s\u2010-\u2015\u2212-]")


@dataclass(frozen=True)
class Copied:
    """What was copied. What it is not stays empty; several may fit, because a number does not say what it is."""

    text: str  # one line, in capitals and plain digits
    code: str = ""  # a public code of ours
    version: int | None = None  # of a certificate
    serial: str = ""  # of a box
    link: str = ""  # the part of an address that leads on by itself: GS1 numbers, a place, an organisation
    phone: str = ""  # organisation and id of a receipt that a phone gave: `CODE/id`
    sscc: str = ""
    gtin: str = ""
    lot: str = ""  # of the article
    gln: str = ""
    doubt: Sentence | None = None  # what is wrong with it as a code, or with its check digit

    @property
    def bare(self) -> str:
        """The text without spaces and dashes, as marks are compared."""
        return _BETWEEN.sub("", self.text)

    @property
    def mark(self) -> IcoMark:
        """The text read as a coffee mark."""
        return read_ico_mark(self.text)


def read_copied(typed: str) -> Copied:
    """What `typed` may be. It refuses nothing: whoever finds nothing by it says so."""
    said = ascii_forms(nfc(typed)).strip()
    text = said.upper()
    if link := _OF_GS1.search(said):
        return _of_gs1(text, _elements(link[0]), link[0])
    if box := _OF_BOX.search(said):
        code, _, doubt = _numbered(box[1])
        return Copied(text, code=code, serial=_or_nothing(read_serial, box[2]), doubt=doubt)
    if phone := _OF_PHONE.search(said):
        return Copied(text, phone=f"{phone[1].upper()}/{phone[2].lower()}")
    if (where := _OF_WHERE.search(said)) and (code := _or_nothing(code_in, where[2])):
        return Copied(text, code=code, link=f"/{where[1].lower()}/{code}")
    if pasted := _OF_REPORT.search(said) or _OF_CODE.search(said):
        code, version, doubt = _numbered(pasted[1])
        return Copied(text, code=code, version=version, doubt=doubt)
    if elements := {field: value.strip() for field, value in _IN_BRACKETS.findall(said)}:
        return _of_gs1(text, elements)
    return _of_text(text, typed)


def _of_text(text: str, typed: str) -> Copied:
    bare = _BETWEEN.sub("", _SCANNER.sub("", text))
    if len(bare) == CODE_LENGTH + LENGTH:  # a label of a box says both, one below the other
        code, serial = _or_nothing(code_in, bare[:CODE_LENGTH]), _or_nothing(read_serial, bare[CODE_LENGTH:])
        return Copied(text, code=code, serial=serial) if code and serial else Copied(text)
    code, version, doubt = _numbered(typed)
    number = bare[2:] if len(bare) == 20 and bare.startswith("00") else bare  # with its field before it
    try:
        sscc = read_sscc(number)
    except WrongCheckDigit as refusal:
        sscc, doubt = "", refusal.sentence
    except Refusal:
        sscc = ""
    return Copied(
        text,
        code=code,
        version=version,
        serial=_or_nothing(read_serial, bare),
        sscc=sscc,
        gtin=_or_nothing(read_gtin, bare),
        gln=_or_nothing(read_gln, bare),
        doubt=doubt,
    )


def _of_gs1(text: str, elements: dict[str, str], link: str = "") -> Copied:
    """The numbers of an address, or of a line of brackets as it is printed below bars."""
    return Copied(
        text,
        link=link,
        serial=_or_nothing(read_serial, elements.get("21", "")),
        sscc=_or_nothing(read_sscc, elements.get("00", "")),
        gtin=_or_nothing(read_gtin, elements.get("01", "")),
        lot=elements.get("10", ""),
        gln=_or_nothing(read_gln, elements.get("414", "") or elements.get("417", "")),
    )


def _elements(link: str) -> dict[str, str]:
    try:
        return read_digital_link(f"https://localhost{link}")
    except Refusal:
        return {}


def _numbered(typed: str) -> tuple[str, int | None, Sentence | None]:
    """Code and version, or what is wrong with them."""
    try:
        return (*read_numbered(typed), None)
    except Refusal as refusal:
        return "", None, refusal.sentence


def _or_nothing(read: Callable[[str], str], typed: str) -> str:
    try:
        return read(typed)
    except Refusal:
        return ""
