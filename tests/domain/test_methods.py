"""First in first out, the account of a balance, and what a chain of custody allows."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from traceability.domain.custody import Custody
from traceability.domain.lineage import PARTS_OF_A_GRAM
from traceability.domain.methods import (
    BalanceAccount,
    Method,
    Movement,
    first_in_first_out,
    quarter_of,
    refusal_of,
    scaled,
)

AMINA, BOUNMY, SIDA = (1, 0), (2, 0), (3, 0)
GROWN = {"A": (AMINA, 60), "B": (BOUNMY, 40), "S": (SIDA, 50)}


def whole(found: dict[tuple[int, int], int]) -> dict[tuple[int, int], int]:
    """Parts of a gram as grams; every one has to be whole here."""
    assert all(parts % PARTS_OF_A_GRAM == 0 for parts in found.values())
    return {origin: parts // PARTS_OF_A_GRAM for origin, parts in found.items()}


def test_what_came_in_first_goes_out_first() -> None:
    """60 A + 40 B -> W; W -> 70 X, then 30 Y"""
    moved = [
        Movement([("A", 60), ("B", 40)], [("W", 100)]),
        Movement([("W", 70)], [("X", 70)]),
        Movement([("W", 30)], [("Y", 30)]),
    ]
    assert whole(first_in_first_out(GROWN, moved, "W")) == {AMINA: 60, BOUNMY: 40}
    assert whole(first_in_first_out(GROWN, moved, "X")) == {AMINA: 60, BOUNMY: 10}
    assert whole(first_in_first_out(GROWN, moved, "Y")) == {BOUNMY: 30}


def test_what_is_lost_is_lost_of_all_and_what_one_event_makes_is_alike() -> None:
    """60 A + 40 B -> 30 X + 20 Y, 50 lost"""
    moved = [Movement([("A", 60), ("B", 40)], [("X", 30), ("Y", 20)])]
    assert whole(first_in_first_out(GROWN, moved, "X")) == {AMINA: 18, BOUNMY: 12}
    assert whole(first_in_first_out(GROWN, moved, "Y")) == {AMINA: 12, BOUNMY: 8}


def test_what_comes_home_from_the_road_lies_last() -> None:
    """60 A + 40 B -> W; 50 of W on the road, 20 arrive, 30 come home; then 50 of W -> X, the rest -> Y"""
    moved = [
        Movement([("A", 60), ("B", 40)], [("W", 100)]),
        Movement([("W", 50)], [("road", 50)]),
        Movement([("road", 20)], [("elsewhere", 20)]),
        Movement([("road", 30)], [("W", 30)]),
        Movement([("W", 50)], [("X", 50)]),
        Movement([("W", 30)], [("Y", 30)]),
    ]
    assert whole(first_in_first_out(GROWN, moved, "elsewhere")) == {AMINA: 20}
    assert whole(first_in_first_out(GROWN, moved, "X")) == {AMINA: 10, BOUNMY: 40}
    assert whole(first_in_first_out(GROWN, moved, "Y")) == {AMINA: 30}
    assert whole(first_in_first_out(GROWN, moved, "W")) == {AMINA: 60, BOUNMY: 40}  # as it was made


def test_a_delivery_is_its_own_origin_and_an_unknown_lot_has_none() -> None:
    assert whole(first_in_first_out(GROWN, [], "A")) == {AMINA: 60}
    assert first_in_first_out(GROWN, [], "nowhere") == {}


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(0, 10**30)), max_size=20), st.integers(0, 10**30))
def test_stretching_a_sequence_neither_makes_nor_loses_a_part(segments: list[tuple[int, int]], total: int) -> None:
    found = scaled(segments, total)
    held = sum(parts for _, parts in segments)
    assert sum(parts for _, parts in found) == (total if held else 0)
    assert [origin for origin, _ in found] == [origin for origin, _ in segments]
    for (_, before), (_, after) in zip(segments, found, strict=True):
        assert after >= 0
        if held:
            assert abs(after * held - before * total) < held


@given(st.lists(st.integers(1, 1_000), min_size=1, max_size=8), st.lists(st.integers(1, 400), max_size=8))
def test_whatever_is_taken_in_turn_adds_up_to_what_came_in(came: list[int], takes: list[int]) -> None:
    grown = {f"D{place}": ((place, 0), mass) for place, mass in enumerate(came)}
    left = sum(came)
    moved = [Movement([(f"D{place}", mass) for place, mass in enumerate(came)], [("W", left)])]
    names = []
    for place, wanted in enumerate([*takes, left]):
        mass = min(wanted, left)
        left -= mass
        if mass:
            names.append(f"X{place}")
            moved.append(Movement([("W", mass)], [(names[-1], mass)]))
    sums: dict[tuple[int, int], int] = {}
    last = -1
    for name in names:
        found = whole(first_in_first_out(grown, moved, name))
        assert min(place for place, _ in found) >= last  # nobody overtakes
        last = max(place for place, _ in found)
        for origin, mass in found.items():
            sums[origin] = sums.get(origin, 0) + mass
    assert [mass for _, mass in sorted(sums.items())] == came


def test_a_balance_is_only_for_goods_that_may_be_mixed_and_one_origin_is_one() -> None:
    assert refusal_of(Method.MASS_BALANCE, Custody.MASS_BALANCE, 5) is None
    for custody in set(Custody) - {Custody.MASS_BALANCE}:
        assert "does not allow" in str(refusal_of(Method.MASS_BALANCE, custody, 5))
    assert refusal_of(Method.IDENTITY_PRESERVED, Custody.SEGREGATED, 1) is None
    assert str(refusal_of(Method.IDENTITY_PRESERVED, Custody.SEGREGATED, 2)) == "It does not hold: 2 origins are in it."
    for method in (Method.PRO_RATA, Method.FIRST_IN_FIRST_OUT, Method.IN_EXCESS):
        assert refusal_of(method, Custody.MASS_BALANCE, 5) is None
        assert "No delivery" in str(refusal_of(method, Custody.SEGREGATED, 0))


def test_a_quarter_has_three_months_and_an_account_may_be_overdrawn() -> None:
    assert quarter_of(date(2026, 1, 1)) == (date(2026, 1, 1), date(2026, 3, 31))
    assert quarter_of(date(2026, 5, 31)) == (date(2026, 4, 1), date(2026, 6, 30))
    assert quarter_of(date(2026, 12, 31)) == (date(2026, 10, 1), date(2026, 12, 31))
    account = BalanceAccount(None, None, "2025/26", 100, 101)
    assert (account.left_g, account.overdrawn) == (-1, True)
    assert not BalanceAccount(None, None, "2025/26", 100, 100).overdrawn
