"""Several steps of work said in one go: what went in, and what came out at the very end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from traceability.domain.facts import Fact, Loss, Output


@dataclass(frozen=True, kw_only=True)
class Chain(Fact):
    """`lot` becomes `forms`, one after the other; `mass_g` is the last, `between_g` the one before it when weighed."""

    facility: str
    lot: str
    forms: tuple[str, ...]
    mass_g: int
    between_g: int | None = None
    packed: int = 0  # boxes or bags that all of it was packed into; 0: not packed
    grade: str = ""
    by_products: tuple[Output, ...] = ()
    losses: tuple[Loss, ...] = ()
    reason: str = ""


def between(in_g: int, out_g: int, usual: Sequence[Decimal]) -> list[int]:
    """Grams after each step but the last, where only both ends were weighed.

    Each step gives its usual share. What all steps gave more or less than usual is spread along the way from the first
    to the last: a third of the steps, a third of the difference.
    """
    expected = Fraction(in_g)
    found = []
    total = Fraction(1)
    for ratio in usual:
        total *= Fraction(ratio)
    excess = Fraction(out_g) / (in_g * total) - 1
    for place, ratio in enumerate(usual[:-1], start=1):
        expected *= Fraction(ratio)
        found.append(int(expected * (1 + excess * Fraction(place, len(usual)))))
    return found
