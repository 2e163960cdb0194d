"""What every test may ask for: databases of both kinds, real files; and what could not run, said loudly."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

from tests.clocks import until_midnight
from tests.databases import KINDS, Databases, close_shared_folder, open_shared_folder
from tests.once import applications_alike

if TYPE_CHECKING:
    from tests.cast import World
    from traceability.models.database import Database

REPOSITORY = Path(__file__).resolve().parent.parent

# No deadlines: a slow machine is not a wrong program. In CI the examples are the same every time.
settings.register_profile("local", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("local"), derandomize=True)
settings.register_profile("nightly", settings.get_profile("local"), max_examples=1_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "local"))


def _starts_the_run(config: pytest.Config) -> bool:
    """Say whether this process is the one that was called, and no worker of it."""
    return not hasattr(config, "workerinput")


def pytest_configure(config: pytest.Config) -> None:
    if _starts_the_run(config):
        open_shared_folder()


def pytest_unconfigure(config: pytest.Config) -> None:
    if _starts_the_run(config):
        close_shared_folder()


def pytest_collection_finish() -> None:
    """From here on Python looks for rubbish less often, and only in what tests make: that took a tenth of a run."""
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Twice a day up to two minutes are waited out."""
    time.sleep(until_midnight(datetime.now(UTC)).total_seconds())


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List each test that could not run, by name, above the closing line."""
    skipped = terminalreporter.getreports("skipped")
    if not skipped:
        return
    terminalreporter.section(f"{len(skipped)} COULD NOT RUN HERE", sep="!", red=True, bold=True)
    for report in skipped:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longreprtext
        terminalreporter.line(f"{report.nodeid}: {reason.removeprefix('Skipped: ')}")


@pytest.fixture(scope="session", autouse=True)
def _no_power_cut() -> Iterator[None]:
    """SQLite in these processes does not wait for the disk, as the PostgreSQL of a run does not."""
    from traceability.models.database import PRAGMAS

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(PRAGMAS, "synchronous", 0)
        yield


@pytest.fixture(scope="session", autouse=True)
def _applications_alike() -> Iterator[None]:
    with applications_alike():
        yield


def _tables(url: str) -> None:
    from traceability.models.database import Database

    database = Database(url)
    database.create_all()
    database.close()


def _world(url: str) -> dict[str, Any]:
    from tests.cast import World
    from traceability.models.database import Database

    database = Database(url)
    database.create_all()
    known = World(database).known
    database.close()
    return known


@pytest.fixture(scope="session")
def databases() -> Databases:
    """Makes databases, for tests that need more than one or keep one for longer than a test."""
    return Databases(tables=_tables, world=_world)


def _like(request: pytest.FixtureRequest) -> str:
    """What a test needs in its database from the start, by what else it asks for."""
    if "world" in request.fixturenames:
        return "world"
    return "" if {"database", "app"}.isdisjoint(request.fixturenames) else "tables"


@pytest.fixture
def sqlite_url(databases: Databases, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """A new SQLite database: empty, or with all tables when the test asks for `database`, `app` or `world` as well."""
    return databases.fresh_sqlite(tmp_path / "test.sqlite3", _like(request))


@pytest.fixture
def postgres_url(databases: Databases, request: pytest.FixtureRequest) -> Iterator[str]:
    """A new PostgreSQL database: empty, or with all tables when the test asks for `database`, `app` or `world`."""
    with databases.fresh_postgres(_like(request)) as url:
        yield url


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest) -> str:
    """The test runs twice: on SQLite, and on PostgreSQL."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An open database with all tables, on SQLite and on PostgreSQL."""
    from traceability.models.database import Database

    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def world(database: Database, databases: Databases) -> World:
    """Amina, Bakari, Malee, Chiara and Dao at work in three organisations of one database."""
    from tests.cast import World

    return World(database, databases.remembered("world", sqlite=database.is_sqlite))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real files that are not ours to publish; a clone has none of it."""
    folder = Path(os.environ.get("TRACEABILITY_SHARED_DATA", REPOSITORY.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no folder of real files at {folder}; TRACEABILITY_SHARED_DATA can name one")
    return folder


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder that does not exist yet, in an environment that says nothing else."""
    for name in [*filter(lambda name: name.startswith("TRACEABILITY_"), os.environ), "PORT", "LC_ALL", "LC_MESSAGES"]:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("TRACEABILITY_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def ready(folder: Path) -> Path:
    from tests.terminal import printed

    printed("init")
    return folder


@pytest.fixture
def cooperative(ready: Path) -> Path:
    """Amina's cooperative, with nobody in it yet."""
    from tests.terminal import printed

    what = ("--kind", "cooperative", "--prefix", "pn", "--country", "la", "--province", "Champasak")
    assert "Phou Noy is open" in printed("organisation", "add", "--name", "Phou Noy", *what)
    return ready
