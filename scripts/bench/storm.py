"""A storm of scans: our server and the published folder behind nginx, beside one static file of the same size.

Twenty batches are read in turn, then five thousand pages of which none was read before; and once more while four
people weigh in. wrk asks; everything stays on this machine and ends by itself.
"""

from __future__ import annotations

import itertools
import multiprocessing
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Final, NamedTuple

from scripts.bench.table import Row
from tests.cast import World
from tests.nginx import nginx, program
from tests.serving import children, serving, until
from traceability.app import create_app
from traceability.config import Config
from traceability.domain.identifiers import new_code
from traceability.models.database import Database
from traceability.models.migrate import migrate
from traceability.web.nginx import server_block
from traceability.web.publishing import publish

HOT: Final = 20
COLD: Final = 5_000
CONNECTIONS: Final = 16
WORKERS: Final = 2
WRITERS: Final = 4
_TICK: Final = os.sysconf("SC_CLK_TCK")
_SCRIPT: Final = """
local paths = {{ {paths} }}
local turn = 0
request = function()
    turn = turn % #paths + 1
    return wrk.format("GET", paths[turn])
end
"""
_STATIC: Final = "    location = /same-size.html {{ root {folder}; gzip_static on; }}\n"


class Stormed(NamedTuple):
    """What came of one round."""

    rate: float  # answers a second
    processor: float  # seconds of the server for one answer
    failed: int


def measure(quick: bool = False) -> Iterator[Row]:
    """The rows of bar 14, and of the promise that writers fail no page."""
    if shutil.which("wrk") is None or program() is None:
        print("NOT MEASURED: a storm needs wrk and nginx. sudo apt-get install wrk nginx", file=sys.stderr)
        return
    seconds, rounds = (1, 3) if quick else (3, 5)
    with tempfile.TemporaryDirectory(prefix="traceability-storm-") as name:
        folder = Path(name)
        config = Config(data_dir=folder, secret_key="only for measuring")
        database = Database(config.database_url)
        migrate(database)
        world = World(database)
        hot = [f"/b/{world.released()}" for _ in range(HOT)]
        app = create_app(config)
        publish(app, folder / "site")
        app.extensions["database"].close()
        cold = _cold(folder / "site", hot[0])
        same = _same_size(folder, hot[0])
        with (
            nginx(folder / "nginx", _with_static(server_block(config, folder / "site"), folder), WORKERS) as files,
            serving(folder, config.database_url, "--workers", str(WORKERS)) as ours,
        ):
            static = _Asker(folder, "static", files.port, files.process.pid, [same], seconds)
            published = _Asker(folder, "hot", files.port, files.process.pid, hot, seconds)
            colder = _Asker(folder, "cold", files.port, files.process.pid, cold, seconds)
            server = _Asker(folder, "server", ours.port, ours.process.pid, hot, seconds)
            yield _row("14", "published batches, nginx", published, static, rounds, 0.75, 0.84)
            yield _row("14", f"the same, {COLD} pages in turn", colder, static, rounds)
            yield _row("storm", f"our server, {WORKERS} workers", server, static, rounds)
            yield _counting(server, 3 * rounds)  # what a request costs differs more from round to round than by this
            yield _while_writing(server, config.database_url, rounds)
        database.close()


class _Asker:
    """wrk with a list of addresses, and the processes that answer."""

    def __init__(self, folder: Path, name: str, port: int, process: int, paths: Sequence[str], seconds: int) -> None:
        self._script = folder / f"{name}.lua"
        self._script.write_text(_SCRIPT.format(paths=", ".join(f'"{path}"' for path in paths)), "utf-8")
        self._port, self._process, self._seconds = port, process, seconds

    def storm(self, *headers: str) -> Stormed:
        """One round."""
        asked = ("Accept-Encoding: gzip", "Accept-Language: lo-LA,lo;q=0.9,en;q=0.5", *headers)
        spoken = itertools.chain.from_iterable(("-H", header) for header in asked)
        many = ("-t", "1", "-c", str(CONNECTIONS), "-d", f"{self._seconds}s", "-s", str(self._script))
        before = self._processor()
        command = ["wrk", *many, *spoken, f"http://127.0.0.1:{self._port}"]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        spent = self._processor() - before
        answered = int(_found(r"(\d+) requests in", said))
        errors = [int(some) for some in re.findall(r"(?:connect|read|write|timeout) (\d+)", said)]
        failed = int(_found(r"Non-2xx or 3xx responses: (\d+)", said) or 0) + sum(errors)
        return Stormed(float(_found(r"Requests/sec:\s+([\d.]+)", said)), spent / max(1, answered), failed)

    def _processor(self) -> float:
        told = (Path(f"/proc/{pid}/stat").read_text() for pid in (self._process, *children(self._process)))
        fields = (line.rpartition(")")[2].split() for line in told)
        return sum(int(field[11]) + int(field[12]) for field in fields) / _TICK


