"""The server under our own load, in one process and in several, on SQLite and on PostgreSQL.

Bakari's devices weigh in while processes die under them; what was acknowledged is there, and what is sent again is
there once.
"""

from __future__ import annotations

import gzip
import http.client
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest
from sqlalchemy import func, select

from tests.cast import World
from tests.databases import Databases
from tests.serving import PATIENCE, Server, asked, command_of, environment, free_port, serving, until
from traceability.domain import facts
from traceability.domain.identifiers import new_code
from traceability.domain.roles import Role
from traceability.models import Event
from traceability.models.database import Database
from traceability.models.migrate import migrate
from traceability.operations import account
from traceability.queries.audit import audit
from traceability.web.guessing import MOST

SEVERAL = ("--workers", "2")
in_one_and_in_several = pytest.mark.parametrize("options", [(), SEVERAL], ids=["one", "several"])
FORM = "application/x-www-form-urlencoded"


class House:
    """A world that is served, and a program of Bakari's that may write to it."""

    def __init__(self, database_url: str, folder: Path) -> None:
        self.url, self.folder = database_url, folder
        self.database = Database(database_url)
        migrate(self.database)
        self.world = World(self.database)
        roles = tuple(str(role) for role in Role)
        fact = self.world.fact(facts.RegisterUser, login="bakari", name="B", password="long enough 1", roles=roles)
        self.database.write(lambda session: account.register_user(session, self.world.cooperative, fact))
        with self.database.reading() as session:
            maker = account.actor_of(session, "bakari", self.world.cooperative.org_id)
        self.token = self.database.write(lambda session: account.make_token(session, maker, "devices", "read write"))

    def weigh_in(self, client_id: str) -> bytes:
        said = {"client_id": client_id, "facility": self.world.mill, "farmer": self.world.amina, "form": "green"}
        bags = {"commodity": "arabica_coffee", "bags_g": [50_000], "tare_g": 0, "confirmed": True}
        return json.dumps({**said, **bags, "occurred_at": datetime.now(UTC).isoformat()}).encode()

    def send(self, connection: http.client.HTTPConnection, client_id: str) -> int:
        kind = {"Authorization": f"Bearer {self.token}", "Content_Type": "application/json"}
        return asked(connection, "POST", "/api/v1/weigh-ins", self.weigh_in(client_id), **kind).status

    def times(self, client_id: str) -> int:
        with self.database.reading() as session:
            found = select(func.count()).select_from(Event).where(Event.client_id == client_id)
            return session.scalar(found) or 0


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    made = House(database_url, tmp_path)
    yield made
    made.database.close()


