"""Who lets an authority read: an organisation by itself, or the law for a country or a province; and what it samples.

All of it is told by the journal alone: the last entry about an authority counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from traceability.domain.facts import Fact

AUTHORITY: Final = "authority"  # the kind of organisation that oversees others
USUAL_SAMPLE: Final = 5  # percent, until an authority says another share


@dataclass(frozen=True, kw_only=True)
class GrantReading(Fact):
    """An authority may read the record of the organisation that says so."""

    authority: str


@dataclass(frozen=True, kw_only=True)
class EndReading(Fact):
    """It may no longer."""

    authority: str


@dataclass(frozen=True, kw_only=True)
class GrantArea(Fact):
    """The law lets an authority read the record of every organisation of a country, or of one province of it."""

    country: str
    province: str = ""


@dataclass(frozen=True, kw_only=True)
class EndArea(Fact):
    """It does so no longer."""

    country: str
    province: str = ""


@dataclass(frozen=True, kw_only=True)
class SetSample(Fact):
    """How many of a hundred batches an authority looks at, chosen at random."""

    percent: int
