"""How long the server takes to start on a record of many events, until its first page and its readiness are there."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from scripts.bench.season import Harvest
from scripts.bench.table import Row

_PLACES = ("/readyz", "/")


class Started(NamedTuple):
    """Seconds that a start took."""

    waited: float
    processor: float


def measure(events: int = 100_000) -> Iterator[Row]:
    """Seconds from the command to the first answers. Most events are clones, written past the operations."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "start.sqlite3"
        harvest = Harvest(path, farmers=20)
        harvest.grow(2_000)
        harvest.database.close()
        swell(path, events)
        empty = Path(folder) / "empty.sqlite3"
        Harvest(empty, farmers=1).database.close()
        _start(empty, folder)  # compiles what was never run
        few, many = _start(empty, folder), _start(path, folder)
    note = (
        f"seconds, {many.processor:.1f} of them of a processor; {events:,} events and as many lots,"
        f" {few.waited:.1f} ({few.processor:.1f}) with almost none"
    )
    yield Row("start", "server start", many.waited, 5, note=note)


def swell(path: Path, events: int) -> None:
    """Clone what is there until there are so many events, lots and lines: for measuring only, nothing else fits."""
    raw = sqlite3.connect(path)
    (have,) = raw.execute("select count(*) from event").fetchone()
    for (guard,) in raw.execute("select name from sqlite_master where type = 'trigger'").fetchall():
        raw.execute(f"drop trigger {guard}")
    for turn in range(1, events // have + 1):
        for table, change in {
            "event": {"id": f"id + {turn * 10**7}", "seq": f"seq + {turn * 10**7}", "code": f"code || '.{turn}'"}
            | {"client_id": f"client_id || '.{turn}'", "declares_id": "null"},
            "lot": {"id": f"id + {turn * 10**7}", "code": f"code || '.{turn}'", "number": f"number || '.{turn}'"}
            | {"made_by_id": f"made_by_id + {turn * 10**7}"},
            "posting": {"event_id": f"event_id + {turn * 10**7}"},
        }.items():
            columns = [row[1] for row in raw.execute(f"pragma table_info({table})")]
            values = ", ".join(change.get(name, name) for name in columns)
            key = "event_id" if table == "posting" else "id"
            raw.execute(
                f"insert into {table} ({', '.join(columns)}) select {values} from {table} where {key} < {10**7}"
            )
        raw.commit()
    raw.close()


def _start(path: Path, compiled: str) -> Started:
    """Start a server whose modules are kept compiled in a folder, as they are where it was installed."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = {
        "TRACEABILITY_DATABASE_URL": f"sqlite:///{path}",
        "TRACEABILITY_DATA_DIR": str(path.parent),
        "TRACEABILITY_SECRET_KEY": "only for measuring",
        "PORT": str(port),
        "PYTHONDONTWRITEBYTECODE": "",
        "PYTHONPYCACHEPREFIX": compiled,
    }
    start, before = time.perf_counter(), os.times()
    command = [sys.executable, "-m", "traceability", "serve"]
    environment = {**os.environ, **settings}
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for place in _PLACES:
            _wait_for(f"http://127.0.0.1:{port}{place}", server)
        waited = time.perf_counter() - start
    finally:
        server.terminate()
        server.wait()
    after = os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return Started(waited, used)


def _wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    while True:
        try:
            with urllib.request.urlopen(address) as answer:
                answer.read()
            return
        except OSError:
            if server.poll() is not None:
                raise
            time.sleep(0.02)
