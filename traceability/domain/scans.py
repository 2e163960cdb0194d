"""How often the page of a batch, or of one label of it, was read: what is counted, and when that was too widely.

Who read it is nobody's business. What tells readers apart is a digest with a salt of that day which is thrown away with
the day, so that no two days can be put together (RELIABILITY T20). What a count can say is "copied or shared": somebody
may have passed on a photo of an honest label, and no count knows that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from ipaddress import IPv6Address, ip_address
from typing import Final
from zlib import crc32

from traceability.words import N_

KEPT: Final = timedelta(days=30)  # after which only sums of a month are left
WINDOW: Final = KEPT  # how far a label is looked back on: copies are sold over weeks
LONGEST_SERIAL: Final = 20  # of GS1's (21)
LONGEST_ADDRESS: Final = 45  # of an IPv6 address with an IPv4 one at its end
BROWSERS: Final = 64  # that are told apart behind one connection on a day
IN_COUNTRY: Final = 3  # devices that must have read a label in a country for that country to count
ENOUGH: Final = 100  # labels that were read, before it is known how many devices usually read one
LEAST: Final = 8  # devices that may always read a label, however few do: a household and a shop, or the first days
MOST_TIMES: Final = 4  # as many as the setting says: above that a label is always listed, whatever is usual
WRONG_IN: Final = 10  # fewer than one reader of a batch in so many is told to be in a country where nobody is


class What(StrEnum):
    """What somebody did."""

    SCAN = "scan"
    MATCH = "match"  # pressed "It matches"
    VERIFY = "verify"  # compared a printed certificate
    UNPRINTED = "unprinted"  # asked for a serial number that was never printed


@dataclass(frozen=True)
class Noted:
    """Visits that are alike, for the few seconds until they are counted. `reader` never leaves the memory; one that is
    `taken_back` asked that such a visit of today counts no more.
    """

    code: str
    serial: str
    what: What
    country: str  # ISO 3166, "" when the table of addresses does not know
    language: str
    reader: str = field(repr=False)
    n: int = 1
    taken_back: bool = False


def connection_of(address: str) -> str:
    """What an address stands for: in IPv6, where a phone changes it within hours, the network of its first 64 bits."""
    try:
        found = ip_address(address)
    except ValueError:
        return address[:LONGEST_ADDRESS]
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped or IPv6Address(int(found) >> 64 << 64))
    return str(found)


def reader_of(address: str, agent: str, *, of_label: bool) -> str:
    """What one reader is told apart by, for a digest of it.

    Of a label that is the connection alone: a family or a shop counts once a day, and nobody makes an honest label look
    copied by sending another browser's name each time. The page of a batch counts every browser, but no more than
    `BROWSERS`: each is a row for a month, and names can be made up without end.
    """
    connection = connection_of(address)
    return connection if of_label else f"{connection}\n{crc32(agent.encode('utf-8', 'replace')) % BROWSERS}"


@dataclass(frozen=True)
class Limits:
    """Above what a label was read too widely within thirty days.

    devices: an honest box is read by a household or a shop, and by three more on its way; the sample on a shelf by
    eight customers or so. Twenty copies, each read as readily as a box is, make thirty. This is where an organisation
    begins; once enough of its labels were read, its limits follow how readily people read them (`following`).
    `scripts/bench/copies.py` says what these numbers find and whom they trouble.
    countries: where it was made and where it was sold. One counts only when `IN_COUNTRY` devices read the label there,
    because one address in twenty is told wrong and a border has two officers.
    few: so many may read a label where or when nobody should: a box is sold on abroad, or opened long after its day.
    whole: the page of a batch anybody may have a link to, and anybody may make numbers up: there it takes so many.
    """

    devices: int = 14
    countries: int = 2
    few: int = 8
    whole: int = 14

    def following(self, usual: int) -> Limits:
        """The limits of an organisation of whose labels nine in ten are read by `usual` tenths of a device or fewer.

        A label is listed above three and three quarters times as many. Copies that are read could raise that only by
        being a tenth of all labels read, and never above `MOST_TIMES` of what is set. Nought is not known yet.
        """
        if not usual:
            return self
        devices = min(max(usual * 3 // 8, LEAST), self.devices * MOST_TIMES)
        return replace(self, devices=devices, few=devices * self.few // self.devices)

    @property
    def least(self) -> int:
        """What fewer have read, or so many, asks for no look whatever they say."""
        return min(self.devices, self.few, self.whole, (self.countries + 1) * IN_COUNTRY - 1)

    def some(self, serial: str) -> int:
        """How many may read a label, or a batch that has no serial number, where or when nobody should."""
        return self.few if serial else self.whole


def usual_of(labels: Mapping[int, int]) -> int:
    """By how many tenths of a device nine in ten labels are read at most, of those that are read at all.

    `labels` says how many labels were read by so many devices; while they are few, nobody knows: 0. Where the tenth
    label in ten falls among those of one number, the tenths say how far: a line is drawn from the number before.
    """
    read, below = sum(labels.values()), 0
    if read < ENOUGH:
        return 0
    rising = iter(sorted(labels.items()))
    devices, n = next(rising)
    while 10 * (below + n) < 9 * read:
        below += n
        devices, n = next(rising)
    return 10 * (devices - 1) + -(-(9 * read - 10 * below) // n)


class Reason(StrEnum):
    """Why a label, or a batch, asks for a look."""

    DEVICES = "devices"
    COUNTRIES = "countries"
    ELSEWHERE = "elsewhere"
    LATE = "late"
    UNPRINTED = "unprinted"


REASONS: Final[Mapping[Reason, str]] = {
    Reason.DEVICES: N_("read by more devices than one label should be"),
    Reason.COUNTRIES: N_("read in more countries than one label should be"),
    Reason.ELSEWHERE: N_("read in a country that it was not shipped to"),
    Reason.LATE: N_("read after the day it is best before"),
    Reason.UNPRINTED: N_("asked for with serial numbers that were never printed"),
}


@dataclass(frozen=True)
class Evidence:
    """What was counted of one label within the window: numbers, and nothing of anybody.

    Devices behind one connection are one (`reader_of`), and each counts anew on every day.
    """

    devices: int = 0
    days: int = 0  # on which somebody read it
    most: int = 0  # devices on one of these days: a photo that was passed on is opened within an evening
    countries: Mapping[str, int] = field(default_factory=dict)  # ISO code -> devices
    languages: Mapping[str, int] = field(default_factory=dict)
    late: int = 0
    unprinted: int = 0

    @property
    def known(self) -> dict[str, int]:
        """Its countries, without the devices of which nobody knows where they are."""
        return {country: n for country, n in self.countries.items() if country}


def reasons_of(found: Evidence, limits: Limits, *, serial: str, expected: frozenset[str]) -> tuple[Reason, ...]:
    """Why this asks for a look; nothing when it does not.

    A batch, whose `serial` is empty, may be read by as many people as there are bags. `expected` are the countries it
    was made in and shipped to, empty when nobody said where to.
    """
    known = found.known
    elsewhere = sum(n for country, n in known.items() if country not in expected) if expected else 0
    some = limits.some(serial)
    asked = {
        Reason.DEVICES: bool(serial) and found.devices > limits.devices,
        Reason.COUNTRIES: bool(serial) and sum(n >= IN_COUNTRY for n in known.values()) > limits.countries,
        Reason.ELSEWHERE: elsewhere > some and (bool(serial) or elsewhere * WRONG_IN > found.devices),
        Reason.LATE: found.late > some,
        Reason.UNPRINTED: found.unprinted > limits.whole,
    }
    return tuple(reason for reason, holds in asked.items() if holds)


# what the page of the label itself says aloud: see `batches/_shared.html`
TOO_WIDELY: Final = frozenset({Reason.DEVICES, Reason.COUNTRIES})
