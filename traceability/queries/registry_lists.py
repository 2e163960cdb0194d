"""The registers of an organisation as lists: partners, official codes, certificates, users and bearer tokens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from traceability.domain.dossier import Standing
from traceability.domain.moments import day_of
from traceability.domain.roles import Actor
from traceability.models import ApiToken, Certificate, Membership, Organisation, Party, Registration, User
from traceability.queries.evidence import standing_of
from traceability.queries.members import closed_because


@dataclass(frozen=True)
class PartnerRow:
    """A buyer, carrier, laboratory or other partner; `organisation` when it works in this system too."""

    code: str
    name: str
    kind: str
    country: str
    organisation: str


@dataclass(frozen=True)
class SuspensionRow:
    """Days on which a code did not stand; one `in_error` never was. `number` counts them as they were said, from 1."""

    number: int
    from_on: date
    to_on: date | None
    reason: str
    in_error: bool


@dataclass(frozen=True)
class CodeRow:
    """An official code and how it stands today; `covers` counts its plots and places, 0 for the whole organisation."""

    scheme: str
    official_code: str
    authority: str
    valid_to: date | None
    covers: int
    standing: Standing
    suspensions: tuple[SuspensionRow, ...]


@dataclass(frozen=True)
class CertificateRow:
    """A certificate and how it stands today; `covers` counts farmers and plots, 0 for the whole organisation."""

    scheme: str
    number: str
    issuer: str
    valid_to: date | None
    covers: int
    standing: Standing


@dataclass(frozen=True)
class UserRow:
    """Somebody who signs in here, with the roles in this organisation; or did, until the access was closed."""

    login: str
    name: str
    roles: tuple[str, ...]
    closed_at: datetime | None
    closed_because: str


@dataclass(frozen=True)
class TokenRow:
    """A bearer token of a program; the secret itself is kept nowhere."""

    id: int
    name: str
    scopes: str
    expires_at: datetime
    revoked: bool
    expired: bool


def partners(session: Session, actor: Actor) -> list[PartnerRow]:
    """The partners by name."""
    rows = session.execute(
        select(Party, Organisation.name)
        .outerjoin(Organisation, Organisation.id == Party.linked_org_id)
        .where(Party.org_id == actor.org_id, Party.kind != "farmer")
        .order_by(Party.name_key)
    )
    return [PartnerRow(row.code, row.name, row.kind, row.country, linked or "") for row, linked in rows]


def official_codes(session: Session, actor: Actor) -> list[CodeRow]:
    """The official codes, those that end first on top."""
    today = day_of(datetime.now(UTC), actor.zone_minutes)
    rows = session.scalars(
        select(Registration)
        .where(Registration.org_id == actor.org_id)
        .options(selectinload(Registration.suspensions), selectinload(Registration.covers))
    )
    found = [
        CodeRow(
            row.scheme,
            row.official_code,
            row.authority,
            row.valid_to,
            len(row.covers),
            standing_of(row, today),
            tuple(
                SuspensionRow(number, one.from_on, one.to_on, one.reason, one.in_error)
                for number, one in enumerate(row.suspensions, start=1)
            ),
        )
        for row in rows
    ]
    return sorted(found, key=lambda row: (row.valid_to or date.max, row.official_code))


def certificates(session: Session, actor: Actor) -> list[CertificateRow]:
    """The certificates, those that end first on top."""
    today = day_of(datetime.now(UTC), actor.zone_minutes)
    rows = session.scalars(
        select(Certificate).where(Certificate.org_id == actor.org_id).options(selectinload(Certificate.covers))
    )
    found = [
        CertificateRow(
            row.scheme,
            row.number,
            row.issuer,
            row.valid_to,
            len(row.covers),
            standing_of(row, today),
        )
        for row in rows
    ]
    return sorted(found, key=lambda row: (row.valid_to or date.max, row.number))


def users(session: Session, actor: Actor) -> list[UserRow]:
    """The members of the organisation by name, each with all roles; those who left come last."""
    rows = session.execute(
        select(User, Membership.role)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.org_id == actor.org_id)
        .order_by(User.name, User.id, Membership.role)
    )
    members: dict[str, tuple[User, list[str]]] = {}
    for user, role in rows:
        members.setdefault(user.login, (user, []))[1].append(role)
    because = closed_because(session, actor, [user.id for user, _ in members.values() if user.closed_at])
    found = [
        UserRow(login, user.name, tuple(roles), user.closed_at, because.get(user.id, "") if user.closed_at else "")
        for login, (user, roles) in members.items()
    ]
    return sorted(found, key=lambda row: row.closed_at is not None)


def tokens(session: Session, actor: Actor) -> list[TokenRow]:
    """The bearer tokens of the organisation, the newest first."""
    now = datetime.now(UTC)
    rows = session.scalars(select(ApiToken).where(ApiToken.org_id == actor.org_id).order_by(ApiToken.id.desc()))
    return [
        TokenRow(row.id, row.name, row.scopes, row.expires_at, row.revoked_at is not None, row.expires_at <= now)
        for row in rows
    ]
