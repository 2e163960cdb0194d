"""`traceability serve` at once: each server is forked from a process that has read all it needs, and shown a few pages.

Run as a program it is that process: it is told line by line which server to start, and answers with its number.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.browser.hands import PASSWORD, cooperative
from tests.once import applications_alike
from tests.serving import Server, environment, is_ready, until
from traceability.app import create_app
from traceability.cli import main
from traceability.config import Config
from traceability.models.database import PRAGMAS
from traceability.models.migrate import migrate, open_database

REPOSITORY: Final = Path(__file__).resolve().parents[2]
PAGES: Final = ("/sign-in", "/offline", "/weigh-in", "/service-worker.js")


@dataclass
class Forked:
    """A process that another one started and looks after: as much of `subprocess.Popen` as a server is asked for."""

    pid: int

    def poll(self) -> int | None:
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return -signal.SIGKILL
        return None

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> None:
        until(lambda: self.poll() is not None)


class Ready:
    """The process that servers are forked from, started when the first of them is."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", __name__]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=REPOSITORY)

    @contextmanager
    def serving(self, folder: Path, database_url: str, port: int) -> Iterator[Server]:
        """As `tests.serving.serving`: started and answering; at the end it is gone."""
        log = folder / f"server-{port}.log"
        wanted = {"environment": environment(folder, database_url, port), "log": str(log)}
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(wanted).encode() + b"\n")
        self.process.stdin.flush()
        server: Any = Server(Forked(int(self.process.stdout.readline())), port, log)  # type: ignore[arg-type]
        try:
            until(lambda: is_ready(server))
            yield server
        finally:
            server.process.kill()
            server.process.wait()

    def close(self) -> None:
        self.process.communicate()


def be_ready() -> None:
    """Wait for orders, and become the server that was ordered."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how one ended
    for line in iter(sys.stdin.readline, ""):
        pid = os.fork()
        if pid == 0:
            try:
                serve(**json.loads(line))
            except BaseException:
                traceback.print_exc()  # into its log
            finally:
                os._exit(1)
        print(pid, flush=True)


def serve(environment: dict[str, str], log: str) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    said = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(said, 1)
    os.dup2(said, 2)
    os.environ.clear()
    os.environ.update(environment)
    main(["serve"], prog_name="traceability")


def look_around(folder: Path) -> None:
    """An application of its own shows a few pages: what Python reads and works out for them is kept."""
    url = f"sqlite:///{folder / 'seen.sqlite3'}"
    database = open_database(url)
    migrate(database)
    cooperative(database)
    database.close()
    app = create_app(Config(data_dir=folder, database_url=url, secret_key="a key for this process only", port=1))
    visitor = app.test_client()
    visitor.post("/sign-in", data={"login": "bakari", "password": PASSWORD})
    for page in PAGES:
        assert visitor.get(page).status_code in (200, 303), page
    app.extensions["database"].close()


if __name__ == "__main__":
    PRAGMAS["synchronous"] = 0  # as in the tests: nothing has to outlive a power cut
    with applications_alike():
        with tempfile.TemporaryDirectory() as folder:
            look_around(Path(folder))
        be_ready()
