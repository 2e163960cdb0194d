"""The same farms have the same percentage in every list, and every list sums to 100.0."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from traceability.domain.percentages import Percentages
from traceability.domain.quantity import tenths_of_percent

THIRDS = [100, 100, 100]


def test_a_third_stays_what_it_was_called_first() -> None:
    percentages = Percentages(THIRDS, tenths_of_percent(THIRDS))
    assert percentages.of([({0}, 100), ({1, 2}, 200)]) == [334, 666]
    assert percentages.of([({2}, 100), ({0, 1}, 200)]) == [333, 667]
    assert percentages.of([({1, 2}, 200), ({0}, 100)]) == [666, 334]


def test_what_holds_some_of_the_grams_of_a_farm_is_not_the_farm() -> None:
    percentages = Percentages([100, 200], [333, 667])
    assert percentages.of([({0, 1}, 150), ({1}, 150)]) == [500, 500]


def test_lists_that_cannot_all_agree_still_sum_to_a_hundred() -> None:
    """{0, 1} | 2 | 3 and 0 | 1 | {2, 3} were told; the whole of {0, 1} and {2, 3} is still a hundred"""
    masses = [1_005, 1_005, 1_005, 6_985]
    percentages = Percentages(masses, tenths_of_percent(masses))
    for parts in ([{0, 1}, {2}, {3}], [{0}, {1}, {2, 3}], [{0, 1}, {2, 3}]):
        assert sum(percentages.of([(some, sum(masses[at] for at in some)) for some in parts])) == 1_000


@given(masses=st.lists(st.integers(0, 10**7), min_size=1, max_size=40).filter(any), seed=st.integers(0, 10**6))
def test_every_list_sums_to_a_hundred_and_none_is_far_off(masses: list[int], seed: int) -> None:
    some = random.Random(seed)
    percentages = Percentages(masses, tenths_of_percent(masses))
    for count in (3, 5, 2):
        parts: list[set[int]] = [set() for _ in range(count)]
        for at in range(len(masses)):
            parts[some.randrange(count)].add(at)
        rows = [(part, sum(masses[at] for at in part)) for part in parts]
        told = percentages.of(rows)
        assert sum(told) == 1_000
        assert all(abs(tenths - mass * 1_000 / sum(masses)) < 3 for tenths, (_, mass) in zip(told, rows, strict=True))
        assert percentages.of(rows) == told
        for tenths, part in zip(told, parts, strict=True):
            held = [at for at in part if masses[at]]
            assert len(held) != 1 or tenths == tenths_of_percent(masses)[held[0]]
