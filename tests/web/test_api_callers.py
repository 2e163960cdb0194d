"""Who the API lets in: a bearer token with its scope, and nobody else; and what an outsider finds, which is nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import delete

from tests.web.client import Client
from tests.web.program import Program, organisation, token_of
from traceability.domain.roles import Actor
from traceability.models import Membership
from traceability.operations.account import revoke_token
from traceability.web.rest.reads import READS

HERE = {"country": "LA"}
COFFEE = {"commodity": "arabica_coffee", "form": "green"}
ABOUT_HERSELF = {"register_organisation", "register_user"}  # what stands in a journal from the beginning


@pytest.fixture
def bakari(app: Flask, cooperative: Actor) -> Program:
    """The program of Bakari's cooperative."""
    return Program(app, token_of(app, cooperative, "bakari"))


@pytest.fixture
def dao(app: Flask) -> Program:
    """The program of Dao, an outsider with every role at home."""
    return Program(app, token_of(app, organisation(app, "Dao Trading", "DT"), "dao"))


def addresses(app: Flask) -> list[tuple[str, str]]:
    """Every method and path of the API but that of its contract."""
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/")]
    found = [(method, rule.rule.replace("<code>", "K7M2Q4RX")) for rule in rules for method in rule.methods or ()]
    assert len(found) > 100
    return [(method, path) for method, path in found if not path.endswith("/openapi.json")]


def test_nothing_opens_without_a_token(app: Flask) -> None:
    stranger = app.test_client()

    for method, path in addresses(app):
        answer = stranger.open(path, method=method, json={} if method == "POST" else None)
        assert answer.status_code == 401, path
        assert answer.mimetype == "application/problem+json", path
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="traceability"'


def test_the_cookie_of_a_signed_in_person_opens_nothing(
    app: Flask, signed_in: Callable[..., Client], cooperative: Actor
) -> None:
    browser = signed_in("bakari", "clerk", "manager")

    for method, path in addresses(app):
        answer = browser.http.open(path, method=method, json={} if method == "POST" else None)
        assert answer.status_code == 401, path


@pytest.mark.parametrize(
    "header",
    ["Bearer tr_unknown", "Bearer ", "Basic dHI6eA==", "Bearer \xff\xfe", "Bearer a b", "bearer", "=", "Token x"],
)
def test_a_token_that_nobody_made_opens_nothing(app: Flask, header: str) -> None:
    answer = app.test_client().get("/api/v1/lots", headers={"Authorization": header})

    assert answer.status_code == 401
    assert answer.get_json()["name"] == "TokenNeeded"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_token_that_ended_opens_nothing(app: Flask, cooperative: Actor) -> None:
    expired = Program(app, token_of(app, cooperative, "bakari", days=0))
    revoked = Program(app, token_of(app, cooperative, "malee"))
    revoked.get("/lots")
    for token_id in (1, 2):
        app.extensions["database"].write(lambda session, id=token_id: revoke_token(session, cooperative, id))

    assert expired.get("/lots", 401)["status"] == 401
    assert revoked.get("/lots", 401)["status"] == 401


def test_a_scope_opens_only_what_it_says(app: Flask, cooperative: Actor) -> None:
    reader = Program(app, token_of(app, cooperative, "reader", scopes="read"))
    writer = Program(app, token_of(app, cooperative, "writer", scopes="write"))
    neither = Program(app, token_of(app, cooperative, "neither", scopes=""))

    reader.get("/farmers")
    refused = reader.send("/farmers", {"client_id": "farmer-1", "name": "Sida", **HERE})
    assert refused.status_code == 403
    assert refused.get_json()["name"] == "ScopeMissing"
    assert 'scope="write"' in refused.headers["WWW-Authenticate"]
    writer.say("/farmers", name="Sida", **HERE)
    writer.get("/farmers", 403)
    neither.get("/farmers", 403)
    neither.say("/farmers", 403, name="Sida", **HERE)


def test_a_token_may_no_more_than_the_role_of_its_person(app: Flask, cooperative: Actor) -> None:
    clerk = Program(app, token_of(app, cooperative, "clerk", "clerk"))

    clerk.say("/farmers", name="Sida", **HERE)
    refused = clerk.say("/releases", 403, batch="K7M2Q4RX")
    assert refused["name"] == "Forbidden"
    clerk.say("/users", 403, login="eve", name="Eve", password="a long enough password", roles=["manager"])


