"""Fresh databases for tests: SQLite files, and a real PostgreSQL server that all workers of one run share.

What is often needed is made once per kind of database and then copied, which takes milliseconds on both.
"""

from __future__ import annotations

import fcntl
import os
import pickle
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

KINDS = ("sqlite", "postgres")

SHARED_FOLDER = "TESTS_SHARED_FOLDER"
"""Environment variable that tells every worker of one run where the shared server and the templates are."""

# Nothing here has to outlive a power cut. (synchronous_commit stays on: the application insists on it.)
SETTINGS = (
    "listen_addresses=''",
    "fsync=off",
    "full_page_writes=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "autovacuum=off",
    "jit=off",
    "max_connections=300",
    "dynamic_shared_memory_type=mmap",  # in its folder, which goes with a server that is shot
)


class NoPostgres(Exception):
    """There is no PostgreSQL server here, and this says why."""


MEMORY = Path("/dev/shm")
"""A folder in memory, on most machines: a copied database is a thousand files, made there in a fraction of the time."""

MEMORY_NEEDED = 2_000_000_000  # bytes; a container often has a small one, which a run would fill


def open_shared_folder() -> None:
    """Make the folder that this run's workers share; the process that starts the run calls this once."""
    in_memory = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= MEMORY_NEEDED
    os.environ[SHARED_FOLDER] = tempfile.mkdtemp(prefix="traceability-", dir=MEMORY if in_memory else None)


def close_shared_folder() -> None:
    """Stop the server, if a test started one, and remove the folder."""
    folder = Path(os.environ.pop(SHARED_FOLDER))
    if (folder / "server" / "postmaster.pid").exists():
        PostgresServer(folder).stop()
    shutil.rmtree(folder)


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Hold back the other workers of this run."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _program(name: str) -> str:
    """Find a program of the newest PostgreSQL server; Debian keeps them out of PATH."""
    homes = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda home: float(home.parent.name))
    places = [*map(str, reversed(homes)), os.environ.get("PATH", os.defpath)]
    found = shutil.which(name, path=os.pathsep.join(places))
    if found is None:
        raise NoPostgres(f"PostgreSQL is not installed here ({name} was not found)")
    return found


def _server_owner() -> pwd.struct_passwd:
    """Who the server runs as: ourselves, or for root an ordinary user, since PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    known = {user.pw_name: user for user in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]


@dataclass(frozen=True)
class PostgresServer:
    """A PostgreSQL server reached through a socket in its own folder and over no network."""

    folder: Path

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://tester@/{name}?host={self.folder}"

    def start(self) -> None:
        """Make the server and start it, which takes about two seconds. Raises NoPostgres."""
        owner = _server_owner()
        os.chown(self.folder, owner.pw_uid, owner.pw_gid)
        self._run(
            _program("initdb"),
            *("--pgdata", str(self.folder / "server"), "--username=tester", "--auth=trust"),
            *("--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"),
        )
        settings = (f"unix_socket_directories={self.folder}", *SETTINGS)
        options = " ".join(f"-c {setting}" for setting in settings)
        self._control("start", "--wait", f"--log={self.folder / 'log'}", f"--options={options}")

    def stop(self) -> None:
        self._control("stop", "--mode=immediate")

    def sql(self, statement: str) -> None:
        """Run one statement of administration outside a transaction."""
        import psycopg

        address = f"host={self.folder} user=tester dbname=postgres"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement.encode())

    def _control(self, *arguments: str) -> None:
        self._run(_program("pg_ctl"), f"--pgdata={self.folder / 'server'}", *arguments)

    def _run(self, *command: str) -> None:
        owner = _server_owner()
        # What it says goes to a file: the server keeps hold of it, and a pipe would never end.
        with tempfile.TemporaryFile() as said:
            done = subprocess.run(
                command,
                cwd=self.folder,
                user=owner.pw_uid,
                group=owner.pw_gid,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                check=False,
            )
            said.seek(0)
            answer = said.read().decode(errors="replace").strip()
        if done.returncode != 0:
            raise NoPostgres(f"{Path(command[0]).name} failed: {answer}")


class Databases:
    """Makes databases for one worker, and drops them again."""

    def __init__(self, **makers: Callable[[str], object]) -> None:
        """Each maker fills the empty database of a url, closes every connection to it, and answers what to remember."""
        self.folder = Path(os.environ[SHARED_FOLDER])
        self.makers = makers

    def fresh_sqlite(self, path: Path, like: str = "") -> str:
        """The url of a new SQLite database at `path`: empty, or like what the maker of this name makes."""
        if like:
            shutil.copyfile(self._kept_sqlite(like), path)
        return f"sqlite:///{path}"

    @contextmanager
    def fresh_postgres(self, like: str = "", *, language: str = "") -> Iterator[str]:
        """The url of a new PostgreSQL database: empty, or like what the maker of this name makes; dropped at the end.

        With a `language` it sorts texts as that language does, as databases of most installations do.
        """
        server = self.server()
        template = self._kept_postgres(server, like) if like else "template0"
        name = f"test_{uuid.uuid4().hex}"
        sorted_as = f" LOCALE_PROVIDER icu ICU_LOCALE '{language}'" if language else ""
        server.sql(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy{sorted_as}")
        try:
            yield server.url(name)
        finally:
            server.sql(f"DROP DATABASE {name} WITH (FORCE)")

    def remembered(self, like: str, *, sqlite: bool) -> Any:
        """What the maker of this name answered when it made the database that those of this kind are copied from."""
        kind = "sqlite" if sqlite else "postgres"
        return pickle.loads((self.folder / f"{like}-on-{kind}").read_bytes())

    def server(self) -> PostgresServer:
        """The server of this run, started by the first who asks. Without one the test is skipped, in CI failed."""
        server = PostgresServer(self.folder)
        started, failed = self.folder / "started", self.folder / "no-postgres"
        with alone_in(self.folder):
            if not started.exists() and not failed.exists():
                try:
                    server.start()
                    started.touch()
                except NoPostgres as reason:
                    failed.write_text(str(reason))
        if failed.exists():
            give_up = pytest.fail if os.environ.get("CI") else pytest.skip
            give_up(f"no PostgreSQL: {failed.read_text()}")
        return server

    def _kept_sqlite(self, like: str) -> Path:
        path = self.folder / f"{like}.sqlite3"
        with alone_in(self.folder):
            if not path.exists():
                made = path.with_suffix(".new")
                self._make(like, "sqlite", f"sqlite:///{made}")
                made.rename(path)
        return path

    def _kept_postgres(self, server: PostgresServer, like: str) -> str:
        with alone_in(self.folder):
            if not (self.folder / f"{like}-on-postgres").exists():
                server.sql(f"DROP DATABASE IF EXISTS {like} WITH (FORCE)")
                server.sql(f"CREATE DATABASE {like} TEMPLATE template0")
                self._make(like, "postgres", server.url(like))
        return like

    def _make(self, like: str, kind: str, url: str) -> None:
        answer = self.makers[like](url)
        (self.folder / f"{like}-on-{kind}").write_bytes(pickle.dumps(answer))
