"""The mill's pages: cherries become green coffee (D1 -> G1), lots are split, merged, re-bagged and destroyed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.web.client import Client
from tests.web.stocked import PAKSONG, Stocked, said
from traceability.domain.facts import RegisterFacility
from traceability.operations import registry

SignedIn = Callable[..., Client]


def test_a_clerk_processes_cherries_into_green_coffee(stock: Stocked, signed_in: SignedIn) -> None:
    clerk, lot = signed_in("bakari", "clerk"), stock.delivery(600_000)
    opened = clerk.get(f"/process?lot={lot}")
    assert "600 kg" in opened.text.replace("\xa0", " ")
    saved = clerk.submit(opened, "/process", status=303, **{"outputs-0-form": "green", "outputs-0-mass_g": "100"})
    assert saved.location.startswith("/lots/")


def test_what_looks_unusual_is_asked_and_kept_with_its_reason(stock: Stocked, signed_in: SignedIn) -> None:
    clerk, lot = signed_in("bakari", "clerk"), stock.delivery(600_000)
    opened = clerk.get(f"/process?lot={lot}")
    asked = clerk.submit(opened, "/process", status=422, **{"outputs-0-form": "green", "outputs-0-mass_g": "300"})
    assert "Is this right?" in asked.text
    assert "2 : 1, usual 5 to 7.14" in asked.text
    clerk.submit(asked, "/process", confirmed="1", kept_because="new scale")


def test_only_checking_stores_nothing(stock: Stocked, signed_in: SignedIn) -> None:
    clerk, lot = signed_in("bakari", "clerk"), stock.delivery(600_000)
    opened = clerk.get(f"/process?lot={lot}")
    typed: dict[str, Any] = {
        "outputs-0-form": "green",
        "outputs-0-mass_g": "100",
        "losses-0-mass_g": "20",
        "check": "1",
    }
    checked = clerk.submit(opened, "/process", status=200, **typed)
    assert "6 : 1" in checked.text
    assert "Named losses: 20 kg" in checked.text.replace("\xa0", " ")
    assert "600 kg" in clerk.get(f"/process?lot={lot}").text.replace("\xa0", " ")


def test_more_cannot_come_out_than_went_in_and_what_was_typed_stays(stock: Stocked, signed_in: SignedIn) -> None:
    clerk, lot = signed_in("bakari", "clerk"), stock.delivery(600_000)
    typed: dict[str, Any] = {"outputs-0-form": "green", "outputs-0-mass_g": "601", "losses-0-mass_g": "7"}
    refused = clerk.submit(clerk.get(f"/process?lot={lot}"), "/process", status=409, **typed)
    assert "A lot cannot give more than went in" in refused.text
    assert refused.filled_in("/process")["outputs-0-mass_g"] == ["601"]
    assert refused.filled_in("/process")["losses-0-mass_g"] == ["7"]


def test_sending_the_form_twice_makes_one_lot(stock: Stocked, signed_in: SignedIn) -> None:
    clerk, lot = signed_in("bakari", "clerk"), stock.delivery(600_000)
    opened = clerk.get(f"/process?lot={lot}")
    typed: dict[str, Any] = {"outputs-0-form": "green", "outputs-0-mass_g": "100"}
    first = clerk.submit(opened, "/process", **typed)
    assert clerk.submit(opened, "/process", **typed).location == first.location


def test_a_lot_is_split_and_the_rest_stays(stock: Stocked, signed_in: SignedIn) -> None:
    clerk, lot = signed_in("bakari", "clerk"), stock.green(80_000)
    clerk.submit(clerk.get(f"/split?lot={lot}"), "/split", status=303, **{"parts-0-mass_g": "30"})
    assert "50 kg" in clerk.get(f"/split?lot={lot}").text.replace("\xa0", " ")


def test_one_lot_alone_is_not_merged(stock: Stocked, signed_in: SignedIn) -> None:
    lot, clerk = stock.delivery(), signed_in("bakari", "clerk")
    refused = clerk.submit(clerk.get(f"/merge?lot={lot}"), "/merge", status=422)
    assert "Choose at least two lots" in refused.text
    assert refused.filled_in("/merge")["inputs-0-lot"] == [lot]
    assert "500 kg" in clerk.get(f"/lots/{lot}").text.replace("\xa0", " ")  # it still holds what it held


def test_lots_of_the_same_goods_are_merged(stock: Stocked, signed_in: SignedIn) -> None:
    clerk, first, second = signed_in("bakari", "clerk"), stock.green(60_000), stock.green(40_000)
    opened = clerk.get(f"/merge?lot={first}&lot={second}")
    refused = clerk.submit(opened, "/merge", status=422, weighed_g="90")
    assert "beyond the tolerance" in refused.text
    clerk.submit(refused, "/merge", weighed_g="99,5")


def test_where_the_lots_lie_is_where_they_are_worked_on(stock: Stocked, signed_in: SignedIn) -> None:
    """Two lots at the dry mill; the last work was done at the wet mill. One more lies at the wet mill."""
    dry = RegisterFacility(**said(), name="Dry mill", kind="dry_mill", prefix="DM", where=PAKSONG)
    at_dry = str(stock.do(registry.register_facility, dry)["facility"])
    lots = [replace(stock, place=at_dry).green(60_000) for _ in range(2)]
    there = stock.green(60_000)
    clerk = signed_in("bakari", "clerk", "exporter")
    pair = "&".join(f"lot={lot}" for lot in lots)
    for address in (f"/merge?{pair}", *(f"{page}?lot={lots[0]}" for page in ("/rebag", "/split", "/process"))):
        assert clerk.get(address).filled_in(address.partition("?")[0])["facility"] == [at_dry], address
    road = f"/shipping/dispatch?lot={lots[1]}"
    assert clerk.get(road).filled_in("/shipping/dispatch")["facility"] == [at_dry]
    apart = clerk.get(f"/merge?lot={lots[0]}&lot={there}")
    assert not any(apart.filled_in("/merge").get("facility", []))
    asked = clerk.submit(apart, "/merge", status=422)
    assert "#facility" in asked.links()


def test_a_lot_is_put_into_other_bags(stock: Stocked, signed_in: SignedIn) -> None:
    clerk, lot = signed_in("bakari", "clerk"), stock.green(60_000)
    saved = clerk.submit(clerk.get(f"/rebag?lot={lot}"), "/rebag", count="2", unit="bag")
    assert saved.location.startswith("/lots/")


def test_only_a_manager_destroys_goods_and_says_why(stock: Stocked, signed_in: SignedIn) -> None:
    lot = stock.green(60_000)
    signed_in("bakari", "clerk").get(f"/dispose?lot={lot}", status=403)
    manager = signed_in("mali", "manager")
    refused = manager.submit(manager.get(f"/dispose?lot={lot}"), "/dispose", status=422)
    assert "Fill this in" in refused.text
    manager.submit(refused, "/dispose", reason="mould")


@pytest.mark.parametrize("verb", ["process", "split", "merge", "rebag", "dispose"])
def test_without_a_lot_the_page_asks_which(verb: str, stock: Stocked, signed_in: SignedIn) -> None:
    manager, lot = signed_in("mali", "manager"), stock.green()
    assert f"/{verb}?lot={lot}" in manager.get(f"/{verb}").links()


@pytest.mark.parametrize("verb", ["process", "split", "merge", "rebag", "dispose"])
def test_an_outsider_finds_no_lot_and_an_auditor_changes_nothing(
    verb: str, stock: Stocked, signed_in: SignedIn, dao: Client
) -> None:
    lot = stock.green()
    dao.get(f"/{verb}?lot={lot}", status=404)
    dao.post(f"/{verb}", {"lot": lot, "inputs-0-lot": lot}, status=404)
    auditor = signed_in("somsak", "auditor")
    auditor.get(f"/{verb}?lot={lot}", status=403)
    auditor.post(f"/{verb}", {"lot": lot}, status=403)
