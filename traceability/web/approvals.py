"""What waits for a second person: one list, and on each request approve or refuse with the reason."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from traceability.domain.events import Kind
from traceability.domain.quantity import plain_mass
from traceability.errors import Sentence
from traceability.operations import approvals, lookups
from traceability.operations.approvals import NoSuchRequest
from traceability.queries import approvals as asked
from traceability.queries import farmers, reweighings
from traceability.queries.approvals import Request
from traceability.schemas.approvals import ApproveSchema, AskCapSchema, RefuseSchema
from traceability.web import forms
from traceability.web.pages import database, page
from traceability.web.session import current_actor, signed_in
from traceability.web.stock import written

blueprint = Blueprint("approvals", __name__)


@blueprint.get("/approvals")
@signed_in()
def approvals_list() -> Response:
    """Everything that is open, and how the latest requests were decided."""
    with database().reading() as session:
        waiting, settled = asked.requests(session, current_actor())
        second = asked.second_person_there(session, current_actor())
    return page("approvals/list.html", waiting=waiting, settled=settled, second=second)


@blueprint.get("/approvals/<code>/<any(approve, refuse):what>")
@signed_in(Kind.APPROVE)
def decide(code: str, what: str) -> Response:
    """What is asked for, before it is done; or why it is refused."""
    return _decide_page(forms.opened(_schema(what), {"request": code}), _open_request(code), what)


@blueprint.post("/approvals/<code>/<any(approve, refuse):what>")
@signed_in(Kind.APPROVE)
def save_decide(code: str, what: str) -> AnyResponse:
    """Approve it and do it, or refuse it; who asked sees how in the list."""
    wanted, form = _open_request(code), forms.bind(_schema(what), request.form)
    done = forms.attempt(form, written(approvals.approve if what == "approve" else approvals.refuse))
    return _decide_page(form, wanted, what) if done is None else redirect(url_for("approvals.approvals_list"), 303)


@blueprint.get("/plots/<code>/limit")
@signed_in(Kind.ASK_CAP)
def ask_cap(code: str) -> Response:
    """The yearly limit of a plot, and another one to ask for."""
    with database().reading() as session:
        plot = lookups.plot_of(session, current_actor(), code)
    start = {"plot": plot.code, "cap_g": plain_mass(plot.cap_g) if plot.cap_g is not None else ""}
    return _cap_page(forms.opened(AskCapSchema(zone_minutes=current_actor().zone_minutes), start), code)


@blueprint.post("/plots/<code>/limit")
@signed_in(Kind.ASK_CAP)
def save_ask_cap(code: str) -> AnyResponse:
    """Ask for it; a manager decides."""
    form = forms.bind(AskCapSchema(zone_minutes=current_actor().zone_minutes), request.form)
    done = forms.attempt(form, written(approvals.ask_cap))
    return _cap_page(form, code) if done is None else redirect(url_for("approvals.approvals_list"), 303)


def _cap_page(form: forms.Form, code: str) -> Response:
    """Raises NoSuchPlot for a plot that is not the organisation's own."""
    actor = current_actor()
    with database().reading() as session:
        plot = lookups.plot_of(session, actor, code)
        who = farmers.farmer_of_plot(session, actor, plot)
    return page("approvals/cap.html", status=form.status, form=form, plot=plot, who=who)


def _open_request(code: str) -> Request:
    """Raises NoSuchRequest for what is not open, or not the organisation's own."""
    with database().reading() as session:
        waiting, _ = asked.requests(session, current_actor())
    for one in waiting:
        if one.code == code.upper():
            return one
    raise NoSuchRequest(code=code)


def _decide_page(form: forms.Form, wanted: Request, what: str) -> Response:
    effect: list[Sentence] = []
    if wanted.facts.get("mass_g") and what == "approve":
        with database().reading() as session:
            said = str(wanted.facts["event"]), int(wanted.facts["mass_g"])
            effect = reweighings.effect(session, current_actor(), *said)
    return page("approvals/decide.html", status=form.status, form=form, wanted=wanted, what=what, effect=effect)


def _schema(what: str) -> ApproveSchema | RefuseSchema:
    return (ApproveSchema if what == "approve" else RefuseSchema)(zone_minutes=current_actor().zone_minutes)
