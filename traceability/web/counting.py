"""Notes that a page was read, in memory and nothing else; a thread hands in what was noted every few seconds.

A request pays one append. What a reader is told apart by, the address and the name of the browser, stands in this
memory until then and is written nowhere: the country is looked up in a table that came with the program, the device
becomes a digest with the salt of the day. A process that is killed takes some seconds of counts with it.
"""

from __future__ import annotations

import logging
import re
import threading
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

from flask import current_app, request
from iptocc import country_code

from traceability.config import Config
from traceability.domain.scans import LONGEST_ADDRESS, LONGEST_SERIAL, Limits, Noted, What, reader_of
from traceability.errors import Refusal
from traceability.models.database import Database
from traceability.operations.scans import keep_usual, store
from traceability.queries.scans import reckoned
from traceability.web.language import current_language
from traceability.web.rendering import asked_for

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

log = logging.getLogger("traceability.scans")

SECONDS: Final = 3.0  # between two times of writing
MOST: Final = 20_000  # visits in memory; more than this within some seconds is a flood, and no count of readers
# a link that is sent in a message is fetched by the messenger's own machines: nobody read a label
_MACHINES: Final = re.compile(
    r"bot\b|bot/|crawl|spider|preview|facebookexternal|whatsapp|telegram|slurp|curl|wget|python|headless|monitor", re.I
)


class _Visit(NamedTuple):
    code: str
    serial: str
    what: What
    language: str
    address: str
    agent: str
    taken_back: bool


class Scans:
    """What was read within the last few seconds, in the memory of one process."""

    def __init__(self, database: Database, proxies: int) -> None:
        self._database, self._proxies = database, proxies
        self._visits: deque[_Visit] = deque(maxlen=MOST)
        self._writing = threading.Lock()
        self._begun: date | None = None  # the last day on which something was handed in

    def note(
        self,
        environ: WSGIEnvironment,
        code: str,
        language: str,
        serial: str = "",
        what: What = What.SCAN,
        *,
        taken_back: bool = False,
    ) -> None:
        """One more visit, unless the reader's browser asks not to be counted; one that is `taken_back` counts no more.
        Our own people are not readers.
        """
        said = environ.get
        if said("HTTP_DNT") == "1" or said("HTTP_SEC_GPC") == "1":
            return
        if "session=" in said("HTTP_COOKIE", "") or "prefetch" in said("HTTP_SEC_PURPOSE", ""):
            return
        address = said("REMOTE_ADDR", "")
        if self._proxies:
            address = _behind(said("HTTP_X_FORWARDED_FOR", ""), self._proxies) or address
        agent = said("HTTP_USER_AGENT", "")[:200]
        short = serial[:LONGEST_SERIAL], what, language, address[:LONGEST_ADDRESS], agent
        self._visits.append(_Visit(code, *short, taken_back))

    def write(self) -> None:
        """Hand in what was noted so far, and each day begin it even when nothing was: then what is too old goes.

        What the database does not take now is kept for the next time.
        """
        with self._writing:
            visits = list(self._taken())
            noted = [_noted(visit, n) for visit, n in Counter(visits).items() if not is_machine(visit.agent)]
            today = datetime.now(UTC).date()
            if not noted and today == self._begun:
                return
            try:
                self._database.write(lambda session: store(session, noted, today))
            except Refusal as refusal:
                log.info("visits are counted later: %s", type(refusal).__name__)
                self._visits.extendleft(reversed(visits))
                return
            if today != self._begun and self._reckoned(today):
                self._begun = today

    def _reckoned(self, today: date) -> bool:
        """Whether it is known how readily labels were read until yesterday. Nobody waits while that is read."""
        try:
            with self._database.reading() as session:
                usual = reckoned(session, today)
            if usual is not None:
                self._database.write(lambda session: keep_usual(session, usual, today))
        except Refusal as refusal:
            log.info("what is usual is reckoned later: %s", type(refusal).__name__)
            return False
        return True

    def _taken(self) -> Iterator[_Visit]:
        """What stands in memory now; who notes more in the meantime does not hold this up."""
        for _ in range(len(self._visits)):
            yield self._visits.popleft()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """While somebody serves: a thread that writes every few seconds, and once more at the end."""
        ended = threading.Event()

        def turn() -> None:
            while not ended.wait(SECONDS):
                try:
                    self.write()
                except Exception:  # whatever it was, pages go on being read, and the next visits are counted
                    log.exception("some visits were not counted")

        thread = threading.Thread(target=turn, name="scans", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()
            self.write()


def scans_of(app: Any) -> Scans:
    """The counting of an application."""
    return cast(Scans, app.extensions["scans"])


def count(code: str, serial: str = "", what: What = What.SCAN) -> None:
    """Count the reading of a batch's page, or of the page of one of its labels; a rendering to be kept is none."""
    if asked_for() is None and request.method != "HEAD":  # whoever asks for the head reads nothing
        unwanted = request.args.get("count") == "no"
        scans_of(current_app).note(request.environ, code, current_language(), serial, what, taken_back=unwanted)


def limits_of(config: Config) -> Limits:
    """Above what a label was read too widely, before it is known how readily an organisation's labels are read."""
    return Limits(config.label_devices, config.label_countries, config.label_few, whole=config.label_devices)


def country_of(address: str) -> str:
    """The country that an address was given to, "" when the table does not know it: right nineteen times in twenty."""
    return country_code(address.removeprefix("::ffff:")) or ""


@lru_cache(1000)
def is_machine(agent: str) -> bool:
    """Whether this names a program that looks at pages by itself, so that nobody read them."""
    return _MACHINES.search(agent) is not None


def _noted(visit: _Visit, n: int) -> Noted:
    # a button that is pressed by a hundred invented browsers would tell of a hundred people who compared
    of_label = bool(visit.serial) or visit.what in (What.UNPRINTED, What.MATCH)
    reader = reader_of(visit.address, visit.agent, of_label=of_label)
    country = country_of(visit.address)
    return Noted(visit.code, visit.serial, visit.what, country, visit.language, reader, n, visit.taken_back)


def _behind(forwarded: str, proxies: int) -> str:
    """The address that the outermost of our own proxies saw; what stands before it, anybody may have written."""
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    return hops[-proxies] if len(hops) >= proxies else ""
