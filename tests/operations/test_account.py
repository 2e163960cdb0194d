"""Signing in and out, users, and bearer tokens."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.cast import World
from traceability.domain.facts import RegisterUser
from traceability.domain.roles import Actor, Role
from traceability.errors import Forbidden, LoginTaken, SaidDifferently, TooManyTries, WeakPassword, WrongPassword
from traceability.models import Event, Membership, SignIn, User
from traceability.operations import account

PASSWORD = "mango boat river"


def user(world: World, organisation: Actor | None = None, **more: Any) -> Actor:
    """A registered user, acting in the organisation that registered them."""
    by = organisation or world.cooperative
    fact = {"login": "Noy", "name": "Noy", "password": PASSWORD, "roles": ("clerk", "administrator"), **more}
    done = world.do(by, account.register_user, RegisterUser, **fact)
    return replace(by, user_id=done["user"], name="Noy", roles=frozenset(Role(role) for role in fact["roles"]))


def enter(world: World, password: str = PASSWORD, login: str = "noy", address: str = "") -> account.SignedIn:
    return account.sign_in(world.database, login, password, "phone", address)


def who(world: World, token: str) -> Actor | None:
    with world.database.reading() as session:
        return account.who_is(session, token)


def test_a_user_signs_in_works_and_signs_out(world: World) -> None:
    noy = user(world)
    entered = enter(world, login="NOY")
    found = who(world, entered.token)
    assert found is not None
    assert (found.user_id, found.org_code, found.roles) == (noy.user_id, world.cooperative.org_code, noy.roles)
    world.database.write(lambda session: account.sign_out(session, entered.token))
    assert who(world, entered.token) is None
    assert who(world, "nonsense") is None


def test_idle_and_closed_sessions_end_by_themselves(world: World) -> None:
    noy = user(world)
    idle, used = enter(world), enter(world)
    old = datetime.now(UTC) - account.IDLE_FOR - timedelta(minutes=1)
    world.database.write(lambda session: session.execute(update(SignIn).values(seen_at=old)))
    assert who(world, idle.token) is None
    with world.database.reading() as session:
        assert account.needs_touch(session, used.token)
    world.database.write(lambda session: account.touch(session, used.token))
    assert who(world, used.token) is not None
    world.database.write(lambda session: session.execute(update(User).values(closed_at=datetime.now(UTC))))
    assert who(world, used.token) is None
    assert noy.user_id is not None
    with pytest.raises(WrongPassword):
        enter(world)


def test_guessing_is_slowed_down_even_for_names_that_do_not_exist(world: World) -> None:
    user(world)
    for login in ("noy", "nobody"):
        for _ in range(10):
            with pytest.raises(WrongPassword):
                enter(world, "wrong password", login)
        with pytest.raises(TooManyTries):
            enter(world, login=login)


def test_one_address_cannot_try_many_names(world: World) -> None:
    for number in range(10):
        with pytest.raises(WrongPassword):
            enter(world, login=f"name{number}", address="203.0.113.7")
    with pytest.raises(TooManyTries):
        enter(world, login="another", address="203.0.113.7")


def test_what_cannot_be_registered_stores_nothing(world: World) -> None:
    user(world)
    fact = {"login": "noy ", "name": "Noy", "password": PASSWORD, "roles": ("clerk",)}
    world.refused(WeakPassword, world.cooperative, account.register_user, RegisterUser, **{**fact, "password": "short"})
    world.refused(LoginTaken, world.outside, account.register_user, RegisterUser, **{**fact, "login": "NOY"})
    world.refused(Forbidden, world.bakari, account.register_user, RegisterUser, **fact)


def test_a_password_is_nowhere_in_the_journal_and_a_replay_answers_the_same(world: World) -> None:
    fact = world.fact(RegisterUser, login="kham", name="Kham", password=PASSWORD, roles=("clerk", "clerk"))
    done = world.say(world.cooperative, account.register_user, fact)
    again = world.say(world.cooperative, account.register_user, fact)
    assert (again.replayed, again.answer) == (True, done.answer)
    with pytest.raises(SaidDifferently):
        world.say(world.cooperative, account.register_user, replace(fact, name="Other"))
    with world.database.reading() as session:
        assert all(PASSWORD.encode() not in body for body in session.scalars(select(Event.body)))
        assert len(session.scalars(select(Membership)).all()) == 1


def test_a_bearer_token_has_scopes_and_an_end(world: World) -> None:
    noy = user(world)

    def make(actor: Actor) -> str:
        return world.database.write(lambda session: account.make_token(session, actor, "scale", "read write"))

    token = make(noy)
    with world.database.reading() as session:
        found = account.who_has(session, token)
        assert found is not None
        assert (found[0].user_id, found[1]) == (noy.user_id, frozenset({"read", "write"}))
        assert account.who_has(session, token + "x") is None
    world.database.write(lambda session: account.revoke_token(session, world.dao, 1))
    with world.database.reading() as session:
        assert account.who_has(session, token) is not None, "Dao's administrator revokes nothing of ours"
    world.database.write(lambda session: account.revoke_token(session, noy, 1))
    with world.database.reading() as session:
        assert account.who_has(session, token) is None
    for refused in (world.bakari, world.cooperative):
        with pytest.raises(Forbidden):
            make(refused)
    with pytest.raises(Forbidden):
        world.database.write(lambda session: account.revoke_token(session, world.bakari, 1))
