"""`traceability serve`: the web application on this machine, in one process or in several."""

from __future__ import annotations

import errno
import signal
import socket
from typing import TYPE_CHECKING

import click

from traceability.app import create_app
from traceability.commands import Terminal, pass_terminal
from traceability.commands._processes import Processes
from traceability.commands._serving import serve
from traceability.errors import Conflict, Invalid
from traceability.models.database import SettingsNotInForce
from traceability.web.counting import scans_of
from traceability.words import N_

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


_NOT_HERE = {errno.EADDRNOTAVAIL, socket.EAI_NONAME, socket.EAI_NODATA, socket.EAI_AGAIN}


class AddressTaken(Conflict):
    """Nothing can listen on {host}, port {port}: another program may be there. Stop it, or set PORT to another one."""


class NoSuchAddress(Invalid):
    """TRACEABILITY_HOST is {host}, and this machine has no such address. Say 127.0.0.1, or 0.0.0.0 for all of them."""


class UnsafeSetting(Conflict):
    """The database could lose or damage the record: {setting}. Correct the setting, then start again."""


@click.command()
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=1,
    help="Several processes, for many readers: as many as there are processors.",
)
@pass_terminal
def command(terminal: Terminal, workers: int) -> None:
    """Serve the pages and the API until Ctrl-C."""
    config = terminal.config
    terminal.warn_of_misspelt()
    with terminal.record() as database:
        try:
            database.check()
        except SettingsNotInForce as wrong:
            raise UnsafeSetting(setting=str(wrong)) from None
    listening = _listening(config.host, config.port)
    app = create_app(config)
    terminal.say(
        N_("Open {address} in a browser. Ctrl-C ends it."), address=f"http://{_named(config.host)}:{config.port}"
    )
    if config.public_url != f"http://{config.host}:{config.port}":
        terminal.say(N_("QR codes and papers point to {address}."), address=config.public_url)
    if workers == 1:
        with scans_of(app).writing():
            serve(app, config, listening, until=(signal.SIGTERM, signal.SIGINT))
        return

    def be_one(app: WSGIApplication) -> None:
        with scans_of(app).writing():
            serve(app, config, listening, until=(signal.SIGTERM,))

    del app  # each process makes its own; the modules that it needed stay in memory once, for all of them
    Processes(
        workers,
        listening,
        make=lambda: create_app(config),
        serve=be_one,
    ).look_after()


def _listening(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        if error.errno in _NOT_HERE:
            raise NoSuchAddress(host=host) from None
        raise AddressTaken(host=host, port=str(port)) from None


def _named(host: str) -> str:
    """The host as an address names it: every network is reached as this machine, IPv6 stands in brackets."""
    if host in ("0.0.0.0", "::"):
        return "localhost"
    return f"[{host}]" if ":" in host else host
