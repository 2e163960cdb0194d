"""A page of the paper book over the API: every line becomes a weigh-in, or none does."""

from __future__ import annotations

from inspect import getdoc
from typing import Any, NamedTuple

from flask_smorest import Blueprint

from traceability.domain.events import Kind
from traceability.domain.paper import PaperPage
from traceability.domain.roles import MAY
from traceability.operations.ledger import Done
from traceability.operations.paper import record_paper_page
from traceability.schemas.answers import PageAnswer
from traceability.schemas.paper import PaperPageSchema
from traceability.web.pages import database
from traceability.web.rest.callers import caller
from traceability.web.rest.contract import REPLAYED, example_of, refusing


class Said(NamedTuple):
    """The weigh-ins of a page, line by line, and whether all of them were on record already."""

    items: list[Done]
    replayed: bool


def mount(blueprint: Blueprint) -> None:
    """Add the endpoint."""
    view = blueprint.arguments(PaperPageSchema, example=example_of(PaperPageSchema()))(record_page)
    view = blueprint.response(201, PageAnswer, description="All lines are on record.")(view)
    view = blueprint.alt_response(
        200, schema=PageAnswer, headers=REPLAYED, description="They were already on record; this is the same answer."
    )(view)
    view = refusing(blueprint, view, 400, 401, 403, 404, 409, 413, 415, 422)
    view = blueprint.doc(
        summary="Record a page of the paper book",
        description=f"{getdoc(record_paper_page)}\n\nOpen to the roles {', '.join(sorted(MAY[Kind.WEIGH_IN]))}.",
        operationId="paper_page",
        security=[{"token": ["write"]}],
    )(view)
    blueprint.add_url_rule("/paper-pages", "paper_page", view, methods=["POST"])


def record_page(fact: PaperPage) -> tuple[Said, int, dict[str, Any]]:
    """All lines or none, and only when they sum to the total."""
    actor = caller()
    done = database().write(lambda session: record_paper_page(session, actor, fact))
    replayed = all(one.replayed for one in done)
    return Said(done, replayed), 200 if replayed else 201, {"Idempotent-Replayed": "true"} if replayed else {}
