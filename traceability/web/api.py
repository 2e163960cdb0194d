"""The API at /api/v1: the operations and the records of an organisation for its own programs."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from flask import Flask, Response
from flask_smorest import Blueprint

from traceability.web.rest import labels, paper, phones, reads, reports, writes
from traceability.web.rest.bodies import Bodies
from traceability.web.rest.callers import let_in
from traceability.web.rest.contract import contract_of
from traceability.web.session import guards_itself


class Endpoints(Blueprint):  # type: ignore[misc]  # flask-smorest publishes no types
    """flask-smorest's blueprint, reading what comes in as we read it."""

    ARGUMENTS_PARSER = Bodies()


def contract() -> Response:
    """What the API is: this document."""
    return Response(_written(), mimetype="application/json")


def _endpoints() -> Endpoints:
    blueprint = Endpoints("api", __name__, url_prefix="/api/v1", description="The record of one organisation.")
    guards_itself(blueprint)
    blueprint.before_request(let_in)
    writes.mount(blueprint)
    paper.mount(blueprint)
    reads.mount(blueprint)
    labels.mount(blueprint)
    reports.mount(blueprint)
    phones.mount(blueprint)
    described = blueprint.response(200, {"type": "object"}, description="OpenAPI 3.1.")(contract)
    open_to_all = blueprint.doc(summary="This document", operationId="contract", security=[])(described)
    blueprint.add_url_rule("/openapi.json", "contract", open_to_all, methods=["GET"])
    return blueprint


blueprint = _endpoints()


def register(app: Flask) -> None:
    """Mount the API."""
    app.register_blueprint(blueprint)


@cache
def _written() -> str:
    """The contract, when somebody first asks for it: writing it takes longer than mounting all there is.

    flask-smorest writes it beside an application of its own, and so leaves our handlers of errors in their places.
    """
    api: Any = contract_of(Flask("contract"))
    api.register_blueprint(blueprint)
    return json.dumps(api.spec.to_dict(), ensure_ascii=False)
