"""Batches of before get the addresses of a batch that is sealed today, and a scan reads no other rows than its own."""

from __future__ import annotations

from importlib import import_module

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, event, text

from tests.queries.season import GTIN, Season
from traceability.models.database import Database
from traceability.queries.resolving import batches_of_article, batches_of_lot


def links(connection: Connection) -> list[tuple[object, ...]]:
    return [tuple(row) for row in connection.execute(text("select * from digital_link order by lot, batch_id"))]


def test_every_digital_link_of_a_season_is_the_same_after_the_migration(database: Database) -> None:
    season = Season(database)
    season.sealed(gtin=GTIN, own_number="ລັອດ 7")
    season.sealed(gtin=GTIN, own_number="１２ / a")
    with database.schema_connection() as connection, connection.begin():
        now = links(connection)
        assert "12/A" in {lot for _, lot, *_ in now}
        connection.execute(text("drop table digital_link"))
        with Operations.context(MigrationContext.configure(connection)):
            import_module("traceability.models.migrations.versions.0006_digital_link").upgrade()
        assert links(connection) == now


def test_a_scan_reads_the_rows_of_its_number_and_no_others(database: Database) -> None:
    season = Season(database)
    asked: list[tuple[str, object]] = []
    with database.reading() as session:

        def note(_connection: object, _cursor: object, statement: str, values: object, *_more: object) -> None:
            asked.append((statement, values))

        event.listen(session.connection(), "before_cursor_execute", note)
        assert [found.code for found in batches_of_lot(session, GTIN, season.newer.lower())] == [season.newer]
        assert [found.code for found in batches_of_article(session, GTIN)] == [season.newer]
        assert len(asked) == 2
        if database.is_sqlite:  # the other one reads a table as small as this from end to end
            for statement, values in asked[:2]:
                plan = session.connection().exec_driver_sql(f"explain query plan {statement}", values)  # type: ignore[arg-type]
                assert not [step for *_, step in plan if step.startswith("SCAN")]
