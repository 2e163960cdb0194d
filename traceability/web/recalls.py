"""A recall of another organisation that reaches our goods: we say that we know."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from traceability.domain.events import Kind
from traceability.errors import NoSuchRecall
from traceability.operations.recalls import acknowledge_recall
from traceability.queries import recalls
from traceability.schemas.recalls import AcknowledgeRecallSchema
from traceability.web import forms
from traceability.web.pages import database, page
from traceability.web.session import current_actor, signed_in
from traceability.web.stock import written

blueprint = Blueprint("recalls", __name__)


@blueprint.get("/recall/acknowledge")
@signed_in(Kind.ACKNOWLEDGE_RECALL)
def acknowledge() -> Response:
    """A recall of somebody else that reaches our goods, before we say that we know."""
    form = forms.opened(
        AcknowledgeRecallSchema(zone_minutes=current_actor().zone_minutes),
        {"recall": request.args.get("recall", "").upper()},
    )
    return _acknowledge_page(form)


@blueprint.post("/recall/acknowledge")
@signed_in(Kind.ACKNOWLEDGE_RECALL)
def save_acknowledge() -> AnyResponse:
    """We know; who recalled and who oversees sees it."""
    form = forms.bind(AcknowledgeRecallSchema(zone_minutes=current_actor().zone_minutes), request.form)
    done = forms.attempt(form, written(acknowledge_recall))
    return _acknowledge_page(form) if done is None else redirect(url_for("inspection.holds"), 303)


def _acknowledge_page(form: forms.Form) -> Response:
    """Raises NoSuchRecall for one that does not reach us."""
    code = form.values.get("recall", "")
    with database().reading() as session:
        found = [row for row in recalls.incoming(session, current_actor().org_id) if row.code == code]
    if not found:
        raise NoSuchRecall(code=code)
    return page("recalls/acknowledge.html", status=form.status, form=form, recall=found[0])
