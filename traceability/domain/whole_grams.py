"""Whole grams of a lot, decided once: whose they are, into which lot their fruit went first, and every way from there.

What an origin has is its share and is never rounded again. Its grams are parted among the lots that its fruit went
into, those of a lot among what was made of it, each time by largest remainder, until all meet in the lot itself. Every
other figure (of a village, a cooperative, a claim, some lots) is a sum of these, so the same part weighs the same
wherever it is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from traceability.domain.lineage import Flow, Ordered, largest_remainder

Origin = TypeVar("Origin", bound=Ordered)
Node = TypeVar("Node", bound=Ordered)
Key = TypeVar("Key", bound=Ordered)


@dataclass(frozen=True)
class WholeGrams(Generic[Node, Origin]):
    """Grams of the traced lot. What came into a lot is what left it, and all of it is the traced lot."""

    came: Mapping[tuple[Origin, Node], int]  # of each origin by the lot that its fruit went into
    ways: dict[tuple[Node, Node], int]  # from a lot to one that was made of it, the oldest first


def whole_grams(flow: Flow[Node, Origin], start: Node, shares_g: Mapping[Origin, int]) -> WholeGrams[Node, Origin]:
    """Follow the grams of each origin down to `start`, in proportion to what went each way.

    An origin of which no delivery is above went straight into the lot: it is a delivery itself.
    """
    lots: dict[Origin, list[Node]] = {}
    for node, grown in flow.above.deliveries.items():
        if grown and node in flow.through:
            for origin in {origin for _, _, origin in grown}:
                lots.setdefault(origin, []).append(node)
    came: dict[tuple[Origin, Node], int] = {}
    for origin, share in shares_g.items():
        into = lots.get(origin, [start])
        if len(into) == 1:  # nearly every farm of a large batch
            came[origin, into[0]] = share
    several = {origin: dict.fromkeys(into, 0) for origin, into in lots.items() if len(into) > 1 and origin in shares_g}
    for node, grown in flow.above.deliveries.items() if several else ():
        for _, mass, origin in grown if node in flow.through else ():
            if origin in several:
                several[origin][node] += flow.through[node] * mass // flow.above.whole[node]
    for origin, weights in several.items():
        came.update({(origin, node): part for node, part in _parted(weights, shares_g[origin]).items()})
    return WholeGrams(came, _downwards(flow, start, came))


def by_delivery(flow: Flow[Node, Origin], grams: WholeGrams[Node, Origin]) -> dict[tuple[Node, Node], int]:
    """The same grams by delivery and lot: those of an origin in a lot, parted by what it delivered there."""
    found: dict[tuple[Node, Node], int] = {}
    for node, grown in flow.above.deliveries.items():
        given: dict[Origin, dict[Node, int]] = {}
        for delivery, mass, origin in grown if node in flow.through else ():
            some = given.setdefault(origin, {})
            some[delivery] = some.get(delivery, 0) + mass
        for origin, weights in given.items():
            parted = _parted(weights, grams.came.get((origin, node), 0))
            found.update({(delivery, node): part for delivery, part in parted.items()})
    return found


def _downwards(
    flow: Flow[Node, Origin], start: Node, came: Mapping[tuple[Origin, Node], int]
) -> dict[tuple[Node, Node], int]:
    children: dict[Node, dict[Node, int]] = {}
    for child, parents in flow.above.lots.items():
        for parent, mass in parents if child in flow.through else ():
            into = children.setdefault(parent, {})
            into[child] = into.get(child, 0) + flow.through[child] * mass // flow.above.whole[child]
    held: dict[Node, int] = {}
    for (_, node), part in came.items():
        held[node] = held.get(node, 0) + part
    ways: dict[tuple[Node, Node], int] = {}
    for node in reversed(flow.order):
        for child, part in _parted(children[node], held.get(node, 0)).items() if node != start else ():
            ways[node, child] = part
            held[child] = held.get(child, 0) + part
    return ways


def _parted(weights: Mapping[Key, int], total: int) -> dict[Key, int]:
    """`largest_remainder`; where no weight is left after all dilution, all of it is with the first."""
    if len(weights) == 1 or not any(weights.values()):
        return {**dict.fromkeys(weights, 0), min(weights): total}
    return largest_remainder(weights, total)
