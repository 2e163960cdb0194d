"""A table of movements (from, to, item, date, quantity): nobody says which arrival left again, so a rule says it.

An outgoing movement of an item is drawn from what arrived of that item at that place: first in, first out, or of
everything there in proportion. What arrived on a later day cannot have left; what arrived on the same day can. What
leaves without having arrived starts at that place.
"""

from __future__ import annotations

import heapq
import re
from bisect import insort
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction
from itertools import groupby
from typing import Final

from traceability.domain.lineage import LineageLoop
from traceability.domain.quantity import apportion
from traceability.domain.text import ascii_forms, search_key
from traceability.errors import Sentence
from traceability.imports.bounded import Source, read_sheets
from traceability.imports.columns import Table, find_table
from traceability.imports.measures import grams_in, read_weight
from traceability.imports.network import (
    Good,
    Input,
    Network,
    Place,
    Step,
    check_extent,
    checked,
    short_number,
    whole_grams,
)
from traceability.imports.refusals import MovementAmbiguous, MovementUnreadable
from traceability.imports.seasons import read_day
from traceability.imports.titles import MOVEMENT_FIELDS
from traceability.words import N_

_ONLY_DECIMAL: Final = re.compile(r"0([.,])[0-9]+|[0-9]+([.,])(?:[0-9]{1,2}|[0-9]{4,})")
_STARTED: Final = N_("Movements of more than had arrived; the rest starts at the place that sent it: {count}.")


class Method(StrEnum):
    """Which of what lies at a place leaves first."""

    FIRST_IN_FIRST_OUT = "first_in_first_out"
    PRO_RATA = "pro_rata"


@dataclass(frozen=True, order=True)
class Movement:
    """One row: `mass_g` grams of an item went from one place to another. Sorts by day, then as written."""

    day: date
    row: int
    key: str
    sender: str
    receiver: str
    item: str
    lot: str
    mass_g: int


@dataclass(order=True)
class _Arrived:
    """What is left at a place of one movement."""

    day: date
    row: int
    key: str
    left_g: int


@dataclass
class _Drawn:
    """What every movement was drawn from; `started` holds the grams that had never arrived."""

    inputs: dict[str, list[Input]] = field(default_factory=dict)
    started: dict[str, int] = field(default_factory=dict)
    links: int = 0


def read_movements(
    source: Source, *, method: Method = Method.FIRST_IN_FIRST_OUT, mapping: Mapping[str, str] | None = None
) -> Network:
    """The places and movements of a CSV or XLSX table, one lot for each row. Refuses a row that cannot be read."""
    table = find_table(read_sheets(source), MOVEMENT_FIELDS, mapping)
    for name in ("from", "to", "item", "date", "quantity"):
        table.require(name)
    rows = list(_movements(table))
    drawn = _Drawn()
    for _, some in groupby(sorted(rows, key=lambda row: (row.item, row)), key=lambda row: row.item):
        _draw(list(some), method, drawn)
    goods, steps = [], []
    for row in rows:
        number = short_number(row.lot or f"ROW {row.row}")
        inputs, rest = drawn.inputs.get(row.key, []), drawn.started.get(row.key, 0)
        if inputs and rest:
            start = Good(f"{row.key} start", short_number(f"{number} START"), row.sender, row.item, row.day, rest)
            goods.append(start)
            inputs = [*inputs, Input(start.key, rest)]
        goods.append(Good(row.key, number, row.sender, row.item, row.day, row.mass_g))
        if inputs:
            steps.append(Step((row.key,), tuple(inputs)))
    started = len(goods) - len(rows)
    notes = [*table.notes, *([Sentence(_STARTED, {"count": started})] if started else [])]
    places = dict.fromkeys(place for row in rows for place in (row.sender, row.receiver))
    return checked(
        Network(
            format="movements",
            places=tuple(Place(place, place) for place in places),
            goods=tuple(goods),
            steps=tuple(steps),
            said={"movements": len(rows)},
            notes=tuple(notes),
        )
    )


def _movements(table: Table) -> Iterator[Movement]:
    typed = [(line.number, table.typed(line)) for line in table.lines]
    mark = _decimal_mark([said.get("quantity", "") for _, said in typed])
    titled = _unit_in(table.mapping["quantity"][0])
    for number, said in typed:
        for name in ("from", "to", "item"):
            if not search_key(said[name]):
                raise MovementUnreadable(row=number, field=table.mapping[name][0])
        day = read_day(said["date"]).value
        if day is None:
            raise MovementUnreadable(row=number, field=table.mapping["date"][0])
        mass = _mass(said["quantity"], said.get("unit", "") or titled, mark, number)
        if mass is None:
            raise MovementUnreadable(row=number, field=table.mapping["quantity"][0])
        lot = said.get("lot", "")
        if said["from"] == said["to"]:
            raise LineageLoop(lot=lot or f"ROW {number}")
        yield Movement(day, number, f"row {number}", said["from"], said["to"], said["item"], lot, mass)


