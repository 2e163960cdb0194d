"""Money, paper pages and chains over the API: read as it is kept, said once, and of no other organisation."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.web.program import Program, organisation, token_of
from traceability.domain.roles import Actor

HERE = {"country": "LA", "province": "Champasak"}
COFFEE = {"commodity": "arabica_coffee", "form": "dry_parchment"}
PAGE = {
    "client_id": "page-12-of-the-book",
    "facility": "NL",
    "goods": "arabica_coffee.dry_parchment",
    "page": "12",
    "total_g": 59_000,
    "tare_each_g": 500,
    "confirmed": True,
    "lines": [
        {"line": 1, "farmer": "0001", "bags_g": [20_000, 10_500]},
        {"line": 2, "farmer": "0001", "bags_g": [30_000]},
    ],
}


@pytest.fixture
def bakari(app: Flask, cooperative: Actor) -> Program:
    program = Program(app, token_of(app, cooperative, "bakari"))
    program.say("/facilities", name="Mill", kind="dry_mill", prefix="NL", **HERE)
    program.say("/farmers", name="Amina", number="0001", **HERE)
    return program


@pytest.fixture
def dao(app: Flask) -> Program:
    return Program(app, token_of(app, organisation(app, "Dao Trading", "DT"), "dao"))


def weigh(bakari: Program, price: int | None) -> str:
    priced = {"price_per_kg": price, "currency": "LAK"} if price else {}
    said = {"facility": "NL", "farmer": "0001", "bags_g": [10_000], **COFFEE, **priced, "confirmed": True}
    return str(bakari.say("/weigh-ins", **said)["answer"]["lot"])


def test_what_is_owed_and_what_was_paid_is_read(bakari: Program, dao: Program) -> None:
    first = weigh(bakari, 1_000)
    weigh(bakari, None)
    paid = bakari.say("/payments", farmer="0001", amount=4_000, currency="LAK", deliveries=[first])

    account = bakari.get("/farmers/0001/balance")
    assert account["balances"] == [{"currency": "LAK", "due": 10_000, "paid": 4_000, "owed": 6_000}]
    assert [(due["code"], due["amount"], due["open"]) for due in account["dues"]] == [(first, 10_000, 6_000)]
    assert account["unpriced"] == 1
    assert [(row["number"], row["amount"], row["currency"]) for row in bakari.get("/balances")["items"]] == [
        ("0001", 6_000, "LAK")
    ]
    payment = bakari.get(f"/payments/{paid['event']}")
    assert payment["parts"] == [{"delivery": first, "amount": 4_000}]
    assert (payment["amount"], payment["rest"], payment["advance"], payment["void"]) == (4_000, 0, False, False)
    assert bakari.get("/payments")["items"] == [payment]

    assert dao.get("/payments")["items"] == []
    assert dao.get("/balances")["items"] == []
    dao.get(f"/payments/{paid['event']}", 404)
    dao.get("/farmers/0001/balance", 404)


def test_a_payment_declared_in_error_says_so_and_is_owed_again(bakari: Program) -> None:
    weigh(bakari, 1_000)
    paid = bakari.say("/payments", farmer="0001", amount=4_000, currency="LAK")
    bakari.say("/error-declarations", event=paid["event"], reason="twice")
    assert bakari.get(f"/payments/{paid['event']}")["void"]
    assert bakari.get("/farmers/0001/balance")["balances"][0]["owed"] == 10_000


def test_money_is_read_with_the_scope_to_read_only(app: Flask, cooperative: Actor) -> None:
    writer = Program(app, token_of(app, cooperative, "writer", scopes="write"))
    for path in ("/payments", "/balances", "/farmers/0001/balance"):
        writer.get(path, 403)


def test_a_page_of_the_paper_book_is_kept_whole_and_once(bakari: Program) -> None:
    first = bakari.send("/paper-pages", PAGE)
    assert first.status_code == 201, first.text
    assert [item["kind"] for item in first.get_json()["items"]] == ["weigh_in", "weigh_in"]
    again = bakari.send("/paper-pages", PAGE)
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (200, "true")
    assert [item["event"] for item in again.get_json()["items"]] == [i["event"] for i in first.get_json()["items"]]
    assert sorted(lot["made_g"] for lot in bakari.get("/lots")["items"]) == [29_500, 29_500]


def test_a_page_that_does_not_add_up_leaves_nothing(bakari: Program) -> None:
    assert bakari.say("/paper-pages", 422, **{**PAGE, "total_g": 60_000})["name"] == "PageDiffersTwice"
    lines = [{"farmer": "0001", "bags_g": [20_500]}, {"farmer": "9999", "bags_g": [39_500]}]
    wrong = bakari.say("/paper-pages", 422, **{**PAGE, "lines": lines})
    assert list(wrong["errors"]) == ["lines-1-farmer"]
    for bags in ("48,6", ["48"], [], [0], [1.5], [True], None):
        bakari.say("/paper-pages", 422, **{**PAGE, "lines": [{"farmer": "0001", "bags_g": bags}]})
    assert bakari.get("/lots")["items"] == []


def test_several_steps_are_one_call_and_each_its_own_event(bakari: Program) -> None:
    lot = bakari.say("/lots", facility="NL", deliveries=[weigh(bakari, None)])["answer"]["lot"]
    said = {"client_id": "chain-one", "facility": "NL", "lot": lot, "way": "green.graded_green", "mass_g": 7_500}
    done = bakari.say("/chains", **said, confirmed=True)
    kinds = [event["kind"] for event in bakari.get("/events", limit="200")["items"]]
    assert kinds[-2:] == ["process", "process"]
    again = bakari.send("/chains", {**said, "confirmed": True})
    assert (again.status_code, again.get_json()["event"]) == (200, done["event"])
    other = bakari.say("/lots", facility="NL", deliveries=[weigh(bakari, None)])["answer"]["lot"]
    backwards = {**said, "client_id": "chain-two", "lot": other, "way": "green.fresh_cherry"}
    assert bakari.say("/chains", 422, **backwards)["name"] == "FormsDiffer"


def test_a_program_says_with_the_weigh_in_that_it_was_paid(bakari: Program) -> None:
    said = {"facility": "NL", "farmer": "0001", "bags_g": [10_000], **COFFEE, "price_per_kg": 1_000}
    bakari.say("/weigh-ins", **said, paid="now", confirmed=True)
    assert bakari.get("/farmers/0001/balance")["balances"] == [
        {"currency": "LAK", "due": 10_000, "paid": 10_000, "owed": 0}
    ]
    assert "paid" in str(bakari.say("/weigh-ins", 422, **said, paid="tomorrow"))


def test_a_price_far_from_the_last_ones_is_asked_about(bakari: Program) -> None:
    weigh(bakari, 14_000)
    said = {"facility": "NL", "farmer": "0001", "bags_g": [31_000], **COFFEE}
    for odd in (1_400_000, 14):
        asked = bakari.say("/weigh-ins", 422, **said, price_per_kg=odd)
        (question,) = asked["warnings"]
        assert question.endswith("Usual is 14\xa0000 LAK.")
    later = str(bakari.say("/weigh-ins", **said)["answer"]["lot"])
    agreed = {"deliveries": [later], "price_per_kg": 140_000, "currency": "LAK"}
    assert bakari.say("/agreed-prices", 422, **agreed)["warnings"] == ["140\xa0000 LAK per kg? Usual is 14\xa0000 LAK."]
    event = bakari.say("/agreed-prices", **agreed, confirmed=True)["event"]
    assert "kept_unusual" in str(bakari.get(f"/events/{event}"))


def test_a_program_is_asked_about_the_same_sum_too(bakari: Program) -> None:
    weigh(bakari, 14_000)
    said = {"farmer": "0001", "currency": "LAK", "amount": 50_000}
    event = bakari.say("/payments", **said)["event"]
    assert f"entry {event}" in str(bakari.say("/payments", 422, **said))
    bakari.say("/payments", **said, confirmed=True)
