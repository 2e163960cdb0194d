"""Registering farmers, plots, places, partners, codes, certificates, users and access for programs, page by page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.web.client import Client
from tests.web.stocked import PAKSONG, Stocked, neighbour, said, stocked
from traceability.domain.facts import CloseHold, PutOnHold, RecallGoods, RegisterFarmer
from traceability.domain.roles import Actor
from traceability.operations import inspection, registry

SignedIn = Callable[..., Client]


@pytest.fixture
def store(app: Flask, cooperative: Actor) -> Stocked:
    """A place, Amina and her plot."""
    return stocked(app, cooperative)


@pytest.fixture
def malee(signed_in: SignedIn, store: Stocked) -> Client:
    """The manager, who is the administrator too."""
    return signed_in("malee", "manager", "administrator")


def test_a_new_farmer_in_three_fields_is_ready_to_deliver(malee: Client) -> None:
    form = malee.get("/farmers/new?onward=weigh-in")
    saved = malee.submit(form, "/farmers/new", name="Kham Souksavanh", village="Ban Lak 30")
    page = malee.follow(saved)
    assert page.heading == "Kham Souksavanh"
    assert "Ban Lak 30" in malee.get("/weigh-in?q=kham").text


def test_a_farmer_without_a_name_is_asked_for_it_and_the_village_stays(malee: Client) -> None:
    again = malee.submit(malee.get("/farmers/new"), "/farmers/new", status=422, village="Ban Lak 30")
    assert "#name" in again.links()
    assert again.filled_in("/farmers/new")["village"] == ["Ban Lak 30"]


def test_a_number_in_use_is_refused_at_its_field(malee: Client) -> None:
    again = malee.submit(malee.get("/farmers/new"), "/farmers/new", status=409, name="Kham", number="0001")
    assert "#number" in again.links()


def test_a_form_sent_twice_registers_one_farmer(malee: Client) -> None:
    form = malee.get("/farmers/new")
    places = {malee.submit(form, "/farmers/new", name="Kham").location for _ in range(3)}
    assert len(places) == 1
    assert "One farmer" in malee.get("/farmers?q=kham").text


def test_the_farmers_page_shows_season_plots_deliveries_and_the_card(malee: Client, store: Stocked) -> None:
    store.delivery(100_000)
    store.delivery(200_500)
    page = malee.get(f"/farmers/{store.farmer}")
    text = page.text.replace("\xa0", " ")
    assert "300.5 kg" in text
    assert "Upper field: 1.2 ha, Arabica coffee" in text
    assert "2 deliveries" in text
    card = malee.get(f"/farmers/{store.farmer}/card.svg")
    assert card.html.startswith("<svg")
    assert "Amina" not in card.html


def test_the_farmers_page_says_first_what_stops_the_goods(malee: Client, store: Stocked) -> None:
    def bands() -> list[str]:
        found = malee.get(f"/farmers/{store.farmer}").root.all("div")
        told = [box for box in found if box.attributes.get("role") == "status"]
        return [" ".join(band.text.replace("\xa0", " ").split()) for band in told]

    assert bands() == []
    store.do(inspection.recall, RecallGoods(**said(), plot=store.plot, reason="Residue", action="Bring it back"))
    hold = store.do(inspection.put_on_hold, PutOnHold(**said(), farmer=store.farmer, reason="A smell"))["hold"]
    store.do(inspection.put_on_hold, PutOnHold(**said(), lot=store.delivery(), reason="Of one delivery"))
    recalled, held = bands()
    assert recalled.startswith("Recalled Since ")
    assert recalled.endswith(" · Plot Upper field Residue Bring it back")
    assert held.startswith("On hold Since ")
    assert held.endswith(" A smell")
    store.do(inspection.close_hold, CloseHold(**said(), hold=hold, passed=False, outcome="it was diesel"))
    assert [band.partition(" Since")[0] for band in bands()] == ["Recalled", "Check failed"]


def test_consent_is_read_and_kept(malee: Client, store: Stocked) -> None:
    form = malee.get(f"/farmers/{store.farmer}/consent")
    malee.submit(form, "/farmers/", named_in_public="1", text="Read in Lao")
    assert "Yes, the farmer agreed" in malee.get(f"/farmers/{store.farmer}").text


def test_a_new_plot_begins_at_the_farmers_place(malee: Client, store: Stocked) -> None:
    form = malee.get(f"/farmers/{store.farmer}/plots/new")
    assert form.filled_in("/farmers/")["district"] == ["Paksong"]
    malee.submit(form, "/farmers/", name="Lower field", area_m2="0,8")
    assert "Lower field: 0.8 ha" in malee.get(f"/farmers/{store.farmer}").text.replace("\xa0", " ")


@pytest.mark.parametrize(
    ("name", "typed", "shown"),
    [
        ("places", {"name": "Nong Luang", "kind": "collection_point", "prefix": "NL"}, "Nong Luang"),
        ("partners", {"name": "Bottega", "kind": "buyer", "country": "IT"}, "Bottega"),
        ("codes", {"scheme": "packing_house", "official_code": "PH-77", "valid_to": "2020-01-01"}, "Ended"),
        (
            "certificates",
            {
                "scheme": "organic",
                "number": "LAO-9",
                "issuer": "LCB",
                "custody": "segregated",
                "valid_from": "2020-01-01",
            },
            "LAO-9",
        ),
        (
            "users",
            {"name": "Noy", "login": "noy", "password": "three words in a row", "roles": ["clerk", "inspector"]},
            "Clerk, Inspector",
        ),
    ],
)
def test_each_register_takes_a_new_line(malee: Client, name: str, typed: dict[str, Any], shown: str) -> None:
    form = malee.get(f"/registers/{name}/new")
    listed = malee.follow(malee.submit(form, f"/registers/{name}", **typed))
    assert shown in listed.text


@pytest.mark.parametrize("name", ["places", "partners", "codes", "certificates", "users"])
def test_an_empty_form_says_what_is_missing_and_links_to_it(malee: Client, name: str) -> None:
    again = malee.submit(malee.get(f"/registers/{name}/new"), f"/registers/{name}", status=422)
    assert again.title.startswith("Error:")


def test_a_certificate_may_name_its_farmers_by_number(malee: Client, store: Stocked) -> None:
    form = malee.get("/registers/certificates/new")
    typed = {"scheme": "organic", "number": "1", "issuer": "LCB", "custody": "segregated", "valid_from": "2020-01-01"}
    wrong = malee.submit(form, "/registers/certificates", status=404, **typed, **{"farmers-0": "9999"})
    assert "You have no farmer 9999" in wrong.text
    more = malee.submit(form, "/registers/certificates", status=200, go="more", **typed, **{"farmers-0": "0001"})
    right = malee.submit(more, "/registers/certificates")
    assert "for one farmer or plot" in malee.follow(right).text


def test_a_code_is_suspended_from_its_list(malee: Client) -> None:
    form = malee.get("/registers/codes/new")
    listed = malee.follow(malee.submit(form, "/registers/codes", scheme="growing_area", official_code="LA-0012"))
    ask = malee.get(next(link for link in listed.links() if "suspend" in link))
    assert ask.filled_in("/registers/codes/suspend")["official_code"] == ["LA-0012"]
    early = malee.submit(ask, "/registers/codes/suspend", status=422, reason="Fruit fly", to_on="2020-01-01")
    assert "This is before the first day" in early.text
    assert "#to_on" in early.links()
    after = malee.follow(malee.submit(early, "/registers/codes/suspend", to_on=""))
    assert "Suspended" in after.text
    end = malee.get(next(link for link in after.links() if "/suspension?" in link))
    asked = malee.submit(end, "/registers/codes/suspension", status=422, reason="Another code was meant")
    assert "Give the last day of the suspension" in asked.text
    back = malee.follow(malee.submit(asked, "/registers/codes/suspension", in_error="1"))
    assert "It was a mistake." in back.text
    assert "Suspended" not in back.text


def test_access_for_a_program_is_shown_once_and_ended(malee: Client) -> None:
    made = malee.submit(malee.get("/tokens"), "/tokens", status=200, name="Exporter's system")
    secret = next(word for word in made.text.split() if word.startswith("tr_"))
    listed = malee.get("/tokens")
    assert secret not in listed.html
    malee.submit(listed, "/tokens/")
    assert "Ended" in malee.get("/tokens").text


def test_only_administrators_touch_users_and_access(signed_in: SignedIn, store: Stocked) -> None:
    bakari, olga = signed_in("bakari", "clerk"), signed_in("olga", "auditor")
    for address in ("/registers/users", "/registers/users/new", "/tokens"):
        bakari.get(address, status=403)
    for address in ("/registers/users", "/tokens", "/farmers", f"/farmers/{store.farmer}", "/registers/codes"):
        olga.get(address)
    for address in ("/registers/users/new", "/registers/places/new", "/farmers/new", "/tokens"):
        olga.post(address, {}, status=403)


def test_an_outsider_sees_no_farmer_of_the_cooperative(app: Flask, malee: Client, store: Stocked) -> None:
    dao = neighbour(app)
    other = store.database.write(
        lambda s: registry.register_farmer(s, dao, RegisterFarmer(**said(), name="Somsak", where=PAKSONG))
    )["farmer"]
    for address in (f"/farmers/{other}", f"/farmers/{other}/card.svg", f"/farmers/{other}/consent"):
        malee.get(address, status=404)
    malee.post(f"/farmers/{other}/plots/new", {}, status=404)
    assert "Somsak" not in malee.get("/farmers").text
    malee.get("/registers/nothing", status=404)
