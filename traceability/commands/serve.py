"""`traceability serve`: the web application on this machine."""

from __future__ import annotations

import socket

import click
import waitress

from traceability.app import create_app
from traceability.commands import Terminal, pass_terminal
from traceability.errors import Conflict
from traceability.models.database import SettingsNotInForce
from traceability.words import N_

_THREADS = 8


class AddressTaken(Conflict):
    """Nothing can listen on {host}, port {port}: another program may be there. Stop it, or set PORT to another one."""


class UnsafeSetting(Conflict):
    """The database could lose or damage the record: {setting}. Correct the setting, then start again."""


@click.command()
@pass_terminal
def command(terminal: Terminal) -> None:
    """Serve the pages and the API until Ctrl-C."""
    config = terminal.config
    with terminal.record() as database:
        try:
            database.check()
        except SettingsNotInForce as wrong:
            raise UnsafeSetting(setting=str(wrong)) from None
    server = waitress.create_server(
        create_app(config),
        sockets=[_listening(config.host, config.port)],
        threads=_THREADS,
        ident=None,
        max_request_body_size=config.upload_limit_mb * 1024 * 1024 + 65_536,  # the rest of the request is small
        # the application itself decides which proxies it believes
        clear_untrusted_proxy_headers=not config.trusted_proxies,
    )
    terminal.say(
        N_("Open {address} in a browser. Ctrl-C ends it."), address=f"http://{_named(config.host)}:{config.port}"
    )
    if config.public_url != f"http://{config.host}:{config.port}":
        terminal.say(N_("QR codes and papers point to {address}."), address=config.public_url)
    server.run()


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
