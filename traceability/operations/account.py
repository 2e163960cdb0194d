"""Signing in and out, users, and bearer tokens. Secrets are kept as digests only."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from traceability.domain.events import Kind
from traceability.domain.facts import RegisterUser
from traceability.domain.roles import Actor, Role
from traceability.domain.text import nfc
from traceability.errors import (
    Forbidden,
    LoginTaken,
    NotFound,
    SaidDifferently,
    TooManyTries,
    WeakPassword,
    WrongPassword,
)
from traceability.models import ApiToken, Event, Membership, Organisation, SignIn, User
from traceability.models.account import FailedSignIn
from traceability.models.database import Database
from traceability.operations.ledger import Done, Entry, operation

_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)  # the OWASP minimum; 64 MiB hurts small hosts
_NOBODY = _HASHER.hash("nobody's password")  # compared against when the login is unknown, so timing says nothing
LEAST_PASSWORD = 10
SESSION_FOR = timedelta(days=30)
IDLE_FOR = timedelta(days=7)
_TRIES, _WINDOW = 10, timedelta(minutes=15)
_SEEN_EVERY = timedelta(minutes=5)


class NoSuchUser(NotFound):
    """Nobody signs in as {login} in this organisation. Check the name, or add the user first."""


class AdministratorNeeded(Forbidden):
    """Only an administrator changes managers and administrators. Ask one."""


@dataclass(frozen=True)
class SignedIn:
    """A fresh sign-in: the token goes into the cookie and is never stored."""

    token: str
    actor: Actor
    expires_at: datetime


def register_user(session: Session, actor: Actor, fact: RegisterUser) -> Done:
    """A new user of the actor's organisation, with the roles given.

    Raises WeakPassword, LoginTaken, AdministratorNeeded when a manager makes another one, and SaidDifferently when it
    was said before with another password.
    """
    done = _register_user(session, actor, fact)
    refuse_another_password(session, actor, done, fact.password)
    return done


@operation(Kind.REGISTER_USER)
def _register_user(session: Session, actor: Actor, fact: RegisterUser) -> Entry:
    check_rank(actor, fact.roles)
    if len(fact.password) < LEAST_PASSWORD:
        raise WeakPassword(least=LEAST_PASSWORD, at="password")
    login = nfc(fact.login).casefold()
    if session.scalars(select(User.id).where(User.login == login)).first() is not None:
        raise LoginTaken(login=login, at="login")
    user = User(
        login=login,
        name=nfc(fact.name),
        language=fact.language,
        password_hash=password_hash(fact.password),
        created_at=datetime.now(UTC),
    )
    session.add(user)
    try:
        session.flush()
    except IntegrityError:  # another organisation registered the same name in this very moment
        raise LoginTaken(login=login, at="login") from None
    for role in sorted(set(fact.roles)):
        session.add(Membership(org_id=actor.org_id, user_id=user.id, role=str(Role(role))))
    kdes = {"user": user.id, "roles": sorted(set(fact.roles))}
    return Entry(kdes=kdes, answer={"login": login, "user": user.id})


def refuse_another_password(session: Session, actor: Actor, done: Done, password: str) -> None:
    """Raises SaidDifferently where an entry is said again with another password than the first time.

    The journal keeps no digest of a password, so the one in force is asked; where a later entry replaced it, nobody
    knows any more what the first one was.
    """
    if not done.replayed:
        return
    said = session.scalars(select(Event).where(Event.org_id == actor.org_id, Event.code == done.event)).one()
    giving = (str(Kind.REGISTER_USER), str(Kind.REPLACE_PASSWORD))
    later = select(Event.id).where(Event.org_id == actor.org_id, Event.kind.in_(giving), Event.seq > said.seq)
    user = session.get_one(User, int(said.kdes["user"]))
    if session.scalars(later.where(Event.kdes["user"].as_integer() == user.id).limit(1)).first() is not None:
        return
    if not password_matches(user.password_hash, password):
        raise SaidDifferently(at="password")


def check_rank(actor: Actor, roles: Collection[str]) -> None:
    """Raises AdministratorNeeded where a high role is touched by somebody who is no administrator."""
    high = {Role.MANAGER, Role.ADMINISTRATOR} & {Role(role) for role in roles}
    if high and actor.user_id is not None and Role.ADMINISTRATOR not in actor.roles:
        raise AdministratorNeeded(at="roles")


def password_hash(password: str) -> str:
    """What is kept of a password."""
    return _HASHER.hash(password)


def sign_in(database: Database, login: str, password: str, device: str = "", address: str = "") -> SignedIn:
    """Check a password and open a session. Raises as `check_password`."""
    user, org_id = check_password(database, login, password, address)
    subject = _digest(f"login:{nfc(login).casefold()}")
    return database.write(lambda session: _open_session(session, user, org_id, device, subject))


def check_password(database: Database, login: str, password: str, address: str = "") -> tuple[User, int]:
    """Whose password it is, and the organisation to begin with. The only operation that runs its own transactions:
    hashing takes a tenth of a second, in which nobody else may wait for the writer's turn, and a failure is kept.

    Raises WrongPassword, or TooManyTries after ten failures for one login or one address within fifteen minutes.
    """
    wanted = nfc(login).casefold()
    subjects = [_digest(f"login:{wanted}")] + ([_digest(f"address:{address}")] if address else [])
    with database.reading() as session:
        _refuse_guessing(session, subjects)
        member = _member(session, wanted)
    good = password_matches(member[0].password_hash if member else _NOBODY, password)
    if member is None or not good:
        database.write(lambda session: _count_failure(session, subjects))
        raise WrongPassword(at="password")
    return member


def login_of(session: Session, actor: Actor) -> str:
    """What the actor signs in as."""
    return session.get_one(User, actor.user_id).login


def _member(session: Session, login: str) -> tuple[User, int] | None:
    """A user who may sign in, and the organisation to begin with."""
    found = session.execute(
        select(User, Membership.org_id)
        .join(Membership, Membership.user_id == User.id)
        .where(User.login == login, User.closed_at.is_(None))
        .order_by(Membership.id)
        .limit(1)
    ).one_or_none()
    return None if found is None else (found.User, found.org_id)


def _open_session(session: Session, user: User, org_id: int, device: str, subject: str) -> SignedIn:
    now = datetime.now(UTC)
    session.execute(delete(FailedSignIn).where(FailedSignIn.subject == subject))
    token = secrets.token_urlsafe(32)
    row = SignIn(
        token_digest=_digest(token),
        user_id=user.id,
        org_id=org_id,
        device=nfc(device)[:120],
        created_at=now,
        seen_at=now,
        expires_at=now + SESSION_FOR,
    )
    session.add(row)
    session.flush()
    return SignedIn(token, _actor(session, user, org_id, row.device), row.expires_at)


def _count_failure(session: Session, subjects: list[str]) -> None:
    now = datetime.now(UTC)
    session.execute(delete(FailedSignIn).where(FailedSignIn.at < now - _WINDOW))
    session.add_all([FailedSignIn(subject=subject, at=now) for subject in subjects])


def who_is(session: Session, token: str) -> Actor | None:
    """The actor behind a session token; None when it is unknown, ended, idle too long or expired. Reads only."""
    now = datetime.now(UTC)
    found = session.execute(
        select(SignIn, User).join(User, User.id == SignIn.user_id).where(SignIn.token_digest == _digest(token))
    ).one_or_none()
    if found is None:
        return None
    row, user = found.SignIn, found.User
    if row.ended_at or user.closed_at or row.expires_at <= now or row.seen_at + IDLE_FOR <= now:
        return None
    return _actor(session, user, row.org_id, row.device)


def needs_touch(session: Session, token: str) -> bool:
    """Whether the session's last-seen time is old enough to be worth a write."""
    seen = session.scalar(select(SignIn.seen_at).where(SignIn.token_digest == _digest(token)))
    return seen is not None and seen + _SEEN_EVERY <= datetime.now(UTC)


