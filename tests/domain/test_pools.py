"""What leaves a place that holds goods together: exact, never more than is there, by its own rule."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from traceability.domain.pools import POOL_NAMES, Pool, drawn

HELD = st.lists(st.integers(1, 10**9), min_size=1, max_size=12)


@given(HELD, st.integers(0, 1_000), st.sampled_from(Pool))
def test_what_is_drawn_sums_to_the_gram_and_no_lot_gives_more_than_it_holds(
    held: list[int], permille: int, rule: Pool
) -> None:
    mass = sum(held) * permille // 1_000
    parts = drawn(rule, held, mass)
    assert sum(parts) == mass
    assert all(0 <= part <= grams for part, grams in zip(parts, held, strict=True))


@given(HELD, st.integers(0, 1_000))
def test_a_younger_layer_gives_only_when_the_older_are_empty(held: list[int], permille: int) -> None:
    parts = drawn(Pool.FIRST_IN_FIRST_OUT, held, sum(held) * permille // 1_000)
    touched = [place for place, part in enumerate(parts) if part]
    assert all(parts[place] == held[place] for place in touched[:-1])
    assert touched == list(range(len(touched)))


def test_where_all_is_mixed_everything_gives_in_proportion() -> None:
    assert drawn(Pool.PRO_RATA, [600, 300, 100], 50) == [30, 15, 5]
    assert drawn(Pool.PRO_RATA, [1, 1, 1], 2) == [1, 1, 0]


def test_every_rule_has_words() -> None:
    assert set(POOL_NAMES) == set(Pool)
