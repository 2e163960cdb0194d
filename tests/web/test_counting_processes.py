"""Visits are counted by several processes at once, and one that is killed loses only seconds of them."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from sqlalchemy import func, select

from tests.cast import World
from tests.serving import PATIENCE, serving, until
from traceability.domain.scans import What
from traceability.models import ScanCount
from traceability.models.database import Database
from traceability.models.migrate import migrate
from traceability.web import counting


def total(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.sum(ScanCount.n)).where(ScanCount.what == What.SCAN)) or 0


def test_several_processes_add_up_and_a_killed_one_loses_only_seconds(database_url: str, tmp_path: Path) -> None:
    database = Database(database_url)
    migrate(database)
    code = World(database).released()
    with serving(tmp_path, database_url, "--workers", "2") as server:
        for _ in range(40):
            assert server.ask("GET", f"/b/{code}").status == 200
        until(lambda: total(database) == 40)
        time.sleep(counting.SECONDS + 1)
        assert total(database) == 40

        for _ in range(10):
            assert server.ask("GET", f"/b/{code}").status == 200
        victim = server.workers()[0]
        os.kill(victim, signal.SIGKILL)
        until(lambda: victim not in server.workers() and len(server.workers()) == 2)
        assert server.ask("GET", f"/b/{code}").status == 200
        server.process.terminate()  # asked to end, each writes what it still has
        assert server.process.wait(PATIENCE) == 0
        assert 41 <= total(database) <= 51
        assert "127.0.0.1" not in server.said().replace("http://127.0.0.1", "")
    database.close()
