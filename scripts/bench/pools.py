"""A tank that is filled up for years and never empty: what a trace and a batch's dossier through it cost.

The yardstick is the same tank in its first half year, ten times over: the cost must grow with the pourings and no more.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from scripts.bench.table import Row, compare
from traceability.domain.facts import (
    DrawOff,
    Pack,
    PourIn,
    RegisterFacility,
    RegisterFarmer,
    RegisterOrganisation,
    Seal,
    Take,
    WeighIn,
    Where,
)
from traceability.models import Lot
from traceability.models.database import Database
from traceability.operations import collection, packing, pooling, registry
from traceability.queries.dossiers import dossier_of
from traceability.queries.lineage import trace_back

_TIMES = 10
_HERE = Where(country="LA")
_START = datetime(2020, 1, 1, tzinfo=UTC)


def measure(quick: bool = False) -> Iterator[Row]:
    """Both on SQLite, through the session that the product reads with."""
    pours, rounds = (400, 3) if quick else (2_000, 9)
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'pools.sqlite3'}")
        database.create_all()
        early, late = database.write(lambda session: Tank(session).batches(pours // _TIMES, pours))
        with database.reading() as session:
            lots = {code: session.scalars(select(Lot).where(Lot.code == code)).one() for code in (early, late)}
            for what, asked in (
                ("trace back", lambda code: trace_back(session, lots[code])),
                ("dossier of a batch", lambda code: dossier_of(session, code)),
            ):
                timed = compare(partial(asked, late), partial(asked, early), rounds, time.process_time)
                note = f"{_TIMES} times after {pours // _TIMES} pourings; {timed.ours * 1000:.1f} ms after {pours:,}"
                yield Row("pool", f"{what} through a tank", timed.ratio / _TIMES, 1.5, 1.0, note=note)
        database.close()


class Tank:
    """Three farmers whose goods are poured into one tank every day, and everything that is said about it."""

    def __init__(self, session: Session) -> None:
        self._session, self._said = session, 0
        opened = self._fact(RegisterOrganisation, name="Tank", kind="mill", prefix="TA", where=_HERE)
        self._actor = registry.register_organisation(session, opened)
        mill = {"kind": "dry_mill", "prefix": "MI", "where": _HERE}
        self._mill = self._say(registry.register_facility, RegisterFacility, name="Mill", **mill)["facility"]
        tank = {"kind": "tank", "prefix": "TK", "where": _HERE, "pool": "pro_rata"}
        self._tank = self._say(registry.register_facility, RegisterFacility, name="Tank", **tank)["facility"]
        coffee = {"facility": self._mill, "commodity": "arabica_coffee", "form": "green", "tare_g": 0}
        self._deliveries = []
        for name in ("Amina", "Bounmy", "Sida"):
            who = self._say(registry.register_farmer, RegisterFarmer, name=name, where=_HERE)["farmer"]
            weighed = {"farmer": who, "bags_g": (10**9,), "confirmed": True}
            given = self._say(collection.record_weigh_in, WeighIn, **coffee, **weighed)
            self._deliveries.append(given["lot"])

    def batches(self, *after: int) -> list[str]:
        """Fill up day by day; the batches packed of ten kilograms drawn off after so many pourings each."""
        found = []
        for day in range(1, max(after) + 1):
            take = (Take(lot=self._deliveries[day % 3], mass_g=100_000 + day),)
            self._say(pooling.pour_in, PourIn, facility=self._tank, inputs=take)
            if day in after:
                found.append(self._batch())
        return found

    def _batch(self) -> str:
        drawn = self._say(pooling.draw_off, DrawOff, facility=self._tank, mass_g=10_000)["lot"]
        bag = {"form": "green", "unit": "bag", "count": 1, "mass_g": 10_000, "confirmed": True}
        packed = self._say(packing.pack, Pack, facility=self._mill, inputs=(Take(lot=drawn),), **bag)["lot"]
        return str(self._say(packing.seal, Seal, lot=packed)["batch"])

    def _say(self, operation: Any, kind: type[Any], /, **values: Any) -> Any:
        return operation(self._session, self._actor, self._fact(kind, **values))

    def _fact(self, kind: type[Any], /, **values: Any) -> Any:
        self._said += 1
        return kind(client_id=f"bench-{self._said}", occurred_at=_START + timedelta(hours=self._said), **values)
