"""What the public may report of a batch: that something in the hand differs from what its page says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from traceability.domain.facts import Fact
from traceability.words import N_

# What differs on the goods, in the order of a label; "" is nothing.
DIFFERS: Final[Mapping[str, str]] = {
    "lot_number": N_("The lot number"),
    "weight": N_("The weight or the number of bags"),
    "seal": N_("The seal"),
    "product": N_("The product"),
    "place": N_("The place, or who made it"),
    "damaged": N_("It looks damaged or opened"),
    "other": N_("Something else"),
}


# How long the contact and the photo of a reporter are kept. Half a year after the last word about a report: whoever got
# an answer may come back to it, and what was sold is eaten and what was argued is settled by then.
KEPT_AFTER_HANDLING: Final = timedelta(days=180)
# A year and a month where nobody did anything: the same weeks of the next season have passed, and nobody will any more.
KEPT_AT_MOST: Final = timedelta(days=400)


class State(StrEnum):
    """How far a report has come."""

    NEW = "new"
    LOOKED_AT = "looked_at"
    ANSWERED = "answered"


STATES: Final[Mapping[State, str]] = {
    State.NEW: N_("New"),
    State.LOOKED_AT: N_("Looked at"),
    State.ANSWERED: N_("Answered"),
}


@dataclass(frozen=True, kw_only=True)
class Told:
    """What somebody reports who has not signed in: no entry of the journal, which only our own people write."""

    client_id: str
    differs: str
    said: str = ""
    contact: str = ""
    serial: str = ""


@dataclass(frozen=True, kw_only=True)
class HandleReport(Fact):
    """What the organisation did about a report. `forget` deletes how to reach the reporter, and the photo."""

    report: str
    state: str
    answer: str = ""
    forget: bool = False