def touch(session: Session, token: str) -> None:
    """Note that the session was used."""
    now = datetime.now(UTC)
    session.execute(update(SignIn).where(SignIn.token_digest == _digest(token)).values(seen_at=now))


def sign_out(session: Session, token: str) -> None:
    """End this session; other devices of the same user stay signed in."""
    now = datetime.now(UTC)
    session.execute(
        update(SignIn).where(SignIn.token_digest == _digest(token), SignIn.ended_at.is_(None)).values(ended_at=now)
    )


def actor_of(session: Session, login: str, org_id: int) -> Actor:
    """The user who signs in as `login`, at work in an organisation. Raises NoSuchUser."""
    wanted = nfc(login).casefold()
    user = session.scalars(
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(User.login == wanted, User.closed_at.is_(None), Membership.org_id == org_id)
    ).first()
    if user is None:
        raise NoSuchUser(login=login, at="login")
    return _actor(session, user, org_id, "")


def make_token(session: Session, actor: Actor, name: str, scopes: str, days: int = 365) -> str:
    """A bearer token for programs of the actor's organisation, shown once. Scopes are words: `read write`."""
    if actor.user_id is None or Role.ADMINISTRATOR not in actor.roles:
        raise Forbidden()
    token = "tr_" + secrets.token_urlsafe(32)
    now = datetime.now(UTC)
    session.add(
        ApiToken(
            org_id=actor.org_id,
            user_id=actor.user_id,
            name=nfc(name),
            token_digest=_digest(token),
            scopes=scopes,
            created_at=now,
            expires_at=now + timedelta(days=days),
        )
    )
    return token


