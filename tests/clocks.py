"""The clock of single rooms of the program, as a test wants it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest


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
