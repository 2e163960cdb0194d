"""A made-up harvest as arrays: farms -> deliveries -> collection lots -> processing -> grading -> export -> bulk.

Shaped after what cooperatives do (PERFORMANCE a): 30 to 200 deliveries of one collection point make a lot, a part of
the lots is split, a part of the goods changes hands, and some exports are blended again. Numbers of lots are given in
the order of time, so what went into a lot is scattered over the numbers, as in life. Masses are whole grams.
The same seed makes the same harvest.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]

_DELIVERIES_PER_FARM = 15
_FARMS_PER_ORGANISATION = 1_300
_POINTS_PER_ORGANISATION = 10
_FIRST_DAY = 20_000  # of the harvest, counted from 1970-01-01
_SEASON = 120.0  # days
DELIVERY, LOT, PACKED = range(3)


@dataclass(frozen=True)
class Harvest:
    """Lots and edges. Lot, farm and organisation numbers start at 1; the lot of number n is at place n - 1."""

    organisations: int
    farm_org: Numbers  # of farm n at place n - 1; every second farm has a plot, which has the farm's number
    kind: Numbers  # DELIVERY, LOT or PACKED
    org: Numbers
    farm: Numbers  # of a delivery, else 0
    made_g: Numbers
    left_g: Numbers
    day: Numbers
    child: Numbers  # edges, in the order of child and parent
    parent: Numbers
    mass_g: Numbers

    @property
    def packed(self) -> Numbers:
        """The lots that were sealed for buyers."""
        return np.flatnonzero(self.kind == PACKED) + 1


class _Portion(NamedTuple):
    """Some grams of a lot that may go into another, from a time on."""

    at: float
    lot: int
    mass_g: int
    org: int


class _Making:
    """Lots as they are made, numbered as they come; numbers in the order of time are given at the end."""

    def __init__(self, first: int, chance: random.Random) -> None:
        self.first = first
        self.chance = chance
        self.at: list[float] = []
        self.org: list[int] = []
        self.made_g: list[int] = []
        self.kind: list[int] = []
        self.edges: list[tuple[int, int, int]] = []  # child, parent, grams

    def mix(self, portions: Iterable[_Portion], fewest: int, most: int, kept: float, kind: int = LOT) -> list[_Portion]:
        """Each organisation takes its portions as they come, so many at a time, and keeps a part of the mass."""
        waiting: dict[int, tuple[int, list[_Portion]]] = {}
        made: list[_Portion] = []
        for portion in sorted(portions):
            wanted, taken = waiting.get(portion.org) or (self._few(fewest, most), [])
            taken.append(portion)
            waiting[portion.org] = wanted, taken
            if len(taken) == wanted:
                made.append(self.blend(taken, kept, kind))
                del waiting[portion.org]
        return made + [self.blend(taken, kept, kind) for _, taken in waiting.values()]

    def blend(self, taken: Sequence[_Portion], kept: float, kind: int) -> _Portion:
        """One new lot of some portions."""
        parts: dict[int, int] = {}
        for portion in taken:
            parts[portion.lot] = parts.get(portion.lot, 0) + portion.mass_g
        number = self.first + len(self.at)
        self.edges += [(number, lot, mass_g) for lot, mass_g in parts.items()]
        mass_g = max(1, int(sum(parts.values()) * kept))
        at = max(portion.at for portion in taken) + self.chance.uniform(0.05, 1.5)
        self.at.append(at)
        self.org.append(taken[0].org)
        self.made_g.append(mass_g)
        self.kind.append(kind)
        return _Portion(at, number, mass_g, taken[0].org)

    def split(self, made: Iterable[_Portion], chances: Sequence[float], away: float, orgs: int) -> Iterator[_Portion]:
        """Portions of lots: in two, three ... with these chances, each sent to another organisation with the last."""
        for at, lot, mass_g, org in made:
            pieces = next((n for n, chance in enumerate(chances, 2) if self.chance.random() < chance), 1)
            for piece in range(pieces):
                to = self.chance.randrange(orgs) + 1 if self.chance.random() < away else org
                yield _Portion(at + piece * self.chance.uniform(0.5, 5), lot, max(1, mass_g // pieces), to)

    def _few(self, fewest: int, most: int) -> int:
        return round(self.chance.triangular(fewest, most, fewest)) if most > 5 else self.chance.randint(fewest, most)


def harvest(edges: int, seed: int = 1) -> Harvest:
    """A harvest of about so many edges."""
    chance, draw = random.Random(seed), np.random.default_rng(seed)
    deliveries = int(edges * 0.95)
    farms = max(50, deliveries // _DELIVERIES_PER_FARM)
    orgs = max(2, farms // _FARMS_PER_ORGANISATION)
    farm_org = np.arange(farms) % orgs + 1
    farm = draw.integers(0, farms, deliveries)
    at = draw.uniform(0, _SEASON, deliveries)
    mass = draw.integers(20_000, 300_001, deliveries)

    making = _Making(deliveries, chance)
    groups, child, parent, grams = _collected(making, farm, at, mass, farm_org)
    processed = making.mix(making.split(groups, [0.3], 0, orgs), 1, 5, 0.8)
    graded = making.mix(making.split(processed, [0.35, 0.25], 0.1, orgs), 1, 2, 0.97)
    packed = making.mix(making.split(graded, [], 0.15, orgs), 3, 20, 0.99, PACKED)
    _bulk(making, packed)

    later = np.array(making.edges, dtype=np.int64).reshape(-1, 3)
    return _in_order_of_time(
        orgs,
        farm_org,
        at=np.concatenate([at, making.at]),
        kind=np.concatenate([np.full(deliveries, DELIVERY), making.kind]),
        org=np.concatenate([farm_org[farm], making.org]),
        farm=np.concatenate([farm + 1, np.zeros(len(making.at), dtype=np.int64)]),
        made_g=np.concatenate([mass, making.made_g]),
        child=np.concatenate([child, later[:, 0]]),
        parent=np.concatenate([parent, later[:, 1]]),
        grams=np.concatenate([grams, later[:, 2]]),
    )


def ladder(stages: int) -> Harvest:
    """Two lots, each blended of both of the stage before, over and over: ways double with every stage, lots do not."""
    lots = np.arange(1, 2 * stages + 3)
    child = np.repeat(lots[2:], 2)
    first = (child - 1) // 2 * 2 - 1
    ones = np.ones(len(lots), dtype=np.int64)
    return Harvest(
        organisations=1,
        farm_org=ones[:2],
        kind=np.where(lots > 2, LOT, DELIVERY),
        org=ones,
        farm=np.where(lots > 2, 0, lots),
        made_g=ones * 100_000,
        left_g=np.where(lots > 2 * stages, 100_000, 0),
        day=_FIRST_DAY + (lots - 1) // 2,
        child=child,
        parent=first + np.tile([0, 1], len(child) // 2),
        mass_g=np.full(len(child), 50_000),
    )


def _collected(
    making: _Making, farm: Numbers, at: NDArray[np.float64], mass: Numbers, farm_org: Numbers
) -> tuple[list[_Portion], Numbers, Numbers, Numbers]:
    """Deliveries of one collection point in the order of time, 30 to 200 to a lot; 3 % go into two lots."""
    point = (farm_org[farm] - 1) * _POINTS_PER_ORGANISATION + farm // farm_org.max() % _POINTS_PER_ORGANISATION
    order = np.lexsort((at, point))
    ends = np.append(np.flatnonzero(np.diff(point[order])) + 1, len(order))
    group = np.empty(len(order), dtype=np.int64)  # of each place in `order`
    last = np.zeros(len(order), dtype=bool)  # groups that have no next one at their point, by group
    start = made = 0
    for end in ends:
        while start < end:
            size = making.chance.randint(30, 200)
            stop = end if end - start - size < 30 else start + size
            group[start:stop] = made
            last[made] = stop == end
            start, made = stop, made + 1
    in_two = (np.random.default_rng(made).random(len(order)) < 0.03) & ~last[group]
    half = mass[order] // 2
    first_part = np.where(in_two, mass[order] - half, mass[order])
    child = np.concatenate([group, group[in_two] + 1])
    parent = np.concatenate([order, order[in_two]])
    grams = np.concatenate([first_part, half[in_two]])
    whole = np.bincount(child, weights=grams, minlength=made).astype(np.int64)
    latest = np.zeros(made)
    np.maximum.at(latest, child, at[parent])
    first_of = np.searchsorted(group, np.arange(made))
    org = point[order][first_of] // _POINTS_PER_ORGANISATION + 1
    portions: list[_Portion] = []
    for when, mass_g, owner in zip(latest.tolist(), whole.tolist(), org.tolist(), strict=True):
        portions.append(_Portion(when + 0.05, making.first + len(making.at), mass_g, owner))
        making.at.append(when + 0.05)
        making.org.append(owner)
        making.made_g.append(mass_g)
        making.kind.append(LOT)
    return portions, child + making.first, parent, grams


def _bulk(making: _Making, packed: Sequence[_Portion]) -> None:
    """Blend a part of the exports again, a few at a time and sometimes very many."""
    waiting = iter(making.chance.sample(packed, len(packed)))
    sizes = [3, 10, 40] + [round(2 * 20 ** making.chance.random()) for _ in range(len(packed) // 150)]
    for size in sizes:
        taken = [portion._replace(mass_g=max(1, portion.mass_g // 2)) for portion in islice(waiting, size)]
        if taken:
            making.blend(taken, 1.0, PACKED)


def _in_order_of_time(orgs: int, farm_org: Numbers, *, at: NDArray[np.float64], **found: Any) -> Harvest:
    order = np.argsort(at, kind="stable")
    number = np.empty(len(at), dtype=np.int64)
    number[order] = np.arange(1, len(at) + 1)
    child, parent, grams = number[found["child"]], number[found["parent"]], found["grams"]
    sort = np.lexsort((parent, child))
    child, parent, grams = child[sort], parent[sort], grams[sort]
    made_g = found["made_g"][order]
    out = np.bincount(parent, weights=grams, minlength=len(at) + 1).astype(np.int64)[1:]
    return Harvest(
        organisations=orgs,
        farm_org=farm_org,
        kind=found["kind"][order],
        org=found["org"][order],
        farm=found["farm"][order],
        made_g=made_g,
        left_g=made_g - out,
        day=at[order].astype(np.int64) + _FIRST_DAY,
        child=child,
        parent=parent,
        mass_g=grams,
    )