@pytest.fixture(scope="module", params=[(), SEVERAL], ids=["one", "several"])
def server(
    request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A server with one open page, for all tests that harm it in no way."""
    folder = tmp_path_factory.mktemp("served")
    house = House(databases.fresh_sqlite(folder / "test.sqlite3"), folder)
    code = house.world.released()
    house.database.close()
    with serving(folder, house.url, *request.param) as running:
        running.code = code
        yield running


class Devices:
    """Four devices that weigh in one after another, and remember what was acknowledged and what was not.

    They end with their `with`, or before.
    """

    def __init__(self, house: House, server: Server) -> None:
        self.acknowledged: set[str] = set()
        self.unanswered: set[str] = set()
        self._house, self._server = house, server
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._work, args=(number,)) for number in range(4)]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def _work(self, device: int) -> None:
        for place in range(10_000):
            if self._ended.is_set():
                return
            client_id = f"device-{device}-{place}"
            try:
                with self._server.connection() as connection:
                    status = self._house.send(connection, client_id)
            except (OSError, http.client.HTTPException):
                self.unanswered.add(client_id)
                self._ended.wait(0.05)
            else:
                assert status == 201, status
                self.acknowledged.add(client_id)

    def have_sent(self, more: int) -> None:
        """Wait until so many more were acknowledged."""
        goal = len(self.acknowledged) + more
        until(lambda: len(self.acknowledged) >= goal)

    def end(self) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()


def both_workers(server: Server) -> list[int]:
    until(lambda: len(server.workers()) == 2)
    return server.workers()


def test_a_worker_that_is_killed_loses_nothing_and_is_replaced(house: House) -> None:
    with serving(house.folder, house.url, *SEVERAL) as server, Devices(house, server) as devices:
        devices.have_sent(8)
        first, second = both_workers(server)
        os.kill(first, signal.SIGKILL)
        devices.have_sent(8)
        until(lambda: len(server.workers()) == 2 and first not in server.workers())
        devices.end()
        assert second in server.workers()
        _everything_is_there_once(house, server, devices)


def test_a_server_that_is_killed_loses_nothing_and_can_be_started_again(house: House) -> None:
    port = free_port()
    with serving(house.folder, house.url, *SEVERAL, port=port) as server, Devices(house, server) as devices:
        devices.have_sent(8)
        workers = both_workers(server)
        server.process.kill()
        server.process.wait()
        devices.end()
        until(lambda: not any(command_of(pid) for pid in workers))
    with serving(house.folder, house.url, *SEVERAL, port=port) as again:
        _everything_is_there_once(house, again, devices)


def _everything_is_there_once(house: House, server: Server, devices: Devices) -> None:
    assert all(house.times(client_id) == 1 for client_id in devices.acknowledged)
    with server.connection() as connection:
        for client_id in sorted(devices.unanswered | set(list(devices.acknowledged)[:5])):
            assert house.send(connection, client_id) in (200, 201)
            assert house.times(client_id) == 1
    assert list(audit(house.database)) == []


@in_one_and_in_several
def test_a_server_that_is_asked_to_end_answers_first_what_it_was_asked(house: House, options: tuple[str, ...]) -> None:
    with ExitStack() as open_still:
        server = open_still.enter_context(serving(house.folder, house.url, *options))
        idle = [open_still.enter_context(server.connection()) for _ in range(10)]
        assert {asked(connection, "GET", "/healthz").status for connection in idle} == {200}
        slow, body = open_still.enter_context(server.raw()), house.weigh_in("last-words")
        head = f"POST /api/v1/weigh-ins HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {house.token}\r\n"
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        slow.sendall(head.encode() + body[:40])
        workers = server.workers()

        server.process.send_signal(signal.SIGTERM)
        until(lambda: not server.listens())
        for connection in idle:  # the end waits for nobody who asks nothing
            assert connection.sock.recv(1) == b""
        slow.sendall(body[40:])
        with slow.makefile("rb") as answer:
            said = answer.read()
        assert said.startswith(b"HTTP/1.1 201")
        assert b"\r\nConnection: close\r\n" in said
        assert server.process.wait(PATIENCE) == 0
        assert not any(command_of(pid) for pid in workers)
        assert house.times("last-words") == 1
        assert "cut off" not in server.said()


@in_one_and_in_several
def test_ctrl_c_reaches_every_process_and_ends_them_all(
    sqlite_url: str, tmp_path: Path, options: tuple[str, ...]
) -> None:
    migrated(sqlite_url)
    with serving(tmp_path, sqlite_url, *options) as server:
        workers = server.workers()
        for process in (server.process.pid, *workers):
            os.kill(process, signal.SIGINT)
        assert server.process.wait(PATIENCE) == 0
        assert not any(command_of(pid) for pid in workers)
        assert "Traceback" not in server.said()


BROKEN = """
import os
from traceability.cli import main
from traceability.commands import _processes, serve

def create_app(config, first=os.getpid(), made=serve.create_app):
    if os.getpid() != first and {broken}:
        raise RuntimeError("the disk is full")
    return made(config)

serve.create_app = create_app
_processes._PAUSE = 0.1
main()
"""
"""The first process makes an application to see that it can; those after it may not get so far. It pauses briefly."""


def test_processes_that_never_come_so_far_as_to_serve_end_the_server_with_a_sentence(
    sqlite_url: str, tmp_path: Path
) -> None:
    migrated(sqlite_url)
    said = subprocess.run(
        [sys.executable, "-c", BROKEN.format(broken=True), "serve", *SEVERAL],
        env=environment(tmp_path, sqlite_url, free_port()),
        capture_output=True,
        text=True,
        timeout=2 * PATIENCE,
    )
    assert said.returncode == 1
    assert said.stderr.count("RuntimeError: the disk is full") >= 6
    assert said.stderr.splitlines()[-1].startswith("The processes that should serve end before they can.")


def test_while_one_process_serves_others_that_cannot_start_harm_nobody(sqlite_url: str, tmp_path: Path) -> None:
    migrated(sqlite_url)
    only_one_can = BROKEN.format(broken=f"os.mkdir({str(tmp_path / 'taken')!r})")
    with serving(tmp_path, sqlite_url, *SEVERAL, program=("-c", only_one_can)) as server:
        until(lambda: server.said().count("FileExistsError: ") >= 6)
        assert server.ask("GET", "/readyz").status == 200
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(PATIENCE) == 0


def migrated(url: str) -> None:
    database = Database(url)
    migrate(database)
    database.close()


# --- what one process and several must do alike -------------------------------------------------------------------


def test_a_page_comes_over_the_wire_as_the_application_made_it(server: Server) -> None:
    path, began = f"/b/{server.code}", datetime.now(UTC).minute
    plain = server.ask("GET", path)
    zipped = server.ask("GET", path, Accept_Encoding="gzip")
    head = server.ask("HEAD", path)
    unchanged = server.ask("GET", path, If_None_Match=plain.headers["etag"])
    assert b"Genuine lot" in plain.body
    assert zipped.headers["content-encoding"] == "gzip"
    assert b"Genuine lot" in gzip.decompress(zipped.body)
    assert (head.status, head.body, head.headers["content-length"]) == (200, b"", str(len(plain.body)))
    if datetime.now(UTC).minute == began:  # the page names the minute
        assert (unchanged.status, unchanged.body) == (304, b"")
    for answer in (plain, zipped, head):
        assert answer.headers["content-security-policy"].startswith("default-src 'self'")
        assert answer.headers["vary"] == "Accept, Accept-Language, Cookie, Accept-Encoding"


def test_a_form_that_broke_off_is_never_taken_for_a_whole_one(server: Server) -> None:
    """`gross=48.6` cut to `gross=48` would be a weight that nobody typed."""
    form = f"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\n".encode()
    for rest in (b"Content-Length: 60\r\n\r\nlogin=bak", b"Transfer-Encoding: chunked\r\n\r\n9\r\nlogin=bak\r\nZZ\r\n"):
        with server.raw() as connection:
            connection.sendall(form + rest)
            connection.shutdown(1)
            assert connection.recv(60).split(b"\r\n")[0] in (b"", b"HTTP/1.1 400 Bad Request")
    assert server.ask("GET", "/healthz").status == 200


def test_what_is_too_large_is_refused_before_it_has_come(server: Server) -> None:
    with server.raw() as connection:
        size = 500 * 1024 * 1024
        head = f"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\nContent-Length: {size}\r\n\r\n"
        connection.sendall(head.encode() + b"x" * 10_000)
        assert connection.recv(20).startswith(b"HTTP/1.1 413")
    assert server.ask("GET", "/healthz").status == 200


ODD = {
    "a zero and a stray byte in the path": b"GET /b/%00%ff HTTP/1.1\r\nHost: x\r\n\r\n",
    "raw bytes in the path": b"GET /b/\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
    "raw bytes in a header": b"GET /b/x HTTP/1.1\r\nHost: x\r\nAccept-Language: \xe0\xba\xa5\xff\r\n\r\n",
    "a host that is none": b"GET /b/x HTTP/1.1\r\nHost: a b\xff\r\n\r\n",
    "no words at all": b"\x00\x01\x02\r\n\r\n",
    "a header without a name": b"GET /b/x HTTP/1.1\r\nHost: x\r\n: 1\r\n\r\n",
    "a very long header": b"GET /b/x HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * 600_000 + b"\r\n\r\n",
    "a very long address": b"GET /b/" + b"q" * 70_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "two lengths": b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
    "a negative length": b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
    "a verb that there is not": b"BREW /b/x HTTP/1.1\r\nHost: x\r\n\r\n",
}


def test_odd_bytes_are_refused_and_harm_nobody(server: Server) -> None:
    for name, request in ODD.items():
        with server.raw() as connection:
            try:
                connection.sendall(request)
                answer = connection.recv(20)
            except ConnectionError:  # it did not even read to the end
                answer = b""
        assert answer == b"" or 400 <= int(answer.split()[1]) < 500, (name, answer)
    assert server.ask("GET", f"/b/{server.code}").status == 200


LONG_TO_READ = {
    "blanks before a word": b"X-Many: " + b" " * 60_000 + b"x",
    "blanks after a language": b"Accept-Language: en" + b" " * 60_000 + b"x",
    "a body whose first line has no end": b"Transfer-Encoding: chunked\r\n\r\n" + b"0" * 3_000_000,
    "a body with a word behind it that has no end": b"Transfer-Encoding: chunked\r\n\r\n0\r\n" + b"x" * 3_000_000,
}


@pytest.mark.parametrize("what", LONG_TO_READ)
def test_what_takes_long_to_read_is_refused_at_once(server: Server, what: str) -> None:
    """Sixty thousand blanks took a minute, in which the server answered nobody."""
    with server.raw() as connection:
        connection.settimeout(40)
        with suppress(ConnectionError):  # it does not even read to the end
            connection.sendall(b"POST /sign-in HTTP/1.1\r\nHost: x\r\n" + LONG_TO_READ[what] + b"\r\n\r\n")
        with suppress(ConnectionError):
            answer = connection.recv(2_000)
            assert answer.split()[1] == b"400", answer
            assert b"Content-Security-Policy: default-src 'self'" in answer
            assert b"X-Content-Type-Options: nosniff" in answer
    assert server.ask("GET", "/healthz").status == 200


def test_slow_clients_hold_up_nobody(server: Server) -> None:
    """A hundred have sent half of a form, and a hundred half of a header: far more than there are threads."""
    body = f"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\nContent-Length: 99\r\n\r\nlogin=".encode()
    with ExitStack() as slow:
        for place in range(200):
            slow.enter_context(server.raw()).sendall(body if place % 2 else b"GET /healthz HTTP/1.1\r\nHost: ")
        for _ in range(5):
            assert server.ask("GET", f"/b/{server.code}").status == 200
            assert server.ask("GET", "/find").status == 200


def test_many_connections_stay_open(server: Server) -> None:
    with ExitStack() as open_still:
        connections = [open_still.enter_context(server.connection()) for _ in range(150)]
        for _ in range(3):
            for connection in connections:
                assert asked(connection, "GET", f"/b/{server.code}").status == 200


@in_one_and_in_several
@pytest.mark.parametrize("proxies", [0, 1])
def test_an_address_is_believed_only_from_a_proxy_that_is_trusted(
    sqlite_url: str, tmp_path: Path, options: tuple[str, ...], proxies: int
) -> None:
    migrated(sqlite_url)
    with serving(tmp_path, sqlite_url, *options, trusted_proxies=str(proxies)) as running:
        # wrong codes, each in the name of another address: who is not believed has soon tried too many
        answers = [
            running.ask("GET", f"/b/{new_code()}", X_Forwarded_For=f"192.0.2.{place}").status
            for place in range(2 * MOST + 2)
        ]
    assert (429 in answers) == (proxies == 0)
