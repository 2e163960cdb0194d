"""A hold of before names a lot, and still does after the table learnt of plots and farmers."""

from __future__ import annotations

from importlib import import_module

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, text

from tests.cast import World
from traceability.domain.facts import PutOnHold
from traceability.models import guards
from traceability.models.database import Database
from traceability.models.migrate import differences
from traceability.operations.inspection import put_on_hold
from traceability.queries.audit import audit


def test_a_hold_of_before_is_kept_and_guarded(database: Database) -> None:
    world = World(database)
    world.do(world.ines, put_on_hold, PutOnHold, lot=world.delivery(), reason="residues")
    with database.schema_connection() as connection, connection.begin():
        before = rows(connection)
        with Operations.context(MigrationContext.configure(connection)) as operations:
            _as_before(operations)
            import_module("traceability.models.migrations.versions.0028_holds_of_farmers").upgrade()
        guards.install(connection)
        assert rows(connection) == before
        assert differences(connection) == []
        assert guards.installed(connection) == guards.expected()
    assert list(audit(database)) == []


def rows(connection: Connection) -> list[tuple[object, ...]]:
    found = connection.execute(text("select id, code, lot_id, plot_id, party_id, reason from hold"))
    return [tuple(row) for row in found]


def _as_before(operations: Operations) -> None:
    with operations.batch_alter_table("hold") as hold:
        hold.drop_constraint("ck_hold_one_target", type_="check")
        for column in ("plot_id", "party_id"):
            hold.drop_constraint(f"fk_hold_org_id_{column}", type_="foreignkey")
            hold.drop_index(f"ix_hold_{column}")
            hold.drop_column(column)
        hold.alter_column("lot_id", nullable=False)
