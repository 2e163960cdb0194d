"""Whole grams are decided once: whatever is summed in two ways comes to the same.

`D1 33 + D2 33 -> L1`; `D3 34 -> L2`; `L1 + L2 -> M`; `M -> 70 A + 29 lost`; `A -> B`
"""

from __future__ import annotations

import random
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from traceability.domain.lineage import Ancestry, Flow, flow, shares
from traceability.domain.whole_grams import WholeGrams, by_delivery, whole_grams

Source = tuple[int, int]
BATCH = 1_000


def test_the_parts_of_the_picture_are_followed_down() -> None:
    above: Ancestry[int, Source] = Ancestry()
    above.lots = {1: [], 2: [], 3: [(1, 66), (2, 34)], BATCH: [(3, 100)]}
    above.deliveries = {1: [(11, 33, (7, 0)), (12, 33, (8, 0))], 2: [(13, 34, (9, 0))], 3: [], BATCH: []}
    above.whole = {1: 66, 2: 34, 3: 100, BATCH: 100}
    traced = flow(above, BATCH, 70)
    of = shares(traced.came_from, 70)
    assert of == {(7, 0): 23, (8, 0): 23, (9, 0): 24}
    found = whole_grams(traced, BATCH, of)
    assert found.came == {((7, 0), 1): 23, ((8, 0), 1): 23, ((9, 0), 2): 24}
    assert found.ways == {(1, 3): 46, (2, 3): 24, (3, BATCH): 70}
    assert by_delivery(traced, found) == {(11, 1): 23, (12, 1): 23, (13, 2): 24}


def test_a_delivery_that_is_the_batch_itself_went_straight_in() -> None:
    traced: Flow[int, Source] = flow(Ancestry(), BATCH, 50)
    assert whole_grams(traced, BATCH, {(7, 0): 50}) == WholeGrams({((7, 0), BATCH): 50}, {})


def grown(seed: int) -> Flow[int, Source]:
    """Some farms delivered to some lots several times, and lots went into lots, with losses everywhere."""
    some = random.Random(seed)
    above: Ancestry[int, Source] = Ancestry()
    lots = range(1, some.randint(2, 12))
    key = 10_000
    for lot in (*lots, BATCH):
        before = [one for one in lots if one < lot]
        parents = some.sample(before, min(len(before), some.randint(0, 3))) if lot != BATCH else before[-3:]
        above.lots[lot] = [(one, some.randint(1, 10**6)) for one in parents]
        above.deliveries[lot] = []
        for _ in range(some.randint(0 if parents else 1, 6)):
            key += 1
            origin = some.randint(1, 9), some.randint(0, 2)
            above.deliveries[lot] = [*above.deliveries[lot], (key, some.randint(1, 10**6), origin)]
        taken = [mass for _, mass in above.lots[lot]] + [mass for _, mass, _ in above.deliveries[lot]]
        above.whole[lot] = sum(taken)
    return flow(above, BATCH, some.randint(1, 10**7))


@given(seed=st.integers(0, 10**6))
def test_every_sum_of_the_same_grams_is_the_same(seed: int) -> None:
    traced = grown(seed)
    mass_g = random.Random(seed + 1).randint(1, 10**7)
    of = shares(traced.came_from, mass_g)
    found = whole_grams(traced, BATCH, of)
    by_origin: Counter[Source] = Counter()
    held: Counter[int] = Counter()
    gave: Counter[int] = Counter()
    for (origin, lot), mass in found.came.items():
        by_origin[origin] += mass
        held[lot] += mass
    for (lot, into), mass in found.ways.items():
        gave[lot] += mass
        held[into] += mass
    assert by_origin == of
    assert min([*found.came.values(), *found.ways.values()]) >= 0
    assert held.pop(BATCH) == mass_g
    assert held == gave
    delivered: Counter[Source] = Counter()
    whose = {key: origin for rows in traced.above.deliveries.values() for key, _, origin in rows}
    for (key, _), mass in by_delivery(traced, found).items():
        delivered[whose[key]] += mass
    assert delivered == of
