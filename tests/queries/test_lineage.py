"""Traces read from the record: back to every farm, forward to every lot, across organisations."""

from __future__ import annotations

from sqlalchemy import select

from tests.cast import World
from tests.operations.refold import named
from traceability.models import Lot, Party, Plot
from traceability.queries.lineage import (
    deliveries_of_farmer,
    deliveries_of_plot,
    lots_by_id,
    trace_back,
    trace_forward,
)


def back(world: World, code: str) -> dict[tuple[str, str], int]:
    with world.database.reading() as session:
        lot = session.scalars(select(Lot).where(Lot.code == code)).one()
        return named(session, trace_back(session, lot).shares_g)


def forward(world: World, code: str) -> set[str]:
    with world.database.reading() as session:
        lot = session.scalars(select(Lot).where(Lot.code == code)).one()
        found = trace_forward(session, [lot.id])
        assert found.sources == (lot.id,)
        return {row.code for row in lots_by_id(session, found.lots).values()}


def test_a_trace_names_every_farm_and_plot_with_exact_grams(world: World) -> None:
    """60 Amina (plot) + 40 Bounmy -> L; L + 50 Amina (no plot) -> M"""
    lot = world.lot(world.delivery(60_000, plot=world.amina_plot), world.delivery(40_000, world.bounmy))
    merged = world.merge(lot, world.lot(world.delivery(50_000)))
    shares = {(world.amina, world.amina_plot): 60_000, (world.bounmy, ""): 40_000, (world.amina, ""): 50_000}
    assert back(world, merged) == shares


def test_a_third_of_a_gram_is_never_lost(world: World) -> None:
    """1 g + 1 g + 1 g -> 3 g -> 2 g + 1 g"""
    lot = world.lot(*[world.delivery(1, who) for who in (world.amina, world.bounmy, world.sida)])
    parts = world.split(lot, 2)
    assert sum(back(world, parts[0]).values()) == 2
    assert len(back(world, parts[0])) == 3


def test_a_trace_does_not_stop_at_the_border(world: World) -> None:
    """D -> L -> Chiara's R; from D forward to R, from R back to Amina"""
    delivery = world.delivery(60_000)
    lot = world.lot(delivery)
    received = world.received(world.dispatched(lot), 60_000)
    assert back(world, received) == {(world.amina, ""): 60_000}
    assert forward(world, delivery) == {delivery, lot, received}


def test_what_was_declared_in_error_leaves_the_trace(world: World) -> None:
    from traceability.domain.facts import DeclareError, FormLot
    from traceability.operations.collection import form_lot
    from traceability.operations.correction import declare_error

    delivery = world.delivery(60_000)
    done = world.do(world.bakari, form_lot, FormLot, facility=world.mill, deliveries=(delivery,))
    said = {"event": done.event, "reason": "did_not_occur", "note": "typed twice"}
    world.do(world.bakari, declare_error, DeclareError, **said)
    assert forward(world, delivery) == {delivery}
    assert back(world, done["lot"]) == {}


def test_forward_and_back_agree_for_every_lot(world: World) -> None:
    lot = world.lot(*[world.delivery(10_000 + n, who) for n, who in enumerate((world.amina, world.bounmy) * 3)])
    first, second = world.split(lot, 20_000, 15_000)
    world.merge(first, world.lot(world.delivery(5_000, world.sida)))
    world.received(world.dispatched(second), 15_000)
    with world.database.reading() as session:
        lots = list(session.scalars(select(Lot)))
        ancestry = {lot.id: set(trace_back(session, lot).through) for lot in lots}
        for lot_row in lots:
            descendants = trace_forward(session, [lot_row.id]).lots
            assert descendants == {key for key, above in ancestry.items() if lot_row.id in above}


def test_the_deliveries_of_a_farmer_and_of_a_plot(world: World) -> None:
    on_plot, elsewhere = world.delivery(plot=world.amina_plot), world.delivery(10_000)
    world.delivery(20_000, world.bounmy)
    with world.database.reading() as session:
        amina = session.scalars(select(Party.id).where(Party.code == world.amina)).one()
        plot = session.scalars(select(Plot.id).where(Plot.code == world.amina_plot)).one()
        codes = {row.id: row.code for row in session.scalars(select(Lot))}
        assert {codes[key] for key in deliveries_of_farmer(session, amina)} == {on_plot, elsewhere}
        assert {codes[key] for key in deliveries_of_plot(session, plot)} == {on_plot}


def test_a_farm_is_one_share_however_many_plots_it_has(world: World) -> None:
    lot = world.lot(world.delivery(60_000, plot=world.amina_plot), world.delivery(40_000))
    with world.database.reading() as session:
        trace = trace_back(session, session.scalars(select(Lot).where(Lot.code == lot)).one())
        assert len(trace.shares_g) == 2
        assert list(trace.by_farmer().values()) == [100_000]
