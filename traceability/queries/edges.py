"""Reading edges, in two spellings that give the same answer: one recursive statement, or one statement for each level.

The recursive one is the fastest on one database. Level by level with arrays works on every SQL database, also on a
sharded PostgreSQL, where a recursion over lots of several nodes does not run (DEPENDENCIES 15).

Every statement is fixed text. Inside the recursion no condition names the edge table alone: once statistics exist,
SQLite before 3.51 would filter the whole table first (a Bloom filter), and the answer would cost as much as the
database is large (PERFORMANCE 2); `(edge… ) = (walk.id > 0)` names both and is always true of `walk`.
PostgreSQL's way into the same trap, hashing the whole table, is closed by `lateral … offset 0`.

What a trace needs comes as one row for each lot, or for all: handing a row to Python costs more than finding it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from enum import StrEnum
from typing import Any, Final, NamedTuple

from sqlalchemy.orm import Session

Row = tuple[int, int, int, int | None, int | None, int]  # child, parent, grams, farmer, plot, day


class Made(NamedTuple):
    """All that went into one lot: the same place in each list is the same edge."""

    lot_id: int
    parents: Sequence[int]
    masses_g: Sequence[int]
    farmers: Sequence[int]  # of a delivery; else LOT, or OUTSIDE for what went in on another day than was asked for
    plots: Sequence[int]  # 0 for one that is not known


LOT: Final = 0
OUTSIDE: Final = -1


class Spelling(StrEnum):
    """How a walk is said to the database."""

    RECURSIVE = "recursive"
    LEVELS = "levels"


class Days(NamedTuple):
    """Days of events, both ends included, as numbers of `domain.moments`; nothing that happened outside is followed."""

    first: int = -(10**9)
    last: int = 10**9


ALWAYS: Final = Days()

_MANY = 1_000  # lots to start from, that are read faster in the order of their keys than in the order they are found
_COLUMNS = "edge.child_id, edge.parent_id, edge.mass_g, edge.origin_party_id, edge.origin_plot_id, edge.day"


class _Said(NamedTuple):
    """One statement, as each database understands it."""

    sqlite: str
    postgresql: str


_UP = _Said(
    sqlite="""with recursive walk(id) as (
        select value from json_each(:ids)
        union
        select edge.parent_id from walk join edge on edge.child_id = walk.id
        where (edge.origin_party_id is null and edge.day between :first and :last) = (walk.id > 0)
    )""",
    postgresql="""with recursive walk(id) as (
        select unnest(%(ids)s::bigint[])
        union
        select edge.parent_id from walk cross join lateral (
            select parent_id from edge
            where child_id = walk.id and origin_party_id is null and day between %(first)s and %(last)s offset 0
        ) edge
    )""",
)
_ABOVE = _Said(
    sqlite=f"{_UP.sqlite} select {_COLUMNS} from walk join edge on edge.child_id = walk.id",
    postgresql=f"""{_UP.postgresql} select {_COLUMNS}
    from walk cross join lateral (select * from edge where child_id = walk.id offset 0) edge""",
)
_FARMER = _Said(
    sqlite=f"ifnull(origin_party_id, {LOT})",
    postgresql=f"coalesce(origin_party_id, {LOT})",
)
_FARMER_WITHIN = _Said(
    sqlite=f"iif(day between :first and :last, {_FARMER.sqlite}, {OUTSIDE})",
    postgresql=f"case when day between %(first)s and %(last)s then {_FARMER.postgresql} else {OUTSIDE} end",
)


def _went_in(farmer: _Said) -> _Said:
    """What went into one lot, as lists."""
    arrays = f"array_agg(parent_id), array_agg(mass_g), array_agg({farmer.postgresql})"
    return _Said(
        sqlite=f"""'[' || json_group_array(parent_id) || ',' || json_group_array(mass_g) || ','
            || json_group_array({farmer.sqlite}) || ',' || json_group_array(ifnull(origin_plot_id, 0)) || ']'""",
        postgresql=f"{arrays}, array_agg(coalesce(origin_plot_id, 0))",
    )


def _made_above(lists: _Said) -> _Said:
    return _Said(
        sqlite=f"{_UP.sqlite} select id, (select {lists.sqlite} from edge where child_id = walk.id) from walk",
        postgresql=f"""{_UP.postgresql} select walk.id, edge.*
        from walk cross join lateral (select {lists.postgresql} from edge where child_id = walk.id offset 0) edge""",
    )


def _made_into(lists: _Said) -> _Said:
    return _Said(
        sqlite=f"""select level.value, (select {lists.sqlite} from edge where child_id = level.value)
        from json_each(:ids) as level""",
        postgresql=f"""select child_id, {lists.postgresql} from edge
        where child_id = any(%(ids)s::bigint[]) group by child_id""",
    )


_MADE_ABOVE, _MADE_ABOVE_WITHIN = _made_above(_went_in(_FARMER)), _made_above(_went_in(_FARMER_WITHIN))
_MADE_INTO, _MADE_INTO_WITHIN = _made_into(_went_in(_FARMER)), _made_into(_went_in(_FARMER_WITHIN))
_BELOW = _Said(
    sqlite="""with recursive walk(id) as (
        select value from json_each(:ids)
        union
        select edge.child_id from walk join edge on edge.parent_id = walk.id
    ) select json_group_array(id) from walk""",
    postgresql="""with recursive walk(id) as (
        select unnest(%(ids)s::bigint[])
        union
        select edge.child_id from walk cross join lateral (
            select child_id from edge where parent_id = walk.id offset 0
        ) edge
    ) select array_agg(id) from walk""",
)
_BELOW_WITHIN = _Said(
    sqlite="""with recursive walk(id) as (
        select value from json_each(:ids)
        union
        select edge.child_id from walk join edge on edge.parent_id = walk.id
        where (edge.day between :first and :last) = (walk.id > 0)
    ) select json_group_array(id) from walk""",
    postgresql="""with recursive walk(id) as (
        select unnest(%(ids)s::bigint[])
        union
        select edge.child_id from walk cross join lateral (
            select child_id from edge where parent_id = walk.id and day between %(first)s and %(last)s offset 0
        ) edge
    ) select array_agg(id) from walk""",
)
_INTO = _Said(
    sqlite=f"select {_COLUMNS} from json_each(:ids) as level join edge on edge.child_id = level.value",
    postgresql=f"select {_COLUMNS} from edge where child_id = any(%(ids)s::bigint[])",
)
_OUT_OF = _Said(
    sqlite="""select json_group_array(distinct edge.child_id)
    from json_each(:ids) as level join edge on edge.parent_id = level.value""",
    postgresql="select array_agg(distinct child_id) from edge where parent_id = any(%(ids)s::bigint[])",
)
_OUT_OF_WITHIN = _Said(
    sqlite="""select json_group_array(distinct edge.child_id)
    from json_each(:ids) as level join edge on edge.parent_id = level.value
    where (edge.day between :first and :last) = (level.value > 0)""",
    postgresql="""select array_agg(distinct child_id) from edge
    where parent_id = any(%(ids)s::bigint[]) and day between %(first)s and %(last)s""",
)
STATEMENTS: Final = {
    "above": _ABOVE,
    "made above": _MADE_ABOVE,
    "made above within": _MADE_ABOVE_WITHIN,
    "made into": _MADE_INTO,
    "made into within": _MADE_INTO_WITHIN,
    "below": _BELOW,
    "below within": _BELOW_WITHIN,
    "into": _INTO,
    "out of": _OUT_OF,
    "out of within": _OUT_OF_WITHIN,
}
"""All that is said here, for those who look at how a database means to answer it."""


def edges_above(session: Session, lot_ids: Collection[int], spelling: Spelling | None = None) -> list[Row]:
    """Every edge above some lots, each once. Ends at deliveries, which are made of nothing; a loop ends by itself."""
    if _spelling(session, spelling) is Spelling.RECURSIVE:
        return _rows(session, _ABOVE, lot_ids)
    found: list[Row] = []

    def above(level: set[int]) -> set[int]:
        rows = edges_into(session, level)
        found.extend(rows)
        return {parent for _, parent, _, party, _, _ in rows if party is None}

    _level_by_level(lot_ids, above)
    return found


def made_above(
    session: Session, lot_ids: Collection[int], days: Days = ALWAYS, spelling: Spelling | None = None
) -> list[Made]:
    """The same edges lot by lot: every lot above some lots that was made of something, each once.

    What went in on another day than was asked for is marked OUTSIDE, and nothing above it is read.
    """
    if _spelling(session, spelling) is Spelling.RECURSIVE:
        return _made(session, _MADE_ABOVE if days == ALWAYS else _MADE_ABOVE_WITHIN, lot_ids, days)
    found: list[Made] = []

    def above(level: set[int]) -> set[int]:
        made = made_into(session, level, days)
        found.extend(made)
        edges = (edge for lot in made for edge in zip(lot.parents, lot.farmers, strict=True))
        return {parent for parent, farmer in edges if farmer == LOT}

    _level_by_level(lot_ids, above)
    return found


def made_into(session: Session, lot_ids: Collection[int], days: Days = ALWAYS) -> list[Made]:
    """The same edges as `edges_into`, lot by lot; what went in on another day than was asked for is marked OUTSIDE."""
    return _made(session, _MADE_INTO if days == ALWAYS else _MADE_INTO_WITHIN, lot_ids, days)


def lots_below(
    session: Session, lot_ids: Collection[int], days: Days = ALWAYS, spelling: Spelling | None = None
) -> set[int]:
    """The lots themselves, and every lot that any of them went into on one of the days."""
    if spelling is None and len(lot_ids) >= _MANY:
        spelling = Spelling.LEVELS
    if _spelling(session, spelling) is Spelling.RECURSIVE:
        return set(_ids(session, _BELOW if days == ALWAYS else _BELOW_WITHIN, lot_ids, days))
    out_of = _OUT_OF if days == ALWAYS else _OUT_OF_WITHIN
    return _level_by_level(lot_ids, lambda level: set(_ids(session, out_of, level, days)))


def edges_into(session: Session, lot_ids: Collection[int]) -> list[Row]:
    """All that went into each of some lots."""
    return _rows(session, _INTO, lot_ids)


def _level_by_level(lot_ids: Collection[int], step: Callable[[set[int]], set[int]]) -> set[int]:
    """The lots and all that steps from them reach; each is stepped from once, so a loop ends by itself."""
    seen = set(lot_ids)
    level = seen
    while level:
        level = step(level) - seen
        seen |= level
    return seen


def _spelling(session: Session, wanted: Spelling | None) -> Spelling:
    return Spelling(wanted or session.info.get("lineage", Spelling.RECURSIVE))  # a session knows it as a word


def _ids(session: Session, said: _Said, lot_ids: Collection[int], days: Days) -> list[int]:
    """The ids of a statement that gives them all in one row."""
    for (found,) in _rows(session, said, lot_ids, days):
        return (json.loads(found) if isinstance(found, str) else found) or []
    return []


def _made(session: Session, said: _Said, lot_ids: Collection[int], days: Days) -> list[Made]:
    rows = _rows(session, said, lot_ids, days)
    if rows and isinstance(rows[0][1], str):
        return [Made(key, *lists) for key, text in rows if (lists := json.loads(text))[0]]
    return [Made(*row) for row in rows if row[1]]


def _rows(session: Session, said: _Said, lot_ids: Iterable[int], days: Days = ALWAYS) -> list[Any]:
    """The rows as the driver gives them: an answer may have a hundred thousand, and nothing here needs more."""
    connection = session.connection()
    ids = sorted(lot_ids)
    if not ids:
        return []
    if connection.dialect.name == "sqlite":
        result = connection.exec_driver_sql(said.sqlite, {"ids": json.dumps(ids), **days._asdict()})
    else:
        result = connection.exec_driver_sql(said.postgresql, {"ids": ids, **days._asdict()})
    rows = list(result.cursor.fetchall()) if result.cursor is not None else []
    result.close()
    return rows
