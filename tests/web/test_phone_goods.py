"""Goods by phone: once however often they are sent, numbers of its own, conflicts said and nothing overwritten."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.web.applications import application
from tests.web.client import Client
from tests.web.stocked import Stocked, neighbour, said, stocked
from traceability.domain.devices import EnrolDevice, RevokeDevice
from traceability.domain.facts import Dispatch, FormLot
from traceability.domain.identifiers import new_code
from traceability.domain.roles import Actor
from traceability.models import Event, Lot, Transfer
from traceability.models.database import Database
from traceability.operations import account, collection, devices, shipping

LAOS = timezone(timedelta(hours=7))


def series() -> str:
    """What numbers of lots of this year begin with: a year may turn between the start of a run and a test."""
    return f"LA-CA-{datetime.now(LAOS).year}"


@pytest.fixture
def app(database: Database, tmp_path: Path) -> Iterator[Flask]:
    """The application on both kinds of database."""
    url = database.url.render_as_string(hide_password=False)
    app = application(url, tmp_path)
    yield app
    app.extensions["database"].close()


class OnThePhone:
    """What a clerk's phone asks and sends, with its token."""

    def __init__(self, app: Flask, clerk: Actor) -> None:
        self.client, token = app.test_client(use_cookies=False), "dv_" + "n" * 43
        self.headers = {"Authorization": f"Bearer {token}"}
        fact = EnrolDevice(**said(), name="NL-A", token=token)
        done = app.extensions["database"].write(lambda session: devices.enrol_device(session, clerk, fact))
        self.code = str(done["device"])

    def goods(self, since: str = "") -> dict[str, Any]:
        answer = self.client.get(f"/api/v1/snapshot/goods?since={since}", headers=self.headers)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.get_json()
        return found

    def say(self, path: str, client_id: str, **body: Any) -> TestResponse:
        now = datetime.now(LAOS).isoformat()
        sent = {"client_id": client_id, "occurred_at": now, "sent_at": now, **body}
        return self.client.post(f"/api/v1{path}", json=sent, headers=self.headers)


@pytest.fixture
def phone(app: Flask, cooperative: Actor, signed_in: Callable[..., Client]) -> OnThePhone:
    signed_in("bakari", "clerk")
    with app.extensions["database"].reading() as session:
        return OnThePhone(app, account.actor_of(session, "bakari", cooperative.org_id))


@pytest.fixture
def store(app: Flask, cooperative: Actor) -> Stocked:
    return stocked(app, cooperative)


@pytest.fixture
def mill(app: Flask) -> Stocked:
    return stocked(app, neighbour(app))


def how_many(store: Stocked, kind: str) -> int:
    with store.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Event).where(Event.kind == kind)) or 0


def rows(goods: dict[str, Any]) -> dict[str, list[Any]]:
    return {row[0]: row for shelf in goods["shelves"].values() for row in shelf}


def lot_of_two(phone: OnThePhone, store: Stocked) -> dict[str, Any]:
    """The body of a lot of two deliveries, of the masses that are on record."""
    first, second = store.delivery(50_000), store.delivery(40_000)
    return {"facility": "PM", "deliveries": [first, second], "seen_g": [50_000, 40_000], "number": f"{series()}-A0001"}


