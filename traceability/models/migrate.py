"""Brings a database to the tables that this version of the program works with, and says how far it is.

The guards are put in place after the last migration and not inside one: a migration of today must not ask for the
guard of a table that is only made tomorrow, and a table that SQLite copied to change it has lost its triggers.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, OperationalError

from traceability.errors import Conflict, Refusal
from traceability.models import guards, trouble
from traceability.models.base import Base
from traceability.models.database import Database, disk_trouble
from traceability.models.trouble import NoAnswer, NoDriver

_FOLDER: Final = Path(__file__).parent / "migrations"
_ONE_AT_A_TIME: Final = 7_726_214_001  # any number: the name of PostgreSQL's lock for migrations of this program


class SchemaState(StrEnum):
    """How the tables of a database stand to this version of the program."""

    MISSING = "missing"
    OLDER = "older"
    CURRENT = "current"
    UNKNOWN = "unknown"  # made by a version that this one has never heard of
    UNMARKED = "unmarked"  # there are tables, but nothing says which version made them


class SchemaMissing(Conflict):
    """The database has no tables yet. Run `traceability init` first."""


class SchemaOlder(Conflict):
    """The database was made by an older version. Back it up, then run `traceability init` to bring it up to date."""


class SchemaUnknown(Conflict):
    """The database was made by a newer version of this program. Install that version, or restore an older backup."""


class SchemaUnmarked(Conflict):
    """The database holds tables that this program did not make. Give it an empty database of its own."""


_REFUSALS: Final[dict[SchemaState, type[Refusal]]] = {
    SchemaState.MISSING: SchemaMissing,
    SchemaState.OLDER: SchemaOlder,
    SchemaState.UNKNOWN: SchemaUnknown,
    SchemaState.UNMARKED: SchemaUnmarked,
}


def open_database(url: str) -> Database:
    """The database behind an address, not yet asked anything. Raises NoDriver, or NoAnswer for no address at all."""
    try:
        return Database(url)
    except ModuleNotFoundError:
        raise NoDriver(address=make_url(url).render_as_string(hide_password=True)) from None
    except ArgumentError:
        raise NoAnswer(address="") from None


def migrate(database: Database) -> SchemaState:
    """Make the missing tables and guards; answers the state found before. Safe to run again, and by two at once.

    Raises SchemaUnknown for the tables of a newer version, SchemaUnmarked for somebody else's, and what
    `models.trouble` has.
    """
    try:
        with trouble.allowed(database.url), database.schema_connection() as connection, connection.begin():
            if connection.dialect.name == "postgresql":
                connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _ONE_AT_A_TIME})
            state = _state(connection)
            if state in (SchemaState.UNKNOWN, SchemaState.UNMARKED):
                raise _REFUSALS[state]()
            command.upgrade(_settings(connection), "head")
            guards.install(connection)
            return state
    except (OperationalError, OSError) as error:
        raise (disk_trouble(error) or trouble.unusable(error, database.url)) from None


def schema_state(database: Database) -> SchemaState:
    """How far the database is. Raises what `models.trouble` has."""
    if database.is_sqlite and not Path(database.url.database or "").exists():
        return SchemaState.MISSING  # looking must not make the file
    try:
        with database.schema_connection() as connection:
            return _state(connection)
    except (OperationalError, OSError) as error:
        raise (disk_trouble(error) or trouble.unusable(error, database.url)) from None


def require_current(database: Database) -> None:
    """Raises the sentence that says what to do unless the tables are those of this version."""
    state = schema_state(database)
    if state in _REFUSALS:
        raise _REFUSALS[state]()


def differences(connection: Connection) -> list[str]:
    """What Alembic sees between the tables there are and those that the program works with: nothing, or lines."""
    context = MigrationContext.configure(connection, opts={"compare_type": True, "target_metadata": Base.metadata})
    return [_told(found) for found in compare_metadata(context, Base.metadata)]


def _state(connection: Connection) -> SchemaState:
    found = MigrationContext.configure(connection).get_current_revision()
    if found is None:
        tables = set(inspect(connection).get_table_names()) - {"alembic_version"}
        return SchemaState.UNMARKED if tables else SchemaState.MISSING
    script = ScriptDirectory(str(_FOLDER))
    if found == script.get_current_head():
        return SchemaState.CURRENT
    known = {revision.revision for revision in script.walk_revisions()}
    return SchemaState.OLDER if found in known else SchemaState.UNKNOWN


def _settings(connection: Connection) -> Config:
    settings = Config()
    settings.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))  # % means something in an ini file
    settings.set_main_option("path_separator", "os")
    settings.attributes["connection"] = connection
    return settings


def _told(difference: Any) -> str:
    """`add_column lot grade` of Alembic's tuple, whose first part is the verb and whose rest are its objects."""
    if isinstance(difference, list):  # several changes of one column
        return ", ".join(_told(part) for part in difference)
    verb, *things = difference
    return " ".join([verb, *(str(getattr(thing, "name", thing)) for thing in things if thing is not None)])
