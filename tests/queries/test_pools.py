"""What is told of goods that came through a tank: exact and short, however often it was filled up."""

from __future__ import annotations

from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.cast import World
from tests.operations.refold import check_shares, named
from traceability.domain.dossier import Dossier
from traceability.domain.facts import DrawOff, LevelPool, Output, PourIn, Process, Take
from traceability.models import Lot
from traceability.operations.pooling import draw_off, level_pool, pour_in
from traceability.operations.processing import process
from traceability.queries.dossiers import dossier_of
from traceability.queries.edges import Spelling
from traceability.queries.lineage import trace_back, trace_forward
from traceability.queries.pools import pool_story

POURS = {True: 2_000, False: 300}  # on SQLite a tank filled up every day for five and a half years, and never empty


def batch_of(world: World, lot: str) -> Dossier:
    """Everything about a batch packed of the whole lot."""
    code = world.released(world.sealed(world.packed(lot, mass_g=world.row(lot).made_g, count=1)))
    with world.database.reading() as session:
        return dossier_of(session, code)


def test_a_tank_filled_up_for_years_is_traced_to_the_gram(world: World) -> None:
    """Every day some of Amina's, Bounmy's or Sida's, and every third day some is drawn off"""
    tank, farmers, pours = (
        world.pool("pro_rata"),
        (world.amina, world.bounmy, world.sida),
        POURS[world.database.is_sqlite],
    )
    deliveries = [world.delivery(10**9, farmer) for farmer in farmers]
    held = [Fraction(0)] * 3  # each farmer's grams in the tank, worked out beside

    def fill_up(session: Session) -> None:
        for day in range(pours):
            whose, mass = day % 3, 100_000 + day
            take = Take(lot=deliveries[whose], mass_g=mass)
            pour_in(session, world.bakari, world.fact(PourIn, facility=tank, inputs=(take,)))
            held[whose] += mass
            if whose == 2:
                draw_off(session, world.bakari, world.fact(DrawOff, facility=tank, mass_g=290_001))
                held[:] = [grams * (1 - Fraction(290_001) / sum(held)) for grams in held]

    world.database.write(fill_up)
    drawn = world.drawn(tank)
    whole = sum(held)
    exact = {(farmer, ""): grams / whole for farmer, grams in zip(farmers, held, strict=True)}
    with world.database.reading() as session:
        lot = session.scalars(select(Lot).where(Lot.code == drawn)).one()
        assert lot.made_g == whole
        for spelling in (Spelling.RECURSIVE, Spelling.LEVELS):
            check_shares(named(session, trace_back(session, lot, spelling=spelling).shares_g), exact, lot.made_g)
        first = session.scalars(select(Lot).where(Lot.code == deliveries[0])).one()
        assert lot.id in trace_forward(session, [first.id]).lots
        story = pool_story(session, world.bakari, tank)
        assert (story.pool.held_g, story.filled_at, len(story.latest)) == (0, None, 12)

    told = batch_of(world, drawn)
    assert sum(share.mass_g for share in told.shares) == told.mass_g == told.balance.received_g
    assert [(step.kind, step.events) for step in told.journey[:3]] == [
        ("weigh_in", 3),
        ("pour_in", pours),
        ("draw_off", 1),
    ]
    assert len(told.nodes) == 4, "the batch, what was drawn off, the tank and three farms in one"


def test_a_journey_through_a_tank_counts_what_was_poured_in_once(world: World) -> None:
    """60 A, then 40 B, then 20 S, all drawn off: 120 went in, however often it lay there"""
    tank = world.pool("pro_rata")
    for mass, farmer in ((60_000, world.amina), (40_000, world.bounmy), (20_000, world.sida)):
        world.poured(tank, world.delivery(mass, farmer))
    told = batch_of(world, world.drawn(tank))
    steps = {step.kind: (step.events, step.in_g, step.out_g) for step in told.journey}
    assert steps["pour_in"] == (3, 120_000, 0)
    assert steps["draw_off"] == (1, 120_000, 120_000)
    assert told.custody == "segregated"


def test_a_tank_is_one_node_of_the_picture_and_every_node_gives_what_it_got(world: World) -> None:
    """60 A, 31 B into T (a gram more by the dipstick), 40 off -> P -> back into T with 7 S; all off is packed"""
    tank = world.pool("pro_rata")
    world.poured(tank, world.delivery(60_000))
    world.poured(tank, world.delivery(31_000, world.bounmy))
    world.do(world.bakari, level_pool, LevelPool, facility=tank, weighed_g=91_001)
    outputs = (Output(form="green", mass_g=39_999),)
    take = (Take(lot=world.drawn(tank, 40_000)),)
    cleaned = world.do(
        world.bakari, process, Process, facility=world.mill, inputs=take, outputs=outputs, reason="cleaned"
    )
    world.poured(tank, cleaned["lot"], world.delivery(7_000, world.sida))
    told = batch_of(world, world.drawn(tank))
    kinds = [node.kind for node in told.nodes]
    assert (kinds.count("batch"), kinds.count("origins")) == (1, 2)
    assert kinds.count("lot") == 5, "drawn, tank after, cleaned, drawn before, tank before"
    for node in told.nodes:
        came = [edge.mass_g for edge in told.edges if edge.child == node.code]
        assert not came or abs(sum(came) - node.mass_g) <= 1
    assert all({edge.parent for edge in told.edges} >= {node.code} for node in told.nodes if node.kind != "batch"), (
        "nothing hangs loose"
    )


def test_layers_of_a_silo_stay_nodes_of_their_own(world: World) -> None:
    silo = world.pool("first_in_first_out")
    for farmer in (world.amina, world.bounmy):
        world.poured(silo, world.delivery(50_000, farmer))
    told = batch_of(world, world.drawn(silo))
    assert [node.kind for node in told.nodes].count("origins") == 2
    assert {node.mass_g for node in told.nodes if node.kind == "origins"} == {50_000}
