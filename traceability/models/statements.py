"""Statements that never change, compiled once for each database and run by the driver itself.

Everybody at a scale waits for the same dozen statements, and the time SQLAlchemy takes around one is many times what
the database takes for it. So it compiles these and the driver runs them: the same text, the same conversion of times
and documents, in the session's own transaction, heard by the same listeners, and with the same errors.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter, itemgetter, methodcaller
from typing import Any, Final, NamedTuple

from sqlalchemy import Boolean, ColumnElement, Connection, Dialect, Insert, bindparam
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.types import UserDefinedType

Values = Mapping[str, Any]
_Conversion = Callable[[Any], Any]

_ALL: Final = methodcaller("fetchall")
_FIRST: Final = methodcaller("fetchone")
_CHANGED: Final = attrgetter("rowcount")


class _Spelled(NamedTuple):
    """A statement as one database understands it."""

    text: str
    constants: dict[str, Any]  # values that the statement says itself, a limit perhaps
    given: Sequence[tuple[str, _Conversion]]  # parameters that the driver does not take as they are
    places: Callable[[Values], Any]  # parameters by name -> as the driver knows them, by place perhaps
    read: Sequence[tuple[int, _Conversion]]  # columns that the driver does not hand out as they are


class Statement:
    """A statement with named parameters, lists only in `any_of`. An INSERT fills every column but `id`."""

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
        return int(_run(connection, spelled.text, _placed(spelled, values), _CHANGED))

    def change_all(self, connection: Connection, values: Sequence[Values]) -> None:
        """Run it with each of the values."""
        spelled = self._spell(connection.dialect)
        _run(connection, spelled.text, [_placed(spelled, each) for each in values], _CHANGED, many=True)

    def _spell(self, dialect: Dialect) -> _Spelled:
        found = self._spelled.get(dialect.name)
        if found is None:
            found = self._spelled[dialect.name] = _spelled(self._statement, dialect)
        return found


class _Listed(UserDefinedType[Sequence[Any]]):
    """Values sent as one: PostgreSQL has arrays, SQLite reads JSON."""

    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> _Conversion | None:
        return json.dumps if dialect.name == "sqlite" else None


class _AnyOf(ColumnElement[bool]):
    """See `any_of`."""

    inherit_cache = False
    type = Boolean()

    def __init__(self, column: Any, name: str) -> None:
        self.column, self.values = column, bindparam(name, type_=_Listed())

    def self_group(self, against: object = None) -> _AnyOf:
        return self  # a condition already: `= 1` behind it would hide the column from its index


def any_of(column: Any, name: str) -> ColumnElement[bool]:
    """Whether the column has one of the values of a parameter: the same text, however many there are."""
    return _AnyOf(column, name)


@compiles(_AnyOf)
def _any_of_array(element: _AnyOf, compiler: SQLCompiler, **more: Any) -> str:
    return f"{compiler.process(element.column, **more)} = ANY ({compiler.process(element.values, **more)})"


@compiles(_AnyOf, "sqlite")
def _any_of_json(element: _AnyOf, compiler: SQLCompiler, **more: Any) -> str:
    values = f"SELECT value FROM json_each({compiler.process(element.values, **more)})"
    return f"{compiler.process(element.column, **more)} IN ({values})"


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
        places=_in_order(compiled.positiontup or ()) if compiled.positional else dict,
        read=[(place, conversion) for place, conversion in enumerate(read) if conversion is not None],
    )


def _in_order(names: Sequence[str]) -> Callable[[Values], Any]:
    """What puts values in the order of these names."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda values: [values[name] for name in names]


def _placed(spelled: _Spelled, values: Values) -> Any:
    """The values as the driver takes them."""
    if spelled.constants or spelled.given:
        values = {**spelled.constants, **values}
        for name, conversion in spelled.given:
            values[name] = conversion(values[name])
    return spelled.places(values)


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
