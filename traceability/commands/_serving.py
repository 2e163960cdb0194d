"""One process that serves: waitress, until it is asked to end; then it answers what it was asked, and ends.

waitress reads a request to its end before a thread takes it up: clients that are slow, or send half of something and
wait, hold up nobody.
"""

from __future__ import annotations

import gc
import logging
import resource
import select
import signal
import time
from collections.abc import Collection
from socket import socket
from typing import TYPE_CHECKING, Any, Final

import waitress
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.task import WSGITask

from traceability.commands._reading import MOST_HEADERS, Reader, Refused
from traceability.config import Config

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

log = logging.getLogger("traceability.serving")

SECONDS_TO_FINISH: Final = 10  # for what was asked before the end
_SECONDS_QUIET: Final = 1  # after which nothing more is expected of a connection
_THREADS: Final = 8
_CONNECTIONS: Final = 1000  # open at once; those after them wait to be taken up
_FILES: Final = 4096  # one for each connection, two more for each that sends and gets large things, and the database's


class _Task(WSGITask):  # type: ignore[misc]  # waitress publishes no types
    """The answer to one request; once the server listens no more, it says that it was the last on its connection."""

    def build_response_header(self) -> Any:
        if not self.channel.server.accepting:
            self.set_close_on_finish()
        return super().build_response_header()


class _Channel(HTTPChannel):  # type: ignore[misc]
    """One connection."""

    task_class = _Task
    parser_class = Reader
    error_task_class = Refused


def serve(app: WSGIApplication, config: Config, listening: socket, *, until: Collection[signal.Signals]) -> None:
    """Serve until one of these signals comes; then listen no more, answer what was asked, and return.

    It takes the signals over, also where they were blocked, so it must be called in the main thread.
    """
    # What the application is made of stays as long as the process: Python's collector looks through it no more, which
    # would take a tenth of a second in the middle of somebody's page.
    gc.freeze()
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # that all threads are busy is no news
    sockets: dict[int, Any] = {}
    server = waitress.create_server(
        app,
        map=sockets,
        sockets=[listening],
        threads=_THREADS,
        connection_limit=min(_CONNECTIONS, _files() // 4),
        asyncore_use_poll=True,  # select knows no file above 1023
        ident=None,
        max_request_header_size=MOST_HEADERS,
        # It lies on the disk meanwhile. What is too large for the application gets its page, and not a bare line.
        max_request_body_size=4 * config.upload_limit_mb * 1024 * 1024,
        # the application itself decides which proxies it believes
        clear_untrusted_proxy_headers=not config.trusted_proxies,
    )
    server.channel_class = _Channel
    asked_to_end: list[int] = []

    def end(number: int, _frame: object) -> None:
        asked_to_end.append(number)
        server.pull_trigger()  # it may be waiting for the next request

    for number in until:
        signal.signal(number, end)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, until)
    while not asked_to_end:
        _take_a_turn(sockets)
    _finish(server, sockets)


def _finish(server: Any, sockets: dict[int, Any]) -> None:
    end = time.monotonic() + SECONDS_TO_FINISH
    for _ in range(_CONNECTIONS):
        if not _somebody_waits(server.socket):
            break
        server.handle_accept()
    wasyncore.dispatcher.close(server)  # not the server's own `close`: threads still wake this loop through it
    while server.active_channels and time.monotonic() < end:
        _take_a_turn(sockets, 0.1)
        for channel in list(server.active_channels.values()):
            if _is_quiet(channel):
                channel.will_close = True
    if server.active_channels:
        log.warning("%d connections were cut off at the end", len(server.active_channels))
    server.task_dispatcher.shutdown(timeout=1)


def _take_a_turn(sockets: dict[int, Any], seconds: float = 1) -> None:
    """Read and write where that is possible, or wait until it is."""
    wasyncore.loop(seconds, use_poll=True, map=sockets, count=1)


def _somebody_waits(listening: socket) -> bool:
    """Whether a connection was made that nobody took up yet: it would be lost with the socket."""
    waiting = select.poll()
    waiting.register(listening, select.POLLIN)
    return bool(waiting.poll(0))


def _is_quiet(channel: Any) -> bool:
    """Whether nothing was asked on a connection that is not answered, and nothing is just coming."""
    busy = channel.requests or channel.request is not None or channel.total_outbufs_len
    return not busy and channel.last_activity < time.time() - _SECONDS_QUIET


def _files() -> int:
    """How many files this process may have open, after asking for enough."""
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES if most == resource.RLIM_INFINITY else min(_FILES, most)
    if now != resource.RLIM_INFINITY and now < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
    return max(now, wanted)
