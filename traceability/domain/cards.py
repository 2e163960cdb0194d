"""Farmer cards: one that is lost is replaced, and does not count any more (UX 6.5)."""

from __future__ import annotations

from dataclasses import dataclass

from traceability.domain.facts import Fact


@dataclass(frozen=True, kw_only=True)
class ReplaceCard(Fact):
    """The card of a farmer was lost: a new one is made. Number and record stay."""

    farmer: str
    reason: str = ""  # as far as it is known how it got lost
