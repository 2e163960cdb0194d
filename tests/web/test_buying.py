"""Open buying: said once, it holds for every weigh-in of that clerk on that phone; or only for the one that is open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from flask import Flask
from sqlalchemy import update

from tests.web.client import Client, Page
from tests.web.stocked import Stocked, said, stocked
from traceability.domain.moments import day_of
from traceability.domain.roles import Actor
from traceability.domain.settings import RegisterScale, SetPrice
from traceability.models import OpenedBuying
from traceability.operations import settings
from traceability.web.buying import COOKIE

SignedIn = Callable[..., Client]
SAID: dict[str, Any] = {
    "facility": "PM",
    "goods": "arabica_coffee.dry_parchment",
    "tare": "0,3",
    "price": "40000",
    "scale": "Scale 2",
    "scale_step": "100",
}


@pytest.fixture
def store(app: Flask, cooperative: Actor) -> Stocked:
    """A place, Amina and her plot."""
    return stocked(app, cooperative)


@pytest.fixture
def bakari(signed_in: SignedIn, store: Stocked) -> Client:
    """The clerk, signed in, when there is somebody to weigh in."""
    return signed_in("bakari", "clerk")


def open_buying(client: Client, farmer: str = "", /, **typed: Any) -> Page:
    page = client.get(f"/weigh-in/buying?farmer={farmer}")
    return client.submit(page, "/weigh-in/buying", **{**SAID, **typed})


def bags(client: Client, store: Stocked) -> dict[str, list[str]]:
    return client.get(f"/weigh-in?farmer={store.farmer}").filled_in("/weigh-in")


def test_what_was_said_once_holds_after_any_other_page(bakari: Client, store: Stocked) -> None:
    assert open_buying(bakari).location == "/weigh-in"
    bakari.get("/lots")
    found = bags(bakari, store)
    assert (found["form"], found["tare_each_g"], found["price_per_kg"]) == (["dry_parchment"], ["0,3"], ["40000"])
    assert found["scale"] == ["Scale 2"]
    assert "Scale 2" in bakari.get("/weigh-in").text


def test_it_can_hold_for_one_weigh_in_only(bakari: Client, store: Stocked) -> None:
    open_buying(bakari)
    once = open_buying(bakari, store.farmer, price="45000", scale="", go="once")
    assert bakari.follow(once).filled_in("/weigh-in")["price_per_kg"] == ["45000"]
    assert bags(bakari, store)["price_per_kg"] == ["40000"]
    on = open_buying(bakari, store.farmer, price="46000", go="on")
    assert on.location == f"/weigh-in?farmer={store.farmer}"
    assert bags(bakari, store)["price_per_kg"] == ["46000"]


def weigh(client: Client, store: Stocked, **typed: Any) -> None:
    page = client.get(f"/weigh-in?farmer={store.farmer}")
    checked = client.submit(page, "/weigh-in", status=200, go="check", **{"bags_g-0": "48,6", **typed})
    client.submit(checked, "/weigh-in", go="save")


def of_paper(client: Client) -> None:
    lines = {"page": "12", "lines-0-farmer": "1", "lines-0-bags_g": "30", "total_g": "29", "tare_each_g": "1"}
    more = {"goods": "arabica_coffee.green", "go": "check"}
    checked = client.submit(client.get("/weigh-in/paper"), "/weigh-in/paper", status=200, **lines, **more)
    client.submit(checked, "/weigh-in/paper", go="save")


def test_a_fresh_browser_goes_on_with_what_was_said_and_not_with_what_was_said_for_one(
    bakari: Client, store: Stocked, signed_in: SignedIn
) -> None:
    open_buying(bakari, tare="0,2")
    open_buying(bakari, store.farmer, tare="1", go="once")
    weigh(bakari, store, tare_each_g="1", price_per_kg="1000")
    of_paper(bakari)
    found = bags(signed_in("bakari", "clerk"), store)
    assert (found["form"], found["tare_each_g"], found["price_per_kg"]) == (["dry_parchment"], ["0,2"], ["40000"])
    assert found["scale"] == ["Scale 2"]


def test_of_another_day_a_fresh_browser_knows_place_goods_and_scale(
    bakari: Client, store: Stocked, signed_in: SignedIn
) -> None:
    open_buying(bakari)
    said_on(store, days_ago=1)
    found = bags(signed_in("bakari", "clerk"), store)
    assert (found["form"], found["tare_each_g"], found["scale"]) == (["dry_parchment"], [""], ["Scale 2"])


def said_on(store: Stocked, days_ago: int) -> None:
    day = day_of(datetime.now(UTC), store.actor.zone_minutes) - timedelta(days=days_ago)
    store.database.write(lambda session: session.execute(update(OpenedBuying).values(said_on=day)))


@pytest.mark.parametrize("days_ago", [0, 1])
def test_what_was_said_is_offered_whole_and_started_with_one_tap(
    bakari: Client, store: Stocked, signed_in: SignedIn, days_ago: int
) -> None:
    open_buying(bakari)
    said_on(store, days_ago)
    fresh = signed_in("bakari", "clerk")
    card = fresh.get("/weigh-in/buying")
    shown = card.text.replace("\xa0", " ")
    for part in ("Paksong mill", "parchment", "0.3 kg", "40 000 LAK", "Scale 2"):
        assert part in shown
    assert "/weigh-in/buying?change=yes" in card.links()
    fresh.submit(card, "/weigh-in/buying", go="on")
    found = bags(fresh, store)
    assert (found["tare_each_g"], found["price_per_kg"], found["scale"]) == (["0,3"], ["40000"], ["Scale 2"])
    chips = fresh.get("/weigh-in").text.replace("\xa0", " ")
    assert "tare 0.3 kg, 40 000 LAK/kg, Scale 2" in chips, chips


def test_last_weeks_price_is_not_offered(bakari: Client, store: Stocked, signed_in: SignedIn) -> None:
    open_buying(bakari)
    said_on(store, days_ago=7)
    card = signed_in("bakari", "clerk").get("/weigh-in/buying")
    assert "Scale 2" in card.text
    assert "LAK" not in card.text


def test_other_goods_do_not_take_over_the_price(bakari: Client, store: Stocked) -> None:
    open_buying(bakari)
    page = bakari.get(f"/weigh-in?farmer={store.farmer}&goods=arabica_coffee.fresh_cherry")
    assert page.filled_in("/weigh-in")["price_per_kg"] == [""]


def test_another_day_is_said_on_every_page_and_stored(bakari: Client, store: Stocked) -> None:
    yesterday = day_of(datetime.now(UTC), store.actor.zone_minutes) - timedelta(days=1)
    open_buying(bakari, on=yesterday.isoformat())
    page = bakari.get(f"/weigh-in?farmer={store.farmer}")
    assert page.filled_in("/weigh-in")["occurred_at"][0].startswith(yesterday.isoformat())
    checked = bakari.submit(page, "/weigh-in", status=200, go="check", **{"bags_g-0": "48,65"})
    assert "Finer than your scale shows." in checked.text
    bakari.submit(checked, "/weigh-in", go="save")
    assert len([link for link in bakari.get(f"/deliveries?day={yesterday}").links() if "/receipts/" in link]) == 1


def test_tare_price_and_day_hold_for_their_day(bakari: Client, store: Stocked) -> None:
    open_buying(bakari, on="2026-01-05")
    kept = bakari.http.get_cookie(COOKIE)
    assert kept is not None
    earlier = {**dict(parse_qsl(kept.value, keep_blank_values=True)), "said": "2026-01-05"}
    bakari.http.set_cookie(COOKIE, urlencode(earlier))
    said_on(store, days_ago=3)
    found = bags(bakari, store)
    assert (found["form"], found["tare_each_g"], found["price_per_kg"]) == (["dry_parchment"], [""], [""])
    assert found["occurred_at"] == [""]


def test_another_clerk_on_the_same_phone_begins_anew(bakari: Client, store: Stocked, signed_in: SignedIn) -> None:
    open_buying(bakari)
    kept = bakari.http.get_cookie(COOKIE)
    assert kept is not None
    other = signed_in("nok", "clerk")
    other.http.set_cookie(COOKIE, kept.value)
    assert bags(other, store)["form"] == ["fresh_cherry"]


@pytest.mark.parametrize("kept", ["", "x", "by=1", "goods=no.thing", "%FF%00", "by=%00&goods=tea.green" * 90])
def test_a_damaged_memory_is_no_memory(bakari: Client, store: Stocked, kept: str) -> None:
    bakari.http.set_cookie(COOKIE, kept)
    assert bags(bakari, store)["form"] == ["fresh_cherry"]


@pytest.mark.parametrize(
    ("name", "typed"), [("tare", "1.250"), ("price", "abc"), ("on", "yesterday"), ("goods", "gold")]
)
def test_what_cannot_hold_is_said_at_its_field(bakari: Client, store: Stocked, name: str, typed: str) -> None:
    page = bakari.get("/weigh-in/buying")
    again = bakari.submit(page, "/weigh-in/buying", status=422, **{**SAID, name: typed})
    assert f"#{name}" in again.links()
    assert bags(bakari, store)["form"] == ["fresh_cherry"]


def test_a_scale_that_is_registered_is_chosen_and_brings_its_step(bakari: Client, store: Stocked) -> None:
    hook = RegisterScale(**said(), facility=store.place, name="Hook by the door", step_g=500)
    store.do(settings.register_scale, hook)
    opened = bakari.get("/weigh-in/buying")
    assert "Hook by the door" in opened.text
    assert "scale_step" not in opened.filled_in("/weigh-in/buying")
    bakari.submit(opened, "/weigh-in/buying", scale="Hook by the door")
    bags = bakari.get(f"/weigh-in?farmer={store.farmer}")
    assert 'data-step="500"' in bags.html


def test_the_price_of_a_grade_is_paid_for_that_grade(bakari: Client, store: Stocked) -> None:
    goods: Any = {"commodity": "arabica_coffee", "form": "fresh_cherry", "from_on": datetime.now(UTC).date()}
    bag: Any = {"bags_g-0": "48,6"}
    for grade, price in (("", 11_000), ("A", 14_000)):
        store.do(settings.set_price, SetPrice(**said(), **goods, grade=grade, price_per_kg=price))
    opened = bakari.get(f"/weigh-in?farmer={store.farmer}&goods=arabica_coffee.fresh_cherry")
    assert opened.filled_in("/weigh-in")["price_per_kg"] == ["11000"]
    for grade, shown in (("A", "14 000"), ("B", "11 000")):
        checked = bakari.submit(opened, "/weigh-in", status=200, grade=grade, **bag)
        assert f"{shown} LAK/kg" in checked.text.replace("\xa0", " ")
    typed = bakari.submit(opened, "/weigh-in", status=200, grade="A", price_per_kg="12000", **bag)
    assert "12 000 LAK/kg" in typed.text.replace("\xa0", " ")
    later = bakari.submit(opened, "/weigh-in", status=200, grade="A", price_per_kg="", **bag)
    assert "LAK/kg" not in later.text  # it is settled later: no price comes back from the list
    dear = bakari.submit(opened, "/weigh-in", status=200, grade="A", **bag)
    changed = bakari.submit(dear, "/weigh-in", status=200, go="change")
    assert changed.filled_in("/weigh-in")["price_per_kg"] == ["14000"]
    again = bakari.submit(changed, "/weigh-in", status=200, grade="B", **bag)
    assert "11 000 LAK/kg" in again.text.replace("\xa0", " ")


def listed(store: Stocked, *of_grades: tuple[str, int | None]) -> None:
    """The manager's price list of today for cherry."""
    goods: Any = {"commodity": "arabica_coffee", "form": "fresh_cherry", "from_on": datetime.now(UTC).date()}
    for grade, price in of_grades:
        store.do(settings.set_price, SetPrice(**said(), **goods, grade=grade, price_per_kg=price))


