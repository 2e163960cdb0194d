"""What a phone keeps for work without a signal: all of it once, then what changed, and never anybody else's."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, insert

from tests.cast import BOLAVEN, World
from traceability.domain.facts import RegisterFarmer, WeighIn
from traceability.domain.identifiers import new_code
from traceability.domain.moments import day_of
from traceability.domain.roles import Actor, Phone
from traceability.domain.text import search_key
from traceability.models import Party, Person, Plot
from traceability.operations import registry
from traceability.operations.collection import record_weigh_in
from traceability.queries.snapshot import SHELVES, snapshot

GIVEN = ("Kham", "Vien", "Bounmy", "Somsak", "Keo", "Noy", "Seng", "Phet", "Dao", "Chanthavong")
FAMILY = ("Souksavanh", "Thammavong", "Keosana", "Phommachan", "Vongsavath", "Sihalath", "Inthavong", "Xayaphone")
MOST_BYTES = 2_000_000
MOST_PACKED = 135_000  # what 400 kbit/s bring in three seconds, less the first 0.3


def asked(world: World, actor: Actor, since: str = "") -> dict[str, Any]:
    with world.database.reading() as session:
        return snapshot(session, actor, since)


def kept(shelves: dict[str, list[Any]], answer: dict[str, Any]) -> dict[str, list[Any]]:
    """What a phone has on its shelves after an answer."""
    return {**shelves, **answer["shelves"]}


def codes(shelves: dict[str, list[Any]]) -> set[str]:
    return {row[0] for rows in shelves.values() for row in rows}


def test_it_holds_what_a_clerk_needs_and_nothing_of_others(world: World) -> None:
    answer = asked(world, world.bakari)
    rows = {row[0]: row for rows in answer["shelves"].values() for row in rows}

    assert set(rows) == {world.amina, world.bounmy, world.sida}
    code, number, name, _nickname, village, plots = rows[world.amina]
    assert (code, name, village) == (world.amina, "Amina Vongsavath", "Ban Nong Luang")
    assert number
    assert plots == [[world.amina_plot, "Upper", "arabica_coffee", 12_000]]
    settings = answer["settings"]
    assert settings["places"] == [["NL", "Nong Luang mill", []]]
    cherry = next(goods for goods in settings["goods"] if goods["form"] == "fresh_cherry")
    assert cherry["grades"][-1] == "R"
    assert cherry["bag_g"][0] < cherry["bag_g"][1]
    assert codes(asked(world, world.dao)["shelves"]) == set()


def test_whoever_has_the_version_before_gets_what_changed_and_what_went_away(world: World) -> None:
    first = asked(world, world.bakari)
    again = asked(world, world.bakari, first["version"])
    assert (again["shelves"], "settings" in again) == ({}, False)
    known = {"name": "Keo Inthavong", "nickname": "", "phone": "", "where": BOLAVEN}
    keo = str(world.do(world.bakari, registry.register_farmer, RegisterFarmer, **known)["farmer"])

    second = asked(world, world.bakari, first["version"])
    assert len(second["shelves"]) == 1
    shelves = kept(first["shelves"], second)
    assert codes(shelves) == {world.amina, world.bounmy, world.sida, keo}

    world.database.write(lambda session: session.execute(delete(Person).where(Person.name == "Keo Inthavong")))
    third = asked(world, world.bakari, second["version"])
    assert codes(kept(shelves, third)) == {world.amina, world.bounmy, world.sida}


def test_a_version_that_nobody_made_is_answered_with_everything(world: World) -> None:
    everything = codes(asked(world, world.bakari)["shelves"])
    for since in ("x", "x" * 645, "-" * 5000):
        assert codes(asked(world, world.bakari, since)["shelves"]) == everything


def test_a_phone_learns_which_of_its_numbers_are_taken(world: World) -> None:
    today = day_of(datetime.now(UTC), 420)
    series = f"NL-{today:%m%d}"
    for number in (f"{series}-B007", f"{series}-B003", f"{series}-C050", f"{series}-999"):
        fact = {"facility": "NL", "farmer": world.amina, "commodity": "arabica_coffee", "form": "green", "tare_g": 0}
        more = {"bags_g": (50_000,), "receipt_number": number, "confirmed": True}
        world.do(world.bakari, record_weigh_in, WeighIn, **fact, **more)
    phone = replace(world.bakari, phone=Phone("K7M2Q4RX", "B", datetime.now(UTC)))

    assert asked(world, phone)["numbers"] == {series: 7}
    assert asked(world, world.bakari)["numbers"] == {}


def test_five_thousand_farmers_fit_into_two_megabytes(world: World) -> None:
    world.database.write(lambda session: fill(session, world.cooperative.org_id))

    answer = asked(world, world.bakari)

    assert len(codes(answer["shelves"])) > 5_000
    assert len(answer["shelves"]) == SHELVES
    raw = json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()
    packed = gzip.compress(raw, 9)
    print(f"5,000 farmers: {len(raw):,} bytes, {len(packed):,} packed")
    assert len(raw) < MOST_BYTES
    assert len(packed) < MOST_PACKED


def fill(session: Any, org_id: int) -> None:
    """Five thousand growers of invented names in forty villages, each with a plot."""
    now = datetime.now(UTC)
    parties, people, plots = [], [], []
    for place in range(5_000):
        name = f"{GIVEN[place % 10]} {FAMILY[place // 10 % 8]} {place // 80 % 60 or ''}".strip()
        key = 10_000 + place
        village = f"Ban Lak {place % 40}"
        shared = {"id": key, "org_id": org_id, "code": new_code(), "created_at": now, "country": "LA"}
        parties.append({**shared, "number": f"{place + 10:05}", "kind": "farmer", "village": village})
        people.append(
            {"party_id": key, "org_id": org_id, "name": name, "search_key": search_key(name), "salt": b"x" * 16}
        )
        grown = {"party_id": key, "name": f"Plot {place % 7}", "commodity": "arabica_coffee", "area_m2": 5_000 + place}
        plots.append({**shared, **grown, "code": new_code(), "village": village})
    for table, rows in ((Party, parties), (Person, people), (Plot, plots)):
        session.execute(insert(table), rows)
