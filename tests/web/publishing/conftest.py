"""The house, told and published once; who changes something does it in a copy."""

from __future__ import annotations

import copy
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.databases import Databases
from tests.nginx import nginx
from tests.serving import Server
from tests.web.publishing.house import House, application, told
from traceability.web.nginx import server_block


@pytest.fixture(scope="package")
def house(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Published once, and changed by nobody."""
    folder = tmp_path_factory.mktemp("house")
    whole = told(databases.fresh_sqlite(folder / "house.sqlite3", "tables"), folder)
    whole.publish()
    yield whole
    whole.app.extensions["database"].close()


@pytest.fixture
def other(house: House, tmp_path: Path) -> Iterator[House]:
    """A copy of the house and of its folder, to be changed."""
    url = f"sqlite:///{tmp_path / 'other.sqlite3'}"
    with (
        closing(sqlite3.connect(house.out.parent / "house.sqlite3")) as kept,
        closing(sqlite3.connect(tmp_path / "other.sqlite3")) as copied,
    ):
        kept.backup(copied)
    shutil.copytree(house.out, tmp_path / "site")
    app = application(url, tmp_path)
    world = copy.copy(house.world)
    world.database = app.extensions["database"]
    yield house._replace(app=app, world=world, out=tmp_path / "site")
    app.extensions["database"].close()


@pytest.fixture(scope="package")
def alone(house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """nginx with nothing but the files."""
    block = server_block(house.app.extensions["config"], house.out)
    with nginx(tmp_path_factory.mktemp("nginx"), block) as server:
        yield server
