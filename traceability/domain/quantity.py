"""Numbers as people type them, read into whole grams, square metres, counts and tenths; and fair sharing.

The rule of UX 4.5: a comma and a point are both decimal marks, digits may be of any script, and what can be read
in two ways is asked about, never guessed. Everything is exact: no float ever touches a quantity.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from traceability.domain.text import ascii_forms, shown
from traceability.errors import Invalid
from traceability.words import N_


@dataclass(frozen=True)
class MassUnit:
    """A unit a clerk may choose to type masses in. `name` and `sign` are msgids, `grams` how many make one unit."""

    key: str
    name: str
    grams: int
    sign: str  # beside a number

    @property
    def places(self) -> int:
        """Decimals down to the gram. Only of units that are a power of ten."""
        return len(str(self.grams)) - 1


@dataclass(frozen=True)
class AreaUnit:
    """A unit of land. `name` is a msgid; `square_metres` is exact, because a mu is two thirds of 1000 m²."""

    key: str
    name: str
    square_metres: Fraction


KILOGRAM: Final = MassUnit("kg", N_("kilogram"), 1_000, N_("kg"))
GRAM: Final = MassUnit("g", N_("gram"), 1, N_("g"))
TONNE: Final = MassUnit("t", N_("tonne"), 1_000_000, N_("t"))
TA: Final = MassUnit("ta", N_("tạ (100 kg)"), 100_000, N_("tạ"))
YEN: Final = MassUnit("yen", N_("yến (10 kg)"), 10_000, N_("yến"))
JIN: Final = MassUnit("jin", N_("jin (0.5 kg)"), 500, N_("jin"))

HECTARE: Final = AreaUnit("ha", N_("hectare"), Fraction(10_000))
SQUARE_METRE: Final = AreaUnit("m2", N_("square metre"), Fraction(1))
RAI: Final = AreaUnit("rai", N_("rai (1 600 m²)"), Fraction(1_600))
SAO_NORTH: Final = AreaUnit("sao_north", N_("sào of the north (360 m²)"), Fraction(360))
SAO_CENTRE: Final = AreaUnit("sao_centre", N_("sào of the centre (500 m²)"), Fraction(500))
CONG: Final = AreaUnit("cong", N_("công (1 000 m²)"), Fraction(1_000))
MU: Final = AreaUnit("mu", N_("mu (666.67 m²)"), Fraction(2_000, 3))

# Sources: UX 4.5 and COMMODITIES 1. In the order in which a form offers them.
MASS_UNITS: Final[Mapping[str, MassUnit]] = {unit.key: unit for unit in (KILOGRAM, GRAM, TONNE, TA, YEN, JIN)}
# those that a clerk weighs in with for a session: every gram of them has a decimal
ENTRY_UNITS: Final[Mapping[str, MassUnit]] = {unit.key: unit for unit in (KILOGRAM, GRAM, TONNE, TA, YEN)}
AREA_UNITS: Final[Mapping[str, AreaUnit]] = {
    unit.key: unit for unit in (HECTARE, SQUARE_METRE, RAI, SAO_NORTH, SAO_CENTRE, CONG, MU)
}

# Bounds of our own, far above anything real, so that a slip of the finger cannot fill a column or a ledger.
MOST_GRAMS: Final = 10_000 * TONNE.grams
MOST_SQUARE_METRES: Final = 1_000_000 * 10_000
MOST_COUNT: Final = 1_000_000_000
MOST_MONEY: Final = 10**15
_LONGEST: Final = 40

_INVISIBLE: Final = re.compile("[\u200b\u200e\u200f\u2060\ufeff]")
_SPACES: Final = re.compile("[ \u00a0\u2007\u2009\u202f\u3000]+")  # not tabs and line breaks: those part two numbers
_MARKS: Final = str.maketrans({"。": ".", "｡": ".", "،": ",", "٫": ",", "٬": " ", "\u2212": "-", "\u2013": "-"})
_GROUPED: Final = r"[1-9][0-9]{0,2}(?P<group>[ .,])[0-9]{3}(?:(?P=group)[0-9]{3})*"
_THOUSANDS: Final = re.compile(_GROUPED)
_NUMBER: Final = re.compile(rf"(?P<whole>[0-9]+|{_GROUPED})(?:(?!(?P=group))[.,](?P<decimals>[0-9]+))?")


class NotANumber(Invalid):
    """{typed} is not a number we can read. Type digits only, such as 48.6."""


class NothingTyped(NotANumber):
    """No number was typed. Type one, such as 48.6."""


class NotACount(NotANumber):
    """{typed} is not a number we can read. Type digits only, such as 40."""


class NoCountTyped(NothingTyped):
    """No number was typed. Type one, such as 40."""


class NotPositive(Invalid):
    """{typed} is not more than zero. Type a number above zero."""


class BelowZero(NotPositive):
    """{typed} is below zero. Type zero or more."""


class TooLarge(Invalid):
    """{typed} is more than can be right here. Check the number and its unit: did a decimal mark get lost?"""


class FinerThanAGram(Invalid):
    """{typed} is finer than one gram. Round it to whole grams, and type thousands without a mark."""


class LessThanASquareMetre(Invalid):
    """{typed} is less than one square metre. Check the number and its unit."""


class TooManyDecimals(Invalid):
    """{typed} has more decimals than are kept here ({places}). Round it, and type thousands without a mark."""


class NotWhole(Invalid):
    """{typed} is not a whole number. Type it without decimals."""


@dataclass(frozen=True)
class Choice:
    """One way to read an ambiguous number: `value` as the field stores it, and `text` to type instead.

    `text` reads back to `value` without a question: see `plain_decimal`.
    """

    text: str
    value: int


class AmbiguousNumber(Invalid):
    """{typed} can mean {first} or {second}. Choose the one you mean."""

    def __init__(self, *, typed: str, choices: tuple[Choice, ...], at: str | None = None) -> None:
        """`choices` (two, the larger first) are offered as buttons; nothing is stored until one is pressed."""
        super().__init__(at=at, typed=typed, first=choices[0].text, second=choices[1].text)
        self.choices = choices


def read_mass(typed: str, *, unit: MassUnit = KILOGRAM, zero: bool = False) -> int:
    """Whole grams, above zero (with `zero`, a tare may be nothing). A part of a gram is refused, not rounded."""
    readings = numbers_meant(typed, zero=zero, whole=unit.grams == 1)
    if any((reading * unit.grams).denominator != 1 for reading in readings):
        raise FinerThanAGram(typed=shown(typed))
    return _the_one(typed, {reading: int(reading * unit.grams) for reading in readings}, MOST_GRAMS)


def read_area(typed: str, unit: AreaUnit = HECTARE) -> int:
    """Whole square metres, above zero, to the nearest (a half goes up): land is not measured finer."""
    areas = {reading: rounded(reading * unit.square_metres) for reading in numbers_meant(typed, zero=False)}
    if 0 in areas.values():
        raise LessThanASquareMetre(typed=shown(typed))
    return _the_one(typed, areas, MOST_SQUARE_METRES)


def read_decimal(typed: str, places: int, *, most: int = MOST_COUNT, zero: bool = True) -> int:
    """A number of at most `places` decimals, counted in its last place: `12,5` with one place is 125.

    `most` is the largest value allowed, counted in the same way.
    """
    readings = {reading: reading * 10**places for reading in numbers_meant(typed, zero=zero, whole=places == 0)}
    within = {reading: scaled for reading, scaled in readings.items() if scaled <= most} or readings
    if any(scaled.denominator != 1 for scaled in within.values()):
        raise TooManyDecimals(typed=shown(typed), places=places)
    return _the_one(typed, {reading: int(scaled) for reading, scaled in within.items()}, most)


def read_percent(typed: str, places: int = 1) -> int:
    """A share from 0 to 100 %, counted in its last place: with one place, `12,5` and `12.5 %` are 125."""
    return read_decimal(ascii_forms(typed).strip().removesuffix("%"), places, most=100 * 10**places)


def read_count(typed: str, *, zero: bool = False) -> int:
    """A whole number of bags, boxes or heads, above zero unless `zero`. A mark before three digits groups them."""
    return _read_whole(typed, MOST_COUNT, zero)


def read_money(typed: str, *, zero: bool = True) -> int:
    """An amount in whole units of its currency. Kip and dong have no smaller coin: `14.000` is fourteen thousand."""
    return _read_whole(typed, MOST_MONEY, zero)


def numbers_meant(typed: str, *, zero: bool = True, whole: bool = False) -> tuple[Fraction, ...]:
    """Every number that `typed` can mean, the larger first: two when three digits follow the only mark.

    `whole` is for fields without decimals, where such a mark can only group thousands. Raises NotANumber, and
    BelowZero or NotPositive for a number that the field cannot take.
    """
    text = _SPACES.sub(" ", ascii_forms(_INVISIBLE.sub("", typed)).translate(_MARKS)).strip()
    if not text:
        raise NoCountTyped if whole else NothingTyped
    negative, text = text.startswith("-"), text.removeprefix("-")
    number = _NUMBER.fullmatch(text) if len(text) <= _LONGEST else None
    if number is None:
        raise (NotACount if whole else NotANumber)(typed=shown(typed))
    decimals = number["decimals"] or ""
    readings = [Fraction(int(re.sub("[^0-9]", "", number["whole"]) + decimals), 10 ** len(decimals))]
    if _THOUSANDS.fullmatch(text):
        thousands = Fraction(re.sub("[^0-9]", "", text))
        readings = [thousands] if whole or thousands in readings else [thousands, *readings]
    if negative or (readings[0] == 0 and not zero):
        raise (BelowZero if zero else NotPositive)(typed=shown(typed))
    return tuple(readings)


def shifted(grams: int) -> tuple[int, ...]:
    """What a weight would be where a decimal mark was forgotten, or a digit: of 486 kg 48.6 and 4.86 kg, and 4860."""
    return (*(grams // by for by in (10, 100) if grams % by == 0), grams * 10)


def plain_mass(grams: int, mark: str = ",", unit: MassUnit = KILOGRAM) -> str:
    """Kilograms to put back into a form: `1250,5`, or one of ENTRY_UNITS. `read_mass` reads it back to `grams`."""
    return plain_decimal(grams, unit.places, mark)


def plain_decimal(value: int, places: int, mark: str = ",") -> str:
    """`value` counted in its last place (125 with one place is 12,5), in the form that always reads back alone.

    No marks between thousands, no idle zeros, and never three decimals where these could be thousands: one gram
    more than a kilogram is `1,0010`.
    """
    whole, rest = divmod(abs(value), 10**places)
    decimals = f"{rest:0{places}d}".rstrip("0") if rest else ""
    if len(decimals) == 3 and 0 < whole < 1_000:
        decimals += "0"
    sign = "-" if value < 0 else ""
    return f"{sign}{whole}{mark}{decimals}" if decimals else f"{sign}{whole}"


def rounded(value: Fraction) -> int:
    """The nearest whole number, halves up: 45,359.237 g is 45,359 g."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def apportion(total: int, weights: Sequence[int]) -> list[int]:
    """Share whole `total` by `weights`, exactly: the shares sum to `total`, none is off by one unit or more.

    Largest remainder (Hamilton): each share is rounded down, what is left goes by ones to the largest remainders,
    the earlier of equals first. Weights may be of any size; one of zero gets nothing. ValueError for a negative
    number, and for a total with nobody to bear it.
    """
    everything = sum(weights)
    if total < 0 or min(weights, default=0) < 0 or (total and not everything):
        raise ValueError("apportion needs a total and weights of zero or more, and someone to bear the total")
    if not total:
        return [0] * len(weights)
    shares = [total * weight // everything for weight in weights]
    remainders = [total * weight % everything for weight in weights]
    by_remainder = sorted(range(len(weights)), key=remainders.__getitem__, reverse=True)
    for place in by_remainder[: total - sum(shares)]:
        shares[place] += 1
    return shares


def tenths_of_percent(parts: Sequence[int]) -> list[int]:
    """The parts as tenths of a percent that sum to exactly 1000 (100.0 %). ValueError when all are zero."""
    return apportion(1_000, parts)


def _read_whole(typed: str, most: int, zero: bool) -> int:
    readings = numbers_meant(typed, zero=zero, whole=True)
    if readings[0].denominator != 1:
        raise NotWhole(typed=shown(typed))
    return _the_one(typed, {readings[0]: int(readings[0])}, most)


def _the_one(typed: str, values: Mapping[Fraction, int], most: int) -> int:
    """The only value within bounds; a question when two are, a refusal when none is."""
    within = [(reading, value) for reading, value in values.items() if value <= most]
    if not within:
        raise TooLarge(typed=shown(typed))
    if len(within) == 1:
        return within[0][1]
    choices = tuple(Choice(plain_decimal(int(reading * 1_000), 3), value) for reading, value in within)
    raise AmbiguousNumber(typed=shown(typed), choices=choices)
