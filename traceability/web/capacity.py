"""How much a place can pack or process in a day: what goes through it is compared with that."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from traceability.domain.events import Kind
from traceability.domain.quantity import plain_mass
from traceability.operations import lookups
from traceability.operations.capacity import set_capacity
from traceability.queries.capacity import capacity_of
from traceability.queries.places import places_of
from traceability.schemas.capacity import CapacitySchema
from traceability.web import forms
from traceability.web.pages import database, page
from traceability.web.session import current_actor, signed_in
from traceability.web.stock import written

blueprint = Blueprint("capacity", __name__)


@blueprint.get("/places/<code>/capacity")
@signed_in(Kind.SET_CAPACITY)
def capacity(code: str) -> Response:
    """What is said of the place now."""
    with database().reading() as session:
        place = lookups.facility_of(session, current_actor(), code)
        grams = capacity_of(session, current_actor().org_id).get(place.id)
    start = {"facility": place.code, "capacity_g": plain_mass(grams) if grams is not None else ""}
    return _page(forms.opened(CapacitySchema(zone_minutes=current_actor().zone_minutes), start), code)


@blueprint.post("/places/<code>/capacity")
@signed_in(Kind.SET_CAPACITY)
def save_capacity(code: str) -> AnyResponse:
    """From now on."""
    form = forms.bind(CapacitySchema(zone_minutes=current_actor().zone_minutes), request.form)
    done = forms.attempt(form, written(set_capacity))
    return _page(form, code) if done is None else redirect(url_for("registers.rows", name="places"), 303)


def _page(form: forms.Form, code: str) -> Response:
    """Raises NoSuchFacility for a place that is not the organisation's own."""
    with database().reading() as session:
        wanted = lookups.facility_of(session, current_actor(), code).code
        place = next(one for one in places_of(session, current_actor()) if one.code == wanted)
    return page("capacity/capacity.html", status=form.status, form=form, place=place)
