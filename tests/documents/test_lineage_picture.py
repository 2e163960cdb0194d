"""The lineage picture is measured right: parts keep their width, parents stand above, nothing leaves the frame."""

from __future__ import annotations

from traceability.documents.lineage_picture import MOST_ROWS, TRUNK, Bar, picture
from traceability.domain.dossier import LineageEdge, LineageNode


def node(code: str, level: int, mass_g: int, kind: str = "lot") -> LineageNode:
    return LineageNode(code, code, kind, "green", "Cooperative of Amina", level, mass_g, 1)


def bars(*drawn: Bar) -> dict[str, Bar]:
    return {bar.node.code: bar for bar in drawn}


def test_each_part_is_as_wide_as_its_mass_and_parents_stand_above() -> None:
    """`farms F1 75 -> L1, farms F2 25 -> L2; L1 + L2 -> B`."""
    nodes = [node("B", 0, 100, "batch"), node("L1", 1, 75), node("L2", 1, 25)]
    nodes += [node("F1", 2, 75, "origins"), node("F2", 2, 25, "origins")]
    edges = [LineageEdge("F1", "L1", 75), LineageEdge("F2", "L2", 25)]
    edges += [LineageEdge("L1", "B", 75), LineageEdge("L2", "B", 25)]
    drawn = picture(nodes, edges)
    found = bars(*drawn.bars)
    assert set(found) == {"B", "F1", "F2"}, "lots that only passed things on are not drawn"
    assert found["B"].width == TRUNK
    assert (found["F1"].width, found["F2"].width) == (TRUNK * 0.75, TRUNK * 0.25)
    assert found["F2"].x == found["F1"].x + found["F1"].width, "side by side, not over each other"
    assert max(found["F1"].y, found["F2"].y) < found["B"].y
    assert len(drawn.bands) == 2
    assert not drawn.cut


def test_a_lot_that_was_split_and_came_together_again_is_drawn_once() -> None:
    """`F -> L -> S1 + S2 -> B`, and L gave to B directly too."""
    nodes = [node("B", 0, 90, "batch"), node("S1", 1, 30), node("S2", 1, 30), node("L", 2, 90)]
    nodes.append(node("F", 3, 90, "origins"))
    edges = [LineageEdge("F", "L", 90), LineageEdge("L", "S1", 30), LineageEdge("L", "S2", 30)]
    edges += [LineageEdge("S1", "B", 30), LineageEdge("S2", "B", 30), LineageEdge("L", "B", 30)]
    drawn = picture(nodes, edges)
    found = bars(*drawn.bars)
    assert set(found) == {"B", "L", "F"}
    assert found["L"].width == TRUNK
    assert all(bar.x >= 0 and bar.x + bar.width <= TRUNK + 0.1 for bar in drawn.bars)


def test_a_batch_of_hundreds_of_lots_shows_the_nearest_ones_and_says_so() -> None:
    nodes, edges = [node("B", 0, 1_000, "batch")], []
    for at in range(3):
        nodes.append(node(f"J{at}", 1, 333))
        edges.append(LineageEdge(f"J{at}", "B", 333))
        for of in range(100):
            nodes.append(node(f"F{at}.{of}", 2, 3, "origins"))
            edges.append(LineageEdge(f"F{at}.{of}", f"J{at}", 3))
    drawn = picture(nodes, edges)
    assert len(drawn.bars) == 4 <= MOST_ROWS
    assert drawn.cut
    assert drawn.height > drawn.bars[-1].y


def test_nothing_is_drawn_of_nothing() -> None:
    assert picture([], []).bars == ()
