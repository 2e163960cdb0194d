"""Lineage over values: what a lot is made of, what it went into, and whose grams they are, exact to the gram.

Mass is followed in `PARTS_OF_A_GRAM`: whole numbers so fine that the rounding of a hundred thousand steps stays
below a millionth of a millionth of a gram, and so small that a blend of a thousand stages costs no more per step than
the first (exact fractions grow with every stage). Whole grams are made once, at the very end, by largest remainder:
they are never negative, sum to the mass to the gram, and do not depend on the order in which rows were read.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import Any, Final, Generic, Protocol, TypeVar, overload

from traceability.errors import Conflict


class Ordered(Hashable, Protocol):
    """A key that can be sorted, so that equal claims are served in one order for ever."""

    def __lt__(self, other: Any, /) -> bool: ...


Node = TypeVar("Node", bound=Hashable)
Origin = TypeVar("Origin", bound=Ordered)
Parents = Mapping[Node, Sequence[tuple[Node, int]]]

_FINE: Final = 32
_BELOW_NOTICE: Final = 1 << _FINE  # a part of a gram that only rounding can have made or taken away
PARTS_OF_A_GRAM: Final = 1 << 2 * _FINE


class LineageLoop(Conflict):
    """This would make lot {lot} part of its own origin. Put rework into a new lot instead."""


class Grown(Sequence[tuple[int, int, tuple[int, int]]]):
    """What went into one lot from origins: deliveries, their grams, whose they were and from which plot.

    Rows are made while they are looked at: of a hundred thousand most are looked at once.
    """

    __slots__ = ("farmers", "keys", "masses_g", "plots")

    def __init__(
        self, keys: Sequence[int], masses_g: Sequence[int], farmers: Sequence[int], plots: Sequence[int]
    ) -> None:
        self.keys, self.masses_g, self.farmers, self.plots = keys, masses_g, farmers, plots

    def __iter__(self) -> Iterator[tuple[int, int, tuple[int, int]]]:
        return zip(self.keys, self.masses_g, zip(self.farmers, self.plots, strict=True), strict=True)

    def __len__(self) -> int:
        return len(self.keys)

    @overload
    def __getitem__(self, place: int) -> tuple[int, int, tuple[int, int]]: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[tuple[int, int, tuple[int, int]]]: ...
    def __getitem__(
        self, place: int | slice
    ) -> tuple[int, int, tuple[int, int]] | Sequence[tuple[int, int, tuple[int, int]]]:
        return list(self)[place]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    @classmethod
    def of(cls, rows: Sequence[tuple[int, int, tuple[int, int]]]) -> Grown:
        """The same rows as columns."""
        if isinstance(rows, Grown):
            return rows
        sources = [source for _, _, source in rows]
        return cls(
            [key for key, _, _ in rows],
            [mass for _, mass, _ in rows],
            [farmer for farmer, _ in sources],
            [plot for _, plot in sources],
        )


@dataclass
class Ancestry(Generic[Node, Origin]):
    """What is above a lot, as it was read: each lot that was made from others, with what went into it.

    `lots` leads to lots that were made themselves, `deliveries` to those that came from an origin. A weight is grams.
    """

    lots: dict[Node, list[tuple[Node, int]]] = field(default_factory=dict)
    deliveries: dict[Node, Sequence[tuple[Node, int, Origin]]] = field(default_factory=dict)
    whole: dict[Node, int] = field(default_factory=dict)  # grams that went into each lot in all


@dataclass(frozen=True)
class Term(Generic[Node]):
    """One thing that went into a lot: its grams, and how much of each of them is what one asks about, in parts."""

    of: Node  # a lot or a delivery
    mass_g: int
    parts: int


@dataclass(frozen=True)
class Sum(Generic[Node]):
    """Why a lot holds what it holds: the sum of mass times part over `terms`, over `whole_g`, is `parts`."""

    lot: Node
    terms: tuple[Term[Node], ...]
    whole_g: int  # grams that went in in all, also of what is not asked about
    parts: int


@dataclass(frozen=True)
class Flow(Generic[Node, Origin]):
    """Where the mass of a lot came through. Everything is in parts of a gram of that lot."""

    through: Mapping[Node, int]  # every lot that was made from others, the traced one included
    order: Sequence[Node]  # the lots of `through`, each before those it was made from
    above: Ancestry[Node, Origin] = field(compare=False, repr=False)

    @cached_property
    def came_from(self) -> dict[Origin, int]:
        """How much came from each origin: not reckoned where that was kept, because a blend has thousands."""
        came_from: dict[Origin, int] = {}
        so_far, through, whole = came_from.get, self.through, self.above.whole
        for node, grown in self.above.deliveries.items():
            if grown and node in through:
                parts, total = through[node], whole[node]
                for _, mass, origin in grown:
                    came_from[origin] = so_far(origin, 0) + parts * mass // total
        return came_from


def flow(above: Ancestry[Node, Origin], start: Node, mass_g: int) -> Flow[Node, Origin]:
    """Follow `mass_g` grams of `start` up to the origins. Raises LineageLoop on a cycle.

    One pass: lots in an order in which each comes before what it was made from, so no way is walked twice.
    """
    lots, whole = above.lots, above.whole
    through: dict[Node, int] = {start: mass_g * PARTS_OF_A_GRAM}
    order = oldest_last(lots, start)
    for node in order:
        if parents := lots.get(node):
            parts, total = through[node], whole[node]
            for parent, mass in parents:
                through[parent] = through.get(parent, 0) + parts * mass // total
    return Flow(through, order, above)


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


def affected(parents: Parents[Node], sources: Iterable[Node]) -> dict[Node, int]:
    """For every lot of `parents`, and of the sources, how much of each of its grams came from `sources`, in parts.

    `parents` maps a lot to all its parents with their grams; a parent it does not name holds nothing of the sources.
    Rounded up at every step, because a recall must not miss one. Raises LineageLoop on a cycle.
    """
    parts = dict.fromkeys(sources, PARTS_OF_A_GRAM)
    for node in oldest_first(parents):
        if node in parts:
            continue
        whole = came = 0
        for parent, mass in parents[node]:
            whole += mass
            came += parts.get(parent, 0) * mass
        parts[node] = -(-came // whole) if whole else 0
    return parts


def oldest_first(parents: Parents[Node]) -> list[Node]:
    """The lots that `parents` names as made from others, each after those of them it was made from.

    Raises LineageLoop on a cycle.
    """
    waiting = {node: sum(1 for parent, _ in above if parent in parents) for node, above in parents.items()}
    children: dict[Node, list[Node]] = {}
    for node, above in parents.items():
        for parent, _ in above:
            if parent in parents:
                children.setdefault(parent, []).append(node)
    ready = [node for node, count in waiting.items() if not count]
    for node in ready:  # grows while it is walked
        for child in children.get(node, ()):
            waiting[child] -= 1
            if not waiting[child]:
                ready.append(child)
    if len(ready) != len(parents):
        raise LineageLoop(lot=next(node for node, count in waiting.items() if count))
    return ready


def affected_grams(parts: int, mass_g: int) -> int:
    """Whole grams of `mass_g` that a part of each gram makes: rounded up, so what holds a trace holds at least one."""
    amount = parts * mass_g
    if not amount:
        return 0
    return min(mass_g, max(1, -(-(amount - _BELOW_NOTICE) // PARTS_OF_A_GRAM)))


def grams(parts: int) -> int:
    """Whole grams of a mass in parts: rounded down, but for what only rounding can have taken away."""
    return (parts + _BELOW_NOTICE) // PARTS_OF_A_GRAM


def nearest_grams(parts: int) -> int:
    """Whole grams of a mass in parts: a half up."""
    return (2 * parts + PARTS_OF_A_GRAM) // (2 * PARTS_OF_A_GRAM)


def why(above: Ancestry[Node, Origin], start: Node, asked: Callable[[Node, Origin], bool]) -> list[Sum[Node]]:
    """The arithmetic behind a share: for every lot on the way that holds some of it, from what and how much.

    `asked(delivery, origin)` says which deliveries the question is about. Oldest first, the traced lot last; empty
    when nothing of it is in there. Raises LineageLoop on a cycle.
    """
    parts: dict[Node, int] = {}
    sums: list[Sum[Node]] = []
    for node in reversed(oldest_last(above.lots, start)):
        terms = [
            Term(delivery, mass, PARTS_OF_A_GRAM)
            for delivery, mass, origin in above.deliveries.get(node, ())
            if asked(delivery, origin)
        ]
        terms += [Term(lot, mass, parts[lot]) for lot, mass in above.lots.get(node, ()) if lot in parts]
        if terms:
            parts[node] = sum(term.mass_g * term.parts for term in terms) // above.whole[node]
            sums.append(Sum(node, tuple(terms), above.whole[node], parts[node]))
    return sums if start in parts else []


def shares(came_from: Mapping[Origin, int], mass_g: int) -> dict[Origin, int]:
    """Grams per origin of what `flow` found: non-negative, summing to exactly `mass_g` when anything came at all."""
    return _rounded(came_from, [(parts + _BELOW_NOTICE // 2) >> _FINE for parts in came_from.values()], mass_g)


def largest_remainder(weights: Mapping[Origin, int], total: int) -> dict[Origin, int]:
    """Whole numbers in proportion to `weights` that sum to `total`; the larger remainder rounds up first.

    Equal remainders are served in the order of their keys. All zeros when there is no weight at all.
    """
    return _rounded(weights, list(weights.values()), total)


def _rounded(keys: Collection[Origin], weights: Sequence[int], total: int) -> dict[Origin, int]:
    """`largest_remainder` of keys and their weights. Only keys of equal remainders are put in order: there are few."""
    everything = sum(weights)
    if not everything or not total:
        return dict.fromkeys(keys, 0)
    divided = [divmod(total * weight, everything) for weight in weights]
    shares, rest = [share for share, _ in divided], [remainder for _, remainder in divided]
    rounded = dict(zip(keys, shares, strict=True))
    if left := total - sum(shares):
        least = sorted(rest)[-left]  # that is still rounded up; of equals perhaps not all
        raised = [key for key, remainder in zip(keys, rest, strict=True) if remainder > least]
        equals = sorted([key for key, remainder in zip(keys, rest, strict=True) if remainder == least])
        for key in chain(raised, equals[: left - len(raised)]):
            rounded[key] += 1
    return rounded
