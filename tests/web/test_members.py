"""A manager looks after members on pages: roles, closing, a new password."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.web.client import Client
from tests.web.conftest import PASSWORD
from tests.web.stocked import Stocked
from tests.web.test_devices import OnThePhone, enrolled

SignedIn = Callable[..., Client]


@pytest.fixture
def phone(app: Flask, signed_in: SignedIn) -> OnThePhone:
    enrolled(signed_in("bakari", "clerk"))
    return OnThePhone(app)


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
    (leave,) = (link for link in page.links() if "/member/close" in link)
    asked = manager.get(leave)
    assert "What this person entered stays on record under their name." in asked.text
    silent = manager.submit(asked, "/member/close", status=422)
    assert "#reason" in silent.links()
    manager.submit(silent, "/member/close", reason="Moved to Vientiane")
    assert phone.get("/weigh-in", status=303).location.startswith("/sign-in")
    manager.submit(silent, "/member/close", reason="Moved to Vientiane")  # pressed twice, it is closed once
    listed = manager.get("/registers/users").text
    assert "Closed since " in listed
    assert ": Moved to Vientiane" in listed
    refused = manager.submit(manager.get(leave), "/member/close", status=409, reason="Once more")
    assert "The access of Noy was closed on " in refused.text
    assert refused.filled_in("/member/close")["reason"] == ["Once more"]


def test_whoever_comes_back_has_the_roles_and_the_password_from_before(app: Flask, signed_in: SignedIn) -> None:
    manager, _ = signed_in("mali", "manager"), signed_in("bakari", "clerk")
    manager.submit(manager.get("/member/close?login=bakari"), "/member/close", reason="A year of school")
    page = manager.get("/member?login=bakari")
    assert "A year of school" in page.text
    assert "/member/close?login=bakari" not in page.links()
    (back,) = (link for link in page.links() if "/member/open" in link)
    asked = manager.get(back)
    manager.submit(asked, "/member/open")
    assert "Closed since" not in manager.get("/registers/users").text
    Client(app).sign_in("bakari", PASSWORD).get("/weigh-in")
    refused = manager.submit(manager.get("/member/open?login=bakari"), "/member/open", status=409)
    assert "The access of Bakari is open. Nothing more is needed." in refused.text


def test_nobody_closes_themselves_nor_the_last_administrator(signed_in: SignedIn) -> None:
    admin, other = signed_in("ada", "administrator"), signed_in("mali", "manager")
    assert "/member/close?login=ada" not in admin.get("/member?login=ada").links()
    own = admin.submit(admin.get("/member/close?login=ada"), "/member/close", status=409, reason="Tired")
    assert "You cannot close your own access." in own.text
    above = other.submit(other.get("/member/close?login=ada"), "/member/close", status=403, reason="Tired")
    assert "Only an administrator" in above.text


def test_the_phones_of_whoever_leaves_are_named_before_and_marked_after(
    phone: OnThePhone, stock: Stocked, signed_in: SignedIn
) -> None:
    manager = signed_in("malee", "manager")
    phone.get("/snapshot", Unsent="7")
    asked = manager.get("/member/close?login=bakari")
    assert "A · NL-B" in asked.text
    for words in ("It last said that 7 entries are unsent.", "If the phone is at hand, send first what waits on it"):
        assert words in asked.text
    manager.submit(asked, "/member/close", reason="Dismissed")
    listed = manager.get("/devices").text
    assert "The access of Bakari is closed: nothing that this phone sends is taken." in listed
    assert "It last said that 7 entries are unsent. What waits on it is entered from its file" in listed
    for answer in (phone.get("/snapshot"), phone.weigh(stock)):
        problem = answer.get_json()
        assert (answer.status_code, problem["name"]) == (403, "AccessClosed")
        assert problem["detail"].startswith("The access of Bakari was closed on ")
        assert problem["detail"].endswith("Export what is unsent and show your manager.")


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
    for room in ("close", "open"):
        ours = dao.get(f"/member/{room}?login=bakari", status=404).text
        assert ours.replace("bakari", "nobody") == dao.get(f"/member/{room}?login=nobody", status=404).text
        answer = dao.post(f"/member/{room}", {"login": "bakari", "reason": "x"}, status=404)
        assert "Bakari" not in answer.text
