"""The audit of a journal, in events a second of one core; a million events in a minute were promised."""

from __future__ import annotations

import resource
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from scripts.bench.season import Harvest
from scripts.bench.table import Row
from traceability.queries.audit import audit

_MILLION = 1_000_000


def measure(events: int = 30_000) -> Iterator[Row]:
    """Seconds of processor time for a million events, from a harvest of fewer: the work for each is the same."""
    with tempfile.TemporaryDirectory() as folder:
        harvest = Harvest(Path(folder) / "audit.sqlite3")
        harvest.grow(events)
        list(audit(harvest.database))
        seen: Counter[str] = Counter()
        start = time.process_time()
        findings = list(audit(harvest.database, seen=seen))
        seconds = time.process_time() - start
        harvest.database.close()
    if findings:
        raise SystemExit(f"the audit found {findings[:3]}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    note = f"{seen['events'] / seconds:,.0f} events a second, {seen['events']:,} measured, {peak} MB at most"
    yield Row("audit", "seconds for a million events", seconds * _MILLION / seen["events"], 60, note=note)
