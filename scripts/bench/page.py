"""The public page: in process and over our server, beside a Flask application that only says hello; and made anew.

From the top of a clone: `python -m scripts.bench.page`. Everything stays on this machine and ends by itself.
"""

from __future__ import annotations

import os
import selectors
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from flask import Flask
from werkzeug.test import EnvironBuilder

from scripts.bench.table import Row, compare, printed
from tests.cast import World
from traceability.app import create_app
from traceability.commands._serving import serve
from traceability.config import Config
from traceability.models.database import Database
from traceability.models.migrate import migrate

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

ONCE: Final = 300  # requests of one round in process
SECONDS: Final = 1.5  # of one round over a server
ROUNDS: Final = 5
CONNECTIONS: Final = 16
BATCHES: Final = 20  # pages that are read in turn

hello = Flask("hello")


@hello.get("/")
def say_hello() -> str:
    """The yardstick."""
    return "<p>Hello, World!</p>"


def serve_hello() -> None:
    """The yardstick on the server that `traceability serve` is."""
    config = Config.from_environment()
    serve(hello, config, socket.create_server((config.host, config.port)), until=(signal.SIGTERM,))


def measure() -> Iterator[Row]:
    """The rows of bars 12 and 13."""
    with tempfile.TemporaryDirectory() as folder:
        config = Config(data_dir=Path(folder), secret_key="only for measuring")
        database = Database(config.database_url)
        migrate(database)
        world = World(database)
        codes = [world.released() for _ in range(BATCHES)]
        database.close()
        app = create_app(config)
        addresses = [f"/B/{code}" for code in codes]
        yield from _in_process(app, addresses)
        app.extensions["database"].close()
        yield _over_a_server(folder, addresses)


def _in_process(app: Flask, addresses: list[str]) -> Iterator[Row]:
    warm = compare(_asking(app.wsgi_app, addresses), _asking(hello.wsgi_app, ["/"]))
    note = f"Flask hello; {warm.ours / ONCE * 1e6:.0f} and {warm.yardstick / ONCE * 1e6:.0f} µs a request"
    yield Row("12", "public page, in process, kept", warm.ratio, 1.7, 0.4, note=note)
    inside: WSGIApplication = app.extensions["served"].inside
    cold = compare(_asking(inside, addresses, 10), _asking(hello.wsgi_app, ["/"], 10), rounds=3)
    note = f"Flask hello; {cold.ours / 10 * 1e3:.1f} ms a page"
    yield Row("cold", "public page, in process, made anew", cold.ratio, note=note)


def _asking(app: WSGIApplication, addresses: list[str], times: int = ONCE) -> Callable[[], None]:
    """Ask in turn, as a phone would, and read every answer."""
    spoken = [("Accept-Encoding", "gzip, deflate, br"), ("Accept-Language", "lo-LA,lo;q=0.9,en;q=0.5")]
    environs = [EnvironBuilder(path=address, headers=spoken).get_environ() for address in addresses]

    def ask() -> None:
        for place in range(times):
            answer = app(dict(environs[place % len(environs)]), lambda _status, _headers, _error=None: len)
            assert sum(map(len, answer)) > 0
            if hasattr(answer, "close"):
                answer.close()

    return ask


def _over_a_server(folder: str, addresses: list[str]) -> Row:
    """Rounds in turn over two servers of one process each, and the median of the ratios."""
    with (
        _served(folder, "from traceability.cli import main; main(['serve'])") as ours,
        _served(folder, "from scripts.bench.page import serve_hello; serve_hello()") as other,
    ):
        _requests_a_second(ours, addresses, 0.5), _requests_a_second(other, ["/"], 0.5)
        rounds = [(_requests_a_second(ours, addresses), _requests_a_second(other, ["/"])) for _ in range(ROUNDS)]
    mine, theirs = (statistics.median(column) for column in zip(*rounds, strict=True))
    note = f"Flask hello on the same server; {mine:.0f} and {theirs:.0f} requests a second, {CONNECTIONS} connections"
    ratio = statistics.median(page / said for page, said in rounds)
    return Row("13", "public page over our server, kept", ratio, 0.7, 1.1, more_is_better=True, note=note)


@contextmanager
def _served(folder: str, program: str) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    told = {"DATA_DIR": folder, "SECRET_KEY": "only for measuring", "PORT": str(port)}
    environment = os.environ | {f"TRACEABILITY_{name}": value for name, value in told.items()}
    command = [sys.executable, "-c", program]
    server = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except ConnectionRefusedError:
                assert server.poll() is None, "the server did not start"
                time.sleep(0.05)
        yield port
    finally:
        server.terminate()
        server.wait()


def _requests_a_second(port: int, addresses: list[str], seconds: float = SECONDS) -> float:
    """Every connection asks again as soon as it is answered; one thread, so that the server is what is measured."""
    head = "HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\nAccept-Language: lo\r\n\r\n"
    requests = [f"GET {address} {head}".encode() for address in addresses]
    selector = selectors.DefaultSelector()
    connections = [socket.create_connection(("127.0.0.1", port)) for _ in range(CONNECTIONS)]
    for place, connection in enumerate(connections):
        selector.register(connection, selectors.EVENT_READ, place)
        connection.sendall(requests[place % len(requests)])
    rest: dict[socket.socket, int] = {}
    answered, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        for key, _ in selector.select(1):
            connection = connections[key.data]
            came = connection.recv(262_144)
            left = rest.get(connection, 0)
            if not left:
                head_of_it, _, came = came.partition(b"\r\n\r\n")
                assert head_of_it.startswith(b"HTTP/1.1 200"), head_of_it[:80]
                left = int(head_of_it.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            rest[connection] = left = left - len(came)
            if not left:
                answered += 1
                connection.sendall(requests[answered % len(requests)])
    took = time.perf_counter() - began
    for connection in connections:
        connection.close()
    return answered / took


if __name__ == "__main__":
    print(printed(list(measure())))
