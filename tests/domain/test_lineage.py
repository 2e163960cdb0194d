"""What a lot is made of, and whose grams they are, exactly."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traceability.domain.lineage import LineageLoop, largest_remainder, oldest_last, parts, reached, shares

Graph = dict[int, list[tuple[int, int]]]


def test_a_blend_of_blends_keeps_exact_parts() -> None:
    """60 L1 + 40 L2 -> W1; 50 W1 + 50 L3 -> B1"""
    graph = {"B1": [("W1", 50), ("L3", 50)], "W1": [("L1", 60), ("L2", 40)]}
    exact = {"B1": 1, "W1": Fraction(1, 2), "L3": Fraction(1, 2), "L1": Fraction(3, 10), "L2": Fraction(1, 5)}
    assert parts(graph, "B1") == exact
    origins = {"L1": "Amina", "L2": "Bounmy", "L3": "Amina"}
    assert shares(parts(graph, "B1"), origins, 100) == {"Amina": 80, "Bounmy": 20}


def test_a_lot_reached_on_two_ways_counts_both() -> None:
    """D -> A, D -> B; A + B -> C"""
    graph = {"C": [("A", 30), ("B", 70)], "A": [("D", 50)], "B": [("D", 50), ("E", 50)]}
    assert parts(graph, "C")["D"] == Fraction(3, 10) + Fraction(7, 20)
    assert shares(parts(graph, "C"), {"D": "d", "E": "e"}, 99) == {"d": 64, "e": 35}


def test_every_lot_comes_before_its_parents() -> None:
    graph = {1: [(2, 1), (3, 1)], 2: [(4, 1)], 3: [(2, 1)]}
    assert oldest_last(graph, 1) == [1, 3, 2, 4]
    assert oldest_last({}, 9) == [9]


@pytest.mark.parametrize("graph", [{1: [(1, 5)]}, {1: [(2, 5)], 2: [(1, 5)]}, {1: [(2, 5)], 2: [(3, 5)], 3: [(2, 5)]}])
def test_a_loop_is_refused_with_a_sentence(graph: Graph) -> None:
    with pytest.raises(LineageLoop):
        oldest_last(graph, 1)


def test_a_long_chain_needs_no_deep_stack() -> None:
    graph = {number: [(number + 1, 7)] for number in range(20_000)}
    assert parts(graph, 0)[20_000] == 1


def test_three_equal_origins_of_hundred_grams_are_rounded_the_same_way_every_time() -> None:
    thirds = dict.fromkeys("cab", Fraction(1, 3))
    assert largest_remainder(thirds, 100) == {"a": 34, "b": 33, "c": 33}
    assert largest_remainder(dict(reversed(list(thirds.items()))), 100) == {"a": 34, "b": 33, "c": 33}


def test_nothing_is_shared_out_among_nobody() -> None:
    assert largest_remainder({}, 100) == {}
    assert largest_remainder({"a": Fraction(0)}, 100) == {"a": 0}


@given(
    st.dictionaries(st.integers(), st.fractions(min_value=Fraction(1, 1_000), max_value=1_000), min_size=1),
    st.integers(0, 10**12),
)
def test_shares_are_whole_and_sum_to_the_lot(weights: dict[int, Fraction], total: int) -> None:
    given_out = largest_remainder(weights, total)
    whole = sum(weights.values())
    assert sum(given_out.values()) == total
    assert all(abs(given_out[key] - weight * total / whole) < 1 for key, weight in weights.items())


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Up to 12 lots, each made of some that came before it."""
    graph: Graph = {}
    for node in range(1, draw(st.integers(2, 12))):
        parents = draw(st.sets(st.integers(0, node - 1), max_size=4))
        graph[node] = [(parent, draw(st.integers(1, 10**9))) for parent in sorted(parents)]
    return graph


@given(graphs())
def test_parts_are_what_a_naive_walk_finds(graph: Graph) -> None:
    def walk(node: int, part: Fraction, found: dict[int, Fraction]) -> dict[int, Fraction]:
        found[node] = found.get(node, Fraction(0)) + part
        whole = sum(mass for _, mass in graph.get(node, []))
        for parent, mass in graph.get(node, []):
            walk(parent, part * mass / whole, found)
        return found

    start = max(graph)
    assert parts(graph, start) == walk(start, Fraction(1), {})


@given(graphs())
def test_forward_and_back_agree(graph: Graph) -> None:
    children: dict[int, list[int]] = {}
    for child, parents in graph.items():
        for parent, _ in parents:
            children.setdefault(parent, []).append(child)
    for node in range(max(graph) + 1):
        downstream = reached(children, [node])
        assert downstream == {other for other in range(max(graph) + 1) if node in parts(graph, other)}
