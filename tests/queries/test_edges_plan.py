"""How a database means to read edges: by their keys only, whatever it has counted; and both spellings read the same.

A trace that reads the whole table once costs as much as the database is large, and small data hides it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, select

from scripts.bench.graph import Harvest, harvest
from scripts.bench.load import into_postgres, into_sqlite, raw
from scripts.bench.plans import reads_a_whole_table, steps, whole_tables
from tests.databases import Databases
from traceability.models import Lot
from traceability.models.database import Database
from traceability.queries.edges import ALWAYS, STATEMENTS, Days, Spelling, edges_above, lots_below, made_above
from traceability.queries.lineage import trace_back

ASKED = {"ids": [1, 2, 3], **ALWAYS._asdict()}
HALF_A_SEASON = Days(20_030, 20_090)
SMALL, MIDDLE = 2_000, 100_000


@pytest.fixture(scope="module", params=[SMALL, MIDDLE])
def sqlite_file(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("harvest") / "harvest.sqlite3"
    into_sqlite(harvest(request.param), path)
    return path


@pytest.fixture(scope="module")
def small() -> Harvest:
    return harvest(SMALL)


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def harvested(
    request: pytest.FixtureRequest, databases: Databases, small: Harvest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("small") / "small.sqlite3"
        into_sqlite(small, path)
        database = Database(f"sqlite:///{path}")
        yield database
        database.close()
        return
    with databases.fresh_postgres() as url:
        into_postgres(small, url)
        database = Database(url)
        yield database
        database.close()


@pytest.mark.parametrize("counted", [False, True], ids=["not counted", "counted"])
def test_sqlite_reads_edges_by_their_keys_only(sqlite_file: Path, counted: bool) -> None:
    connection = raw(sqlite_file)
    if counted:
        connection.execute("analyze")
        connection = raw(sqlite_file)
    assert whole_tables(connection) == []
    for said in STATEMENTS.values():
        assert any(step.startswith("SEARCH edge USING") for step in steps(connection, said.sqlite)), said.sqlite


def test_the_check_sees_the_trap_that_it_is_there_for(sqlite_file: Path) -> None:
    connection = raw(sqlite_file)
    assert any(map(reads_a_whole_table, steps(connection, "select * from edge where mass_g > 1")))


@pytest.mark.parametrize("counted", [False, True], ids=["not counted", "counted"])
def test_postgresql_reads_edges_by_their_keys_only(databases: Databases, counted: bool) -> None:
    with databases.fresh_postgres() as url:
        into_postgres(harvest(MIDDLE), url)
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
            if counted:
                connection.execute("analyze")
            for said in STATEMENTS.values():
                rows = connection.execute(f"explain {said.postgresql}".encode(), ASKED).fetchall()
                told = "\n".join(step for (step,) in rows)
                assert "Seq Scan on edge" not in told, told
                assert "on edge" in told, told


@given(place=st.integers(0, 10**6), days=st.sampled_from([ALWAYS, HALF_A_SEASON, Days(20_000, 20_060)]))
def test_both_spellings_give_the_same_answer(harvested: Database, small: Harvest, place: int, days: Days) -> None:
    made = sorted(set(small.child.tolist()))
    with harvested.reading() as session:
        lot = session.scalars(select(Lot).where(Lot.id == made[place % len(made)])).one()
        by_walk, by_level = (trace_back(session, lot, days, spelling) for spelling in Spelling)
        assert by_walk.shares_g == by_level.shares_g
        assert by_walk.outside_g == by_level.outside_g
        assert by_walk.through == by_level.through
        assert sum(by_walk.shares_g.values()) + by_walk.outside_g == lot.made_g
        below = [lots_below(session, [place % len(small.kind) + 1], days, spelling) for spelling in Spelling]
        assert below[0] == below[1]


def test_a_trace_is_one_statement_unless_the_database_was_opened_to_walk_by_levels(
    harvested: Database, small: Harvest
) -> None:
    said: list[str] = []
    by_levels = Database(harvested.url.render_as_string(hide_password=False), lineage="levels")
    for database, as_many in ((harvested, range(1, 2)), (by_levels, range(4, 9))):
        with database.reading() as session:
            lot = session.get_one(Lot, int(small.packed[0]))
            event.listen(session.connection(), "before_cursor_execute", lambda *told: said.append(told[2]))
            trace_back(session, lot)
        assert len(said) in as_many
        said.clear()
    by_levels.close()


@pytest.mark.parametrize("spelling", list(Spelling))
def test_edges_read_lot_by_lot_are_the_edges(harvested: Database, small: Harvest, spelling: Spelling) -> None:
    lot = int(small.packed[0])
    with harvested.reading() as session:
        one_by_one = edges_above(session, [lot], spelling)
        by_lot = made_above(session, [lot], spelling=spelling)
    told = [
        (made.lot_id, parent, mass, farmer or None, plot or None)
        for made in by_lot
        for parent, mass, farmer, plot in zip(*made[1:], strict=True)
    ]
    assert sorted(told, key=lambda edge: edge[:2]) == sorted((row[:5] for row in one_by_one), key=lambda edge: edge[:2])
    assert len(told) == len(set(told)) > 100
