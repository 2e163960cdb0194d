"""`traceability serve`: the web application on this machine, in one process or in several."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from importlib.util import find_spec
from typing import TYPE_CHECKING

import click
import waitress

from traceability.app import from_environment, to_be_served
from traceability.commands import Terminal, pass_terminal
from traceability.config import Config
from traceability.errors import Conflict
from traceability.models.database import SettingsNotInForce
from traceability.words import N_

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_THREADS = 8
_SECONDS_TO_FINISH = 10
_THREADS_OF_SEVERAL = 32  # they wait for the bodies of slow clients


class AddressTaken(Conflict):
    """Nothing can listen on {host}, port {port}: another program may be there. Stop it, or set PORT to another one."""


class UnsafeSetting(Conflict):
    """The database could lose or damage the record: {setting}. Correct the setting, then start again."""


@click.command()
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=1,
    help="Several processes, for many readers: as many as there are processors. Needs granian.",
)
@pass_terminal
def command(terminal: Terminal, workers: int) -> None:
    """Serve the pages and the API until Ctrl-C."""
    config = terminal.config
    with terminal.record() as database:
        try:
            database.check()
        except SettingsNotInForce as wrong:
            raise UnsafeSetting(setting=str(wrong)) from None
    several = workers > 1 and find_spec("granian") is not None
    if workers > 1 and not several:
        terminal.say(N_("One process serves: granian is not installed. To have it: pip install 'granian>=2.8'"))
    listening = _listening(config.host, config.port)
    app = to_be_served(config)
    terminal.say(
        N_("Open {address} in a browser. Ctrl-C ends it."), address=f"http://{_named(config.host)}:{config.port}"
    )
    if config.public_url != f"http://{config.host}:{config.port}":
        terminal.say(N_("QR codes and papers point to {address}."), address=config.public_url)
    if several:
        listening.close()  # each of several listens by itself
        _serve_in_several(config, workers)
    else:
        _serve_in_one(app, config, listening)


def _serve_in_one(app: WSGIApplication, config: Config, listening: socket.socket) -> None:
    """waitress reads requests to their end before a thread takes them up: slow clients hold up nobody."""
    waitress.create_server(
        app,
        sockets=[listening],
        threads=_THREADS,
        ident=None,
        max_request_body_size=config.upload_limit_mb * 1024 * 1024 + 65_536,  # the rest of the request is small
        # the application itself decides which proxies it believes
        clear_untrusted_proxy_headers=not config.trusted_proxies,
    ).run()


def _serve_in_several(config: Config, workers: int) -> None:
    """granian: a process that died is replaced, and none outlives the one that looks after them."""
    from granian.constants import HTTPModes, Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    Server(
        "traceability.commands.serve:application",
        address=config.host,
        port=config.port,
        interface=Interfaces.WSGI,
        factory=True,
        workers=workers,
        blocking_threads=_THREADS_OF_SEVERAL,
        http=HTTPModes.http1,
        websockets=False,
        log_level=LogLevels.error,
        respawn_failed_workers=True,
        workers_kill_timeout=_SECONDS_TO_FINISH,
    ).serve()


def application() -> WSGIApplication:
    """What each of several processes serves; it ends when the process that started it is gone."""
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    return from_environment()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)


def _listening(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError:
        raise AddressTaken(host=host, port=str(port)) from None


def _named(host: str) -> str:
    """The host as an address names it: every network is reached as this machine, IPv6 stands in brackets."""
    if host in ("0.0.0.0", "::"):
        return "localhost"
    return f"[{host}]" if ":" in host else host
