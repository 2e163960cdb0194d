"""A number as a person typed it, in digits of any script, read exactly; `1.250` has two readings and says so."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

from traceability.domain.text import ascii_forms

_GROUPED: Final = re.compile(r"([0-9]{1,3})((?:[.,'’ \u00a0\u202f][0-9]{3})+)")
_DECIMAL: Final = re.compile(r"([0-9]{1,12})(?:[.,]([0-9]{1,9}))?")
_GROUPED_DECIMAL: Final = re.compile(r"([0-9]{1,3}([.,'’ \u00a0\u202f])[0-9]{3}(?:\2[0-9]{3})*)([.,])([0-9]{1,9})")
_LONGEST: Final = 40
_NOT_DIGITS: Final = re.compile(r"[^0-9]")


def readings(text: str) -> tuple[Fraction, ...]:
    """Every value that a typed number may mean, thousands first: none for `abc`, two for `1.250`, else one.

    No sign and no exponent: nothing that is weighed or measured here is negative.
    """
    typed = ascii_forms(text).strip() if len(text) <= _LONGEST else ""
    both = _GROUPED_DECIMAL.fullmatch(typed)
    if both and both[2] != both[3]:
        return (_decimal(_NOT_DIGITS.sub("", both[1]), both[4]),)
    grouped = _GROUPED.fullmatch(typed)
    if grouped:
        thousands = Fraction(int(_NOT_DIGITS.sub("", typed)))
        mark, rest = grouped[2][0], grouped[2][1:]
        if mark not in ".," or len(rest) > 3:
            return (thousands,)
        fraction = _decimal(grouped[1], rest)
        return (fraction,) if grouped[1] == "0" else (thousands, fraction)
    plain = _DECIMAL.fullmatch(typed)
    return (_decimal(plain[1], plain[2] or ""),) if plain else ()


def _decimal(whole: str, places: str) -> Fraction:
    return Fraction(int(whole + places), 10 ** len(places))


def rounded(value: Fraction) -> int:
    """The nearest whole number, halves up: 45,359.237 g is 45,359 g."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)
