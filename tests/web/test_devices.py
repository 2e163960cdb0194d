"""Phones over the web: enrolled by whoever is signed in, let into two places of the API, listed, revoked."""

from __future__ import annotations

import gzip
import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update
from werkzeug.test import TestResponse

from tests.web.client import Client
from tests.web.conftest import PASSWORD
from tests.web.stocked import Stocked
from traceability.models import Device

TOKEN = "dv_" + "n" * 43
SAME_SITE = {"Sec-Fetch-Site": "same-origin", "Accept": "application/json"}


@pytest.fixture
def bakari(signed_in: Callable[..., Client]) -> Client:
    return signed_in("bakari", "clerk")


def enrolled(clerk: Client, name: str = "NL-B", token: str = TOKEN) -> TestResponse:
    body = {"client_id": f"enrol-{name}-{token[-4:]}", "name": name, "token": token}
    return clerk.http.post("/devices.json", data=body, headers=SAME_SITE)


class OnThePhone:
    """What a phone asks and sends, with its token."""

    def __init__(self, app: Flask, token: str = TOKEN) -> None:
        self.client, self.headers = app.test_client(use_cookies=False), {"Authorization": f"Bearer {token}"}

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(f"/api/v1{path}", headers={**self.headers, **headers})

    def weigh(self, stock: Stocked, **more: Any) -> TestResponse:
        coffee = {"facility": "PM", "farmer": stock.farmer, "commodity": "arabica_coffee", "form": "fresh_cherry"}
        said = {"client_id": "weigh-0001", "bags_g": [48_600], **coffee, **more}
        return self.client.post("/api/v1/weigh-ins", json=said, headers=self.headers)


@pytest.fixture
def phone(app: Flask, bakari: Client) -> OnThePhone:
    assert enrolled(bakari).get_json()["letter"] == "A"
    return OnThePhone(app)


def test_a_phone_is_enrolled_once_however_often_it_asks(app: Flask, bakari: Client) -> None:
    first, again = enrolled(bakari), enrolled(bakari)

    assert first.get_json() == again.get_json()
    assert set(first.get_json()) == {"device", "letter", "name"}
    assert enrolled(bakari, "Second", "dv_" + "m" * 43).get_json()["letter"] == "B"
    refused = enrolled(bakari, "", "short")
    assert (refused.status_code, refused.mimetype) == (422, "application/problem+json")
    assert enrolled(Client(app)).status_code == 401


def test_two_phones_in_use_are_never_called_the_same(bakari: Client, signed_in: Callable[..., Client]) -> None:
    code = enrolled(bakari).get_json()["device"]
    again = enrolled(bakari, "nl-b", "dv_" + "m" * 43)
    assert again.status_code == 409
    said = "The phone with the letter A is called NL-B already. Give this one another name."
    assert said in again.get_data(as_text=True)
    manager = signed_in("mali", "manager")
    manager.submit(manager.get(f"/devices/{code}/revoke"), f"/devices/{code}/revoke")
    assert enrolled(signed_in("bakari", "clerk"), "NL-B", "dv_" + "k" * 43).get_json()["letter"] == "B"


def test_its_token_opens_what_it_needs_and_nothing_else(phone: OnThePhone, stock: Stocked) -> None:
    assert phone.get("/snapshot").status_code == 200
    for path in ("/farmers", "/lots", f"/farmers/{stock.farmer}", "/events"):
        assert phone.get(path).get_json()["name"] == "ScopeMissing"
    written = phone.client.post("/api/v1/plots", json={"name": "x"}, headers=phone.headers)
    assert written.get_json()["name"] == "ScopeMissing"


def test_the_snapshot_is_packed_and_answered_shortly_when_nothing_changed(phone: OnThePhone, stock: Stocked) -> None:
    whole = phone.get("/snapshot", **{"Accept-Encoding": "gzip"})
    assert whole.headers["Content-Encoding"] == "gzip"
    found = json.loads(gzip.decompress(whole.data))
    assert found["settings"]["letter"] == "A"

    after = phone.get(f"/snapshot?since={found['version']}")
    assert (after.get_json()["shelves"], "settings" in after.get_json()) == ({}, False)
    same = phone.get(f"/snapshot?since={found['version']}", **{"If-None-Match": after.headers["ETag"]})
    assert (same.status_code, same.data) == (304, b"")


def test_a_weigh_in_keeps_the_number_of_the_phone_and_is_answered_the_same_again(
    phone: OnThePhone, stock: Stocked
) -> None:
    now = datetime.now(UTC).isoformat()
    first = phone.weigh(stock, receipt_number="PM-1120-A007", occurred_at=now, sent_at=now)
    again = phone.weigh(stock, receipt_number="PM-1120-A007", occurred_at=now, sent_at=now)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.get_json()["answer"] == again.get_json()["answer"]
    assert first.get_json()["answer"]["number"] == "PM-1120-A007"
    taken = phone.weigh(stock, client_id="weigh-0002", receipt_number="PM-1120-A007", bags_g=[50_000])
    assert (taken.status_code, taken.get_json()["name"]) == (409, "NumberTaken")


