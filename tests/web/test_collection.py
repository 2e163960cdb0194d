"""The weigh-in as Bakari does it on a phone: who, how much, check, receipt; and a lot of what came in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from flask import Flask

from tests.web.client import Client, Page
from tests.web.stocked import PAKSONG, Stocked, neighbour, said, stocked
from traceability.domain.facts import (
    DeclareError,
    PutOnHold,
    RegisterCertificate,
    RegisterFarmer,
    RegisterPlot,
    RegisterRegistration,
    RegisterUser,
    WeighIn,
    Where,
)
from traceability.domain.roles import Actor
from traceability.operations import account, collection, correction, inspection, registry
from traceability.queries.receipts import receipt_of

SignedIn = Callable[..., Client]


@pytest.fixture
def store(app: Flask, cooperative: Actor) -> Stocked:
    """A place, Amina and her plot."""
    return stocked(app, cooperative)


@pytest.fixture
def bakari(signed_in: SignedIn, store: Stocked) -> Client:
    """The clerk, signed in, when there is somebody to weigh in."""
    return signed_in("bakari", "clerk")


def weigh(client: Client, store: Stocked, *bags: str, **typed: Any) -> Page:
    """Screen 2 filled in, as far as the page that asks to check."""
    page = client.get(f"/weigh-in?farmer={store.farmer}")
    filled = {f"bags_g-{place}": text for place, text in enumerate(bags)}
    return client.submit(page, "/weigh-in", status=typed.pop("status", 200), go="check", **{**filled, **typed})


def numbers(client: Client) -> list[str]:
    """The receipt numbers of today."""
    page = client.get("/deliveries")
    return [link for link in page.links() if link.startswith("/receipts/")]


# --- who -----------------------------------------------------------------------------------------------------


def test_a_farmer_is_found_by_number_name_and_village_and_never_by_an_outsider(
    app: Flask, bakari: Client, store: Stocked
) -> None:
    dao = neighbour(app)
    for name, village in (("Đào Thị Bình", "Chiềng Ban"), ("ກ້າບ ສີສະຫວັນ", "ບ້ານຫຼັກ 30"), ("Amina", "Nong Luang")):
        store.do(registry.register_farmer, RegisterFarmer(**said(), name=name, where=where(village)))
    store.database.write(
        lambda s: registry.register_farmer(s, dao, RegisterFarmer(**said(), name="Amina the other", where=PAKSONG))
    )
    assert "Đào Thị Bình" in bakari.get("/weigh-in?q=dao").text
    assert "ກ້າບ" in bakari.get("/weigh-in?q=ກາບ").text
    assert "Đào" in bakari.get("/weigh-in?q=chieng").text
    both = bakari.get("/weigh-in?q=amina")
    assert "2 farmers fit" in both.text
    assert "Nong Luang" in both.text
    assert "the other" not in both.text
    assert "Nobody fits" in bakari.get("/weigh-in?q=zzz").text
    number = bakari.get("/weigh-in?q=1", status=303)
    assert number.location.startswith("/weigh-in?farmer=")


@pytest.mark.parametrize(
    "asked",
    ["0417", "417", "໐໔໑໗", "໔໑໗", "dao", "Đào", "ĐÀO", "dao\u200b", "binh dao", "ti", "chieng ban"],
)
def test_everything_people_call_a_farmer_by_finds_her(bakari: Client, store: Stocked, asked: str) -> None:
    fact = RegisterFarmer(**said(), name="Đào Thị Bình", nickname="Tí", number="0417", where=where("Chiềng Ban"))
    code = store.do(registry.register_farmer, fact)["farmer"]
    answer = bakari.http.get("/weigh-in", query_string={"q": asked})
    assert code in (answer.location or answer.text)


def test_the_last_three_digits_of_a_long_number_are_enough(bakari: Client, store: Stocked) -> None:
    fact = RegisterFarmer(**said(), name="Bounthanh", number="NL-2026-0417", where=PAKSONG)
    store.do(registry.register_farmer, fact)
    assert "Bounthanh" in bakari.get("/weigh-in?q=417").text
    assert "Bounthanh" not in bakari.get("/weigh-in?q=17").text


def test_a_new_farmer_of_three_fields_is_weighed_in_at_once(bakari: Client) -> None:
    page = bakari.get("/weigh-in?q=zzz")
    form = bakari.get(next(link for link in page.links() if link.startswith("/farmers/new")))
    saved = bakari.submit(form, "/farmers/new", name="Somchai", village="Lak 30", phone="020 5555 0101")
    assert saved.location.startswith("/weigh-in?farmer=")
    assert bakari.follow(saved).heading == "Somchai"


def where(village: str) -> Where:
    return replace(PAKSONG, village=village)


def test_the_farmers_just_weighed_in_come_first(bakari: Client, store: Stocked) -> None:
    store.do(registry.register_farmer, RegisterFarmer(**said(), name="Bounmy", where=PAKSONG))
    save(bakari, weigh(bakari, store, "48,6"))
    page = bakari.get("/weigh-in")
    assert "Amina" in page.text
    assert "Bounmy" not in page.text


def test_without_a_place_the_page_says_what_to_do_first(signed_in: SignedIn) -> None:
    assert "Register the collection point first" in signed_in("bakari", "clerk").get("/weigh-in").text


def test_a_card_leads_to_the_farmer_and_tells_a_stranger_no_name(
    bakari: Client, visitor: Client, store: Stocked
) -> None:
    assert bakari.follow(bakari.get(f"/f/{store.farmer}", status=303)).heading == "Amina"
    shown = visitor.get(f"/f/{store.farmer}")
    assert "Amina" not in shown.text.replace("Cooperative of Amina", "")
    assert "Paksong" not in shown.text


# --- how much ------------------------------------------------------------------------------------------------


def save(client: Client, checked: Page, **typed: Any) -> Page:
    """Save on the check page and open what comes."""
    return client.follow(client.submit(checked, "/weigh-in", go="save", **typed))


def test_a_weigh_in_is_checked_saved_and_printed(bakari: Client, store: Stocked) -> None:
    checked = weigh(bakari, store, "48,6", "51.2", tare_each_g="0,2", grade="A", price_per_kg="14000")
    assert "99.4 kg" in checked.text.replace("\xa0", " ")
    assert numbers(bakari) == []
    saved = save(bakari, checked)
    assert "PM-" in saved.heading
    assert "Season so far 99.4 kg" in saved.text.replace("\xa0", " ")
    printed = bakari.get(next(link for link in saved.links() if link.startswith("/receipts/")))
    text = printed.text.replace("\xa0", " ")
    for part in ("Amina", "48.6 kg + 51.2 kg", "99.4 kg", "1 391 600 LAK", "Upper field", "Bakari", "Coffee cherry A"):
        assert part in text


@pytest.mark.parametrize("typed", ["48,6", "48.6", " 48,6 ", "48,60", "໔໘,໖", "๔๘.๖", "４８．６"])
def test_all_ways_to_write_a_weight_are_one(bakari: Client, store: Stocked, typed: str) -> None:
    assert "48.6 kg" in weigh(bakari, store, typed).text.replace("\xa0", " ")


def test_a_number_with_two_meanings_is_asked_about_and_nothing_is_stored(bakari: Client, store: Stocked) -> None:
    asked = weigh(bakari, store, "1.250", status=422)
    assert [button.text for button in asked.root.all("button") if button.attributes.get("name") == "chosen"]
    assert numbers(bakari) == []
    chosen = bakari.submit(asked, "/weigh-in", status=200, chosen="bags_g-0=1,25", go="check")
    assert "1.25 kg" in chosen.text.replace("\xa0", " ")


def test_the_question_is_the_same_when_it_is_sent_again(bakari: Client, store: Stocked) -> None:
    asked = [weigh(bakari, store, typed, status=422) for typed in ("1.250", "1,250", "1.250")]
    choices = [
        [one.text for one in page.root.all("button") if one.attributes.get("name") == "chosen"] for page in asked
    ]
    assert {tuple(text.replace("\xa0", " ") for text in some) for some in choices} == {("1 250 kg", "1.25 kg")}


@pytest.mark.parametrize(("language", "one"), [("en", "1.25 kg"), ("vi", "1,25 kg"), ("lo", "1,25 ກກ")])
def test_sentences_have_the_decimal_mark_of_their_language(
    bakari: Client, store: Stocked, language: str, one: str
) -> None:
    bakari.get(f"/?l={language}")
    asked = weigh(bakari, store, "1.250", status=422)
    summary = next(found.text for found in asked.root.all("a") if found.attributes.get("href") == "#bags_g-0")
    assert one in summary.replace("\xa0", " ")


def test_an_example_in_a_sentence_has_the_mark_of_english(bakari: Client, store: Stocked) -> None:
    for typed in ("abc", "48,6,2"):
        assert "such as 48.6." in weigh(bakari, store, typed, status=422).text


@pytest.mark.parametrize("typed", ["0", "-3", "1e3", "abc", "48,6,2"])
def test_what_is_no_weight_stays_where_it_was_typed(bakari: Client, store: Stocked, typed: str) -> None:
    page = weigh(bakari, store, typed, status=422)
    assert page.title.startswith("Error:")
    assert page.filled_in("/weigh-in")["bags_g-0"] == [typed]
    assert "#bags_g-0" in page.links()


def test_sums_show_no_noise(bakari: Client, store: Stocked) -> None:
    text = weigh(bakari, store, "0,1", "0,2").text.replace("\xa0", " ")
    assert "0.3 kg" in text
    assert "0.1 kg + 0.2 kg" in text


def test_an_empty_weigh_in_is_asked_for_a_bag(bakari: Client, store: Stocked) -> None:
    assert "#bags_g-0" in weigh(bakari, store, status=422).links()


def test_more_bags_are_added_and_what_was_typed_stays(bakari: Client, store: Stocked) -> None:
    page = bakari.get(f"/weigh-in?farmer={store.farmer}")
    more = bakari.submit(page, "/weigh-in", status=200, go="more", **{"bags_g-0": "48,6", "bags_g-1": "51,2"})
    filled = more.filled_in("/weigh-in")
    assert [filled[f"bags_g-{place}"] for place in range(4)] == [["48,6"], ["51,2"], [""], [""]]
    assert "2 bags: gross 99.8 kg" in more.text.replace("\xa0", " ")


def test_an_unusual_bag_is_kept_with_one_more_tap_and_the_record_says_so(bakari: Client, store: Stocked) -> None:
    checked = weigh(bakari, store, "486")
    assert "486 kg in one bag?" in checked.text.replace("\xa0", " ")  # before anything is saved
    asked = bakari.submit(checked, "/weigh-in", status=422, go="save")
    assert "486 kg in one bag?" in asked.text.replace("\xa0", " ")
    assert numbers(bakari) == []
    kept = bakari.follow(bakari.submit(asked, "/weigh-in", confirmed="1", kept_because="A very large sack"))
    printed = bakari.get(next(link for link in kept.links() if link.startswith("/receipts/")))
    assert "A very large sack" in printed.text
    assert "Confirmed 486 kg in one bag?" in printed.text.replace("\xa0", " ")


def test_a_receipt_shows_the_season_as_it_stood_then(bakari: Client, store: Stocked) -> None:
    """50 kg, 40 kg, and the 50 are taken back: each receipt goes on to say what it said"""
    first, second = (
        bakari.follow(bakari.submit(weigh(bakari, store, kg), "/weigh-in", go="save")) for kg in ("50", "40")
    )
    receipts = [page.address.replace("/weigh-in/saved/", "/receipts/") for page in (first, second)]
    bakari.submit(first, "/weigh-in/undo")
    third = bakari.follow(bakari.submit(weigh(bakari, store, "30"), "/weigh-in", go="save"))
    assert "Season so far 70 kg" in third.text.replace("\xa0", " ")
    assert "Season so far 90 kg" in bakari.get(receipts[1]).text.replace("\xa0", " ")
    assert "Not valid any more" in bakari.get(receipts[0]).text


def test_the_likely_number_is_one_tap_away(bakari: Client, store: Stocked) -> None:
    checked = weigh(bakari, store, "50", "486")
    assert 'value="bags_g-1=48,6"' in checked.html
    again = bakari.submit(checked, "/weigh-in", status=200, chosen="bags_g-1=48,6")
    assert "2 bags: 50 kg + 48.6 kg" in again.text.replace("\xa0", " ")
    assert "Is this right?" not in again.text
    assert "98.6 kg" in bakari.follow(bakari.submit(again, "/weigh-in", go="save")).text.replace("\xa0", " ")


def test_a_tare_heavier_than_the_bags_is_refused_before_the_farmer_sees_it(bakari: Client, store: Stocked) -> None:
    page = weigh(bakari, store, "33,3", tare_each_g="40", status=422)
    assert "The bags weigh more than what is in them: 40 kg of 33.3 kg." in page.text.replace("\xa0", " ")
    assert page.filled_in("/weigh-in")["step"] == ["bags"]
    assert "-6.7" not in page.text


def test_sent_five_times_it_is_one_weigh_in(bakari: Client, store: Stocked) -> None:
    checked = weigh(bakari, store, "48,6")
    places = {bakari.submit(checked, "/weigh-in", go="save").location for _ in range(5)}
    assert len(places) == 1
    assert len(numbers(bakari)) == 1


def test_going_back_to_change_keeps_what_was_typed(bakari: Client, store: Stocked) -> None:
    checked = weigh(bakari, store, "48,6", note="Wet bag")
    back = bakari.submit(checked, "/weigh-in", status=200, go="change")
    assert back.filled_in("/weigh-in")["bags_g-0"] == ["48,6"]
    assert back.filled_in("/weigh-in")["note"] == ["Wet bag"]


def test_the_quality_box_is_that_of_the_goods(bakari: Client, store: Stocked) -> None:
    assert "Ripe (red) cherries" in bakari.get(f"/weigh-in?farmer={store.farmer}").text
    wrong = weigh(bakari, store, "48,6", quality="140", status=422)
    assert "#quality" in wrong.links()
    saved = save(bakari, weigh(bakari, store, "48,6", quality="92"))
    printed = bakari.get(next(link for link in saved.links() if link.startswith("/receipts/")))
    assert "Ripe (red) cherries 92 %" in printed.text
    parchment = bakari.get(f"/weigh-in?farmer={store.farmer}&goods=arabica_coffee.dry_parchment")
    assert "Moisture" in parchment.text


def test_where_and_what_was_bought_last_is_bought_next(bakari: Client, store: Stocked) -> None:
    page = bakari.get(f"/weigh-in?farmer={store.farmer}&goods=arabica_coffee.green&tare=0,3&price=40000")
    assert page.filled_in("/weigh-in")["tare_each_g"] == ["0,3"]
    save(bakari, bakari.submit(page, "/weigh-in", status=200, go="check", **{"bags_g-0": "60"}))
    following = bakari.get(f"/weigh-in?farmer={store.farmer}").filled_in("/weigh-in")
    assert following["form"] == ["green"]
    assert (following["tare_each_g"], following["price_per_kg"]) == ([""], [""])  # they were said for one farmer


def test_the_plot_is_chosen_by_itself_when_there_is_one_and_asked_when_there_are_two(
    bakari: Client, store: Stocked
) -> None:
    page = bakari.get(f"/weigh-in?farmer={store.farmer}")
    assert page.filled_in("/weigh-in")["plot"] == [store.plot]
    another = RegisterPlot(
        **said(), farmer=store.farmer, name="Lower", commodity="arabica_coffee", where=PAKSONG, area_m2=4_000
    )
    store.do(registry.register_plot, another)
    asked = bakari.get(f"/weigh-in?farmer={store.farmer}")
    assert "Lower" in asked.text
    assert "Not known" in asked.text


def test_a_corrected_receipt_says_what_it_replaces(bakari: Client, store: Stocked) -> None:
    wrong = save(bakari, weigh(bakari, store, "48,6"))
    code = next(link for link in wrong.links() if link.startswith("/receipts/")).rpartition("/")[2]
    with store.database.reading() as session:
        event = receipt_of(session, store.actor, code).delivery.event
    right = WeighIn(
        **said(confirmed=True),
        facility=store.place,
        farmer=store.farmer,
        commodity="arabica_coffee",
        form="fresh_cherry",
        bags_g=(46_800,),
        tare_g=0,
    )
    fact = DeclareError(**said(note="Read wrong"), event=event, reason="incorrect_data", replacement=right)
    done = store.do(correction.declare_error, fact)
    new = bakari.get(f"/receipts/{done['replacement']['lot']}")
    assert "Corrected: replaces" in new.text
    assert "Not valid any more" in bakari.get(f"/receipts/{code}").text


def test_a_weigh_in_is_undone_at_once_and_stays_in_the_history(bakari: Client, store: Stocked) -> None:
    saved = save(bakari, weigh(bakari, store, "48,6"))
    undone = bakari.follow(bakari.submit(saved, "/weigh-in/undo"))
    assert "Taken back" in undone.text
    assert not undone.root.all("form")[1:]
    assert bakari.submit(saved, "/weigh-in/undo").location  # a second tap changes nothing
    day = bakari.get("/deliveries")
    assert "0 deliveries" in day.text
    assert [row.text for row in day.root.all("s")] == ["Amina"]
    assert "Undone at once" in bakari.get(numbers(bakari)[0]).text


def test_after_seconds_it_is_corrected_instead(
    bakari: Client, store: Stocked, monkeypatch: pytest.MonkeyPatch, signed_in: SignedIn
) -> None:
    saved = save(bakari, weigh(bakari, store, "48,6"))
    signed_in("nok", "clerk").submit(saved, "/weigh-in/undo", status=409)  # it is not hers
    monkeypatch.setattr("traceability.operations.correction.UNDO_SECONDS", -10)
    late = bakari.submit(saved, "/weigh-in/undo", status=409)
    assert "Choose Correct" in late.text
    monkeypatch.setattr("traceability.web.collection.UNDO_SECONDS", 0)
    assert "/weigh-in/undo" not in bakari.get(saved.address).html
    correct = bakari.get(next(link for link in saved.links() if link.startswith("/correct")))
    right: dict[str, Any] = {"reason": "wrong_weight", "right": "1", "bags_g-0": "46,8"}
    done = bakari.submit(correct, "/correct", **right)
    receipts = [bakari.get(f"/receipts/{code}") for code in (done.location.rpartition("/")[2], numbers(bakari)[1][10:])]
    for page in receipts:
        text = page.text.replace("\xa0", " ")
        assert "48.6 kg → " in text
        assert "46.8 kg Wrong weight · Bakari" in text
    assert "Corrected: replaces" in receipts[0].text


# --- who may not ---------------------------------------------------------------------------------------------


def test_an_outsider_finds_nothing_and_an_auditor_changes_nothing(
    app: Flask, bakari: Client, store: Stocked, signed_in: SignedIn
) -> None:
    saved = save(bakari, weigh(bakari, store, "48,6"))
    paper = next(link for link in saved.links() if link.startswith("/receipts/"))
    lot = f"/lots/{paper.rpartition('/')[2]}"
    auditor = signed_in("olga", "auditor")
    auditor.get(paper)
    auditor.get(lot)
    auditor.get("/deliveries")
    auditor.get("/weigh-in", status=403)
    auditor.post("/weigh-in", {}, status=403)
    auditor.post("/lots/new", {}, status=403)
    dao = visitor_of(app, neighbour(app), "dao")
    for address in (paper, lot, f"/weigh-in?farmer={store.farmer}"):
        dao.get(address, status=404)


def visitor_of(app: Flask, organisation: Actor, name: str) -> Client:
    """A member with every working role in another organisation, with a place of its own."""
    fact = RegisterUser(
        **said(), login=name, name=name, password="a long enough password", roles=("clerk", "manager", "administrator")
    )
    database = app.extensions["database"]
    database.write(lambda session: account.register_user(session, organisation, fact))
    stocked(app, organisation)
    return Client(app).sign_in(name, "a long enough password")


# --- forming a lot -------------------------------------------------------------------------------------------


def deliveries(store: Stocked, *grams: int) -> list[str]:
    return [store.delivery(mass) for mass in grams]


def pick(client: Client) -> Page:
    """The deliveries of the first group."""
    groups = client.get("/lots/new")
    return client.get(next(link for link in groups.links() if link.startswith("/lots/new?facility=")))


def test_a_lot_is_formed_of_the_days_deliveries(bakari: Client, store: Stocked) -> None:
    deliveries(store, 100_100, 200_200)
    page = pick(bakari)
    assert "300.3 kg" in page.text.replace("\xa0", " ")
    ahead = bakari.submit(page, "/lots/new", status=200, go="ahead", weighed_g="299")
    assert "difference −1.3 kg = 0.4 %" in ahead.text.replace("\xa0", " ")
    lot = bakari.follow(bakari.submit(ahead, "/lots/new", go="save"))
    text = lot.text.replace("\xa0", " ")
    assert "299 kg" in text
    assert "Amina · 299 kg · 100.0 %" in text
    assert "Every delivery is in a lot" in bakari.get("/lots/new").text


def test_a_large_difference_needs_a_reason(bakari: Client, store: Stocked) -> None:
    deliveries(store, 100_000)
    again = bakari.submit(pick(bakari), "/lots/new", status=422, go="ahead", weighed_g="80")
    assert "#reason" in again.links()
    ahead = bakari.submit(again, "/lots/new", status=200, go="ahead", reason="A bag burst")
    bakari.submit(ahead, "/lots/new", go="save")


def test_stopped_deliveries_are_left_out_with_the_reason(bakari: Client, store: Stocked) -> None:
    held, _ = deliveries(store, 100_000, 200_000)
    store.do(inspection.put_on_hold, PutOnHold(**said(), lot=held, reason="Smells of diesel"))
    page = pick(bakari)
    assert "Smells of diesel" in page.text
    assert len(page.filled_in("/lots/new")["deliveries"]) == 1


def test_the_lot_ahead_says_which_claim_will_be_lost_and_takes_them_out(bakari: Client, store: Stocked) -> None:
    other = store.do(registry.register_farmer, RegisterFarmer(**said(), name="Bounmy", where=PAKSONG))["farmer"]
    certificate = RegisterCertificate(
        **said(),
        scheme="organic",
        number="LAO-1",
        issuer="LCB",
        custody="segregated",
        valid_from=date(2020, 1, 1),
        farmers=(store.farmer,),
    )
    store.do(registry.register_certificate, certificate)
    deliveries(store, 100_000)
    store.do(
        collection.record_weigh_in,
        WeighIn(
            **said(confirmed=True),
            facility=store.place,
            farmer=other,
            commodity="arabica_coffee",
            form="fresh_cherry",
            bags_g=(50_000,),
            tare_g=0,
        ),
    )
    ahead = bakari.submit(pick(bakari), "/lots/new", status=200, go="ahead")
    assert "the lot will lose “Organic”" in ahead.text
    kept = bakari.submit(ahead, "/lots/new", status=200, keep="claim:organic", go="ahead")
    assert "the lot keeps “Organic”" in kept.text
    assert "100 kg" in kept.text.replace("\xa0", " ")


def test_two_orchard_codes_are_offered_as_two_lots(bakari: Client, store: Stocked) -> None:
    second = store.do(
        registry.register_plot,
        RegisterPlot(
            **said(), farmer=store.farmer, name="Lower", commodity="arabica_coffee", where=PAKSONG, area_m2=4_000
        ),
    )["plot"]
    for code, plot in (("ORCH-0012", store.plot), ("ORCH-0015", second)):
        store.do(
            registry.register_registration,
            RegisterRegistration(**said(), scheme="growing_area", official_code=code, plots=(plot,)),
        )
        store.do(
            collection.record_weigh_in,
            WeighIn(
                **said(confirmed=True),
                facility=store.place,
                farmer=store.farmer,
                plot=plot,
                commodity="arabica_coffee",
                form="fresh_cherry",
                bags_g=(50_000,),
                tare_g=0,
            ),
        )
    ahead = bakari.submit(pick(bakari), "/lots/new", status=200, go="ahead")
    assert "ORCH-0012, ORCH-0015" in ahead.text
    one = bakari.submit(ahead, "/lots/new", status=200, keep="area:ORCH-0015", go="ahead")
    assert "50 kg" in one.text.replace("\xa0", " ")


def test_a_delivery_taken_meanwhile_is_refused_with_a_sentence(bakari: Client, store: Stocked) -> None:
    deliveries(store, 100_000)
    ahead = bakari.submit(pick(bakari), "/lots/new", status=200, go="ahead")
    twice = bakari.submit(pick(bakari), "/lots/new", status=200, go="ahead")
    bakari.submit(ahead, "/lots/new", go="save")
    refused = bakari.submit(twice, "/lots/new", status=409, go="save")
    assert "is empty" in refused.text
