"""Corrections: a delivery D1 weighed wrongly, declared in error and replaced by D2, or left to a manager."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tests.web.client import Client, Page
from tests.web.stocked import Stocked

SignedIn = Callable[..., Client]


def correct_link(clerk: Client, lot: str) -> str:
    """The way from a lot's history to the correction of its first entry."""
    return next(link for link in clerk.get(f"/lots/{lot}").links() if link.startswith("/correct?"))


def plain(page: Page) -> str:
    return page.text.replace("\xa0", " ")


def test_a_manager_declares_a_weigh_in_in_error_and_enters_the_right_one(stock: Stocked, signed_in: SignedIn) -> None:
    manager, lot = signed_in("mali", "manager"), stock.delivery(52_000)
    page = manager.get(correct_link(manager, lot))
    assert "52 kg" in plain(page)
    assert page.filled_in("/correct")["bags_g-0"] == ["52"]
    typed: dict[str, Any] = {"reason": "incorrect_data", "note": "read 52 for 25", "right": "1", "bags_g-0": "25"}
    saved = manager.submit(page, "/correct", **typed)
    assert saved.location != f"/lots/{lot}"
    assert "25 kg" in plain(manager.follow(saved))


def test_an_entry_is_declared_without_another_in_its_place(stock: Stocked, signed_in: SignedIn) -> None:
    manager, lot = signed_in("mali", "manager"), stock.delivery()
    page = manager.get(correct_link(manager, lot))
    unsaid = manager.submit(page, "/correct", status=422, reason="incorrect_data")
    assert "#note" in unsaid.links()
    assert manager.submit(unsaid, "/correct", note="entered twice").location == f"/lots/{lot}"
    again = manager.submit(page, "/correct", status=422, reason="incorrect_data", note="the same form, said otherwise")
    assert "already sent with other contents" in again.text


def test_what_was_used_since_is_asked_of_a_manager(stock: Stocked, signed_in: SignedIn) -> None:
    clerk, manager, lot = signed_in("bakari", "clerk"), signed_in("mali", "manager"), stock.delivery(600_000)
    opened = clerk.get(f"/process?lot={lot}")
    made = clerk.submit(opened, "/process", status=303, **{"outputs-0-form": "green", "outputs-0-mass_g": "100"})
    green = made.location.rpartition("/")[2]
    clerk.submit(clerk.get(f"/split?lot={green}"), "/split", status=303, **{"parts-0-mass_g": "40"})
    page = clerk.get(correct_link(clerk, green))
    stuck = clerk.submit(page, "/correct", status=409, reason="incorrect_data", note="wrong form")
    ask = next(link for link in stuck.links() if link.startswith("/correct/ask"))
    clerk.submit(clerk.get(ask), "/correct/ask", reason="it was parchment")
    listed = manager.get("/corrections")
    assert "it was parchment" in listed.text
    assert [link for link in listed.links() if link.startswith("/correct?")]


def test_a_bag_that_looks_wrong_is_asked_about_in_the_right_one_too(stock: Stocked, signed_in: SignedIn) -> None:
    manager, lot = signed_in("mali", "manager"), stock.delivery(52_000)
    page = manager.get(correct_link(manager, lot))
    typed: dict[str, Any] = {"reason": "incorrect_data", "note": "typo", "right": "1", "bags_g-0": "486"}
    asked = manager.submit(page, "/correct", status=422, **typed)
    assert "in one bag?" in asked.text
    manager.submit(asked, "/correct", confirmed="1")


def asked_for(clerk: Client, lot: str, typed: str) -> Page:
    """The page after a clerk asked for another weight of a delivery that is in a lot."""
    page = clerk.get(correct_link(clerk, lot).replace("/correct?", "/correct/ask?"))
    return clerk.submit(page, "/correct/ask", status=422, mass_g=typed, reason="a slip")


def test_a_corrected_weight_is_asked_about_as_at_the_scale(stock: Stocked, signed_in: SignedIn) -> None:
    clerk, manager, lot = signed_in("bakari", "clerk"), signed_in("mali", "manager"), stock.delivery(52_000)
    heavy = asked_for(clerk, lot, "999999")
    assert "999 999 kg in one bag? Usual is" in heavy.text.replace("\xa0", " ").replace("\u202f", " ")
    assert heavy.filled_in("/correct/ask")["mass_g"] == ["999999"]
    assert "999" not in manager.get("/approvals").text
    slip = asked_for(clerk, lot, "486")
    assert re.search(r'name="chosen" value="mass_g=48,6">48.6\s?kg<', slip.html)
    clerk.submit(slip, "/correct/ask", status=303, chosen="mass_g=48,6")
    assert "48.6 kg" in manager.get("/approvals").text.replace("\xa0", " ")


def test_an_odd_weight_is_asked_for_once_somebody_says_that_it_is_right(stock: Stocked, signed_in: SignedIn) -> None:
    clerk, manager, lot = signed_in("bakari", "clerk"), signed_in("mali", "manager"), stock.delivery(52_000)
    clerk.submit(asked_for(clerk, lot, "120"), "/correct/ask", status=303, confirmed="1")
    assert "120 kg" in manager.get("/approvals").text.replace("\xa0", " ")


def test_an_outsider_finds_no_entry_and_an_auditor_changes_nothing(
    stock: Stocked, signed_in: SignedIn, dao: Client
) -> None:
    manager, lot = signed_in("mali", "manager"), stock.delivery()
    address = correct_link(manager, lot)
    dao.get(address, status=404)
    dao.get(address.replace("/correct?", "/correct/ask?"), status=404)
    auditor = signed_in("somsak", "auditor")
    assert "Nobody asked" in auditor.get("/corrections").text
    for path in ("/correct", "/correct/ask"):
        auditor.post(path, {"event": address.rpartition("=")[2]}, status=403)


# -- whose it was -----------------------------------------------------------------------------------------------
