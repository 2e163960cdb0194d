"""The published contract is true: it is well-formed, it names every route, and what it promises is what is answered."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from flask import Flask

from tests.web.applications import application
from tests.web.program import Program, organisation, token_of
from traceability.domain.reports import Told
from traceability.models.database import Database
from traceability.operations.reports import receive_report

ROUNDS = 6  # of odd bodies for every operation that takes one
ODD_VALUES: tuple[Any, ...] = (
    None,
    "",
    0,
    -1,
    10**15,
    2**63,
    1.5,
    True,
    [],
    {},
    "x" * 500,
    "ກາເຟ",
    "\u200b",
    [None],
    "2026-02-30",
    "NL",
)
HERE = {"country": "LA"}
SERIAL = "7Q4R9K2MX1B8D5T3N6WZ"


@pytest.fixture
def contract(app: Flask) -> dict[str, Any]:
    """The document as anybody can fetch it."""
    answer = app.test_client().get("/api/v1/openapi.json")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    found: dict[str, Any] = answer.get_json()
    return found


@pytest.fixture
def program(database: Database, database_url: str, tmp_path: Path) -> Iterator[Program]:
    """A program of a cooperative that has one of everything, named as the examples name it; on both databases."""
    app = application(database_url, tmp_path)
    home = organisation(app, "Nong Luang", "NL")
    token_of(app, home, "bakari", "clerk")  # whom the examples give a new password, which ends his tokens
    program = Program(app, token_of(app, home, "robot"))
    fill(program, organisation(app, "Chiara Trading", "CT").org_code)
    yield program
    app.extensions["database"].close()


def fill(program: Program, importer: str) -> None:
    """One record of every kind."""
    program.say("/farmers", name="Amina Vongsavath", number="0001", **HERE)
    program.say("/plots", farmer="0001", name="Upper", commodity="arabica_coffee", area_m2=12_000, **HERE)
    program.say("/facilities", name="Mill", kind="dry_mill", prefix="NL", **HERE)
    program.say("/partners", name="Bottega", kind="buyer", **HERE)
    program.say("/registrations", scheme="packing_house", official_code="LA-1", facilities=["NL"])
    program.say("/suspensions", scheme="packing_house", official_code="LA-1", from_on="2026-01-01", reason="Audit")
    certificate = {"scheme": "organic", "number": "1", "issuer": "Certifier", "custody": "segregated"}
    program.say("/certificates", **certificate, valid_from="2026-01-01", farmers=["0001"])
    coffee = {"facility": "NL", "farmer": "0001", "commodity": "arabica_coffee", "form": "green"}
    program.say("/weigh-ins", **coffee, bags_g=[60_000] * 10, receipt_number="NL-1120-001")
    price = {"price_per_kg": 1_000, "currency": "LAK"}
    other = program.say("/weigh-ins", **coffee, bags_g=[50_000], **price)["answer"]["lot"]
    program.say("/payments", farmer="0001", amount=20_000, currency="LAK")
    program.say("/holds", lot=other, reason="Wet")
    program.say("/recalls", lot=other, reason="Wet", action="Send it back")
    program.say("/inspections", lot="NL-1120-001", measured=[{"property": "moisture", "value": "11.8", "unit": "%"}])
    program.say("/dispatches", lot="NL-1120-001", to_organisation=importer, mass_g=60_000, count=1)
    inputs = [{"lot": "NL-1120-001", "mass_g": 120_000, "count": 2}]
    bags = {"form": "green", "unit": "bag", "count": 2, "mass_g": 120_000}
    packed = program.say("/packings", facility="NL", inputs=inputs, **bags)["answer"]["lot"]
    program.say("/batches", lot=packed, destination="IT", ico="105/3/285")
    program.say("/releases", batch=packed)
    program.say("/label-runs", batch=packed, first=1, last=1, of=2, layout="tag")
    program.say("/pallets", batch=packed, first=1, last=1)
    program.say("/gs1-numbers", company_prefix="9506000")
    told = Told(client_id="form-of-a-reader", differs="seal", contact="+856 20 5550 7777")
    keep = partial(receive_report, code=packed, told=told, photo=b"a photo", language="en")
    program.app.extensions["database"].write(keep)


def operations(contract: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every path, method and operation of the document."""
    for path, methods in contract["paths"].items():
        for method, operation in methods.items():
            if method in ("get", "post"):
                yield path, method, operation


