"""A phone that cannot send: its file is entered by somebody else, once, and what is refused is told by name."""

from __future__ import annotations

import io
import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.web.client import Client, Page
from tests.web.stocked import Stocked, neighbour
from tests.web.test_devices import TOKEN, OnThePhone, enrolled
from traceability.domain.identifiers import new_code
from traceability.models import Device, Event, Lot, Transfer

NEWCOMER: Final = str(uuid.uuid4())


@pytest.fixture
def bakari(signed_in: Callable[..., Client]) -> Client:
    return signed_in("bakari", "clerk")


@pytest.fixture
def code(bakari: Client) -> str:
    return str(enrolled(bakari).get_json()["device"])


def weighed(farmer: str, counter: int, grams: int, **more: Any) -> dict[str, Any]:
    """As the phone exports it: what it sends, and beside it what it knew about it."""
    now = datetime.now(UTC)
    return {
        "client_id": f"weighed-{counter:04}",
        "kind": "weigh_in",
        "state": "needs",
        "problem": {"name": "DeviceRevoked"},
        "who": f"Bag {counter}",
        **{"facility": "PM", "farmer": farmer, "commodity": "arabica_coffee", "form": "fresh_cherry"},
        **{"bags_g": [grams], "tare_g": 0, "occurred_at": now.isoformat(), "confirmed": False},
        "receipt_number": f"PM-{now:%m%d}-A{counter:03}",
        **more,
    }


def file_of(code: str, *entries: dict[str, Any]) -> tuple[io.BytesIO, str]:
    said = {"device": code, "letter": "A", "name": "NL-B", "entries": entries}
    return io.BytesIO(json.dumps(said).encode()), "unsent-A.json"


def entered(who: Client, file: tuple[io.BytesIO, str], *, status: int = 200, **more: str) -> Page:
    return who.submit(who.get("/devices/rescue"), "/devices/rescue", status=status, content=file, **more)


def on_record(app: Flask) -> list[tuple[str, int]]:
    with app.extensions["database"].reading() as session:
        rows = session.execute(
            select(Lot.number, Lot.made_g).join(Event, Event.id == Lot.made_by_id).where(Event.kind == "weigh_in")
        ).all()
    return sorted((number, grams) for number, grams in rows if "-A" in number)


def test_every_entry_is_entered_once_and_what_is_refused_is_told(
    app: Flask, bakari: Client, code: str, stock: Stocked
) -> None:
    newcomer = {"client_id": NEWCOMER, "kind": "farmer", "who": "Noy", "name": "Noy", "village": "Lak 30"}
    good = weighed(f"new:{NEWCOMER}", 1, 48_600)
    unusual = weighed(stock.farmer, 2, 486_000)
    broken = weighed("K7M2Q4RX", 3, 50_000)
    withdrawn = weighed(stock.farmer, 4, 51_000, state="removed", removed={"reason": "twice"})
    file = (code, {**newcomer, "country": "LA", "state": "waiting"}, good, unusual, broken, withdrawn)

    first = entered(bakari, file_of(*file))

    assert "2 entries were refused" in first.text
    assert "Entered now: 2. On record before: 0. Taken back on the phone: 1." in first.text
    assert "486 kg in one bag?" in first.text.replace("\u00a0", " ")
    assert [grams for _, grams in on_record(app)] == [48_600]
    again = entered(bakari, file_of(*file), all_right="1")
    assert "One entry was refused" in again.text
    assert "Entered now: 1. On record before: 2." in again.text
    assert on_record(app) == [(good["receipt_number"], 48_600), (unusual["receipt_number"], 486_000)]


def test_what_the_phone_sent_after_all_is_not_counted_twice(
    app: Flask, bakari: Client, code: str, stock: Stocked
) -> None:
    said = weighed(stock.farmer, 1, 48_600)
    body = {name: said[name] for name in said if name not in ("kind", "state", "problem", "who")}
    headers = {"Authorization": f"Bearer {TOKEN}"}
    assert OnThePhone(app).client.post("/api/v1/weigh-ins", json=body, headers=headers).status_code == 201

    assert "On record before: 1." in entered(bakari, file_of(code, said)).text
    assert len(on_record(app)) == 1


