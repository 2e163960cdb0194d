"""Organisations and people who sign in, opened, listed and given passwords on the machine itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.terminal import PASSWORD, printed, record, refused, run
from traceability.domain.roles import Role
from traceability.errors import WrongPassword
from traceability.operations import account


def test_a_user_signs_in_with_the_password_that_was_piped(cooperative: Path) -> None:
    roles = ("--role", "manager", "--role", "administrator")
    said = printed("user", "add", "--login", "Amina", "--name", "Amina", *roles, "--password-stdin", typed=PASSWORD)

    assert said == "amina can sign in now.\n"
    with record(cooperative) as database:
        signed_in = account.sign_in(database, "amina", PASSWORD)
    assert signed_in.actor.roles == {Role.MANAGER, Role.ADMINISTRATOR}
    assert PASSWORD.encode() not in (cooperative / "traceability.sqlite3").read_bytes()


def test_a_password_is_asked_for_twice_and_not_shown(cooperative: Path) -> None:
    result = run(
        *("user", "add", "--organisation", "phou noy", "--login", "b", "--name", "B", "--role", "clerk"),
        typed=f"{PASSWORD}\n{PASSWORD}\n",
    )

    assert "There is no organisation phou noy. Say one of these: Phou Noy." in result.stderr
    said = printed("user", "add", "--login", "b", "--name", "B", "--role", "clerk", typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert PASSWORD not in said
    assert said.endswith("b can sign in now.\n")


def test_users_that_cannot_be_are_refused(cooperative: Path) -> None:
    def add(*words: str, password: str = PASSWORD) -> tuple[str, ...]:
        return ("user", "add", "--login", "dao", "--name", "Dao", "--role", "clerk", "--password-stdin", *words)

    assert "at least 10 characters" in refused(*add(), typed="short")
    printed(*add(), typed=PASSWORD)
    assert "already signs in as dao" in refused(*add(), typed=PASSWORD)
    assert run("user", "add", "--login", "x", "--name", "X", "--role", "king").exit_code == 2
    what = ("--kind", "exporter", "--prefix", "DT", "--country", "LA")
    printed("organisation", "add", "--name", "Dao Trading", *what)
    assert "Phou Noy, Dao Trading" in refused(*add(), typed=PASSWORD)
    assert run("organisation", "add", "--name", "X", *what[:-1], "Laos").exit_code == 2
    assert "cannot begin a number" in refused(
        "organisation", "add", "--name", "X", *what[:2], "--prefix", "!", *what[4:]
    )


def test_somebody_leaves_and_comes_back_on_the_machine_itself(cooperative: Path) -> None:
    for login, role in (("ada", "administrator"), ("noy", "clerk")):
        words = ("user", "add", "--login", login, "--name", login.title(), "--role", role, "--password-stdin")
        printed(*words, typed=PASSWORD)
    assert printed("user", "close", "--login", "Noy", "--reason", "moved away") == "noy signs in no more.\n"
    listed = [line.split()[:3] for line in printed("user", "list").splitlines() if " 20" in line]
    assert listed == [["noy", "Noy", "clerk"]]
    for login, why in (("noy", "was closed on"), ("nobody", "signs in as nobody"), ("ada", "else is administrator")):
        assert why in refused("user", "close", "--login", login, "--reason", "x")
    assert printed("user", "open", "--login", "noy") == "noy can sign in now.\n"


def test_a_new_password_is_given_on_the_machine_itself(cooperative: Path) -> None:
    printed("user", "add", "--login", "noy", "--name", "Noy", "--role", "clerk", "--password-stdin", typed=PASSWORD)
    new = ("user", "password", "--login", "noy", "--password-stdin")
    assert "at least 10 characters" in refused(*new, typed="short")
    assert printed(*new, typed="four new words here") == "noy signs in with the new password now.\n"
    assert "signs in as nobody" in refused("user", "password", "--login", "nobody", "--password-stdin", typed=PASSWORD)
    with record(cooperative) as database:
        assert account.check_password(database, "noy", "four new words here")[0].login == "noy"
        with pytest.raises(WrongPassword):
            account.check_password(database, "noy", PASSWORD)


def test_organisations_are_listed_and_no_two_have_lot_numbers_that_look_alike(cooperative: Path) -> None:
    what = ("--kind", "exporter", "--country", "LA", "--name", "Dao Trading", "--prefix")
    assert "Lot numbers of Phou Noy begin with PN already" in refused("organisation", "add", *what, "pn")
    assert printed("organisation", "list").count("\n") == 2
    printed("organisation", "add", *what, "DT")
    listed = [line.split()[-3:] for line in printed("organisation", "list").splitlines()]
    assert listed[1:] == [["exporter", "DT", "LA"], ["cooperative", "PN", "LA"]]
