"""The demo season as `traceability demo` tells it: once in a run, and copied for each test that looks at it."""

from __future__ import annotations

import fcntl
import shutil
from pathlib import Path

from click.testing import CliRunner

from tests.databases import Databases
from tests.passwords import quick_passwords
from traceability.cli import main


def demo_season(databases: Databases, folder: Path) -> str:
    """The url of a copy in this folder, which is then a data folder with the season in it."""
    kept = databases.folder / "demo"
    with (databases.folder / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            _tell(kept.with_name("demo.new")).rename(kept)
    shutil.copytree(kept, folder, dirs_exist_ok=True)
    return f"sqlite:///{folder / 'traceability.sqlite3'}"


def _tell(folder: Path) -> Path:
    """`traceability init`, then `traceability demo`; how slowly a password is guessed is tested where accounts are."""
    shutil.rmtree(folder, ignore_errors=True)
    runner = CliRunner(env={"TRACEABILITY_DATA_DIR": str(folder)})
    with quick_passwords():
        for command in ("init", "demo"):
            done = runner.invoke(main, [command], catch_exceptions=False)
            assert done.exit_code == 0, done.output
    return folder
