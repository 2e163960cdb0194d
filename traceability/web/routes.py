"""The collector's route: the truck comes back, its load is weighed, the difference to the farmers' weights is kept."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from traceability.domain.events import Kind
from traceability.domain.roles import Actor
from traceability.domain.schemes import CLAIM_SCHEMES
from traceability.errors import ReasonNeeded
from traceability.operations.collection import form_lot, plate
from traceability.queries import forming, routes, stock_choices
from traceability.schemas.collection import FormLotSchema
from traceability.web import buying as book
from traceability.web import forms
from traceability.web.pages import database, page
from traceability.web.session import current_actor, signed_in
from traceability.web.stock import with_place

blueprint = Blueprint("routes", __name__)

POINTS = ("collection_point", "wet_mill", "packing_house")
KEPT_APART = frozenset({"client_id", "confirmed"})


@blueprint.get("/routes")
@signed_in()
def all_routes() -> Response:
    """The trucks of a day: those still to be weighed, and what those weighed lost or gained."""
    actor = current_actor()
    return _list(actor, _day(actor, request.args.get("day", "")))


@blueprint.get("/routes/arrive")
@signed_in(Kind.FORM_LOT)
def arrive() -> Response:
    """What one truck gathered, all of it ticked, and what its load weighs now."""
    actor, vehicle = current_actor(), request.args.get("vehicle", "")
    form = forms.opened(FormLotSchema(zone_minutes=actor.zone_minutes), with_place({"vehicle": vehicle}, POINTS))
    return _page(actor, form, fresh=True)


@blueprint.post("/routes/arrive")
@signed_in(Kind.FORM_LOT)
def save_arrive() -> AnyResponse:
    """See the difference in kilograms and percent; then the load becomes a lot, and the difference a line of it."""
    actor = current_actor()
    form = forms.bind(FormLotSchema(zone_minutes=actor.zone_minutes), request.form)
    go = request.form.get("go") or ("save" if request.form.get("step") == "ahead" else "ahead")
    if go == "save":
        saved = forms.attempt(form, lambda fact: database().write(lambda s: form_lot(s, actor, fact)))
        if saved is not None:
            return redirect(url_for("lots.lot", code=saved["lot"]), 303)
    if form.problems or go == "change":
        return _page(actor, form)
    with database().reading() as session:
        ahead = forming.lot_ahead(session, actor, form.fact.deliveries, form.fact.weighed_g, by_truck=True)
    if abs(ahead.difference_g) > ahead.tolerance_g and not form.fact.reason:
        form.refuse(ReasonNeeded(difference_g=abs(ahead.difference_g), tolerance_g=ahead.tolerance_g, at="reason"))
        return _page(actor, form, ahead=ahead)
    carried = [(name, value) for name, value in form.values.items() if name not in KEPT_APART]
    carried += [(name, request.form.get(name, "")) for name in ("goods", "on")]
    return page("routes/ahead.html", status=form.status, form=form, ahead=ahead, carried=carried, schemes=CLAIM_SCHEMES)


def _list(actor: Actor, on: date, status: int = 200) -> Response:
    with database().reading() as session:
        loads, arrived = routes.loads(session, actor, on), routes.arrivals(session, actor, on)
    return page("routes/routes.html", status=status, on=on, loads=loads, arrived=arrived)


def _page(actor: Actor, form: forms.Form, *, fresh: bool = False, ahead: forming.LotAhead | None = None) -> Response:
    vehicle, goods = plate(form.values.get("vehicle", "")), request.values.get("goods", "")
    on = _day(actor, request.values.get("on", ""))
    with database().reading() as session:
        rows = routes.on_truck(session, actor, vehicle, goods, on)
        places = stock_choices.places(session, actor.org_id)
    if not rows:
        return _list(actor, on, form.status)
    form.offer("facility", places)
    ticked = {value for name, value in form.values.items() if name.startswith("deliveries-")}
    if fresh:
        ticked = {row.code for row in rows}
    return page(
        "routes/arrive.html",
        status=form.status,
        form=form,
        rows=rows,
        ticked=ticked,
        vehicle=vehicle,
        goods=goods,
        on=on,
        ahead=ahead,
    )


def _day(actor: Actor, typed: str) -> date:
    """The day asked for, or today; also for a year so far off that its midnight elsewhere has none."""
    day = book.another_day(actor, typed)
    return day if day is not None and date.min.year < day.year < date.max.year else book.today(actor)
