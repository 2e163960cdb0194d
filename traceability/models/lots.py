"""Lots, the batches sold from them, and consignments on the road between two organisations."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from traceability.models.base import Base, Grams, Key, Owned, within


class Lot(Base, Owned):
    """Any quantity tracked as one. `made_g` and `balance_g` are derived from postings and checked by `audit`."""

    __tablename__ = "lot"
    __table_args__ = (
        UniqueConstraint("org_id", "id"),
        UniqueConstraint("org_id", "number"),
        within("made_by_id", "event"),
        within("facility_id", "facility"),
        CheckConstraint("balance_g >= 0 and balance_g <= made_g", name="balance"),
        CheckConstraint("balance_count >= 0 and balance_count <= made_count", name="balance_count"),
        CheckConstraint("(origin_party_id is null) = (kind <> 'delivery')", name="origin"),
        CheckConstraint(
            "custody in ('identity_preserved','segregated','controlled_blending','mass_balance')", name="custody"
        ),
        Index("ix_lot_org_id_kind_made_at", "org_id", "kind", "made_at"),
        Index("ix_lot_made_by_id", "made_by_id"),
        Index("ix_lot_origin_party_id", "origin_party_id"),
        Index("ix_lot_origin_plot_id", "origin_plot_id"),
        # what is on hand is a small part of all lots ever made, and every working list asks for it
        Index(
            "ix_lot_on_hand",
            "org_id",
            "made_at",
            sqlite_where=text("balance_g > 0"),
            postgresql_where=text("balance_g > 0"),
        ),
    )

    org_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    code: Mapped[str] = mapped_column(String(8), unique=True)
    # compared by code points, whatever language the database was made for: counters are looked for between two numbers
    number: Mapped[str] = mapped_column(String(40).with_variant(String(40, collation="C"), "postgresql"))
    kind: Mapped[str] = mapped_column(String(12))  # delivery, lot, by_product, packed, pooled
    commodity: Mapped[str] = mapped_column(String(40))
    form: Mapped[str] = mapped_column(String(40))
    grade: Mapped[str] = mapped_column(String(40), default="")
    variety: Mapped[str] = mapped_column(String(80), default="")
    crop_year: Mapped[str] = mapped_column(String(12), default="")
    custody: Mapped[str] = mapped_column(String(24), default="segregated")
    made_g: Mapped[int] = mapped_column(Grams)
    balance_g: Mapped[int] = mapped_column(Grams)
    unit: Mapped[str] = mapped_column(String(16), default="")  # bag, box, crate, head ...
    made_count: Mapped[int] = mapped_column(Key, default=0)
    balance_count: Mapped[int] = mapped_column(Key, default=0)
    made_at: Mapped[datetime]
    zone_minutes: Mapped[int]
    made_by_id: Mapped[int] = mapped_column(Key)
    facility_id: Mapped[int | None] = mapped_column(Key)
    origin_party_id: Mapped[int | None] = mapped_column(Key)  # of a delivery: the farmer
    origin_plot_id: Mapped[int | None] = mapped_column(Key)  # and the plot, when known
    void: Mapped[bool] = mapped_column(default=False, server_default=false())  # its making was declared in error

    batch: Mapped[Batch | None] = relationship(
        back_populates="lot", primaryjoin="Lot.id == foreign(Batch.lot_id)", uselist=False, lazy="raise"
    )


class Batch(Base, Owned):
    """A packed lot that was sealed for buyers. Its public code is its lot's code: one thing, one code."""

    __tablename__ = "batch"
    __table_args__ = (
        UniqueConstraint("org_id", "id"),
        UniqueConstraint("org_id", "lot_id"),
        within("lot_id", "lot"),
        within("sealed_by_id", "event"),
        within("released_by_id", "event"),
        CheckConstraint(
            "counted_by in ('pro_rata','first_in_first_out','identity_preserved')",
            name="counted_by",
        ),
    )

    org_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    lot_id: Mapped[int] = mapped_column(Key, index=True)
    version: Mapped[int] = mapped_column(default=0)  # 0 until released, then 1, 2 ...
    destination: Mapped[str] = mapped_column(String(2), default="")
    hs: Mapped[str] = mapped_column(String(12), default="")
    marks: Mapped[dict[str, Any]] = mapped_column(default=dict)  # ico, container, seal, gtin, brand ...: as typed
    packed_on: Mapped[date | None]
    best_before: Mapped[date | None]
    counted_by: Mapped[str] = mapped_column(String(24), default="pro_rata", server_default="pro_rata")  # declared
    sealed_at: Mapped[datetime]
    sealed_by_id: Mapped[int] = mapped_column(Key)
    sealed_by_user_id: Mapped[int | None] = mapped_column(Key)
    released_at: Mapped[datetime | None]
    released_by_id: Mapped[int | None] = mapped_column(Key)
    release_digest: Mapped[str] = mapped_column(String(64), default="")
    superseded_by: Mapped[str] = mapped_column(String(8), default="")  # public code of the newer batch

    lot: Mapped[Lot] = relationship(back_populates="batch", primaryjoin="Lot.id == foreign(Batch.lot_id)", lazy="raise")


