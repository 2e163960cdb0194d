"""A made-up harvest put into databases in bulk: the product's own tables, and the tables of a textbook.

Nothing here is how the record is written: no events, no postings, no guards while loading. What reads lineage reads
lots and edges, and those are whole.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Index, Table

from scripts.bench.graph import PACKED, Harvest
from traceability.models import guards
from traceability.models.base import Base
from traceability.models.database import PRAGMAS, Database

_AT = "2026-01-15 00:00:00"
_Rows = Iterator[tuple[Any, ...]]

# What is the same in every row, as SQL; the other columns come with the rows.
_SAME = {
    "organisation": {
        "kind": "'cooperative'",
        "names": "'{}'",
        "country": "'LA'",
        **dict.fromkeys(("province", "district", "village", "address", "phone"), "''"),
        "zone_minutes": "420",
        "demo": "false",
        "lot_tolerance_permille": "10",
        "transfer_tolerance_permille": "10",
        "transfer_days": "14",
        "created_at": f"'{_AT}'",
    },
    "party": {
        "kind": "'farmer'",
        **dict.fromkeys(("name", "name_key", "country", "province", "district", "village"), "''"),
        "created_at": f"'{_AT}'",
    },
    "lot": {
        "commodity": "'coffee'",
        "form": "'parchment'",
        **dict.fromkeys(("grade", "variety", "crop_year", "unit"), "''"),
        "custody": "'segregated'",
        "made_count": "0",
        "balance_count": "0",
        "made_at": f"'{_AT}'",
        "zone_minutes": "420",
        "made_by_id": "1",
        "void": "false",
    },
    "edge": {},
    "batch": {
        "version": "0",
        "marks": "'{}'",
        **dict.fromkeys(("destination", "hs", "release_digest", "superseded_by"), "''"),
        "sealed_at": f"'{_AT}'",
        "sealed_by_id": "1",
    },
}
_GIVEN = {
    "organisation": ("id", "code", "prefix", "name"),
    "party": ("id", "org_id", "code", "number"),
    "lot": (
        *("id", "org_id", "code", "number", "kind", "made_g", "balance_g"),
        *("origin_party_id", "origin_plot_id"),
    ),
    "edge": ("child_id", "parent_id", "mass_g", "origin_party_id", "origin_plot_id", "day", "org_id"),
    "batch": ("id", "org_id", "lot_id"),
}
_KINDS = ("delivery", "lot", "packed")


def rows(harvest: Harvest, table: str) -> _Rows:
    """The rows of a table, as `_GIVEN` names their columns."""
    if table == "organisation":
        yield from ((n, f"{n:08}", f"O{n}", f"Cooperative {n}") for n in range(1, harvest.organisations + 1))
    elif table == "party":
        yield from ((n, org, f"{n:08}", f"{n:08}") for n, org in enumerate(harvest.farm_org.tolist(), 1))
    elif table == "lot":
        told = (harvest.org, harvest.kind, harvest.made_g, harvest.left_g, harvest.farm)
        lots = zip(*(column.tolist() for column in told), strict=True)
        for n, (org, kind, made_g, left_g, farm) in enumerate(lots, 1):
            code = f"{n:08}"
            yield n, org, code, code, _KINDS[kind], made_g, left_g, farm or None, plot_of(farm)
    elif table == "edge":
        parent, child = harvest.parent - 1, harvest.child - 1
        told = (harvest.child, harvest.parent, harvest.mass_g, harvest.farm[parent], harvest.day[child])
        for child_id, parent_id, mass_g, farm, day, org in zip(
            *(column.tolist() for column in (*told, harvest.org[child])), strict=True
        ):
            yield child_id, parent_id, mass_g, farm or None, plot_of(farm), day, org
    elif table == "batch":
        packed = harvest.packed
        sealed = zip(packed.tolist(), harvest.org[packed - 1].tolist(), strict=True)
        yield from ((n, org, lot) for n, (lot, org) in enumerate(sealed, 1))


def plot_of(farm: int) -> int | None:
    """Every second farm has a plot, and it has the farm's number."""
    return farm if farm and farm % 2 == 0 else None