CHERRY: Any = {"goods": "arabica_coffee.fresh_cherry", "tare": "0,2"}


@pytest.mark.parametrize("grade", ["", "A", "B"])
def test_a_price_said_when_buying_was_opened_goes_before_the_list(bakari: Client, store: Stocked, grade: str) -> None:
    listed(store, ("", 15_000), ("B", 11_000))
    open_buying(bakari, **CHERRY, price="14000")
    page = bakari.get(f"/weigh-in?farmer={store.farmer}")
    checked = bakari.submit(page, "/weigh-in", status=200, grade=grade, **{"bags_g-0": "41,2"})
    assert "14 000 LAK/kg = 574 000 LAK" in checked.text.replace("\xa0", " ")
    saved = bakari.follow(bakari.submit(checked, "/weigh-in", go="save"))
    assert "574 000" in saved.text.replace("\xa0", " ")


def test_a_price_far_from_the_list_is_asked_about_once(bakari: Client, store: Stocked) -> None:
    listed(store, ("", 15_000), ("B", 4_000))
    page = bakari.get(f"/weigh-in?farmer={store.farmer}&goods=arabica_coffee.fresh_cherry")
    for grade, price, question in (
        ("A", "1400000", "1 400 000 LAK per kg? Usual is 15 000 LAK."),
        ("A", "14", "14 LAK per kg? Usual is 15 000 LAK."),
        ("B", "14000", "14 000 LAK per kg? Usual is 4 000 LAK."),
    ):
        typed = {"grade": grade, "price_per_kg": price, "bags_g-0": "33"}
        checked = bakari.submit(page, "/weigh-in", status=200, **typed)
        assert question in checked.text.replace("\xa0", " ")
        asked = bakari.submit(checked, "/weigh-in", status=422, go="save")
        assert question in asked.text.replace("\xa0", " ")
    saved = bakari.follow(bakari.submit(asked, "/weigh-in", confirmed="1"))
    receipt = next(link for link in saved.links() if "/receipts/" in link)
    assert "Confirmed 14 000 LAK per kg?" in bakari.get(receipt).text.replace("\xa0", " ")