def validator(contract: dict[str, Any], schema: dict[str, Any]) -> jsonschema_rs.Draft202012Validator:
    """A check of one schema of the document, with everything it refers to."""
    return jsonschema_rs.Draft202012Validator({**schema, "components": contract["components"]})


def body_of(operation: dict[str, Any]) -> dict[str, Any]:
    content: dict[str, Any] = operation["requestBody"]["content"]["application/json"]
    return content


def references(node: Any) -> Iterator[str]:
    """Every `$ref` in a document."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for below in node.values():
            yield from references(below)
    elif isinstance(node, list):
        for below in node:
            yield from references(below)


def test_the_document_is_openapi_and_everything_in_it_can_be_found(contract: dict[str, Any]) -> None:
    assert contract["openapi"].startswith("3.1.")
    assert {"title", "version"} <= set(contract["info"])
    for reference in references(contract):
        found: Any = contract
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]
        assert found, reference
    for name, schema in contract["components"]["schemas"].items():
        jsonschema_rs.meta.validate({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema})
        assert schema["type"] == "object", name


def test_every_route_is_in_the_document_and_nothing_else(app: Flask, contract: dict[str, Any]) -> None:
    routes = {
        (rule.rule.replace("<", "{").replace(">", "}"), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }

    assert {(path, method) for path, method, _ in operations(contract)} == routes


def test_every_operation_says_what_it_does_who_may_and_how_it_fails(contract: dict[str, Any]) -> None:
    names = []
    for path, method, operation in operations(contract):
        names.append(operation["operationId"])
        assert operation["summary"], path
        assert {"$ref": "#/components/responses/Problem"} in operation["responses"].values(), path
        wanted = {"get": "read", "post": "write"}[method]
        assert operation["security"] == ([] if path.endswith("openapi.json") else [{"token": [wanted]}])
        given = {parameter["name"] for parameter in operation.get("parameters", [])}
        given |= {parameter["name"] for parameter in contract["paths"][path].get("parameters", [])}
        assert ("{code}" in path) == ("code" in given), path
    assert len(names) == len(set(names))
    problem = contract["components"]["responses"]["Problem"]["content"]
    assert list(problem) == ["application/problem+json"]


def test_our_own_fields_are_published_as_what_a_program_sends(contract: dict[str, Any]) -> None:
    schemas = contract["components"]["schemas"]
    weigh_in = schemas["WeighIn"]["properties"]

    assert weigh_in["bags_g"]["items"] == {
        "title": "Bag",
        "type": "integer",
        "minimum": 1,
        "maximum": 10**15,
        "description": "Whole grams.",
    }
    assert (weigh_in["tare_g"]["minimum"], weigh_in["tare_g"]["default"]) == (0, 0)
    assert weigh_in["price_per_kg"]["type"] == ["integer", "null"]
    assert weigh_in["currency"]["enum"] == ["LAK", "VND", "CNY", "USD"]
    assert weigh_in["occurred_at"]["format"] == "date-time"
    assert weigh_in["confirmed"] == {"title": "It is right", "type": "boolean"}
    assert "client_id" not in schemas["WeighIn"]["required"]  # the header may carry it
    assert schemas["WeighIn"]["additionalProperties"] is False
    assert schemas["Process"]["properties"]["inputs"]["minItems"] == 1
    assert schemas["Plot"]["properties"]["area_m2"]["type"] == "integer"
    assert schemas["Suspension"]["properties"]["from_on"]["format"] == "date"


def test_typed_reasons_are_published_with_the_language_they_stand_in(contract: dict[str, Any]) -> None:
    schemas = contract["components"]["schemas"]
    for name, texts in (("Alert", ("reason", "action")), ("Lifted", ("reason", "outcome")), ("Change", ("reason",))):
        for text in texts:
            told = schemas[f"Dossier{name}"]["properties"][f"{text}_language"]
            assert (told["type"], f"`{text}`" in told["description"]) == ("string", True)


def test_every_example_has_the_shape_that_is_published(contract: dict[str, Any]) -> None:
    for path, method, operation in operations(contract):
        if method == "post":
            content = body_of(operation)
            errors = [str(error) for error in validator(contract, content["schema"]).iter_errors(content["example"])]
            assert not errors, path
    problem = contract["components"]["responses"]["Problem"]["content"]["application/problem+json"]
    assert validator(contract, problem["schema"]).is_valid(problem["example"])


def test_whatever_is_sent_the_answer_is_one_that_is_published(program: Program) -> None:
    """Every operation with its example and with odd bodies: no failure of ours, no surprise."""
    contract = program.client.get("/api/v1/openapi.json").get_json()
    chance = random.Random(11)
    met = set()
    for path, method, operation in operations(contract):
        path = path.removeprefix("/api/v1")
        if method == "get":
            known = program.get(f"/{path.split('/')[1]}", limit=1)["items"][0]["code"] if "{code}" in path else ""
            asked = "?confirmed=yes" if path.endswith("}/labels.pdf") else ""  # it is stopped by then
            addresses = [path.replace("{code}", code).replace("{serial}", SERIAL) for code in (known, "K7M2Q4RX")]
            addresses = [address + asked for address in addresses]
            answers = [program.client.get(f"/api/v1{address}", headers=program.headers) for address in addresses]
            while answers[0].status_code == 202:  # a paper that is being made
                time.sleep(0.05)
                answers.insert(0, program.client.get(f"/api/v1{addresses[0]}", headers=program.headers))
            assert answers[0].status_code == 200, path
        else:
            example = body_of(operation)["example"]
            bodies = [example, *(odd(example, contract, operation, chance) for _ in range(ROUNDS))]
            answers = [program.send_text(path, json.dumps(body).encode()) for body in bodies]
        for answer in answers:
            status = str(answer.status_code)
            assert status in operation["responses"], f"{path}: {answer.text}"
            met.add(status)
            promised = operation["responses"][status]
            if "$ref" in promised:
                promised = contract["components"]["responses"]["Problem"]
            ((kind, content),) = promised["content"].items()
            assert answer.mimetype == kind, path
            if kind in ("application/pdf", "image/jpeg"):
                assert answer.data, path
                answer.close()
                continue
            assert not [str(error) for error in validator(contract, content["schema"]).iter_errors(answer.get_json())]
    assert {"200", "201", "404", "422"} <= met


def test_a_name_that_grows_when_it_is_folded_for_searching_is_kept(program: Program) -> None:
    for name in ("ß" * 200, "ΐ" * 200):
        assert program.say("/partners", name=name, kind="buyer", **HERE)["answer"]["partner"]
        assert program.say("/farmers", name=name, **HERE)["answer"]["farmer"]


def odd(example: dict[str, Any], contract: dict[str, Any], operation: dict[str, Any], chance: random.Random) -> Any:
    """The example with one or two of its published fields turned into something strange."""
    schema = contract["components"]["schemas"][body_of(operation)["schema"]["$ref"].rsplit("/", 1)[1]]
    body = {**example, "client_id": f"odd-{chance.randrange(10**12)}"}
    for name in chance.sample(sorted(schema["properties"]), chance.choice((1, 1, 2))):
        body[name] = chance.choice(ODD_VALUES)
    return body
