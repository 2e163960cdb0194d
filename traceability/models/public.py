"""What is kept of the public pages: the clock that says how long a page holds, and the bytes of pages. All derived."""

from __future__ import annotations

from sqlalchemy import LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from traceability.models.base import Base, Key


class PublicClock(Base):
    """One row. Every entry of a public kind turns it on, in its own transaction: nothing rendered before holds."""

    __tablename__ = "public_clock"

    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    value: Mapped[int] = mapped_column(Key)


class Rendered(Base):
    """An answer as it was rendered. It may vanish at any time; with another stamp than that of now it is worth nothing.

    `address` is the path, with `?l=` where the reader chose a language; `stamp` is the clock, the day and the edition
    of the program and its settings; `zone_minutes` is there where the moment of reading has still to be filled in.
    """

    __tablename__ = "rendered"

    address: Mapped[str] = mapped_column(String(40), primary_key=True)
    language: Mapped[str] = mapped_column(String(8), primary_key=True)
    stamp: Mapped[str] = mapped_column(String(80), index=True)
    headers: Mapped[str] = mapped_column(Text)  # JSON, without what depends on the body
    zone_minutes: Mapped[int | None]
    body: Mapped[bytes] = mapped_column(LargeBinary)  # zlib
