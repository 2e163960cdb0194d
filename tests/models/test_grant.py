"""A PostgreSQL role that owns nothing can do the whole job and cannot touch what was recorded."""

from __future__ import annotations

import uuid

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import ProgrammingError

from tests.cast import World, event_of
from traceability.cli import main
from traceability.domain.facts import CorrectOrigin
from traceability.models.database import Database
from traceability.models.migrate import migrate
from traceability.operations.rebooking import correct_origin

FORBIDDEN = (
    "update event set kind = 'x'",
    "delete from posting",
    "truncate event",
    "delete from lot",
    "update frozen_origin set version = 1",
    "delete from frozen_origin",
    "update digital_link set lot = 'X'",
    "truncate rendered",
    "drop table event",
    "alter table event disable trigger all",
    "update alembic_version set version_num = 'x'",
)


@pytest.fixture
def runner(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of the same database for a role that was only granted what the server needs."""
    role = f"runner_{uuid.uuid4().hex[:12]}"  # roles belong to the whole server, which other tests share
    owner = Database(postgres_url)
    migrate(owner)
    with owner.schema_connection() as connection, connection.begin():
        connection.execute(text(f"create role {role} login"))
    owner.close()
    monkeypatch.setenv("TRACEABILITY_DATABASE_URL", postgres_url)
    said = CliRunner().invoke(main, ["grant", role], catch_exceptions=False)
    assert said.exit_code == 0, said.output
    return make_url(postgres_url).set(username=role).render_as_string(hide_password=False)


def test_the_granted_role_does_the_whole_job(runner: str) -> None:
    world = World(Database(runner))
    theirs = world.delivery(40_000, world.bounmy)
    batch = world.released(world.sealed(world.packed(world.lot(world.delivery(60_000), theirs))))
    assert world.row(batch).made_g > 0
    said = {"event": event_of(world, theirs), "farmer": world.sida, "reason": "Sida's bags", "confirmed": True}
    assert world.do(world.malee, correct_origin, CorrectOrigin, **said)["batches"] == [batch]
    world.database.close()


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_granted_role_cannot_touch_what_was_recorded(runner: str, statement: str) -> None:
    engine = create_engine(runner)
    with engine.connect() as connection, pytest.raises(ProgrammingError):
        connection.execute(text(statement))
    engine.dispose()


def test_the_embedded_database_has_no_roles(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACEABILITY_DATA_DIR", str(tmp_path))
    CliRunner().invoke(main, ["init"], catch_exceptions=False)
    said = CliRunner().invoke(main, ["grant", "somebody"])
    assert said.exit_code == 1
    assert "PostgreSQL" in said.output
