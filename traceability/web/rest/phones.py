"""What a phone asks the API for: everything a clerk needs without a signal, or what changed of it.

Farmers and goods are asked for apart: goods change with every entry, and are a small part of it all.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, Final, NamedTuple

from flask import Response, request
from flask_smorest import Blueprint

from traceability.queries.snapshot import snapshot
from traceability.queries.snapshot_goods import snapshot_goods
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
    """Add the two addresses."""
    whole = "All of it, or what differs from `since`."
    for path, operation_id, summary, read in (
        ("/snapshot", "snapshot", "What a phone needs without a signal", everything_needed),
        ("/snapshot/goods", "snapshot_goods", "Open lots and goods on the road, for a phone without a signal", goods),
    ):
        view = blueprint.arguments(SinceSchema, location="query")(read)
        view = blueprint.response(200, {"type": "object"}, description=whole)(view)
        view = refusing(blueprint, view, 401, 403, 422)
        view = blueprint.doc(summary=summary, operationId=operation_id, security=[{"token": ["read"]}])(view)
        blueprint.add_url_rule(path, operation_id, view, methods=["GET"])


def everything_needed(asked: Since) -> Response:
    """Settings, farmers and plots, as small as can be: it has to come over the slowest of networks."""
    with database().reading() as session:
        return _packed(snapshot(session, caller(), asked.since))


def goods(asked: Since) -> Response:
    """The newest open lots, what is on the road to us, and where goods can be sent."""
    with database().reading() as session:
        return _packed(snapshot_goods(session, caller(), asked.since))


def _packed(found: dict[str, Any]) -> Response:
    body = json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()
    answer = Response(body, mimetype="application/json")
    answer.set_etag(hashlib.sha256(body).hexdigest()[:20])
    if request.accept_encodings.quality("gzip") > 0 and len(body) > _WORTH_IT:
        answer.set_data(compressed(body))
        answer.headers["Content-Encoding"] = "gzip"
    answer.make_conditional(request)
    return answer
