"""What an entry costs on SQLite, WAL and FULL, against raw sqlite3 that runs the very same statements.

The statements of real entries are caught with their values and told to a copy of the database, commits included,
in turn with entries of the same kind told through the operations.
"""

from __future__ import annotations

import multiprocessing
import shutil
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from scripts.bench.season import GOODS, Harvest
from scripts.bench.table import Row
from traceability.domain.facts import Dispose, FormLot, WeighIn
from traceability.domain.roles import Actor
from traceability.models.database import PRAGMAS, Database
from traceability.operations import collection, processing

Statement = tuple[str, Any, bool]
_WRITERS = 8
_PRICE = 24_000  # of a kilogram, in whole units of the currency
_PAID = 300  # deliveries with a price before any is measured: more than are looked at for what is usual


@dataclass
class Times:
    """Seconds that passed, and seconds in which the processor worked.

    What passed while others had the processor is left out: it would be a large part of both sides on a busy machine,
    and the same for both.
    """

    passed: list[float] = field(default_factory=list)
    worked: list[float] = field(default_factory=list)

    def add(self, work: Callable[[], object]) -> None:
        worked, waited = time.thread_time(), _waited()
        passed = _seconds(work)
        self.worked.append(time.thread_time() - worked)
        self.passed.append(passed - (_waited() - waited))

    def __str__(self) -> str:
        return f"{_ms(self.passed)} ({_ms(self.worked)} of them at work)"


