"""How SQLite means to read edges, asked before anything is measured: one whole table read hides behind a fast disk."""

from __future__ import annotations

import sqlite3

from traceability.queries.edges import ALWAYS, STATEMENTS

_ASKED = {"ids": "[1, 2, 3]", **ALWAYS._asdict()}


def steps(connection: sqlite3.Connection, statement: str) -> list[str]:
    """What SQLite would do for a statement, step by step."""
    return [row[3] for row in connection.execute(f"explain query plan {statement}", _ASKED)]


def whole_tables(connection: sqlite3.Connection) -> list[str]:
    """The steps of any statement over edges that read a whole table, or filter one first; there should be none."""
    return [
        step for said in STATEMENTS.values() for step in steps(connection, said.sqlite) if reads_a_whole_table(step)
    ]


def reads_a_whole_table(step: str) -> bool:
    """Whether a step costs as much as the database is large."""
    return "BLOOM" in step or "AUTOMATIC" in step or step.split()[:2] in (["SCAN", "edge"], ["SCAN", "lot"])
