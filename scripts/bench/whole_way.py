"""A sample of labels that goes the whole way: requests to the application, hour by hour, and its database."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import groupby
from pathlib import Path
from types import ModuleType
from typing import Final, Protocol

from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import Client

from scripts.bench.readers import BEST_BEFORE, MARKET, Readers, Scan
from scripts.bench.table import Row
from tests.cast import World
from traceability.app import create_app
from traceability.config import Config
from traceability.domain.labelling import PrintLabels
from traceability.domain.scans import KEPT, TOO_WIDELY, Limits, Reason
from traceability.domain.serials import serial_of
from traceability.models import LabelRun, ScanCount, ScanDevice
from traceability.models.database import Database
from traceability.models.migrate import migrate
from traceability.operations import labels
from traceability.queries.scans import seen_widely
from traceability.web import boxes, counting
from traceability.web.counting import scans_of

_WORDS: Final = "It may be copied or shared."
_COPIES: Final = (10, 10, 10, 10, 20, 20, 20, 20, 50, 50, 200)
_GROUPS: Final = (10, 30, 60)


class Told(Protocol):
    """When, in days, and why a label was first listed."""

    @property
    def at(self) -> float | None: ...
    @property
    def reasons(self) -> tuple[Reason, ...]: ...


class _Clock(datetime):
    """The season's clock, for whoever counts and for whoever judges."""

    set_to = datetime.now(UTC)

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> _Clock:
        return cls.fromtimestamp(cls.set_to.timestamp(), tz)


Judge = Callable[[Sequence[Sequence[Scan]]], Sequence[Told]]  # of all labels of a house at once


def whole_way(readers: Readers, judged: Judge, honest: int) -> Iterator[Row]:
    """How many labels the application judges otherwise than `judged` does, and what it still keeps long after."""
    read = [readers.honest() for _ in range(honest)]
    read += [readers.copied(copies) for copies in _COPIES]
    read += [readers.photographed(members) for members in _GROUPS]
    with tempfile.TemporaryDirectory() as folder, _clock(counting, boxes):
        app = create_app(Config(data_dir=Path(folder), secret_key="only for measuring"))
        season = _Season(app, read, judged)
        asked = season.run()
        kept = season.kept_after(KEPT.days + 1)
        app.extensions["database"].close()
    note = (
        f"of {len(read)} labels, {asked:,} readings over HTTP on SQLite; {season.alerts} alerts, each on the page, in"
        " its JSON and in the list within the hour of the reading that was one too many"
    )
    yield Row("F12", "labels judged otherwise the whole way", len(season.otherwise), 0, note=note)
    yield Row("T20", "rows of devices and days 31 days later", kept, 0, note="sums of months are left")


class _Season:
    """One batch with a label for everything that is read, and how its pages answer from hour to hour."""

    def __init__(self, app: Flask, read: Sequence[Sequence[Scan]], judged: Judge) -> None:
        self._app, self._database = app, app.extensions["database"]
        migrate(self._database)
        self._world = World(self._database)
        self._first = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        self._last = self._first
        self._code, serials = _labelled(self._world, self._database, len(read), self._first)
        self._read = dict(zip(serials, read, strict=True))
        self._told = dict(zip(serials, judged(read), strict=True))
        self._client = Client(app, use_cookies=False)
        self._done: set[str] = set()
        self.otherwise: set[str] = set()
        self.alerts = 0

    def run(self) -> int:
        """Everything is read in the order of time; how many readings that were."""
        asked = [(scan, serial) for serial, scans in self._read.items() for scan in scans]
        asked.sort()
        for hour, together in groupby(asked, lambda one: int(one[0].at * 24)):
            touched = defaultdict(list)
            for scan, serial in together:
                self._put(scan.at)
                self._ask(serial, scan.address, {"User-Agent": scan.agent, "Accept-Language": scan.language})
                touched[serial].append(scan)
            scans_of(self._app).write()
            self._look(sorted(touched.keys() - self._done), (hour + 1) / 24)
        return len(asked)

    def kept_after(self, days: int) -> int:
        """Rows of days and devices that are left so many days later, with nobody reading."""
        self._last += timedelta(days=days)
        _Clock.set_to = self._last
        scans_of(self._app).write()
        with self._database.reading() as session:
            rows = [session.scalar(select(func.count()).select_from(table)) for table in (ScanDevice, ScanCount)]
        return sum(n or 0 for n in rows)

    def _put(self, at: float) -> None:
        _Clock.set_to = self._last = self._first + timedelta(days=at)

    def _look(self, serials: Sequence[str], until: float) -> None:
        """Whether page, JSON and list say of these labels what was said in memory; only until the first alert."""
        with self._database.reading() as session:
            found = seen_widely(session, self._world.malee, Limits(), self._last.date())
        listed = {one.serial: set(one.reasons) for one in found}
        for serial in serials:
            told, reasons = self._told[serial], listed.get(serial, set())
            alarmed = told.at is not None and told.at < until
            aloud = bool(TOO_WIDELY & reasons)
            unseen = {"DNT": "1"}
            page = self._ask(serial, "127.0.0.1", unseen)
            data = self._ask(serial, "127.0.0.1", {**unseen, "Accept": "application/json"})
            same = (_WORDS in page) == ('"seen_widely":true' in data.replace(" ", "")) == aloud
            if not same or alarmed != bool(reasons) or (alarmed and not reasons.issuperset(told.reasons)):
                self.otherwise.add(serial)
            if alarmed:
                self.alerts += 1
                self._done.add(serial)

    def _ask(self, serial: str, address: str, headers: dict[str, str]) -> str:
        where = f"/b/{self._code}/21/{serial}"
        return self._client.get(where, headers=headers, environ_overrides={"REMOTE_ADDR": address}).text


def _labelled(world: World, database: Database, count: int, first: datetime) -> tuple[str, list[str]]:
    """A released batch of so many bags, and the serials on them."""
    best_before = (first + timedelta(days=BEST_BEFORE)).date()
    batch = world.released(world.sealed(world.packed(count=count), destination=MARKET, best_before=best_before))
    boxes_of = {"batch": batch, "first": 1, "last": count, "of": count, "layout": "tag"}
    run = world.do(world.bakari, labels.print_labels, PrintLabels, **boxes_of)["run"]
    with database.reading() as session:
        seed = session.scalars(select(LabelRun.seed).where(LabelRun.code == run)).one()
    return batch, [serial_of(seed, n) for n in range(1, count + 1)]


@contextmanager
def _clock(*rooms: ModuleType) -> Iterator[None]:
    """These rooms read the season's clock."""
    before = [(room, vars(room)["datetime"]) for room in rooms]
    for room in rooms:
        vars(room)["datetime"] = _Clock
    try:
        yield
    finally:
        for room, clock in before:
            vars(room)["datetime"] = clock
