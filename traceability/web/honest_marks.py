"""How a figure came about: measured, declared, assumed, or worked out from others. A mark stands beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from traceability.words import N_

MEASURED, DECLARED, ASSUMED, WORKED_OUT = "measured", "declared", "assumed", "worked_out"

# Losses that nobody weighed: what was missing between one weighing and the next, or once a weight was corrected.
DIFFERENCES: Final = frozenset(
    {"transit", "weighing", "processing", "packing", "unrecorded", "adjustment", "weight_corrected"}
)


class Mark(NamedTuple):
    """One kind of mark: its icon, its word, and what it means."""

    icon: str
    word: str
    means: str


MARKS: Final[Mapping[str, Mark]] = {
    MEASURED: Mark("scale", N_("measured"), N_("weighed on a scale, or the land was walked with GPS")),
    DECLARED: Mark("person", N_("declared"), N_("as somebody said it; nobody here measured it")),
    ASSUMED: Mark("warning", N_("assumed"), N_("nobody told it; a usual figure stands in its place")),
    WORKED_OUT: Mark("plus", N_("worked out"), N_("the difference between other figures")),
}
