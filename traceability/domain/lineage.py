"""Lineage over values: what a lot is made of, what it went into, and whose grams they are, exactly.

A graph is a mapping from each lot to its parents with weights (grams that went in). All arithmetic is exact:
fractions on the way, whole grams at the end by largest remainder, ties by the order of the origins' keys.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import TypeVar

from traceability.errors import Conflict

Node = TypeVar("Node", bound=Hashable)
Origin = TypeVar("Origin", bound=Hashable)
Parents = Mapping[Node, Sequence[tuple[Node, int]]]


class LineageLoop(Conflict):
    """This would make lot {lot} part of its own origin. Put rework into a new lot instead."""


def oldest_last(parents: Parents[Node], start: Node) -> list[Node]:
    """All lots `start` is made of, itself first, every lot before its parents. Raises LineageLoop on a cycle."""
    waiting: dict[Node, int] = {start: 0}
    reached: list[Node] = [start]
    for node in reached:  # grows while it is walked: a breadth-first search
        for parent, _ in parents.get(node, ()):
            if parent in waiting:
                waiting[parent] += 1
            else:
                waiting[parent] = 1
                reached.append(parent)
    ready = [start] if not waiting[start] else []
    ordered: list[Node] = []
    while ready:
        node = ready.pop()
        ordered.append(node)
        for parent, _ in parents.get(node, ()):
            waiting[parent] -= 1
            if not waiting[parent]:
                ready.append(parent)
    if len(ordered) != len(reached):
        raise LineageLoop(lot=start)
    return ordered


def parts(parents: Parents[Node], start: Node) -> dict[Node, Fraction]:
    """For each lot that `start` is made of, the exact fraction of `start` that came through it (1 for itself)."""
    fractions: dict[Node, Fraction] = {start: Fraction(1)}
    for node in oldest_last(parents, start):
        whole = sum(mass for _, mass in parents.get(node, ()))
        for parent, mass in parents.get(node, ()):
            fractions[parent] = fractions.get(parent, Fraction(0)) + fractions[node] * Fraction(mass, whole)
    return fractions


def shares(parts_of: Mapping[Node, Fraction], origins: Mapping[Node, Origin], mass_g: int) -> dict[Origin, int]:
    """Grams per origin: non-negative, summing to exactly `mass_g`. `origins` names the lots that are deliveries."""
    weights: dict[Origin, Fraction] = {}
    for node, part in parts_of.items():
        if node in origins:
            weights[origins[node]] = weights.get(origins[node], Fraction(0)) + part
    return largest_remainder(weights, mass_g)


def largest_remainder(weights: Mapping[Origin, Fraction], total: int) -> dict[Origin, int]:
    """Whole numbers in proportion to `weights` that sum to `total`; the larger remainder rounds up first."""
    whole = sum(weights.values(), Fraction(0))
    if not whole:
        return dict.fromkeys(weights, 0)
    exact = {key: weight * total / whole for key, weight in weights.items()}
    given = {key: int(value) for key, value in exact.items()}
    missing = total - sum(given.values())
    by_remainder = sorted(exact, key=lambda key: (given[key] - exact[key], _order(key)))
    for key in by_remainder[:missing]:
        given[key] += 1
    return given


def reached(children: Mapping[Node, Iterable[Node]], start: Iterable[Node]) -> set[Node]:
    """Everything downstream of `start`, and `start` itself."""
    seen = set(start)
    queue = list(seen)
    for node in queue:
        for child in children.get(node, ()):
            if child not in seen:
                seen.add(child)
                queue.append(child)
    return seen


def _order(key: object) -> str:
    """A stable order for ties between keys of any kind."""
    return repr(key)
