"""A manager looks after members on pages: roles, closing, a new password."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask

from tests.web.client import Client
from tests.web.conftest import PASSWORD

SignedIn = Callable[..., Client]


def test_a_manager_invites_a_clerk_and_closes_the_access_again(app: Flask, signed_in: SignedIn) -> None:
    manager = signed_in("mali", "manager")
    form = manager.get("/registers/users/new")
    typed: dict[str, Any] = {"login": "noy", "name": "Noy", "password": PASSWORD, "language": "lo"}
    refused = manager.submit(form, "/registers", status=403, **typed, roles=["manager"])
    assert "Only an administrator" in refused.text
    manager.submit(refused, "/registers", **typed, roles=["clerk"])
    phone = Client(app).sign_in("noy", PASSWORD)
    phone.get("/weigh-in")
    address = next(link for link in manager.get("/registers/users").links() if link.endswith("login=noy"))
    page = manager.get(address)
    assert page.filled_in("/member")["roles"] == ["clerk"]
    manager.submit(page, "/member", closed="1")
    assert phone.get("/weigh-in", status=303).location.startswith("/sign-in")
    assert "Closed" in manager.get("/registers/users").text


def test_a_forgotten_password_is_replaced(app: Flask, signed_in: SignedIn) -> None:
    manager, clerk = signed_in("mali", "manager"), signed_in("bakari", "clerk")
    page = manager.get("/member/password?login=bakari")
    for ends in ("Every phone and computer that is signed in", "Access for programs in this name ends."):
        assert ends in page.text
    short = manager.submit(page, "/member/password", status=422, password="short")
    assert "#password" in short.links()
    manager.submit(short, "/member/password", password="a very new password")
    clerk.get("/weigh-in", status=303)
    Client(app).sign_in("bakari", "a very new password").get("/weigh-in")
    clerk = signed_in("noy", "clerk")
    clerk.get("/member?login=mali", status=403)


def test_the_outsider_finds_no_member_of_ours(signed_in: SignedIn, dao: Client) -> None:
    signed_in("bakari", "clerk")
    dao.get("/member?login=bakari", status=404)
    dao.get("/member/password?login=bakari", status=404)
