"""What is kept of the public pages, read past everything else: this is asked before every page."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.models import PublicClock, Rendered
from traceability.models.database import Database

_CLOCK: Final = "select value from public_clock where id = 1"
_ANSWER: Final = """
    select lot.zone_minutes, rendered.stamp, rendered.headers, rendered.zone_minutes, rendered.body
    from lot join batch on batch.lot_id = lot.id and batch.released_at is not null
    left join rendered on rendered.address = ? and rendered.language = ?
    where lot.code = ?"""


@dataclass(frozen=True)
class Stored:
    """A row of `rendered`, whether it still holds or not."""

    stamp: str
    headers: str
    zone_minutes: int | None
    body: bytes


def public_clock(session: Session) -> int:
    """The clock of the public pages, in the snapshot of the session."""
    row = session.get(PublicClock, 1)
    return row.value if row is not None else 0


def rows_of_stamps(session: Session, stamps: Collection[str]) -> list[Rendered]:
    """Everything that was rendered under one of these stamps."""
    return list(session.scalars(select(Rendered).where(Rendered.stamp.in_(stamps)).order_by(Rendered.address)))


def clock_now(database: Database) -> int:
    """The clock of the public pages, as committed last. Raises DatabaseSilent."""
    row = database.glance(_CLOCK)
    return int(row[0]) if row is not None else 0


def zone_and_stored(database: Database, code: str, address: str, language: str) -> tuple[int, Stored | None] | None:
    """The zone where a batch was made, whose days its page goes by, and what is kept of it at an address.

    None when it has no open page. Raises DatabaseSilent.
    """
    row = database.glance(_ANSWER, address, language, code)
    if row is None:
        return None
    return int(row[0]), Stored(*row[1:]) if row[1] is not None else None
