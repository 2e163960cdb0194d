"""The lot numbers under which a scanner finds a batch by the number of its article (GTIN)."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.domain.facts import Seal
from traceability.domain.gs1 import lot_keys, read_gtin
from traceability.errors import Conflict, Refusal
from traceability.models import Batch, DigitalLink, Lot


class NumberOfAnother(Conflict):
    """The number {number} stands for lot {lot} under this GTIN. A scan of either label would find both.
    Choose another number, or leave the GTIN empty."""


def gtin_of(session: Session, lot: Lot, fact: Seal) -> str:
    """The GTIN of a seal as 14 digits, or nothing.

    Raises NotAGtin or WrongCheckDigit at its field, and NumberOfAnother where a label would not tell the lot from
    another one of the same organisation. That others use the same numbers cannot be known; readers then choose by the
    sender on their label.
    """
    try:
        gtin = read_gtin(fact.gtin) if fact.gtin else ""
    except Refusal as refusal:
        refusal.at = "gtin"
        raise
    if gtin:
        _check_own(session, lot, gtin, lot_keys(fact.own_number), at="own_number")
        _check_sealed(session, lot, gtin, lot_keys(lot.number, lot.code), at="gtin")
    return gtin


def links_of(batch: Batch, lot: Lot) -> list[DigitalLink]:
    """What leads to a batch; nothing without a GTIN."""
    gtin = batch.marks["gtin"]
    keys = lot_keys(lot.number, batch.marks["own_number"], lot.code) if gtin else ()
    return [DigitalLink(gtin=gtin, lot=key, batch_id=batch.id, org_id=batch.org_id) for key in keys]


def _check_own(session: Session, lot: Lot, gtin: str, keys: tuple[str, ...], *, at: str) -> None:
    """A number that was chosen: no label says it, and none of a packed lot that waits for its seal will."""
    others = select(Lot.number).outerjoin(Batch, Batch.lot_id == Lot.id).where(Batch.id.is_(None), Lot.kind == "packed")
    others = others.where(Lot.org_id == lot.org_id, Lot.id != lot.id, Lot.balance_g == Lot.made_g)
    other = session.scalars(others.where(Lot.number.in_(keys) | Lot.code.in_(keys)).order_by(Lot.id)).first()
    if other is not None:
        raise NumberOfAnother(number=keys[0], lot=other, at=at)
    _check_sealed(session, lot, gtin, keys, at=at)


def _check_sealed(session: Session, lot: Lot, gtin: str, keys: tuple[str, ...], *, at: str) -> None:
    """No label of a batch of this article says one of these."""
    said = select(DigitalLink.lot, Lot.number).join(Batch, Batch.id == DigitalLink.batch_id)
    said = said.join(Lot, Lot.id == Batch.lot_id).where(DigitalLink.org_id == lot.org_id, DigitalLink.gtin == gtin)
    for number, other in session.execute(said.where(DigitalLink.lot.in_(keys)).order_by(DigitalLink.batch_id)):
        raise NumberOfAnother(number=number, lot=other, at=at)
