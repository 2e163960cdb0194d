"""What a phone knows of open lots and of the road: the newest, then what changed, never anybody else's, and small."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select

from tests.cast import World
from traceability.domain.facts import Dispatch, FormLot, PutOnHold, WeighIn
from traceability.domain.identifiers import new_code
from traceability.domain.moments import day_of
from traceability.domain.roles import Actor, Phone
from traceability.models import Event, Facility, Lot, Party
from traceability.operations.collection import form_lot, record_weigh_in
from traceability.operations.inspection import put_on_hold
from traceability.operations.shipping import dispatch
from traceability.queries.snapshot_goods import MOST_LOTS, SHELVES, snapshot_goods

MOST_PACKED = 45_000  # a second on 400 kbit/s


def asked(world: World, actor: Actor, since: str = "") -> dict[str, Any]:
    with world.database.reading() as session:
        return snapshot_goods(session, actor, since)


def rows(answer: dict[str, Any]) -> dict[str, list[Any]]:
    return {row[0]: row for shelf in answer["shelves"].values() for row in shelf}


def weighed(world: World, grams: int = 50_000) -> str:
    fact = {"facility": "NL", "farmer": world.amina, "commodity": "arabica_coffee", "form": "fresh_cherry"}
    done = world.do(world.bakari, record_weigh_in, WeighIn, **fact, bags_g=(grams,), tare_g=0, confirmed=True)
    return str(done["lot"])


def test_it_tells_open_lots_the_road_and_where_goods_can_go_and_nothing_of_others(world: World) -> None:
    delivery = weighed(world)
    used = weighed(world)
    lot = str(world.do(world.bakari, form_lot, FormLot, facility="NL", deliveries=(used,))["lot"])
    answer = asked(world, world.bakari)

    assert set(rows(answer)) == {delivery, lot}
    row = rows(answer)[delivery]
    assert row[2:7] == ["d", "arabica_coffee.fresh_cherry", "", 50_000, 1]
    assert row[8] == "NL"
    assert row[9]
    assert rows(answer)[lot][2] == "l"
    assert answer["open"] == 2
    settings = answer["settings"]
    assert settings["places"] == [["NL", "Nong Luang mill"]]
    assert settings["forms"]["arabica_coffee.fresh_cherry"]["en"]
    others = {code for code, _ in settings["organisations"]}
    assert world.dao.org_code in others
    assert world.bakari.org_code not in others
    assert (answer["road"], rows(asked(world, world.dao))) == ([], {})

    away = {"lot": lot, "to_organisation": world.dao.org_code, "occurred_at": datetime.now(UTC)}
    sent = world.do(world.bakari, dispatch, Dispatch, **away)
    (coming,) = asked(world, world.dao)["road"]
    assert (coming[0], coming[3], coming[5]) == (sent["transfer"], "arabica_coffee.fresh_cherry", 50_000)
    assert asked(world, world.bakari)["road"] == []


def test_whoever_has_the_version_before_gets_the_shelves_that_changed(world: World) -> None:
    first_lot = weighed(world)
    first = asked(world, world.bakari)
    again = asked(world, world.bakari, first["version"])
    assert (again["shelves"], "settings" in again, "road" in again) == ({}, False, False)

    second_lot = weighed(world)
    second = asked(world, world.bakari, first["version"])
    assert len(second["shelves"]) == 1
    kept = {**first["shelves"], **second["shelves"]}
    assert set(rows({"shelves": kept})) == {first_lot, second_lot}

    world.do(world.bakari, form_lot, FormLot, facility="NL", deliveries=(first_lot, second_lot))
    third = asked(world, world.bakari, second["version"])
    kept = {**kept, **third["shelves"]}
    assert len(rows({"shelves": kept})) == 1
    for since in ("x", "x" * 170, "-" * 5000):
        assert len(asked(world, world.bakari, since)["shelves"]) == SHELVES


def test_a_phone_learns_which_of_its_lot_numbers_are_taken(world: World) -> None:
    phone = replace(world.bakari, phone=Phone("K7M2Q4RX", "B", datetime.now(UTC)))
    series = asked(world, phone)["settings"]["series"] + f"-{day_of(datetime.now(UTC), 420).year}"
    for number in (f"{series}-B0007", f"{series}-C0050", ""):
        world.do(world.bakari, form_lot, FormLot, facility="NL", deliveries=(weighed(world),), number=number)

    assert asked(world, phone)["numbers"] == {series: 7}
    assert asked(world, world.bakari)["numbers"] == {}


def test_what_a_hold_stops_is_marked_with_everything_made_of_it(world: World) -> None:
    free, held = weighed(world), weighed(world)
    lot = str(world.do(world.bakari, form_lot, FormLot, facility="NL", deliveries=(held,))["lot"])
    world.do(world.malee, put_on_hold, PutOnHold, lot=held, reason="Residue found")

    found = rows(asked(world, world.bakari))
    assert (len(found[free]), found[lot][10:]) == (10, [1])


def test_more_lots_than_a_phone_keeps_are_cut_and_it_is_said(world: World) -> None:
    weighed(world)
    world.database.write(lambda session: fill(session, world.cooperative.org_id))
    answer = asked(world, world.bakari)

    found = rows(answer)
    assert (len(found), answer["open"]) == (MOST_LOTS, MOST_LOTS + 101)
    assert answer["settings"]["most"] == MOST_LOTS
    assert min(row[1] for row in found.values() if row[1].startswith("NL-0101-")) == "NL-0101-1101"
    raw = json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()
    packed = gzip.compress(raw, 9)
    print(f"2,000 open lots: {len(raw):,} bytes, {len(packed):,} packed")
    assert len(packed) < MOST_PACKED


def fill(session: Any, org_id: int) -> None:
    """2,100 older deliveries of one day, the later the higher their numbers."""
    party = session.scalars(select(Party.id).where(Party.org_id == org_id, Party.kind == "farmer")).first()
    facility = session.scalars(select(Facility.id).where(Facility.org_id == org_id)).first()
    event = session.scalars(select(Event.id).where(Event.org_id == org_id, Event.kind == "weigh_in")).first()
    same = {"org_id": org_id, "kind": "delivery", "commodity": "arabica_coffee", "form": "fresh_cherry"}
    more = {"custody": "identity_preserved", "unit": "bag", "zone_minutes": 420, "void": False, "made_by_id": event}
    at = datetime(2026, 1, 1, tzinfo=UTC)
    lots = [
        {
            **same,
            **more,
            "code": new_code(),
            "number": f"NL-0101-{1000 + place}",
            "grade": "A",
            "made_g": 40_000 + place * 37,
            "balance_g": 40_000 + place * 37,
            "made_count": 1 + place % 9,
            "balance_count": 1 + place % 9,
            "made_at": at + timedelta(seconds=place),
            "facility_id": facility,
            "origin_party_id": party,
        }
        for place in range(MOST_LOTS + 100)
    ]
    session.execute(insert(Lot), lots)
