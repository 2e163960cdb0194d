"""ICO marks as exporters write them: kept as typed always, taken apart where they allow it, never a reason to refuse.

The mark is country (3 digits), exporter (4), shipment of the coffee year (ICC 134); half of those in the wild are not
written so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from traceability.domain.text import ascii_forms, search_key
from traceability.errors import Sentence
from traceability.imports.measures import blank
from traceability.imports.report import Reading
from traceability.words import N_

_PREFIX: Final = re.compile(r"^(?:ico|oic)\b[\s:#.]*", re.IGNORECASE)
_PART: Final = re.compile(r"\s*[-–/]\s*|\s+")
_COUNTRY: Final = re.compile(r"0*([1-9][0-9]{0,2})")
_SHORT_NUMBER: Final = re.compile(r"0*([0-9]{1,4})")
# As search keys, which fold x to s.
_NO_MARKS: Final = frozenset({"s", "ss", "sss", "mmm", "test", "tobeadvice", "tobeadvised"})
_LONGEST: Final = 200


@dataclass(frozen=True)
class IcoMark:
    """A mark as typed, with the parts that could be read: `105/3/VL7285-005` gives country 105, exporter 0003."""

    typed: str
    country: str = ""
    exporter: str = ""
    shipment: str = ""

    @property
    def complete(self) -> bool:
        """Whether all three parts were read, so that it may be printed as NNN-EEEE-SSSS."""
        return bool(self.country and self.exporter and self.shipment)


def read_ico_mark(text: str) -> Reading[IcoMark]:
    """The mark, with a note unless it has exactly three readable parts. No mark gives no value and no note."""
    key = search_key(text)
    if blank(text) or key in _NO_MARKS or not key.strip("0"):
        return Reading(None)
    typed = text[:_LONGEST]
    mark = _taken_apart(typed)
    if mark.complete:
        return Reading(mark)
    return Reading(mark, Sentence(N_("This ICO mark is kept as written; it is not country, exporter, shipment.")))


def _taken_apart(typed: str) -> IcoMark:
    parts = [part for part in _PART.split(_PREFIX.sub("", ascii_forms(typed).strip())) if part]
    if len(parts) < 2 or not (country := _COUNTRY.fullmatch(parts[0])):
        return IcoMark(typed)
    exporter = _SHORT_NUMBER.fullmatch(parts[1]) if len(parts) > 2 else None
    shipment = _SHORT_NUMBER.fullmatch(parts[2]) if len(parts) == 3 else None
    return IcoMark(
        typed,
        country[1].zfill(3),
        exporter[1].zfill(4) if exporter else "",
        shipment[1].zfill(4) if exporter and shipment else "",
    )
