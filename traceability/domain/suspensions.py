"""Suspensions of an official code: they may end, and one that was said by mistake never was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from traceability.domain.facts import Fact
from traceability.errors import Invalid


class EndsBeforeItBegins(Invalid):
    """This is before the first day, {day}. Check both days."""


@dataclass(frozen=True, kw_only=True)
class EndSuspension(Fact):
    """The last day of a suspension, or that it was said by mistake: then the code stood on all of its days."""

    scheme: str
    official_code: str
    number: int  # among the suspensions of the code, in the order in which they were said, from 1
    last_on: date | None = None
    in_error: bool = False
    reason: str = ""


def check_ends(from_on: date, to_on: date | None, *, at: str) -> None:
    """Raises EndsBeforeItBegins."""
    if to_on is not None and to_on < from_on:
        raise EndsBeforeItBegins(day=from_on, at=at)
