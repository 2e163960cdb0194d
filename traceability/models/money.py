"""Money, where an organisation uses it: what a delivery is owed for, and what was paid to a farmer.

Derived from what entries say. A row counts as long as the entry that made it was not declared in error.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from traceability.models.base import Base, Key, Owned, within
from traceability.models.lots import Lot


class Due(Base, Owned):
    """What a delivery is worth to whoever it is booked on, in whole units of a currency."""

    __tablename__ = "due"
    __table_args__ = (
        within("lot_id", "lot"),
        within("made_by_id", "event"),
        CheckConstraint("amount > 0", name="amount"),
        Index("ix_due_org_id_lot_id", "org_id", "lot_id"),
    )

    org_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    lot_id: Mapped[int] = mapped_column(Key, index=True)
    made_by_id: Mapped[int] = mapped_column(Key, index=True)
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    # of a delivery that replaced one in error: the first of all that were corrected so, as the client ids say
    instead_of_id: Mapped[int | None] = mapped_column(BigInteger)

    lot: Mapped[Lot] = relationship(primaryjoin="Lot.id == foreign(Due.lot_id)", lazy="raise")


class Payment(Base, Owned):
    """A part of what one entry paid to a farmer: for one delivery, or for none in particular."""

    __tablename__ = "payment"
    __table_args__ = (
        within("party_id", "party"),
        within("lot_id", "lot"),
        within("made_by_id", "event"),
        CheckConstraint("amount > 0", name="amount"),
        Index("ix_payment_org_id_party_id", "org_id", "party_id"),
        Index("ix_payment_org_id_lot_id", "org_id", "lot_id"),
    )

    org_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    party_id: Mapped[int] = mapped_column(Key, index=True)
    lot_id: Mapped[int | None] = mapped_column(Key)
    made_by_id: Mapped[int] = mapped_column(Key, index=True)
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    purpose: Mapped[str] = mapped_column(String(8))  # payment, advance
    paid_at: Mapped[datetime]
    zone_minutes: Mapped[int]
