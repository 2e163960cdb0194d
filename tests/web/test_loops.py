"""A circle in the edges can only come from outside the operations; reading it is refused in words and ends at once.

cherries -> green -> packed; somebody's SQL makes the green of the packed
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.web.applications import application
from tests.web.client import Client
from tests.web.program import Program, organisation, token_of
from tests.web.stocked import said, stocked
from traceability.domain.facts import RegisterUser
from traceability.models import Edge, Lot
from traceability.models.database import Database
from traceability.operations.account import register_user
from traceability.queries.edges import Spelling

Looped = tuple[Client, Program, str]
PASSWORD = "a long enough password"


@pytest.fixture(params=list(Spelling))
def looped(request: pytest.FixtureRequest, database: Database, tmp_path: Path) -> Iterator[Looped]:
    """The application on either database, and the code of a packed lot that is part of its own origin."""
    url = database.url.render_as_string(hide_password=False)
    spelling = request.param.value
    app = application(url, tmp_path, lineage=spelling)
    home = organisation(app, "Cooperative of Amina", "CA")
    code = stocked(app, home).packed()
    with database.reading() as session:
        packed = session.scalars(select(Lot.id).where(Lot.code == code)).one()
        above = session.scalars(select(Edge.parent_id).where(Edge.child_id == packed)).first()
        assert above is not None
    circle = Edge(child_id=above, parent_id=packed, mass_g=1, day=20_000, org_id=home.org_id)
    database.write(lambda session: session.add(circle))
    fact = RegisterUser(**said(), login="malee", name="Malee", password=PASSWORD, roles=("manager", "inspector"))
    database.write(lambda session: register_user(session, home, fact))
    yield Client(app).sign_in("malee", PASSWORD), Program(app, token_of(app, home, "program")), code
    app.extensions["database"].close()


def test_a_page_of_a_lot_in_a_circle_says_so(looped: Looped) -> None:
    malee, _, code = looped
    assert "own origin" in malee.get(f"/lots/{code}", status=409).text


def test_a_program_that_reads_a_circle_is_told_the_problem(looped: Looped) -> None:
    _, program, code = looped
    assert program.get(f"/lots/{code}/trace-back", 409)["name"] == "LineageLoop"
