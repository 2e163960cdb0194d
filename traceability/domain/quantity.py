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

from traceability.domain.text import ascii_forms, nfc
from traceability.errors import Invalid
from traceability.words import N_

# ---- units ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MassUnit:
    """A unit a clerk may choose to type masses in. `name` is a msgid, `grams` how many make one unit."""

    key: str
    name: str
    grams: int


@dataclass(frozen=True)
class AreaUnit:
    """A unit of land. `name` is a msgid; `square_metres` is exact, because a mu is two thirds of 1000 m²."""

    key: str
    name: str
    square_metres: Fraction


KILOGRAM: Final = MassUnit("kg", N_("kilogram"), 1_000)
GRAM: Final = MassUnit("g", N_("gram"), 1)
TONNE: Final = MassUnit("t", N_("tonne"), 1_000_000)
TA: Final = MassUnit("ta", N_("tạ (100 kg)"), 100_000)
YEN: Final = MassUnit("yen", N_("yến (10 kg)"), 10_000)
JIN: Final = MassUnit("jin", N_("jin (0.5 kg)"), 500)

HECTARE: Final = AreaUnit("ha", N_("hectare"), Fraction(10_000))
SQUARE_METRE: Final = AreaUnit("m2", N_("square metre"), Fraction(1))
RAI: Final = AreaUnit("rai", N_("rai (1 600 m²)"), Fraction(1_600))
SAO_NORTH: Final = AreaUnit("sao_north", N_("sào of the north (360 m²)"), Fraction(360))
SAO_CENTRE: Final = AreaUnit("sao_centre", N_("sào of the centre (500 m²)"), Fraction(500))
CONG: Final = AreaUnit("cong", N_("công (1 000 m²)"), Fraction(1_000))
MU: Final = AreaUnit("mu", N_("mu (666.67 m²)"), Fraction(2_000, 3))

# Sources: UX 4.5 and COMMODITIES 1. In the order in which a form offers them.
MASS_UNITS: Final[Mapping[str, MassUnit]] = {unit.key: unit for unit in (KILOGRAM, GRAM, TONNE, TA, YEN, JIN)}
AREA_UNITS: Final[Mapping[str, AreaUnit]] = {
    unit.key: unit for unit in (HECTARE, SQUARE_METRE, RAI, SAO_NORTH, SAO_CENTRE, CONG, MU)
}

# Bounds of our own, far above anything real, so that a slip of the finger cannot fill a column or a ledger.
MOST_GRAMS: Final = 10_000 * TONNE.grams
MOST_SQUARE_METRES: Final = 1_000_000 * 10_000
MOST_COUNT: Final = 1_000_000_000
MOST_MONEY: Final = 10**15
_LONGEST: Final = 40


# ---- refusals ---------------------------------------------------------------------------------------------------


class NotANumber(Invalid):
    """{typed} is not a number we can read. Type digits only, such as 48,6, and choose the unit beside it."""


class NothingTyped(NotANumber):
    """No number was typed. Type one, such as 48,6."""


class NotPositive(Invalid):
    """{typed} is not more than zero. Type a number above zero."""


class BelowZero(Invalid):
    """{typed} is below zero. Type zero or more."""


class TooLarge(Invalid):
    """{typed} is more than can be right here. Check the number and its unit; did a decimal mark get lost?"""


class FinerThanAGram(Invalid):
    """{typed} is finer than one gram, and masses are kept in whole grams. Round it and type it again."""


class TooManyDecimals(Invalid):
    """{typed} has too many decimals: at most {places} are kept. Round it and type it again."""


class NotWhole(Invalid):
    """{typed} is not a whole number. Type it without decimals."""


@dataclass(frozen=True)
class Choice:
    """One way to read an ambiguous number: `value` as the field would store it, and `text` to type instead.

    `text` is canonical and reads back to `value` without a question: no thousands marks, a decimal comma, and never
    exactly three decimals where those could be thousands (`1250`, `1,25`, `1,1250`).
    """

    text: str
    value: int


class AmbiguousNumber(Invalid):
    """{typed} can mean {first} or {second}. Choose the one you mean."""

    def __init__(self, *, typed: str, choices: tuple[Choice, Choice], at: str | None = None) -> None:
        """`choices` are offered as two buttons; nothing is stored until one of them is pressed."""
        super().__init__(at=at, typed=typed, first=choices[0].text, second=choices[1].text)
        self.choices = choices


# ---- reading ----------------------------------------------------------------------------------------------------


def read_mass(typed: str, *, unit: MassUnit = KILOGRAM, zero: bool = False) -> int:
    """Whole grams, above zero (`zero=True` lets a tare be nothing). A fraction of a gram is refused, not rounded."""
    fields = _Field(Fraction(unit.grams), FinerThanAGram, MOST_GRAMS, zero)
    return _read(typed, fields)


def read_area(typed: str, unit: AreaUnit = HECTARE) -> int:
    """Whole square metres, above zero, rounded to the nearest (a half goes up): land is not measured finer."""
    return _read(typed, _Field(unit.square_metres, None, MOST_SQUARE_METRES, zero=False))


def read_decimal(typed: str, places: int, *, most: int | None = None, zero: bool = True) -> int:
    """A number with at most `places` decimals, as a whole number of its last place: `12,5` with 1 place is 125.

    `most` is the largest value allowed, in the same scaled form.
    """
    scale = 10**places
    return _read(typed, _Field(Fraction(scale), TooManyDecimals, MOST_COUNT if most is None else most, zero, places))


def read_percent_tenths(typed: str) -> int:
    """Tenths of a percent, 0 to 1000: `12,5` and `12.5 %` are 125."""
    return read_decimal(ascii_forms(typed).strip().removesuffix("%"), 1, most=1_000)


def read_count(typed: str, *, zero: bool = False) -> int:
    """A whole number of bags, boxes or heads, above zero unless `zero`."""
    return _read_whole(typed, MOST_COUNT, zero)


def read_money(typed: str, *, zero: bool = True) -> int:
    """An amount in whole units of its currency: kip and dong have no smaller coin, so `14.000` is 14000."""
    return _read_whole(typed, MOST_MONEY, zero)
