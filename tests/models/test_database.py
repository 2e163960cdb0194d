"""What the database itself refuses reaches people as a sentence, and nothing is stored."""

from __future__ import annotations

import fcntl
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Event
from time import sleep

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from tests.databases import Databases
from traceability.models import User
from traceability.models.database import Database, DatabaseSilent, DoesNotFit, JustTaken


def add_user(session: Session, login: str) -> None:
    session.add(User(login=login, name="Amina", password_hash="x", created_at=datetime.now(UTC)))
    session.flush()


def users(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(User)) or 0


def test_a_name_stored_at_the_same_moment_is_a_conflict_and_not_a_crash(database: Database) -> None:
    database.write(partial(add_user, login="amina"))
    with pytest.raises(JustTaken):
        database.write(partial(add_user, login="amina"))
    assert users(database) == 1


def test_a_text_longer_than_its_column_is_refused_where_the_database_minds(database: Database) -> None:
    if database.is_sqlite:
        database.write(partial(add_user, login="a" * 200))  # SQLite keeps any length: the schemas are its limit
        assert users(database) == 1
    else:
        with pytest.raises(DoesNotFit):
            database.write(partial(add_user, login="a" * 200))
        assert users(database) == 0


def test_a_database_that_is_gone_is_said_to_be_silent(database: Database) -> None:
    def break_off(session: Session) -> None:
        session.execute(
            text("select * from a_table_that_nobody_made")
            if database.is_sqlite
            else text("select pg_terminate_backend(pg_backend_pid())")
        )

    with pytest.raises(DatabaseSilent):
        database.write(break_off)


def test_what_was_read_stays_readable_after_the_session_is_closed(database: Database) -> None:
    database.write(partial(add_user, login="amina"))
    with database.reading() as session:
        user = session.scalars(select(User)).one()
    assert user.login == "amina"


def test_a_writer_who_comes_back_at_once_does_not_overtake_one_who_waits(databases: Databases, tmp_path: Path) -> None:
    """On SQLite: on PostgreSQL writers wait for rows."""
    database = Database(databases.fresh_sqlite(tmp_path / "queue.sqlite3"))
    told: list[str] = []
    begun = Event()

    def first(_session: Session) -> None:
        begun.set()
        while _is_free(f"{database.url.database}.queue"):
            sleep(0.001)
        told.append("first")

    def waiting() -> None:
        begun.wait()
        database.write(lambda _session: told.append("waiting"))

    with ThreadPoolExecutor(1) as other:
        waited = other.submit(waiting)
        database.write(first)
        database.write(lambda _session: told.append("again"))
        waited.result()
    database.close()
    assert told == ["first", "waiting", "again"]


def _is_free(path: str) -> bool:
    with open(path, "ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def test_after_a_refusal_and_after_closing_the_next_writer_finds_all_in_order(database: Database) -> None:
    def refused(session: Session) -> None:
        add_user(session, "bakari")
        raise ValueError("changed our mind")

    database.write(partial(add_user, login="amina"))
    with pytest.raises(ValueError, match="mind"):
        database.write(refused)
    assert users(database) == 1
    database.close()
    database.write(partial(add_user, login="bakari"))
    assert users(database) == 2


def test_what_was_only_added_is_stored_and_two_threads_may_write(database: Database) -> None:
    def add(login: str) -> None:
        database.write(
            lambda session: session.add(
                User(login=login, name="Amina", password_hash="x", created_at=datetime.now(UTC))
            )
        )

    with ThreadPoolExecutor(4) as hands:
        list(hands.map(add, (f"user-{number}" for number in range(20))))
    assert users(database) == 20


def test_sqlite_waits_for_the_disk_before_it_says_that_something_is_stored(
    databases: Databases, tmp_path: Path
) -> None:
    """In a process of its own: in those of the tests it does not, so that they are quick."""
    url = databases.fresh_sqlite(tmp_path / "real.sqlite3", "tables")
    ask = f"""
from sqlalchemy import text
from traceability.models.database import Database
database = Database({url!r})
asked = text("select synchronous, journal_mode from pragma_synchronous, pragma_journal_mode")
with database.reading() as session:
    print(*session.execute(asked).one())
print(*database.write(lambda session: session.execute(asked).one()))
"""
    repository = Path(__file__).resolve().parents[2]
    told = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True, cwd=repository)
    assert told.stdout.split("\n") == ["2 wal", "2 wal", ""]
