"""Corrections: a delivery D1 weighed wrongly, declared in error and replaced by D2, or left to a manager."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from tests.web.client import Client, Page
from tests.web.public_pages import data
from tests.web.stocked import Stocked, said
from traceability.domain.facts import RegisterFarmer, Where
from traceability.models import Lot
from traceability.operations import registry
from traceability.queries.lineage import trace_back

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


def somebody(stock: Stocked, name: str) -> str:
    """Another farmer; the card code."""
    fact = RegisterFarmer(**said(), name=name, where=Where(country="LA", province="Champasak"))
    return str(stock.do(registry.register_farmer, fact)["farmer"])


def made_of(stock: Stocked, batch: str) -> str:
    """The delivery that a batch goes back to."""
    with stock.database.reading() as session:
        (origin,) = trace_back(session, session.scalars(select(Lot).where(Lot.code == batch)).one()).deliveries
        return session.get_one(Lot, origin).code


def test_whose_a_delivery_was_is_corrected_after_it_became_a_batch(
    stock: Stocked, signed_in: SignedIn, visitor: Client
) -> None:
    """D of Amina -> green -> packed -> batch, version 1; it was Sida's -> version 2, and version 1 stays readable"""
    manager, batch, sida = signed_in("mali", "manager"), stock.released(), somebody(stock, "Sida")
    delivery = made_of(stock, batch)
    wrong = manager.get(correct_link(manager, delivery))
    other = next(link for link in wrong.links() if link.startswith("/correct/origin"))
    assert "Amina" in manager.get(other).text
    found = manager.get(f"{other}&q=sida")
    form = manager.get(next(link for link in found.links() if f"farmer={sida}" in link))
    assert "Sida" in form.text
    assert "Amina" in form.text

    unsaid = manager.submit(form, "/correct/origin", status=422)
    assert "#reason" in unsaid.links()
    asked = manager.submit(unsaid, "/correct/origin", status=422, reason="the bags were carried by Amina")
    assert "get a new version" in asked.text
    assert data(visitor, batch)["version"] == 1
    saved = manager.submit(asked, "/correct/origin", confirmed="1")
    assert saved.location == f"/lots/{delivery}"
    assert "Origin corrected" in manager.follow(saved).text

    page = visitor.get(f"/b/{batch}")
    assert "A delivery was booked on another farm or plot." in page.text
    assert "carried" not in page.text
    assert "Sida" not in page.text
    now = data(visitor, batch)
    assert (now["version"], now["certificate"]["number"]) == (2, f"{batch}-2")
    assert [share["plot_known"] for share in now["shares"]] == [False]
    older = visitor.get(next(link for link in page.links() if "version=1" in link))
    assert "This is version 1." in older.text
    before = data(visitor, batch, "?version=1")
    assert (before["version"], before["certificate"]["number"]) == (1, f"{batch}-1")
    assert before["digest"] != now["digest"]
    for nonsense in ("0", "3", "9" * 30):
        visitor.get(f"/b/{batch}?version={nonsense}", status=404)


def test_only_a_manager_is_offered_it_and_only_for_what_moved_on(stock: Stocked, signed_in: SignedIn) -> None:
    manager, clerk = signed_in("mali", "manager"), signed_in("bakari", "clerk")
    fresh, moved = stock.delivery(), made_of(stock, stock.released())
    for who, lot, offered in ((manager, fresh, False), (clerk, moved, False), (manager, moved, True)):
        links = who.get(correct_link(who, lot)).links()
        assert any(link.startswith("/correct/origin") for link in links) is offered


def test_only_the_plot_is_wrong_and_a_lot_that_was_formed_has_no_farmer(stock: Stocked, signed_in: SignedIn) -> None:
    manager, batch = signed_in("mali", "manager"), stock.released()
    delivery = made_of(stock, batch)
    whose = manager.get(correct_link(manager, delivery).replace("/correct?", "/correct/origin?"))
    form = manager.get(next(link for link in whose.links() if f"farmer={stock.farmer}" in link))
    same = manager.submit(form, "/correct/origin", status=422, reason="no reason", plot=stock.plot)
    assert "booked on this farmer and plot already" in same.text
    made = correct_link(manager, batch).replace("/correct?", "/correct/origin?")
    assert "Only a weigh-in has a farmer" in manager.get(made, status=409).text
