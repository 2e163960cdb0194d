"""Yesterday's book: a page of lines and its total become weigh-ins, all of them or none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask

from tests.web.client import Client, Page
from tests.web.stocked import PAKSONG, Stocked, said, stocked
from traceability import words
from traceability.domain.facts import RegisterFarmer
from traceability.domain.roles import Actor
from traceability.operations import registry

SignedIn = Callable[..., Client]


@pytest.fixture
def store(app: Flask, cooperative: Actor) -> Stocked:
    """A place, Amina (0001) and Bounmy (0417)."""
    store = stocked(app, cooperative)
    store.do(registry.register_farmer, RegisterFarmer(**said(), name="Bounmy", number="0417", where=PAKSONG))
    return store


@pytest.fixture
def bakari(signed_in: SignedIn, store: Stocked) -> Client:
    """The clerk, signed in, with the book beside."""
    return signed_in("bakari", "clerk")


def typed(*lines: tuple[str, str], total: str, **more: Any) -> dict[str, Any]:
    """A page as somebody types it; a line is the farmer's number and the weights."""
    found = {"page": "12", "total_g": total, "go": "check", **more}
    for place, (farmer, weights) in enumerate(lines):
        found |= {f"lines-{place}-farmer": farmer, f"lines-{place}-bags_g": weights}
    return found


def page(client: Client, *lines: tuple[str, str], total: str, status: int = 200, **more: Any) -> Page:
    opened = client.get("/weigh-in/paper")
    return client.submit(opened, "/weigh-in/paper", status=status, **typed(*lines, total=total, **more))


def stored(client: Client, page: Page) -> list[str]:
    """The receipts of the day of the page."""
    day = page.filled_in("/weigh-in/paper")["occurred_at"][0][:10]
    return [link for link in client.get(f"/deliveries?day={day}").links() if link.startswith("/receipts/")]


def plain(page: Page) -> str:
    return page.text.replace("\xa0", " ")


def test_a_page_is_checked_by_name_and_every_line_becomes_a_weigh_in(bakari: Client) -> None:
    more: dict[str, Any] = {
        "lines-1-receipt_number": "B-0098",
        "tare_each_g": "0,2",
        "price_per_kg": "14000",
        "lines-1-price_per_kg": "9000",
    }
    checked = page(bakari, ("1", "48,6 + 51,2"), ("417", "໓໐"), total="129,2", **more)
    assert "Amina" in checked.text
    assert "Bounmy" in checked.text
    assert "99.4 kg" in plain(checked)
    assert stored(bakari, checked) == []
    day = bakari.follow(bakari.submit(checked, "/weigh-in/paper", go="save"))
    assert "2 deliveries" in day.text
    receipts = [plain(bakari.get(link)) for link in day.links() if link.startswith("/receipts/")]
    second = next(text for text in receipts if "Bounmy" in text)
    assert "B-0098" in second
    assert "Page 12, line 2 of the paper book. Entered by Bakari on" in second
    assert "268 200 LAK" in second


def test_a_page_that_does_not_add_up_is_not_stored(bakari: Client) -> None:
    wrong = page(bakari, ("1", "48,6"), ("417", "30"), total="80", status=422)
    assert "#total_g" in wrong.links()
    assert "add up to 78.6 kg, but the page says 80 kg. 1.4 kg differ" in plain(wrong)
    assert wrong.filled_in("/weigh-in/paper")["lines-1-farmer"] == ["417"]
    assert stored(bakari, wrong) == []


def test_a_total_with_the_bags_fits_as_well_as_one_without_them(bakari: Client) -> None:
    """30,1 + 40,2 and 25,3 + 30 are 125,6 with four bags of 0,2 and 124,8 without them."""
    lines = (("1", "30,1 + 40,2"), ("417", "25,3 + 30"))
    gross = page(bakari, *lines, total="125,6", tare_each_g="0,2")
    assert "They add up to the total of the page, bags and all. Net is 124.8 kg." in plain(gross)
    net = page(bakari, *lines, total="124,8", tare_each_g="0,2")
    assert "They add up to the total of the page without the bags: net." in plain(net)
    neither = page(bakari, *lines, total="125", tare_each_g="0,2", status=422)
    said = "The lines add up to 125.6 kg with the bags and to 124.8 kg after a tare of 0.2 kg for each of 4 bags"
    assert "with the bags, or without. Tare of each bag: 0,2 kg." in plain(neither)
    assert f"{said}. The page says 125 kg: which line was misread, or is the tare another?" in plain(neither)
    day = bakari.follow(bakari.submit(gross, "/weigh-in/paper", go="save"))
    assert "124.8 kg" in plain(day)


