"""Members: an ordinary manager looks after clerks; who manages, only an administrator says."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from tests.cast import World, person
from tests.operations.test_concurrency import Said, said_at_once
from traceability.domain.facts import RegisterUser
from traceability.domain.members import ChangeMember, CloseMember, OpenMember, ReplacePassword
from traceability.domain.roles import Actor, Role
from traceability.errors import Forbidden, NothingChosen, Refusal, SaidDifferently, SayWhy, WeakPassword, WrongPassword
from traceability.models import Event, User
from traceability.operations import account
from traceability.operations.account import AdministratorNeeded, NoSuchUser
from traceability.operations.members import (
    ClosedBefore,
    LastAdministrator,
    NeverClosed,
    YourselfClosed,
    change_member,
    close_member,
    open_member,
    replace_password,
)
from traceability.queries.registry_lists import users

PASSWORD = "mango boat river"


def newcomer(world: World, login: str, *roles: str, by: Actor | None = None) -> Actor:
    fact: dict[str, Any] = {"login": login, "name": login.title(), "password": PASSWORD, "roles": roles}
    done = world.do(by or world.cooperative, account.register_user, RegisterUser, **fact)
    return person(world.cooperative, done["user"], login.title(), *(Role(role) for role in roles))


def signed_in(world: World, token: str) -> Actor | None:
    with world.database.reading() as session:
        return account.who_is(session, token)


def test_a_manager_takes_in_a_clerk_changes_the_roles_and_closes_the_access(world: World) -> None:
    malee = newcomer(world, "malee", "manager")
    newcomer(world, "noy", "clerk", by=malee)
    entered = account.sign_in(world.database, "noy", PASSWORD)
    world.do(malee, change_member, ChangeMember, login="Noy", roles=("clerk", "inspector"))
    found = signed_in(world, entered.token)
    assert found is not None
    assert found.roles == {Role.CLERK, Role.INSPECTOR}
    world.do(malee, close_member, CloseMember, login="Noy", reason="moved away")
    assert signed_in(world, entered.token) is None
    with pytest.raises(WrongPassword):
        account.sign_in(world.database, "noy", PASSWORD)
    world.do(malee, change_member, ChangeMember, login="noy", roles=("clerk",))
    with pytest.raises(WrongPassword):  # other roles let nobody in
        account.sign_in(world.database, "noy", PASSWORD)
    world.do(malee, open_member, OpenMember, login="noy")
    assert signed_in(world, entered.token) is None  # an ended session stays ended
    assert account.sign_in(world.database, "noy", PASSWORD).actor.name == "Noy"


def test_a_new_password_ends_every_session_under_the_old_one(world: World) -> None:
    malee = newcomer(world, "malee", "manager")
    newcomer(world, "noy", "clerk")
    entered = account.sign_in(world.database, "noy", PASSWORD)
    world.refused(WeakPassword, malee, replace_password, ReplacePassword, login="noy", password="short")
    world.do(malee, replace_password, ReplacePassword, login="noy", password="another long password")
    assert signed_in(world, entered.token) is None
    account.sign_in(world.database, "noy", "another long password")


def test_who_manages_only_an_administrator_says(world: World) -> None:
    """Else a manager makes a second one and approves alone what takes two."""
    malee, admin = newcomer(world, "malee", "manager"), newcomer(world, "ada", "administrator")
    newcomer(world, "noy", "clerk")
    second = {"login": "sock", "name": "Sock", "password": PASSWORD, "roles": ("manager",)}
    world.refused(AdministratorNeeded, malee, account.register_user, RegisterUser, **second)
    for change in ({"login": "noy", "roles": ("manager",)}, {"login": "ada", "roles": ("clerk",)}):
        world.refused(AdministratorNeeded, malee, change_member, ChangeMember, **change)
    world.refused(AdministratorNeeded, malee, close_member, CloseMember, login="ada", reason="x")
    world.refused(AdministratorNeeded, malee, replace_password, ReplacePassword, login="ada", password=PASSWORD)
    world.do(malee, replace_password, ReplacePassword, login="malee", password="my own new password")
    world.do(admin, change_member, ChangeMember, login="noy", roles=("manager",))


def test_somebody_stays_administrator_and_nobody_locks_themselves_out(world: World) -> None:
    admin = newcomer(world, "ada", "administrator", "manager")
    world.refused(LastAdministrator, admin, change_member, ChangeMember, login="ada", roles=("manager",))
    closing = {"login": "ada", "reason": "moved away"}
    world.refused(YourselfClosed, admin, close_member, CloseMember, **closing)
    world.refused(LastAdministrator, world.cooperative, close_member, CloseMember, **closing)
    world.refused(NothingChosen, admin, change_member, ChangeMember, login="ada", roles=())
    world.refused(NoSuchUser, admin, change_member, ChangeMember, login="nobody", roles=("clerk",))
    other = newcomer(world, "second", "administrator")
    world.do(other, close_member, CloseMember, **closing)
    world.refused(LastAdministrator, world.cooperative, close_member, CloseMember, login="second", reason="x")


def test_a_new_password_ends_the_programs_of_the_old_one(world: World) -> None:
    root = newcomer(world, "root", "administrator")
    token = world.database.write(lambda session: account.make_token(session, root, "till", "read"))
    other = newcomer(world, "other", "administrator")
    kept = world.database.write(lambda session: account.make_token(session, other, "shop", "read"))
    world.do(other, replace_password, ReplacePassword, login="root", password="another long password")
    with world.database.reading() as session:
        assert account.who_has(session, token) is None
        assert account.who_has(session, kept) is not None


def test_who_is_let_in_again_brings_no_old_program_along(world: World) -> None:
    root = newcomer(world, "root", "administrator")
    token = world.database.write(lambda session: account.make_token(session, root, "till", "read"))
    other = newcomer(world, "other", "administrator")
    for change, fact in ((close_member, CloseMember), (open_member, OpenMember)):
        world.do(other, change, fact, login="root", reason="a journey")
        with world.database.reading() as session:
            assert account.who_has(session, token) is None


def test_the_same_request_with_another_password_is_another_request(world: World) -> None:
    malee = newcomer(world, "malee", "manager")
    said: dict[str, Any] = {"login": "noy", "name": "Noy", "password": PASSWORD, "roles": ("clerk",)}
    first = world.do(malee, account.register_user, RegisterUser, **said, client_id="noy-comes")
    assert world.do(malee, account.register_user, RegisterUser, **said, client_id="noy-comes").event == first.event
    other = {**said, "password": "quite another one"}
    world.refused(SaidDifferently, malee, account.register_user, RegisterUser, **other, client_id="noy-comes")

    new: dict[str, Any] = {"login": "noy", "password": "another long password", "client_id": "noy-forgot"}
    done = world.do(malee, replace_password, ReplacePassword, **new)
    assert world.do(malee, replace_password, ReplacePassword, **new).event == done.event
    changed = {**new, "password": "yet another password"}
    world.refused(SaidDifferently, malee, replace_password, ReplacePassword, **changed)
    account.sign_in(world.database, "noy", "another long password")
    # what the first password was nobody knows any more
    assert world.do(malee, account.register_user, RegisterUser, **said, client_id="noy-comes").replayed

    later: dict[str, Any] = {"login": "noy", "password": "the third password", "client_id": "noy-forgot-again"}
    world.do(malee, replace_password, ReplacePassword, **later)
    assert world.do(malee, replace_password, ReplacePassword, **new).replayed


def test_whoever_left_is_listed_last_with_the_day_and_the_reason_and_stays_on_record(world: World) -> None:
    malee = newcomer(world, "malee", "manager")
    for login in ("anousone", "noy"):
        newcomer(world, login, "clerk")
    done = world.do(malee, close_member, CloseMember, login="anousone", reason="The season is over")
    world.refused(ClosedBefore, malee, close_member, CloseMember, login="anousone", reason="again")
    world.refused(NeverClosed, malee, open_member, OpenMember, login="noy")
    world.refused(SayWhy, malee, close_member, CloseMember, login="noy", reason="  ")
    with world.database.reading() as session:
        listed = users(session, malee)
        event = session.scalars(select(Event).where(Event.code == done.event)).one()
        left = session.scalars(select(User).where(User.login == "anousone")).one()
    assert (listed[-1].login, listed[-1].closed_because) == ("anousone", "The season is over")
    assert [row.login for row in listed if row.closed_at is None][-2:] == ["malee", "noy"]
    assert listed[-1].closed_at == left.closed_at
    assert (event.kind, event.actor_id, event.kdes["user"]) == ("close_member", malee.user_id, left.id)
    world.do(malee, open_member, OpenMember, login="anousone")
    with world.database.reading() as session:
        assert {(row.closed_at, row.closed_because) for row in users(session, malee)} == {(None, "")}


def test_only_those_who_take_people_in_close_and_only_an_administrator_closes_a_manager(world: World) -> None:
    malee, admin = newcomer(world, "malee", "manager"), newcomer(world, "ada", "administrator")
    noy = newcomer(world, "noy", "clerk")
    newcomer(world, "sock", "manager")
    closing: dict[str, Any] = {"login": "sock", "reason": "moved away"}
    world.refused(Forbidden, noy, close_member, CloseMember, **closing)
    world.refused(AdministratorNeeded, malee, close_member, CloseMember, **closing)
    world.do(admin, close_member, CloseMember, **closing)
    world.refused(AdministratorNeeded, malee, open_member, OpenMember, login="sock")
    world.refused(Forbidden, noy, open_member, OpenMember, login="sock")
    world.do(admin, open_member, OpenMember, login="sock")


def test_closing_said_twice_is_one_entry_and_answers_the_same_even_after_the_return(world: World) -> None:
    malee = newcomer(world, "malee", "manager")
    newcomer(world, "noy", "clerk")
    said: dict[str, Any] = {"login": "noy", "reason": "moved away", "client_id": "noy-leaves"}
    first = world.do(malee, close_member, CloseMember, **said)
    assert world.do(malee, close_member, CloseMember, **said).event == first.event
    world.refused(SaidDifferently, malee, close_member, CloseMember, **{**said, "reason": "was dismissed"})
    world.do(malee, open_member, OpenMember, login="noy")
    assert world.do(malee, close_member, CloseMember, **said).replayed
    account.sign_in(world.database, "noy", PASSWORD)  # the old request closed nothing again


def test_whoever_another_organisation_employs_is_as_unknown_as_nobody(world: World) -> None:
    newcomer(world, "noy", "clerk")
    sentences = set()
    for login in ("noy", "nobody"):
        for change, fact in ((close_member, CloseMember), (open_member, OpenMember)):
            with pytest.raises(Refusal) as refused:
                world.do(world.dao, change, fact, login=login, reason="x")
            sentences.add((type(refused.value), refused.value.sentence.text))
    assert {kind for kind, _ in sentences} == {NoSuchUser}
    assert len(sentences) == 1
    account.sign_in(world.database, "noy", PASSWORD)


def test_roles_that_were_changed_before_closing_was_an_entry_are_still_the_same_request(world: World) -> None:
    fact = world.fact(ChangeMember, client_id="noy-inspects", login="noy", roles=("clerk", "inspector"))
    assert fact.request_digest() == "c3112b38169dd456ad39fc6b36f858c587e7c22403f8f9221b6ed1594b542bea"


def test_two_administrators_who_close_each_other_at_the_same_moment_leave_one(world: World) -> None:
    ada, bea = newcomer(world, "ada", "administrator"), newcomer(world, "bea", "administrator")
    closing = [(ada, "bea"), (bea, "ada")]
    said = [
        Said(actor, close_member, world.fact(CloseMember, login=login, reason="a quarrel")) for actor, login in closing
    ]
    became = said_at_once(world, said)
    assert sorted(type(one).__name__ for one in became) == ["Done", "LastAdministrator"]
    with world.database.reading() as session:
        assert [row.closed_at is None for row in users(session, ada)].count(True) == 1
