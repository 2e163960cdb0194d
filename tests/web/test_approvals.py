"""To approve: Mali and Noy manage, Bakari weighs. What one asks for, another decides on a page of its own."""

from __future__ import annotations

from collections.abc import Callable

from tests.web.client import Client
from tests.web.conftest import PASSWORD
from tests.web.stocked import Stocked

SignedIn = Callable[..., Client]


def test_a_limit_is_asked_for_by_one_and_approved_by_another(stock: Stocked, signed_in: SignedIn) -> None:
    mali, noy = signed_in("mali", "manager"), signed_in("noy", "manager")
    asking = mali.get(f"/plots/{stock.plot}/limit")
    unsaid = mali.submit(asking, "/plots", status=422, cap_g="0", reason="")
    assert {"#cap_g", "#reason"} <= set(unsaid.links())
    assert mali.submit(unsaid, "/plots", cap_g="1200,5", reason="new trees").location == "/approvals"
    own = mali.get("/approvals")
    assert "You asked for this. Another manager decides." in own.text
    assert not [link for link in own.links() if link.endswith("/approve")]
    address = next(link for link in noy.get("/approvals").links() if link.endswith("/approve"))
    stuck = mali.submit(mali.get(address), "/approvals", status=403)
    assert "You asked for this yourself" in stuck.text
    page = noy.get(address)
    assert "1 200.5 kg" in page.text.replace("\xa0", " ")
    noy.submit(page, "/approvals")
    assert "Approved" in mali.get("/approvals").text
    assert "Limit 1 200.5 kg" in mali.get(f"/farmers/{stock.farmer}").text.replace("\xa0", " ")
    noy.get(address, status=404)


def test_a_refusal_says_why_to_whoever_asked(stock: Stocked, signed_in: SignedIn) -> None:
    clerk, manager, lot = signed_in("bakari", "clerk"), signed_in("mali", "manager"), stock.delivery()
    event = next(link for link in clerk.get(f"/lots/{lot}").links() if link.startswith("/correct?")).partition("=")[2]
    clerk.submit(clerk.get(f"/correct/ask?event={event}"), "/correct/ask", reason="it was parchment")
    refusing = next(link for link in manager.get("/approvals").links() if link.endswith("/refuse"))
    clerk.get(refusing, status=403)
    page = manager.submit(manager.get(refusing), "/approvals", status=422)
    manager.submit(page, "/approvals", reason="the paper says cherry")
    assert "the paper says cherry" in clerk.get("/approvals").text
    assert "Nothing waits" in manager.get("/approvals").text


def test_whose_a_delivery_in_a_lot_was_is_asked_of_another_manager(stock: Stocked, signed_in: SignedIn) -> None:
    mali, noy = signed_in("mali", "manager"), signed_in("noy", "manager")
    lot = stock.delivery()
    opened = mali.get(f"/process?lot={lot}")
    mali.submit(opened, "/process", status=303, **{"outputs-0-form": "green", "outputs-0-mass_g": "80"})
    event = next(link for link in mali.get(f"/lots/{lot}").links() if link.startswith("/correct?")).partition("=")[2]
    page = mali.get(f"/correct/origin?event={event}&farmer={stock.farmer}")
    assert "Another manager approves" in page.text
    assert mali.submit(page, "/correct/origin/ask", plot="", reason="not from there").location == "/approvals"
    approving = next(link for link in noy.get("/approvals").links() if link.endswith("/approve"))
    noy.submit(noy.get(approving), "/approvals")
    assert "Origin corrected" in mali.get(f"/lots/{lot}").text


def test_a_release_by_the_only_manager_is_marked(stock: Stocked, signed_in: SignedIn) -> None:
    manager, lot = signed_in("mali", "manager", "exporter"), stock.packed()
    manager.submit(manager.get(f"/seal?lot={lot}"), "/seal", destination="JP")
    assert "No second manager is here" in manager.get("/approvals").text
    manager.submit(manager.get(f"/release?batch={lot}"), "/release")
    assert "Nobody else checked this." in manager.get(f"/lots/{lot}").text


def test_another_password_in_the_same_browser_does_not_approve(stock: Stocked, signed_in: SignedIn) -> None:
    mali = signed_in("mali", "manager")
    signed_in("noy", "manager")
    mali.submit(mali.get(f"/plots/{stock.plot}/limit"), "/plots", cap_g="1200", reason="new trees")
    mali.post("/sign-out", {}, status=303)
    noy = mali.sign_in("noy", PASSWORD)
    address = next(link for link in noy.get("/approvals").links() if link.endswith("/approve"))
    stuck = noy.submit(noy.get(address), "/approvals", status=403)
    assert "Approve it from another device" in stuck.text
    elsewhere = Client(noy.http.application).sign_in("noy", PASSWORD)
    elsewhere.submit(elsewhere.get(address), "/approvals")
    assert "Approved" in noy.get("/approvals").text
