"""The records of one organisation as programs read them: lists in the order of making, and single ones by name.

A list goes on after a cursor, which is the name of the last row read: nothing inside shows, and rows that were made
meanwhile come at the end. A foreign record and an unknown one are missing alike.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, or_, select, union
from sqlalchemy.orm import Session

from traceability.domain.roles import Actor
from traceability.errors import Invalid, NotFound
from traceability.models import Attachment, Batch, Hold, Lot, Measurement, Posting, Recall
from traceability.queries.corrections import corrections_of_origin
from traceability.queries.reweighings import corrections_of_weight_in

Row = dict[str, Any]
Column = Any  # an attribute of a table; kept in a dataclass, a type checker takes it for the value it describes
MOST_IN_A_NAME: Final = 200


class NoSuchCursor(Invalid):
    """There is nothing called {after} to go on after. Begin again without `after`."""


@dataclass(frozen=True)
class Kept:
    """One kind of record. `order` grows with every row made; `called` are the names of a row, the public one first.

    `cursor` are the columns that name a row for going on after it; `more` adds what stands in other tables.
    """

    rows: Select[*tuple[Any, ...]]
    order: Column
    owner: Column
    called: tuple[Column, ...]
    missing: type[NotFound]
    cursor: tuple[Column, ...] = ()
    receiver: Column | None = None  # an organisation beside the owner that sees the row
    more: Callable[[Session, list[Row]], None] = lambda session, rows: None
    of_lot: Callable[[Lot], ColumnElement[bool]] | None = None  # which of the rows are about a lot

    def seen_by(self, actor: Actor) -> ColumnElement[bool]:
        """Which rows the actor's organisation may read."""
        mine = self.owner == actor.org_id
        return mine if self.receiver is None else or_(mine, self.receiver == actor.org_id)


@dataclass(frozen=True)
class Page:
    """Some rows, and the cursor to go on with; None at the end."""

    items: list[Row]
    next: str | None


def page(session: Session, actor: Actor, kept: Kept, *, after: str, limit: int, lot: Lot | None = None) -> Page:
    """At most `limit` rows after the one that the cursor names; `lot` narrows them to those about one lot.

    Raises NoSuchCursor.
    """
    rows = kept.rows.where(kept.seen_by(actor)).order_by(kept.order).limit(limit + 1)
    cursor = kept.cursor or kept.called[:1]
    if after:
        rows = rows.where(kept.order > _place_of(session, actor, kept, cursor, after))
    if lot is not None and kept.of_lot is not None:
        rows = rows.where(kept.of_lot(lot))
    found = [dict(row) for row in session.execute(rows).mappings()]
    items = found[:limit]
    kept.more(session, items)
    last = "/".join(items[-1][column.key] for column in cursor) if len(found) > limit else None
    return Page(items, last)


def one(session: Session, actor: Actor, kept: Kept, name: str) -> Row:
    """The record that is called `name`, in any case. Raises what the kind says when it is missing."""
    if not name.isprintable() or len(name) > MOST_IN_A_NAME:  # PostgreSQL takes no NUL
        raise kept.missing(code="?")
    wanted = name.upper()
    named = or_(*(column == wanted for column in kept.called))
    rows = kept.rows.where(kept.seen_by(actor), named).order_by((kept.called[0] == wanted).desc())
    found = session.execute(rows).mappings().first()
    if found is None:
        raise kept.missing(code=name)
    items = [dict(found)]
    kept.more(session, items)
    return items[0]


def _place_of(session: Session, actor: Actor, kept: Kept, cursor: tuple[Column, ...], after: str) -> int:
    parts = after.split("/", len(cursor) - 1)
    found = None
    if len(parts) == len(cursor):
        named = [column == part for column, part in zip(cursor, parts, strict=True)]
        known = kept.rows.with_only_columns(kept.order).where(kept.seen_by(actor), *named)
        found = session.scalars(known).first()
    if found is None:
        raise NoSuchCursor(after=after, at="after")
    return int(found)


def touching(lot: Lot) -> Any:
    """Ids of the events that made the lot, moved, measured, weighed anew, stopped or sold it, or said whose it was."""
    return union(
        select(Lot.made_by_id).where(Lot.id == lot.id),
        select(Posting.event_id).where(Posting.lot_id == lot.id),
        select(Measurement.made_by_id).where(Measurement.lot_id == lot.id),
        select(Attachment.made_by_id).where(Attachment.lot_id == lot.id),
        select(Hold.made_by_id).where(Hold.lot_id == lot.id),
        select(Hold.closed_by_id).where(Hold.lot_id == lot.id, Hold.closed_by_id.is_not(None)),
        select(Recall.made_by_id).where(Recall.lot_id == lot.id),
        select(Recall.closed_by_id).where(Recall.lot_id == lot.id, Recall.closed_by_id.is_not(None)),
        corrections_of_origin(lot),
        corrections_of_weight_in(lot),
        select(Batch.sealed_by_id).where(Batch.lot_id == lot.id),
        select(Batch.released_by_id).where(Batch.lot_id == lot.id, Batch.released_by_id.is_not(None)),
    )
