"""What a receiver says about somebody else's recall."""

from __future__ import annotations

from dataclasses import dataclass

from traceability.domain.facts import Fact


@dataclass(frozen=True, kw_only=True)
class AcknowledgeRecall(Fact):
    """An organisation that has goods of a recall knows of it; `note` says what it does about them."""

    recall: str
