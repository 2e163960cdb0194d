"""What a lot is made of, and whose grams they are, exact to the gram."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traceability.domain.lineage import (
    PARTS_OF_A_GRAM,
    Ancestry,
    LineageLoop,
    Sum,
    Term,
    affected,
    affected_grams,
    flow,
    grams,
    largest_remainder,
    oldest_first,
    oldest_last,
    shares,
    why,
)

Graph = dict[int, list[tuple[int, int]]]
HALF = PARTS_OF_A_GRAM // 2


def above(graph: dict[str, list[tuple[str, int]]], origins: dict[str, str]) -> Ancestry[str, str]:
    """A graph of names; those in `origins` are deliveries."""
    found: Ancestry[str, str] = Ancestry()
    for child, parents in graph.items():
        found.lots[child] = [(parent, mass) for parent, mass in parents if parent not in origins]
        found.deliveries[child] = [(parent, mass, origins[parent]) for parent, mass in parents if parent in origins]
        found.whole[child] = sum(mass for _, mass in parents)
    return found


def shared(graph: dict[str, list[tuple[str, int]]], origins: dict[str, str], start: str, mass_g: int) -> dict[str, int]:
    return shares(flow(above(graph, origins), start, mass_g).came_from, mass_g)


def test_a_blend_of_blends_keeps_exact_parts() -> None:
    """60 L1 + 40 L2 -> W1; 50 W1 + 50 L3 -> B1"""
    graph = {"B1": [("W1", 50), ("L3", 50)], "W1": [("L1", 60), ("L2", 40)]}
    origins = {"L1": "Amina", "L2": "Bounmy", "L3": "Amina"}
    assert shared(graph, origins, "B1", 100) == {"Amina": 80, "Bounmy": 20}
    assert flow(above(graph, origins), "B1", 100).through == {"B1": 100 * PARTS_OF_A_GRAM, "W1": 50 * PARTS_OF_A_GRAM}


def test_a_lot_reached_on_two_ways_counts_both() -> None:
    """D -> A, D -> B; A + B -> C"""
    graph = {"C": [("A", 30), ("B", 70)], "A": [("D", 50)], "B": [("D", 50), ("E", 50)]}
    assert shared(graph, {"D": "d", "E": "e"}, "C", 99) == {"d": 64, "e": 35}


def test_the_arithmetic_of_a_share_is_told_lot_by_lot() -> None:
    """60 D1 + 40 D2 -> W; 50 W + 50 D3 -> B: Amina, of D1, is 60 % of W and 30 % of B."""
    graph = {"B": [("W", 50), ("D3", 50)], "W": [("D1", 60), ("D2", 40)]}
    told = why(above(graph, {"D1": "Amina", "D2": "Bounmy", "D3": "Sida"}), "B", lambda _, origin: origin == "Amina")
    sixty, thirty = 60 * PARTS_OF_A_GRAM // 100, 60 * PARTS_OF_A_GRAM // 100 * 50 // 100
    assert told == [
        Sum("W", (Term("D1", 60, PARTS_OF_A_GRAM),), 100, sixty),
        Sum("B", (Term("W", 50, sixty),), 100, thirty),
    ]
    assert grams(told[-1].parts * 1_000) == 300
    assert why(above(graph, {"D1": "Amina", "D2": "Bounmy", "D3": "Sida"}), "B", lambda *_: False) == []


def test_every_lot_comes_before_its_parents_and_the_other_way_round() -> None:
    graph = {1: [(2, 1), (3, 1)], 2: [(4, 1)], 3: [(2, 1)]}
    assert oldest_last(graph, 1) == [1, 3, 2, 4]
    assert oldest_first(graph) == [2, 3, 1]
    assert oldest_last({}, 9) == [9]
    assert oldest_first({}) == []


@pytest.mark.parametrize("graph", [{1: [(1, 5)]}, {1: [(2, 5)], 2: [(1, 5)]}, {1: [(2, 5)], 2: [(3, 5)], 3: [(2, 5)]}])
def test_a_loop_is_refused_with_a_sentence(graph: Graph) -> None:
    with pytest.raises(LineageLoop):
        oldest_last(graph, 1)
    with pytest.raises(LineageLoop):
        oldest_first(graph)


def test_a_long_chain_needs_no_deep_stack_and_loses_nothing() -> None:
    chain: dict[str, list[tuple[str, int]]] = {str(n): [(str(n + 1), 7)] for n in range(20_000)}
    assert shared(chain, {"20000": "Amina"}, "0", 12_345) == {"Amina": 12_345}
    assert affected({n + 1: [(n, 7)] for n in range(20_000)}, [0])[20_000] == PARTS_OF_A_GRAM


def test_a_blend_of_a_thousand_stages_still_sums_to_the_gram() -> None:
    """A tank that is never empty: each stage is 2 parts of the one before and 1 of fresh goods."""
    graph = {f"T{n}": [(f"T{n - 1}", 2), (f"D{n}", 1)] for n in range(1, 1_001)}
    origins = {f"D{n}": f"farm {n}" for n in range(1, 1_001)} | {"T0": "first"}
    found = shared(graph, origins, "T1000", 3_000_000)
    assert sum(found.values()) == 3_000_000
    assert found["farm 1000"] == 1_000_000
    assert found["farm 999"] == 666_667


def test_a_blend_of_a_source_with_what_was_made_of_it_holds_both() -> None:
    """`50 A -> B; 30 B + 10 A + 40 Z -> C`."""
    parents = {2: [(1, 50)], 3: [(2, 30), (1, 10), (9, 40)]}
    whole, part = PARTS_OF_A_GRAM, 30 * PARTS_OF_A_GRAM // 80
    assert affected(parents, [1]) == {1: whole, 2: whole, 3: HALF}
    assert affected(parents, [2]) == {2: whole, 3: part}
    assert affected(parents, [1, 2]) == {1: whole, 2: whole, 3: HALF}
    assert affected({}, []) == {}


def test_affected_grams_are_rounded_up_but_never_beyond_what_only_rounding_made() -> None:
    third = -(-PARTS_OF_A_GRAM // 3)
    assert affected_grams(third, 300) == 100
    assert affected_grams(third, 100) == 34
    assert affected_grams(1, 5) == 1
    assert affected_grams(0, 5) == 0
    assert affected_grams(PARTS_OF_A_GRAM, 5) == 5


def test_three_equal_origins_of_hundred_grams_are_rounded_the_same_way_every_time() -> None:
    thirds = dict.fromkeys("cab", 7)
    assert largest_remainder(thirds, 100) == {"a": 34, "b": 33, "c": 33}
    assert largest_remainder(dict(reversed(list(thirds.items()))), 100) == {"a": 34, "b": 33, "c": 33}


def test_nothing_is_shared_out_among_nobody() -> None:
    assert largest_remainder({}, 100) == {}
    assert largest_remainder({"a": 0}, 100) == {"a": 0}


@given(st.dictionaries(st.integers(), st.integers(1, 10**30), min_size=1), st.integers(0, 10**12))
def test_shares_are_whole_and_sum_to_the_lot(weights: dict[int, int], total: int) -> None:
    given_out = largest_remainder(weights, total)
    whole = sum(weights.values())
    assert sum(given_out.values()) == total
    assert all(abs(given_out[key] - Fraction(weight * total, whole)) < 1 for key, weight in weights.items())


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Up to 12 lots, each made of some that came before it; lots made of nothing are deliveries of their own."""
    graph: Graph = {}
    for node in range(1, draw(st.integers(2, 12))):
        parents = draw(st.sets(st.integers(0, node - 1), max_size=4))
        graph[node] = [(parent, draw(st.integers(1, 10**9))) for parent in sorted(parents)]
    return graph


