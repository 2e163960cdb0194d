"""Papers that take a while: made in the background, into the data folder, while a page shows how far they are.

Everything that is known of a paper being made are files beside each other, so that any process of the server can show
it. Whoever makes one holds the lock on its `.lock` file, which the system takes back when a process dies: the next look
at a paper that nobody makes any more makes it again. What was made is kept for a day, and can always be made anew.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Final

from traceability.errors import Refusal, Sentence
from traceability.words import N_

log = logging.getLogger("traceability.web")

KEPT_SECONDS: Final = 24 * 3600
REFRESH_SECONDS: Final = 2
_TOLD_SECONDS: Final = 0.5  # between two words about how far it is
_BROKEN: Final = N_("The paper could not be made. Try again; if it happens again, tell whoever runs this site.")

LARGE: Final = 200  # labels of a paper that somebody waits for: more take seconds, ten thousand of them twenty
MOST_LARGE: Final = 2  # of them at a time in a process: its other threads answer everybody else
_MAKING_NOW: Final[set[int]] = set()  # the organisations that wait for one
_COUNTING: Final = threading.Lock()
_ONE_AT_A_TIME: Final = threading.Lock()  # in a process, so that its pages are not slowed down by several papers

Told = Callable[[int], object]  # how many labels are done
Make = Callable[[BinaryIO, Told], None]


class TooManyPapers(Refusal):
    """Too many tries in a short time. Wait a minute, then try again."""

    status = 429


@contextmanager
def room_for(org_id: int, count: int) -> Iterator[None]:
    """While a paper of so many labels is made for somebody who waits: large ones one at a time of an organisation.

    Raises TooManyPapers.
    """
    if count <= LARGE:
        yield
        return
    with _COUNTING:
        if org_id in _MAKING_NOW or len(_MAKING_NOW) >= MOST_LARGE:
            raise TooManyPapers()
        _MAKING_NOW.add(org_id)
    try:
        yield
    finally:
        with _COUNTING:
            _MAKING_NOW.discard(org_id)


@dataclass(frozen=True)
class Making:
    """How far a paper is: `ready`, or `done` of `total`, or why it could not be made."""

    done: int
    total: int
    ready: bool = False
    failed: Sentence | None = None


class Printing:
    """One paper of the data folder; `name` is made of our own codes only."""

    def __init__(self, data_dir: Path, name: str, total: int) -> None:
        self._folder = data_dir / "printing"
        self._name, self._total = name, total
        self.paper = self._file("pdf")

    def look(self, make: Callable[[], Make]) -> Making:
        """How far it is, and begin where nobody is at it. `make` is asked for only then; what it refuses is raised."""
        if self.paper.exists():
            return Making(self._total, self._total, ready=True)
        if self._read("failed") is None:
            self._begin(make)
        failed = self._read("failed")
        if failed is not None:
            return Making(0, self._total, failed=_sentence(failed))
        told = self._read("told")
        return Making(min(told["done"], self._total) if told is not None else 0, self._total)

    def again(self) -> None:
        """Forget why it could not be made: the next look tries once more."""
        self._file("failed").unlink(missing_ok=True)

    def _begin(self, make: Callable[[], Make]) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(self._file("lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:  # somebody is at it
            os.close(lock)
            return
        started = False
        try:
            _clean(self._folder)
            if not self.paper.exists() and self._read("failed") is None:  # it may have ended since it was looked for
                threading.Thread(target=self._run, args=(lock, make()), daemon=True).start()
                started = True
        finally:
            if not started:
                os.close(lock)

    def _run(self, lock: int, make: Make) -> None:
        """In a thread of its own. Whatever becomes of it is told in a file; the lock goes last."""
        try:
            part = self._file("part")
            private = partial(os.open, mode=0o600)  # every number of the run stands in it
            with _ONE_AT_A_TIME, open(part, "wb", opener=private) as output:
                make(output, self._teller())
            part.replace(self.paper)
        except Refusal as refusal:
            self._fail(refusal.sentence)
        except Exception:
            log.exception("a paper could not be made")
            self._fail(Sentence(_BROKEN))
        finally:
            self._file("told").unlink(missing_ok=True)
            os.close(lock)

    def _teller(self) -> Told:
        last = 0.0

        def tell(done: int) -> None:
            nonlocal last
            now = time.monotonic()
            if now - last >= _TOLD_SECONDS:
                last = now
                self._write("told", {"done": done})

        return tell

    def _fail(self, sentence: Sentence) -> None:
        self._write("failed", _kept(sentence))

    def _write(self, what: str, value: dict[str, Any]) -> None:
        """All at once, so that nobody reads half of it."""
        fresh = self._file(f"{what}-new")
        fresh.write_text(json.dumps(value), "utf-8")
        fresh.replace(self._file(what))

    def _read(self, what: str) -> dict[str, Any] | None:
        try:
            found = json.loads(self._file(what).read_text("utf-8"))
        except FileNotFoundError:
            return None
        return found if isinstance(found, dict) else None

    def _file(self, suffix: str) -> Path:
        return self._folder / f"{self._name}.{suffix}"


def _kept(sentence: Sentence) -> dict[str, Any]:
    """A sentence for a file. What it carries stays a sentence or a day, for every reader's own words."""

    def kept(value: object) -> object:
        if isinstance(value, Sentence):
            return _kept(value)
        if isinstance(value, date):
            return {"day": value.isoformat()}
        return value if isinstance(value, int) else str(value)

    return {"text": sentence.text, "values": {name: kept(value) for name, value in sentence.values.items()}}


def _sentence(kept: dict[str, Any]) -> Sentence:
    def value_of(value: Any) -> object:
        if not isinstance(value, dict):
            return value
        return date.fromisoformat(value["day"]) if "day" in value else _sentence(value)

    return Sentence(kept["text"], {name: value_of(value) for name, value in kept["values"].items()})


def _clean(folder: Path) -> None:
    """Take away what was not touched for a day."""
    oldest = time.time() - KEPT_SECONDS
    for path in folder.iterdir():
        with suppress(FileNotFoundError):  # another process that is at work here took it away meanwhile
            if path.suffix != ".lock" and path.stat().st_mtime < oldest:
                path.unlink()
