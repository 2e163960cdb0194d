"""An event is a balanced entry: what goes in comes out, grams and units alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traceability.domain.postings import (
    Account,
    Edge,
    Posting,
    Unbalanced,
    UnitsBelowZero,
    UnitsDiffer,
    check_balanced,
    edges_of,
    reversed_entry,
)

L, T = Account.LOT, Account.TRANSIT


def test_an_entry_that_balances_is_accepted() -> None:
    check_balanced([], keeps_count=True)
    check_balanced([Posting(L, "A", -100, -2), Posting(L, "B", 60, 1), Posting(L, "C", 40, 1)], keeps_count=True)


def test_one_missing_gram_is_refused_and_named() -> None:
    with pytest.raises(Unbalanced) as caught:
        check_balanced([Posting(L, "A", -100), Posting(L, "B", 99)], keeps_count=False)
    assert caught.value.sentence.values == {"difference_g": 1}


def test_units_are_conserved_only_where_the_kind_says_so() -> None:
    rebagged = [Posting(L, "A", -100, -2), Posting(L, "B", 100, 4)]
    check_balanced(rebagged, keeps_count=False)
    with pytest.raises(UnitsDiffer) as caught:
        check_balanced(rebagged, keeps_count=True)
    assert caught.value.sentence.values == {"difference": 2}


def test_units_never_go_the_other_way_than_grams() -> None:
    for line in (Posting(L, "A", -100, 2), Posting(L, "A", 100, -2)):
        with pytest.raises(UnitsBelowZero):
            check_balanced([line, Posting(L, "B", -line.mass_g, -line.count)], keeps_count=True)


def test_every_new_lot_descends_from_every_lot_that_was_taken_from() -> None:
    """60 A + 40 T -> 90 P + 5 B; 5 lost"""
    lines = [
        Posting(L, "A", -60),
        Posting(T, "ROAD", -40),
        Posting(L, "P", 90),
        Posting(L, "B", 5),
        Posting(Account.LOSS, "husk", 5),
    ]
    assert edges_of(lines, frozenset({"P", "B"}), {"ROAD": "FAR"}) == (
        Edge("B", "A", 60),
        Edge("B", "FAR", 40),
        Edge("P", "A", 60),
        Edge("P", "FAR", 40),
    )


def test_grams_given_back_to_an_old_lot_make_no_ancestor() -> None:
    assert edges_of([Posting(T, "ROAD", -40), Posting(L, "OLD", 40)], frozenset(), {"ROAD": "OLD"}) == ()


def test_two_consignments_of_one_lot_are_one_parent() -> None:
    lines = [Posting(T, "R1", -40), Posting(T, "R2", -10), Posting(L, "NEW", 50)]
    assert edges_of(lines, frozenset({"NEW"}), {"R1": "FAR", "R2": "FAR"}) == (Edge("NEW", "FAR", 50),)


def test_fruit_of_a_plot_has_no_parent_lot() -> None:
    assert edges_of([Posting(Account.PLOT, "P", -5), Posting(L, "D", 5)], frozenset({"D"}), {}) == ()


@given(st.lists(st.builds(Posting, st.sampled_from(Account), st.text(max_size=3), st.integers(), st.integers())))
def test_an_entry_and_its_compensation_leave_nothing(lines: list[Posting]) -> None:
    both = [*lines, *reversed_entry(lines)]
    assert sum(line.mass_g for line in both) == sum(line.count for line in both) == 0
    assert reversed_entry(reversed_entry(lines)) == tuple(lines)