def test_cash_that_a_phone_paid_is_paid_once_and_counts_ahead_where_nothing_was_owed(
    app: Flask, bakari: Client, phone: OnThePhone, stock: Stocked
) -> None:
    """48.6 kg at 10 000, paid at the scale without a signal, to a farmer who had got 400 000 in advance"""
    assert phone.get("/snapshot").get_json()["settings"]["pays"] is True
    pay = f"/farmers/{stock.farmer}/pay"
    bakari.submit(bakari.get(pay), pay, amount="400000", purpose="advance")
    said = {"receipt_number": "PM-1120-A007", "price_per_kg": 10_000, "currency": "LAK", "paid": "now"}
    first, again = phone.weigh(stock, **said), phone.weigh(stock, **said)
    assert (first.status_code, again.status_code) == (201, 200)
    receipt = bakari.get(f"/receipts/{first.get_json()['answer']['lot']}").text
    assert "Payment paid" in receipt
    farmer = bakari.get(f"/farmers/{stock.farmer}").text.replace("\xa0", " ")
    assert "486 000 for deliveries, 886 000 paid" in farmer


def test_a_farmer_made_on_the_phone_gets_one_number_however_often_it_is_sent(phone: OnThePhone, stock: Stocked) -> None:
    said = {"client_id": str(uuid.uuid4()), "name": "ນາງ ວັນ", "village": "Lak 30", "country": "LA", "phone": ""}
    first, again = (phone.client.post("/api/v1/farmers", json=said, headers=phone.headers) for _ in range(2))

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.get_json()["answer"] == again.get_json()["answer"]
    made = first.get_json()["answer"]
    assert made["number"]
    assert phone.weigh(stock, farmer=made["farmer"]).status_code == 201
    shelves = phone.get("/snapshot").get_json()["shelves"]
    assert [row[1] for rows in shelves.values() for row in rows if row[0] == made["farmer"]] == [made["number"]]


def test_the_settings_say_what_the_point_asks_and_what_each_grade_costs(
    phone: OnThePhone, stock: Stocked, signed_in: Callable[..., Client]
) -> None:
    manager, today = signed_in("malee", "manager"), datetime.now(UTC).date().isoformat()
    for grade, price in (("", "11000"), ("A", "14000")):
        goods = {"goods": "arabica_coffee.fresh_cherry", "grade": grade, "price_per_kg": price, "from_on": today}
        opened = manager.get("/settings/prices")
        said = {**opened.filled_in("/settings/prices"), **goods}
        assert manager.http.post("/settings/prices", data=said, headers=SAME_SITE).status_code in (200, 303)
    settings = phone.get("/snapshot").get_json()["settings"]
    (cherry,) = (
        one for one in settings["goods"] if (one["commodity"], one["form"]) == ("arabica_coffee", "fresh_cherry")
    )

    assert cherry["prices"] == {"": 11000, "A": 14000, "B": 11000, "R": 11000}
    assert cherry["quality"]["key"]
    assert [place[2] for place in settings["places"]] == [[] for _ in settings["places"]]


def test_a_receipt_shown_without_a_signal_is_known_once_it_was_sent(
    app: Flask, phone: OnThePhone, stock: Stocked
) -> None:
    code = phone.get("/snapshot").get_json()["settings"]["code"]
    visitor, said = Client(app), str(uuid.uuid4())
    early = visitor.get(f"/r/{code}/{said}", status=404)
    assert "has not reached us yet" in early.text

    lot = phone.weigh(stock, client_id=said).get_json()["answer"]["lot"]

    assert visitor.get(f"/r/{code}/{said.upper()}", status=303).location == f"/r/{lot}"


def test_a_clock_that_is_days_off_is_asked_about(phone: OnThePhone, stock: Stocked) -> None:
    wrong = (datetime.now(UTC) - timedelta(days=400)).isoformat()
    asked = phone.weigh(stock, occurred_at=wrong, sent_at=wrong)
    assert (asked.status_code, asked.get_json()["name"]) == (422, "ClockOff")
    assert "The clock of this phone said" in asked.get_json()["detail"]

    right = datetime.now(UTC).isoformat()
    assert phone.weigh(stock, occurred_at=right, device_at=wrong, sent_at=wrong).status_code == 201


