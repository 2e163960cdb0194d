"""The database: a write engine whose transactions take turns, a read engine that never waits, settings in force.

SQLite (RELIABILITY 0.1-0.3, D4-D6): WAL with `synchronous=FULL`; writers queue on a file lock before
`BEGIN IMMEDIATE`. The lock keeps the slowest of many writers short, and because every commit and its checkpoint
happen under it, the WAL-reset race of SQLite before 3.51.3 (two checkpoints at once) cannot occur.
PostgreSQL: READ COMMITTED with row locks and conditional updates, dead-locks are retried; readers REPEATABLE READ.
"""

from __future__ import annotations

import fcntl
import logging
import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from traceability.errors import Conflict, Invalid, Refusal
from traceability.models import guards
from traceability.models.base import Base

log = logging.getLogger("traceability.models")

Result = TypeVar("Result")

PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,  # FULL: an acknowledged weigh-in survives a power cut
    "foreign_keys": 1,
    "recursive_triggers": 1,  # otherwise INSERT OR REPLACE walks through the guards
    "busy_timeout": 10_000,
    "trusted_schema": 0,
    "mmap_size": 0,
}
_TRIES = 5
_RETRY = {"40001", "40P01"}  # serialization failure, dead-lock


class SettingsNotInForce(RuntimeError):
    """The database did not take a setting that the record's safety depends on."""


class DatabaseSilent(Refusal):
    """Nothing is lost. Try again in a minute."""

    status = 503


class DoesNotFit(Invalid):
    """Something is too long or too large to be kept. Shorten it and try again."""


class JustTaken(Conflict):
    """Someone stored the same name or number at this very moment. Reload the page and look again."""


class Database:
    """One database by its SQLAlchemy address: `sqlite:///path` or `postgresql+psycopg://...`."""

    def __init__(self, url: str, *, lineage: str = "recursive") -> None:
        """`lineage` is how sessions spell a walk over the edges: a value of `queries.edges.Spelling`."""
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._write_engine = self._engine("BEGIN IMMEDIATE")
        self._read_engine = self._engine("BEGIN")
        info = {"lineage": lineage}
        self._write_session = sessionmaker(self._write_engine, expire_on_commit=False, info=info)
        self._read_session = sessionmaker(self._read_engine, expire_on_commit=False, autoflush=False, info=info)
        self._lock_path = Path(f"{self.url.database}.lock") if self.is_sqlite else None

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for reading: one snapshot; what was read stays readable after.

        Raises DatabaseSilent when no database answers.
        """
        try:
            with self._read_session() as session:
                yield session
        except OperationalError as error:
            log.error("the database does not answer", exc_info=error)
            raise DatabaseSilent() from error

    def write(self, work: Callable[[Session], Result]) -> Result:
        """Run `work` in one write transaction and commit it; on dead-lock or serialization failure, again.

        Once more also where a key was taken: a code that was drawn twice is drawn anew, and a name that somebody took
        at this very moment is now found by `work` and refused in its words.

        `work` must be safe to repeat: it only touches the session. What it raises is raised, and nothing is stored.
        What the database itself refuses is said as DatabaseSilent, DoesNotFit or JustTaken where it is one of those.
        """
        for attempt in range(_TRIES):
            try:
                with self._turn(), self._write_session() as session, session.begin():
                    return work(session)
            except DBAPIError as error:
                again = getattr(error.orig, "sqlstate", None) in _RETRY or (_is_taken(error) and attempt == 0)
                if not again or attempt == _TRIES - 1:
                    raise _as_refusal(error) from error
                time.sleep(random.uniform(0.01, 0.05) * 2**attempt)
        raise AssertionError("unreachable: the last attempt returns or raises")

    def create_all(self) -> None:
        """Make all tables and guards at once, for tests; a real database is migrated (`migrate`)."""
        with self._turn():
            Base.metadata.create_all(self._write_engine)
            with self._write_engine.begin() as connection:
                guards.install(connection)

    @contextmanager
    def schema_connection(self) -> Iterator[Connection]:
        """A connection for migrations, while no one else writes; the caller begins."""
        with self._turn(), self._write_engine.connect() as connection:
            yield connection

    def check(self) -> dict[str, Any]:
        """The settings in force, for `audit` and at start. Raises SettingsNotInForce when one is not."""
        with self._read_engine.connect() as connection:
            if not self.is_sqlite:
                commit = connection.execute(text("show synchronous_commit")).scalar_one()
                if commit == "off":
                    raise SettingsNotInForce("synchronous_commit is off: acknowledged records could be lost")
                version = connection.execute(text("show server_version")).scalar_one()
                return {"server": f"PostgreSQL {version}", "synchronous_commit": commit}
            return {"server": f"SQLite {sqlite3.sqlite_version}", **_pragmas_in_force(connection)}

    def ping(self) -> None:
        """Raises a database error when the database does not answer."""
        with self._read_engine.connect() as connection:
            connection.execute(text("select 1"))

    def close(self) -> None:
        self._write_engine.dispose()
        self._read_engine.dispose()

    def _engine(self, begin: str) -> Engine:
        """Errors tell the statement and not its values: a log must hold no name, no phone and no digest."""
        if not self.is_sqlite:
            # prepared statements break behind a pooler that hands out a server connection per transaction
            pooled: dict[str, Any] = {"connect_args": {"prepare_threshold": None}, "pool_pre_ping": True}
            if begin == "BEGIN":  # a reader sees one moment, as on SQLite; a writer all before its turn
                pooled["isolation_level"] = "REPEATABLE READ"
            return create_engine(self.url, hide_parameters=True, **pooled)
        engine = create_engine(self.url, hide_parameters=True, connect_args={"timeout": 10})

        @event.listens_for(engine, "connect")
        def configure(connection: Any, _record: Any) -> None:
            connection.isolation_level = None  # we say BEGIN ourselves
            for name, value in PRAGMAS.items():
                connection.execute(f"pragma {name}={value}")

        @event.listens_for(engine, "begin")
        def start(connection: Connection) -> None:
            connection.exec_driver_sql(begin)

        return engine

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Wait for this writer's turn (SQLite only)."""
        if self._lock_path is None:
            yield
            return
        with self._lock_path.open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield  # closing the file gives the turn back


def _as_refusal(error: DBAPIError) -> Exception:
    """What people are told of a refusal by the database; anything that is our own mistake stays what it is."""
    if isinstance(error, OperationalError):
        log.error("the database does not answer", exc_info=error)
        return DatabaseSilent()
    if isinstance(error, DataError):
        return DoesNotFit()
    return JustTaken() if _is_taken(error) else error


def _is_taken(error: DBAPIError) -> bool:
    """Whether a key is on another row already."""
    taken = getattr(error.orig, "sqlstate", "") == "23505" or "UNIQUE constraint failed" in str(error.orig)
    return isinstance(error, IntegrityError) and taken


def _pragmas_in_force(connection: Connection) -> dict[str, Any]:
    found = {}
    for name, wanted in PRAGMAS.items():
        value = connection.exec_driver_sql(f"pragma {name}").scalar()
        if name == "mmap_size" and value is None:  # built without memory mapping: nothing to switch off
            value = 0
        if value != wanted:
            raise SettingsNotInForce(f"SQLite runs with {name}={value}, {wanted} is needed")
        found[name] = value
    return found
