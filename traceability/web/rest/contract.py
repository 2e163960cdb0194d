"""The contract of the API in OpenAPI 3.1: how our own fields are published, examples, problems.

marshmallow's published types do not know our fields (a mass would be a string): each kind of field says here what a
program must send.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.openapi import OpenAPIConverter
from flask_smorest import Api, Blueprint
from marshmallow import Schema, fields, missing

from traceability.schemas.answers import ProblemAnswer
from traceability.schemas.fields import (
    Area,
    Choice,
    ClientId,
    Code,
    Count,
    Day,
    Described,
    Exact,
    Flag,
    Mass,
    Moment,
    Money,
    Number,
    Rows,
    Several,
    Text,
)
from traceability.schemas.inspection import Base64
from traceability.schemas.paper import MOST_BAGS, Bags

PROBLEM: Final = "Problem"
REPLAYED: Final = {"Idempotent-Replayed": {"schema": {"type": "string", "enum": ["true"]}}}
DESCRIPTION: Final = """The record of one organisation: what was weighed, made, packed, moved, measured and recalled.

Masses are whole grams, areas whole square metres, amounts of money whole units. Every write carries a `client_id`, or
the header `Idempotency-Key`, that no other write uses: sending it again changes nothing and answers the same, marked
`Idempotent-Replayed: true`. A write without `occurred_at` happens now. What looks unusual is refused with `warnings`;
send it again with `confirmed: true` when it is right. Papers are PDF in the language of `Accept-Language`; 202 says
that one is being made: ask again. Problems are `application/problem+json` (RFC 9457)."""

UNITS: Final[dict[type[Number], str]] = {
    Mass: "Whole grams.",
    Area: "Whole square metres.",
    Money: "Whole units of the currency.",
}
WORDS: Final = {
    "client_id": "5f0c8a52-7d0b-4c1e-9a3f-0b6f1c2d3e4f",
    "farmer": "0001",
    "plot": "K7M2Q4RX",
    "facility": "NL",
    "commodity": "arabica_coffee",
    "form": "fresh_cherry",
    "goods": "arabica_coffee.green",
    "way": "graded_green",
    "unit": "bag",
    "name": "Amina Vongsavath",
    "loss": "moisture",
    "login": "bakari",
    "password": "three words in a row",
    "to_organisation": "K7M2Q4RX",
    "batch": "NL-1120-002",
    "old": "NL-1120-002",
    "new": "NL-1120-003",
    "buyer": "K7M2Q4RX",
    "transfer": "K7M2Q4RX",
    "hold": "K7M2Q4RX",
    "recall": "K7M2Q4RX",
    "authority": "K7M2Q4RX",
    "event": "K7M2Q4RX",
    "request": "K7M2Q4RX",
    "report": "K7M2Q4RX",
    "attachment": "K7M2Q4RX",
    "run": "K7M2Q4RX",
    "pallet": "K7M2Q4RX",
    "serial": "7Q4R9K2MX1B8D5T3N6WZ",
    "gln": "9506000134352",
    "scale": "K7M2Q4RX",
    "prefix": "NL",
    "official_code": "LA-CHP-0042",
    "content": "JVBERi0xLjQK",  # the first line of a PDF
    "property": "moisture",
    "value": "11.8",
    "reason": "As agreed with the buyer.",
}
ANY_LOT: Final = "NL-1120-001"


class Publisher(OpenAPIConverter):
    """Publishes our own fields as what a program sends."""

    def field2property(self, field: fields.Field[Any]) -> dict[str, Any]:
        """The JSON Schema of one field."""
        if not isinstance(field, Described):
            found: dict[str, Any] = super().field2property(field)
            if isinstance(field, Several | Rows):
                found.pop("default", None)
                found |= _present(minItems=field.least or None, maxItems=field.most)
            return found
        found = {**field.metadata, **_shape(field)}
        if field.load_default not in (missing, type(field).empty):
            found["default"] = field.load_default
        if field.allow_none:
            found["type"] = [found["type"], "null"]
        return found

    def fields2jsonschema(self, fields: Any, *, partial: Any = None) -> dict[str, Any]:
        """The JSON Schema of an object; the client id may come in a header instead."""
        found: dict[str, Any] = super().fields2jsonschema(fields, partial=partial)  # type: ignore[no-untyped-call]
        if isinstance(fields.get("client_id"), ClientId):
            found["required"] = [name for name in found["required"] if name != "client_id"]
            if not found["required"]:
                del found["required"]
        return found


class Contract(Api):  # type: ignore[misc]  # flask-smorest publishes no types
    """flask-smorest's document, with our problems in the place of its errors."""

    ERROR_SCHEMA = ProblemAnswer
    DEFAULT_ERROR_RESPONSE_NAME = PROBLEM


