"""What a measurement may say: for each thing measured, the numbers that can be right, its units, and usual numbers.

A result is kept as exact decimal text. A contaminant may also be told in words, as laboratories do: `not detected`,
`< 0.01`. What nobody knows here, such as a colour, is kept as it is written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from traceability.domain import quantity
from traceability.domain.text import ascii_forms, nfc
from traceability.errors import Invalid, Sentence
from traceability.words import N_, NO_BREAK

_PLACES: Final = 4  # decimals of a result; laboratories tell a contaminant in thousandths
_NAME: Final = re.compile(r"[^a-z0-9]+")
_EXACT: Final = re.compile(r"-?[0-9]+\.[0-9]+")
_BELOW: Final = re.compile(r"(?P<sign>[<≤>≥]) *(?P<number>.+)")


class NotPossible(Invalid):
    """This must be between {least} and {most}."""


class OtherUnit(Invalid):
    """This is measured in {unit}. Write the result in it, or leave the unit empty."""


NAMES: Final[Mapping[str, str]] = {
    "moisture": N_("Moisture"),
    "dry_matter": N_("Dry matter"),
    "glaze": N_("Glaze"),
    "cupping_score": N_("Cupping score (SCA)"),
    "cup_score": N_("Cupping score (SCA)"),
    "sca_score": N_("Cupping score (SCA)"),
    "water_activity": N_("Water activity"),
    "brix": N_("Sugar (Brix)"),
    "ph": N_("Acidity (pH)"),
    "ripe": N_("Ripe cherries"),
    "core_temperature": N_("Core temperature"),
    "defects": N_("Defects"),
    "cadmium": N_("Cadmium"),
    "lead": N_("Lead"),
    "basic_yellow_2": N_("Basic Yellow 2"),
    "malachite_green": N_("Malachite green"),
    "pesticide_residue": N_("Pesticide residue"),
    "ochratoxin_a": N_("Ochratoxin A"),
    "sulphur_dioxide": N_("Sulphur dioxide"),
}


@dataclass(frozen=True)
class Shape:
    """The numbers that can be right for one thing, in the first of its `units`; other units by what one of them is."""

    least: Decimal
    most: Decimal
    units: Mapping[str, Decimal] = field(default_factory=dict)  # none: as it is written
    usual: tuple[Decimal, Decimal] | None = None
    words: bool = False  # whether a result in words is one

    def unit_of(self, typed: str) -> str:
        """The unit as it is kept; empty is the first. Raises OtherUnit."""
        if not self.units:
            return typed
        found = next((unit for unit in self.units if unit.casefold() == nfc(typed).strip().casefold()), None)
        if found is None and typed.strip():
            named = {f"n{n}": Sentence(unit) for n, unit in enumerate(self.units)}
            raise OtherUnit(unit=Sentence(" / ".join(f"{{{n}}}" for n in named), named), at="unit")
        return found or next(iter(self.units))

    def read(self, typed: str, unit: str) -> int:
        """The number in ten-thousandths of `unit`. Raises what `quantity.read_decimal` does, and NotPossible."""
        text = typed.strip()
        if unit and text.casefold().endswith(unit.casefold()):
            text = text[: -len(unit)].rstrip()
        one = self.units.get(unit, Decimal(1))
        below = self.least < 0 and ascii_forms(text).lstrip().startswith(("-", "\u2212", "\u2013"))
        bound = -self.least if below else self.most
        most = int(bound * 10**_PLACES / one)
        scaled = quantity.read_decimal(text.lstrip()[1:] if below else text, _PLACES, most=most)
        scaled = -scaled if below else scaled
        if not self.least <= Decimal(scaled) / 10**_PLACES * one <= self.most:
            raise NotPossible(least=self.least, most=self.most)
        return scaled

    def value_of(self, typed: str, unit: str) -> str:
        """The result as it is kept: `11,80` is `11.80`, `<0,01` is `< 0.01`. Raises as `read` does."""
        if self.words and not any(sign.isdecimal() for sign in typed):
            return nfc(typed).strip()
        told = _BELOW.fullmatch(nfc(typed).strip()) if self.words else None
        if told is not None:
            return f"{told['sign']} {self._plain(told['number'], unit)}"
        return self._plain(typed, unit)

    def _plain(self, typed: str, unit: str) -> str:
        scaled = self.read(typed, unit)
        as_written = ascii_forms(typed).strip().replace(",", ".")
        if _EXACT.fullmatch(as_written) and Decimal(as_written) * 10**_PLACES == scaled:
            return as_written  # the zeros of a laboratory say how finely it measured
        return quantity.plain_decimal(scaled, _PLACES, ".")


def _shape(least: str, most: str, *units: str, usual: tuple[str, str] | None = None) -> Shape:
    between = None if usual is None else (Decimal(usual[0]), Decimal(usual[1]))
    return Shape(Decimal(least), Decimal(most), dict.fromkeys(units, Decimal(1)), between)


_SHARE: Final = _shape("0", "100", "%")
_THOUSANDTH: Final = Decimal("0.001")
_CONTAMINANT: Final = Shape(
    Decimal(0),
    Decimal(1000),
    {"mg/kg": Decimal(1), "ppm": Decimal(1), "µg/kg": _THOUSANDTH, "ppb": _THOUSANDTH},
    words=True,
)
_CUPPING: Final = _shape("0", "100", "points", usual=("60", "95"))
SHAPES: Final[Mapping[str, Shape]] = {
    "moisture": _SHARE,
    "dry_matter": _SHARE,
    "ripe": _SHARE,
    "glaze": _SHARE,
    "cupping_score": _CUPPING,
    "cup_score": _CUPPING,
    "sca_score": _CUPPING,
    "water_activity": _shape("0", "1", "aw"),
    "brix": _shape("0", "100", "°Bx"),
    "ph": _shape("0", "14", "pH", usual=("2", "9")),
    "core_temperature": _shape("-80", "100", "°C"),
    "defects": _shape("0", "1000"),
    "cadmium": _CONTAMINANT,
    "lead": _CONTAMINANT,
    "basic_yellow_2": _CONTAMINANT,
    "malachite_green": _CONTAMINANT,
    "pesticide_residue": _CONTAMINANT,
    "ochratoxin_a": _CONTAMINANT,
    "sulphur_dioxide": Shape(Decimal(0), Decimal(10_000), {"mg/kg": Decimal(1), "ppm": Decimal(1)}, words=True),
}


def key_of(name: str) -> str:
    """What is measured, as SHAPES calls it: `moisture_percent`, `Moisture` and `moisture` are one thing."""
    return _NAME.sub("_", name.lower()).strip("_").removesuffix("_percent")


def shape_of(name: str, unit: str) -> Shape | None:
    """The shape of what is measured; any percentage has one. None for what is kept as it is written."""
    return SHAPES.get(key_of(name)) or (_SHARE if unit.strip() == "%" else None)


def as_kept(name: str, value: str, unit: str) -> tuple[str, str]:
    """Value and unit as they are kept. Raises what `Shape` does, at `value` or `unit`."""
    shape = shape_of(name, unit)
    if shape is None:
        return nfc(value), unit
    kept = shape.unit_of(unit)
    return shape.value_of(value, kept), kept


def amount(name: str, value: str, unit: str) -> Decimal | None:
    """The number of a kept result in the first unit of its shape; None for words, bounds and what has no shape."""
    shape = shape_of(name, unit)
    if shape is None or not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", value):
        return None
    return Decimal(value) * shape.units.get(unit, Decimal(1))


def told(number: str | Decimal, unit: str = "") -> Sentence:
    """A number with its unit, for a sentence that is shown in the reader's language: `11,8 %`."""
    if not unit:
        return Sentence("{number}", {"number": Decimal(number)})
    return Sentence("{number}" + NO_BREAK + "{unit}", {"number": Decimal(number), "unit": Sentence(unit)})


def property_words(name: str) -> str:
    """The msgid of a measured property; one that is not listed is shown as it is written, with spaces."""
    return NAMES.get(key_of(name)) or name.replace("_", " ").strip().capitalize()
