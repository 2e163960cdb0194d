"""Keeps the origin of what was released before origins were kept: it follows from the record, so it is no event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.models import Batch, Event, Lot
from traceability.models.database import Database
from traceability.operations.ledger import take_turn
from traceability.queries import frozen
from traceability.queries.frozen import Frozen

Touched = Sequence[tuple[Batch, Lot]]


@dataclass(frozen=True)
class NewVersions:
    """What a correction gives every released batch that it reaches. The earlier versions stay readable."""

    facts: Sequence[tuple[Batch, Lot, Frozen]]

    def told(self) -> list[dict[str, object]]:
        """What the entry says of them."""
        return [
            {"batch": lot.code, "version": batch.version + 1, "contents": contents.digest}
            for batch, lot, contents in self.facts
        ]

    def keep(self, session: Session, correction: Event) -> None:
        """Freeze each, with this very entry."""
        for batch, _, contents in self.facts:
            batch.version += 1
            batch.release_digest = contents.digest
            session.add(contents.row(batch, batch.version, correction.id))


def keep_released(session: Session, touched: Touched) -> None:
    """Before the edges change: what was released before origins were kept is kept now, so that it stays readable."""
    for batch, lot in touched:
        if frozen.frozen_origin(session, batch, batch.version) is None:
            freeze_as_released(session, batch, lot)


def new_versions(session: Session, touched: Touched) -> NewVersions:
    """After the edges changed: what each holds now."""
    return NewVersions([(batch, lot, frozen.frozen_facts(session, batch, lot)) for batch, lot in touched])


def freeze_released(database: Database) -> int:
    """Freeze every released batch that is not, each in its own transaction; answers how many. Safe to run again."""
    with database.reading() as session:
        codes = frozen.not_frozen(session)
    return sum(database.write(partial(_freeze, code=code)) for code in codes)


def freeze_as_released(session: Session, batch: Batch, lot: Lot) -> bool:
    """Keep the released version of a batch as long as the edges still say what it was released with.

    Where they say something else the record was changed behind its back, and that is for the audit to tell.
    """
    facts = frozen.frozen_facts(session, batch, lot)
    if batch.released_by_id is None or batch.version != 1 or facts.digest != batch.release_digest:
        return False
    session.add(facts.row(batch, batch.version, batch.released_by_id))
    session.flush()
    return True


def _freeze(session: Session, code: str) -> bool:
    batch, lot = session.execute(select(Batch, Lot).join(Lot, Lot.id == Batch.lot_id).where(Lot.code == code)).one()
    take_turn(session, batch.org_id)
    return frozen.frozen_origin(session, batch, batch.version) is None and freeze_as_released(session, batch, lot)
