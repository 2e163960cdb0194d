"""Tanks and silos: pouring in, drawing off, measuring what is there; every gram and every origin is kept.

Two places of the cooperative: a tank, where all mixes, and a silo, where the oldest layer leaves first.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.cast import BOLAVEN, World
from tests.operations.refold import check_derived_rows, named, refold
from traceability.domain.facts import (
    CloseHold,
    DeclareError,
    Dispatch,
    Dispose,
    DrawOff,
    Fact,
    FormLot,
    LevelPool,
    Merge,
    Output,
    Pack,
    PourIn,
    Process,
    PutOnHold,
    Rebag,
    RecallGoods,
    RegisterFacility,
    Seal,
    Split,
    Take,
)
from traceability.domain.journal import canonical, digest
from traceability.errors import (
    ChosenTwice,
    Forbidden,
    InALotAlready,
    MassNeeded,
    MixedGoods,
    NoSuchFacility,
    NoSuchLot,
    NotAPool,
    NotEnoughInPool,
    NotEnoughLeft,
    NotEnoughUnits,
    NothingChosen,
    NotMadeYet,
    OnHold,
    PoolEmpty,
    ReasonNeeded,
    Refusal,
    SaidDifferently,
    StandsInPool,
    UnderRecall,
    UsedDownstream,
)
from traceability.models import Edge, Lot
from traceability.operations.collection import form_lot
from traceability.operations.correction import declare_error
from traceability.operations.inspection import close_hold, put_on_hold, recall
from traceability.operations.packing import pack, seal
from traceability.operations.pooling import draw_off, level_pool, pour_in
from traceability.operations.processing import dispose, merge, process, rebag, split
from traceability.operations.shipping import dispatch
from traceability.queries.audit import audit
from traceability.queries.lineage import trace_back
from traceability.queries.pools import PoolStory, pool_story, pools

RULES = ("pro_rata", "first_in_first_out")


def whose(world: World, code: str) -> dict[str, int]:
    """Grams of each farmer in a lot."""
    with world.database.reading() as session:
        lot = session.scalars(select(Lot).where(Lot.code == code)).one()
        grams: dict[str, int] = {}
        for (farmer, _), mass in named(session, trace_back(session, lot).shares_g).items():
            grams[farmer] = grams.get(farmer, 0) + mass
        return grams


def made_of(world: World, code: str) -> dict[str, int]:
    """The lots that went into a lot, with their grams."""
    with world.database.reading() as session:
        parent = select(Lot.code, Edge.mass_g).join(Edge, Edge.parent_id == Lot.id)
        rows = session.execute(parent.where(Edge.child_id == world.row(code).id))
        return {lot: mass for lot, mass in rows}


def seen(world: World, pool: str) -> PoolStory:
    with world.database.reading() as session:
        return pool_story(session, world.bakari, pool)


def audited(world: World) -> None:
    """The record agrees with itself, told twice."""
    with world.database.reading() as session:
        check_derived_rows(session, refold(session))
    assert list(audit(world.database)) == []


# -- where all is mixed -----------------------------------------------------------------------------------------


def test_a_tank_holds_what_stood_there_and_what_came(world: World) -> None:
    """60 Amina -> C1; C1 + 40 Bounmy -> C2; 50 of C2 -> L; C2 (50 left) + 50 Sida -> C3"""
    tank = world.pool("pro_rata")
    amina, bounmy = world.delivery(60_000), world.delivery(40_000, world.bounmy)
    first = world.poured(tank, amina)
    assert made_of(world, first) == {amina: 60_000}
    assert world.row(first).custody == "identity_preserved"
    second = world.poured(tank, bounmy)
    assert made_of(world, second) == {first: 60_000, bounmy: 40_000}
    assert (world.left(first), world.left(second)) == ((0, 0), (100_000, 0))
    row = world.row(second)
    assert (row.kind, row.custody, row.unit, row.made_count) == ("pooled", "segregated", "", 0)

    drawn = world.drawn(tank, 50_000)
    assert (world.row(drawn).kind, world.row(drawn).made_g, world.left(second)) == ("lot", 50_000, (50_000, 0))
    assert whose(world, drawn) == {world.amina: 30_000, world.bounmy: 20_000}

    sida = world.delivery(50_000, world.sida)
    third = world.poured(tank, sida)
    assert made_of(world, third) == {second: 50_000, sida: 50_000}
    assert whose(world, third) == {world.amina: 30_000, world.bounmy: 20_000, world.sida: 50_000}
    audited(world)


def test_shares_of_a_tank_that_is_drawn_and_filled_again_are_those_worked_out_by_hand(world: World) -> None:
    """90 A; 31 off; + 40 B; 33 off; + 7 S; all off: A = 59 * 66/99 * ... as below, to the gram"""
    tank = world.pool("pro_rata")
    world.poured(tank, world.delivery(90_000))
    world.drawn(tank, 31_000)  # 59 A
    world.poured(tank, world.delivery(40_000, world.bounmy))  # 59 A + 40 B = 99
    world.drawn(tank, 33_000)  # two thirds stay: 39 1/3 A + 26 2/3 B = 66
    world.poured(tank, world.delivery(7_000, world.sida))  # 73
    assert whose(world, world.drawn(tank)) == {world.amina: 39_333, world.bounmy: 26_667, world.sida: 7_000}
    assert seen(world, tank).pool.held_g == 0


def test_a_part_of_a_lot_is_poured_and_its_units_end_there(world: World) -> None:
    tank = world.pool("pro_rata")
    lot = world.lot(world.delivery(100_000, bags=10))
    content = world.poured(tank, Take(lot=lot, mass_g=40_000, count=4))
    assert (world.left(lot), world.left(content)) == ((60_000, 6), (40_000, 0))
    world.poured(tank, lot)
    assert world.left(lot) == (0, 0)
    audited(world)


def test_a_tank_that_was_emptied_may_hold_other_goods_and_knows_nothing_of_the_old(world: World) -> None:
    tank = world.pool("pro_rata")
    world.poured(tank, world.delivery(60_000))
    world.drawn(tank)
    parchment = world.delivery(5_000, world.bounmy, form="dry_parchment")
    content = world.poured(tank, parchment)
    assert made_of(world, content) == {parchment: 5_000}
    assert (world.row(content).form, whose(world, content)) == ("dry_parchment", {world.bounmy: 5_000})


# -- where the oldest leaves first ------------------------------------------------------------------------------


def test_a_silo_gives_the_oldest_layer_first(world: World) -> None:
    """60 A, 40 B, 50 S in layers; 20 off is A; 70 off is 40 A + 30 B; the rest is 10 B + 50 S"""
    silo = world.pool("first_in_first_out")
    layers = [
        world.poured(silo, world.delivery(mass, who))
        for mass, who in ((60_000, world.amina), (40_000, world.bounmy), (50_000, world.sida))
    ]
    assert [world.left(layer)[0] for layer in layers] == [60_000, 40_000, 50_000], "layers do not mix"

    part = world.drawn(silo, 20_000)
    assert made_of(world, part) == {layers[0]: 20_000}
    assert world.row(part).custody == "identity_preserved", "one farmer's layer is still one farmer's"

    several = world.drawn(silo, 70_000)
    assert made_of(world, several) == {layers[0]: 40_000, layers[1]: 30_000}
    assert whose(world, several) == {world.amina: 40_000, world.bounmy: 30_000}
    assert world.row(several).custody == "segregated"

    rest = world.drawn(silo)
    assert made_of(world, rest) == {layers[1]: 10_000, layers[2]: 50_000}
    assert [world.left(layer)[0] for layer in layers] == [0, 0, 0]
    audited(world)


def test_exactly_one_layer_leaves_the_next_untouched(world: World) -> None:
    silo = world.pool("first_in_first_out")
    first, second = world.poured(silo, world.delivery(60_000)), world.poured(silo, world.delivery(40_000))
    assert made_of(world, world.drawn(silo, 60_000)) == {first: 60_000}
    assert world.left(second) == (40_000, 0)


# -- what is refused --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", RULES)
def test_what_cannot_be_poured_stores_nothing(world: World, rule: str) -> None:
    pool, other = world.pool(rule), world.pool(rule, "OT")
    lot, cherry, empty = world.lot(), world.delivery(form="fresh_cherry"), world.delivery()
    world.lot(empty)
    inside = world.poured(pool, world.delivery(10_000))

    def refused(refusal: type[Refusal], *inputs: Take, into: str = pool) -> None:
        world.refused(refusal, world.bakari, pour_in, PourIn, facility=into, inputs=inputs)

    take = Take(lot=lot)
    refused(NothingChosen)
    refused(ChosenTwice, take, Take(lot=lot, mass_g=1))
    refused(MixedGoods, take, Take(lot=cherry))
    refused(MixedGoods, Take(lot=cherry))
    refused(InALotAlready, Take(lot=empty))
    refused(NoSuchLot, Take(lot="NOWHERE2"))
    refused(MassNeeded, Take(lot=lot, mass_g=0))
    refused(NotEnoughLeft, Take(lot=lot, mass_g=100_001))
    refused(NotEnoughUnits, Take(lot=lot, mass_g=10_000, count=3))
    refused(NotAPool, take, into=world.mill)
    refused(NoSuchFacility, take, into="NOWHERE2")
    refused(StandsInPool, Take(lot=inside), into=other)
    refused(StandsInPool, Take(lot=inside))


@pytest.mark.parametrize("rule", RULES)
def test_what_cannot_be_drawn_off_stores_nothing(world: World, rule: str) -> None:
    pool = world.pool(rule)

    def refused(refusal: type[Refusal], mass_g: int | None, of: str = pool) -> Refusal:
        return world.refused(refusal, world.bakari, draw_off, DrawOff, facility=of, mass_g=mass_g)

    refused(PoolEmpty, None)
    world.poured(pool, world.delivery(10_000))
    refused(MassNeeded, 0)
    refused(MassNeeded, -1)
    assert "Tank TK holds 10000; 10001 was asked for." in str(refused(NotEnoughInPool, 10_001))
    refused(NotAPool, 1, of=world.mill)
    refused(NoSuchFacility, 1, of="NOWHERE2")
    world.refused(Forbidden, world.ines, draw_off, DrawOff, facility=pool, mass_g=1)
    world.refused(Forbidden, world.ines, pour_in, PourIn, facility=pool, inputs=())
    world.refused(NoSuchFacility, world.dao, draw_off, DrawOff, facility=pool, mass_g=1)


@pytest.mark.parametrize("rule", RULES)
def test_what_stands_in_a_tank_is_taken_in_no_other_way(world: World, rule: str) -> None:
    pool = world.pool(rule)
    inside = world.poured(pool, world.delivery(10_000))
    place, take = {"facility": world.mill}, (Take(lot=inside),)
    bags = {"form": "green", "unit": "bag", "count": 1, "mass_g": 10_000}
    ways: list[tuple[Any, Any, dict[str, Any]]] = [
        (process, Process, {**place, "inputs": take, "outputs": (Output(form="roasted", mass_g=8_000),)}),
        (split, Split, {**place, "lot": inside, "parts": (Output(form="", mass_g=1),)}),
        (merge, Merge, {**place, "inputs": take}),
        (rebag, Rebag, {**place, "lot": inside, "unit": "box", "count": 1}),
        (form_lot, FormLot, {**place, "deliveries": (inside,)}),
        (pack, Pack, {**place, "inputs": take, **bags}),
        (seal, Seal, {"lot": inside}),
        (dispatch, Dispatch, {"lot": inside, "to_organisation": world.importer.org_code}),
    ]
    for operation, kind, fact in ways:
        refusal = world.refused(StandsInPool, world.malee, operation, kind, **fact)
        assert "Draw it off first" in str(refusal), kind
    world.packed(world.drawn(pool), mass_g=10_000, count=1)


@pytest.mark.parametrize("rule", RULES)
def test_a_hold_on_anything_inside_stops_drawing_until_it_is_closed(world: World, rule: str) -> None:
    pool = world.pool(rule)
    clean, doubtful = world.delivery(60_000), world.delivery(40_000, world.bounmy)
    world.poured(pool, clean)
    world.poured(pool, doubtful)
    hold = world.do(world.malee, put_on_hold, PutOnHold, lot=doubtful, reason="residues")["hold"]
    refusal = world.refused(OnHold, world.bakari, draw_off, DrawOff, facility=pool, mass_g=1)
    assert world.row(doubtful).number in str(refusal), "it names where the hold began"
    world.refused(OnHold, world.bakari, level_pool, LevelPool, facility=pool, weighed_g=100_000)
    world.do(world.malee, close_hold, CloseHold, hold=hold, passed=True, outcome="clean")
    world.drawn(pool)


def test_nothing_is_mixed_into_stopped_goods_but_a_layer_may_lie_on_them(world: World) -> None:
    tank, silo = world.pool("pro_rata"), world.pool("first_in_first_out", "SI")
    for pool in (tank, silo):
        world.poured(pool, world.delivery(10_000, world.bounmy))
    world.do(world.malee, recall, RecallGoods, farmer=world.bounmy, reason="residues", action="bring it back")
    more = (Take(lot=world.delivery(1_000)),)
    world.refused(UnderRecall, world.bakari, pour_in, PourIn, facility=tank, inputs=more)
    layer = world.do(world.bakari, pour_in, PourIn, facility=silo, inputs=more)["lot"]
    world.refused(UnderRecall, world.bakari, draw_off, DrawOff, facility=silo)
    assert whose(world, layer) == {world.amina: 1_000}


def test_recalled_goods_are_destroyed_where_they_stand_and_the_clean_layer_leaves(world: World) -> None:
    silo = world.pool("first_in_first_out")
    bad, good = world.poured(silo, world.delivery(10_000, world.bounmy)), world.poured(silo, world.delivery(5_000))
    world.do(world.malee, recall, RecallGoods, farmer=world.bounmy, reason="residues", action="bring it back")
    world.do(world.malee, dispose, Dispose, lot=bad, mass_g=None, reason="recalled")
    assert made_of(world, world.drawn(silo)) == {good: 5_000}
    audited(world)


def test_what_arrives_after_a_departure_did_not_leave_with_it(world: World) -> None:
    tank = world.pool("pro_rata")
    content = world.poured(tank, world.delivery(10_000))
    before = world.row(content).made_at.replace(day=1)
    world.refused(NotMadeYet, world.bakari, draw_off, DrawOff, facility=tank, occurred_at=before)


def test_a_program_that_tells_the_time_of_greenwich_works_on_in_the_same_morning(world: World) -> None:
    """06:00 in Laos on the 6th, and half an hour later by a clock that says 23:30 on the 5th"""
    tank, early = world.pool("pro_rata"), datetime(2026, 1, 5, 23, tzinfo=UTC)
    delivery = world.delivery(10_000, occurred_at=early, zone_minutes=420)
    half_past = {"occurred_at": early + timedelta(minutes=30), "zone_minutes": 0}
    poured = world.do(world.bakari, pour_in, PourIn, facility=tank, inputs=(Take(lot=delivery),), **half_past)
    assert poured["held_g"] == 10_000
    audited(world)


# -- the dipstick -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", RULES)
def test_a_dipstick_that_shows_less_names_the_loss_in_proportion(world: World, rule: str) -> None:
    """60 + 40, of which 99.5 are found: half a kilogram evaporated"""
    pool = world.pool(rule)
    world.poured(pool, world.delivery(60_000))
    last = world.poured(pool, world.delivery(40_000, world.bounmy))
    done = world.do(world.bakari, level_pool, LevelPool, facility=pool, weighed_g=99_500)
    assert done["held_g"] == seen(world, pool).pool.held_g == 99_500
    assert world.left(last)[0] == (99_500 if rule == "pro_rata" else 39_800)
    assert whose(world, world.drawn(pool)) == {world.amina: 59_700, world.bounmy: 39_800}
    audited(world)


@pytest.mark.parametrize("rule", RULES)
def test_a_dipstick_that_shows_more_names_the_gain(world: World, rule: str) -> None:
    pool = world.pool(rule)
    first = world.poured(pool, world.delivery(60_000))
    second = world.poured(pool, world.delivery(40_000, world.bounmy))
    world.do(world.bakari, level_pool, LevelPool, facility=pool, weighed_g=100_300)
    standing = [row.balance_g for row in seen(world, pool).standing]
    assert standing == ([100_300] if rule == "pro_rata" else [60_000, 40_300])
    assert world.left(second) == (0, 0)
    oldest = world.drawn(pool, 60_000)
    if rule == "first_in_first_out":
        assert made_of(world, oldest) == {first: 60_000}, "the order of the layers is kept"
    world.drawn(pool)
    audited(world)


def test_a_big_difference_needs_its_reason_and_a_tank_may_turn_out_empty(world: World) -> None:
    tank = world.pool("pro_rata")
    world.refused(PoolEmpty, world.bakari, level_pool, LevelPool, facility=tank, weighed_g=5)
    world.poured(tank, world.delivery(10_000))
    world.refused(ReasonNeeded, world.bakari, level_pool, LevelPool, facility=tank, weighed_g=9_000)
    world.refused(ReasonNeeded, world.bakari, level_pool, LevelPool, facility=tank, weighed_g=0)
    world.refused(MassNeeded, world.bakari, level_pool, LevelPool, facility=tank, weighed_g=-1, reason="x")
    world.refused(NotAPool, world.bakari, level_pool, LevelPool, facility=world.mill, weighed_g=1)
    before = world.count(Lot)
    world.do(world.bakari, level_pool, LevelPool, facility=tank, weighed_g=10_000)
    world.do(world.bakari, level_pool, LevelPool, facility=tank, weighed_g=0, reason="the tap was open")
    assert (world.count(Lot), seen(world, tank).pool.held_g) == (before, 0)
    world.refused(PoolEmpty, world.bakari, draw_off, DrawOff, facility=tank)
    audited(world)


# -- saying it again, and taking it back ------------------------------------------------------------------------


def test_saying_it_again_changes_nothing(world: World) -> None:
    tank = world.pool("pro_rata")
    pouring = world.fact(PourIn, facility=tank, inputs=(Take(lot=world.delivery(10_000)),))
    drawing = world.fact(DrawOff, facility=tank, mass_g=4_000)
    levelling = world.fact(LevelPool, facility=tank, weighed_g=6_010)
    said: list[tuple[Any, Fact]] = [(pour_in, pouring), (draw_off, drawing), (level_pool, levelling)]
    first = [world.say(world.bakari, operation, fact) for operation, fact in said]
    before = world.everything()
    again = [world.say(world.bakari, operation, fact) for operation, fact in said]
    assert [done.answer for done in again] == [done.answer for done in first]
    assert all(done.replayed for done in again)
    assert world.everything() == before
    other = {"client_id": drawing.client_id, "facility": tank, "mass_g": 4_001}
    world.refused(SaidDifferently, world.bakari, draw_off, DrawOff, **other)


def declare(world: World, event: str) -> None:
    world.do(world.malee, declare_error, DeclareError, event=event, reason="did_not_occur", note="typed twice")


@pytest.mark.parametrize("rule", RULES)
def test_pouring_drawing_and_measuring_are_declared_in_error_while_nothing_moved_on(world: World, rule: str) -> None:
    pool = world.pool(rule)
    world.poured(pool, world.delivery(60_000))
    delivery = world.delivery(40_000, world.bounmy)
    poured = world.do(world.bakari, pour_in, PourIn, facility=pool, inputs=(Take(lot=delivery),))
    drawn = world.do(world.bakari, draw_off, DrawOff, facility=pool, mass_g=70_000)
    mistaken = {"event": poured.event, "reason": "did_not_occur", "note": "typed twice"}
    world.refused(UsedDownstream, world.malee, declare_error, DeclareError, **mistaken)
    declare(world, drawn.event)
    assert seen(world, pool).pool.held_g == 100_000
    declare(world, poured.event)
    assert (seen(world, pool).pool.held_g, world.left(delivery)) == (60_000, (40_000, 1))
    less = world.do(world.bakari, level_pool, LevelPool, facility=pool, weighed_g=59_900)
    declare(world, less.event)
    more = world.do(world.bakari, level_pool, LevelPool, facility=pool, weighed_g=60_100)
    declare(world, more.event)
    assert whose(world, world.drawn(pool)) == {world.amina: 60_000}
    audited(world)


def test_grams_given_back_to_a_tank_that_was_poured_over_are_mixed_with_what_stands_there(world: World) -> None:
    """60 A; 30 off, which never happened; + 60 B: the tank is 60 A + 60 B as if nothing had been drawn"""
    tank = world.pool("pro_rata")
    world.poured(tank, world.delivery(60_000))
    mistaken = world.do(world.bakari, draw_off, DrawOff, facility=tank, mass_g=30_000)
    world.poured(tank, world.delivery(60_000, world.bounmy))
    declare(world, mistaken.event)
    assert [row.balance_g for row in seen(world, tank).standing] == [30_000, 90_000]
    assert whose(world, world.drawn(tank, 40_000)) == {world.amina: 20_000, world.bounmy: 20_000}
    content = world.poured(tank, world.delivery(10_000, world.sida))
    assert whose(world, content) == {world.amina: 40_000, world.bounmy: 40_000, world.sida: 10_000}
    audited(world)


# -- what is told of it -----------------------------------------------------------------------------------------


def test_the_story_of_a_tank_begins_when_it_was_last_empty(world: World) -> None:
    tank, silo = world.pool("pro_rata"), world.pool("first_in_first_out", "SI")
    assert (seen(world, tank).filled_at, seen(world, tank).poured) == (None, 0)
    world.poured(tank, world.delivery(60_000))
    world.drawn(tank)
    first = world.poured(tank, world.delivery(10_000), world.delivery(5_000, world.bounmy))
    world.drawn(tank, 1_000)
    world.poured(tank, world.delivery(20_000))
    story = seen(world, tank)
    assert (story.filled_at, story.poured) == (world.row(first).made_at, 3)
    assert [(move.kind, move.mass_g) for move in story.latest] == [
        ("pour_in", 20_000),
        ("draw_off", -1_000),
        ("pour_in", 15_000),
        ("draw_off", -60_000),
        ("pour_in", 60_000),
    ]
    with world.database.reading() as session:
        rows = pools(session, world.bakari)
        assert [(row.code, row.held_g, row.form) for row in rows] == [(silo, 0, ""), (tank, 34_000, "green")]
        assert pools(session, world.dao) == []
        with pytest.raises(NoSuchFacility):
            pool_story(session, world.dao, tank)
        with pytest.raises(NoSuchFacility):
            pool_story(session, world.bakari, world.mill)


def test_the_story_of_a_silo_counts_what_stands_there_and_not_what_left(world: World) -> None:
    silo = world.pool("first_in_first_out")
    for mass in (10_000, 20_000, 30_000):
        world.poured(silo, world.delivery(mass), world.delivery(mass))
    world.drawn(silo, 65_000)
    assert (seen(world, silo).poured, len(seen(world, silo).standing)) == (2, 1)
    for more in (100, 200):
        world.do(world.bakari, level_pool, LevelPool, facility=silo, weighed_g=55_000 + more)
    assert seen(world, silo).poured == 2
    world.poured(silo, world.delivery(1_000))
    assert seen(world, silo).poured == 3


def test_a_place_that_was_registered_before_there_were_tanks_is_still_the_same_request(world: World) -> None:
    """Registered by an older version, whose fact knew nothing of pools, and said again now."""
    tank = world.fact(RegisterFacility, name="Tank", kind="tank", prefix="TK", where=BOLAVEN, pool="pro_rata")
    shed = replace(tank, pool="")
    plain = {"name": "Tank", "kind": "tank", "prefix": "TK", "where": vars(BOLAVEN), "note": "", "confirmed": False}
    told = {"fact": "RegisterFacility", "client_id": tank.client_id, **plain}
    assert shed.request_digest() == digest(canonical(told))
    assert tank.request_digest() != shed.request_digest()
