"""The clock of single rooms of the program, as a test wants it; and no test during which a day ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

ZONES: Final = timedelta(), timedelta(hours=7)  # in which tests count days: UTC, and where the goods are made
LONGEST: Final = timedelta(minutes=2)  # that nearly every test takes


def until_midnight(now: datetime) -> timedelta:
    """How long to wait before a test begins: what is made today and looked at tomorrow is no longer of today."""
    for zone in ZONES:
        local = now.astimezone(UTC) + zone
        left = timedelta(days=1) - (local - local.replace(hour=0, minute=0, second=0, microsecond=0))
        if left <= LONGEST:
            return left
    return timedelta()


def later(monkeypatch: pytest.MonkeyPatch, ahead: timedelta, *rooms: Any) -> None:
    """Every room, a module that asks `datetime.now`, goes this far ahead."""

    class Later(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return datetime.now(tz) + ahead

    for room in rooms:
        monkeypatch.setattr(room, "datetime", Later)


def standing(monkeypatch: pytest.MonkeyPatch, *rooms: Any) -> None:
    """The rooms stay at this moment: a page names the minute, so two readings of it differ when one turns between."""
    moment = datetime.now().astimezone()

    class Standing(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return moment.astimezone(tz)

    for room in rooms:
        monkeypatch.setattr(room, "datetime", Standing)
