"""A program that calls the API with the bearer token of one person, and looks at every answer it gets."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from traceability.domain.facts import RegisterOrganisation, RegisterUser, Where
from traceability.domain.roles import Actor, Role
from traceability.models.database import Database
from traceability.operations.account import make_token, register_user
from traceability.operations.registry import register_organisation

EVERYTHING = tuple(str(role) for role in Role)
_ids = itertools.count(1)


def organisation(app: Flask, name: str, prefix: str) -> Actor:
    """A new organisation, as the command line on the machine acts in it."""
    fact = RegisterOrganisation(
        client_id=f"organisation-{prefix}",
        occurred_at=datetime.now(UTC),
        name=name,
        kind="exporter",
        prefix=prefix,
        where=Where(country="LA"),
    )
    return _database(app).write(lambda session: register_organisation(session, fact))


def token_of(app: Flask, home: Actor, name: str, *roles: str, scopes: str = "read write", days: int = 30) -> str:
    """A bearer token of a new person with these roles."""
    fact = RegisterUser(
        client_id=f"user-{name}",
        occurred_at=datetime.now(UTC),
        login=name,
        name=name.capitalize(),
        password="a long enough password",
        roles=roles or EVERYTHING,
    )
    user = _database(app).write(lambda session: register_user(session, home, fact))["user"]
    maker = replace(home, user_id=user, roles=frozenset(Role))
    return _database(app).write(lambda session: make_token(session, maker, f"of {name}", scopes, days))


class Program:
    """What a program of one organisation says and reads."""

    def __init__(self, app: Flask, token: str) -> None:
        self.app, self.headers = app, {"Authorization": f"Bearer {token}"}
        self.client = app.test_client(use_cookies=False)

    def get(self, path: str, status: int = 200, **asked: Any) -> Any:
        """What stands at a path of the API."""
        return self._read(self.client.get(f"/api/v1{path}", query_string=asked, headers=self.headers), path, status)

    def say(self, path: str, status: int = 201, /, **body: Any) -> Any:
        """The answer to a fact, under a client id of its own unless one is given."""
        response = self.send(path, {"client_id": f"program-{next(_ids)}", **body})
        return self._read(response, path, status)

    def send(self, path: str, body: Any, **headers: str) -> TestResponse:
        """The bare answer to a body."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(f"/api/v1{path}", json=body, headers={**self.headers, **named})

    def send_text(self, path: str, text: bytes, content_type: str = "application/json") -> TestResponse:
        """The bare answer to a body that may be anything."""
        return self.client.post(f"/api/v1{path}", data=text, content_type=content_type, headers=self.headers)

    def _read(self, response: TestResponse, path: str, status: int) -> Any:
        assert response.status_code == status, f"{path} answered {response.status_code}: {response.text[:600]}"
        assert response.mimetype == ("application/json" if status < 400 else "application/problem+json")
        return response.get_json()


def _database(app: Flask) -> Database:
    database: Database = app.extensions["database"]
    return database
