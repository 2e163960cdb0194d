"""Edges of before know nothing of origins and days: the second migration gives them both, for good."""

from __future__ import annotations

from importlib import import_module

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, text

from tests.queries.season import Season
from traceability.models.database import Database

_AS_BEFORE = """create table edge_before (
    child_id bigint not null, parent_id bigint not null, org_id bigint not null, event_id bigint not null,
    mass_g bigint not null, constraint pk_edge_before primary key (child_id, parent_id)
)"""


def edges(connection: Connection) -> list[tuple[int | None, ...]]:
    return [tuple(row) for row in connection.execute(text("select * from edge order by child_id, parent_id"))]


def test_every_edge_of_a_season_is_the_same_after_the_migration(database: Database) -> None:
    Season(database)
    with database.schema_connection() as connection, connection.begin():
        now = edges(connection)
        for statement in (
            _AS_BEFORE,
            "insert into edge_before select child_id, parent_id, edge.org_id, lot.made_by_id, mass_g"
            " from edge join lot on lot.id = edge.child_id",
            "drop table edge",
            "alter table edge_before rename to edge",
            "create index ix_edge_event_id on edge (event_id)",
            "create index ix_edge_parent_id_child_id on edge (parent_id, child_id)",
        ):
            connection.execute(text(statement))
        if connection.dialect.name == "postgresql":
            connection.execute(text("alter table edge rename constraint pk_edge_before to pk_edge"))
        with Operations.context(MigrationContext.configure(connection)):
            import_module("traceability.models.migrations.versions.0002_edges").upgrade()
        assert now
        assert edges(connection) == now