def test_buying_opened_with_the_price_left_as_it_was_still_follows_the_list(bakari: Client, store: Stocked) -> None:
    listed(store, ("", 15_000), ("B", 11_000))
    page = bakari.get("/weigh-in/buying")
    assert page.filled_in("/weigh-in/buying")["price"] == ["15000"]
    bakari.submit(page, "/weigh-in/buying", tare="0,2")
    page = bakari.get(f"/weigh-in?farmer={store.farmer}")
    checked = bakari.submit(page, "/weigh-in", status=200, grade="B", **{"bags_g-0": "41,2"})
    assert "11 000 LAK/kg" in checked.text.replace("\xa0", " ")


def test_a_grade_that_is_not_paid_at_the_scale_has_no_price(bakari: Client, store: Stocked) -> None:
    listed(store, ("", 15_000), ("B", None))
    page = bakari.get(f"/weigh-in?farmer={store.farmer}&goods=arabica_coffee.fresh_cherry")
    assert "LAK/kg" not in bakari.submit(page, "/weigh-in", status=200, grade="B", **{"bags_g-0": "41,2"}).text


@pytest.mark.parametrize(
    ("unit", "typed", "sign"),
    [("ta", "0,486", "tạ"), ("yen", "4,86", "yến"), ("g", "48600", "g"), ("t", "0.0486", "t"), ("kg", "48.6", "kg")],
)
def test_weights_are_typed_in_the_unit_of_the_session_and_stored_in_grams(
    bakari: Client, store: Stocked, unit: str, typed: str, sign: str
) -> None:
    open_buying(bakari, weight_unit=unit, tare="")
    page = bakari.get(f"/weigh-in?farmer={store.farmer}")
    assert f'<span class="unit">{sign}</span>' in page.html
    checked = bakari.submit(page, "/weigh-in", status=200, go="check", **{"bags_g-0": typed})
    assert "48.6 kg" in checked.text.replace("\xa0", " ")
    back = bakari.submit(checked, "/weigh-in", status=200, go="change")
    assert back.filled_in("/weigh-in")["bags_g-0"] == [typed]
    assert f'<span class="unit">{sign}</span>' in back.html
    saved = bakari.follow(bakari.submit(checked, "/weigh-in", go="save"))
    assert "48.6 kg" in saved.text.replace("\xa0", " ")


