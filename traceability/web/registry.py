"""Farmers and their plots: the list with its search, a new farmer in three fields, the farmer's own page and card."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, Response, redirect, request, url_for
from marshmallow import post_load, pre_load
from werkzeug.wrappers import Response as AnyResponse

from traceability.documents.qr import code_address, qr_svg
from traceability.domain.events import Kind
from traceability.domain.quantity import AREA_UNITS, HECTARE
from traceability.operations import lookups
from traceability.operations.cards import replace_card
from traceability.operations.registry import change_consent, register_farmer, register_plot
from traceability.queries import farmers as lists
from traceability.queries import money
from traceability.queries.buying import usual_commodity
from traceability.queries.cards import current_of
from traceability.queries.holds import stops_of_farmer
from traceability.queries.places import country_of
from traceability.schemas.fields import Choice
from traceability.schemas.registry import ConsentSchema, FarmerSchema, PlotSchema, ReplaceCardSchema
from traceability.web import forms
from traceability.web.goods import commodity_choices
from traceability.web.pages import config, database, page, page_asked
from traceability.web.session import current_actor, signed_in
from traceability.web.verdicts import BADGES
from traceability.words import N_

blueprint = Blueprint("registry", __name__)
UNIT: Final = "area_unit"  # the cookie that keeps, for a session, in what somebody measures land


class PlotEntrySchema(PlotSchema):
    """A plot as it is typed: its areas in the unit that people there measure land in."""

    area_unit = Choice(
        N_("Unit of the area"), choices=tuple((unit.key, unit.name) for unit in AREA_UNITS.values()), default="ha"
    )

    def __init__(self, **more: Any) -> None:
        """The unit stands in its own field, not behind the number."""
        super().__init__(**more)
        for name in ("area_m2", "bearing_m2"):
            described: Any = self.fields[name]
            described.unit = ""

    @pre_load
    def measured_in(self, typed: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Read the areas in that unit."""
        unit = AREA_UNITS.get(str(typed.get("area_unit", "")), HECTARE)
        for name in ("area_m2", "bearing_m2"):
            described: Any = self.fields[name]
            described.entry = unit
        return typed

    @post_load
    def make(self, values: dict[str, Any], **more: Any) -> Any:
        """The plot itself is in square metres."""
        values.pop("area_unit")
        return super().make(values, **more)


nav = (N_("Farmers"), "registry.farmers", "person", None, 40)


