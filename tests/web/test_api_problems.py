"""What a program is told when something cannot be done, and that no body, however hostile, breaks anything."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask

from tests.web.program import Program, token_of
from traceability.domain.roles import Actor

FARMER = {"client_id": "farmer-of-test", "name": "Amina", "country": "LA"}


@pytest.fixture
def program(app: Flask, cooperative: Actor) -> Program:
    """A program of the cooperative."""
    return Program(app, token_of(app, cooperative, "bakari"))


def refused(program: Program, body: bytes, status: int, path: str = "/farmers") -> dict[str, Any]:
    """The problem that a body is answered with."""
    answer = program.send_text(path, body)
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/problem+json"
    problem: dict[str, Any] = answer.get_json()
    assert {"type", "title", "status", "detail", "name"} <= set(problem)
    assert problem["status"] == status
    assert problem["type"] == f"/problems/{problem['name']}"
    return problem


BROKEN = {
    "empty": b"",
    "not JSON": b"{",
    "two values": b"{} {}",
    "NaN": b'{"name": NaN}',
    "infinity": b'{"name": 1e999}',
    "huge number": b'{"name": ' + b"9" * 5000 + b"}",
    "deep lists": b"[" * 100_000,
    "deep and closed": b'{"name": ' + b"[" * 500 + b"]" * 500 + b"}",
    "deep objects": b'{"a":' * 2000 + b"1" + b"}" * 2000,
    "lone surrogate": b'{"name": "\\ud800"}',
    "raw surrogate": b'{"name": "\xed\xa0\x80"}',
    "not UTF-8": b'{"name": "\xff"}',
    "NUL": b'{"name": "\x00"}',
}


def test_a_body_that_is_not_json_is_refused_with_one_sentence(program: Program) -> None:
    for what, body in BROKEN.items():
        assert refused(program, body, 400)["name"] == "NotReadable", what


def test_a_body_that_is_no_object_is_refused(program: Program) -> None:
    for body in (b"[]", b"null", b"3", b'"text"', b"[{}]"):
        assert refused(program, body, 422)["name"] == "InvalidInput", body


ODD: dict[str, tuple[Any, ...]] = {
    "name": (1, 1.5, True, None, [], {}, "", " ", "\u200b", "x" * 201, "\u0000"),
    "country": ("", "XX", 5, None, "LA\u0000", ["LA"]),
    "client_id": ("", "short", "x" * 65, 12345678, None, "späte-id", "has space"),
    "occurred_at": (
        "yesterday",
        "2026-11-20T08:00",
        5,
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        [],
        "",
    ),
    "confirmed": ("yes", 1, None),
    "colour": ("red",),
}


def test_a_value_of_the_wrong_kind_is_refused_at_its_field(program: Program) -> None:
    for field, values in ODD.items():
        for value in values:
            problem = refused(program, json.dumps({**FARMER, field: value}).encode(), 422)
            assert list(problem["errors"]) == [field], (field, value)


NUMBERS: tuple[Any, ...] = (0, -1, 1.0, 1.5, True, "48600", "48,6", 10**15 + 1, 2**63 - 1, None, [], {"g": 1})


def test_a_mass_is_a_whole_number_of_grams_and_nothing_else(program: Program) -> None:
    said = {"client_id": "weigh-in-1", "facility": "NL", "farmer": "1", "commodity": "tea", "form": "leaf"}
    for mass in NUMBERS:
        problem = refused(program, json.dumps({**said, "bags_g": [mass]}).encode(), 422, "/weigh-ins")
        assert list(problem["errors"]) == ["bags_g-0"], mass


def test_every_problem_of_a_body_is_said_at_once(program: Program) -> None:
    said = {"client_id": "process-1", "facility": "NL", "inputs": [], "outputs": [{"form": "green", "mass_g": 0}, {}]}

    problem = refused(program, json.dumps(said).encode(), 422, "/processings")

    assert problem["errors"] == {
        "inputs": ["Fill this in."],
        "outputs-0-mass_g": ["This must be 0.001\xa0kg or more."],
        "outputs-1-form": ["Fill this in."],
        "outputs-1-mass_g": ["Fill this in."],
    }


def test_a_refusal_says_what_to_do(program: Program) -> None:
    problem = program.get("/lots/K7M2Q4RX", 404)

    assert problem["detail"] == "You have no lot K7M2Q4RX. Check the last characters, or search by name or day."
    assert problem["name"] == "NoSuchLot"


def test_an_odd_name_is_a_record_that_is_missing(program: Program) -> None:
    for name in ("%00", "%ED%A0%80", "x" * 3000, "%F0%9F%8D%92", "'%20or%201=1", "K%0A", "%ff"):
        assert program.get(f"/lots/{name}", 404)["name"] == "NoSuchLot", name
        assert program.get(f"/batches/{name}/dossier", 404)["name"] == "NoSuchBatch", name


def test_an_odd_part_of_a_list_is_refused(program: Program) -> None:
    for asked in ("limit=0", "limit=-1", "limit=x", "limit=1e9", "limit=99999999999999999999", "after=%00x"):
        answer = program.client.get(f"/api/v1/lots?{asked}", headers=program.headers)
        assert (answer.status_code, answer.mimetype) == (422, "application/problem+json"), asked


def test_an_unknown_address_a_wrong_method_and_a_wrong_type_are_problems_too(program: Program) -> None:
    unknown = program.client.get("/api/v1/nothing", headers=program.headers)
    assert (unknown.status_code, unknown.mimetype) == (404, "application/problem+json")

    wrong = program.client.delete("/api/v1/lots", headers=program.headers)
    assert (wrong.status_code, wrong.mimetype) == (405, "application/problem+json")
    assert {"GET", "POST"} <= set(wrong.headers["Allow"].split(", "))

    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""):
        typed = program.send_text("/farmers", b"name=Amina", kind)
        assert (typed.status_code, typed.mimetype) == (415, "application/problem+json")

    large = program.send_text("/farmers", b'{"name": "' + b"x" * 1_000_001 + b'"}')
    assert (large.status_code, large.mimetype) == (413, "application/problem+json")


def test_the_type_may_name_its_charset(program: Program) -> None:
    body = json.dumps(FARMER).encode()

    assert program.send_text("/farmers", body, "application/json; charset=utf-8").status_code == 201


def test_what_broke_on_our_side_is_a_problem_without_details(app: Flask, program: Program) -> None:
    def gone(session: object) -> None:
        raise RuntimeError("a secret of the database")

    app.testing = False
    app.extensions["database"].write = gone

    answer = program.send("/farmers", FARMER)

    assert (answer.status_code, answer.mimetype) == (500, "application/problem+json")
    assert "secret" not in answer.text