def naive(graph: Graph, node: int, part: Fraction, found: dict[int, Fraction]) -> dict[int, Fraction]:
    """Every way walked, one after another, in exact fractions."""
    found[node] = found.get(node, Fraction(0)) + part
    whole = sum(mass for _, mass in graph.get(node, []))
    for parent, mass in graph.get(node, []):
        naive(graph, parent, part * mass / whole, found)
    return found


@given(graphs(), st.integers(1, 10**10))
def test_shares_are_what_a_naive_walk_finds_to_the_gram(graph: Graph, mass_g: int) -> None:
    start = max(graph)
    leaves = {node for node in range(start + 1) if not graph.get(node)}
    if start in leaves:
        return
    read: Ancestry[int, int] = Ancestry()
    for child, parents in graph.items():
        if child in leaves:
            continue
        read.lots[child] = [(parent, mass) for parent, mass in parents if parent not in leaves]
        read.deliveries[child] = [(parent, mass, parent) for parent, mass in parents if parent in leaves]
        read.whole[child] = sum(mass for _, mass in parents)
    exact = {key: part for key, part in naive(graph, start, Fraction(1), {}).items() if key in leaves}
    found = shares(flow(read, start, mass_g).came_from, mass_g)
    assert found.keys() == exact.keys()
    assert sum(found.values()) == mass_g
    assert all(found[key] >= 0 and abs(found[key] - part * mass_g) < 1 for key, part in exact.items())


@given(graphs())
def test_forward_and_back_agree(graph: Graph) -> None:
    made = {node: parents for node, parents in graph.items() if parents}
    for source in range(max(graph) + 1):
        if source in made:
            continue
        parts = affected(made, [source])
        for node in made:
            exact = naive(graph, node, Fraction(1), {}).get(source, Fraction(0))
            assert abs(Fraction(parts.get(node, 0), PARTS_OF_A_GRAM) - exact) < Fraction(1, 10**15)
            assert (parts.get(node, 0) > 0) == (exact > 0)