class Plugin(MarshmallowPlugin):
    """apispec's reading of marshmallow, with our publisher."""

    Converter = Publisher


def _shape(field: Described) -> dict[str, Any]:
    """Type and bounds of one of our fields."""
    if isinstance(field, Number):
        unit = next((text for kind, text in UNITS.items() if isinstance(field, kind)), "")
        described = " ".join(part for part in (unit, field.hint) if part)
        return {"type": "integer"} | _present(minimum=field.least, maximum=field.most, description=described or None)
    if isinstance(field, Flag):
        return {"type": "boolean"}
    if isinstance(field, Bags):
        grams = {"type": "integer", "minimum": 1, "description": "Whole grams."}
        return {"type": "array", "items": grams, "minItems": 1, "maxItems": MOST_BAGS}
    if isinstance(field, Exact):
        return {"type": "string", "pattern": rf"^-?\d+(\.\d{{1,{field.places}}})?$"}
    if isinstance(field, Choice):
        return {"type": "string", "maxLength": field.most} | _present(enum=[key for key, _ in field.choices] or None)
    if isinstance(field, ClientId):
        return {"type": "string", "pattern": "^[A-Za-z0-9-]{8,60}$"}
    if isinstance(field, Base64):
        return {"type": "string", "contentEncoding": "base64", "maxLength": field.most, "minLength": 4}
    if isinstance(field, Day):
        return {"type": "string", "format": "date"}
    if isinstance(field, Moment):
        return {"type": "string", "format": "date-time"}
    if isinstance(field, Text):
        least = max(field.least, int(field.required))
        shown = r"^([A-Za-z0-9][A-Za-z0-9 ./_-]*)?$" if isinstance(field, Code) else None
        return {"type": "string", "maxLength": field.most} | _present(minLength=least or None, pattern=shown)
    raise TypeError(f"{type(field).__name__} has no published shape yet: give it one here")


def _present(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def example_of(schema: Schema) -> dict[str, Any]:
    """A small body that has the right shape: the client id, and every field that must be there."""
    return {name: _example(name, field) for name, field in schema.fields.items() if field.required}


def _example(name: str, field: fields.Field[Any]) -> Any:
    if isinstance(field, Rows):
        return [example_of(field.schema)]
    if isinstance(field, Several):
        return [_example(name, field.inner)]
    if isinstance(field, Mass | Area):
        return 48_500
    if isinstance(field, Bags):
        return [48_500]
    if isinstance(field, Count | Number):
        return 1
    if isinstance(field, Flag):
        return True
    if isinstance(field, Day):
        return "2026-11-20"
    if isinstance(field, Choice) and field.choices:
        return field.choices[0][0]
    fallback = ANY_LOT if isinstance(field, Code) else "K7M2Q4RX" if isinstance(field, Choice) else "As written"
    return WORDS.get(name, fallback)


def refusing(blueprint: Blueprint, view: Callable[..., Any], *statuses: int) -> Callable[..., Any]:
    """Document the problems that a view may answer with: at once, for every wrapper costs at start and at each call."""
    described: Callable[..., Any] = blueprint.doc(responses={str(status): PROBLEM for status in statuses})
    return described(view)  # type: ignore[no-any-return]


def contract_of(app: Any) -> Contract:
    """The contract of an application's API, still without its paths."""
    api = Contract(
        app,
        spec_kwargs={
            "title": "traceability",
            "version": "v1",
            "openapi_version": "3.1.0",
            "marshmallow_plugin": Plugin(schema_name_resolver=_name_of),
            "info": {"description": DESCRIPTION, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        },
    )
    api.spec.components.security_scheme(
        "token", {"type": "http", "scheme": "bearer", "description": "A token with the scopes `read`, `write` or both."}
    )
    example = {
        "type": "/problems/NotEnoughLeft",
        "title": "This does not fit the record",
        "status": 409,
        "detail": "Lot NL-1120-001 holds 48.5 kg; 50 kg was asked for. Take less, or add a lot.",
        "name": "NotEnoughLeft",
    }
    body = {"schema": ProblemAnswer, "example": example}
    described = {"description": "It was not done, and why.", "content": {"application/problem+json": body}}
    api.spec.components.response(PROBLEM, described)
    return api


def _name_of(schema: Any) -> str:
    """`WeighInSchema` is published as `WeighIn`; what belongs to the dossier says so."""
    kind = schema if isinstance(schema, type) else type(schema)
    name = str(kind.__name__).removesuffix("Schema")
    in_dossier = kind.__module__.endswith(".dossier") and not name.startswith("Dossier")
    return f"Dossier{name}" if in_dossier else name
