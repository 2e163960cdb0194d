"""The lineage of a batch as a picture: from the farms at the top, band by band, down to the batch at the foot.

One row per lot, so that there is always room for words beside it, however many lots there are and however narrow
the screen; a lot through which one thing became one other is left out. The width of a bar and of a band is its part of
the batch. This room only measures; a page or a paper draws.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from traceability.domain.dossier import LineageEdge, LineageNode

WIDTH: Final = 300  # of the whole picture, in its own units: about one CSS pixel on the narrowest phone
TRUNK: Final = 72  # of the batch itself; words begin at `TEXT_AT`
TEXT_AT: Final = 88
ROW: Final = 46
BAR: Final = 12
TOP: Final = 4
LEAST: Final = 1.5  # a band of a few grams must still be seen
MOST_ROWS: Final = 40


@dataclass(frozen=True)
class Bar:
    """One node: where its bar begins and how wide it is; its words stand at the same height."""

    node: LineageNode
    x: float
    y: int
    width: float


@dataclass(frozen=True)
class Picture:
    """Bars from the top down, the bands between them as SVG paths, and whether far ancestors were left out."""

    height: int
    bars: tuple[Bar, ...]
    bands: tuple[str, ...]
    cut: bool


def picture(nodes: Sequence[LineageNode], edges: Sequence[LineageEdge]) -> Picture:
    """Lay out a batch's lineage. Nothing is drawn of a batch without a node of its own."""
    turning, joined = _turning_points(nodes, edges)
    shown, cut = _nearest(turning)
    batch = next((node for node in shown.values() if node.kind == "batch"), None)
    if batch is None:
        return Picture(0, (), (), False)
    parents = _parents(edge for edge in joined if edge.parent in shown and edge.child in shown)
    order = _parents_first(batch.code, parents)
    bars: dict[str, Bar] = {}
    slots: dict[LineageEdge, float] = {}  # where each band meets the bar of its child
    for row in reversed(range(len(order))):
        node = shown[order[row]]
        width = _width(node.mass_g, batch.mass_g)
        found = [slot for edge, slot in slots.items() if edge.parent == node.code]
        x = min(found[0] if found else 0.0, TRUNK - width)
        bars[node.code] = Bar(node, _round(max(x, 0)), TOP + row * ROW, _round(width))
        at = max(x, 0.0)
        for edge in parents.get(node.code, ()):
            slots[edge] = at
            at += _width(edge.mass_g, batch.mass_g)
    bands = _bands(slots, bars, batch.mass_g)
    return Picture(TOP + len(order) * ROW, tuple(bars[code] for code in order), bands, cut)


def _turning_points(
    nodes: Sequence[LineageNode], edges: Sequence[LineageEdge]
) -> tuple[list[LineageNode], list[LineageEdge]]:
    """Only the nodes where something begins, joins, parts or ends; what led through the others is joined up."""
    into, out = Counter(edge.child for edge in edges), Counter(edge.parent for edge in edges)
    passed = {node.code for node in nodes if node.kind == "lot" and into[node.code] == 1 and out[node.code] == 1}
    before = {edge.child: edge.parent for edge in edges if edge.child in passed}
    joined: Counter[tuple[str, str]] = Counter()
    for edge in edges:
        if edge.child not in passed:
            parent = edge.parent
            while parent in passed:
                parent = before[parent]
            joined[parent, edge.child] += edge.mass_g
    kept = [node for node in nodes if node.code not in passed]
    return kept, [LineageEdge(parent, child, mass_g) for (parent, child), mass_g in joined.items()]


def _nearest(nodes: Sequence[LineageNode]) -> tuple[dict[str, LineageNode], bool]:
    """As many levels as fit on `MOST_ROWS`, counted from the batch, and whether some were left out."""
    shown: dict[str, LineageNode] = {}
    for level in sorted({node.level for node in nodes}):
        here = {node.code: node for node in nodes if node.level == level}
        if shown and len(shown) + len(here) > MOST_ROWS:
            return shown, True
        shown.update(here)
    return shown, False


def _parents(edges: Iterable[LineageEdge]) -> dict[str, list[LineageEdge]]:
    """The bands into each node, the widest first."""
    into: dict[str, list[LineageEdge]] = {}
    for edge in sorted(edges, key=lambda edge: (-edge.mass_g, edge.parent)):
        into.setdefault(edge.child, []).append(edge)
    return into


def _parents_first(start: str, parents: Mapping[str, Sequence[LineageEdge]]) -> list[str]:
    """Every node after its parents, the batch last; a lot stands close to what it went into."""
    order: list[str] = []
    done: set[str] = set()
    waiting = [(start, False)]
    while waiting:
        code, parents_done = waiting.pop()
        if parents_done:
            order.append(code)
        elif code not in done:
            done.add(code)
            waiting.append((code, True))
            waiting += [(edge.parent, False) for edge in reversed(parents.get(code, ()))]
    return order


def _bands(slots: Mapping[LineageEdge, float], bars: Mapping[str, Bar], whole_g: int) -> tuple[str, ...]:
    """One closed path per edge; the bands that leave one bar lie side by side."""
    left: dict[str, float] = {}
    paths = []
    for edge, slot in slots.items():
        parent, child = bars[edge.parent], bars[edge.child]
        width = _width(edge.mass_g, whole_g)
        start = left.get(edge.parent, parent.x)
        left[edge.parent] = start + width
        paths.append(_band(start, parent.y + BAR, slot, child.y, width))
    return tuple(paths)


def _band(x0: float, y0: int, x1: float, y1: int, width: float) -> str:
    """A ribbon of even width: straight down where it can be, otherwise an S."""
    middle = (y0 + y1) // 2
    a, b, c, d = (f"{_round(value):g}" for value in (x0, x1, x0 + width, x1 + width))
    if a == b:
        return f"M{a} {y0}V{y1}H{d}V{y0}z"
    return f"M{a} {y0}C{a} {middle} {b} {middle} {b} {y1}H{d}C{d} {middle} {c} {middle} {c} {y0}z"


def _width(mass_g: int, whole_g: int) -> float:
    """The width of a part of the batch."""
    return max(LEAST, mass_g * TRUNK / whole_g) if whole_g else LEAST


def _round(value: float) -> float:
    return round(value, 1)
