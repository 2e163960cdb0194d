"""The second in which something happened, as a whole number: what falls on which day can be asked of the database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class seconds(FunctionElement[int]):  # noqa: N801  # read as a function, as those of SQLAlchemy are
    """Seconds since 1970 of a moment, counted as a clock does: the last half second of a day is still of that day."""

    inherit_cache = True
    type = BigInteger()


@compiles(seconds)
def _floored(element: seconds, compiler: SQLCompiler, **more: Any) -> str:
    return f"CAST(FLOOR(EXTRACT(EPOCH FROM {compiler.process(element.clauses, **more)})) AS BIGINT)"


@compiles(seconds, "sqlite")
def _as_told(element: seconds, compiler: SQLCompiler, **more: Any) -> str:
    return f"CAST(STRFTIME('%s', {compiler.process(element.clauses, **more)}) AS INTEGER)"
