"""Phones that weigh in without a signal: each has a letter of its own, so that receipt numbers never meet."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from traceability.models.base import Base, Key, Owned


class Device(Base, Owned):
    """A phone that a clerk enrolled. Only the digest of its token is kept; a revoked phone is never let in again."""

    __tablename__ = "device"
    __table_args__ = (
        UniqueConstraint("org_id", "id"),
        CheckConstraint("unsent >= 0", name="unsent"),
        # a letter begins the counters of one phone only: NL-1120-B037
        Index(
            "uq_device_letter_in_use",
            "org_id",
            "letter",
            unique=True,
            sqlite_where=text("revoked_at is null"),
            postgresql_where=text("revoked_at is null"),
        ),
    )

    org_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    code: Mapped[str] = mapped_column(String(8), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    letter: Mapped[str] = mapped_column(String(1))
    user_id: Mapped[int] = mapped_column(Key)  # who enrolled it: what it sends is theirs
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    enrolled_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    unsent: Mapped[int] = mapped_column(default=0)  # as the phone last said
    revoked_at: Mapped[datetime | None]
    spare_key: Mapped[str | None] = mapped_column(String(43))  # opens what the phone keeps when its PIN is forgotten
