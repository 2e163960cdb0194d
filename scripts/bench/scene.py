"""One harvest in every place it is measured in, and lots with answers of about the sizes that are asked for."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from sqlalchemy.orm import Session

from scripts.bench import load
from scripts.bench.graph import DELIVERY, Harvest, harvest
from scripts.bench.memory import Limit, Memory, NoCompiler
from scripts.bench.plans import whole_tables
from traceability.models import Lot
from traceability.models.database import Database

_LOOKED_AT = 1_500  # lots whose answers are counted to choose from


@dataclass(frozen=True)
class Case:
    """A lot and how many edges are above it."""

    lot: int
    edges: int


class Scene:
    """A harvest of about so many edges in SQLite: in the product's own tables and in a textbook's; and in memory."""

    def __init__(self, edges: int, folder: Path) -> None:
        self.edges = edges
        self.product, self.textbook = (folder / f"{name}-{edges}.sqlite3" for name in ("product", "textbook"))
        _made(self.product, lambda path: load.into_sqlite(self.harvest, path))
        _made(self.textbook, lambda path: load.into_textbook(self.harvest, path))
        self.memory = Memory(self.harvest)
        try:
            self.limit: Limit | None = Limit(self.memory, folder)
        except NoCompiler:
            self.limit = None
        self.analyse(False)

    @cached_property
    def harvest(self) -> Harvest:
        return harvest(self.edges)

    def cases(self, wanted: Sequence[int]) -> dict[int, Case]:
        """For each wanted size the lot whose answer comes nearest, where one comes near at all."""
        chance = np.random.default_rng(1)
        made = np.flatnonzero(self.harvest.kind != DELIVERY) + 1
        packed = self.harvest.packed
        looked_at = {*chance.choice(made, min(_LOOKED_AT, len(made)), False).tolist(), *packed.tolist()[-_LOOKED_AT:]}
        count = self.limit.edges if self.limit else self.memory.count
        found = [Case(lot, count(lot)) for lot in sorted(looked_at)]
        nearest = {size: min(found, key=lambda case: abs(case.edges - size)) for size in wanted}
        return {size: case for size, case in nearest.items() if size / 2 < case.edges < size * 2}

    def analyse(self, counted: bool) -> None:
        """Let both SQLite files have statistics or not, and see that no statement means to read a whole table."""
        for path in (self.product, self.textbook):
            connection = sqlite3.connect(path)
            if counted:
                connection.execute("analyze")
            elif connection.execute("select 1 from sqlite_master where name = 'sqlite_stat1'").fetchall():
                connection.execute("drop table sqlite_stat1")
            connection.commit()
            connection.execute("pragma wal_checkpoint(truncate)")
            connection.close()
        if whole := whole_tables(connection := load.raw(self.product)):
            raise AssertionError(f"SQLite means to read a whole table: {whole}")
        connection.close()


@contextmanager
def reading(scene: Scene) -> Iterator[tuple[Session, sqlite3.Connection, sqlite3.Connection]]:
    """The product's session, and raw connections to the product's file and the textbook's."""
    with ExitStack() as stack:
        database = Database(f"sqlite:///{scene.product}")
        stack.callback(database.close)
        session = stack.enter_context(database.reading())
        product, textbook = load.raw(scene.product), load.raw(scene.textbook)
        stack.callback(product.close)
        stack.callback(textbook.close)
        yield session, product, textbook


def lot_of(session: Session, case: Case) -> Lot:
    """The row of a case's lot."""
    return session.get_one(Lot, case.lot)


def evict(path: Path) -> None:
    """Ask the kernel to forget what it read of a file; it keeps only what is not written yet."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _made(path: Path, make: Callable[[Path], None]) -> None:
    """Make a file unless it was kept from before; what is half made never has its name."""
    if path.exists():
        return
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    make(new)
    for beside in path.parent.glob(f"{new.name}?*"):
        beside.unlink()
    new.rename(path)
