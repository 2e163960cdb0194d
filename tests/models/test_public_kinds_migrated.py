"""A journal whose last entries became public by an update says so, as one that is written today."""

from __future__ import annotations

from importlib import import_module

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import text

from tests.cast import World
from traceability.domain.approvals import Approve, AskCap
from traceability.models.database import Database
from traceability.operations.approvals import approve, ask_cap
from traceability.queries.audit import audit


def test_the_last_public_entry_of_a_record_of_before_is_found(database: Database) -> None:
    world = World(database)
    world.released()
    asked = world.do(world.bakari, ask_cap, AskCap, plot=world.amina_plot, cap_g=100_000, reason="as measured").event
    world.do(world.malee, approve, Approve, request=asked)
    with database.schema_connection() as connection, connection.begin():
        heads = text("select org_id, public_seq from journal_head order by org_id")
        now = connection.execute(heads).all()
        connection.execute(text("update journal_head set public_seq = 1"))
        with Operations.context(MigrationContext.configure(connection)):
            import_module("traceability.models.migrations.versions.0020_public_kinds").upgrade()
        assert connection.execute(heads).all() == now
    assert list(audit(database)) == []
