"""A result that failed, from the form to the public page: the hold is offered at once, and nothing stays silent."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.web.client import Client, Page
from tests.web.stocked import Stocked, said
from traceability.domain.facts import Inspect, Measured
from traceability.operations import inspection

SignedIn = Callable[..., Client]
TYPED: dict[str, Any] = {
    "measured-0-property": "cadmium",
    "measured-0-value": "4.2",
    "measured-0-passed": "no",
}


def plain(page: Page) -> str:
    return page.text.replace("\xa0", " ")


def failed(stock: Stocked, lot: str) -> None:
    result = Measured(property="cadmium", value="4.2", unit="mg/kg", passed=False)
    stock.do(inspection.inspect, Inspect(**said(confirmed=True), lot=lot, measured=(result,)))


def test_a_failed_result_offers_the_hold_with_its_reason(stock: Stocked, signed_in: SignedIn) -> None:
    inspector, lot = signed_in("vieng", "inspector"), stock.green()
    offered = inspector.follow(inspector.submit(inspector.get(f"/measure?lot={lot}"), "/measure", **TYPED))
    assert offered.heading == "Put on hold"
    assert "Failed: Cadmium 4.2 mg/kg" in plain(offered)
    assert f"/lots/{lot}" in offered.links()  # a person decides: it can be left
    inspector.submit(offered, "/hold")  # one tap
    assert "Failed: Cadmium 4.2 mg/kg" in plain(inspector.get("/holds"))
    again = inspector.submit(inspector.get(f"/measure?lot={lot}"), "/measure", **TYPED)
    assert again.location == f"/lots/{lot}"  # it is on hold already


def test_whoever_may_not_stop_goods_is_led_to_the_lot_that_says_it(stock: Stocked, signed_in: SignedIn) -> None:
    clerk, lot = signed_in("bakari", "clerk"), stock.green()
    shown = clerk.follow(clerk.submit(clerk.get(f"/measure?lot={lot}"), "/measure", **TYPED))
    assert "A test result failed Cadmium: 4.2 mg/kg" in plain(shown)
    assert not any(link.startswith("/hold?") for link in shown.links())


def test_the_first_page_lists_it_until_somebody_decided(stock: Stocked, signed_in: SignedIn) -> None:
    manager, lot = signed_in("mali", "manager"), stock.green()
    failed(stock, lot)
    assert "One lot has a failed result and is not on hold 80 kg" in plain(manager.get("/"))
    assert "has a failed result" not in signed_in("bakari", "clerk").get("/").text
    listed = manager.get("/today/failed")
    assert "Cadmium failed on" in listed.text
    shown = manager.get(f"/lots/{lot}")
    offer = next(link for link in shown.links() if link.startswith("/hold?"))
    manager.submit(manager.get(offer), "/hold")
    assert "has a failed result" not in manager.get("/").text
    assert "A test result failed" not in manager.get(f"/lots/{lot}").text  # the hold says it


def test_a_release_shows_the_results_and_asks(stock: Stocked, signed_in: SignedIn) -> None:
    manager, batch = signed_in("mali", "manager"), stock.sealed()
    failed(stock, batch)
    form = manager.get(f"/release?lot={batch}")
    (results,) = (one for one in form.root.all("section") if one.text.strip().startswith("Test results"))
    assert "Cadmium 4.2 mg/kg Failed" in results.text.replace("\xa0", " ")
    asked = manager.submit(form, "/release", status=422)
    assert "Cadmium failed: 4.2 mg/kg" in plain(asked)
    manager.submit(asked, "/release", confirmed="1")


def test_a_batch_with_a_failed_result_is_never_green_without_a_word(
    stock: Stocked, signed_in: SignedIn, visitor: Client
) -> None:
    batch = stock.released()
    before = visitor.get(f"/b/{batch}/certificate.pdf").body
    failed(stock, batch)
    top = visitor.get(f"/b/{batch}").html.partition("<h1>")[0]
    assert "Genuine lot, released for sale" in top
    assert "A test result failed" in top
    assert "4.2\xa0mg/kg" in top
    (told,) = json.loads(visitor.get(f"/b/{batch}.json").body)["failed"]
    assert (told["property"], told["value"], told["passed"]) == ("cadmium", "4.2", False)
    assert visitor.get(f"/b/{batch}/certificate.pdf").body != before
    manager = signed_in("mali", "manager")
    offer = next(link for link in manager.get(f"/batches/{batch}").links() if link.startswith("/hold?"))
    manager.submit(manager.get(offer), "/hold")
    held = visitor.get(f"/b/{batch}").html.partition("<h1>")[0]
    assert "on hold" in held
    assert "A test result failed" not in held


def test_a_later_result_that_passed_answers_it(stock: Stocked, visitor: Client) -> None:
    batch = stock.released()
    failed(stock, batch)
    good = Measured(property="cadmium", value="0.01", unit="mg/kg", passed=True)
    stock.do(inspection.inspect, Inspect(**said(confirmed=True), lot=batch, measured=(good,)))
    page = visitor.get(f"/b/{batch}")
    assert "A test result failed" not in page.text
    assert "Failed" in page.text  # among the earlier results, for ever
