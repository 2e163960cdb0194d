"""Several processes that serve, and the first one, which serves nothing itself and looks after them.

It waits for news and does nothing else: no thread and no connection is in it, so that it can fork at any time, and
nothing that a request does can harm it. A process that died is replaced; none outlives the first.
"""

from __future__ import annotations

import gc
import logging
import mmap
import os
import signal
import threading
import time
from collections.abc import Callable
from socket import socket
from typing import TYPE_CHECKING, Final, NoReturn

from traceability.commands._serving import SECONDS_TO_FINISH
from traceability.errors import Conflict, Refusal

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

log = logging.getLogger("traceability.serving")

_STOP: Final = frozenset({signal.SIGTERM, signal.SIGINT})
_NEWS: Final = _STOP | {signal.SIGCHLD, signal.SIGALRM}
_PAUSE: Final = 1  # seconds before one is replaced that never served
_LONG_PAUSE: Final = 60  # where that went wrong again and again, but others serve
_TRIES: Final = 3  # for each process, before that


class NoneStarts(Conflict):
    """The processes that should serve end before they can. The lines above say why. Correct that, then start again."""


class Processes:
    """So many processes on one socket: each makes an application of its own and serves it until SIGTERM."""

    def __init__(
        self,
        many: int,
        listening: socket,
        make: Callable[[], WSGIApplication],
        serve: Callable[[WSGIApplication], None],
    ) -> None:
        self._many, self._listening, self._make, self._serve = many, listening, make, serve
        self._places: dict[int, int] = {}  # by the number of the process
        self._served = mmap.mmap(-1, many)  # shared: whether the process in this place came so far as to serve
        self._failed = 0  # that ended one after another and never served
        self._not_before = 0.0  # on the monotonic clock; during a pause nothing is started
        self._end_of_first, self._held_by_first = os.pipe()  # reads as ended when the first process is gone

    def look_after(self) -> None:
        """Until SIGTERM or Ctrl-C. Raises NoneStarts."""
        signal.pthread_sigmask(signal.SIG_BLOCK, _NEWS)  # they wait until they are asked for
        gc.collect()
        gc.freeze()  # what the collector does not touch stays one copy in memory
        try:
            self._start_those_missing()
            while signal.sigwait(_NEWS) not in _STOP:
                for place in self._places_of_ended():
                    if self._served[place]:
                        log.warning("a process has ended: another one takes its place")
                        self._failed = 0
                    else:
                        self._pause()
                self._start_those_missing()
        finally:
            self._end_all()

    def _start_those_missing(self) -> None:
        if time.monotonic() < self._not_before:
            return
        for place in sorted(set(range(self._many)) - set(self._places.values())):
            self._served[place] = 0
            try:
                process = os.fork()
            except OSError:  # no memory, or too many processes
                log.exception("another process cannot be started now")
                self._pause()
                return
            if process == 0:
                self._be(place)
            self._places[process] = place

    def _pause(self) -> None:
        """One more did not come so far as to serve. Raises NoneStarts where none does."""
        self._failed += 1
        pause = _PAUSE
        if self._failed >= _TRIES * self._many:
            if not any(self._served[place] for place in self._places.values()):
                raise NoneStarts()
            pause = _LONG_PAUSE
        self._not_before = time.monotonic() + pause
        signal.setitimer(signal.ITIMER_REAL, pause + 0.01)

    def _places_of_ended(self) -> list[int]:
        ended = []
        while self._places:
            process, _status = os.waitpid(-1, os.WNOHANG)
            if not process:
                break
            if process in self._places:  # as the first process of a container, it is given those of others too
                ended.append(self._places.pop(process))
        return ended

    def _end_all(self) -> None:
        """Ask all to end, and wait for them; end those that do not."""
        self._listening.close()
        for process in self._places:
            os.kill(process, signal.SIGTERM)
        end = time.monotonic() + SECONDS_TO_FINISH + 2
        while self._places and (left := end - time.monotonic()) > 0:
            if not self._places_of_ended():
                signal.sigtimedwait({signal.SIGCHLD}, left)
        for process in self._places:
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)

    # --- in the processes that serve ------------------------------------------------------------------------------

    def _be(self, place: int) -> NoReturn:
        """The whole life of a process; it never comes back to where the first one goes on."""
        code = 1
        try:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all, and the first one tells the others
            os.close(self._held_by_first)
            threading.Thread(target=self._end_with_first, daemon=True).start()
            app = self._make()
            self._served[place] = 1
            self._serve(app)
            code = 0
        except Refusal as refusal:
            log.error("%s", refusal)
        except BaseException:
            log.exception("a process that should serve has ended")
        finally:
            os._exit(code)

    def _end_with_first(self) -> None:
        os.read(self._end_of_first, 1)
        os.kill(os.getpid(), signal.SIGTERM)
