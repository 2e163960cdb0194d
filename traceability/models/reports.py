"""What the public reports of a batch. The report stays; what tells who sent it stands apart and can be deleted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from traceability.models.base import Base, Key, Owned, within


class Report(Base, Owned):
    """What differs on the goods in somebody's hand. `state` moves on by entries of the journal."""

    __tablename__ = "report"
    __table_args__ = (
        UniqueConstraint("org_id", "id"),
        within("lot_id", "lot"),
        CheckConstraint("state in ('new','looked_at','answered')", name="state"),
        Index("ix_report_org_id_state", "org_id", "state"),
        Index("ix_report_lot_id_made_at", "lot_id", "made_at"),
    )

    org_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    code: Mapped[str] = mapped_column(String(8), unique=True)
    client_id: Mapped[str] = mapped_column(String(60), unique=True)  # of the form: sent twice, it is one report
    lot_id: Mapped[int] = mapped_column(Key)
    serial: Mapped[str] = mapped_column(String(20), default="")
    differs: Mapped[str] = mapped_column(String(12))  # see `domain.reports.DIFFERS`
    said: Mapped[str] = mapped_column(String(1000), default="")
    language: Mapped[str] = mapped_column(String(8))
    made_at: Mapped[datetime]
    zone_minutes: Mapped[int]
    state: Mapped[str] = mapped_column(String(12), default="new")
    answer: Mapped[str] = mapped_column(String(500), default="")  # shown to whoever has the number of the report
    handled_by_id: Mapped[int | None] = mapped_column(Key)  # the latest entry about it
    forgotten_at: Mapped[datetime | None]  # when what tells who sent it was deleted, by an entry or by time


class Reporter(Base, Owned):
    """How to reach who reported: personal data, gone when somebody deletes it or its time is over."""

    __tablename__ = "reporter"
    __table_args__ = (UniqueConstraint("org_id", "id"), within("report_id", "report"))

    org_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    report_id: Mapped[int] = mapped_column(Key, unique=True)
    contact: Mapped[str] = mapped_column(String(120))


class ReportPhoto(Base, Owned):
    """A photo that a stranger sent, drawn anew without anything hidden in it. Not frozen as our own papers are."""

    __tablename__ = "report_photo"
    __table_args__ = (UniqueConstraint("org_id", "id"), within("report_id", "report"))

    org_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    report_id: Mapped[int] = mapped_column(Key, unique=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
