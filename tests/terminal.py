"""The command line as a test types it, and what it answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from click.testing import CliRunner, Result

from traceability.cli import main
from traceability.models.database import Database

PASSWORD = "three words here"


def run(*words: str, typed: str = "") -> Result:
    return CliRunner().invoke(main, list(words), input=typed, catch_exceptions=False)


def printed(*words: str, typed: str = "") -> str:
    """What a command that succeeds prints."""
    result = run(*words, typed=typed)
    assert result.exit_code == 0, result.output
    return result.stdout


def refused(*words: str, typed: str = "") -> str:
    """The one line of a refusal: nothing beside it, exit 1."""
    result = run(*words, typed=typed)
    assert result.exit_code == 1, result.output
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    return result.stderr.strip()


@contextmanager
def record(folder: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{folder / 'traceability.sqlite3'}")
    yield database
    database.close()
