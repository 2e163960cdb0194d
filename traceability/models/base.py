"""What every table shares: key types, UTC times, naming, and the organisation in every key."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    ForeignKeyConstraint,
    Integer,
    MetaData,
    TypeDecorator,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

Key = BigInteger().with_variant(Integer(), "sqlite")  # SQLite numbers rows itself only for INTEGER
Grams = BigInteger().with_variant(Integer(), "sqlite")
Document = JSON().with_variant(JSONB(), "postgresql")


class UTCDateTime(TypeDecorator[datetime]):
    """An instant. SQLite hands back naive times and PostgreSQL aware ones: this always gives aware UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any] | None:
        return _to_text if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None] | None:
        return _from_text if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


def _to_text(value: datetime | None) -> str | None:
    """An instant as SQLAlchemy writes it for SQLite, in a third of its time: times are in every row there is."""
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError("an instant needs its zone")
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def _from_text(value: str | None) -> datetime | None:
    """The same the other way; `replace` would take most of the time of reading a row."""
    if value is None:
        return None
    naive = datetime.fromisoformat(value)
    return datetime.combine(naive, naive.time(), UTC)


class Base(DeclarativeBase):
    """All tables of the record."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UTCDateTime(), dict[str, Any]: Document}  # noqa: RUF012 SQLAlchemy's own name


Id = Annotated[int, mapped_column(Key, primary_key=True)]


class Owned:
    """A row of one organisation. `(org_id, id)` is unique so that every reference can carry the organisation."""

    id: Mapped[Id]

    @declared_attr
    def org_id(cls) -> Mapped[int]:  # noqa: N805 SQLAlchemy calls it with the class
        return mapped_column(Key, nullable=False)


def within(column: str, table: str, org_column: str = "org_id") -> ForeignKeyConstraint:
    """A reference that cannot leave the organisation: `(org_id, column) -> table(org_id, id)`."""
    return ForeignKeyConstraint([org_column, column], [f"{table}.org_id", f"{table}.id"])
