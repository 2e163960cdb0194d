"""Migrations: an empty database becomes the one the program works with, once, and a newer one is left alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text

from tests.databases import KINDS, Databases
from traceability.models import Base, guards
from traceability.models.database import Database
from traceability.models.migrate import (
    SchemaMissing,
    SchemaOlder,
    SchemaState,
    SchemaUnknown,
    SchemaUnmarked,
    differences,
    migrate,
    open_database,
    require_current,
    schema_state,
)
from traceability.models.trouble import NoAnswer


@pytest.fixture(params=KINDS)
def empty(request: pytest.FixtureRequest) -> Iterator[Database]:
    opened = open_database(request.getfixturevalue(f"{request.param}_url"))
    yield opened
    opened.close()


def test_an_empty_database_gets_the_tables_of_the_models_and_every_guard(empty: Database) -> None:
    assert schema_state(empty) is SchemaState.MISSING
    with pytest.raises(SchemaMissing, match="traceability init"):
        require_current(empty)

    assert migrate(empty) is SchemaState.MISSING

    with empty.reading() as session:
        assert differences(session.connection()) == []
        assert guards.installed(session.connection()) == guards.expected()
    require_current(empty)
    assert empty.check()["server"]


def test_migrating_again_changes_nothing(empty: Database) -> None:
    migrate(empty)
    with empty.reading() as session:
        before = shape(session.connection())

    assert migrate(empty) is SchemaState.CURRENT

    with empty.reading() as session:
        assert shape(session.connection()) == before
        assert len(before["posting"][1]) == 2


def test_the_migrations_make_the_same_conditions_as_the_models(empty: Database, databases: Databases) -> None:
    """Alembic compares columns, keys and indexes; conditions it does not see."""
    migrate(empty)
    with empty.reading() as session:
        migrated = shape(session.connection())
    if empty.is_sqlite:
        made = create_engine("sqlite://")
        Base.metadata.create_all(made)
        with made.connect() as connection:
            assert shape(connection) == migrated
    else:
        with databases.fresh_postgres() as url:
            made = create_engine(url)
            Base.metadata.create_all(made)
            with made.connect() as connection:
                assert shape(connection) == migrated
            made.dispose()
    made.dispose()


def test_the_tables_of_a_newer_version_are_refused_with_a_sentence(empty: Database) -> None:
    migrate(empty)
    empty.write(lambda session: session.execute(text("update alembic_version set version_num = '9999'")))

    assert schema_state(empty) is SchemaState.UNKNOWN
    with pytest.raises(SchemaUnknown, match="newer version"):
        require_current(empty)
    with pytest.raises(SchemaUnknown):
        migrate(empty)


def test_tables_that_the_program_did_not_make_are_left_alone(empty: Database) -> None:
    empty.write(lambda session: session.execute(text("create table invoice (id integer)")))

    assert schema_state(empty) is SchemaState.UNMARKED
    with pytest.raises(SchemaUnmarked):
        migrate(empty)
    with empty.reading() as session:
        assert inspect(session.connection()).get_table_names() == ["invoice"]


def test_looking_at_a_database_that_is_not_there_makes_no_file(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'season.sqlite3'}")

    assert schema_state(database) is SchemaState.MISSING
    assert not list(tmp_path.iterdir())


def test_a_database_that_does_not_answer_is_a_sentence_without_its_password(tmp_path: Path) -> None:
    silent = open_database(f"postgresql+psycopg://amina:secret@/season?host={tmp_path}")

    for ask in (schema_state, migrate):
        with pytest.raises(NoAnswer) as refused:
            ask(silent)
        assert "does not answer" in str(refused.value)
        assert "secret" not in str(refused.value)
    with pytest.raises(NoAnswer):
        migrate(open_database(f"sqlite:///{tmp_path / 'missing' / 'season.sqlite3'}"))


def test_every_state_but_the_current_one_has_a_sentence_that_says_what_to_do() -> None:
    for refusal in (SchemaMissing, SchemaOlder, SchemaUnknown, SchemaUnmarked):
        assert str(refusal()).count(".") >= 2


def shape(connection: object) -> dict[str, tuple[frozenset[str], frozenset[str], frozenset[str]]]:
    """Of every table its columns, its conditions and its indexes."""
    looking = inspect(connection)
    return {
        table: (
            frozenset(str((c["name"], c["nullable"], c["default"])) for c in looking.get_columns(table)),
            frozenset(str((c["name"], c["sqltext"])) for c in looking.get_check_constraints(table)),
            frozenset(str((i["name"], i["column_names"], i["unique"])) for i in looking.get_indexes(table)),
        )
        for table in looking.get_table_names()
        if table != "alembic_version"
    }
