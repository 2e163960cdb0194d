"""The seasons of the organisation: what “season so far” means on receipts, statements and limits."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from traceability.domain.events import Kind
from traceability.operations.seasons import set_season
from traceability.queries.buying import usual_commodity
from traceability.queries.seasons import all_seasons
from traceability.schemas.seasons import SeasonSchema
from traceability.web import forms
from traceability.web.goods import commodity_choices, commodity_name
from traceability.web.pages import database, page
from traceability.web.session import current_actor, signed_in
from traceability.web.stock import written

blueprint = Blueprint("seasons", __name__)


@blueprint.get("/settings/seasons")
@signed_in()
def seasons() -> Response:
    """The seasons that count, and a form for another one."""
    actor = current_actor()
    with database().reading() as session:
        usual = usual_commodity(session, actor)
    return _page(forms.opened(SeasonSchema(), {"commodity": usual}))


@blueprint.post("/settings/seasons")
@signed_in(Kind.SET_SEASON)
def save_season() -> AnyResponse:
    """Another season, other days for one, or the end of one."""
    form = forms.bind(SeasonSchema(zone_minutes=current_actor().zone_minutes), request.form)
    done = forms.attempt(form, written(set_season))
    return _page(form) if done is None else redirect(url_for("seasons.seasons"), 303)


def _page(form: forms.Form) -> Response:
    form.offer("commodity", commodity_choices())
    with database().reading() as session:
        rows = [(commodity_name(row.commodity), row) for row in all_seasons(session, current_actor().org_id)]
    ending = forms.opened(SeasonSchema())
    return page("seasons/seasons.html", status=form.status, form=form, rows=rows, ending=ending)
