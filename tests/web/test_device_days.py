"""Simulated days of phones at villages without a signal: nothing is lost, nothing doubled, nothing refused unseen.

Each phone keeps its outbox as `static/offline/outbox.js` does: oldest first, the same body until there is an answer, a
refusal is looked at by a person. A lot waits for the weigh-ins it is made of, a dispatch for its lot. The way to the
server loses requests, loses answers, and brings copies late and in another order; phones lie in a drawer for a month,
are killed in the middle, and their clocks are up to 400 days off.
"""

from __future__ import annotations

import json
import os
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from tests.web.stocked import Stocked, neighbour
from traceability.domain.devices import EnrolDevice
from traceability.domain.facts import RegisterUser
from traceability.domain.identifiers import new_code
from traceability.domain.roles import Actor
from traceability.models import Device, Event, Lot, Party, Person
from traceability.operations import account, devices

NIGHTLY: Final = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
SEASONS: Final = 10 if NIGHTLY else 1  # each of other chances, in a database of its own
DEVICE_DAYS: Final = 1_000 if NIGHTLY else 200  # of one season
PHONES: Final = 8  # two in the hands of each of four clerks
DAYS: Final = 30  # of one season; then all have a signal again
DAY: Final = timedelta(days=1)
NUMBERED: Final = ("receipt_number", "number", "note_code")  # what a phone numbers by itself
CLOCKS: Final = (0, 0, 0, 0, 5 / 1440, 3 / 24, -3 / 24, 2, -2, 400, -400)  # days ahead


@dataclass
class Said:
    """One entry of an outbox. `about` is the new farmer of this phone that it weighs in."""

    body: dict[str, Any]
    weighed_at: datetime  # by the sun
    path: str = "/weigh-ins"
    needs: set[str] = field(default_factory=set)  # ids of the entries that have to be on record first
    refused: list[str] = field(default_factory=list)
    done: bool = False
    about: Said | None = None
    code: str = ""  # of what it made, once it is on record
    used: bool = False  # in a lot

    @property
    def grams(self) -> int:
        return sum(self.body["bags_g"]) if self.path == "/weigh-ins" else sum(self.body["seen_g"])

    def built_on(self, client_id: str, code: str) -> None:
        """What it builds on is on record: that has a code."""
        if client_id not in self.needs:
            return
        self.needs.discard(client_id)
        for name in ("farmer", "lot", "deliveries"):
            if name in self.body:
                told = json.dumps(self.body[name]).replace(f'"{client_id}"', f'"{code}"')
                self.body[name] = json.loads(told)


@dataclass
class Phone:
    """One phone, its clock and its outbox."""

    token: str
    letter: str
    chance: random.Random
    ahead: timedelta
    outbox: list[Said] = field(default_factory=list)
    counters: dict[str, int] = field(default_factory=dict)
    newcomers: list[Said] = field(default_factory=list)

    def clock(self, sun: datetime) -> str:
        return (sun + self.ahead).astimezone(UTC).isoformat(timespec="seconds")

    def number(self, at: str) -> str:
        series = f"PM-{at[5:7]}{at[8:10]}-{self.letter}"
        self.counters[series] = self.counters.get(series, 0) + 1
        return f"{series}{self.counters[series]:03}"

    def register(self, sun: datetime, place: int) -> None:
        """A farmer whom nobody knows yet, usable at once; the phone makes the id, the server will say the number."""
        body = {"client_id": f"{self.letter}-farmer-{place}", "name": f"Newcomer {place}", "country": "LA"}
        self.newcomers.append(Said(body, sun, path="/farmers"))
        self.outbox.append(self.newcomers[-1])

    def lot_number(self, at: str) -> str:
        series = f"LA-CA-{at[:4]}-{self.letter}"
        self.counters[series] = self.counters.get(series, 0) + 1
        return f"{series}{self.counters[series]:04}"

    def form(self, sun: datetime, place: int) -> Said | None:
        """What this phone weighed in and no lot has yet becomes one, sent or not."""
        free = [said for said in self.outbox if said.path == "/weigh-ins" and not said.used][-5:]
        if not free:
            return None
        at = self.clock(sun)
        names = [said.code or said.body["client_id"] for said in free]
        body = {"client_id": f"{self.letter}-lot-{place:04}", "facility": "PM", "deliveries": names, "occurred_at": at}
        more = {"seen_g": [said.grams for said in free], "number": self.lot_number(at)}
        made = Said({**body, **more}, sun, "/lots", {said.body["client_id"] for said in free if not said.done})
        for said in free:
            said.used = True
        self.outbox.append(made)
        return made

    def send_away(self, sun: datetime, lot: Said, to: str, place: int) -> None:
        """A lot sets out, with the code of its delivery note."""
        body = {"client_id": f"{self.letter}-away-{place:04}", "lot": lot.body["client_id"], "to_organisation": to}
        more = {"seen_g": lot.grams, "mass_g": lot.grams, "note_code": new_code(), "occurred_at": self.clock(sun)}
        self.outbox.append(Said({**body, **more}, sun, "/dispatches", {lot.body["client_id"]}))

    def weigh(self, sun: datetime, farmer: str, place: int) -> None:
        """A bag is weighed; the phone gives it an id, a number and what its clock shows."""
        about = self.chance.choice([*self.newcomers[-3:], None, None]) if self.newcomers else None
        needs = {about.body["client_id"]} if about is not None and not about.done else set()
        if about is not None:
            farmer = about.code or about.body["client_id"]
        at = self.clock(sun)
        coffee = {"facility": "PM", "farmer": farmer, "commodity": "arabica_coffee", "form": "fresh_cherry"}
        grams = self.chance.choice((40_000, 41_000 + place, 48_600, 486_000))  # the last one is unusual
        said = {"client_id": f"{self.letter}-entry-{place}", "bags_g": [grams], "occurred_at": at}
        self.outbox.append(Said({**coffee, **said, "receipt_number": self.number(at)}, sun, needs=needs, about=about))