def test_a_number_with_two_meanings_is_asked_about_in_the_unit_of_the_session(bakari: Client, store: Stocked) -> None:
    open_buying(bakari, weight_unit="ta", tare="")
    page = bakari.get(f"/weigh-in?farmer={store.farmer}")
    asked = bakari.submit(page, "/weigh-in", status=422, go="check", **{"bags_g-0": "1.250"})
    choices = [one for one in asked.root.all("button") if one.attributes.get("name") == "chosen"]
    offered = [one.text.replace("\xa0", " ") for one in choices]
    assert offered == ["125 000 kg", "125 kg"]


def test_the_tare_goes_along_into_another_unit_as_the_same_grams(bakari: Client, store: Stocked) -> None:
    open_buying(bakari)
    open_buying(bakari, weight_unit="g")
    assert bags(bakari, store)["tare_each_g"] == ["300"]
    page = bakari.get("/weigh-in/buying?change=yes")
    assert page.filled_in("/weigh-in/buying")["weight_unit"] == ["g"]
    bakari.submit(page, "/weigh-in/buying", weight_unit="kg")
    assert bags(bakari, store)["tare_each_g"] == ["0,3"]
    once = bakari.get(f"/weigh-in?farmer={store.farmer}&weight_unit=t")
    assert once.filled_in("/weigh-in")["tare_each_g"] == [""]  # 0,3 was typed in kilograms
