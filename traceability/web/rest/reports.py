"""The photo of a report over the API, for those alone whose role may handle reports."""

from __future__ import annotations

from flask import Response, make_response
from flask_smorest import Blueprint

from traceability.domain.events import Kind
from traceability.domain.roles import MAY
from traceability.queries.reports import photo_of
from traceability.web.pages import database
from traceability.web.rest.callers import caller
from traceability.web.rest.contract import refusing


def mount(blueprint: Blueprint) -> None:
    """Add the endpoint; the reports themselves are in the table of reads."""
    picture = {"type": "string", "format": "binary"}
    view = blueprint.response(200, picture, content_type="image/jpeg", description="The photo.")(photo_of_report)
    view = refusing(blueprint, view, 401, 403, 404)
    view = blueprint.doc(
        summary="The photo of a report",
        description=f"Open to the roles {', '.join(sorted(MAY[Kind.HANDLE_REPORT]))}.",
        operationId="get_photo_of_report",
        security=[{"token": ["read"]}],
    )(view)
    blueprint.add_url_rule("/reports/<code>/photo", "get_photo_of_report", view, methods=["GET"])


def photo_of_report(code: str) -> Response:
    """The photo as it was drawn anew when it came in."""
    caller().require(Kind.HANDLE_REPORT)
    with database().reading() as session:
        answer = make_response(photo_of(session, caller(), code))
    answer.mimetype = "image/jpeg"
    return answer
