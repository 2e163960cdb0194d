"""Random work of many hands in several processes, on one record: whatever happens at once, the invariants hold.

    2 processes x 3 threads: weigh-ins, lots, mixtures, splits, mills, a tank, consignments, corrections, replays

Every night more than 100,000 things are said in all; how many were is printed, and recorded with each result.
"""

from __future__ import annotations

import multiprocessing
import random
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import func, select

from tests.cast import World
from tests.databases import KINDS, Databases
from tests.operations.hands import Yard, many_hands
from tests.operations.refold import Origin, check_derived_rows, check_shares, named, refold
from tests.operations.test_invariants import fresh_url
from traceability.models import Event, Lot
from traceability.models.database import Database
from traceability.queries.audit import OTHER_TABLES, audit
from traceability.queries.edges import Spelling
from traceability.queries.lineage import trace_back

NIGHT = settings().max_examples > 100
PROCESSES, THREADS = 2, 3
TOTAL: Counter[str] = Counter()
ROUNDS, STEPS = (25, 340) if NIGHT else (1, 12)  # 25 x 6 x 340 x 2 databases = 102,000


@pytest.fixture(scope="module")
def crews() -> Iterator[ProcessPoolExecutor]:
    """Processes for the hands, and in the end how much they said in all."""
    TOTAL.clear()
    with ProcessPoolExecutor(PROCESSES, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield pool
    print("\nsaid at once by many hands: " + ", ".join(f"{count:,} {what}" for what, count in TOTAL.items()))


@pytest.mark.parametrize("turn", range(ROUNDS))
@pytest.mark.parametrize("kind", KINDS)
def test_whatever_many_hands_do_at_once_the_record_holds(
    kind: str,
    turn: int,
    crews: ProcessPoolExecutor,
    databases: Databases,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    with fresh_url(kind, databases, tmp_path) as url:
        database = Database(url)
        yard = settle(World(database))
        work = [crews.submit(many_hands, url, yard, f"{turn}-{n}", THREADS, STEPS) for n in range(PROCESSES)]
        said, answered, refused = (sum(counts) for counts in zip(*(crew.result() for crew in work), strict=True))
        check(database)
        database.close()
    record_property("operations", said)
    TOTAL.update({f"operations on {kind}": said, "answered": answered, "refused": refused})
    assert said == PROCESSES * THREADS * STEPS
    assert answered > said // 4


def settle(world: World) -> Yard:
    growers = ((world.amina, world.amina_plot), (world.bounmy, world.bounmy_plot), (world.sida, ""))
    for _ in range(3):
        world.dispatched(world.lot(world.delivery(90_000), world.delivery(70_000, world.bounmy)), 50_000)
    return Yard(world.cooperative, world.importer, world.mill, world.pool("pro_rata"), world.warehouse, growers)


def check(database: Database) -> None:
    """Conserved, within bounds, chained, answered once, traced exactly, and nothing for an audit to find."""
    assert [found for found in audit(database) if found.what != OTHER_TABLES] == []
    with database.reading() as session:
        record = refold(session)
        check_derived_rows(session, record)
        twice = select(Event.client_id).group_by(Event.org_id, Event.client_id).having(func.count() > 1)
        assert session.scalars(twice).all() == []
        lots = session.scalars(select(Lot).where(Lot.void.is_(False))).all()
        known: dict[str, dict[Origin, Fraction]] = {}
        for lot in random.Random(len(lots)).sample(lots, min(len(lots), 40)):
            parts = record.parts(lot.code, 0, 10**9, known)
            for spelling in Spelling:
                check_shares(named(session, trace_back(session, lot, spelling=spelling).shares_g), parts, lot.made_g)
