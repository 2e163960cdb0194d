"""Organisations, people who sign in, what they are where, and how they prove it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from traceability.domain.dossier import Names
from traceability.models.base import Base, Id, Key, Owned


class Organisation(Base):
    """A cooperative, mill, packing house, exporter, farm or authority. Everything else belongs to one."""

    __tablename__ = "organisation"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(8), unique=True)
    prefix: Mapped[str] = mapped_column(String(6))  # of lot numbers: NL in NL-1120-037
    kind: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(200))
    names: Mapped[dict[str, Any]] = mapped_column(default=dict)  # language -> name
    country: Mapped[str] = mapped_column(String(2))
    province: Mapped[str] = mapped_column(String(120), default="")
    district: Mapped[str] = mapped_column(String(120), default="")
    village: Mapped[str] = mapped_column(String(120), default="")
    address: Mapped[str] = mapped_column(String(300), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    zone_minutes: Mapped[int] = mapped_column(default=420)
    demo: Mapped[bool] = mapped_column(default=False)
    lot_tolerance_permille: Mapped[int] = mapped_column(default=10)
    transfer_tolerance_permille: Mapped[int] = mapped_column(default=10)
    transfer_days: Mapped[int] = mapped_column(default=14)
    created_at: Mapped[datetime]

    @property
    def called(self) -> Names:
        """Its name in every language it has one in."""
        return Names({"en": self.name, **self.names})


class User(Base):
    """Someone who signs in. Names stay out of events: an event names the user's number."""

    __tablename__ = "user"

    id: Mapped[Id]
    login: Mapped[str] = mapped_column(String(120), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(8), default="en")
    password_hash: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    memberships: Mapped[list[Membership]] = relationship(back_populates="user", lazy="raise")


class Membership(Base):
    """One role of a user in one organisation."""

    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint("org_id", "user_id", "role"),
        CheckConstraint("role in ('clerk','manager','exporter','inspector','auditor','administrator')", name="role"),
    )

    id: Mapped[Id]
    org_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    role: Mapped[str] = mapped_column(String(16))

    user: Mapped[User] = relationship(back_populates="memberships", lazy="raise")
    organisation: Mapped[Organisation] = relationship(lazy="raise")


class SignIn(Base):
    """A signed-in device: revocable one by one. Only the digest of its token is kept."""

    __tablename__ = "sign_in"

    id: Mapped[Id]
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    org_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    device: Mapped[str] = mapped_column(String(120), default="")
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class FailedSignIn(Base):
    """A wrong password, kept to slow down guessing; exact over any number of processes."""

    __tablename__ = "failed_sign_in"

    id: Mapped[Id]
    subject: Mapped[str] = mapped_column(String(64), index=True)  # digest of login or address, never the text
    at: Mapped[datetime]


class ApiToken(Base, Owned):
    """A bearer token for programs, with scopes and an end. Only its digest is kept."""

    __tablename__ = "api_token"

    org_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    user_id: Mapped[int] = mapped_column(Key)
    name: Mapped[str] = mapped_column(String(120))
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[str] = mapped_column(String(200))  # words separated by spaces: "read write"
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
