"""Counts unknown and mistyped codes and numbers of boxes per address, so that trying them at random is told to wait.
Numbers of lots, which follow each other, are counted when they are known, so that nobody walks from one to the next.

Held in memory only, a minute long, never written anywhere: it is no record of readers. What keeps a batch from being
found by trying are the 35 random bits of its code, and a box the 80 of its number; what is right is always answered.
"""

from __future__ import annotations

import time
from collections import deque
from threading import Lock
from typing import cast

from flask import Blueprint, Response, current_app, request

from traceability.domain.identifiers import MistypedCode, NotACode
from traceability.domain.scans import connection_of
from traceability.errors import NotFound, Refusal
from traceability.web.errors import refused, wants_json
from traceability.web.pages import page

MOST = 20
SECONDS = 60.0
ADDRESSES = 10_000
CODES, NUMBERS = "misses", "number_misses"  # codes of batches and receipts, numbers of boxes: what is counted apart


class TooManyUnknownCodes(Refusal):
    """Too many unknown codes in a short time. Wait a minute, then type the code from the label once more."""

    status = 429


class Misses:
    """The latest misses of every address."""

    def __init__(self, most: int = MOST, seconds: float = SECONDS) -> None:
        self._most, self._seconds = most, seconds
        self._lock = Lock()
        self._by_address: dict[str, deque[float]] = {}

    def are_too_many(self, address: str, now: float | None = None) -> bool:
        """Count one miss; whether there were too many lately already."""
        at = time.monotonic() if now is None else now
        with self._lock:
            misses = self._by_address.pop(address, None) or deque(maxlen=self._most)
            self._by_address[address] = misses
            if len(self._by_address) > ADDRESSES:  # better to forget than to grow: who was quiet for longest goes
                del self._by_address[next(iter(self._by_address))]
            if len(misses) == self._most and at - misses[0] < self._seconds:
                return True
            misses.append(at)
            return False


def remember_misses(blueprint: Blueprint, of: str = CODES, most: int = MOST, seconds: float = SECONDS) -> None:
    """The application that a room is mounted in counts the misses of this from then on."""
    blueprint.record_once(lambda state: state.app.extensions.update({of: Misses(most, seconds)}))


def are_too_many(of: str, connection: str) -> bool:
    """Count one more of this connection; whether there were too many lately already."""
    return cast(Misses, current_app.extensions[of]).are_too_many(connection)


def answer_misses(blueprint: Blueprint, template: str, *unknown: type[NotFound]) -> None:
    """What cannot be a code, and a code that nothing has (`unknown`), stand on a page of `template` as they were typed.

    A code that does not exist counts as a miss, and one with a wrong letter: who tries any letters writes many of them.
    """

    def missed(refusal: NotFound) -> Response:
        if isinstance(refusal, (MistypedCode, *unknown)) and (answer := refused_guess()) is not None:
            return answer
        if wants_json():
            return refused(refusal)
        typed = (request.view_args or {}).get("typed", "")
        return page(template, status=404, typed=typed, sentence=refusal.sentence)

    kinds: tuple[type[Refusal], ...] = (NotACode, MistypedCode, *unknown)
    for kind in kinds:
        blueprint.register_error_handler(kind, missed)


def refused_guess(of: str = CODES) -> Response | None:
    """Count one more unknown code, or number, of this connection; what it is told when there were too many lately."""
    if not are_too_many(of, connection_of(request.remote_addr or "")):
        return None
    answer = refused(TooManyUnknownCodes())
    answer.headers["Retry-After"] = f"{SECONDS:.0f}"
    return answer
