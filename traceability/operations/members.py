"""Members of an organisation: their roles, the end of their access, a new password. Every change ends open sessions.

A manager looks after clerks, exporters, inspectors and auditors; who is manager or administrator, only an
administrator says. Else a manager could make a second one, and approve alone what takes two.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from traceability.domain.events import Kind
from traceability.domain.members import ChangeMember, ReplacePassword
from traceability.domain.roles import Actor, Role
from traceability.domain.text import nfc
from traceability.errors import Conflict, NothingChosen, WeakPassword
from traceability.models import Device, Membership, User
from traceability.operations.account import (
    LEAST_PASSWORD,
    NoSuchUser,
    check_rank,
    end_sessions,
    end_tokens,
    password_hash,
    refuse_another_password,
)
from traceability.operations.ledger import Done, Entry, operation


class LastAdministrator(Conflict):
    """Nobody else is administrator here. Give somebody else that role first."""


class YourselfClosed(Conflict):
    """You cannot close your own access. Ask another administrator."""


@operation(Kind.CHANGE_MEMBER)
def change_member(session: Session, actor: Actor, fact: ChangeMember) -> Entry:
    """Other roles, or none: then the access is closed. Raises NoSuchUser, NothingChosen, AdministratorNeeded,
    LastAdministrator, YourselfClosed.
    """
    user, was = member_of(session, actor, fact.login)
    roles = frozenset(Role(role) for role in fact.roles)
    if not roles:
        raise NothingChosen(at="roles")
    if fact.closed and user.id == actor.user_id:
        raise YourselfClosed(at="closed")
    check_rank(actor, was if fact.closed or user.closed_at else was ^ roles)
    check_rank(actor, roles if user.closed_at and not fact.closed else ())
    stays = Role.ADMINISTRATOR in roles and not fact.closed
    leaves = Role.ADMINISTRATOR in was and user.closed_at is None and not stays
    if leaves and not _other_administrators(session, user, actor):
        raise LastAdministrator(at="roles")
    session.execute(delete(Membership).where(Membership.org_id == actor.org_id, Membership.user_id == user.id))
    session.add_all(Membership(org_id=actor.org_id, user_id=user.id, role=str(role)) for role in sorted(roles))
    user.closed_at = (user.closed_at or datetime.now(UTC)) if fact.closed else None
    if fact.closed:
        _end_access(session, user.id)  # who is let in again later does not bring old programs and phones along
    kdes = {"user": user.id, "roles": sorted(roles), "was": sorted(was), "closed": fact.closed}
    return Entry(kdes=kdes, answer={"login": user.login, "closed": fact.closed})


def replace_password(session: Session, actor: Actor, fact: ReplacePassword) -> Done:
    """A new password; every session and every token for programs under the old one ends.

    Raises NoSuchUser, WeakPassword, AdministratorNeeded; SaidDifferently when it was said before with another
    password.
    """
    done = _replace_password(session, actor, fact)
    refuse_another_password(session, actor, done, fact.password)
    return done


@operation(Kind.REPLACE_PASSWORD)
def _replace_password(session: Session, actor: Actor, fact: ReplacePassword) -> Entry:
    user, roles = member_of(session, actor, fact.login)
    if user.id != actor.user_id:
        check_rank(actor, roles)
    if len(fact.password) < LEAST_PASSWORD:
        raise WeakPassword(least=LEAST_PASSWORD, at="password")
    user.password_hash = password_hash(fact.password)
    _end_access(session, user.id)
    return Entry(kdes={"user": user.id}, answer={"login": user.login})


def member_of(session: Session, actor: Actor, login: str) -> tuple[User, frozenset[Role]]:
    """Somebody of the actor's organisation with their roles, closed or not. Raises NoSuchUser."""
    user = session.scalars(
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(User.login == nfc(login).casefold(), Membership.org_id == actor.org_id)
    ).first()
    if user is None:
        raise NoSuchUser(login=login, at="login")
    held = select(Membership.role).where(Membership.user_id == user.id, Membership.org_id == actor.org_id)
    return user, frozenset(Role(role) for role in session.scalars(held))


def _end_access(session: Session, user_id: int) -> None:
    """End every session and every token of somebody; each of their phones is let in again after signing in on it."""
    end_sessions(session, user_id)
    end_tokens(session, user_id)
    phones = update(Device).where(Device.user_id == user_id, Device.revoked_at.is_(None))
    session.execute(phones.values(expires_at=datetime.now(UTC)))


def _other_administrators(session: Session, user: User, actor: Actor) -> int:
    others = select(func.count(func.distinct(Membership.user_id))).join(User, User.id == Membership.user_id)
    here = (Membership.org_id == actor.org_id, Membership.role == str(Role.ADMINISTRATOR), User.closed_at.is_(None))
    return session.scalar(others.where(*here, User.id != user.id)) or 0
