"""Scales, what a point asks for, grades, prices, seasons. But for a scale's end no row changes: the last one counts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from traceability.models.base import Base, Document, Key, Owned, within


class Scale(Base, Owned):
    """A weighing scale of a collection point; `step_g` is one division."""

    __tablename__ = "scale"
    __table_args__ = (
        UniqueConstraint("org_id", "id"),
        within("facility_id", "facility"),
        Index("ix_scale_org_id_facility_id", "org_id", "facility_id"),
        CheckConstraint("step_g > 0", name="step"),
    )

    org_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    code: Mapped[str] = mapped_column(String(8), unique=True)
    facility_id: Mapped[int] = mapped_column(Key)
    name: Mapped[str] = mapped_column(String(80))
    step_g: Mapped[int]
    made_by_id: Mapped[int] = mapped_column(Key)
    retired_at: Mapped[datetime | None]


class BuyingChoice(Base, Owned):
    """What was chosen for a subject: inputs shown at a place (by its code), or grades of a commodity (by its key)."""

    __tablename__ = "buying_choice"
    __table_args__ = (
        UniqueConstraint("org_id", "id"),
        Index("ix_buying_choice_org_id_subject", "org_id", "subject"),
        CheckConstraint("about in ('fields','grades')", name="about"),
    )

    org_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    about: Mapped[str] = mapped_column(String(8))
    subject: Mapped[str] = mapped_column(String(40))
    chosen: Mapped[list[Any]] = mapped_column(Document)
    made_by_id: Mapped[int] = mapped_column(Key)


class OpenedBuying(Base):
    """What a clerk said when buying was opened last: no part of the record, it only fills in forms."""

    __tablename__ = "opened_buying"

    org_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    said_on: Mapped[date]
    said: Mapped[dict[str, Any]]


class Price(Base, Owned):
    """What is paid for a kilogram from a day on; the later row counts where two are of one day."""

    __tablename__ = "price"
    __table_args__ = (
        UniqueConstraint("org_id", "id"),
        Index("ix_price_org_id_commodity", "org_id", "commodity", "form"),
    )

    org_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    commodity: Mapped[str] = mapped_column(String(40))
    form: Mapped[str] = mapped_column(String(40))
    grade: Mapped[str] = mapped_column(String(40), default="")
    from_on: Mapped[date]
    price_per_kg: Mapped[int | None] = mapped_column(Key)
    made_by_id: Mapped[int] = mapped_column(Key)


class Season(Base, Owned):
    """The days of a season of a product; of one name the later row counts, and nothing where that is withdrawn."""

    __tablename__ = "season"
    __table_args__ = (
        UniqueConstraint("org_id", "id"),
        Index("ix_season_org_id_commodity", "org_id", "commodity"),
        CheckConstraint("from_on <= to_on", name="days"),
    )

    org_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    commodity: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(40))
    from_on: Mapped[date]
    to_on: Mapped[date]
    withdrawn: Mapped[bool] = mapped_column(default=False)
    made_by_id: Mapped[int] = mapped_column(Key)
