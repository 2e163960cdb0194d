"""Any graph that the operations can make is traced to the exact shares, in both spellings and for any days.

deliveries of some days -> lots -> split, merged, milled and mixed again on later days
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.cast import World
from tests.operations.refold import OUTSIDE, Record, check_shares, named, refold
from traceability.domain import facts
from traceability.domain.facts import Output, Take
from traceability.domain.moments import day_number
from traceability.errors import Refusal
from traceability.models import Batch, Edge, Event, Lot
from traceability.operations import processing
from traceability.queries.edges import ALWAYS, Days, Spelling
from traceability.queries.frozen import counted, method_of
from traceability.queries.lineage import trace_back
from traceability.queries.methods import offered_to_count

FIRST = datetime(2026, 3, 1, 3, tzinfo=UTC)
GRAPHS = settings(max_examples=60 if settings().max_examples > 100 else 2, deadline=None)


def grow(world: World, chance: random.Random, steps: int) -> None:
    """Some deliveries, then lots of lots: each step happens on the same day as the one before, or days later."""
    at = FIRST
    farmers = (world.amina, world.bounmy, world.sida)
    lots = []
    for _ in range(6):
        delivery = world.delivery(chance.randint(1, 90_000), chance.choice(farmers), occurred_at=at)
        lots.append(delivery)
        at += timedelta(hours=chance.randint(0, 30))
    for _ in range(steps):
        at += timedelta(hours=chance.randint(0, 40))
        taken = chance.sample(lots, min(len(lots), chance.randint(1, 3)))
        takes = tuple(Take(lot=code, mass_g=max(1, world.left(code)[0] * chance.randint(1, 9) // 10)) for code in taken)
        whole = sum(take.mass_g or 0 for take in takes)
        outputs = (
            Output(form="green", mass_g=max(1, whole * chance.randint(5, 10) // 20)),
            Output(form="green", mass_g=max(1, whole // 3), by_product=chance.random() < 0.5),
        )
        milled = {"facility": world.mill, "inputs": takes, "outputs": outputs, "reason": "mixed", "confirmed": True}
        try:
            done = world.do(world.bakari, processing.process, facts.Process, **milled, occurred_at=at)
        except Refusal:  # too little was left to make two of it
            continue
        lots += done["lots"]


def check_traces(session: Session, record: Record, days: Days) -> None:
    """Every lot, in both spellings, against fractions that know nothing of the product's arithmetic."""
    known: dict[str, dict[tuple[str, str], Fraction]] = {}
    for lot in session.scalars(select(Lot)):
        parts = record.parts(lot.code, days.first, days.last, known)
        traced = [trace_back(session, lot, days, spelling) for spelling in Spelling]
        assert traced[0].shares_g == traced[1].shares_g
        assert traced[0].outside_g == traced[1].outside_g
        outside = {OUTSIDE: traced[0].outside_g} if OUTSIDE in parts else {}
        check_shares({**named(session, traced[0].shares_g), **outside}, parts, lot.made_g)


def check_counts(session: Session) -> None:
    """Whatever may be declared for a lot counts to the gram, the same in both spellings, and of nobody who is not in
    it."""
    for lot in session.scalars(select(Lot)):
        spelt = [trace_back(session, lot, spelling=spelling) for spelling in Spelling]
        for method, refusal in offered_to_count(session, lot):
            if refusal is None:
                batch = Batch(counted_by=str(method))
                one, other = (counted(session, batch, trace).shares_g for trace in spelt)
                assert one == other
                assert sum(one.values()) == lot.made_g
                assert min(one.values()) >= 0
                assert one.keys() <= spelt[0].origins
                assert method_of(batch, one) is method


@given(seed=st.integers(0, 2**32), window=st.tuples(st.integers(0, 12), st.integers(0, 12)))
@GRAPHS
def _any_graph(world: World, seed: int, window: tuple[int, int]) -> None:
    grow(world, random.Random(seed), 15)
    begin = day_number(FIRST, 420)
    with world.database.reading() as session:
        record = refold(session)
        for days in (ALWAYS, Days(begin + min(window), begin + max(window)), Days(begin + window[0])):
            check_traces(session, record, days)
        check_counts(session)


def test_every_lot_of_any_graph_is_traced_to_its_exact_shares(world: World) -> None:
    _any_graph(world)


def test_what_something_was_made_of_was_there_before_it(world: World) -> None:
    """Every edge leads from an event to a lot of an earlier event: no operation can close a circle."""
    grow(world, random.Random(4), 25)
    with world.database.reading() as session:
        made = {lot.id: lot.made_by_id for lot in session.scalars(select(Lot))}
        order = {event.id: (event.recorded_at, event.seq) for event in session.scalars(select(Event))}
        edges = list(session.scalars(select(Edge)))
        assert len(edges) > 20
        assert all(order[made[edge.parent_id]] < order[made[edge.child_id]] for edge in edges)