def test_a_clock_a_number_or_a_farmer_that_cannot_be_right_is_refused_by_name(
    app: Flask, bakari: Client, code: str, stock: Stocked
) -> None:
    year_ago = (datetime.now(UTC) - timedelta(days=400)).isoformat()
    page = entered(
        bakari,
        file_of(
            code,
            weighed(stock.farmer, 1, 48_000, occurred_at=year_ago),
            weighed(stock.farmer, 2, 49_000, receipt_number="PM-1120-B002"),
            weighed(f"new:{NEWCOMER}", 3, 50_000),
            {"client_id": "strange-0001", "kind": "dance", "who": "X"},
            weighed(stock.farmer, 5, 51_000, bags_g="many"),
        ),
    )
    assert "5 entries were refused" in page.text
    for words in ("The clock of this phone said", "is not one of this phone", "was not entered", "by hand"):
        assert words in page.text
    assert on_record(app) == []


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'{"entries": 7}', b'{"device": "K7M2Q4RX", "entries": []}', b"\xff\xd8\xff", b"[" * 90],
)
def test_another_file_is_refused_with_a_sentence(bakari: Client, content: bytes) -> None:
    page = entered(bakari, (io.BytesIO(content), "holiday.json"), status=422)
    assert "Not saved yet" in page.text


def test_the_file_of_a_revoked_phone_is_entered_by_a_manager(
    app: Flask, bakari: Client, code: str, stock: Stocked, signed_in: Callable[..., Client]
) -> None:
    said = weighed(stock.farmer, 1, 48_600)
    revoked = update(Device).values(revoked_at=datetime.now(UTC))
    app.extensions["database"].write(lambda session: session.execute(revoked))

    assert "A manager looks at its file" in entered(bakari, file_of(code, said), status=403).text
    assert on_record(app) == []

    assert "Everything in the file is on record" in entered(signed_in("malee", "manager"), file_of(code, said)).text
    assert len(on_record(app)) == 1


def test_what_whoever_left_weighed_is_entered_by_a_manager_who_asked_about_the_hours_after(
    app: Flask, bakari: Client, code: str, stock: Stocked, signed_in: Callable[..., Client]
) -> None:
    """48.6 kg before the access of Bakari was closed, 50 kg after it"""
    before = weighed(stock.farmer, 1, 48_600)
    manager, noy = signed_in("malee", "manager"), signed_in("noy", "clerk")
    manager.submit(manager.get("/member/close?login=bakari"), "/member/close", reason="Dismissed")
    after = weighed(stock.farmer, 2, 50_000)

    refused = entered(noy, file_of(code, before, after), status=403)
    assert "The access of Bakari, whose phone this is, was closed. A manager looks at its file" in refused.text
    assert on_record(app) == []

    page = entered(manager, file_of(code, before, after))
    assert "By the clock of the phone this was done after " in page.text
    assert [grams for _, grams in on_record(app)] == [48_600]
    page = entered(manager, file_of(code, before, after), all_right="1")
    assert "Everything in the file is on record" in page.text
    assert [grams for _, grams in on_record(app)] == [48_600, 50_000]
    assert "On record before: 2." in entered(manager, file_of(code, before, after)).text


def test_a_phone_of_others_is_none_of_ours(bakari: Client, stock: Stocked) -> None:
    page = entered(bakari, file_of("K7M2Q4RX", weighed(stock.farmer, 1, 48_600)), status=422)
    assert "not a file that a phone exported" in page.text


def test_a_lot_and_its_dispatch_are_entered_behind_the_weigh_ins_they_build_on(
    app: Flask, bakari: Client, code: str, stock: Stocked
) -> None:
    """A weigh-in of 48.6 -> a lot -> on the road; and one more lot of a weigh-in that is refused."""
    mill = neighbour(app)
    now = datetime.now(UTC)
    ids = [str(uuid.uuid4()) for _ in range(4)]

    def lot(place: int, of: str) -> dict[str, Any]:
        said = {"client_id": ids[place], "kind": "lot", "facility": "PM", "deliveries": [f"new:{of}"]}
        return {**said, "seen_g": [48_600], "number": f"LA-CA-{now:%Y}-A{place:04}", "occurred_at": now.isoformat()}

    away = {"client_id": "away-00001", "kind": "dispatch", "lot": f"new:{ids[1]}", "to_organisation": mill.org_code}
    file = (
        code,
        weighed(stock.farmer, 1, 48_600, client_id=ids[0]),
        lot(1, ids[0]),
        {**away, "mass_g": 48_600, "seen_g": 48_600, "note_code": new_code(), "occurred_at": now.isoformat()},
        weighed("K7M2Q4RX", 2, 48_600, client_id=ids[2]),
        lot(3, ids[2]),
    )

    page = entered(bakari, file_of(*file))

    assert "2 entries were refused" in page.text
    assert "Entered now: 3. On record before: 0." in page.text
    assert "was not entered" in page.text
    with app.extensions["database"].reading() as session:
        sent = session.execute(
            select(Transfer.code, Lot.number, Lot.balance_g).join(Lot, Lot.id == Transfer.lot_id)
        ).one()
    assert tuple(sent) == (file[3]["note_code"], f"LA-CA-{now:%Y}-A0001", 0)
    assert "On record before: 3." in entered(bakari, file_of(*file)).text
