"""What one person asks for and another one decides: facts of their own, so that both stand in the journal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from traceability.domain.events import Kind
from traceability.domain.facts import Fact

# What waits for a manager. A release, and a correction that does not say what is right, are done on their own pages;
# the others by approving them.
APPROVABLE: Final = frozenset({Kind.ASK_CAP, Kind.ASK_ORIGIN, Kind.ASK_CORRECTION})
ASKING: Final = APPROVABLE | {Kind.SEAL}

# So soon after it was asked for, nobody approves it in the same browser: one person could have both passwords.
APART: Final = timedelta(minutes=15)


@dataclass(frozen=True, kw_only=True)
class AskCap(Fact):
    """How many grams a plot can deliver in a crop year; None where nothing limits it."""

    plot: str
    cap_g: int | None
    reason: str


@dataclass(frozen=True, kw_only=True)
class AskOrigin(Fact):
    """A delivery in a closed lot is another farmer's, or of another plot."""

    event: str  # of the weigh-in
    farmer: str
    plot: str = ""  # empty when the plot is not known
    reason: str


@dataclass(frozen=True, kw_only=True)
class CorrectWeight(Fact):
    """A delivery in a closed lot weighed something else: the right net grams."""

    event: str  # of the weigh-in
    mass_g: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class Approve(Fact):
    request: str  # the code of the entry that asked


@dataclass(frozen=True, kw_only=True)
class Refuse(Fact):
    request: str
    reason: str