def into_sqlite(harvest: Harvest, path: Path) -> None:
    """A new SQLite database with the product's tables and guards, filled, in the settings the product runs with."""
    database = Database(f"sqlite:///{path}")
    database.create_all()
    database.close()
    with sqlite3.connect(path) as connection:
        _unguarded(connection)
        later = _indexes()
        for index in later:
            connection.execute(f"drop index {index.name}")
        triggers = [name for (name,) in connection.execute("select name from sqlite_master where type = 'trigger'")]
        for name in triggers:
            connection.execute(f"drop trigger {name}")
        for table, given in _GIVEN.items():
            same = _SAME[table]
            into = f"insert into {table} ({', '.join((*given, *same))})"
            values = f"values ({', '.join((*'?' * len(given), *same.values()))})"
            connection.executemany(f"{into} {values}", rows(harvest, table))
    connection.close()
    database = Database(f"sqlite:///{path}")
    with database.schema_connection() as opened, opened.begin():
        opened.exec_driver_sql("pragma cache_size = -1000000")
        for index in later:
            index.create(opened)
        guards.install(opened)
    database.close()


def into_postgres(harvest: Harvest, url: str) -> None:
    """The same in a new PostgreSQL database, by COPY."""
    database = Database(url)
    database.create_all()
    with psycopg.connect(url.replace("+psycopg", "")) as connection, connection.cursor() as cursor:
        cursor.execute("set session_replication_role = replica")  # foreign keys are not looked at
        for index in (later := _indexes()):
            cursor.execute(f"drop index {index.name}".encode())
        for table, given in _GIVEN.items():
            same = _SAME[table]
            for column, value in same.items():
                cursor.execute(f"alter table {table} alter {column} set default {value}".encode())
            with cursor.copy(f"copy {table} ({', '.join(given)}) from stdin".encode()) as copy:
                for block in _blocks(rows(harvest, table)):
                    copy.write(block)
            for column in same:
                cursor.execute(f"alter table {table} alter {column} drop default".encode())
    with database.schema_connection() as opened, opened.begin():
        opened.exec_driver_sql("set maintenance_work_mem = '512MB'")
        for index in later:
            index.create(opened)
    database.close()


def into_textbook(harvest: Harvest, path: Path) -> None:
    """The tables most would make, in SQLite: lean, with every index that helps; the farm stands on the lot."""
    with sqlite3.connect(path) as connection:
        _unguarded(connection)
        connection.execute(
            "create table lot (id integer primary key, made_g integer not null, farm integer, packed integer)"
        )
        connection.execute(
            "create table edge (child integer, parent integer, mass_g integer not null, primary key (child, parent)) "
            "without rowid"
        )
        lots = zip(harvest.made_g.tolist(), harvest.farm.tolist(), harvest.kind.tolist(), strict=True)
        connection.executemany(
            "insert into lot values (?, ?, ?, ?)",
            ((n, made_g, farm or None, kind == PACKED) for n, (made_g, farm, kind) in enumerate(lots, 1)),
        )
        edges = (harvest.child.tolist(), harvest.parent.tolist(), harvest.mass_g.tolist())
        connection.executemany("insert into edge values (?, ?, ?)", zip(*edges, strict=True))
        connection.execute("create index edge_parent on edge (parent, child)")
    connection.execute("pragma journal_mode = wal")
    connection.close()


def raw(path: Path) -> sqlite3.Connection:
    """The standard library's own connection, with the settings the product runs with."""
    connection = sqlite3.connect(path, isolation_level=None)
    for name, value in PRAGMAS.items():
        connection.execute(f"pragma {name}={value}")
    return connection


def _unguarded(connection: sqlite3.Connection) -> None:
    for pragma in ("journal_mode = off", "synchronous = off", "foreign_keys = off", "cache_size = -1000000"):
        connection.execute(f"pragma {pragma}")


def _indexes() -> list[Index]:
    """The indexes of the large tables that are quicker made at the end than kept up to date."""
    large: Iterable[Table] = (Base.metadata.tables[name] for name in ("lot", "edge"))
    return sorted((index for table in large for index in table.indexes), key=lambda index: str(index.name))


def _blocks(found: _Rows) -> Iterator[bytes]:
    r"""Rows as COPY reads them, some thousands at a time: nothing here has a tab or a backslash but `\N` for null."""
    block: list[str] = []
    for row in found:
        block.append("\t".join([r"\N" if value is None else str(value) for value in row]))
        if len(block) == 10_000:
            yield ("\n".join(block) + "\n").encode()
            block.clear()
    if block:
        yield ("\n".join(block) + "\n").encode()
