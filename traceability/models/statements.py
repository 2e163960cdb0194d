"""Statements that never change, compiled once for each database and run by the driver itself.

Everybody at a scale waits for the same dozen statements, and the time SQLAlchemy takes around one is many times what
the database takes for it. So it compiles these and the driver runs them: the same text, the same conversion of times
and documents, in the session's own transaction, heard by the same listeners, and with the same errors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import methodcaller
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Dialect, Insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ClauseElement

Values = Mapping[str, Any]
_Conversion = Callable[[Any], Any]

_ALL: Final = methodcaller("fetchall")
_FIRST: Final = methodcaller("fetchone")


class _Spelled(NamedTuple):
    """A statement as one database understands it."""

    text: str
    constants: dict[str, Any]  # values that the statement says itself, a limit perhaps
    given: Sequence[tuple[str, _Conversion]]  # parameters that the driver does not take as they are
    places: Sequence[str] | None  # the order of the parameters, where the driver knows them by place
    read: Sequence[tuple[int, _Conversion]]  # columns that the driver does not hand out as they are


class Statement:
    """A statement with named parameters, none of them a list. An INSERT fills every column but `id`."""

    def __init__(self, statement: ClauseElement) -> None:
        self._statement = statement
        self._spelled: dict[str, _Spelled] = {}  # by the name of the database

    def rows(self, connection: Connection, values: Values) -> list[Any]:
        """All rows, as plain tuples."""
        spelled = self._spell(connection.dialect)
        found: list[Any] = _run(connection, spelled.text, _placed(spelled, values), _ALL)
        return [_converted(row, spelled.read) for row in found] if spelled.read else found

    def first(self, connection: Connection, values: Values) -> Any:
        """The first row as a plain tuple, or None."""
        spelled = self._spell(connection.dialect)
        row = _run(connection, spelled.text, _placed(spelled, values), _FIRST)
        return row if row is None or not spelled.read else _converted(row, spelled.read)

    def change(self, connection: Connection, values: Values) -> int:
        """How many rows it found and changed."""
        spelled = self._spell(connection.dialect)
        return int(_run(connection, spelled.text, _placed(spelled, values), _changed))

    def change_all(self, connection: Connection, values: Sequence[Values]) -> None:
        """Run it with each of the values."""
        spelled = self._spell(connection.dialect)
        _run(connection, spelled.text, [_placed(spelled, each) for each in values], _changed, many=True)

    def _spell(self, dialect: Dialect) -> _Spelled:
        found = self._spelled.get(dialect.name)
        if found is None:
            found = self._spelled[dialect.name] = _spelled(self._statement, dialect)
        return found


def _spelled(statement: ClauseElement, dialect: Dialect) -> _Spelled:
    columns = statement.table.c if isinstance(statement, Insert) else ()
    filled = [column.key for column in columns if column.key != "id"]
    compiled = statement.compile(dialect=dialect, column_keys=filled or None)
    assert isinstance(compiled, SQLCompiler)
    given = {
        name: conversion
        for bound, name in compiled.bind_names.items()
        if (conversion := bound.type.dialect_impl(dialect).bind_processor(dialect)) is not None
    }
    constants = {name: compiled.params[name] for bound, name in compiled.bind_names.items() if bound.unique}
    answered = getattr(statement, "selected_columns", ())
    read = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in answered]
    return _Spelled(
        text=str(compiled),
        constants={name: given[name](value) if name in given else value for name, value in constants.items()},
        given=[(name, conversion) for name, conversion in given.items() if name not in constants],
        places=compiled.positiontup if compiled.positional else None,
        read=[(place, conversion) for place, conversion in enumerate(read) if conversion is not None],
    )


def _placed(spelled: _Spelled, values: Values) -> Any:
    """The values as the driver takes them."""
    said = {**spelled.constants, **values}
    for name, conversion in spelled.given:
        said[name] = conversion(said[name])
    return said if spelled.places is None else [said[name] for name in spelled.places]


def _converted(row: Sequence[Any], read: Sequence[tuple[int, _Conversion]]) -> tuple[Any, ...]:
    values = list(row)
    for place, conversion in read:
        values[place] = conversion(values[place])
    return tuple(values)


def _run(connection: Connection, text: str, given: Any, take: _Conversion, *, many: bool = False) -> Any:
    """What `take` takes of the cursor. Raises what SQLAlchemy would raise."""
    pooled = connection.connection
    cursor = pooled.cursor()
    try:
        for hear in connection.dispatch.before_cursor_execute:
            text, given = hear(connection, cursor, text, given, None, many)
        if many:
            cursor.executemany(text, given)
        else:
            cursor.execute(text, given)
        return take(cursor)
    except connection.dialect.loaded_dbapi.Error as error:
        gone = connection.dialect.is_disconnect(error, pooled.dbapi_connection, cursor)
        if gone:
            connection.invalidate(error)
        base = connection.dialect.loaded_dbapi.Error
        raise DBAPIError.instance(
            text, None, error, base, hide_parameters=True, connection_invalidated=gone, dialect=connection.dialect
        ) from error
    finally:
        cursor.close()  # one that is left open would keep its rows, and the commit, waiting


def _changed(cursor: Any) -> int:
    return int(cursor.rowcount)
