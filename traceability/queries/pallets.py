"""Pallets: those of a batch, and the one that a number on a label stands for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from traceability.domain.identifiers import code_in
from traceability.domain.roles import Actor
from traceability.errors import NotFound
from traceability.models import Batch, Event, Lot, Pallet
from traceability.queries.resolving import Scanned, batch_of_code


class UnknownPallet(NotFound):
    """We know no pallet with this number. Compare it with the label."""


@dataclass(frozen=True)
class PalletSeen:
    """One pallet: its boxes of the batch, and how much they weigh where all are alike."""

    code: str
    sscc: str
    batch: str
    first: int
    last: int
    total: int  # boxes of the batch
    unit: str
    net_g: int | None
    at: datetime
    zone_minutes: int
    broken: bool

    @property
    def count(self) -> int:
        """How many boxes."""
        return self.last - self.first + 1


def pallets_of(session: Session, lot_id: int) -> list[PalletSeen]:
    """Every pallet of a batch, in the order they were built."""
    return _seen(session, Pallet.lot_id == lot_id)


def pallets_of_released(session: Session) -> list[PalletSeen]:
    """Every pallet whose label opens a page."""
    return _seen(session, Batch.released_at.is_not(None))


def own_pallet(session: Session, actor: Actor, code: str) -> tuple[Pallet, PalletSeen]:
    """A pallet of the actor's organisation by its code. Raises UnknownPallet."""
    named = (Pallet.org_id == actor.org_id) & (Pallet.code == code_in(code))
    row = session.scalars(select(Pallet).where(named)).one_or_none()
    if row is None:
        raise UnknownPallet()
    return row, _seen(session, named)[0]


def pallet_scanned(session: Session, *, code: str = "", sscc: str = "") -> tuple[PalletSeen, Scanned]:
    """A pallet of a released batch, by its number or its code, and the batch. Raises UnknownPallet, UnknownBatch."""
    found = _seen(session, Pallet.sscc == sscc if sscc else Pallet.code == code)
    if not found:
        raise UnknownPallet()
    return found[0], batch_of_code(session, found[0].batch)


def next_count(session: Session, org_id: int) -> int:
    """How many pallets of an organisation got a number so far."""
    counted = select(func.count()).select_from(Pallet).where(Pallet.org_id == org_id, Pallet.sscc.is_not(None))
    return session.scalar(counted) or 0


def net_of(made_g: int, made_count: int, boxes: int) -> int | None:
    """How much so many boxes of a batch weigh: all of them, or some where all are alike."""
    if boxes == made_count:
        return made_g
    return made_g // made_count * boxes if made_count and made_g % made_count == 0 else None


def _seen(session: Session, wanted: ColumnElement[bool]) -> list[PalletSeen]:
    asked = (
        select(Pallet, Lot, Event)
        .join(Lot, Lot.id == Pallet.lot_id)
        .join(Batch, Batch.lot_id == Lot.id)
        .join(Event, Event.id == Pallet.made_by_id)
        .where(wanted)
        .order_by(Pallet.id)
    )
    rows: Sequence[tuple[Pallet, Lot, Event]] = [(pallet, lot, event) for pallet, lot, event in session.execute(asked)]
    return [_one(pallet, lot, event) for pallet, lot, event in rows]


def _one(pallet: Pallet, lot: Lot, event: Event) -> PalletSeen:
    return PalletSeen(
        code=pallet.code,
        sscc=pallet.sscc or "",
        batch=lot.code,
        first=pallet.first,
        last=pallet.last,
        total=lot.made_count,
        unit=lot.unit,
        net_g=net_of(lot.made_g, lot.made_count, pallet.last - pallet.first + 1),
        at=event.occurred_at,
        zone_minutes=event.zone_minutes,
        broken=pallet.broken_by_id is not None,
    )
