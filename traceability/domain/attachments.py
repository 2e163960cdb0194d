"""Taking a photo or paper back from the public."""

from __future__ import annotations

from dataclasses import dataclass

from traceability.domain.facts import Fact


@dataclass(frozen=True, kw_only=True)
class WithdrawAttachment(Fact):
    """A photo or paper is no longer shown to everybody; the record keeps it. `note` says why."""

    attachment: str
