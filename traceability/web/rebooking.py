"""A weigh-in on the wrong farmer or plot: who it was, from which plot, and why; or asking another manager for it."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from traceability.domain.events import Kind
from traceability.errors import NotAWeighIn
from traceability.operations import approvals, rebooking
from traceability.queries import farmers
from traceability.queries.approvals import second_person_there
from traceability.queries.corrections import EntryStory
from traceability.schemas.approvals import AskOriginSchema
from traceability.schemas.inspection import CorrectOriginSchema
from traceability.web import forms, offers
from traceability.web.correction import story_of
from traceability.web.pages import database, page
from traceability.web.session import current_actor, signed_in
from traceability.web.stock import written
from traceability.words import N_

blueprint = Blueprint("rebooking", __name__)


@blueprint.get("/correct/origin")
@signed_in(Kind.CORRECT_ORIGIN)
def origin() -> Response:
    """Whose it was: somebody found by number, card or name; with `?farmer=CODE` the plot, and why."""
    story, actor = _weigh_in(request.args.get("event", "")), current_actor()
    code, asked = request.args.get("farmer", "").strip(), request.args.get("q", "").strip()
    if code:
        form = forms.opened(CorrectOriginSchema(zone_minutes=actor.zone_minutes), {"event": story.code, "farmer": code})
        return _origin_page(form, story)
    with database().reading() as session:
        found = farmers.farmers(session, actor, asked)[0] if asked else []
        booked = farmers.farmer(session, actor, story.farmer)
    return page("rebooking/whose.html", story=story, asked=asked, found=found, booked=booked)


@blueprint.post("/correct/origin")
@signed_in(Kind.CORRECT_ORIGIN)
def save_origin() -> AnyResponse:
    """Say first which batches get a new version, then correct it."""
    story = _weigh_in(request.form.get("event", ""))
    form = forms.bind(CorrectOriginSchema(zone_minutes=current_actor().zone_minutes), request.form)
    done = forms.attempt(form, written(rebooking.correct_origin))
    if done is None:
        return _origin_page(form, story)
    return redirect(offers.lot_page(done["lot"]), 303)


@blueprint.post("/correct/origin/ask")
@signed_in(Kind.ASK_ORIGIN)
def ask_origin() -> AnyResponse:
    """Some of it is in a lot already: ask another manager to approve it."""
    story = _weigh_in(request.form.get("event", ""))
    form = forms.bind(AskOriginSchema(zone_minutes=current_actor().zone_minutes), request.form)
    done = forms.attempt(form, written(approvals.ask_origin))
    return _origin_page(form, story) if done is None else redirect(url_for("approvals.approvals_list"), 303)


def _origin_page(form: forms.Form, story: EntryStory) -> Response:
    """Raises NoSuchFarmer for a farmer that is not the organisation's own."""
    actor = current_actor()
    with database().reading() as session:
        who = farmers.farmer(session, actor, form.values.get("farmer", ""))
        booked = farmers.farmer(session, actor, story.farmer)
        plots = farmers.plots_of(session, actor, who.code)
        second = story.moved_on and second_person_there(session, actor)
    form.offer("plot", [("", N_("Plot not known")), *((plot.code, plot.name) for plot in plots)])
    return page(
        "rebooking/origin.html", status=form.status, form=form, story=story, who=who, booked=booked, second=second
    )


def _weigh_in(code: str) -> EntryStory:
    """Raises NotAWeighIn for every other entry, NoSuchEvent for a foreign one."""
    story = story_of(code)
    if story.kind != Kind.WEIGH_IN:
        raise NotAWeighIn()
    return story
