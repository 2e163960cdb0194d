"""The same harvest in tools made for graphs: an embedded graph database, and a graph library in memory."""

from __future__ import annotations

from pathlib import Path

import ladybug
import rustworkx

from scripts.bench.graph import DELIVERY, Harvest
from traceability.domain import lineage

_ABOVE = "MATCH (made:Lot {id: $lot})-[:MadeOf* SHORTEST 1..30]->(part:Lot) RETURN part.id"


class GraphDatabase:
    """Ladybug, which is to graphs what SQLite is to tables. It finds what is above a lot; shares it cannot say."""

    def __init__(self, harvest: Harvest, folder: Path) -> None:
        """Loads from files, which is its fastest way in."""
        lots, edges = folder / "lots.csv", folder / "edges.csv"
        lots.write_text("".join(f"{n}\n" for n in range(1, len(harvest.kind) + 1)))
        columns = (harvest.child.tolist(), harvest.parent.tolist(), harvest.mass_g.tolist())
        edges.write_text("".join(f"{child},{parent},{mass}\n" for child, parent, mass in zip(*columns, strict=True)))
        self._database = ladybug.Database(str(folder / "harvest.lbug"))
        self._connection = ladybug.Connection(self._database)
        for statement in (
            "CREATE NODE TABLE Lot(id INT64 PRIMARY KEY)",
            "CREATE REL TABLE MadeOf(FROM Lot TO Lot, mass_g INT64)",
            f"COPY Lot FROM '{lots}'",
            f"COPY MadeOf FROM '{edges}'",
        ):
            self._connection.execute(statement)

    def above(self, lot: int) -> int:
        """How many lots a lot is made of, each counted once, all of them handed over."""
        answer = self._connection.execute(_ABOVE, {"lot": lot})
        assert isinstance(answer, ladybug.QueryResult)
        return len(answer.get_all())

    def close(self) -> None:
        self._connection.close()
        self._database.close()


class GraphLibrary:
    """rustworkx: the lots that were made of others as nodes, deliveries too, and the grams on the edges."""

    def __init__(self, harvest: Harvest) -> None:
        self._made_g = harvest.made_g
        farms = harvest.farm.tolist()
        self._graph: rustworkx.PyDiGraph[int, int] = rustworkx.PyDiGraph(multigraph=False)
        self._graph.add_nodes_from([0, *farms])  # the farm of a delivery
        edges = (harvest.parent.tolist(), harvest.child.tolist(), harvest.mass_g.tolist())
        self._graph.add_edges_from(list(zip(*edges, strict=True)))
        self._made = [False, *(harvest.kind != DELIVERY).tolist()]

    def shares(self, lot: int) -> dict[int, int]:
        """Grams per farm: its own search for what is above, then the same pass as ours."""
        graph, made = self._graph, self._made
        above: lineage.Ancestry[int, int] = lineage.Ancestry()
        for node in (lot, *(key for key in rustworkx.ancestors(graph, lot) if made[key])):
            into = graph.in_edges(node)
            above.lots[node] = [(parent, mass) for parent, _, mass in into if made[parent]]
            above.deliveries[node] = [(parent, mass, graph[parent]) for parent, _, mass in into if not made[parent]]
            above.whole[node] = sum(mass for _, _, mass in into)
        mass_g = int(self._made_g[lot - 1])
        return lineage.shares(lineage.flow(above, lot, mass_g).came_from, mass_g)
