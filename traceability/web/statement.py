"""The statement of a farmer's season, on a page and on paper."""

from __future__ import annotations

import re
from functools import partial

from flask import Blueprint, Response, current_app, request

from traceability.documents import terms
from traceability.documents.statement import statement_pdf
from traceability.domain.statement import Statement
from traceability.domain.text import ascii_forms
from traceability.queries.statements import statement as statement_of
from traceability.web.language import current_language
from traceability.web.pages import database, page
from traceability.web.session import current_actor, signed_in

blueprint = Blueprint("statement", __name__)


@blueprint.get("/farmers/<code>/statement")
@signed_in()
def statement(code: str) -> Response:
    """One season: what was brought, what was paid, where it went. `?season=2025/26&product=mango`, else the newest."""
    found = _asked(code)
    return page("statement/statement.html", found=found, country=partial(terms.country, current_language()))


@blueprint.get("/farmers/<code>/statement.pdf")
@signed_in()
def paper(code: str) -> Response:
    """The same on A4."""
    found = _asked(code)
    response = current_app.response_class(statement_pdf(found, language=current_language()), mimetype="application/pdf")
    season = "-".join(re.findall(r"[A-Za-z0-9]+", ascii_forms(found.season.name))) or "season"
    name = f"statement-{found.number}-{found.season.commodity}-{season}.pdf"
    response.headers.set("Content-Disposition", "inline", filename=name)
    return response


def _asked(code: str) -> Statement:
    season, product = (request.args.get(name, "").strip() for name in ("season", "product"))
    with database().reading() as session:
        return statement_of(session, current_actor(), code, season, product)
