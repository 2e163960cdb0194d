"""Labels with a serial each, pallets, and GS1 numbers. A box has no row: its serial follows from its run's secret."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from traceability.models.base import Base, Key, Owned, within


class LabelRun(Base, Owned):
    """Labels for the boxes `first` to `last` of `of`; `seed` is the secret that their serials are made of."""

    __tablename__ = "label_run"
    __table_args__ = (
        UniqueConstraint("org_id", "id"),
        within("lot_id", "lot"),
        within("made_by_id", "event"),
        Index("ix_label_run_lot_id", "lot_id"),
        CheckConstraint("first >= 1 and last >= first and total >= last", name="boxes"),
    )

    org_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    code: Mapped[str] = mapped_column(String(8), unique=True)
    lot_id: Mapped[int] = mapped_column(Key)  # of the batch
    first: Mapped[int] = mapped_column(Key)
    last: Mapped[int] = mapped_column(Key)
    total: Mapped[int] = mapped_column(Key)  # printed as "of"
    layout: Mapped[str] = mapped_column(String(16))
    seed: Mapped[bytes] = mapped_column(LargeBinary)  # the journal has its digest
    made_by_id: Mapped[int] = mapped_column(Key)


class LabelVoid(Base, Owned):
    """Labels of a run that do not count: never stuck on, damaged, lost."""

    __tablename__ = "label_void"
    __table_args__ = (
        UniqueConstraint("org_id", "id"),
        within("run_id", "label_run"),
        within("made_by_id", "event"),
        Index("ix_label_void_run_id", "run_id"),
    )

    org_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    run_id: Mapped[int] = mapped_column(Key)
    first: Mapped[int] = mapped_column(Key)
    last: Mapped[int] = mapped_column(Key)
    reason: Mapped[str] = mapped_column(String(300))
    made_by_id: Mapped[int] = mapped_column(Key)


class Pallet(Base, Owned):
    """A logistic unit: boxes `first` to `last` of a batch, until it is taken apart."""

    __tablename__ = "pallet"
    __table_args__ = (
        UniqueConstraint("org_id", "id"),
        within("lot_id", "lot"),
        within("made_by_id", "event"),
        within("broken_by_id", "event"),
        Index("ix_pallet_lot_id", "lot_id"),
        CheckConstraint("first >= 1 and last >= first", name="boxes"),
    )

    org_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    code: Mapped[str] = mapped_column(String(8), unique=True)
    sscc: Mapped[str | None] = mapped_column(String(18), unique=True)  # where the organisation has a company prefix
    lot_id: Mapped[int] = mapped_column(Key)  # of the batch
    first: Mapped[int] = mapped_column(Key)
    last: Mapped[int] = mapped_column(Key)
    made_by_id: Mapped[int] = mapped_column(Key)
    broken_by_id: Mapped[int | None] = mapped_column(Key)


class Gs1Number(Base, Owned):
    """GS1 numbers of an organisation, or of one of its places. No row changes: the last one counts."""

    __tablename__ = "gs1_number"
    __table_args__ = (
        UniqueConstraint("org_id", "id"),
        within("facility_id", "facility"),
        within("made_by_id", "event"),
        Index("ix_gs1_number_gln", "gln"),
        Index("ix_gs1_number_org_id_facility_id", "org_id", "facility_id"),
    )

    org_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    facility_id: Mapped[int | None] = mapped_column(Key)
    gln: Mapped[str] = mapped_column(String(13), default="")
    company_prefix: Mapped[str] = mapped_column(String(12), default="")
    made_by_id: Mapped[int] = mapped_column(Key)
