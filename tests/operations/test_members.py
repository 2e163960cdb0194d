"""Members: an ordinary manager looks after clerks; who manages, only an administrator says."""

from __future__ import annotations

from typing import Any

from tests.cast import World, person
from traceability.domain.facts import RegisterUser
from traceability.domain.members import ChangeMember, ReplacePassword
from traceability.domain.roles import Actor, Role
from traceability.errors import NothingChosen, SaidDifferently, WeakPassword, WrongPassword
from traceability.operations import account
from traceability.operations.account import AdministratorNeeded, NoSuchUser
from traceability.operations.members import LastAdministrator, YourselfClosed, change_member, replace_password

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
    world.do(malee, change_member, ChangeMember, login="noy", roles=("clerk",), closed=True)
    assert signed_in(world, entered.token) is None
    try:
        account.sign_in(world.database, "noy", PASSWORD)
    except WrongPassword:
        pass
    else:
        raise AssertionError("who is closed signed in")
    world.do(malee, change_member, ChangeMember, login="noy", roles=("clerk",))
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
    closing = {"login": "ada", "roles": ("administrator",), "closed": True}
    world.refused(AdministratorNeeded, malee, change_member, ChangeMember, **closing)
    world.refused(AdministratorNeeded, malee, replace_password, ReplacePassword, login="ada", password=PASSWORD)
    world.do(malee, replace_password, ReplacePassword, login="malee", password="my own new password")
    world.do(admin, change_member, ChangeMember, login="noy", roles=("manager",))


def test_somebody_stays_administrator_and_nobody_locks_themselves_out(world: World) -> None:
    admin = newcomer(world, "ada", "administrator", "manager")
    world.refused(LastAdministrator, admin, change_member, ChangeMember, login="ada", roles=("manager",))
    closing = {"login": "ada", "roles": ("administrator",), "closed": True}
    world.refused(YourselfClosed, admin, change_member, ChangeMember, **closing)
    world.refused(LastAdministrator, world.cooperative, change_member, ChangeMember, **closing)
    world.refused(NothingChosen, admin, change_member, ChangeMember, login="ada", roles=())
    world.refused(NoSuchUser, admin, change_member, ChangeMember, login="nobody", roles=("clerk",))
    other = newcomer(world, "second", "administrator")
    world.do(other, change_member, ChangeMember, **closing)


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
    for closed in (True, False):
        world.do(other, change_member, ChangeMember, login="root", roles=("administrator",), closed=closed)
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
