"""The guards: what was recorded is not changed, deleted, replaced or emptied, on SQLite and on PostgreSQL."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.cast import World
from traceability.models import guards
from traceability.models.database import Database, JustTaken

FILLED = ("event", "posting", "organisation", "lot", "party", "plot", "facility")


def run(database: Database, statement: str) -> None:
    database.write(lambda session: session.execute(text(statement)))


def refused(world: World, statement: str, why: str) -> None:
    """The statement is refused by a guard and changes nothing."""
    before = world.everything()
    with pytest.raises((DBAPIError, JustTaken), match=why):
        run(world.database, statement)
    assert world.everything() == before


def test_what_was_recorded_is_not_updated(world: World) -> None:
    world.delivery()

    for table in ("event", "posting"):
        refused(world, f"update {table} set org_id = org_id", "append-only")


def test_nothing_is_deleted(world: World) -> None:
    world.delivery(plot=world.amina_plot)

    for table in FILLED:
        refused(world, f"delete from {table}", "nothing is deleted|append-only")


def test_nothing_is_replaced(world: World) -> None:
    world.delivery(plot=world.amina_plot)

    for table in FILLED:
        if world.database.is_sqlite:
            refused(world, f"insert or replace into {table} select * from {table}", "nothing is replaced|no gaps")
        else:  # which has no REPLACE, and keys that hold: people are told that the number is taken
            refused(world, f"insert into {table} select * from {table}", "at this very moment|no gaps")


def test_no_table_is_emptied_in_one_go(world: World) -> None:
    """SQLite has no other way than DELETE, and empties a table by it."""
    for table in (*guards.FROZEN, *guards.KEPT):
        if world.database.is_sqlite:
            with world.database.reading() as session:
                assert f"guard_{table}_no_delete" in guards.installed(session.connection())
        else:
            refused(world, f"truncate {table} cascade", "append-only")


def test_a_journal_takes_no_event_out_of_its_order(world: World) -> None:
    world.delivery()
    # a copy of the last event that skips a number
    columns = (
        "org_id, code, client_id, request_digest, kind, event_type, business_step, disposition, occurred_at,"
        " zone_minutes, recorded_at, kdes, answer, body, digest, previous_digest"
    )
    said = columns.replace(" code,", " 'ZZZZZZZZ',").replace("client_id,", "'another',")
    skip = f"insert into event (seq, {columns}) select seq + 2, {said} from event order by id desc limit 1"

    refused(world, skip, "no gaps")


def test_a_guard_that_was_taken_down_is_missed(database: Database) -> None:
    on = "" if database.is_sqlite else " on lot"
    run(database, f"drop trigger guard_lot_no_delete{on}")

    with database.reading() as session:
        assert guards.expected() - guards.installed(session.connection()) == {"guard_lot_no_delete"}


def test_a_guard_that_was_only_switched_off_is_missed_too(postgres_url: str) -> None:
    """SQLite cannot switch a trigger off."""
    database = Database(postgres_url)
    database.create_all()
    run(database, "alter table event disable trigger guard_event_no_update")

    with database.reading() as session:
        assert guards.expected() - guards.installed(session.connection()) == {"guard_event_no_update"}
    database.close()
