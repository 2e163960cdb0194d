"""The API at /api/v1: the operations and the records of an organisation for its own programs."""

from __future__ import annotations

import json
from typing import Any

from flask import Flask, Response, current_app
from flask_smorest import Blueprint

from traceability.web import errors
from traceability.web.rest import phones, reads, writes
from traceability.web.rest.bodies import Bodies
from traceability.web.rest.callers import let_in
from traceability.web.rest.contract import contract_of
from traceability.web.session import guards_itself


class Endpoints(Blueprint):  # type: ignore[misc]  # flask-smorest publishes no types
    """flask-smorest's blueprint, reading what comes in as we read it."""

    ARGUMENTS_PARSER = Bodies()


def contract() -> Response:
    """What the API is: this document."""
    return Response(current_app.extensions["contract"], mimetype="application/json")


def _endpoints() -> Endpoints:
    blueprint = Endpoints("api", __name__, url_prefix="/api/v1", description="The record of one organisation.")
    guards_itself(blueprint)
    blueprint.before_request(let_in)
    writes.mount(blueprint)
    reads.mount(blueprint)
    phones.mount(blueprint)
    described = blueprint.response(200, {"type": "object"}, description="OpenAPI 3.1.")(contract)
    open_to_all = blueprint.doc(summary="This document", operationId="contract", security=[])(described)
    blueprint.add_url_rule("/openapi.json", "contract", open_to_all, methods=["GET"])
    return blueprint


blueprint = _endpoints()


def register(app: Flask) -> None:
    """Mount the API and publish its contract."""
    api: Any = contract_of(app)
    errors.install(app)  # again: flask-smorest has put its own handler in the place of ours, and loses `Allow`
    api.register_blueprint(blueprint)
    app.extensions["contract"] = json.dumps(api.spec.to_dict(), ensure_ascii=False)
