"""The database: a write engine whose transactions take turns, a read engine that never waits, settings in force.

SQLite (RELIABILITY 0.1-0.3, D4-D6): WAL with `synchronous=FULL`; writers queue on file locks before
`BEGIN IMMEDIATE`. They keep the slowest of many writers short, and because every commit and its checkpoint
happen under it, the WAL-reset race of SQLite before 3.51.3 (two checkpoints at once) cannot occur.
PostgreSQL: READ COMMITTED with row locks and conditional updates, dead-locks are retried; readers REPEATABLE READ.
"""

from __future__ import annotations

import errno
import fcntl
import logging
import os
import random
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from traceability.errors import Conflict, Invalid, Refusal
from traceability.models import guards, trouble
from traceability.models.base import Base
from traceability.models.statements import Statement

log = logging.getLogger("traceability.models")

Result = TypeVar("Result")

PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,  # FULL: an acknowledged weigh-in survives a power cut
    "foreign_keys": 1,
    "recursive_triggers": 1,  # otherwise INSERT OR REPLACE walks through the guards
    "busy_timeout": 10_000,  # milliseconds
    "trusted_schema": 0,
    "mmap_size": 0,
}
_LITTLE_PATIENCE: Final = 0.05  # seconds, for what may as well not be written
_GLANCING_PATIENCE: Final = 2.0  # seconds, while somebody looks at an empty screen
_WAIT_LITTLE: Final = f"set local lock_timeout = {_GLANCING_PATIENCE * 1000:.0f}"
_TRIES = 5
_RETRY = {"40001", "40P01"}  # serialization failure, dead-lock


class SettingsNotInForce(RuntimeError):
    """The database did not take a setting that the record's safety depends on."""


class DatabaseSilent(Refusal):
    """Nothing is lost. Try again in a minute."""

    status = 503


class DatabaseBusy(DatabaseSilent):
    """Nothing is lost. Try again in a minute."""  # somebody keeps all others out: who waits, waits for long


class DiskFull(DatabaseSilent):
    """The disk of the database is full. What was recorded is safe. Make room on it, then try again."""


class DatabaseReadOnly(DatabaseSilent):
    """The file of the database cannot be written. Run the program as the user who owns its folder, and see that the
    disk is not read-only."""


class DoesNotFit(Invalid):
    """Something is too long or too large to be kept. Shorten it and try again."""


class JustTaken(Conflict):
    """Someone stored the same name or number at this very moment. Reload the page and look again."""


class _Writing(Session):
    """A session on a connection whose transaction has begun: who asks for the connection gets it without ceremony."""

    def connection(
        self,
        bind_arguments: Mapping[str, Any] | None = None,
        execution_options: Mapping[str, Any] | None = None,
    ) -> Connection:
        assert isinstance(self.bind, Connection)
        return self.bind


