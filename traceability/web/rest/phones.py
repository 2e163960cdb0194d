"""What a phone asks the API for: everything a clerk needs without a signal, or what changed of it."""

from __future__ import annotations

import hashlib
import json
from typing import Final, NamedTuple

from flask import Response, request
from flask_smorest import Blueprint

from traceability.queries.snapshot import snapshot
from traceability.schemas import Schema
from traceability.schemas.fields import Text
from traceability.web.compression import compressed
from traceability.web.pages import database
from traceability.web.rest.callers import caller
from traceability.web.rest.contract import refusing
from traceability.words import N_

_WORTH_IT: Final = 1_000


class Since(NamedTuple):
    """The version of what the caller has already."""

    since: str


class SinceSchema(Schema):
    """The address may name the version of an answer before."""

    makes = Since
    since = Text(N_("Changed since"), most=2_000, hint=N_("The `version` of the answer before. Leave it out to begin."))


def mount(blueprint: Blueprint) -> None:
    """Add the one address."""
    view = blueprint.arguments(SinceSchema, location="query")(everything_needed)
    view = blueprint.response(200, {"type": "object"}, description="All of it, or what differs from `since`.")(view)
    view = refusing(blueprint, view, 401, 403, 422)
    summary = "What a phone needs without a signal"
    view = blueprint.doc(summary=summary, operationId="snapshot", security=[{"token": ["read"]}])(view)
    blueprint.add_url_rule("/snapshot", "snapshot", view, methods=["GET"])


def everything_needed(asked: Since) -> Response:
    """Settings, farmers and plots, as small as can be: it has to come over the slowest of networks."""
    with database().reading() as session:
        found = snapshot(session, caller(), asked.since)
    body = json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()
    answer = Response(body, mimetype="application/json")
    answer.set_etag(hashlib.sha256(body).hexdigest()[:20])
    if request.accept_encodings.quality("gzip") > 0 and len(body) > _WORTH_IT:
        answer.set_data(compressed(body, 9))
        answer.headers["Content-Encoding"] = "gzip"
    answer.make_conditional(request)
    return answer
