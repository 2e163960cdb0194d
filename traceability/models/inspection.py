"""What was measured, what must not move, what must come back, and the papers kept with it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from traceability.models.base import Base, Key, Owned, within
from traceability.models.lots import Lot

ONE_TARGET: Final = (
    "(case when lot_id is null then 0 else 1 end) + (case when plot_id is null then 0 else 1 end)"
    " + (case when party_id is null then 0 else 1 end) = 1"
)


class Measurement(Base, Owned):
    """A measured or tested property of a lot. `value` is the text of an exact decimal, or a word."""

    __tablename__ = "measurement"
    __table_args__ = (
        within("lot_id", "lot"),
        within("made_by_id", "event"),
        # few results fail, and every list of what needs somebody asks for them
        Index(
            "ix_measurement_failed",
            "lot_id",
            sqlite_where=text("passed = false"),
            postgresql_where=text("passed = false"),
        ),
    )

    org_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    lot_id: Mapped[int] = mapped_column(Key, index=True)
    made_by_id: Mapped[int] = mapped_column(Key, index=True)
    property: Mapped[str] = mapped_column(String(60))
    value: Mapped[str] = mapped_column(String(80))
    unit: Mapped[str] = mapped_column(String(16), default="")
    method: Mapped[str] = mapped_column(String(120), default="")
    laboratory: Mapped[str] = mapped_column(String(200), default="")
    sample: Mapped[str] = mapped_column(String(60), default="")
    taken_on: Mapped[date]
    passed: Mapped[bool | None]

    lot: Mapped[Lot] = relationship(primaryjoin="Lot.id == foreign(Measurement.lot_id)", lazy="raise")


class Hold(Base, Owned):
    """A lot, or what a plot or farmer delivered, that must not move until someone closes the hold; it reaches
    everything made from it."""

    __tablename__ = "hold"
    __table_args__ = (
        UniqueConstraint("org_id", "id"),
        within("lot_id", "lot"),
        within("plot_id", "plot"),
        within("party_id", "party"),
        within("made_by_id", "event"),
        within("closed_by_id", "event"),
        CheckConstraint(ONE_TARGET, name="one_target"),
        Index("ix_hold_lot_id", "lot_id"),
        Index("ix_hold_plot_id", "plot_id"),
        Index("ix_hold_party_id", "party_id"),
    )

    org_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    code: Mapped[str] = mapped_column(String(8), unique=True)
    lot_id: Mapped[int | None] = mapped_column(Key)
    plot_id: Mapped[int | None] = mapped_column(Key)
    party_id: Mapped[int | None] = mapped_column(Key)
    reason: Mapped[str] = mapped_column(String(300))
    action: Mapped[str] = mapped_column(String(300), default="")
    made_by_id: Mapped[int] = mapped_column(Key)
    opened_at: Mapped[datetime]
    zone_minutes: Mapped[int]
    closed_by_id: Mapped[int | None] = mapped_column(Key)
    closed_at: Mapped[datetime | None]
    passed: Mapped[bool | None]
    outcome: Mapped[str] = mapped_column(String(300), default="")


class Recall(Base, Owned):
    """A lot, plot or farmer whose goods must come back, wherever they went."""

    __tablename__ = "recall"
    __table_args__ = (
        UniqueConstraint("org_id", "id"),
        within("lot_id", "lot"),
        within("plot_id", "plot"),
        within("party_id", "party"),
        within("made_by_id", "event"),
        within("closed_by_id", "event"),
        CheckConstraint(ONE_TARGET, name="one_target"),
        Index("ix_recall_lot_id", "lot_id"),
        Index("ix_recall_plot_id", "plot_id"),
        Index("ix_recall_party_id", "party_id"),
    )

    org_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    code: Mapped[str] = mapped_column(String(8), unique=True)
    lot_id: Mapped[int | None] = mapped_column(Key)
    plot_id: Mapped[int | None] = mapped_column(Key)
    party_id: Mapped[int | None] = mapped_column(Key)
    reason: Mapped[str] = mapped_column(String(300))
    action: Mapped[str] = mapped_column(String(300))
    phone: Mapped[str] = mapped_column(String(40), default="")
    authority: Mapped[str] = mapped_column(String(120), default="", server_default="")
    authority_link: Mapped[str] = mapped_column(String(300), default="", server_default="")
    made_by_id: Mapped[int] = mapped_column(Key)
    opened_at: Mapped[datetime]
    zone_minutes: Mapped[int]
    closed_by_id: Mapped[int | None] = mapped_column(Key)
    closed_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(String(300), default="")


class Attachment(Base, Owned):
    """A photo or paper kept with an event: bounded, re-encoded when a picture, and named by its digest."""

    __tablename__ = "attachment"
    __table_args__ = (within("made_by_id", "event"), within("lot_id", "lot"))

    org_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    code: Mapped[str] = mapped_column(String(8), unique=True)
    lot_id: Mapped[int] = mapped_column(Key, index=True)
    made_by_id: Mapped[int] = mapped_column(Key, index=True)
    title: Mapped[str] = mapped_column(String(120))
    media_type: Mapped[str] = mapped_column(String(60))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[str] = mapped_column(String(64))
    public: Mapped[bool] = mapped_column(default=False)
