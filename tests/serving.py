"""`traceability serve` as a process of its own on a free port, asked over real connections; or an application here."""

from __future__ import annotations

import http.client
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from flask import Flask
from waitress import wasyncore
from waitress.server import create_server

Found = TypeVar("Found")
PATIENCE = 120.0  # seconds: a slow machine is not a wrong program
PROGRAM = ("-m", "traceability")


@dataclass
class Server:
    """A running server."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path
    code: str = ""  # of a batch whose page it serves

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """One answer over a connection of its own."""
        with self.connection() as connection:
            return asked(connection, method, path, body, **headers)

    @contextmanager
    def connection(self) -> Iterator[http.client.HTTPConnection]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            yield connection
        finally:
            connection.close()

    def raw(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)

    def listens(self) -> bool:
        """Whether it still takes up connections."""
        try:
            self.raw().close()
        except ConnectionError:
            return False
        return True

    def workers(self) -> list[int]:
        """The processes that serve, which the first one looks after."""
        return [pid for pid in children(self.process.pid) if command_of(pid)]

    def said(self) -> str:
        return self.log.read_text("utf-8", "replace")


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


def asked(
    connection: http.client.HTTPConnection, method: str, path: str, body: bytes | None = None, **headers: str
) -> Answer:
    """One answer over a connection that stays open."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body, named)
    response = connection.getresponse()
    return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read())


def environment(folder: Path, database_url: str, port: int, **settings: str) -> dict[str, str]:
    """What the server is told, and nothing that whoever runs the tests tells theirs."""
    told = {name: value for name, value in os.environ.items() if not name.startswith("TRACEABILITY_")}
    return told | {
        "TRACEABILITY_DATA_DIR": str(folder),
        "TRACEABILITY_DATABASE_URL": database_url,
        "TRACEABILITY_SECRET_KEY": "only for these tests",
        "TRACEABILITY_PORT": str(port),
        **{f"TRACEABILITY_{name.upper()}": value for name, value in settings.items()},
    }


@contextmanager
def serving(
    folder: Path, database_url: str, *options: str, port: int = 0, program: Sequence[str] = PROGRAM, **settings: str
) -> Iterator[Server]:
    """Started and ready; at the end every process of it is gone."""
    port = port or free_port()
    log = folder / f"server-{port}-{time.monotonic_ns()}.log"
    command = [sys.executable, *program, "serve", *options]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            env=environment(folder, database_url, port, **settings),
            stdout=output,
            stderr=output,
            stdin=subprocess.DEVNULL,
        )
    server = Server(process, port, log)
    family: set[int] = set()
    try:
        until(lambda: is_ready(server))
        family = set(server.workers())
        yield server
    finally:
        family |= set(server.workers())
        if process.poll() is None:
            process.kill()
        process.wait()
        for pid in family:
            if b"traceability" in command_of(pid):
                os.kill(pid, signal.SIGKILL)


@contextmanager
def served(app: Flask) -> Iterator[Any]:
    """The application in threads of this process, on a free port: the server, whose `effective_port` says which."""
    sockets: dict[int, Any] = {}
    server = create_server(app, map=sockets, host="127.0.0.1", port=0, threads=4)
    ended = threading.Event()

    def run() -> None:
        while not ended.is_set():
            wasyncore.loop(0.1, map=sockets, count=1)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield server
    finally:  # nothing is closed under the feet of somebody who still uses it: first the loop, then the threads
        ended.set()
        thread.join()
        server.task_dispatcher.shutdown()
        wasyncore.close_all(sockets)


def is_ready(server: Server) -> bool:
    """Whether it answers; that it is still there is taken for granted."""
    assert server.process.poll() is None, server.said()
    try:
        return server.ask("GET", "/readyz").status == 200
    except (OSError, http.client.HTTPException):
        return False


def until(condition: Callable[[], Found | None], patience: float = PATIENCE) -> Found:
    """Wait for something that will come, and answer it."""
    end = time.monotonic() + patience
    while not (found := condition()):
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.05)
    return found


def children(pid: int) -> list[int]:
    """The processes that a process started and that are still there."""
    listed = (path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children"))
    return [int(child) for line in listed for child in line.split()]


def command_of(pid: int) -> bytes:
    """The command line of a process; nothing for one that is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


PORTS = range(20_000, 32_000)  # below those that connections get by themselves


def free_port() -> int:
    """A port that nobody uses, and that nobody is given while a server is away from it."""
    for port in random.SystemRandom().sample(PORTS, 100):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:  # another worker has it
                continue
            return port
    raise AssertionError("no port is free")