class Road:
    """The way to the server: whatever was ever sent may come once more, late."""

    def __init__(self, client: FlaskClient, chance: random.Random) -> None:
        self.client, self.chance = client, chance
        self.copies: list[tuple[str, str, dict[str, Any]]] = []

    def send(self, phone: Phone, said: Said) -> Any:
        """The server's answer, or nothing where the request or the answer got lost."""
        body = {**said.body, "sent_at": phone.clock(datetime.now(UTC))} if "occurred_at" in said.body else said.body
        self.copies.append((phone.token, said.path, body))
        if self.chance.random() < 0.15:
            return None  # lost on the way there
        answer = self._post(phone.token, said.path, body)
        for _ in range(self.chance.choice((0, 0, 0, 1, 3))):
            self._post(*self.chance.choice(self.copies[-50:]))
        return None if self.chance.random() < 0.15 else answer

    def _post(self, token: str, path: str, body: dict[str, Any]) -> Any:
        answer = self.client.post(f"/api/v1{path}", json=body, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code < 500, answer.text
        return answer


def synchronise(road: Road, phone: Phone) -> None:
    """One run over the outbox; it stops where the way is lost or the phone is switched off."""
    for said in phone.outbox:
        if said.done or said.needs:
            continue  # what it builds on is not on record yet: it waits, and holds up nothing else
        answer = road.send(phone, said)
        if answer is None or road.chance.random() < 0.05:
            return
        if answer.status_code in (200, 201):
            told = answer.get_json()["answer"]
            own = next((said.body[name] for name in NUMBERED if name in said.body), told["number"])
            assert own in (told["number"], told.get("transfer"))
            said.done, said.code = True, told.get("lot") or told["farmer"]
            for other in phone.outbox:
                other.built_on(said.body["client_id"], said.code)
        else:
            mend(phone, said, answer.get_json())


def mend(phone: Phone, said: Said, problem: dict[str, Any]) -> None:
    """What the clerk does about a refusal that is shown: every refusal has a name, a sentence and a way out."""
    assert problem["detail"]
    said.refused.append(problem["name"])
    if problem["name"] == "NeedsConfirming":
        assert problem["warnings"]
        said.body["confirmed"] = True
    elif problem["name"] == "NotMadeYet":  # two readings of a clock that was set in between
        said.body.setdefault("device_at", said.body["occurred_at"])
        said.body["occurred_at"] = datetime.now(UTC).isoformat(timespec="seconds")
    elif problem["name"] in ("ClockOff", "FromTheFuture"):
        said.body.setdefault("device_at", said.body["occurred_at"])
        said.body["occurred_at"] = said.weighed_at.isoformat(timespec="seconds")
    elif problem["name"] == "NumberTaken":
        said.body["receipt_number"] = phone.number(said.body["occurred_at"])
    else:
        pytest.fail(f"nobody knows what to do about {problem}")


@pytest.fixture
def clerks(app: Flask, cooperative: Actor) -> list[Actor]:
    def clerk(place: int) -> Actor:
        fact = RegisterUser(
            client_id=f"user-clerk-{place}",
            occurred_at=datetime.now(UTC),
            login=f"clerk{place}",
            name=f"Clerk {place}",
            password="mango boat river",
            roles=("clerk",),
        )
        database = app.extensions["database"]
        database.write(lambda session: account.register_user(session, cooperative, fact))
        with database.reading() as session:
            return account.actor_of(session, fact.login, cooperative.org_id)

    return [clerk(place) for place in range(PHONES // 2)]


def phone_of(app: Flask, clerk: Actor, place: int, chance: random.Random) -> Phone:
    token = "dv_" + f"{place}-".ljust(43, "x")
    now = datetime.now(UTC)
    fact = EnrolDevice(client_id=f"enrol-{place:04}", occurred_at=now, name=f"Phone {place}", token=token)
    done = app.extensions["database"].write(lambda session: devices.enrol_device(session, clerk, fact))
    return Phone(token, done["letter"], chance, timedelta(days=chance.choice(CLOCKS)))


@pytest.mark.parametrize("season", range(SEASONS))
def test_days_of_many_phones_arrive_exactly_once(app: Flask, stock: Stocked, clerks: list[Actor], season: int) -> None:
    chance = random.Random(4 + season)
    database = app.extensions["database"]
    phones = [phone_of(app, clerks[place // 2], place, chance) for place in range(PHONES)]
    long_ago = update(Device).values(enrolled_at=datetime.now(UTC) - 60 * DAY)
    database.write(lambda session: session.execute(long_ago))
    road, place, mill = Road(app.test_client(use_cookies=False), chance), 0, neighbour(app)
    for device_day in range(DEVICE_DAYS):
        phone = phones[device_day % PHONES]
        sun = datetime.now(UTC) - (DAYS - device_day * DAYS / DEVICE_DAYS) * DAY
        for _ in range(chance.choice((0, 1, 1, 2, 3))):
            place += 1
            phone.weigh(sun - timedelta(minutes=chance.randrange(600)), stock.farmer, place)
        if chance.random() < 0.15:
            place += 1
            phone.register(sun, place)
        lot = phone.form(sun, device_day) if chance.random() < 0.3 else None
        if lot is not None and chance.random() < 0.5:
            phone.send_away(sun, lot, mill.org_code, device_day)
        if chance.random() < 0.02:
            phone.ahead = timedelta(days=chance.choice(CLOCKS))  # the clock is set, well or badly
        if chance.random() < 0.1 and phone is not phones[-1]:  # that one has no signal for the whole month
            synchronise(road, phone)
    for phone in phones:  # the last way home: also whoever was in a drawer for a month
        while not all(said.done for said in phone.outbox):
            synchronise(road, phone)

    newcomers = [said for phone in phones for said in phone.newcomers]
    everything = [said for phone in phones for said in phone.outbox if said.path == "/weigh-ins"]
    with database.reading() as session:
        rows = session.execute(
            select(Event.client_id, Lot.number, Lot.made_g, Party.code)
            .join(Lot, Lot.made_by_id == Event.id)
            .join(Party, Party.id == Lot.origin_party_id)
            .where(Event.kind == "weigh_in")
        ).all()
        known = session.execute(
            select(Event.client_id, Person.name, Party.number)
            .join(Party, Party.code == Event.kdes["farmer"].as_string())
            .join(Person, Person.party_id == Party.id)
            .where(Event.kind == "register_farmer", Event.client_id.contains("-farmer-"))
        ).all()
    expected = {
        (
            said.body["client_id"],
            said.body["receipt_number"],
            said.body["bags_g"][0],
            said.about.code if said.about else stock.farmer,
        )
        for said in everything
    }
    assert sorted(map(tuple, rows)) == sorted(expected)
    assert len(rows) == len(everything) == place - len(newcomers)
    assert {(row.client_id, row.name) for row in known} == {
        (said.body["client_id"], said.body["name"]) for said in newcomers
    }
    assert len({row.number for row in known}) == len(known) == len(newcomers) > 0
    assert any(said.about for said in everything)
    goods = [said for phone in phones for said in phone.outbox if said.path in ("/lots", "/dispatches")]
    own = sorted((said.body["client_id"], said.body.get("number") or said.body["note_code"]) for said in goods)
    with database.reading() as session:
        lots = session.execute(select(Event.client_id, Event.answer).where(Event.kind.in_(("form_lot", "dispatch"))))
        found = sorted((client_id, answer.get("transfer") or answer["number"]) for client_id, answer in lots)
    assert found == own
    assert {said.path for said in goods} == {"/lots", "/dispatches"}
    met = {name for said in everything for name in said.refused}
    assert {"NeedsConfirming", "ClockOff"} <= met, "the simulation is too tame"
