"""The public pages of an organisation and of a place: what it is, where, and its numbers; and those numbers, set."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from traceability.domain.events import Kind
from traceability.domain.identifiers import read_code
from traceability.operations import gs1 as numbering
from traceability.operations import lookups
from traceability.queries import gs1
from traceability.queries.gs1 import Whereabouts
from traceability.queries.places import places_of
from traceability.schemas.labels import Gs1Schema
from traceability.schemas.registry import FACILITY_KINDS
from traceability.web import forms, resolver
from traceability.web.journey_words import place_words
from traceability.web.language import current_language, link
from traceability.web.pages import config, database, page
from traceability.web.session import current_actor, public, signed_in
from traceability.web.stock import written
from traceability.words import N_

blueprint = Blueprint("whereabouts", __name__)

ROUND_BUTTONS: Final = 4
KINDS: Final = {
    **dict(FACILITY_KINDS),
    "cooperative": N_("Cooperative"),
    "mill": N_("Mill"),
    "exporter": N_("Exporter"),
    "farm": N_("Farm"),
    "authority": N_("Authority"),
}


@blueprint.get("/PLACE/<typed>/")
@blueprint.get("/place/<typed>/")
@blueprint.get("/PLACE/<typed>")
@blueprint.get("/place/<typed>")
@public
def place(typed: str) -> AnyResponse:
    """A place that has a location number."""
    code = read_code(typed)
    with database().reading() as session:
        found = gs1.place_of_code(session, code)
    return _shown(found, url_for("whereabouts.place", typed=code), link("whereabouts.place", typed=code))


@blueprint.get("/ORGANISATION/<typed>/")
@blueprint.get("/organisation/<typed>/")
@blueprint.get("/ORGANISATION/<typed>")
@blueprint.get("/organisation/<typed>")
@public
def organisation(typed: str) -> AnyResponse:
    """An organisation that has a location number, or a batch that is open to everybody."""
    code = read_code(typed)
    with database().reading() as session:
        found = gs1.party_of_code(session, code)
    return _shown(found, url_for("whereabouts.organisation", typed=code), link("whereabouts.organisation", typed=code))


blueprint.register_error_handler(gs1.UnknownPlace, resolver.unknown)
blueprint.register_error_handler(gs1.UnknownParty, resolver.unknown)


def _shown(found: Whereabouts, own: str, address: str) -> AnyResponse:
    if resolver.asks_for_links():
        return resolver.links_of_whereabouts(found)
    if request.path != own:
        return redirect(address, 308)
    answer = page(
        "whereabouts/whereabouts.html",
        found=found,
        kind=KINDS.get(found.kind, found.kind),
        where=place_words(current_language(), found.place),
        demo=config().demo or found.demo,
    )
    return resolver.for_a_minute(answer)


# --- setting them -----------------------------------------------------------------------------------------------


@blueprint.get("/settings/gs1")
@signed_in(Kind.SET_GS1)
def numbers() -> Response:
    """The numbers of the organisation, or with `?facility=` those of a place. Raises NoSuchFacility."""
    return _form_page(request.args.get("facility", ""))


@blueprint.post("/settings/gs1")
@signed_in(Kind.SET_GS1)
def save_numbers() -> AnyResponse:
    """They count from now on."""
    form = forms.bind(Gs1Schema(zone_minutes=current_actor().zone_minutes), request.form)
    done = forms.attempt(form, written(numbering.set_gs1))
    return _form_page("", form) if done is None else redirect(url_for("whereabouts.numbers"), 303)


def _form_page(facility: str, form: forms.Form | None = None) -> Response:
    actor = current_actor()
    with database().reading() as session:
        places = places_of(session, actor)
        own = gs1.numbers_of(session, actor.org_id)
        chosen = lookups.facility_of(session, actor, facility) if facility else None
        kept = [(row, gs1.numbers_of_code(session, actor.org_id, row.code)) for row in places]
    if form is None:
        start = {"facility": "", "gln": own.gln, "company_prefix": own.company_prefix}
        if chosen is not None:
            start = {"facility": chosen.code, "gln": dict((row.code, one.gln) for row, one in kept)[chosen.code]}
        form = forms.opened(Gs1Schema(), start)
    # of a few the page makes round buttons, of which one must say that it is none of them
    nowhere = [("", N_("The organisation itself"))] if len(places) < ROUND_BUTTONS else []
    form.offer("facility", [*nowhere, *((row.code, row.name) for row in places)])
    return page("whereabouts/numbers.html", status=form.status, form=form, own=own, places=kept)
