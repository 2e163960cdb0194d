"""Whether the demo season is in this database, and which batches and sign-ins it has to show."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from traceability.domain.dossier import Status
from traceability.domain.events import Kind
from traceability.models import Batch, Event, Lot, Membership, Organisation, Party, User
from traceability.queries.dossiers import dossier_of


@dataclass(frozen=True)
class DemoBatch:
    """One batch to look at: its public code, how it stands, and whose goods go where."""

    code: str
    number: str
    status: Status
    commodity: str
    destination: str
    organisation: str


@dataclass(frozen=True)
class SignIn:
    """Somebody who may sign in to look round."""

    login: str
    name: str
    roles: tuple[str, ...]
    organisation: str


def was_told(session: Session, client_id: str) -> bool:
    """Whether a demo organisation's journal holds the fact of this client id."""
    found = select(Event.id).join(Organisation, Organisation.id == Event.org_id)
    return session.scalars(found.where(Organisation.demo, Event.client_id == client_id)).first() is not None


def real_organisations(session: Session) -> int:
    """How many organisations are not part of a demonstration."""
    return session.scalars(select(func.count()).select_from(Organisation).where(~Organisation.demo)).one()


def demo_counts(session: Session) -> dict[str, int]:
    """How many organisations, farmers, weigh-ins, batches and events the demo organisations have."""
    demo = select(Organisation.id).where(Organisation.demo)
    counted = {
        "organisations": select(func.count()).select_from(Organisation).where(Organisation.demo),
        "farmers": select(func.count()).select_from(Party).where(Party.org_id.in_(demo), Party.kind == "farmer"),
        "weigh_ins": select(func.count()).select_from(Event).where(Event.org_id.in_(demo), Event.kind == "weigh_in"),
        "batches": select(func.count()).select_from(Batch).where(Batch.org_id.in_(demo)),
        "events": select(func.count()).select_from(Event).where(Event.org_id.in_(demo)),
    }
    return {name: session.scalars(query).one() for name, query in counted.items()}


def demo_batches(session: Session) -> tuple[DemoBatch, ...]:
    """Every batch of a demo organisation, in the order in which they were sealed."""
    rows = session.execute(
        select(Batch, Lot, Organisation)
        .join(Lot, Lot.id == Batch.lot_id)
        .join(Organisation, Organisation.id == Batch.org_id)
        .where(Organisation.demo)
        .order_by(Batch.sealed_at, Batch.id)
    )
    return tuple(
        DemoBatch(
            row.Lot.code,
            row.Lot.number,
            dossier_of(session, row.Lot.code).status,
            row.Lot.commodity,
            row.Batch.destination,
            row.Organisation.name,
        )
        for row in rows
    )


def demo_sign_ins(session: Session, client_ids: str) -> tuple[SignIn, ...]:
    """The users whom the season itself registered: their client ids begin with `client_ids`. First come first.

    Users added later have passwords of their own, so they are left out.
    """
    said = session.scalars(
        select(Event.answer).where(
            Event.kind == Kind.REGISTER_USER, Event.client_id.startswith(client_ids, autoescape=True)
        )
    )
    rows = session.execute(
        select(User, Organisation.name, Membership.role)
        .join(Membership, Membership.user_id == User.id)
        .join(Organisation, Organisation.id == Membership.org_id)
        .where(Organisation.demo, User.login.in_([answer["login"] for answer in said]))
        .order_by(User.id, Membership.id)
    )
    found: dict[int, SignIn] = {}
    for user, organisation, role in rows:
        before = found[user.id].roles if user.id in found else ()
        found[user.id] = SignIn(user.login, user.name, (*before, role), organisation)
    return tuple(found.values())
