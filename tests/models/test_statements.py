"""A statement that the driver runs itself says, hears and refuses what the same statement says through SQLAlchemy."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import LargeBinary, String, bindparam, cast, event, insert, literal, select, text
from sqlalchemy.orm import Session

from tests.cast import World
from traceability.models import Event, JournalHead, Lot
from traceability.models.database import Database, DatabaseSilent, JustTaken
from traceability.models.statements import Statement, any_of

_HEADS = JournalHead.metadata.tables["journal_head"]
_EVENTS = select(
    *(Event.seq, Event.occurred_at, Event.recorded_at, Event.kdes, Event.answer, Event.body, Event.declares_id)
).order_by(Event.id)
_ONE = _EVENTS.where(Event.code == bindparam("code")).limit(1)


def test_times_documents_and_bytes_are_read_alike(world: World) -> None:
    world.lot(world.delivery(40_000))
    with world.database.reading() as session:
        expected = [tuple(row) for row in session.execute(_EVENTS)]
        assert Statement(_EVENTS).rows(session.connection(), {}) == expected
        assert expected[-1][1].tzinfo is UTC


def test_one_row_is_found_by_its_parameter_or_none_is(world: World) -> None:
    statement = Statement(_ONE)
    with world.database.reading() as session:
        code = session.scalars(select(Event.code).order_by(Event.id)).first()
        expected = session.execute(_ONE, {"code": code}).one()
        assert statement.first(session.connection(), {"code": code}) == tuple(expected)
        assert statement.first(session.connection(), {"code": "NOBODY00"}) is None


def test_a_time_of_any_zone_is_kept_as_the_same_instant(world: World) -> None:
    in_vientiane = datetime(2026, 3, 1, 6, 30, 0, 5, tzinfo=timezone(timedelta(hours=7)))
    move = Statement(JournalHead.__table__.update().values(recorded_at=bindparam("at")))  # type: ignore[attr-defined]

    def told(session: Session) -> int:
        return move.change(session.connection(), {"at": in_vientiane})

    assert world.database.write(told) > 0
    with world.database.reading() as session:
        assert set(session.scalars(select(JournalHead.recorded_at))) == {in_vientiane}
    with pytest.raises(ValueError, match="zone"):
        world.database.write(lambda session: move.change(session.connection(), {"at": datetime(2026, 3, 1)}))


def test_a_key_that_is_taken_is_refused_and_nothing_is_stored(world: World) -> None:
    again = Statement(insert(_HEADS))
    with world.database.reading() as session:
        head = dict(session.execute(select(_HEADS)).mappings().first() or {})
    with pytest.raises(JustTaken):
        world.database.write(lambda session: again.change_all(session.connection(), [head]))
    assert world.count(JournalHead) == 3


def test_a_database_that_goes_away_meanwhile_is_said_to_be_silent(database: Database) -> None:
    gone = "select * from a_table_that_nobody_made" if database.is_sqlite else "select pg_terminate_backend(:me)"
    me = text("select 1" if database.is_sqlite else "select pg_backend_pid()")

    def break_off(session: Session) -> None:
        Statement(text(gone)).first(session.connection(), {"me": session.scalar(me)})

    with pytest.raises(DatabaseSilent):
        database.write(break_off)
    database.ping()


def test_whoever_listens_to_statements_hears_these_too(database: Database) -> None:
    heard: list[tuple[str, Any]] = []
    with database.reading() as session:
        connection = session.connection()
        event.listen(connection, "before_cursor_execute", lambda *told: heard.append((told[2], told[3])))
        statement = Statement(select(cast(bindparam("word"), String), cast(literal("x"), LargeBinary)))
        statement.first(connection, {"word": "coffee"})
    assert len(heard) == 1
    assert "coffee" in str(heard[0][1])


def test_one_text_asks_for_any_of_many(world: World) -> None:
    codes = [world.delivery(40_000 + grams) for grams in range(3)]
    by_code = Statement(select(Lot.made_g).where(any_of(Lot.code, "codes")).order_by(Lot.made_g))
    by_grams = Statement(select(Lot.code).where(any_of(Lot.made_g, "grams")).order_by(Lot.made_g))
    with world.database.reading() as session:
        connection = session.connection()
        assert by_code.rows(connection, {"codes": [codes[2], "NOBODY00", codes[0]]}) == [(40_000,), (40_002,)]
        assert by_code.rows(connection, {"codes": []}) == []
        assert by_grams.rows(connection, {"grams": [40_001, 2**40]}) == [(codes[1],)]