class Database:
    """One database by its SQLAlchemy address: `sqlite:///path` or `postgresql+psycopg://...`."""

    def __init__(self, url: str, *, lineage: str = "recursive") -> None:
        """`lineage` is how sessions spell a walk over the edges: a value of `queries.edges.Spelling`."""
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._write_engine = self._engine("BEGIN IMMEDIATE")
        self._read_engine = self._engine("BEGIN")
        # one statement at a time and never a transaction: always what was committed last
        self._glance_engine = self._engine("BEGIN" if self.is_sqlite else "AUTOCOMMIT", patience=_GLANCING_PATIENCE)
        self._glancing: deque[Any] = deque()  # connections that nobody uses at the moment
        self._writing: deque[Connection] = deque()  # likewise
        self._brief_engine = self._engine("BEGIN IMMEDIATE", patience=_LITTLE_PATIENCE, pool_size=1, max_overflow=0)
        info = {"lineage": lineage}
        self._write_session = sessionmaker(class_=_Writing, expire_on_commit=False, info=info)
        self._read_session = sessionmaker(self._read_engine, expire_on_commit=False, autoflush=False, info=info)
        self._brief_session = sessionmaker(self._brief_engine)
        self._lock_path = f"{self.url.database}.lock" if self.is_sqlite else None
        self._queue_path = f"{self.url.database}.queue"

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for reading: one snapshot; what was read stays readable after.

        Raises DatabaseSilent when no database answers.
        """
        try:
            with self._read_session() as session:
                yield session
        except OperationalError as error:
            raise _silent(error) from error

    def glance(self, statement: str, *values: str | int) -> Sequence[Any] | None:
        """The first row of one statement, past sessions and transactions: for what is asked before every page.

        It sees what was committed last. A `?` stands for a value. Raises DatabaseBusy where somebody keeps all readers
        out for long, DatabaseSilent for any other error.
        """
        connection = None
        try:
            connection = self._open_for_glancing()
            cursor = connection.cursor()
            if self.is_sqlite:
                cursor.execute(statement, values)
            else:  # both at once, in one transaction: no time is lost, and a pooler keeps no setting of ours
                cursor.execute(f"{_WAIT_LITTLE}; {statement.replace('?', '%s')}", values)
                cursor.nextset()
            row: Sequence[Any] | None = cursor.fetchone()
            cursor.close()  # a statement that is left open would go on seeing this moment
        except (SQLAlchemyError, self._glance_engine.dialect.loaded_dbapi.Error) as error:
            if connection is not None:
                connection.close()
            raise (DatabaseBusy() if _keeps_out(error) else DatabaseSilent()) from error
        self._glancing.append(connection)
        return row

    def _open_for_glancing(self) -> Any:
        """A connection of the driver itself: taking one from a pool would cost more than the statement."""
        try:
            return self._glancing.pop()
        except IndexError:
            pass
        pooled = self._glance_engine.raw_connection()
        pooled.detach()
        connection: Any = pooled.dbapi_connection
        if not self.is_sqlite:  # which sends several statements at once
            connection.cursor_factory = self._glance_engine.dialect.loaded_dbapi.ClientCursor
        return connection

    def write_if_free(self, work: Callable[[Session], object]) -> bool:
        """Run `work` in a write transaction if that is possible at once; whether it was. Nobody waits for it."""
        try:
            with self._turn(_LITTLE_PATIENCE), self._brief_session() as session, session.begin():
                if not self.is_sqlite:
                    session.connection().exec_driver_sql(f"set local lock_timeout = {_LITTLE_PATIENCE * 1000:.0f}")
                work(session)
        except (SQLAlchemyError, BlockingIOError, DatabaseSilent) as error:
            log.info("what is only kept for a while was not written: %s", type(error).__name__)
            return False
        return True

    def write(self, work: Callable[[Session], Result]) -> Result:
        """Run `work` in one write transaction and commit it; on dead-lock or serialization failure, again.

        Once more also where a key was taken: a code that was drawn twice is drawn anew, and a name that somebody took
        at this very moment is now found by `work` and refused in its words.

        `work` must be safe to repeat: it only touches the session. What it raises is raised, and nothing is stored.
        What the database itself refuses is said as DatabaseSilent, DoesNotFit or JustTaken where it is one of those.
        """
        for attempt in range(_TRIES):
            try:
                with self._turn(), self._transaction() as session:
                    return work(session)
            except DBAPIError as error:
                again = getattr(error.orig, "sqlstate", None) in _RETRY or (_is_taken(error) and attempt == 0)
                if not again or attempt == _TRIES - 1:
                    raise _as_refusal(error) from error
                time.sleep(random.uniform(0.01, 0.05) * 2**attempt)
        raise AssertionError("unreachable: the last attempt returns or raises")

    @contextmanager
    def _transaction(self) -> Iterator[Session]:
        """A session that writes, and its transaction.

        On SQLite the connection is kept: taking one from a pool costs more than all statements of an entry together.
        On PostgreSQL the pool asks first whether the server is still there.
        """
        connection = self._writing.pop() if self._writing else self._write_engine.connect()
        try:
            with connection.begin(), self._write_session(bind=connection) as session:
                yield session
                session.flush()
        except BaseException:
            connection.close()
            raise
        if self.is_sqlite:
            self._writing.append(connection)
        else:
            connection.close()

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
        """Raises DatabaseSilent when the database does not answer; a monitor asks often, so one line is logged."""
        try:
            with self._read_engine.connect() as connection:
                connection.execute(text("select 1"))
        except SQLAlchemyError as error:
            log.error("the database does not answer: %s", type(error).__name__)
            raise DatabaseSilent() from error

    def close(self) -> None:
        while self._writing:
            self._writing.pop().close()
        for engine in (self._write_engine, self._read_engine, self._glance_engine, self._brief_engine):
            engine.dispose()
        while self._glancing:
            self._glancing.pop().close()

    def _engine(self, begin: str, patience: float = 10, **pool: Any) -> Engine:
        """Errors tell the statement and not its values: a log must hold no name, no phone and no digest."""
        if not self.is_sqlite:
            # prepared statements break behind a pooler that hands out a server connection per transaction
            pooled: dict[str, Any] = {"connect_args": {"prepare_threshold": None}, "pool_pre_ping": True}
            if begin == "BEGIN":  # a reader sees one moment, as on SQLite; a writer all before its turn
                pooled["isolation_level"] = "REPEATABLE READ"
            if begin == "AUTOCOMMIT":  # asked so often that the ping would be half of it: who glances asks again
                pooled |= {"isolation_level": "AUTOCOMMIT", "pool_pre_ping": False}
            engine = create_engine(self.url, hide_parameters=True, pool_timeout=patience, **pooled, **pool)

            @event.listens_for(engine, "connect", insert=True)  # before SQLAlchemy stumbles over texts that are bytes
            def look(connection: Any, _record: Any) -> None:
                trouble.require_utf8(connection.info.dbname, connection.info.parameter_status("server_encoding"))

            return engine
        engine = create_engine(
            self.url, hide_parameters=True, connect_args={"timeout": patience}, pool_timeout=patience, **pool
        )
        settings = PRAGMAS | {"busy_timeout": int(patience * 1000)}

        @event.listens_for(engine, "connect")
        def configure(connection: Any, _record: Any) -> None:
            connection.isolation_level = None  # we say BEGIN ourselves
            for name, value in settings.items():
                connection.execute(f"pragma {name}={value}")

        say_begin = Statement(text(begin))

        @event.listens_for(engine, "begin")
        def start(connection: Connection) -> None:
            say_begin.change(connection, {})

        return engine

    @contextmanager
    def _turn(self, patience: float | None = None) -> Iterator[None]:
        """Wait for this writer's turn (SQLite only); raises BlockingIOError when it does not come in time.

        Only the head of the queue waits for the lock: who comes back at once goes behind those who wait already.
        """
        if self._lock_path is None:
            yield
            return
        lock = _opened(self._lock_path)
        try:
            queue = _opened(self._queue_path)
            try:
                _lock(queue, patience)
                _lock(lock, patience)
            finally:
                os.close(queue)
            yield
        finally:
            os.close(lock)  # which gives it back


def _opened(path: str) -> int:
    """A file to lock. Opened by every writer anew: threads and forked processes that share one would share its lock."""
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise (disk_trouble(error) or error) from None


def _lock(file: int, patience: float | None) -> None:
    """Lock a file, for ever patient or for some seconds."""
    if patience is None:
        return fcntl.flock(file, fcntl.LOCK_EX)
    end = time.monotonic() + patience
    while True:
        try:
            return fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                raise
        time.sleep(0.005)


def _as_refusal(error: DBAPIError) -> Exception:
    """What people are told of a refusal by the database; anything that is our own mistake stays what it is."""
    if isinstance(error, OperationalError):
        return _silent(error)
    if isinstance(error, DataError):
        return DoesNotFit()
    return JustTaken() if _is_taken(error) else error


def disk_trouble(error: Exception) -> DatabaseSilent | None:
    """What an error says about the disk below the database."""
    orig = error.orig if isinstance(error, DBAPIError) else error
    name = getattr(orig, "sqlite_errorname", "")
    if name == "SQLITE_FULL" or getattr(orig, "sqlstate", "") == "53100" or getattr(orig, "errno", 0) == errno.ENOSPC:
        return DiskFull()
    closed = isinstance(orig, OSError) and orig.errno in (errno.EACCES, errno.EPERM, errno.EROFS)
    return DatabaseReadOnly() if closed or name.startswith("SQLITE_READONLY") else None


def _silent(error: OperationalError) -> DatabaseSilent:
    """What a database means that takes or gives nothing; what its disk is to blame for needs no long log."""
    if found := disk_trouble(error):
        log.error("%s", found)
        return found
    log.error("the database does not answer", exc_info=error)
    return DatabaseSilent()


def _keeps_out(error: Exception) -> bool:
    """Whether a reader waited for as long as it may."""
    return getattr(error, "sqlstate", "") == "55P03" or getattr(error, "sqlite_errorname", "") == "SQLITE_BUSY"


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