@blueprint.get("/farmers")
@signed_in()
def farmers() -> Response:
    """The farmers, or those who fit `?q=`."""
    asked, at = request.args.get("q", "").strip(), page_asked()
    with database().reading() as session:
        found, count = lists.farmers(session, current_actor(), asked, page=at)
    last = max(1, -(-count // lists.MOST_FOUND))
    return page("registry/farmers.html", found=found, count=count, asked=asked, at=at, last=last)


@blueprint.get("/farmers/new")
@signed_in(Kind.REGISTER_FARMER)
def new_farmer() -> Response:
    """A new farmer: name, village, phone; everything else can wait."""
    actor = current_actor()
    with database().reading() as session:
        start = {"country": country_of(session, actor)}
    form = forms.opened(FarmerSchema(zone_minutes=actor.zone_minutes), start)
    return page("registry/new_farmer.html", form=form, onward=request.args.get("onward", ""))


@blueprint.post("/farmers/new")
@signed_in(Kind.REGISTER_FARMER)
def save_farmer() -> AnyResponse:
    """Register the farmer; then to the weigh-in that was interrupted, or to the farmer's page."""
    actor, onward = current_actor(), request.form.get("onward", "")
    form = forms.bind(FarmerSchema(zone_minutes=actor.zone_minutes), request.form)
    saved = forms.attempt(form, lambda fact: database().write(lambda s: register_farmer(s, actor, fact)))
    if saved is None:
        return page("registry/new_farmer.html", status=form.status, form=form, onward=onward)
    if onward == "weigh-in":
        return redirect(url_for("collection.weigh_in", farmer=saved["farmer"]), 303)
    return redirect(url_for("registry.farmer", code=saved["farmer"]), 303)


@blueprint.get("/farmers/<code>")
@signed_in()
def farmer(code: str) -> Response:
    """Everything about one farmer."""
    with database().reading() as session:
        actor = current_actor()
        found = lists.farmer_page(session, actor, code)
        account = None
        if money.uses_money(session, actor):
            account = money.account(session, actor, lookups.farmer_of(session, actor, found.farmer.code).id)
        card = current_of(session, found.farmer.code)
        stops = stops_of_farmer(session, actor.org_id, found.farmer.code)
    shown: dict[str, Any] = {"found": found, "who": found.farmer, "account": account, "card_code": card}
    return page("registry/farmer.html", **shown, stops=stops, badges=BADGES)


@blueprint.get("/farmers/<code>/card.svg")
@signed_in()
def card(code: str) -> Response:
    """The square of the farmer's card: a plain address that any camera opens."""
    with database().reading() as session:
        known = lists.farmer(session, current_actor(), code)
        card = current_of(session, known.code)
    address = code_address(config().public_url, "f", card)
    return Response(qr_svg(address, title=known.number, level="M"), mimetype="image/svg+xml")


@blueprint.get("/farmers/<code>/new-card")
@signed_in(Kind.REPLACE_CARD)
def ask_card(code: str) -> Response:
    """The card was lost: what happens to it, and to the farmer's record."""
    return _card_page(code)


@blueprint.post("/farmers/<code>/new-card")
@signed_in(Kind.REPLACE_CARD)
def save_card(code: str) -> AnyResponse:
    """Make a new card; the old one is refused from now on."""
    actor = current_actor()
    form = forms.bind(ReplaceCardSchema(zone_minutes=actor.zone_minutes), request.form)
    saved = forms.attempt(form, lambda fact: database().write(lambda s: replace_card(s, actor, fact)))
    return _card_page(code, form) if saved is None else redirect(url_for("registry.farmer", code=code), 303)


def _card_page(code: str, form: forms.Form | None = None) -> Response:
    actor = current_actor()
    with database().reading() as session:
        who = lists.farmer(session, actor, code)
    if form is None:
        form = forms.opened(ReplaceCardSchema(zone_minutes=actor.zone_minutes), {"farmer": who.code})
    return page("registry/new_card.html", status=form.status, form=form, who=who)


@blueprint.get("/farmers/<code>/consent")
@signed_in(Kind.CHANGE_CONSENT)
def ask_consent(code: str) -> Response:
    """Whether the farmer agrees to be named in public."""
    actor = current_actor()
    with database().reading() as session:
        found = lists.farmer_page(session, actor, code, most=0)
    start = {"farmer": found.farmer.code, "named_in_public": "1" if found.named_in_public else ""}
    form = forms.opened(ConsentSchema(zone_minutes=actor.zone_minutes), start)
    return page("registry/consent.html", form=form, who=found.farmer)


@blueprint.post("/farmers/<code>/consent")
@signed_in(Kind.CHANGE_CONSENT)
def save_consent(code: str) -> AnyResponse:
    """Keep what the farmer said."""
    actor = current_actor()
    with database().reading() as session:
        who = lists.farmer(session, actor, code)
    form = forms.bind(ConsentSchema(zone_minutes=actor.zone_minutes), request.form)
    saved = forms.attempt(form, lambda fact: database().write(lambda s: change_consent(s, actor, fact)))
    if saved is None:
        return page("registry/consent.html", status=form.status, form=form, who=who)
    return redirect(url_for("registry.farmer", code=who.code), 303)


@blueprint.get("/farmers/<code>/plots/new")
@signed_in(Kind.REGISTER_PLOT)
def new_plot(code: str) -> Response:
    """A new plot, with its area as the farmer says it; the farmer's place is where it begins."""
    actor = current_actor()
    with database().reading() as session:
        found = lists.farmer_page(session, actor, code, most=0)
        usual = usual_commodity(session, actor)
    start = {
        "farmer": found.farmer.code,
        "commodity": usual,
        "country": found.country,
        "province": found.province,
        "district": found.district,
        "village": found.farmer.village,
        "geometry_kind": "none",
        "area_unit": request.cookies.get(UNIT) or HECTARE.key,
    }
    return _plot_page(forms.opened(PlotEntrySchema(zone_minutes=actor.zone_minutes), start), found.farmer)


@blueprint.post("/farmers/<code>/plots/new")
@signed_in(Kind.REGISTER_PLOT)
def save_plot(code: str) -> AnyResponse:
    """Register the plot, or only show how many hectares it is."""
    actor = current_actor()
    with database().reading() as session:
        who = lists.farmer(session, actor, code)
    form = forms.bind(PlotEntrySchema(zone_minutes=actor.zone_minutes), request.form)
    if request.form.get("go") == "check":
        return _plot_page(form, who)
    saved = forms.attempt(form, lambda fact: database().write(lambda s: register_plot(s, actor, fact)))
    if saved is None:
        return _plot_page(form, who)
    onward = redirect(url_for("registry.farmer", code=who.code), 303)
    onward.set_cookie(UNIT, form.values.get("area_unit", ""), httponly=True, samesite="Lax", secure=config().secure)
    return onward


def _plot_page(form: forms.Form, who: lists.FarmerRow) -> Response:
    form.offer("commodity", commodity_choices())
    metres = " ".join(
        f"{unit.key}:{unit.square_metres.numerator}/{unit.square_metres.denominator}" for unit in AREA_UNITS.values()
    )
    return page("registry/new_plot.html", status=form.status, form=form, who=who, metres=metres)