class DigitalLink(Base):
    """Derived: a lot number under which a batch is found by its article's number (GTIN). Rebuilt by `audit`.

    Written when the batch is sealed and never changed: what was printed on a label leads to the batch for ever.
    """

    __tablename__ = "digital_link"
    __table_args__ = (
        within("batch_id", "batch"),
        Index("ix_digital_link_gtin_batch_id", "gtin", "batch_id"),
        {"sqlite_with_rowid": False},
    )

    gtin: Mapped[str] = mapped_column(String(14), primary_key=True)
    lot: Mapped[str] = mapped_column(String(20), primary_key=True)  # folded: see `gs1.lot_keys`
    batch_id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    org_id: Mapped[int] = mapped_column(Key)


class FrozenOrigin(Base, Owned):
    """Whose grams a batch was released with, one row a version: what its page and papers read instead of tracing.

    Packed by `domain.packed`: `shares` are whole grams per farmer and plot, `above` is everything they came through.
    Checked by `audit`: every version against the digest in the journal, the newest against the edges.
    """

    __tablename__ = "frozen_origin"
    __table_args__ = (
        UniqueConstraint("org_id", "id"),
        UniqueConstraint("batch_id", "version"),
        within("batch_id", "batch"),
    )

    org_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    batch_id: Mapped[int] = mapped_column(Key)
    version: Mapped[int]
    made_by_id: Mapped[int] = mapped_column(Key)  # a release, or a correction, perhaps of another organisation
    digest: Mapped[str] = mapped_column(String(64))  # of what the batch holds, as the journal says it
    shares: Mapped[bytes] = mapped_column(LargeBinary)
    above: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class Transfer(Base, Owned):
    """Goods on the road: dispatched by one organisation, open until another receives, refuses or time runs out.

    Two-phase (D13): the dispatch reserves the grams in `transit`; each gram leaves transit exactly once.
    """

    __tablename__ = "transfer"
    __table_args__ = (
        UniqueConstraint("org_id", "id"),
        within("lot_id", "lot"),
        within("dispatched_by_id", "event"),
        CheckConstraint("open_g >= 0 and open_g <= mass_g", name="open"),
        CheckConstraint("open_count >= 0 and open_count <= count", name="open_count"),
        CheckConstraint("state in ('pending','received','partly','refused','returned','void')", name="state"),
        Index("ix_transfer_to_org_id_state", "to_org_id", "state"),
    )

    org_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))  # the sender
    code: Mapped[str] = mapped_column(String(8), unique=True)
    lot_id: Mapped[int] = mapped_column(Key)
    to_org_id: Mapped[int] = mapped_column(Key)
    mass_g: Mapped[int] = mapped_column(Grams)
    open_g: Mapped[int] = mapped_column(Grams)
    count: Mapped[int] = mapped_column(Key, default=0)
    open_count: Mapped[int] = mapped_column(Key, default=0)
    state: Mapped[str] = mapped_column(String(12))
    vehicle: Mapped[str] = mapped_column(String(60), default="")
    driver: Mapped[str] = mapped_column(String(120), default="")
    seal: Mapped[str] = mapped_column(String(60), default="")
    dispatched_by_id: Mapped[int] = mapped_column(Key)
    dispatched_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    received_g: Mapped[int | None] = mapped_column(Grams)  # what the receiver's scale showed
    received_by_id: Mapped[int | None] = mapped_column(Key)  # an event of the receiver: no foreign key across
    received_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(300), default="")

    lot: Mapped[Lot] = relationship(primaryjoin="Lot.id == foreign(Transfer.lot_id)", lazy="raise", viewonly=True)
