"""The house, told and published once in a run; who changes something does it in a copy."""

from __future__ import annotations

import pickle
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.cast import World
from tests.databases import Databases, alone_in
from tests.nginx import nginx
from tests.serving import Server
from tests.web.publishing.house import House, application, told
from traceability import words
from traceability.web.nginx import server_block


@pytest.fixture(scope="package")
def house(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Changed by nobody."""
    kept = databases.folder / "published"
    opened = copied(kept, tmp_path_factory.mktemp("house"), *once_published(databases, kept))
    yield opened
    opened.app.extensions["database"].close()


def once_published(databases: Databases, kept: Path) -> tuple[dict[str, Any], tuple[Any, ...]]:
    """The first worker that asks publishes the house; what is known of it, for all that copy it."""
    kept.mkdir(exist_ok=True)
    with alone_in(kept):
        if not (kept / "known").exists():
            whole = told(databases.fresh_sqlite(kept / "house.sqlite3", "tables"), kept)
            whole.publish()
            whole.app.extensions["database"].close()
            (kept / "known").write_bytes(pickle.dumps((whole.world.known, whole[3:])))
    known: tuple[dict[str, Any], tuple[Any, ...]] = pickle.loads((kept / "known").read_bytes())
    return known


@pytest.fixture
def few_languages() -> Iterator[None]:
    """Two are soon written, and tell as much of what is written and when."""
    with pytest.MonkeyPatch.context() as patch:  # of its own: a test may undo what it patched
        patch.setattr(words, "PUBLIC_LANGUAGES", ("en", "lo"))
        yield


@pytest.fixture
def brief(databases: Databases, tmp_path: Path, few_languages: None) -> Iterator[House]:
    """The house, published in two languages, to be changed."""
    kept = databases.folder / "published-briefly"
    opened = copied(kept, tmp_path, *once_published(databases, kept))
    yield opened
    opened.app.extensions["database"].close()


@pytest.fixture
def other(house: House, tmp_path: Path) -> Iterator[House]:
    """A copy of the house and of its folder, to be changed."""
    opened = copied(house.out.parent, tmp_path, house.world.known, house[3:])
    yield opened
    opened.app.extensions["database"].close()


def copied(source: Path, folder: Path, known: dict[str, Any], rest: tuple[Any, ...]) -> House:
    """The house of one folder once more in another."""
    with (
        closing(sqlite3.connect(source / "house.sqlite3")) as there,
        closing(sqlite3.connect(folder / "house.sqlite3")) as here,
    ):
        there.backup(here)
    shutil.copytree(source / "site", folder / "site")
    app = application(f"sqlite:///{folder / 'house.sqlite3'}", folder)
    return House(app, World(app.extensions["database"], known), folder / "site", *rest)


@pytest.fixture(scope="package")
def alone(house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """nginx with nothing but the files."""
    block = server_block(house.app.extensions["config"], house.out)
    with nginx(tmp_path_factory.mktemp("nginx"), block) as server:
        yield server
