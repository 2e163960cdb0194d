"""Reading edges, in two spellings that give the same rows: one recursive statement, or one statement for each level.

The recursive one is the fastest on one database. Level by level with arrays works on every SQL database, also on a
sharded PostgreSQL, where a recursion over lots of several nodes does not run (DEPENDENCIES 15).

Every statement is fixed text. Inside the recursion no condition names the edge table alone: once statistics exist,
SQLite before 3.51 would filter the whole table first (a Bloom filter), and the answer would cost as much as the
database is large (PERFORMANCE 2); `(edge… ) = (walk.id > 0)` names both and is always true of `walk`.
PostgreSQL's way into the same trap, hashing the whole table, is closed by `lateral … offset 0`.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from enum import StrEnum
from typing import Any, Final, NamedTuple

from sqlalchemy.orm import Session

Row = tuple[int, int, int, int | None, int | None, int]  # child, parent, grams, farmer, plot, day


class Spelling(StrEnum):
    """How a walk is said to the database."""

    RECURSIVE = "recursive"
    LEVELS = "levels"


class Days(NamedTuple):
    """Days of events, both ends included, as numbers of `domain.moments`; nothing that happened outside is followed."""

    first: int = -(10**9)
    last: int = 10**9


ALWAYS: Final = Days()

_COLUMNS = "edge.child_id, edge.parent_id, edge.mass_g, edge.origin_party_id, edge.origin_plot_id, edge.day"


class _Said(NamedTuple):
    """One statement, as each database understands it."""

    sqlite: str
    postgresql: str


_ABOVE = _Said(
    sqlite=f"""with recursive walk(id) as (
        select value from json_each(?)
        union
        select edge.parent_id from walk join edge on edge.child_id = walk.id
        where (edge.origin_party_id is null) = (walk.id > 0)
    ) select {_COLUMNS} from walk join edge on edge.child_id = walk.id""",
    postgresql=f"""with recursive walk(id) as (
        select unnest(%s::bigint[])
        union
        select edge.parent_id from walk cross join lateral (
            select parent_id from edge where child_id = walk.id and origin_party_id is null offset 0
        ) edge
    ) select {_COLUMNS} from walk cross join lateral (select * from edge where child_id = walk.id offset 0) edge""",
)
_BELOW = _Said(
    sqlite="""with recursive walk(id) as (
        select value from json_each(?)
        union
        select edge.child_id from walk join edge on edge.parent_id = walk.id
    ) select id from walk""",
    postgresql="""with recursive walk(id) as (
        select unnest(%s::bigint[])
        union
        select edge.child_id from walk cross join lateral (
            select child_id from edge where parent_id = walk.id offset 0
        ) edge
    ) select id from walk""",
)
_BELOW_WITHIN = _Said(
    sqlite="""with recursive walk(id) as (
        select value from json_each(?)
        union
        select edge.child_id from walk join edge on edge.parent_id = walk.id
        where (edge.day between ? and ?) = (walk.id > 0)
    ) select id from walk""",
    postgresql="""with recursive walk(id) as (
        select unnest(%s::bigint[])
        union
        select edge.child_id from walk cross join lateral (
            select child_id from edge where parent_id = walk.id and day between %s and %s offset 0
        ) edge
    ) select id from walk""",
)
_INTO = _Said(
    sqlite=f"select {_COLUMNS} from json_each(?) as level join edge on edge.child_id = level.value",
    postgresql=f"select {_COLUMNS} from edge where child_id = any(%s::bigint[])",
)
_OUT_OF = _Said(
    sqlite=f"select {_COLUMNS} from json_each(?) as level join edge on edge.parent_id = level.value",
    postgresql=f"select {_COLUMNS} from edge where parent_id = any(%s::bigint[])",
)


def edges_above(session: Session, lot_ids: Collection[int], spelling: Spelling | None = None) -> list[Row]:
    """Every edge above some lots, each once. Ends at deliveries, which are made of nothing; a loop ends by itself."""
    if _spelling(session, spelling) is Spelling.RECURSIVE:
        return _rows(session, _ABOVE, lot_ids)
    found: list[Row] = []
    seen = set(lot_ids)
    level = seen
    while level:
        rows = edges_into(session, level)
        found += rows
        level = {parent for _, parent, _, party, _, _ in rows if party is None} - seen
        seen |= level
    return found


def lots_below(
    session: Session, lot_ids: Collection[int], days: Days = ALWAYS, spelling: Spelling | None = None
) -> set[int]:
    """The lots themselves, and every lot that any of them went into on one of the days."""
    if _spelling(session, spelling) is Spelling.RECURSIVE:
        rows = _rows(session, _BELOW, lot_ids) if days == ALWAYS else _rows(session, _BELOW_WITHIN, lot_ids, *days)
        return {key for (key,) in rows}
    seen = set(lot_ids)
    level = seen
    while level:
        rows = _rows(session, _OUT_OF, level)
        level = {child for child, *_, day in rows if days.first <= day <= days.last} - seen
        seen |= level
    return seen


def edges_into(session: Session, lot_ids: Collection[int]) -> list[Row]:
    """All that went into each of some lots."""
    return _rows(session, _INTO, lot_ids)


def _spelling(session: Session, wanted: Spelling | None) -> Spelling:
    return Spelling(wanted or session.info.get("lineage", Spelling.RECURSIVE))  # a session knows it as a word


def _rows(session: Session, said: _Said, lot_ids: Iterable[int], *more: int) -> list[Any]:
    """The rows as the driver gives them: an answer may have a hundred thousand, and nothing here needs more."""
    connection = session.connection()
    ids = sorted(lot_ids)
    if not ids:
        return []
    if connection.dialect.name == "sqlite":
        result = connection.exec_driver_sql(said.sqlite, (json.dumps(ids), *more))
    else:
        result = connection.exec_driver_sql(said.postgresql, (ids, *more))
    rows = list(result.cursor.fetchall()) if result.cursor is not None else []
    result.close()
    return rows
