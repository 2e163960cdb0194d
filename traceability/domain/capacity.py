"""How much a place can pack or process in a day."""

from __future__ import annotations

from dataclasses import dataclass

from traceability.domain.facts import Fact


@dataclass(frozen=True, kw_only=True)
class SetCapacity(Fact):
    """From now on; None where nobody says."""

    facility: str
    capacity_g: int | None