def who_has(session: Session, token: str) -> tuple[Actor, frozenset[str]] | None:
    """The actor and scopes behind a bearer token; None when it is unknown, revoked or expired."""
    found = session.execute(
        select(ApiToken, User).join(User, User.id == ApiToken.user_id).where(ApiToken.token_digest == _digest(token))
    ).one_or_none()
    if found is None:
        return None
    row, user = found.ApiToken, found.User
    if row.revoked_at or user.closed_at or row.expires_at <= datetime.now(UTC):
        return None
    return _actor(session, user, row.org_id, f"token {row.name}"), frozenset(row.scopes.split())


def revoke_token(session: Session, actor: Actor, token_id: int) -> None:
    """End a bearer token of the actor's organisation."""
    if Role.ADMINISTRATOR not in actor.roles:
        raise Forbidden()
    session.execute(
        update(ApiToken)
        .where(ApiToken.id == token_id, ApiToken.org_id == actor.org_id, ApiToken.revoked_at.is_(None))
        .values(revoked_at=datetime.now(UTC))
    )


def _actor(session: Session, user: User, org_id: int, device: str) -> Actor:
    organisation = session.get_one(Organisation, org_id)
    roles = session.scalars(select(Membership.role).where(Membership.user_id == user.id, Membership.org_id == org_id))
    return Actor(
        user_id=user.id,
        name=user.name,
        org_id=org_id,
        org_code=organisation.code,
        roles=frozenset(Role(role) for role in roles),
        language=user.language,
        device=device,
        org_name=organisation.name,
        org_names=dict(organisation.names),
        zone_minutes=organisation.zone_minutes,
        demo=organisation.demo,
    )


def _refuse_guessing(session: Session, subjects: list[str]) -> None:
    since = datetime.now(UTC) - _WINDOW
    for subject in subjects:
        failures = session.scalar(
            select(func.count())
            .select_from(FailedSignIn)
            .where(FailedSignIn.subject == subject, FailedSignIn.at >= since)
        )
        if (failures or 0) >= _TRIES:
            raise TooManyTries(minutes=int(_WINDOW.total_seconds() // 60))


def password_matches(kept: str, password: str) -> bool:
    """Whether a password is the one of which this was kept."""
    try:
        return _HASHER.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def end_sessions(session: Session, user_id: int) -> None:
    """Sign somebody out everywhere, at once."""
    still = SignIn.user_id == user_id, SignIn.ended_at.is_(None)
    session.execute(update(SignIn).where(*still).values(ended_at=datetime.now(UTC)))


def end_tokens(session: Session, user_id: int) -> None:
    """End every bearer token that acts in somebody's name, at once."""
    still = ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None)
    session.execute(update(ApiToken).where(*still).values(revoked_at=datetime.now(UTC)))
