"""The journal: events with their canonical bytes, the postings that balance them, and the edges read from those."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from traceability.models.base import Base, Grams, Key, Owned, within


class JournalHead(Base):
    """Where an organisation's journal ends. Locking this row makes its writers take turns."""

    __tablename__ = "journal_head"

    org_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(Key, default=0)
    public_seq: Mapped[int] = mapped_column(Key, default=0, server_default="0")  # derived: the last public entry
    digest: Mapped[str] = mapped_column(String(64))
    recorded_at: Mapped[datetime]


class Event(Base, Owned):
    """One thing that happened, for ever. `body` is what was said, byte for byte; the columns are for finding it."""

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("org_id", "id"),
        UniqueConstraint("org_id", "seq"),
        UniqueConstraint("org_id", "client_id"),
        within("declares_id", "event"),
        within("facility_id", "facility"),
        Index("ix_event_org_id_kind_occurred_at", "org_id", "kind", "occurred_at"),
        Index("ix_event_declares_id", "declares_id"),
    )

    org_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    seq: Mapped[int] = mapped_column(Key)  # 1, 2, 3 ... without gaps, per organisation
    code: Mapped[str] = mapped_column(String(8), unique=True)
    client_id: Mapped[str] = mapped_column(String(64))
    request_digest: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(32))
    event_type: Mapped[str] = mapped_column(String(24), default="")
    business_step: Mapped[str] = mapped_column(String(40), default="")
    disposition: Mapped[str] = mapped_column(String(40), default="")
    occurred_at: Mapped[datetime]
    zone_minutes: Mapped[int]
    recorded_at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(Key)
    facility_id: Mapped[int | None] = mapped_column(Key)  # read point and business location
    declares_id: Mapped[int | None] = mapped_column(Key)  # the event that this one declares in error
    kdes: Mapped[dict[str, Any]]
    answer: Mapped[dict[str, Any]]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[str] = mapped_column(String(64))
    previous_digest: Mapped[str] = mapped_column(String(64))

    postings: Mapped[list[Posting]] = relationship(lazy="raise", order_by="Posting.line", viewonly=True)


class Posting(Base):
    """One line of an event: signed grams (and whole units) on one account. The only record of mass there is."""

    __tablename__ = "posting"
    __table_args__ = (
        within("event_id", "event"),
        CheckConstraint("mass_g <> 0 or count <> 0", name="says_something"),
        CheckConstraint("account in ('lot','plot','party','transit','buyer','loss','gain')", name="account"),
        Index("ix_posting_lot_id", "lot_id"),
        Index("ix_posting_plot_id", "plot_id"),
        Index("ix_posting_party_id", "party_id"),
    )

    event_id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    line: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    org_id: Mapped[int] = mapped_column(Key)
    account: Mapped[str] = mapped_column(String(8))
    ref: Mapped[str] = mapped_column(String(40))  # the public code or loss key as the event's bytes say it
    lot_id: Mapped[int | None] = mapped_column(Key)
    plot_id: Mapped[int | None] = mapped_column(Key)
    party_id: Mapped[int | None] = mapped_column(Key)
    transfer_id: Mapped[int | None] = mapped_column(Key)
    mass_g: Mapped[int] = mapped_column(Grams)
    count: Mapped[int] = mapped_column(Key, default=0)


class Edge(Base):
    """Derived: `mass_g` grams of the parent went into the event that made the child. Rebuilt by `audit`.

    Where the parent is a delivery, the edge carries whose it was: a trace reads edges and nothing else. Narrow rows,
    kept in the order of the child, with the way forward as an index: a trace touches the pages of its answer only.
    No foreign keys: a parent may be another organisation's lot, perhaps on another machine (DEPENDENCIES 15).
    """

    __tablename__ = "edge"
    __table_args__ = (
        Index("ix_edge_parent_id_child_id", "parent_id", "child_id", unique=True),
        {"sqlite_with_rowid": False},
    )

    child_id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    parent_id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    mass_g: Mapped[int] = mapped_column(Grams)
    origin_party_id: Mapped[int | None] = mapped_column(Key)
    origin_plot_id: Mapped[int | None] = mapped_column(Key)
    day: Mapped[int]  # of the event, where it happened, counted from 1970-01-01
    org_id: Mapped[int] = mapped_column(Key)  # of the child
