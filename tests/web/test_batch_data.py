"""At the address of a batch's page a program is answered with its data, by what it accepts; a browser never is.

`Amina 60 + Bounmy 40 -> L -> packed in 2 bags -> B`, released by Malee.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask

from tests.cast import World, event_of
from tests.clocks import standing
from tests.web.client import Client
from tests.web.test_served import from_flask, handed_out, told
from traceability.domain.facts import CorrectOrigin
from traceability.domain.identifiers import new_code
from traceability.operations.rebooking import correct_origin
from traceability.web import batches, served
from traceability.web.counting import Scans

BROWSERS = (
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",  # of Chrome
    "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",  # of Firefox and Safari
    "*/*",
    "application/json, text/html",  # as welcome as a page
    "application/json;q=0.4, text/html;q=0.45",
    "image/png",
)
PROGRAMS = (
    "application/json",
    "APPLICATION/JSON",
    "application/*",
    "application/json, */*;q=0.1",
    "application/json;q=0.5, text/html;q=0.45",
)


@pytest.mark.parametrize("accept", PROGRAMS)
def test_a_program_gets_the_data_where_the_page_is(visitor: Client, code: str, accept: str) -> None:
    plain = visitor.get(f"/b/{code}.json").response
    for address in (f"/b/{code}", f"/B/{code}", f"/b/{code}?l=lo", f"/b/{code}?x=1"):
        answer = visitor.get(address, headers={"Accept": accept}).response
        assert (answer.mimetype, answer.get_data()) == ("application/json", plain.get_data()), address
        assert answer.headers["Cache-Control"] == "max-age=60"
        assert answer.headers["ETag"] == plain.headers["ETag"]
        assert {"Accept", "Accept-Language"} <= set(answer.headers["Vary"].split(", "))
        again = {"Accept": accept, "If-None-Match": answer.headers["ETag"]}
        assert visitor.get(address, status=304, headers=again).body == b""


@pytest.mark.parametrize("accept", BROWSERS)
def test_a_browser_gets_the_page_before_flask(
    app: Flask, code: str, accept: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    standing(monkeypatch, served, batches)
    asked: dict[str, Any] = {"headers": {"Accept": accept}}
    ours = handed_out(app, f"/b/{code}", **asked)
    assert ours.mimetype == "text/html"
    assert told(ours) == told(from_flask(app, f"/b/{code}", **asked))


def test_data_are_handed_out_before_flask_too_and_are_no_visit(
    app: Flask, visitor: Client, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[tuple[Any, ...]] = []
    monkeypatch.setattr(Scans, "note", lambda _self, *seen, **_more: counted.append(seen))
    asked: dict[str, Any] = {"headers": {"Accept": "application/json"}}
    for address in (f"/b/{code}", f"/B/{code}", f"/b/{code}?l=lo"):
        assert told(handed_out(app, address, **asked)) == told(from_flask(app, address, **asked)), address
    assert not counted
    visitor.get(f"/b/{code}")
    assert len(counted) == 1


def test_a_version_is_kept_on_every_way_to_its_data(visitor: Client, world: World) -> None:
    deliveries = world.delivery(60_000), world.delivery(40_000, world.bounmy)
    code = world.released(world.sealed(world.packed(world.lot(*deliveries))))
    said: dict[str, Any] = {"farmer": world.amina, "reason": "wrong card", "confirmed": True}
    world.do(world.malee, correct_origin, CorrectOrigin, event=event_of(world, deliveries[1]), **said)
    program = {"Accept": "application/json"}
    first, now = (json.loads(visitor.get(f"/b/{code}.json{more}").body) for more in ("?version=1", ""))
    assert (first["version"], now["version"]) == (1, 2)
    small = f"/b/{code.lower()}?version=1&l=lo"
    for headers in (program, {}):
        assert visitor.get(small, status=308, headers=headers).location == f"/b/{code}?version=1&l=lo"
    assert json.loads(visitor.get(f"/b/{code}?version=1&l=lo", headers=program).body) == first
    assert visitor.get(f"/b/{code}?version=1").html.startswith("<!doctype html>")
    for spelled in (f"/b/{code}-1", f"/B/{code[:4]}-{code[4:].lower()}-1"):
        paper = visitor.get(spelled, status=308, headers=program)
        assert "Accept" in paper.response.headers["Vary"].split(", ")  # a browser is led to another place
        assert json.loads(visitor.follow(paper).body) == first
        assert visitor.get(spelled, status=308).location == f"/b/{code}/verify?version=1"
    problem = visitor.get(f"/b/{code}?version=9", status=404, headers=program)
    assert json.loads(problem.body)["name"] == "NoSuchVersion"


def test_whatever_stands_in_the_query_is_led_on_as_a_query(visitor: Client, code: str) -> None:
    raw = {"QUERY_STRING": "x=%2F+\xff\xc3\xa9\r\nSet-Cookie: a=b&_external=1&typed=0"}
    led = visitor.http.get(f"/b/{code.lower()}", environ_overrides=raw)
    assert led.headers["Location"] == f"/b/{code}?x=%2F+%FF%C3%A9%0D%0ASet-Cookie:%20a=b&_external=1&typed=0"
    assert "Set-Cookie" not in led.headers
    for address in (f"/b/{code}", "/find", f"/b/{code}.json", f"/b/{code}/why"):
        assert visitor.http.get(address, environ_overrides={"QUERY_STRING": "l=\xff"}).status_code == 200


def test_what_there_is_not_is_told_to_a_program_as_a_problem(visitor: Client, world: World) -> None:
    waiting, program = world.sealed(), {"Accept": "application/json"}
    assert set(json.loads(visitor.get(f"/b/{waiting}", headers=program).body)) == {"code", "status", "demo", "as_of"}
    for nobodys in (new_code(), "nonsense"):
        assert visitor.get(f"/b/{nobodys}", status=404, headers=program).response.mimetype == "application/problem+json"
