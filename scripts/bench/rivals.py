"""What a trace is measured against in SQL: a textbook's query, and ours said in the standard library alone."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection

from traceability.domain import lineage
from traceability.domain.lineage import Ancestry
from traceability.queries.edges import ALWAYS, STATEMENTS, Made
from traceability.queries.lineage import ancestry

_UP = """with recursive up(id) as (
    select :lot union select edge.parent from up join edge on edge.child = up.id
) select edge.child, edge.parent, edge.mass_g, lot.farm
from up join edge on edge.child = up.id join lot on lot.id = edge.parent"""
_DOWN = """with recursive down(id) as (
    select value from json_each(:lots) union select edge.child from down join edge on edge.parent = down.id
) select lot.id, lot.packed from down join lot on lot.id = down.id"""


def textbook(connection: sqlite3.Connection, lot: int, mass_g: int) -> dict[int, int]:
    """Grams per farm from a textbook's tables: lots found once each, their edges joined to lots, and the same pass."""
    above: Ancestry[int, int] = Ancestry()
    delivered: dict[int, list[tuple[int, int, int]]] = {}
    for child, parent, mass, farm in connection.execute(_UP, {"lot": lot}).fetchall():
        above.whole[child] = above.whole.get(child, 0) + mass
        if farm is None:
            above.lots.setdefault(child, []).append((parent, mass))
        else:
            delivered.setdefault(child, []).append((parent, mass, farm))
    above.deliveries.update(delivered)
    return lineage.shares(lineage.flow(above, lot, mass_g).came_from, mass_g)


def textbook_below(connection: sqlite3.Connection, lots: Collection[int]) -> list[tuple[int, int]]:
    """Every lot that some lots went into, and whether it is a batch, from a textbook's tables."""
    return connection.execute(_DOWN, {"lots": json.dumps(sorted(lots))}).fetchall()


def by_hand(connection: sqlite3.Connection, lot: int, mass_g: int) -> dict[tuple[int, int], int]:
    """Grams per farm and plot from the product's table by its own statement and pass, with nothing in between."""
    asked = {"ids": json.dumps([lot]), **ALWAYS._asdict()}
    rows = connection.execute(STATEMENTS["made above"].sqlite, asked).fetchall()
    above = ancestry(Made(key, *lists) for key, text in rows if (lists := json.loads(text))[0])
    return lineage.shares(lineage.flow(above, lot, mass_g).came_from, mass_g)