def test_an_outsider_finds_nothing_of_anybody_else(bakari: Program, dao: Program) -> None:
    farmer = bakari.say("/farmers", name="Amina Vongsavath", **HERE)["answer"]["farmer"]
    plot = bakari.say("/plots", farmer=farmer, name="Upper", commodity="arabica_coffee", area_m2=90_000, **HERE)
    mill = bakari.say("/facilities", name="Mill", kind="dry_mill", prefix="NL", **HERE)["answer"]["facility"]
    partner = bakari.say("/partners", name="Bottega", kind="buyer", **HERE)["answer"]["partner"]
    said = {"facility": mill, "farmer": farmer, "bags_g": [50_000], **COFFEE}
    done = bakari.say("/weigh-ins", **said)
    lot, number = done["answer"]["lot"], done["answer"]["number"]
    hold = bakari.say("/holds", lot=lot, reason="Wet")["answer"]["hold"]
    recall = bakari.say("/recalls", lot=lot, reason="Wet", action="Send it back")["answer"]["recall"]

    for read in READS:
        own = [row for row in dao.get(read.path)["items"] if row.get("kind") not in ABOUT_HERSELF]
        assert own == [], read.many
    for path in (
        f"/farmers/{farmer}",
        f"/plots/{plot['answer']['plot']}",
        f"/facilities/{mill}",
        f"/partners/{partner}",
        f"/lots/{lot}",
        f"/lots/{number}",
        f"/lots/{lot}/events",
        f"/lots/{lot}/trace-back",
        f"/lots/{lot}/trace-forward",
        f"/holds/{hold}",
        f"/recalls/{recall}",
        f"/events/{done['event']}",
        f"/batches/{lot}/dossier",
    ):
        assert bakari.get(path, 404 if "dossier" in path else 200)
        assert "Amina" not in str(dao.get(path, 404)), path
    for path, body in (
        ("/weigh-ins", said),
        ("/consents", {"farmer": farmer, "named_in_public": True}),
        ("/holds", {"lot": lot, "reason": "Mine now"}),
        ("/closed-holds", {"hold": hold, "passed": True, "outcome": "Fine"}),
        ("/lifted-recalls", {"recall": recall, "outcome": "Fine"}),
        ("/disposals", {"lot": lot, "reason": "Mine now"}),
        ("/error-declarations", {"event": done["event"], "reason": "did_not_occur", "note": "No"}),
    ):
        assert dao.say(path, 404, **body)["status"] == 404


def test_the_same_client_id_of_two_organisations_is_two_things(bakari: Program, dao: Program) -> None:
    said = {"client_id": "farmer-number-1", "name": "Sida", **HERE}

    assert bakari.send("/farmers", said).status_code == dao.send("/farmers", said).status_code == 201


def test_a_person_without_any_role_left_is_nobody(app: Flask, cooperative: Actor, bakari: Program) -> None:
    bakari.get("/lots")

    app.extensions["database"].write(lambda session: session.execute(delete(Membership)))

    assert bakari.get("/lots", 401)["name"] == "TokenNeeded"


def test_a_new_password_ends_the_tokens_of_that_person_and_is_said_once(
    app: Flask, cooperative: Actor, bakari: Program
) -> None:
    noy = Program(app, token_of(app, cooperative, "noy", "clerk"))
    noy.get("/lots")
    said = {"client_id": "noy-forgot-it", "login": "noy", "password": "another long password"}
    bakari.say("/passwords", **said)
    assert noy.get("/lots", 401)["name"] == "TokenNeeded"
    assert bakari.say("/passwords", 200, **said)["replayed"] is True
    other = bakari.say("/passwords", 422, **{**said, "password": "yet another password"})
    assert (other["name"], other["at"]) == ("SaidDifferently", "password")
    bakari.get("/lots")  # whoever gave it stays in


def test_whoever_leaves_takes_no_program_along_and_a_program_closes_whom_it_may(
    app: Flask, cooperative: Actor, bakari: Program, dao: Program
) -> None:
    noy = Program(app, token_of(app, cooperative, "noy", "clerk"))
    noy.say("/closed-members", 403, login="bakari", reason="I want to")
    said = {"client_id": "noy-leaves-us", "login": "noy", "reason": "Moved away"}
    for login in ("noy", "nobody"):
        assert dao.say("/closed-members", 404, login=login, reason="x")["name"] == "NoSuchUser"
        assert dao.say("/opened-members", 404, login=login)["name"] == "NoSuchUser"
    assert bakari.say("/closed-members", 422, login="noy")["errors"].keys() == {"reason"}
    assert bakari.say("/closed-members", **said)["answer"] == {"login": "noy", "closed": True}
    assert bakari.say("/closed-members", 200, **said)["kind"] == "close_member"  # said again it is the same
    assert noy.get("/lots", 401)["name"] == "TokenNeeded"
    assert bakari.say("/closed-members", 409, login="noy", reason="Again")["name"] == "ClosedBefore"
    assert bakari.say("/closed-members", 409, login="bakari", reason="Tired")["name"] == "YourselfClosed"
    assert bakari.say("/opened-members", login="noy")["answer"] == {"login": "noy", "closed": False}
    assert noy.get("/lots", 401)["name"] == "TokenNeeded"  # new access is made for a new beginning
    closed = bakari.say("/members", 422, login="noy", roles=["clerk"], closed=True)  # as it was said before
    assert closed["errors"].keys() == {"closed"}
