"""How the organisation buys: what is set up so far, the scales and questions of a point, grades and prices."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from traceability.commodities import commodity
from traceability.domain.events import Kind
from traceability.domain.moments import day_of
from traceability.domain.settings import FIELDS
from traceability.operations import lookups, settings
from traceability.operations.ledger import Done
from traceability.queries import settings as stands
from traceability.queries.currencies import currency_of
from traceability.queries.places import places_of, weighing_places
from traceability.schemas.settings import (
    GradesSchema,
    PointFieldsSchema,
    PriceSchema,
    RetireScaleSchema,
    ScaleSchema,
)
from traceability.web import forms
from traceability.web.goods import commodity_choices, commodity_name, goods_name, intake_choices
from traceability.web.pages import database, page
from traceability.web.session import current_actor, signed_in
from traceability.web.stock import written

blueprint = Blueprint("settings", __name__)

SPARE_GRADES = 3


@blueprint.get("/settings")
@signed_in()
def overview() -> Response:
    """The first steps, ticked by what is on record, and the ways to change how is bought."""
    actor = current_actor()
    with database().reading() as session:
        steps = stands.steps(session, actor)
        places = weighing_places(session, actor)
        scales = stands.scales_in_use(session, actor)
    return page("settings/overview.html", steps=steps, places=places, scales=scales, goods=commodity_choices())


# --- one point ------------------------------------------------------------------------------------------------


@blueprint.get("/settings/point")
@signed_in(Kind.REGISTER_SCALE)
def point() -> Response:
    """The scales of a place and what a clerk is asked there; `?facility=` says where."""
    return _point_page(_scale_form(request.args.get("facility", "")), request.args.get("facility", ""))


@blueprint.post("/settings/point/scales")
@signed_in(Kind.REGISTER_SCALE)
def save_scale() -> AnyResponse:
    """One more scale."""
    form = forms.bind(ScaleSchema(zone_minutes=current_actor().zone_minutes), request.form)
    return _kept(form, settings.register_scale, request.form.get("facility", ""))


@blueprint.post("/settings/point/scales/end")
@signed_in(Kind.RETIRE_SCALE)
def retire_scale() -> AnyResponse:
    """A scale is out of use."""
    form = forms.bind(RetireScaleSchema(zone_minutes=current_actor().zone_minutes), request.form)
    return _kept(form, settings.retire_scale, request.form.get("facility", ""))


@blueprint.post("/settings/point/fields")
@signed_in(Kind.SET_FIELDS)
def save_fields() -> AnyResponse:
    """What is asked there from now on."""
    form = forms.bind(PointFieldsSchema(zone_minutes=current_actor().zone_minutes), request.form)
    return _kept(form, settings.set_fields, request.form.get("facility", ""))


def _kept(form: forms.Form, operation: Callable[..., Done], facility: str) -> AnyResponse:
    """Keep it and show the point; the form of a new scale stays filled when something is wrong."""
    done = forms.attempt(form, written(operation))
    if done is not None:
        return redirect(url_for("settings.point", facility=facility), 303)
    return _point_page(form, facility)


def _scale_form(facility: str) -> forms.Form:
    return forms.opened(ScaleSchema(), {"facility": facility, "step_g": "0.1"})


def _point_page(form: forms.Form, code: str) -> Response:
    """Raises NoSuchFacility for a place that is not the organisation's own."""
    actor = current_actor()
    with database().reading() as session:
        place = lookups.facility_of(session, actor, code)
        name = next(row.name for row in places_of(session, actor) if row.code == place.code)
        scales = stands.scales_in_use(session, actor, place.code)
        shown = stands.fields_shown(session, actor, place.code)
    adding = form if isinstance(form.schema, ScaleSchema) else _scale_form(place.code)
    return page(
        "settings/point.html",
        status=form.status,
        form=form,
        adding=adding,
        ending=forms.opened(RetireScaleSchema()),
        asking=forms.opened(PointFieldsSchema()),
        place=place,
        name=name,
        scales=scales,
        fields=FIELDS,
        shown=shown,
    )


# --- grades and prices ----------------------------------------------------------------------------------------


@blueprint.get("/settings/grades")
@signed_in(Kind.SET_GRADES)
def grades() -> Response:
    """The grades that a product is bought in; `?commodity=` says which. Raises UnknownCommodity."""
    goods = commodity(request.args.get("commodity", ""))
    with database().reading() as session:
        offered = stands.grades_offered(session, current_actor(), goods)
    start: dict[str, object] = {f"grades-{at}": grade for at, grade in enumerate(offered)}
    return _grades_page(forms.opened(GradesSchema(), {**start, "commodity": goods.key}))


@blueprint.post("/settings/grades")
@signed_in(Kind.SET_GRADES)
def save_grades() -> AnyResponse:
    """Keep the grades; what was bought in others stays as it was."""
    form = forms.bind(GradesSchema(zone_minutes=current_actor().zone_minutes), request.form)
    done = forms.attempt(form, written(settings.set_grades))
    return _grades_page(form) if done is None else redirect(url_for("settings.overview"), 303)


def _grades_page(form: forms.Form) -> Response:
    goods = commodity(form.values.get("commodity", ""))
    return page("settings/grades.html", status=form.status, form=form, goods=goods, spare=SPARE_GRADES)


@blueprint.get("/settings/prices")
@signed_in()
def prices() -> Response:
    """What is paid today, by product and grade, and from which day."""
    today = day_of(datetime.now(UTC), current_actor().zone_minutes)
    return _prices_page(forms.opened(PriceSchema(), {"from_on": today.isoformat()}))


@blueprint.post("/settings/prices")
@signed_in(Kind.SET_PRICE)
def save_price() -> AnyResponse:
    """Another price from a day on."""
    typed = request.form.copy()
    typed["commodity"], _, typed["form"] = typed.get("goods", "").partition(".")
    form = forms.bind(PriceSchema(zone_minutes=current_actor().zone_minutes), typed)
    done = forms.attempt(form, written(settings.set_price))
    return _prices_page(form, typed.get("goods", "")) if done is None else redirect(url_for("settings.prices"), 303)


def _prices_page(form: forms.Form, chosen: str = "") -> Response:
    actor = current_actor()
    with database().reading() as session:
        rows = stands.prices(session, actor, day_of(datetime.now(UTC), actor.zone_minutes))
        currency = currency_of(session, actor.org_id)
        grades = [
            (key, name, stands.grades_offered(session, actor, commodity(key))) for key, name in commodity_choices()
        ]
    named: list[tuple[str, Any]] = [
        (f"{commodity_name(row.commodity)} · {goods_name(row.commodity, row.form)}", row) for row in rows
    ]
    return page(
        "settings/prices.html",
        status=form.status,
        form=form,
        rows=named,
        goods=intake_choices(),
        chosen=chosen,
        currency=currency,
        grades=grades,
    )