def test_one_bad_line_stops_them_all_and_stays_as_it_was_typed(bakari: Client) -> None:
    wrong = page(bakari, ("1", "48,6"), ("999", "30"), total="78,6", status=422)
    assert "#lines-1-farmer" in wrong.links()
    assert wrong.filled_in("/weigh-in/paper")["lines-1-farmer"] == ["999"]
    assert stored(bakari, wrong) == []
    again = bakari.submit(wrong, "/weigh-in/paper", status=422, go="save", **{"lines-1-bags_g": "abc"})
    assert "#lines-1-bags_g" in again.links()
    taken = {
        "lines-0-receipt_number": "X1",
        "lines-1-receipt_number": "X1",
        "lines-1-farmer": "417",
        "lines-1-bags_g": "30",
    }
    twice = bakari.submit(again, "/weigh-in/paper", status=422, go="save", **taken)
    assert "#lines-1-receipt_number" in twice.links()
    assert stored(bakari, wrong) == []


def test_a_weight_with_two_meanings_is_asked_about_among_the_others(bakari: Client) -> None:
    asked = page(bakari, ("1", "48,6 + 1.250 + 30"), total="79,85", status=422)
    chosen = [one.attributes["value"] for one in asked.root.all("button") if one.attributes.get("name") == "chosen"]
    assert chosen == ["lines-0-bags_g=48,6 + 1250 + 30", "lines-0-bags_g=48,6 + 1,25 + 30"]
    bakari.submit(asked, "/weigh-in/paper", status=422, go="check", chosen=chosen[1])  # 1.25 kg in one bag is unusual


def test_what_is_unusual_is_asked_line_by_line_and_kept_with_one_more_tap(bakari: Client) -> None:
    asked = page(bakari, ("1", "486"), ("417", "30"), total="516", status=422)
    assert "Line 1: 486 kg in one bag?" in plain(asked)
    kept = bakari.submit(asked, "/weigh-in/paper", status=200, confirmed="1", go="check")
    day = bakari.follow(bakari.submit(kept, "/weigh-in/paper", go="save"))
    assert "2 deliveries" in day.text


def test_a_page_sent_five_times_is_stored_once_and_typed_twice_is_asked_about(bakari: Client) -> None:
    checked = page(bakari, ("1", "48,6"), ("417", "30"), total="78,6")
    for _ in range(5):
        bakari.submit(checked, "/weigh-in/paper", go="save")
    assert len(stored(bakari, checked)) == 2
    again = page(bakari, ("1", "47"), total="47", status=422)
    assert "Page 12 of this day was entered before" in again.text


def test_the_same_weight_on_a_page_is_asked_about_by_day_and_page(bakari: Client) -> None:
    checked = page(bakari, ("1", "48,6"), total="48,6")
    bakari.submit(checked, "/weigh-in/paper", go="save")
    day = words.day("en", date.fromisoformat(checked.filled_in("/weigh-in/paper")["occurred_at"][0][:10])).replace(
        "\xa0", " "
    )
    again = page(bakari, ("1", "48,6"), ("417", "30"), ("417", "30"), total="108,6", status=422, page="13")
    said = "This farmer has exactly the same weight on {}, page {} of the book. Is it another delivery?"
    assert f"Line 1: {said.format(day, 12)}" in plain(again)
    assert f"Line 3: {said.format(day, 13)}" in plain(again)
    assert "minutes ago" not in again.text
    kept = bakari.submit(again, "/weigh-in/paper", status=200, confirmed="1", go="check")
    receipts = bakari.follow(bakari.submit(kept, "/weigh-in/paper", go="save"))
    links = [link for link in receipts.links() if link.startswith("/receipts/")]
    assert sum(said.format(day, 12) in plain(bakari.get(link)) for link in links) == 1


def test_lines_keep_their_number_and_more_can_be_had(bakari: Client) -> None:
    opened = bakari.get("/weigh-in/paper")
    assert len([name for name in opened.filled_in("/weigh-in/paper") if name.endswith("-farmer")]) == 10
    lines = {"lines-4-farmer": "1", "lines-4-bags_g": "48,6", "lines-4-line": "7"}
    more = bakari.submit(opened, "/weigh-in/paper", status=200, go="more", **lines)
    filled = more.filled_in("/weigh-in/paper")
    assert (filled["lines-0-line"], filled["lines-0-farmer"]) == (["7"], ["1"])
    assert len([name for name in filled if name.endswith("-farmer")]) == 11


def test_nobody_else_may(signed_in: SignedIn, store: Stocked) -> None:
    signed_in("olga", "auditor").get("/weigh-in/paper", status=403)


def test_a_page_is_read_in_the_unit_of_the_session(bakari: Client) -> None:
    opened = bakari.get("/weigh-in/buying")
    bakari.submit(opened, "/weigh-in/buying", weight_unit="yen")
    blank = bakari.get("/weigh-in/paper")
    assert "Weights in yến" in blank.text
    checked = page(bakari, ("1", "4,86 + 5,12"), ("417", "3"), total="12,98")
    assert "99.8 kg" in plain(checked)
    day = bakari.follow(bakari.submit(checked, "/weigh-in/paper", go="save"))
    assert "129.8 kg" in plain(day)
