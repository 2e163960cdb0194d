"""Few parts stand for many farms: nobody is lost, nobody is in a group of four, the order asked in is nothing."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from traceability.domain.flow import (
    LEAST_FARMS,
    MOST,
    Heap,
    heaped_farms,
    heaped_lots,
    heaped_places,
    into_lots,
    woven,
)

GRAMS = st.dictionaries(st.integers(0, 60), st.integers(1, 10**7), min_size=1, max_size=60)


def test_three_farms_are_three_parts() -> None:
    heaps = heaped_farms({0: 60, 1: 30, 2: 10}, {}, {})
    assert [(heap.kind, heap.members) for heap in heaps] == [("farm", [0]), ("farm", [1]), ("farm", [2])]


def test_three_thousand_farms_are_their_villages_and_the_rest() -> None:
    grams = {farm: 1_000 + farm for farm in range(3_000)}
    villages = {farm: f"Village {farm % 9}" for farm in grams}
    heaps = heaped_farms(grams, villages, dict.fromkeys(grams, 1))
    assert len(heaps) == MOST
    assert [heap.kind for heap in heaps] == ["village"] * (MOST - 1) + ["farms"]
    assert sum(len(heap.members) for heap in heaps) == 3_000


def test_where_villages_may_not_be_told_cooperatives_are() -> None:
    grams = dict.fromkeys(range(40), 100)
    heaps = heaped_farms(grams, {}, {farm: farm % 2 for farm in grams})
    assert [(heap.kind, len(heap.members)) for heap in heaps] == [("cooperative", 20), ("cooperative", 20)]


def test_one_village_says_nothing_so_the_largest_farms_do() -> None:
    grams = {farm: 100 - farm for farm in range(40)}
    heaps = heaped_farms(grams, dict.fromkeys(grams, "Nong Luang"), dict.fromkeys(grams, 1))
    assert [heap.members for heap in heaps[:-1]] == [[0], [1], [2], [3], [4]]
    assert (heaps[-1].kind, len(heaps[-1].members)) == ("farms", 35)


def test_many_lots_are_those_who_made_them() -> None:
    lots = dict.fromkeys(range(100, 130), 50)
    heaps = heaped_lots(lots, {lot: lot % 3 for lot in lots})
    assert [(heap.kind, heap.of, len(heap.members)) for heap in heaps] == [("lots", at, 10) for at in range(3)]
    assert len(heaped_lots(lots, dict.fromkeys(lots, 1))) == MOST


@given(grams=GRAMS, seed=st.integers(0, 1000))
def test_every_farm_is_in_one_part_whatever_order_it_came_in(grams: dict[int, int], seed: int) -> None:
    some = random.Random(seed)
    villages = {farm: some.randint(0, 12) for farm in grams if some.random() < 0.8}
    houses = {farm: some.randint(0, 2) for farm in grams}
    heaps = heaped_farms(grams, villages, houses)
    assert sorted(farm for heap in heaps for farm in heap.members) == sorted(grams)
    assert len(heaps) <= MOST
    for heap in heaps:
        assert heap.kind not in ("village", "cooperative") or len(heap.members) >= LEAST_FARMS
    shuffled = list(grams.items())
    some.shuffle(shuffled)
    assert heaped_farms(dict(shuffled), villages, houses) == heaps


@given(grams=st.dictionaries(st.tuples(st.integers(0, 5), st.integers(10, 13)), st.integers(0, 10**8), max_size=20))
def test_bands_are_the_sums_of_what_each_farm_gave_to_each_lot(grams: dict[tuple[int, int], int]) -> None:
    farms = [Heap("village", "A", [0, 3]), Heap("village", "B", [1, 2, 4]), Heap("farms", None, [5])]
    lots = [Heap("lot", 11, [11]), Heap("lots", None, [10, 12, 13])]
    bands = woven(grams, farms, lots)
    for at, heap in enumerate(farms):
        given_g = sum(mass for (farm, _), mass in grams.items() if farm in heap.members)
        assert sum(band.mass_g for band in bands if band.source == at) == given_g
    taken = [sum(mass for (_, lot), mass in grams.items() if lot in heap.members) for heap in lots]
    assert into_lots(bands, 2) == taken
    assert sum(taken) == sum(grams.values())


def test_places_are_districts_the_most_first() -> None:
    paksong, laongam = ("LA", "Champasak", "Paksong"), ("LA", "Salavan", "Laongam")
    heaps = heaped_places({0: 5, 1: 9, 2: 3}, [paksong, laongam, paksong])
    assert [(heap.of, heap.members) for heap in heaps] == [(laongam, [1]), (paksong, [0, 2])]
