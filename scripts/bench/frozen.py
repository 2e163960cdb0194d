"""A released batch of thousands of farms: reading its origin back instead of tracing it, and its page's first view."""

from __future__ import annotations

import gc
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, Final

from sqlalchemy.orm import Session
from werkzeug.test import Client
from werkzeug.wrappers import Response

from scripts.bench.table import Row, compare
from traceability.app import create_app
from traceability.config import Config
from traceability.domain import facts
from traceability.domain.facts import Take, Where
from traceability.domain.roles import Actor
from traceability.models.database import Database
from traceability.operations import collection, packing, processing, registry
from traceability.queries import frozen
from traceability.queries.dossiers import batch_by_code
from traceability.queries.lineage import trace_back

FARMS: Final = 3_000
A_LOT: Final = 50  # deliveries
_AT_ONCE: Final = 250  # facts in one transaction: a benchmark need not wait for the disk each time
_START: Final = datetime(2026, 1, 5, tzinfo=UTC)


@dataclass(frozen=True)
class Released:
    """A released batch, and the database that holds it."""

    database: Database
    code: str
    farms: int


def measure(farms: int = FARMS, folder: Path | None = None) -> Iterator[Row]:
    """The two promises and the size of what is kept."""
    with tempfile.TemporaryDirectory() as made:
        database = Database(f"sqlite:///{(folder or Path(made)) / 'frozen.sqlite3'}")
        database.create_all()
        batch = released(database, farms)
        yield from _reading(batch)
        yield _first_view(batch)
        database.close()


def _reading(batch: Released) -> Iterator[Row]:
    with batch.database.reading() as session:
        row, lot = batch_by_code(session, batch.code)
        kept = frozen.frozen_origin(session, row, row.version)
        assert kept is not None
        assert frozen.trace_of(kept, lot).shares_g == trace_back(session, lot).shares_g

        speed = compare(
            lambda: frozen.grams_by_farmer(session, lot),
            lambda: trace_back(session, lot).by_farmer(),
            clock=time.process_time,
        )
        scale = f"a trace of {batch.farms} farms, {speed.yardstick * 1e3:.1f} ms; ours {speed.ours * 1e3:.2f} ms"
        yield Row("5", "origin of a released batch, read back", speed.ratio, 0.15, 0.05, note=scale)
        size = len(kept.shares) / batch.farms
        whole = f"bytes a farm; all it came through besides: {len(kept.above) / batch.farms:.1f}"
        yield Row("5", "what is kept of an origin", size, 11, 8, note=whole)


def _first_view(batch: Released) -> Row:
    """The page as it is first read after the release: behind what is kept of pages, which has nothing of it yet."""
    app = create_app(Config(database_url=str(batch.database.url), secret_key="x" * 40))
    client = Client(app.extensions["served"].inside, Response)
    times, answer = [], client.get(f"/b/{batch.code}")
    gc.collect()
    for _ in range(9):
        start = time.process_time()
        answer = client.get(f"/b/{batch.code}")
        times.append(time.process_time() - start)
    assert answer.status_code == 200
    app.extensions["database"].close()
    median = statistics.median(times) * 1e3
    note = f"milliseconds of the processor, {batch.farms} farms, {len(answer.data) / 1e3:.1f} kB before compression"
    return Row("5", "first view of a released batch's page", median, 40, 25, note=note)


# -- the batch ----------------------------------------------------------------------------------------------------


class _Saying:
    """Facts of one house, one minute apart."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.minutes = count()
        here = Where(country="LA", province="Champasak", district="Paksong", village="Ban Nong Luang")
        house = self.fact(facts.RegisterOrganisation, name="Bench", kind="cooperative", prefix="BN", where=here)
        self.here = here
        self.actor: Actor = database.write(lambda session: registry.register_organisation(session, house))

    def fact(self, kind: type[Any], /, **values: Any) -> Any:
        minute = next(self.minutes)
        return kind(client_id=f"b-{minute}", occurred_at=_START + timedelta(minutes=minute), **values)

    def one(self, operation: Any, kind: type[Any], /, **values: Any) -> Any:
        return self.many(operation, [self.fact(kind, **values)])[0]

    def many(self, operation: Any, said: list[Any]) -> list[Any]:
        def say(session: Session, some: list[Any]) -> list[Any]:
            return [operation(session, self.actor, fact) for fact in some]

        return [done for some in _some(said, _AT_ONCE) for done in self.database.write(partial(say, some=some))]


def _some(things: list[Any], size: int) -> Iterator[list[Any]]:
    for start in range(0, len(things), size):
        yield things[start : start + size]


def released(database: Database, farms: int) -> Released:
    """As many farms, each with a plot and a delivery; lots of fifty; merged, packed, sealed and released."""
    house = _Saying(database)
    place = house.one(
        registry.register_facility, facts.RegisterFacility, name="Mill", kind="dry_mill", prefix="ML", where=house.here
    )["facility"]
    people = [
        house.fact(facts.RegisterFarmer, name=f"Farmer {n}", nickname="", phone="", where=house.here)
        for n in range(farms)
    ]
    farmers = [done["farmer"] for done in house.many(registry.register_farmer, people)]
    land = {"commodity": "arabica_coffee", "area_m2": 12_000, "geometry_kind": "point", "where": house.here}
    point = '{"type":"Point","coordinates":[106.2345671,15.1876543]}'
    fields = [house.fact(facts.RegisterPlot, farmer=farmer, name="Upper", geometry=point, **land) for farmer in farmers]
    plots = [done["plot"] for done in house.many(registry.register_plot, fields)]
    goods = {"facility": place, "commodity": "arabica_coffee", "form": "green", "tare_g": 0, "confirmed": True}
    some = random.Random(5)
    grown = [(farmer, plot, some.randint(8_000, 300_000)) for farmer, plot in zip(farmers, plots, strict=True)]
    some.shuffle(grown)
    weighed = [
        house.fact(facts.WeighIn, farmer=farmer, plot=plot, bags_g=(mass,), **goods) for farmer, plot, mass in grown
    ]
    deliveries = [done["lot"] for done in house.many(collection.record_weigh_in, weighed)]
    formed = [house.fact(facts.FormLot, facility=place, deliveries=tuple(some)) for some in _some(deliveries, A_LOT)]
    lots = [done["lot"] for done in house.many(collection.form_lot, formed)]
    inputs = tuple(Take(lot=lot) for lot in lots)
    whole = house.one(processing.merge, facts.Merge, facility=place, inputs=inputs)
    mass = sum(fact.net_g for fact in weighed)
    packed = house.one(
        packing.pack,
        facts.Pack,
        facility=place,
        inputs=(Take(lot=whole["lot"]),),
        form="green",
        unit="bag",
        count=max(1, mass // 60_000),
        mass_g=mass,
        confirmed=True,
    )
    batch = house.one(packing.seal, facts.Seal, lot=packed["lot"], destination="IT")["batch"]
    house.one(packing.release, facts.Release, batch=batch)
    return Released(database, batch, farms)
