"""How an organisation buys: its scales, what a clerk is asked at a point, the grades it knows, its prices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from traceability.domain.facts import Fact
from traceability.words import N_

# What a point may leave out of the weigh-in, and the inputs that go with it.
FIELDS: Final[Mapping[str, str]] = {
    "grade": N_("Grade"),
    "quality": N_("Quality box of the product"),
    "price": N_("Price"),
    "variety": N_("Variety"),
    "note": N_("Note"),
}
INPUTS: Final[Mapping[str, tuple[str, ...]]] = {
    "grade": ("grade",),
    "quality": ("quality", "quality_choice"),
    "price": ("price_per_kg",),
    "variety": ("variety",),
    "note": ("note",),
}


@dataclass(frozen=True, kw_only=True)
class RegisterScale(Fact):
    facility: str
    name: str
    step_g: int  # one division


@dataclass(frozen=True, kw_only=True)
class RetireScale(Fact):
    scale: str


@dataclass(frozen=True, kw_only=True)
class SetFields(Fact):
    facility: str
    shown: tuple[str, ...]  # keys of FIELDS


@dataclass(frozen=True, kw_only=True)
class SetGrades(Fact):
    commodity: str
    grades: tuple[str, ...]  # the best first; none: those of the product


@dataclass(frozen=True, kw_only=True)
class SetPrice(Fact):
    """From that day until another one is set."""

    commodity: str
    form: str
    from_on: date
    price_per_kg: int | None  # whole units of the organisation's currency; None: nothing is paid at the scale
    grade: str = ""  # of every grade that has no price of its own
