"""How often pages were read. This is no part of the record: rows are summed up and deleted after thirty days."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from traceability.models.base import Base, Key, within


class ScanCount(Base):
    """Visits of one day: of a batch, or of one label of it, by country and language."""

    __tablename__ = "scan_count"
    __table_args__ = (within("lot_id", "lot"), Index("ix_scan_count_org_id_day", "org_id", "day"))

    lot_id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    serial: Mapped[str] = mapped_column(String(20), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(String(12), primary_key=True)
    country: Mapped[str] = mapped_column(String(2), primary_key=True)
    language: Mapped[str] = mapped_column(String(8), primary_key=True)
    org_id: Mapped[int] = mapped_column(Key)
    n: Mapped[int] = mapped_column(Key)


class ScanDevice(Base):
    """A device that read a page on one day, as a digest with the salt of that day. Another day it has another one."""

    __tablename__ = "scan_device"
    # the first page of a manager asks for all of a week: everything that it wants to know stands in the index
    _WEEK = ("org_id", "day", "what", "lot_id", "serial", "country", "language")
    __table_args__ = (within("lot_id", "lot"), Index("ix_scan_device_week", *_WEEK))

    lot_id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    serial: Mapped[str] = mapped_column(String(20), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(String(12), primary_key=True)
    device: Mapped[str] = mapped_column(String(16), primary_key=True)
    org_id: Mapped[int] = mapped_column(Key)
    country: Mapped[str] = mapped_column(String(2))
    language: Mapped[str] = mapped_column(String(8))


class ScanSalt(Base):
    """The salt of today: no other is there. Without it a digest says nothing about an address."""

    __tablename__ = "scan_salt"

    day: Mapped[date] = mapped_column(primary_key=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary)


class ScanUsual(Base):
    """How readily people read the labels of an organisation, reckoned once a day: one number, of nobody."""

    __tablename__ = "scan_usual"

    org_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True, autoincrement=False)
    day: Mapped[date]  # on which it was reckoned, from the thirty days before
    tenths: Mapped[int]  # of a device: see `domain.scans.usual_of`


class ScanSum(Base):
    """What is left of a month once its days are deleted: how many, and in which country."""

    __tablename__ = "scan_sum"
    __table_args__ = (within("lot_id", "lot"),)

    lot_id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    month: Mapped[date] = mapped_column(primary_key=True)  # its first day
    what: Mapped[str] = mapped_column(String(12), primary_key=True)
    country: Mapped[str] = mapped_column(String(2), primary_key=True)
    org_id: Mapped[int] = mapped_column(Key)
    n: Mapped[int] = mapped_column(Key)
