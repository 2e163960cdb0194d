"""Contacts that were deleted before this was noted are noted as deleted when the entry says so."""

from __future__ import annotations

from importlib import import_module

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import text

from tests.queries.test_audit_setup import House
from traceability.models import guards
from traceability.models.database import Database
from traceability.queries.audit import audit


def test_what_was_deleted_before_is_told_with_its_time(database: Database) -> None:
    house = House(database)
    asked = text("select code, forgotten_at from report order by code")
    with database.schema_connection() as connection, connection.begin():
        guards.install(connection)
        now = connection.execute(asked).all()
        assert [code for code, at in now if at is not None] == [house.forgotten]
        connection.execute(text("alter table report drop column forgotten_at"))
        with Operations.context(MigrationContext.configure(connection)):
            import_module("traceability.models.migrations.versions.0019_forgotten").upgrade()
        assert connection.execute(asked).all() == now

    assert list(audit(database)) == []
