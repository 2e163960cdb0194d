"""How often the page of a batch, or of one label of it, was read: what is counted, and when that was too widely.

Who read it is nobody's business. What tells devices apart is a digest with a salt of that day which is thrown away with
the day, so that no two days can be put together (RELIABILITY T20). What a count can say is "copied or shared": somebody
may have passed on a photo of an honest label, and no count knows that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Final

from traceability.words import N_

WINDOW: Final = timedelta(days=7)  # how far a label is looked back on
KEPT: Final = timedelta(days=30)  # after which only sums of a month are left
LONGEST_SERIAL: Final = 20  # of GS1's (21)


class What(StrEnum):
    """What somebody did."""

    SCAN = "scan"
    MATCH = "match"  # pressed "It matches"
    VERIFY = "verify"  # compared a printed certificate
    UNPRINTED = "unprinted"  # asked for a serial number that was never printed
    TAKE_BACK = "take_back"  # asked that this visit is not counted


@dataclass(frozen=True)
class Noted:
    """Visits that are alike, for the few seconds until they are counted. `reader` never leaves the memory."""

    code: str
    serial: str
    what: What
    country: str  # ISO 3166, "" when the table of addresses does not know
    language: str
    reader: str = field(repr=False)
    n: int = 1


@dataclass(frozen=True)
class Limits:
    """Above what a label was read too widely within seven days. A device counts once a day.

    devices: an honest box is read by a household or a shop; two phones, each at home and on the road, on three days
    make twelve. Twenty copies that are read once each make twenty.
    countries: where it was sold, and one more for a traveller or an address that the table has wrong (one in twenty).
    languages: a household speaks two or three; a box read in all of ours stands in several.
    few: so many may do what one reader does by chance: open an old bag again, or send a link abroad. The page of a
    batch anybody may have a link to: there it takes more than `devices`.
    """

    devices: int = 12
    countries: int = 2
    languages: int = 3
    few: int = 2

    def some(self, serial: str) -> int:
        """How many may read a label, or a batch that has no serial number, where or when nobody should."""
        return self.few if serial else self.devices


class Reason(StrEnum):
    """Why a label, or a batch, asks for a look."""

    DEVICES = "devices"
    COUNTRIES = "countries"
    LANGUAGES = "languages"
    ELSEWHERE = "elsewhere"
    LATE = "late"
    UNPRINTED = "unprinted"


REASONS: Final[Mapping[Reason, str]] = {
    Reason.DEVICES: N_("read by more devices than one label should be"),
    Reason.COUNTRIES: N_("read in more countries than one label should be"),
    Reason.LANGUAGES: N_("read in more languages than one label should be"),
    Reason.ELSEWHERE: N_("read in a country that it was not shipped to"),
    Reason.LATE: N_("read after the day it is best before"),
    Reason.UNPRINTED: N_("asked for with serial numbers that were never printed"),
}


@dataclass(frozen=True)
class Evidence:
    """What was counted of one label within the window: numbers, and nothing of anybody."""

    devices: int = 0
    countries: Mapping[str, int] = field(default_factory=dict)  # ISO code -> devices
    languages: Mapping[str, int] = field(default_factory=dict)
    late: int = 0
    unprinted: int = 0


def reasons_of(found: Evidence, limits: Limits, *, serial: str, expected: frozenset[str]) -> tuple[Reason, ...]:
    """Why this asks for a look; nothing when it does not.

    A batch, whose `serial` is empty, may be read by as many people as there are bags. `expected` are the countries it
    was made in and shipped to, empty when nobody said where to.
    """
    known = {country: n for country, n in found.countries.items() if country}
    elsewhere = sum(n for country, n in known.items() if country not in expected) if expected else 0
    some = limits.some(serial)
    asked = {
        Reason.DEVICES: bool(serial) and found.devices > limits.devices,
        Reason.COUNTRIES: bool(serial) and len(known) > limits.countries,
        Reason.LANGUAGES: bool(serial) and len(found.languages) > limits.languages,
        Reason.ELSEWHERE: elsewhere > some,
        Reason.LATE: found.late > some,
        Reason.UNPRINTED: found.unprinted > limits.few,
    }
    return tuple(reason for reason, holds in asked.items() if holds)


# what the page of the label itself says aloud: see `batches/_shared.html`
TOO_WIDELY: Final = frozenset({Reason.DEVICES, Reason.COUNTRIES, Reason.LANGUAGES})
