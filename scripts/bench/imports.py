"""Many deliveries from a file: checks, balances, digests and answers, against a bare insert of the same rows."""

from __future__ import annotations

import multiprocessing
import resource
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import event

from scripts.bench.season import Harvest
from scripts.bench.table import Row, compare
from traceability.domain.facts import WeighIn
from traceability.models.database import PRAGMAS
from traceability.operations.collection import record_weigh_ins

_AT_ONCE = 300


def measure(rounds: int = 9, rows: tuple[int, int] = (20_000, 40_000)) -> Iterator[Row]:
    """Rows a second beside `executemany`, and whether twice as many rows need more memory."""
    with tempfile.TemporaryDirectory() as folder:
        yield _beside_raw(Path(folder), rounds)
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"), max_tasks_per_child=1) as pool:
        few, many = pool.map(_peak_of, rows)
    note = f"peak of {rows[0]} rows: {few >> 10} MB, of {rows[1]}: {many >> 10} MB"
    yield Row("19", "memory of twice as many rows", many / few, 1.05, note=note)


def _beside_raw(folder: Path, rounds: int) -> Row:
    harvest = Harvest(folder / "imports.sqlite3")
    chunks = [[harvest.weighing() for _ in range(_AT_ONCE)] for _ in range(2 * rounds + 2)]
    harvest.database.close()
    copy = folder / "copy.sqlite3"
    shutil.copyfile(folder / "imports.sqlite3", copy)
    told = [_inserts(harvest, chunk) for chunk in chunks[: rounds + 1]]
    raw = sqlite3.connect(copy, isolation_level=None)
    for name, value in PRAGMAS.items():
        raw.execute(f"pragma {name}={value}")
    waiting, written = iter(chunks[rounds + 1 :]), iter(told)
    found = compare(lambda: _take(harvest, next(waiting)), lambda: _insert(raw, next(written)), rounds)
    raw.close()
    harvest.database.close()
    ours, theirs = (_AT_ONCE / seconds for seconds in (found.ours, found.yardstick))
    note = f"executemany of the same rows into the same tables: {theirs:,.0f} a second; ours {ours:,.0f}"
    return Row("19", f"import of deliveries, {_AT_ONCE} a commit", 1 / found.ratio, 0.2, 0.33, True, note)


def _take(harvest: Harvest, facts: Sequence[WeighIn]) -> None:
    harvest.database.write(lambda session: record_weigh_ins(session, harvest.cooperative, facts))


def _inserts(harvest: Harvest, facts: Sequence[WeighIn]) -> list[tuple[str, Any]]:
    """The rows that a chunk adds: event, lot, postings."""
    found: list[tuple[str, Any]] = []

    def said(_c: Any, _cursor: Any, statement: str, values: Any, _context: Any, many: bool) -> None:
        if many:
            found.append((statement, values))

    engine = harvest.database._write_engine
    event.listen(engine, "before_cursor_execute", said)
    _take(harvest, facts)
    event.remove(engine, "before_cursor_execute", said)
    return found


def _insert(raw: sqlite3.Connection, rows: Sequence[tuple[str, Any]]) -> None:
    raw.execute("begin immediate")
    for statement, values in rows:
        raw.executemany(statement, values)
    raw.execute("commit")


def _peak_of(rows: int) -> int:
    """The largest memory, in kilobytes, of a process that imports so many rows."""
    with tempfile.TemporaryDirectory() as folder:
        harvest = Harvest(Path(folder) / "imports.sqlite3")
        for _ in range(rows // _AT_ONCE):
            chunk = [harvest.weighing() for _ in range(_AT_ONCE)]
            harvest.database.write(partial(_taken, harvest, chunk))
        harvest.database.close()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _taken(harvest: Harvest, chunk: Sequence[WeighIn], session: Any) -> None:
    record_weigh_ins(session, harvest.cooperative, chunk)
