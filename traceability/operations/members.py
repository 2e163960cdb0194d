"""Members of an organisation: their roles, a new password, and the end of their access when they leave.

A manager looks after clerks, exporters, inspectors and auditors; who is manager or administrator, only an
administrator says. Else a manager could make a second one, and approve alone what takes two.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from traceability.domain.events import Kind
from traceability.domain.members import ChangeMember, CloseMember, OpenMember, ReplacePassword
from traceability.domain.moments import day_of
from traceability.domain.roles import Actor, Role
from traceability.domain.text import nfc
from traceability.errors import Conflict, NothingChosen, SayWhy, WeakPassword
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


class ClosedBefore(Conflict):
    """The access of {name} was closed on {day}. Nothing more is needed."""


class NeverClosed(Conflict):
    """The access of {name} is open. Nothing more is needed."""


@operation(Kind.CHANGE_MEMBER)
def change_member(session: Session, actor: Actor, fact: ChangeMember) -> Entry:
    """Other roles, at once; whoever is closed stays closed. Raises NoSuchUser, NothingChosen, AdministratorNeeded,
    LastAdministrator.
    """
    user, was = member_of(session, actor, fact.login)
    roles = frozenset(Role(role) for role in fact.roles)
    if not roles:
        raise NothingChosen(at="roles")
    check_rank(actor, was ^ roles)
    if Role.ADMINISTRATOR in was - roles:
        _refuse_last_administrator(session, user, actor, at="roles")
    session.execute(delete(Membership).where(Membership.org_id == actor.org_id, Membership.user_id == user.id))
    session.add_all(Membership(org_id=actor.org_id, user_id=user.id, role=str(role)) for role in sorted(roles))
    kdes = {"user": user.id, "roles": sorted(roles), "was": sorted(was)}
    return Entry(kdes=kdes, answer={"login": user.login})


@operation(Kind.CLOSE_MEMBER)
def close_member(session: Session, actor: Actor, fact: CloseMember) -> Entry:
    """From now on nobody signs in under this name, and nothing is taken from its programs and phones.

    Raises NoSuchUser, SayWhy, YourselfClosed, AdministratorNeeded, ClosedBefore, LastAdministrator.
    """
    user, roles = member_of(session, actor, fact.login)
    if not fact.reason.strip():
        raise SayWhy(at="reason")
    if user.id == actor.user_id:
        raise YourselfClosed()
    check_rank(actor, roles)
    if user.closed_at is not None:
        raise ClosedBefore(name=user.name, day=day_of(user.closed_at, actor.zone_minutes))
    if Role.ADMINISTRATOR in roles:
        _refuse_last_administrator(session, user, actor)
    user.closed_at = datetime.now(UTC)
    _end_access(session, user.id)  # who is let in again later does not bring old programs and phones along
    return Entry(kdes={"user": user.id, "reason": nfc(fact.reason)}, answer={"login": user.login, "closed": True})


@operation(Kind.OPEN_MEMBER)
def open_member(session: Session, actor: Actor, fact: OpenMember) -> Entry:
    """Let somebody in again, with the roles and the password they had.

    Raises NoSuchUser, AdministratorNeeded, NeverClosed.
    """
    user, roles = member_of(session, actor, fact.login)
    check_rank(actor, roles)
    if user.closed_at is None:
        raise NeverClosed(name=user.name)
    user.closed_at = None
    return Entry(kdes={"user": user.id, "reason": nfc(fact.reason)}, answer={"login": user.login, "closed": False})


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


def _refuse_last_administrator(session: Session, user: User, actor: Actor, at: str | None = None) -> None:
    """Raises LastAdministrator where nobody but this person is one who may sign in. The closed count for nothing."""
    others = select(func.count(func.distinct(Membership.user_id))).join(User, User.id == Membership.user_id)
    here = (Membership.org_id == actor.org_id, Membership.role == str(Role.ADMINISTRATOR), User.closed_at.is_(None))
    if user.closed_at is None and not session.scalar(others.where(*here, User.id != user.id)):
        raise LastAdministrator(at=at)
