"""The road's pages: L1 -> on the road -> L1' of the receiver, refused goods come home, a batch leaves to its buyer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.web.client import Client, Page
from tests.web.stocked import Stocked

SignedIn = Callable[..., Client]


def dispatched(clerk: Client, lot: str, **typed: Any) -> str:
    """The code of a consignment to Dao's mill."""
    opened = clerk.get(f"/shipping/dispatch?lot={lot}")
    mill = next(
        control.attributes["value"]
        for control in opened.root.all("input")
        if control.attributes.get("name") == "to_organisation"
    )
    note = clerk.submit(opened, "/shipping/dispatch", to_organisation=mill, **typed)
    return note.location.split("/")[-2]


def plain(page: Page) -> str:
    return page.text.replace("\xa0", " ")


def test_a_clerk_dispatches_goods_and_prints_the_note(stock: Stocked, signed_in: SignedIn, dao: Client) -> None:
    clerk, lot = signed_in("bakari", "clerk"), stock.green(60_000)
    code = dispatched(clerk, lot, vehicle="ກຂ 1234", driver="Somsak")
    note = clerk.get(f"/shipping/consignments/{code}/note")
    assert "60 kg" in plain(note)
    assert "Somsak" in note.text
    assert note.root.all("svg")[-1].text.endswith(f"/shipping/receive?transfer={code}")
    assert f"/shipping/consignments/{code}" in clerk.get("/shipping/").links()


def test_the_receiver_compares_both_weights_and_accepts(stock: Stocked, signed_in: SignedIn, dao: Client) -> None:
    code = dispatched(signed_in("bakari", "clerk"), stock.green(60_000))
    assert f"/shipping/receive?transfer={code}" in dao.get("/shipping/").links()
    opened = dao.get(f"/shipping/receive?transfer={code}")
    compared = dao.submit(opened, "/shipping/receive", status=200, weighed_g="59,7", check="1")
    assert "−0.3 kg = −0.5 %" in plain(compared)
    accepted = dao.follow(dao.submit(compared, "/shipping/receive"))
    assert "59.7 kg" in plain(accepted)
    assert "Open the new lot" in accepted.text


def test_a_large_difference_needs_its_reason(stock: Stocked, signed_in: SignedIn, dao: Client) -> None:
    code = dispatched(signed_in("bakari", "clerk"), stock.green(60_000))
    opened = dao.get(f"/shipping/receive?transfer={code}")
    asked = dao.submit(opened, "/shipping/receive", status=422, weighed_g="50")
    assert "#reason" in asked.links()
    dao.submit(asked, "/shipping/receive", reason="two bags torn")


def test_what_is_refused_comes_home(stock: Stocked, signed_in: SignedIn, dao: Client) -> None:
    clerk = signed_in("bakari", "clerk")
    code = dispatched(clerk, stock.green(60_000))
    opened = dao.get(f"/shipping/receive?transfer={code}")
    unsaid = dao.submit(opened, "/shipping/receive", status=422, refuse_all="1")
    refused = dao.follow(dao.submit(unsaid, "/shipping/receive", refuse_all="1", reason="mould"))
    assert "Refused" in refused.text
    back = clerk.get(f"/shipping/take-back?transfer={code}")
    home = clerk.follow(clerk.submit(back, "/shipping/take-back"))
    assert "Taken back" in home.text


def test_a_consignment_on_its_way_is_not_taken_back(stock: Stocked, signed_in: SignedIn, dao: Client) -> None:
    clerk = signed_in("bakari", "clerk")
    code = dispatched(clerk, stock.green(60_000))
    back = clerk.get(f"/shipping/take-back?transfer={code}")
    refused = clerk.submit(back, "/shipping/take-back", status=409)
    assert "still on its way" in refused.text


def test_a_released_batch_leaves_to_its_buyer(stock: Stocked, signed_in: SignedIn) -> None:
    exporter, code = signed_in("noy", "exporter"), stock.released()
    page = exporter.get(f"/shipping/ship?batch={code}")
    marks: dict[str, Any] = {"container": "CSQU3054383", "seal": "778"}
    shipped = exporter.submit(page, "/shipping/ship", buyer=stock.buyer, **marks, confirmed="1")
    assert "Gone" in exporter.get("/batches").text
    assert "CSQU3054383" in exporter.follow(shipped).text


def test_a_buyer_in_another_country_than_the_labels_say_is_asked_about(stock: Stocked, signed_in: SignedIn) -> None:
    """Sealed for Japan; Chiara is in Italy."""
    exporter, code = signed_in("noy", "exporter"), stock.released()
    asked = exporter.submit(
        exporter.get(f"/shipping/ship?batch={code}"), "/shipping/ship", status=422, buyer=stock.buyer
    )
    assert "sealed for Japan: its labels and papers say so. Chiara Imports is in Italy" in asked.text
    assert "Gone" not in exporter.get("/batches").text
    exporter.submit(asked, "/shipping/ship", status=303, buyer=stock.buyer, confirmed="1")
    assert "Gone" in exporter.get("/batches").text


@pytest.mark.parametrize(
    ("typed", "at", "sentence"),
    [
        ({"mass_g": "130"}, "#mass_g", "holds 120 kg; 130 kg was asked for"),
        ({"mass_g": "60", "count": "3"}, "#count", "holds 2 units; 3 were asked for"),
    ],
)
def test_more_than_is_left_is_told_at_its_field(
    stock: Stocked, signed_in: SignedIn, typed: dict[str, Any], at: str, sentence: str
) -> None:
    exporter, code = signed_in("noy", "exporter"), stock.released()
    page = exporter.get(f"/shipping/ship?batch={code}")
    told = exporter.submit(page, "/shipping/ship", status=409, buyer=stock.buyer, confirmed="1", **typed)
    assert at in told.links()
    assert sentence in told.text.replace("\xa0", " ")


def test_a_batch_that_is_not_released_stays(stock: Stocked, signed_in: SignedIn) -> None:
    exporter, code = signed_in("noy", "exporter"), stock.sealed()
    page = exporter.get(f"/shipping/ship?batch={code}")
    refused = exporter.submit(page, "/shipping/ship", status=409, buyer=stock.buyer)
    assert "A manager must release it first" in refused.text


def test_an_outsider_finds_nothing_and_an_auditor_changes_nothing(
    stock: Stocked, signed_in: SignedIn, dao: Client
) -> None:
    lot, batch = stock.green(), stock.released()
    for address in (f"dispatch?lot={lot}", f"ship?batch={batch}", "receive?transfer=AAAAAAAA", "consignments/AAAAAAAA"):
        dao.get(f"/shipping/{address}", status=404)
    auditor = signed_in("somsak", "auditor")
    assert auditor.get("/shipping/").heading == "On the road"
    for address in ("dispatch", "receive", "take-back", "ship"):
        auditor.post(f"/shipping/{address}", {"lot": lot, "batch": batch, "transfer": "AAAAAAAA"}, status=403)
