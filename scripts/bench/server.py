"""A PostgreSQL server with a harvest in it, for as long as it is measured."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy.orm import Session

from scripts.bench.graph import Harvest
from scripts.bench.load import into_postgres
from tests.databases import NoPostgres, PostgresServer
from traceability.models.database import Database


@contextmanager
def loaded(harvest: Harvest) -> Iterator[Session | None]:
    """A session of the product that reads a harvest on PostgreSQL; nothing where there is no server to start."""
    folder = Path(tempfile.mkdtemp(prefix="traceability-bench-"))
    server = PostgresServer(folder)
    try:
        server.start()
    except NoPostgres:
        shutil.rmtree(folder)
        yield None
        return
    try:
        server.sql("create database harvest")
        into_postgres(harvest, server.url("harvest"))
        with psycopg.connect(server.url("harvest").replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute("vacuum analyze")
        database = Database(server.url("harvest"))
        with database.reading() as session:
            yield session
        database.close()
    finally:
        server.stop()
        shutil.rmtree(folder)
