"""Random work of many hands in several processes, on one record: whatever happens at once, the invariants hold.

    2 processes x 3 threads: weigh-ins, lots, mixtures, splits, mills, a tank, consignments, corrections, replays,
    packed lots sealed and released, recalls that are lifted, consents given and withdrawn

Every night more than 100,000 things are said in all; how many were is printed, and recorded with each result.
"""

from __future__ import annotations

import multiprocessing
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.cast import World
from tests.databases import KINDS, Databases
from tests.operations.hands import Yard, many_hands
from tests.operations.refold import Origin, Record, check_derived_rows, check_shares, named, refold
from tests.operations.test_invariants import fresh_url
from tests.web.applications import application
from traceability.models import Batch, Event, Lot, Party, Person
from traceability.models.database import Database
from traceability.queries.alerts import alerts_of, any_alert
from traceability.queries.audit import OTHER_TABLES, audit
from traceability.queries.edges import Spelling
from traceability.queries.frozen import origin_of
from traceability.queries.holds import stopped
from traceability.queries.lineage import trace_back

NIGHT = settings().max_examples > 100
PROCESSES, THREADS = 2, 3
_PEOPLE = select(Party.code, Person.name, Person.phone).join(Person, Person.party_id == Party.id)
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
        check_pages(database, tmp_path)
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
        check_stops(session, record, lots)
        check_frozen(session, record)


def check_stops(session: Session, record: Record, lots: Sequence[Lot]) -> None:
    """All that is made from what was recalled is stopped, in every organisation, and nothing else."""
    expected = record.stopped()
    reached = stopped(session)
    assert {lot.code for lot in lots if lot.id in reached} == expected
    for lot in random.Random(len(lots)).sample(lots, min(len(lots), 40)):
        assert any_alert(session, [lot.id]) is bool(alerts_of(session, lot.id)) is (lot.code in expected)


def check_frozen(session: Session, record: Record) -> None:
    """What was frozen of a released batch is what the journals give today, corrections and all."""
    released = select(Lot).join(Batch, Batch.lot_id == Lot.id).where(Batch.released_at.is_not(None))
    known: dict[str, dict[Origin, Fraction]] = {}
    for lot in session.scalars(released):
        check_shares(
            named(session, origin_of(session, lot).trace.shares_g), record.parts(lot.code, 0, 10**9, known), lot.made_g
        )
        TOTAL["released batches"] += 1


def check_pages(database: Database, folder: Path) -> None:
    """No open page names a farmer who did not agree, tells a phone or the place of a plot; recalls are on it."""
    with database.reading() as session:
        record = refold(session)
        farmers = {party: (name, phone) for party, name, phone in session.execute(_PEOPLE)}
        batches = session.scalars(select(Lot.code).join(Batch, Batch.lot_id == Lot.id)).all()
    secrets = {name for party, (name, _) in farmers.items() if party not in record.named()}
    secrets |= {phone for _, phone in farmers.values()} | {"106.2345671", "15.1876543"}
    app = application(database.url.render_as_string(False), folder)
    for code in random.Random(len(batches)).sample(batches, min(len(batches), 6)):
        page, told = (app.test_client().get(f"/b/{code}{ending}") for ending in ("", ".json"))
        assert page.status_code == 200
        shown = page.get_data(as_text=True) + told.get_data(as_text=True)
        assert not [secret for secret in secrets if secret in shown]
        recalled = "recalled" in told.get_data(as_text=True)
        assert recalled is (code in record.stopped()), code
    app.extensions["database"].close()
