"""What a fact tells, as its digest counts it: two requests under one client id are the same when they tell the same.

The time does not count: one left empty is filled with the clock of each arrival, and a replay must still be one.
"""

from __future__ import annotations

from dataclasses import fields
from datetime import date, datetime
from functools import cache
from typing import Any, Final

from traceability.domain.journal import digest

# Marks what a fact learned to say later: unsaid, it is left out, so that what was said before has the digest it had.
LATER: Final = {"left_out_when_unsaid": True}
# Marks what a clock shows: it moves on between one try to send and the next, and the request is the same.
A_CLOCK: Final = {"a_clock": True}

_FILLED_ON_ARRIVAL: Final = frozenset({"occurred_at", "zone_minutes"})
_ALWAYS: Final = object()


def told(fact: Any) -> dict[str, Any]:
    """Everything that a fact tells, by name, as text, numbers, lists and objects."""
    found = {}
    for name, unsaid in _counting(fact.__class__):
        said = getattr(fact, name)
        if said is not unsaid and said != unsaid:
            found[name] = said if type(said) is str or type(said) is int else _plain(said)  # nearly everything is
    return found


def _plain(value: Any) -> Any:
    if hasattr(value, "__dataclass_fields__"):
        return told(value)
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, bytes):
        return digest(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value


@cache
def _counting(kind: Any) -> list[tuple[str, object]]:
    """By name what tells two requests apart, with what it is when it is left out: nothing is where it always counts."""
    counts = [item for item in fields(kind) if item.name not in _FILLED_ON_ARRIVAL and "a_clock" not in item.metadata]
    return [(item.name, item.default if item.metadata else _ALWAYS) for item in counts]
