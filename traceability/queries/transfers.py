"""Consignments as sender and receiver see them: what is to be received, on the road, or waits to be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, aliased

from traceability.domain.dossier import Names
from traceability.errors import NoSuchTransfer
from traceability.models import Event, Lot, Organisation, Transfer

_Sender, _Receiver = aliased(Organisation), aliased(Organisation)


@dataclass(frozen=True)
class Consignment:
    """Goods between two organisations. `mine` says that the reader's organisation sent them."""

    code: str
    state: str  # pending, received, partly, refused, returned, void
    mine: bool
    sender: Names
    receiver: Names
    lot: str  # of the sender: its public code
    number: str
    commodity: str
    form: str
    grade: str
    unit: str
    mass_g: int
    open_g: int
    count: int
    vehicle: str
    driver: str
    seal: str
    dispatched_at: datetime
    expires_at: datetime
    zone_minutes: int
    received_g: int | None  # what the receiver's scale showed
    received_at: datetime | None
    refused_g: int  # as dispatched; known once it was received
    received_lot: str  # of the receiver, for the receiver's eyes
    reason: str

    @property
    def expired(self) -> bool:
        """Whether the receiver's time has run out."""
        return self.state == "pending" and self.expires_at <= datetime.now(UTC)

    @property
    def to_receive(self) -> bool:
        """Whether the reader may take it in now."""
        return not self.mine and self.state == "pending" and not self.expired

    @property
    def to_take_back(self) -> bool:
        """Whether the reader may take home what is still open."""
        return self.mine and self.open_g > 0 and (self.state != "pending" or self.expired)

    @property
    def difference_g(self) -> int | None:
        """What the receiver's scale showed more (or less) than was sent of the accepted part."""
        return None if self.received_g is None else self.received_g - (self.mass_g - self.refused_g)

    @property
    def difference_tenths(self) -> int | None:
        """The same in tenths of a percent of the accepted part, rounded to the nearest."""
        accepted = self.mass_g - self.refused_g
        return None if self.difference_g is None or not accepted else tenths_of(self.difference_g, accepted)


def tenths_of(difference_g: int, whole_g: int) -> int:
    """A difference in tenths of a percent of the whole, to the nearest, halves away from zero."""
    size = (abs(difference_g) * 2000 + whole_g) // (2 * whole_g)
    return size if difference_g >= 0 else -size


def consignment_of(session: Session, org_id: int, code: str) -> Consignment:
    """A consignment by its code, for its sender and its receiver. Raises NoSuchTransfer for everybody else."""
    found = _found(session, org_id, Transfer.code == code.strip().upper())
    if not found:
        raise NoSuchTransfer(code=code, at="transfer")
    return found[0]


def under_way(session: Session, org_id: int) -> list[Consignment]:
    """Everything that still waits for somebody, the newest first."""
    return _found(session, org_id, Transfer.open_g > 0, most=200)


def closed_lately(session: Session, org_id: int, *, most: int = 20) -> list[Consignment]:
    """The last consignments on which nothing is open."""
    return _found(session, org_id, Transfer.open_g == 0, most=most)


def _found(session: Session, org_id: int, condition: ColumnElement[bool], *, most: int = 1) -> list[Consignment]:
    query = (
        select(Transfer, Lot, _Sender, _Receiver)
        .join(Lot, Lot.id == Transfer.lot_id)
        .join(_Sender, _Sender.id == Transfer.org_id)
        .join(_Receiver, _Receiver.id == Transfer.to_org_id)
        .where(condition, or_(Transfer.org_id == org_id, Transfer.to_org_id == org_id))
        .order_by(Transfer.id.desc())
        .limit(most)
    )
    rows = session.execute(query).all()
    receipts = _receipts(session, [row[0] for row in rows])
    return [_consignment(*row, org_id=org_id, receipts=receipts) for row in rows]


def _receipts(session: Session, transfers: Sequence[Transfer]) -> dict[int, Event]:
    keys = [transfer.received_by_id for transfer in transfers if transfer.received_by_id is not None]
    return {event.id: event for event in session.scalars(select(Event).where(Event.id.in_(keys)))}


def _consignment(
    transfer: Transfer,
    lot: Lot,
    sender: Organisation,
    receiver: Organisation,
    *,
    org_id: int,
    receipts: dict[int, Event],
) -> Consignment:
    receipt = receipts.get(transfer.received_by_id) if transfer.received_by_id is not None else None
    said = receipt.answer if receipt is not None else {}
    mine = transfer.org_id == org_id
    return Consignment(
        code=transfer.code,
        state=transfer.state,
        mine=mine,
        sender=sender.called,
        receiver=receiver.called,
        lot=lot.code if mine else "",
        number=lot.number,
        commodity=lot.commodity,
        form=lot.form,
        grade=lot.grade,
        unit=lot.unit,
        mass_g=transfer.mass_g,
        open_g=transfer.open_g,
        count=transfer.count,
        vehicle=transfer.vehicle,
        driver=transfer.driver,
        seal=transfer.seal,
        dispatched_at=transfer.dispatched_at,
        expires_at=transfer.expires_at,
        zone_minutes=lot.zone_minutes,
        received_g=transfer.received_g,
        received_at=transfer.received_at,
        refused_g=int(said.get("refused_g", 0)),
        received_lot="" if mine else str(said.get("lot", "")),
        reason=transfer.reason,
    )