def test_a_manager_sees_what_is_unsent_and_revokes_a_lost_phone(
    app: Flask, phone: OnThePhone, stock: Stocked, signed_in: Callable[..., Client], bakari: Client
) -> None:
    manager = signed_in("malee", "manager")
    phone.get("/snapshot", Unsent="7")
    listed = manager.get("/devices")
    assert "7 entries unsent" in listed.text
    assert "A · NL-B" in listed.text
    phone.get("/snapshot", Unsent="2")  # seconds later, and then it is put away
    assert "2 entries unsent" in manager.get("/devices").text
    silent = update(Device).values(seen_at=datetime.now(UTC) - timedelta(hours=80))
    app.extensions["database"].write(lambda session: session.execute(silent))
    assert "Not heard of for three days" in manager.get("/devices").text
    assert "Revoke NL-B" not in bakari.get("/devices").text

    (link,) = (one for one in listed.root.all("a") if "Revoke NL-B" in one.text)
    asked = manager.get(link.attributes["href"])
    done = manager.http.post(
        link.attributes["href"],
        data=asked.filled_in(link.attributes["href"]),
        headers={"Sec-Fetch-Site": "same-origin"},
    )

    assert done.status_code == 303
    assert "Revoked" in manager.get("/devices").text
    for answer in (phone.get("/snapshot"), phone.weigh(stock)):
        problem = answer.get_json()
        assert (answer.status_code, problem["type"]) == (403, "/problems/DeviceRevoked")
        assert problem["detail"].startswith("This phone was revoked on ")
    code = link.attributes["href"].split("/")[2]
    again = {"data": {"token": "dv_" + "z" * 43}, "headers": SAME_SITE}
    found = bakari.http.post(f"/devices/{code}/renew.json", **again)  # whoever has the phone is signed out on it, too
    assert found.get_json()["name"] == "SignInNeeded"
    renewed = bakari.sign_in("bakari", PASSWORD).http.post(f"/devices/{code}/renew.json", **again)
    assert renewed.get_json()["name"] == "DeviceRevoked"


def test_a_phone_silent_for_a_month_is_let_in_again_by_its_clerk(
    app: Flask, phone: OnThePhone, bakari: Client, dao: Client
) -> None:
    then = datetime.now(UTC) - timedelta(days=31)
    ended = update(Device).values(seen_at=then, expires_at=then)
    app.extensions["database"].write(lambda session: session.execute(ended))
    assert (phone.get("/snapshot").status_code, phone.get("/snapshot").get_json()["name"]) == (401, "DeviceForgotten")
    code = enrolled(bakari).get_json()["device"]
    token = "dv_" + "z" * 43
    assert dao.http.post(f"/devices/{code}/renew.json", data={"token": token}, headers=SAME_SITE).status_code == 404

    renewed = bakari.http.post(f"/devices/{code}/renew.json", data={"token": token}, headers=SAME_SITE)

    assert renewed.get_json()["letter"] == "A"
    assert OnThePhone(app, token).get("/snapshot").status_code == 200


def test_a_spare_key_is_given_to_whoever_enrolled_the_phone_for_their_password(
    app: Flask, phone: OnThePhone, bakari: Client, dao: Client
) -> None:
    code = enrolled(bakari).get_json()["device"]

    def said(who: Client, path: str, **values: str) -> TestResponse:
        return who.http.post(f"/devices/{code}/{path}", data=values, headers=SAME_SITE)

    assert said(bakari, "spare-key/give.json", password=PASSWORD).get_json()["name"] == "NoSpareKey"
    assert said(bakari, "spare-key.json", key="short").get_json()["name"] == "NotAToken"
    assert said(bakari, "spare-key.json", key="k" * 43).status_code == 200
    assert said(dao, "spare-key.json", key="d" * 43).status_code == 404
    assert said(dao, "spare-key/give.json", password=PASSWORD).status_code == 404
    wrong = said(bakari, "spare-key/give.json", password="three wrong words")
    assert (wrong.get_json()["name"], "key" in wrong.get_json()) == ("WrongPassword", False)
    assert said(bakari, "spare-key/give.json", password=PASSWORD).get_json()["key"] == "k" * 43
    revoked = update(Device).values(revoked_at=datetime.now(UTC))
    app.extensions["database"].write(lambda session: session.execute(revoked))
    assert said(bakari, "spare-key/give.json", password=PASSWORD).get_json()["name"] == "DeviceRevoked"


def test_the_worker_names_every_file_it_keeps_and_each_is_there(app: Flask) -> None:
    visitor = app.test_client()
    worker = visitor.get("/service-worker.js")
    assert worker.mimetype == "text/javascript"
    assert worker.headers["Cache-Control"] == "no-cache"
    shell = json.loads(worker.text.partition("\n")[0].removeprefix("const SHELL = ").removesuffix(";"))
    assert shell["page"] == "/offline"
    for address in (shell["page"], *shell["files"]):
        with visitor.get(address) as answer:
            assert answer.status_code == 200, address
    manifest = visitor.get("/manifest.webmanifest").get_json()
    assert manifest["display"] == "standalone"
    for icon in manifest["icons"]:
        with visitor.get(icon["src"]) as answer:
            assert answer.mimetype == "image/png"


def test_the_page_is_the_same_for_everybody_and_names_nobody(app: Flask, bakari: Client, stock: Stocked) -> None:
    assert Client(app).get("/offline").text.count("Amina") == 0
    for language, words in (("en", "Send now"), ("lo", "")):
        page = bakari.get(f"/offline?l={language}")
        assert page.root.all("html")[0].attributes["lang"] == language
        assert words in page.text
    assert "Bakari" not in bakari.get("/offline").text