def measure(entries: int = 300, earlier: int = 10_000) -> Iterator[Row]:
    """Entries a second beside raw sqlite3, the slowest of eight writers, and what a price and earlier entries cost."""
    with tempfile.TemporaryDirectory() as folder:
        harvest = Harvest(Path(folder) / "writes.sqlite3")
        yield _beside_raw(harvest, "weigh-in", _weigh_in, entries)
        yield _with_a_price(harvest, entries)
        yield _beside_raw(harvest, "lot of two deliveries", _form, entries)
        yield _at_once(harvest, entries // 3)
        yield _withdrawals(harvest, earlier, entries // 3)
        harvest.database.close()


def _weigh_in(harvest: Harvest) -> Callable[[], object]:
    fact = harvest.weighing()
    return lambda: harvest.say(collection.record_weigh_in, fact)


def _priced(harvest: Harvest) -> Callable[[], object]:
    fact = replace(harvest.weighing(), price_per_kg=_PRICE)
    return lambda: harvest.say(collection.record_weigh_in, fact)


def _form(harvest: Harvest) -> Callable[[], object]:
    two = [str(harvest.say(collection.record_weigh_in, harvest.weighing())["lot"]) for _ in range(2)]
    fact = FormLot(**harvest.when(), facility=harvest.mill, deliveries=tuple(two))
    return lambda: harvest.say(collection.form_lot, fact)


def _beside_raw(harvest: Harvest, what: str, make: Callable[[Harvest], Callable[[], object]], entries: int) -> Row:
    """One after another: an entry through its operation, and the caught statements of another on a copy."""
    caught, timed = [make(harvest) for _ in range(entries)], [make(harvest) for _ in range(entries)]
    path = Path(str(harvest.database.url.database))
    copy = path.with_name("copy.sqlite3")
    harvest.database.close()  # the last to close a SQLite file moves its log into it
    shutil.copyfile(path, copy)
    told = [_statements(harvest.database, entry) for entry in caught]
    raw = sqlite3.connect(copy, isolation_level=None)
    for name, value in PRAGMAS.items():
        raw.execute(f"pragma {name}={value}")
    mine, theirs = Times(), Times()
    for entry, statements in zip(timed, told, strict=True):
        mine.add(entry)
        theirs.add(partial(_replay, raw, statements))
    raw.close()
    ratio = statistics.median(theirs.passed) / statistics.median(mine.passed)
    note = f"raw sqlite3: {len(told[0])} statements, raw {theirs}, ours {mine}; medians of {entries} in turn"
    return Row("9", f"{what}, WAL FULL, 1 writer", ratio, 0.45, 0.6, True, note)


def _with_a_price(harvest: Harvest, entries: int) -> Row:
    """The same weigh-in with a price, which is compared with what is usually paid and makes an amount that is owed."""
    for _ in range(_PAID):
        _priced(harvest)()
    with_one, without = Times(), Times()
    for _ in range(entries):
        without.add(_weigh_in(harvest))
        with_one.add(_priced(harvest))
    ratio = statistics.median(with_one.passed) / statistics.median(without.passed)
    note = f"without one {without}, with one {with_one}; medians of {entries} in turn, after {_PAID} with a price"
    return Row("9", "weigh-in with a price, beside one without", ratio, 2, 1.5, note=note)


def _statements(database: Database, entry: Callable[[], object]) -> list[Statement]:
    found: list[Statement] = []

    def said(_c: Any, _cursor: Any, statement: str, values: Any, _context: Any, many: bool) -> None:
        found.append((statement, values, many))

    def ended(_connection: Any) -> None:
        found.append(("COMMIT", (), False))

    engine = database._write_engine
    event.listen(engine, "before_cursor_execute", said)
    event.listen(engine, "commit", ended)
    entry()
    event.remove(engine, "before_cursor_execute", said)
    event.remove(engine, "commit", ended)
    return found


def _replay(raw: sqlite3.Connection, statements: Sequence[Statement]) -> None:
    for statement, values, many in statements:
        if many:
            raw.executemany(statement, values)
        else:
            raw.execute(statement, values).fetchall()


def _at_once(harvest: Harvest, each: int) -> Row:
    """Eight processes weigh in: the slowest single entry in milliseconds; one that fails ends the benchmark."""
    url = harvest.database.url.render_as_string(hide_password=False)
    tasks = [(url, harvest.cooperative, harvest.mill, *harvest.farmers[n], n, each) for n in range(_WRITERS)]
    with ProcessPoolExecutor(_WRITERS, mp_context=multiprocessing.get_context("spawn")) as pool:
        times = sorted(one for some in pool.map(_write_alone, tasks) for one in some)
    note = f"milliseconds; {len(times)} entries, 0 failures, median {times[len(times) // 2] * 1000:.1f} ms"
    return Row("10", f"{_WRITERS} writer processes, slowest entry", times[-1] * 1000, 200, 100, note=note)


def _write_alone(task: tuple[str, Actor, str, str, str, int, int]) -> list[float]:
    url, actor, mill, farmer, plot, number, entries = task
    database = Database(url)
    times = []
    for turn in range(entries + 1):
        said = {"client_id": f"writer-{number}-{turn}", "occurred_at": datetime(2025, 6, 1, tzinfo=UTC)}
        bags = (40_000 + number * 1_000 + turn,)
        fact = WeighIn(**said, **GOODS, facility=mill, farmer=farmer, plot=plot, bags_g=bags)  # type: ignore[arg-type]
        work = partial(collection.record_weigh_in, actor=actor, fact=fact)
        times.append(_seconds(partial(database.write, work)))
    database.close()
    return times[1:]  # the first compiles what the others run


def _withdrawals(harvest: Harvest, earlier: int, entries: int) -> Row:
    """A gram is taken from a lot that few took from before, and from one that many did."""
    lots = []
    for count in (10, earlier):
        lot = str(harvest.say(collection.record_weigh_in, harvest.weighing())["lot"])
        for start in range(0, count, 200):
            facts = [_a_gram(harvest, lot) for _ in range(min(200, count - start))]
            harvest.database.write(partial(_dispose_all, harvest, facts))
        lots.append(lot)
    times: list[list[float]] = [[], []]
    for _ in range(entries):
        for which, lot in enumerate(lots):
            fact = _a_gram(harvest, lot)
            times[which].append(_seconds(partial(harvest.say, processing.dispose, fact)))
    few, many = times
    ratio = statistics.median(many) / statistics.median(few)
    note = f"10 earlier: {_ms(few)}, {earlier} earlier: {_ms(many)}, medians of {entries} in turn"
    return Row("11", "withdrawal after many withdrawals", ratio, 1.2, 1.1, note=note)


def _dispose_all(harvest: Harvest, facts: Sequence[Dispose], session: Session) -> None:
    for fact in facts:
        processing.dispose(session, harvest.cooperative, fact)


def _a_gram(harvest: Harvest, lot: str) -> Dispose:
    return Dispose(**harvest.when(), lot=lot, mass_g=1, reason="sample")


def _waited() -> float:
    """Seconds that this thread could have worked and had no processor, as far as Linux tells."""
    try:
        return int(Path("/proc/thread-self/schedstat").read_text(encoding="ascii").split()[1]) / 1e9
    except OSError:
        return 0.0


def _ms(times: Sequence[float]) -> str:
    return f"{statistics.median(times) * 1000:.2f} ms"


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
