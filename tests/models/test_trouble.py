"""A database that cannot be worked with says on the command line who has to do what, in one line."""

from __future__ import annotations

import errno
import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.orm import Session

from tests.databases import Databases
from traceability.cli import main
from traceability.models.database import Database, DatabaseReadOnly, DatabaseSilent, DiskFull
from traceability.models.migrate import migrate


@pytest.fixture
def ascii_url(databases: Databases) -> Iterator[str]:
    """A database as PostgreSQL makes it on a machine where no language was ever chosen."""
    server = databases.server()
    name = f"test_{uuid.uuid4().hex}"
    server.sql(f"CREATE DATABASE {name} ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0")
    try:
        yield server.url(name)
    finally:
        server.sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACEABILITY_DATA_DIR", str(tmp_path))


def refused(url: str, monkeypatch: pytest.MonkeyPatch, *command: str) -> str:
    """The one line that a command ends with."""
    monkeypatch.setenv("TRACEABILITY_DATABASE_URL", url)
    said = CliRunner().invoke(main, ["--language", "en", *command], catch_exceptions=False)
    assert said.exit_code == 1, said.output
    assert said.output.count("\n") == 1
    return said.output


@pytest.mark.parametrize("command", ["init", "audit", "grant trace_server", "serve"])
def test_a_database_that_is_not_utf8_is_told_how_to_be_made(
    ascii_url: str, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = refused(ascii_url, monkeypatch, *command.split())
    assert "keeps texts as SQL_ASCII" in line
    assert "ENCODING 'UTF8' TEMPLATE template0" in line


def test_a_database_that_is_missing_is_not_one_that_does_not_answer(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = make_url(postgres_url).set(database="season").render_as_string(hide_password=False)
    assert "There is no database season." in refused(url, monkeypatch, "init")


def test_a_grant_names_the_role_that_is_missing(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = Database(postgres_url)
    migrate(owner)
    owner.close()
    assert "CREATE ROLE nobody_yet LOGIN" in refused(postgres_url, monkeypatch, "grant", "nobody_yet")


def test_only_the_owner_makes_tables_and_grants_them(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    role = f"guest_{uuid.uuid4().hex[:12]}"
    engine = create_engine(postgres_url)
    with engine.begin() as connection:
        connection.execute(text(f"create role {role} login"))
    engine.dispose()
    guest = make_url(postgres_url).set(username=role).render_as_string(hide_password=False)

    assert f"{role} may not do this" in refused(guest, monkeypatch, "init")
    owner = Database(postgres_url)
    migrate(owner)
    owner.close()
    assert f"{role} may not do this" in refused(guest, monkeypatch, "init")
    monkeypatch.setenv("TRACEABILITY_DATABASE_URL", postgres_url)
    assert CliRunner().invoke(main, ["grant", role]).exit_code == 0
    assert f"{role} may not do this" in refused(guest, monkeypatch, "grant", role)


def test_a_full_disk_is_said_and_not_a_minute_to_wait(database: Database) -> None:
    def fill(session: Session) -> None:
        if not database.is_sqlite:
            session.execute(text("do $$ begin raise exception 'no space left' using errcode = '53100'; end $$"))
        session.execute(text("create table ballast (bytes blob)"))
        session.execute(text("pragma max_page_count = 1"))  # as many as there are, for this connection
        session.execute(text("insert into ballast values (zeroblob(1000000))"))

    with pytest.raises(DiskFull, match="The disk of the database is full"):
        database.write(fill)


@pytest.mark.parametrize(("number", "refusal"), [(errno.EROFS, DatabaseReadOnly), (errno.ENOSPC, DiskFull)])
def test_a_folder_that_takes_no_file_is_not_a_database_that_does_not_answer(
    number: int, refusal: type[DatabaseSilent], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> int:
        raise OSError(number, os.strerror(number))

    database = Database(f"sqlite:///{tmp_path / 'season.sqlite3'}")
    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(refusal):
        migrate(database)
    with pytest.raises(refusal):
        database.write(lambda _session: None)
    assert not database.write_if_free(lambda _session: None)
