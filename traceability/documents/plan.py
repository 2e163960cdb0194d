"""How the tables share the room of the front page: all of it is used, and the farms alone may go on in an annex.

The journey stands across the page; below it are two columns, of which the right one ends with the origins. The other
tables stand in whichever column leaves the origins most room.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Final

from traceability.documents.tables import Table

PITCHES: Final = (13.5, 13.0, 12.5, 12.0, 11.5, 11.0, 10.5, 10.0, 9.8)  # points from line to line, roomy to dense
FARMS: Final = (8, 5, 3)  # how many origins the front page shows at least, when there are so many: the first that fits


@dataclass(frozen=True)
class Tables:
    """The five tables, each with the rows that the front page shows."""

    journey: Table
    quality: Table
    certificates: Table
    marks: Table
    sources: Table

    def cut(self) -> Tables | None:
        """The same without the last row of the highest table; None when only the origins have rows left."""
        names = [name for name in ("journey", "quality", "certificates", "marks") if getattr(self, name).kept]
        if not names:
            return None
        highest = max(names, key=lambda name: getattr(self, name).height(PITCHES[-1]))
        table = getattr(self, highest)
        return replace(self, **{highest: replace(table, kept=table.kept - 1)})


@dataclass(frozen=True)
class Plan:
    """What stands on the front page, and where: `pitch` points from line to line."""

    journey: Table
    left: tuple[Table, ...]
    right: tuple[Table, ...]  # the origins last
    pitch: float

    @property
    def left_over(self) -> tuple[Table, ...]:
        """The tables that the annex lists in full."""
        return tuple(table for table in (self.journey, *self.left, *self.right) if table.overflows)


def plan(tables: Tables, room: float) -> Plan:
    """Share out `room` points: everything if a dense page holds it, else the largest farms, at last fewer rows."""
    for farms in (len(tables.sources.rows), *FARMS):
        for pitch in PITCHES:
            made = arranged(tables, room, pitch, farms)
            if made:
                return made
    farms = FARMS[-1]
    while (made := arranged(tables, room, PITCHES[-1], farms)) is None:
        fewer = tables.cut()
        tables, farms = (fewer, farms) if fewer else (tables, farms - 1)
    return made


def arranged(tables: Tables, room: float, pitch: float, farms: int) -> Plan | None:
    """The arrangement that shows most farms, with the emptier left column; None when not even `farms` fit."""
    below = room - tables.journey.height(pitch)
    fitting = []
    for left, right in _columns(tables):
        if sum(table.height(pitch) for table in left) > below:
            continue
        *others, sources = right
        free = below - sum(table.height(pitch) for table in others)
        sources = sources.within(free, pitch)
        if sources.kept >= min(farms, len(sources.rows)) and sources.height(pitch) <= free:
            fitting.append(Plan(tables.journey, left, (*others, sources), pitch))
    return max(fitting, key=_worth, default=None)


def _worth(made: Plan) -> tuple[int, float]:
    """More farms are better, then columns that end near each other."""
    left, right = (sum(table.height(made.pitch) for table in column) for column in (made.left, made.right))
    return made.right[-1].kept, -abs(left - right)


def _columns(tables: Tables) -> Iterator[tuple[tuple[Table, ...], tuple[Table, ...]]]:
    """The ways to stand the tables in two columns, the order of reading kept."""
    others = (tables.quality, tables.certificates, tables.marks)
    for places in product((True, False), repeat=len(others)):
        left = tuple(table for table, stays in zip(others, places, strict=True) if stays)
        right = tuple(table for table, stays in zip(others, places, strict=True) if not stays)
        if left:
            yield left, (*right, tables.sources)
