"""To approve: Mali and Noy manage, Bakari weighs. What one asks for, another decides on a page of its own."""

from __future__ import annotations

from collections.abc import Callable

from tests.web.client import Client
from tests.web.conftest import PASSWORD
from tests.web.stocked import Stocked, said
from traceability.domain.facts import FormLot
from traceability.operations.collection import form_lot

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


def _entry(client: Client, lot: str) -> str:
    return next(link for link in client.get(f"/lots/{lot}").links() if link.startswith("/correct?")).partition("=")[2]


def test_a_weight_in_a_closed_lot_is_asked_for_by_a_clerk_and_approved_in_one_step(
    stock: Stocked, signed_in: SignedIn
) -> None:
    clerk, mali = signed_in("bakari", "clerk"), signed_in("mali", "manager")
    wrong, other = stock.delivery(486_000), stock.delivery(100_000)
    formed = stock.do(form_lot, FormLot(**said(), facility=stock.place, deliveries=(wrong, other)))["lot"]
    event = _entry(clerk, wrong)
    stuck = mali.submit(mali.get(f"/correct?event={event}"), "/correct", status=409, reason="wrong_weight")
    assert "ask a manager" not in stuck.text.lower()  # who is one
    assert "Say the right weight and approve it" in stuck.text
    asking = clerk.get(f"/correct/ask?event={event}")
    same = clerk.submit(asking, "/correct/ask", status=422, mass_g="486", reason="a slip")
    assert "#mass_g" in same.links()
    clerk.submit(same, "/correct/ask", mass_g="48,6", reason="48.6 was on the paper")
    waiting = mali.get("/approvals")
    assert "486 kg" in waiting.text.replace("\xa0", " ")
    assert "48.6 kg" in waiting.text.replace("\xa0", " ")
    approving = mali.get(next(link for link in waiting.links() if link.endswith("/approve")))
    assert "weighs 148.6 kg then, instead of 586 kg" in approving.text.replace("\xa0", " ")
    assert mali.submit(approving, "/approvals").location == "/approvals"
    page = clerk.get(f"/lots/{wrong}").text.replace("\xa0", " ")
    assert "48.6 kg (was 486 kg)" in page
    assert "148.6 kg" in clerk.get(f"/lots/{formed}").text.replace("\xa0", " ")
    receipt = clerk.get(f"/receipts/{wrong}").text.replace("\xa0", " ")
    assert "48.6 kg (was 486 kg)" in receipt
    assert "Nothing waits" in mali.get("/approvals").text


def test_a_manager_with_another_one_asks_that_one(stock: Stocked, signed_in: SignedIn) -> None:
    mali, noy = signed_in("mali", "manager"), signed_in("noy", "manager")
    wrong = stock.delivery(486_000)
    event = _entry(mali, wrong)
    page = mali.get(f"/correct/ask?event={event}")
    assert "Another manager sees it" in page.text
    assert mali.submit(page, "/correct/ask", mass_g="48,6", reason="a slip").location == "/approvals"
    assert not [link for link in mali.get("/approvals").links() if link.endswith("/approve")]
    approving = noy.get(next(link for link in noy.get("/approvals").links() if link.endswith("/approve")))
    assert "only its own weight changes" in approving.text
    noy.submit(approving, "/approvals")
    assert "48.6 kg" in noy.get(f"/lots/{wrong}").text.replace("\xa0", " ")


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