def _row(
    bar: str,
    what: str,
    ours: _Asker,
    static: _Asker,
    rounds: int,
    floor: float | None = None,
    stretch: float | None = None,
) -> Row:
    """Rounds in turn, and the median of the ratios."""
    for _ in range(3):  # each process of a server makes and finds its pages once
        ours.storm()
    pairs = [(ours.storm(), static.storm()) for _ in range(rounds)]
    failed = sum(round_.failed for pair in pairs for round_ in pair)
    mine, theirs = (
        tuple(statistics.median(some[place] for some in side) for place in (0, 1)) for side in zip(*pairs, strict=True)
    )
    note = (
        f"nginx, one static file of the same size; {mine[0]:.0f} and {theirs[0]:.0f} requests a second, "
        f"{mine[1] * 1e6:.0f} and {theirs[1] * 1e6:.0f} µs of processor each; {failed} failed"
    )
    ratio = statistics.median(one.rate / other.rate for one, other in pairs)
    return Row(bar, what, ratio, floor, stretch, more_is_better=True, note=note)


def _counting(server: _Asker, rounds: int) -> Row:
    """What it costs to count the readers: the same page to readers whose browsers ask not to be counted."""
    pairs = [(server.storm(), server.storm("Sec-GPC: 1")) for _ in range(rounds)]
    counted, others = (statistics.median(some.processor for some in side) for side in zip(*pairs, strict=True))
    note = f"the same, not counted; {counted * 1e6:.0f} and {others * 1e6:.0f} µs of processor each"
    ratio = statistics.median(one.processor / other.processor for one, other in pairs)
    return Row("storm", "our server, readers counted", ratio, note=note)


def _while_writing(server: _Asker, url: str, rounds: int) -> Row:
    """Failed pages while people weigh in: none may be."""
    failed, rates = 0, []
    with _writers(url) as written:
        for _ in range(rounds):
            stormed = server.storm()
            failed += stormed.failed
            rates.append(stormed.rate)
        count = written.value
    note = f"none; {statistics.median(rates):.0f} requests a second beside {count} weigh-ins"
    return Row("storm", f"failed pages while {WRITERS} weigh in", failed, 0, 0, note=note)


@contextmanager
def _writers(url: str) -> Iterator[Synchronized[int]]:
    """People at work in processes of their own, and how much they weighed in; one that fails ends the benchmark."""
    start = multiprocessing.get_context("spawn")
    ended, written = start.Event(), start.Value("i", 0)
    hands = [start.Process(target=_weigh_in, args=(url, number, ended, written)) for number in range(WRITERS)]
    for hand in hands:
        hand.start()
    try:
        until(lambda: written.value >= WRITERS or any(hand.exitcode for hand in hands))  # they are at it
        yield written
    finally:
        ended.set()
        for hand in hands:
            hand.join()
    assert not any(hand.exitcode for hand in hands), "a weigh-in failed"


def _weigh_in(url: str, number: int, ended: Event, written: Synchronized[int]) -> None:
    database = Database(url)
    world = World(database)  # the people that there are: they were said before, by the same ids
    for turn in itertools.count():
        if ended.is_set():
            break
        world.delivery(50_000, client_id=f"writer-{number}-{turn}")
        with written.get_lock():
            written.value += 1
    database.close()


def _cold(site: Path, hot: str) -> list[str]:
    """Pages of their own: the same words under other codes, so that every one is another file."""
    codes = [new_code() for _ in range(COLD)]
    for code in codes:
        folder = site / "b" / code
        folder.mkdir()
        for path in (site / hot[1:]).glob("index.lo.html*"):
            shutil.copyfile(path, folder / path.name)
        shutil.copyfile(site / f"{hot[1:]}.json", folder.with_suffix(".json"))  # a batch is one that has data
    return [f"/b/{code}" for code in codes]


def _same_size(folder: Path, hot: str) -> str:
    for ending in ("", ".gz"):
        shutil.copyfile(folder / "site" / hot[1:] / f"index.lo.html{ending}", folder / f"same-size.html{ending}")
    return "/same-size.html"


def _with_static(site: str, folder: Path) -> str:
    """A location that does nothing but hand out one file."""
    return site.replace("    location / {", _STATIC.format(folder=folder) + "    location / {")


def _found(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    return found[1] if found else ""