def _decimal_mark(quantities: Sequence[str]) -> str:
    """The mark that can only part decimals in some row, and so does in all; empty when no row, or both marks, do."""
    found = [match for typed in quantities if (match := _ONLY_DECIMAL.match(ascii_forms(typed).strip()))]
    whole = {(match[1] or match[2]) for match in found if not re.match("[0-9.,]", match.string[match.end() :])}
    return whole.pop() if len(whole) == 1 else ""


def _unit_in(title: str) -> str:
    """The unit that a title ends in: `Quantity (g)`, `mass_t`."""
    words: list[str] = re.findall(r"[^\W\d_]+", title)
    return words[-1] if len(words) > 1 and grams_in(words[-1]) else ""


def _mass(typed: str, unit: str, mark: str, row: int) -> int | None:
    """Grams of a quantity with its unit: in the same cell, else `unit`; kilograms when none is written."""
    factor = Fraction(1)
    if unit and not re.search(r"[^\W\d]", typed):
        grams = grams_in(unit)
        if grams is None:
            return None
        factor = grams / 1_000
    reading = read_weight(typed)
    if reading.value is None:
        return None
    if reading.severity == "asked":
        number = re.match(r"[0-9]+([.,])[0-9]+", ascii_forms(typed).strip())
        if not (mark and number):
            raise MovementAmbiguous(row=row, typed=typed)
        # of the two readings, the first takes the mark for thousands
        return whole_grams(reading.value * factor / (1_000 if number[1] == mark else 1))
    return whole_grams(reading.value * factor)


def _draw(rows: Sequence[Movement], method: Method, drawn: _Drawn) -> None:
    """Draw every movement of one item from what had arrived where it left; `rows` are sorted."""
    there: dict[str, list[_Arrived]] = defaultdict(list)
    for _, day in groupby(rows, key=lambda row: row.day):
        for row in _in_turn(list(day)):
            pool = there[row.sender]
            taken = _first_in(pool, row.mass_g) if method is Method.FIRST_IN_FIRST_OUT else _shared(pool, row.mass_g)
            drawn.links += len(taken)
            check_extent(0, drawn.links)
            if taken:
                drawn.inputs[row.key] = taken
            rest = row.mass_g - sum(item.mass_g or 0 for item in taken)
            if rest:
                drawn.started[row.key] = rest
            insort(there[row.receiver], _Arrived(row.day, row.row, row.key, row.mass_g))


def _first_in(pool: list[_Arrived], wanted_g: int) -> list[Input]:
    taken = []
    emptied = 0
    for item in pool:
        if not wanted_g:
            break
        grams = min(wanted_g, item.left_g)
        wanted_g -= grams
        item.left_g -= grams
        emptied += not item.left_g
        taken.append(Input(item.key, grams))
    del pool[:emptied]
    return taken


def _shared(pool: list[_Arrived], wanted_g: int) -> list[Input]:
    left = [item.left_g for item in pool]
    grams = apportion(min(wanted_g, sum(left)), left)
    for item, mass in zip(pool, grams, strict=True):
        item.left_g -= mass
    taken = [Input(item.key, mass) for item, mass in zip(pool, grams, strict=True) if mass]
    pool[:] = [item for item in pool if item.left_g]
    return taken


def _in_turn(rows: Sequence[Movement]) -> Iterator[Movement]:
    """The movements of one item and day, each after those that arrive where it leaves, else as written.

    Where they go round in a ring, the one written first goes first.
    """
    arriving: dict[str, dict[int, Movement]] = defaultdict(dict)
    leaving: dict[str, list[Movement]] = defaultdict(list)
    for row in rows:
        arriving[row.receiver][row.row] = row
        leaving[row.sender].append(row)
    waiting = {row.row: row for row in rows}
    ready = [row.row for row in rows if not arriving[row.sender]]
    while waiting:
        number = heapq.heappop(ready) if ready else _first_of_ring(waiting, arriving)
        if number not in waiting:
            continue
        row = waiting.pop(number)
        yield row
        del arriving[row.receiver][number]
        if not arriving[row.receiver]:
            for after in leaving[row.receiver]:
                if after.row in waiting:
                    heapq.heappush(ready, after.row)


def _first_of_ring(waiting: Mapping[int, Movement], arriving: Mapping[str, Mapping[int, Movement]]) -> int:
    """The row written first of a ring: going back from any movement ends in one."""
    way: dict[int, None] = {}
    number = next(iter(waiting))
    while number not in way:
        way[number] = None
        number = next(iter(arriving[waiting[number].sender]))
    numbers = list(way)
    return min(numbers[numbers.index(number) :])
