"""A running application on a fresh database, and people who can sign in to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from tests.cast import World
from tests.databases import Databases
from tests.passwords import quick_passwords
from tests.web.applications import application
from tests.web.client import Client
from tests.web.stocked import Stocked, neighbour, stocked
from traceability.domain.facts import RegisterOrganisation, RegisterUser, Where
from traceability.domain.roles import Actor
from traceability.operations.account import register_user
from traceability.operations.registry import register_organisation

PASSWORD = "a long enough password"


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    """Everybody here signs in; how slowly a password is guessed is tested where accounts are."""
    with quick_passwords():
        yield


@pytest.fixture
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """The application, with all tables and nothing in them; on both databases when the test asks for `database`."""
    both = "database" in request.fixturenames
    app = application(request.getfixturevalue("database_url" if both else "sqlite_url"), tmp_path)
    yield app
    app.extensions["database"].close()


@pytest.fixture
def world(app: Flask, databases: Databases) -> World:
    """Everybody at work in three organisations of the application."""
    database = app.extensions["database"]
    return World(database, databases.remembered("world", sqlite=database.is_sqlite))


@pytest.fixture
def code(world: World) -> str:
    """A released batch of `Amina 60 + Bounmy 40`, by its code."""
    return world.released()


@pytest.fixture
def visitor(app: Flask) -> Client:
    """Somebody who has not signed in."""
    return Client(app)


@pytest.fixture
def cooperative(app: Flask) -> Actor:
    """The cooperative that Bakari weighs for, as the command line on the machine acts in it."""
    fact = RegisterOrganisation(
        client_id="cooperative-of-amina",
        occurred_at=datetime.now(UTC),
        name="Cooperative of Amina",
        kind="cooperative",
        prefix="CA",
        where=Where(country="LA", province="Champasak"),
    )
    actor: Actor = app.extensions["database"].write(lambda session: register_organisation(session, fact))
    return actor


@pytest.fixture
def signed_in(app: Flask, cooperative: Actor) -> Callable[..., Client]:
    """`signed_in("bakari", "clerk")` is the browser of a new member with these roles."""

    def member(name: str, *roles: str) -> Client:
        fact = RegisterUser(
            client_id=f"user-{name}",
            occurred_at=datetime.now(UTC),
            login=name,
            name=name.capitalize(),
            password=PASSWORD,
            roles=roles,
        )
        app.extensions["database"].write(lambda session: register_user(session, cooperative, fact))
        return Client(app).sign_in(name, PASSWORD)

    return member


@pytest.fixture
def stock(app: Flask, cooperative: Actor) -> Stocked:
    """The cooperative with a place, Amina and her plot, and goods on demand."""
    return stocked(app, cooperative)


@pytest.fixture
def dao(app: Flask) -> Client:
    """A manager of another organisation, who must find nothing here."""
    fact = RegisterUser(
        client_id="user-dao-outside",
        occurred_at=datetime.now(UTC),
        login="dao",
        name="Dao",
        password=PASSWORD,
        roles=("manager", "clerk", "exporter", "inspector"),
    )
    organisation = neighbour(app)
    app.extensions["database"].write(lambda session: register_user(session, organisation, fact))
    return Client(app).sign_in("dao", PASSWORD)
