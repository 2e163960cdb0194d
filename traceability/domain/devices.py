"""Phones: what is said about them, and their clock against ours: a day is never guessed (UX 4.8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from traceability.domain.facts import Fact
from traceability.domain.journal import canonical, digest
from traceability.errors import Invalid

TOLD: Final = timedelta(minutes=10)  # a larger difference is set right, and shown
ASKED: Final = timedelta(hours=24)  # beyond this a person says when it was
_BROWSER: Final = "browser"


def browser_named(key: str, agent: str) -> str:
    """What a session says of the browser that it was opened in: a key of its own, and what it calls itself."""
    return f"{_BROWSER} {key} {agent}" if key else agent


def same_browser(one: str, other: str) -> bool:
    """Whether two entries were made in one browser, whoever was signed in. What carries no key tells nothing."""
    keys = [said.split(" ")[1] for said in (one, other) if said.startswith(_BROWSER + " ")]
    return len(keys) == 2 and keys[0] == keys[1]


@dataclass(frozen=True, kw_only=True)
class EnrolDevice(Fact):
    name: str
    token: str  # made on the phone, so that an answer that got lost can be asked for again

    def request_digest(self) -> str:
        """With the digest of the token in its place: a token must not be found by guessing among what was said."""
        return digest(canonical({"fact": "EnrolDevice", "name": self.name, "token": digest(self.token.encode())}))


@dataclass(frozen=True, kw_only=True)
class RevokeDevice(Fact):
    device: str


class ClockOff(Invalid):
    """The clock of this phone said {shown}; here it is {now}. Say when it was weighed."""


class Settled(NamedTuple):
    """When a thing happened, and by how many minutes the phone's clock was ahead (0 for less than it takes to tell)."""

    at: datetime
    ahead_minutes: int


def settle(shown: datetime, sent: datetime | None, since: datetime, now: datetime) -> Settled:
    """When a thing happened that a phone says happened at `shown`, and sent when its clock showed `sent`.

    `since` is when the phone was enrolled: nothing can have happened before that. Raises ClockOff where the phone's
    clock is a day off now, or must have been when it showed `shown` and was set right since.
    """
    ahead = sent - now if sent is not None else timedelta()
    at = shown - ahead if abs(ahead) > TOLD else shown
    if abs(ahead) > ASKED or at > now + ASKED or at < since - ASKED:
        raise ClockOff(shown=shown, now=now, at="occurred_at")
    at = min(at, now)
    minutes = round((shown - at).total_seconds() / 60)
    return Settled(at, minutes if abs(shown - at) > TOLD else 0)