def test_a_lot_keeps_the_number_of_the_phone_and_is_made_once(phone: OnThePhone, store: Stocked) -> None:
    body = lot_of_two(phone, store)
    now = datetime.now(LAOS).isoformat()
    answers = [phone.say("/lots", "lot-000001", occurred_at=now, **body) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [201, 200, 200, 200]
    assert {answer.get_json()["answer"]["number"] for answer in answers} == {f"{series()}-A0001"}
    assert how_many(store, "form_lot") == 1
    # the office counts by itself
    fact = FormLot(**said(), facility="PM", deliveries=(store.delivery(),))
    assert store.do(collection.form_lot, fact)["number"] == f"{series()}-0001"


def test_a_lot_of_numbers_made_on_the_phone_finds_the_weigh_ins(phone: OnThePhone, store: Stocked) -> None:
    coffee = {"facility": "PM", "farmer": store.farmer, "commodity": "arabica_coffee", "form": "fresh_cherry"}
    number = f"PM-{datetime.now(LAOS):%m%d}-A001"
    weighed = phone.say("/weigh-ins", "weigh-0001", bags_g=[48_600], receipt_number=number, **coffee)
    assert weighed.status_code == 201

    made = phone.say("/lots", "lot-000001", facility="PM", deliveries=[number], seen_g=[48_600], weighed_g=48_500)

    assert made.get_json()["answer"]["counted_g"] == 48_600
    assert made.get_json()["answer"]["mass_g"] == 48_500


def test_goods_that_changed_meanwhile_are_a_conflict_and_nothing_is_overwritten(
    phone: OnThePhone, store: Stocked, mill: Stocked
) -> None:
    body = lot_of_two(phone, store)
    lot = phone.say("/lots", "lot-000001", **body).get_json()["answer"]["lot"]
    used = phone.say("/lots", "lot-000002", **{**body, "number": f"{series()}-A0002"})
    assert (used.status_code, used.get_json()["name"]) == (409, "InALotAlready")

    # somebody in the office sends a part away, which the phone does not know
    store.do(shipping.dispatch, Dispatch(**said(), lot=lot, to_organisation=mill.actor.org_code, mass_g=30_000))
    away = {"lot": lot, "to_organisation": mill.actor.org_code, "seen_g": 90_000}
    for sent in (phone.say("/dispatches", "send-00001", **away), phone.say("/dispatches", "send-00001", **away)):
        assert (sent.status_code, sent.get_json()["name"]) == (409, "ChangedMeanwhile")
        assert "held 90 kg when this was entered, and holds 60 kg now" in sent.get_json()["detail"].replace("\xa0", " ")
    assert (how_many(store, "form_lot"), how_many(store, "dispatch")) == (1, 1)

    mended = phone.say("/dispatches", "send-00001", **{**away, "seen_g": 60_000})
    assert (mended.status_code, mended.get_json()["answer"]["mass_g"]) == (201, 60_000)


def test_deliveries_of_another_mass_than_the_phone_knew_are_asked_about(phone: OnThePhone, store: Stocked) -> None:
    body = lot_of_two(phone, store)
    asked = phone.say("/lots", "lot-000001", **{**body, "seen_g": [50_000, 41_000]})

    assert (asked.status_code, asked.get_json()["name"]) == (409, "ChangedMeanwhile")
    assert how_many(store, "form_lot") == 0


def test_a_delivery_note_has_the_code_of_the_phone(phone: OnThePhone, store: Stocked, mill: Stocked) -> None:
    lot = phone.say("/lots", "lot-000001", **lot_of_two(phone, store)).get_json()["answer"]["lot"]
    code = new_code()
    away = {"lot": lot, "to_organisation": mill.actor.org_code, "seen_g": 90_000, "mass_g": 10_000, "note_code": code}
    first, again = phone.say("/dispatches", "send-00001", **away), phone.say("/dispatches", "send-00001", **away)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.get_json()["answer"]["transfer"] == code
    taken = phone.say("/dispatches", "send-00002", **{**away, "seen_g": 80_000})
    assert (taken.status_code, taken.get_json()["name"]) == (409, "NumberTaken")
    wrong = phone.say("/dispatches", "send-00003", **{**away, "seen_g": 80_000, "note_code": "ABCDEFGH"})
    assert wrong.get_json()["name"] == "MistypedCode"


def test_goods_that_arrive_are_received_once_with_the_number_of_the_phone(
    phone: OnThePhone, store: Stocked, mill: Stocked
) -> None:
    sent = Dispatch(**said(), lot=mill.delivery(100_000), to_organisation=store.actor.org_code)
    code = mill.do(shipping.dispatch, sent)["transfer"]
    (row,) = phone.goods()["road"]
    assert (row[0], row[5]) == (code, 100_000)
    assert row[2]["en"] == "Mill of Dao"

    short = {"transfer": code, "facility": "PM", "weighed_g": 90_000, "number": f"{series()}-A0001"}
    asked = phone.say("/receipts", "take-00001", **short)
    assert (asked.status_code, asked.get_json()["name"]) == (422, "ReasonNeeded")
    answers = [phone.say("/receipts", "take-00001", reason="A bag broke", **short) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 200, 200]
    assert answers[0].get_json()["answer"]["number"] == f"{series()}-A0001"
    second = phone.say("/receipts", "take-00002", **{**short, "weighed_g": 100_000, "number": f"{series()}-A0002"})
    assert (second.status_code, second.get_json()["name"]) == (409, "AlreadyClosed")
    assert phone.goods()["road"] == []
    assert phone.goods()["numbers"] == {series(): 1}


@pytest.mark.parametrize("number", ["{ours}-B0001", "{others}-A0001", "{ours}-0001", "A0001"])
def test_a_number_of_somebody_else_is_refused(phone: OnThePhone, store: Stocked, number: str) -> None:
    number = number.format(ours=series(), others=series().replace("CA", "XX"))
    refused = phone.say("/lots", "lot-000001", **{**lot_of_two(phone, store), "number": number})
    assert (refused.status_code, refused.get_json()["name"]) == (422, "OtherSeries")


def test_a_clock_days_off_is_asked_about_and_what_it_showed_is_kept(phone: OnThePhone, store: Stocked) -> None:
    body = lot_of_two(phone, store)
    wrong = (datetime.now(UTC) + timedelta(days=400)).isoformat()
    asked = phone.say("/lots", "lot-000001", **body, occurred_at=wrong, sent_at=wrong)
    assert asked.get_json()["name"] == "ClockOff"

    assert phone.say("/lots", "lot-000001", **body, device_at=wrong, sent_at=wrong).status_code == 201
    with store.database.reading() as session:
        kdes = session.scalars(select(Event.kdes).where(Event.kind == "form_lot")).one()
    assert datetime.fromisoformat(kdes["device_at"]) == datetime.fromisoformat(wrong)


def test_what_a_revoked_phone_sends_is_refused_in_words(phone: OnThePhone, store: Stocked, mill: Stocked) -> None:
    body = lot_of_two(phone, store)
    store.do(devices.revoke_device, RevokeDevice(**said(), device=phone.code))
    away = {"lot": "K7M2Q4RX", "to_organisation": mill.actor.org_code}
    for path, sent in (("/lots", body), ("/dispatches", away), ("/receipts", {"transfer": "X", "weighed_g": 1})):
        refused = phone.say(path, "late-00001", **sent)
        assert (refused.status_code, refused.get_json()["name"]) == (403, "DeviceRevoked")
        assert refused.get_json()["detail"].startswith("This phone was revoked on ")
    assert how_many(store, "form_lot") == 0


def test_others_goods_are_neither_shown_nor_taken(phone: OnThePhone, store: Stocked, mill: Stocked) -> None:
    theirs = mill.delivery(70_000)
    ours = store.delivery(50_000)
    assert set(rows(phone.goods())) == {ours}
    refused = phone.say("/lots", "lot-000001", facility="PM", deliveries=[theirs], seen_g=[70_000])
    assert (refused.status_code, refused.get_json()["name"]) == (404, "NoSuchLot")
    with store.database.reading() as session:
        assert session.scalar(select(Lot.balance_g).where(Lot.code == theirs)) == 70_000
        assert session.scalars(select(Transfer.id)).all() == []
