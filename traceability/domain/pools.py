"""Places that hold goods together: tanks, silos, drying beds and ponds that are hardly ever empty.

What is poured into one can no longer be told apart by looking at it. The place declares once, when it is registered,
by which rule the record tells it apart, and keeps that rule for ever.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

from traceability.domain.quantity import apportion
from traceability.words import N_

POOLED: Final = "pooled"  # the kind of a lot that stands in such a place: taken from by drawing off, and no other way


class Pool(StrEnum):
    """By which rule goods leave a place that holds them together."""

    PRO_RATA = "pro_rata"
    FIRST_IN_FIRST_OUT = "first_in_first_out"


POOL_NAMES: Final[Mapping[Pool, str]] = {
    Pool.PRO_RATA: N_("All mixed, like a tank or a pond"),
    Pool.FIRST_IN_FIRST_OUT: N_("In layers, the oldest first, like a silo"),
}


def drawn(rule: Pool, held: Sequence[int], mass_g: int) -> list[int]:
    """The grams that leave each of the lots standing there, oldest first, when `mass_g` of them all leave.

    They sum to `mass_g`, and none is more than its lot holds. `mass_g` is at most all that is held.
    """
    if rule is Pool.PRO_RATA:
        return apportion(mass_g, held)
    parts = []
    for grams in held:
        part = min(grams, mass_g)
        parts.append(part)
        mass_g -= part
    return parts
