"""Open buying: what holds for every weigh-in until it is changed, kept by the clerk's own browser.

It is remembered for the clerk as well, for a browser that was closed or is another. Nothing of it is believed: it only
fills in forms, which are checked like any other. Day, tare and price hold for the day on which they were said; on the
next they are offered once more.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, Response, redirect, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from traceability.domain.events import Kind
from traceability.domain.moments import day_of
from traceability.domain.quantity import plain_mass, read_mass
from traceability.domain.roles import Actor
from traceability.errors import Refusal
from traceability.operations import opened as remembered
from traceability.queries.buying import Buying, buying
from traceability.queries.currencies import currency_of
from traceability.queries.opened import Opened, is_bought, last_opened
from traceability.queries.places import weighing_places
from traceability.queries.settings import scales_in_use
from traceability.schemas.collection import BuyingSchema
from traceability.schemas.entry import unit_called, weighed_in
from traceability.schemas.fields import Choices
from traceability.web import forms
from traceability.web.goods import address, intake_choices
from traceability.web.language import current_language
from traceability.web.pages import config, database, page
from traceability.web.session import current_actor, signed_in
from traceability.words import mass

COOKIE: Final = "buying"
KEPT: Final = tuple(BuyingSchema().fields)
OF_THE_GOODS: Final = ("tare", "price")
LONGEST: Final = 80  # of one value

SCALE_STEPS_G: Final = (10, 50, 100, 200, 500, 1000)  # what hanging and platform scales at collection points show

blueprint = Blueprint("buying", __name__)


@blueprint.get("/weigh-in/buying")
@signed_in(Kind.WEIGH_IN)
def open_buying() -> Response:
    """Where, what, which scale, tare and price: the defaults of the weigh-ins that follow."""
    actor = current_actor()
    before = said_before(actor)
    wanted = _over(before, actor, request.args)
    with database().reading() as session:
        bought = buying(session, actor, wanted)
        if bought is None:
            return page("collection/no_place.html")
        if before is not None and not request.args:
            bought = buying(session, actor, {**wanted, **_offered_again(actor, before, bought)}) or bought
            day = another_day(actor, bought.on)
            return page("collection/opened.html", bought=bought, day=day, before=before, today=today(actor))
    start = {"weight_unit": bought.entry.key, **bought.kept(), "price": bought.price}
    usual = None if bought.price_said else bought.price
    return _buying_page(actor, forms.opened(BuyingSchema(), start), request.args.get("farmer", ""), usual)


@blueprint.post("/weigh-in/buying")
@signed_in(Kind.WEIGH_IN)
def keep_buying() -> AnyResponse:
    """From now on, or only for the weigh-in of this farmer."""
    actor, farmer = current_actor(), request.form.get("farmer", "").strip()
    form = forms.bind(_offer_buying(actor, BuyingSchema()), _tare_goes_along(request.form))
    usual = request.form.get("usual_price")
    if form.problems:
        return _buying_page(actor, form, farmer, usual)
    said = {name: form.values.get(name, "").strip() for name in KEPT}
    if said["price"] == usual:
        del said["price"]  # left as it was filled in: then the list goes on to say it, for each grade
    if (step := _step_of(actor, said["scale"])) is not None:
        said["scale_step"] = str(step)
    if farmer and request.form.get("go") == "once":
        return redirect(address("collection.weigh_in", farmer=farmer, **said), 303)
    database().write(lambda session: remembered.open_buying(session, actor, today(actor), said))
    onward = {"farmer": farmer} if farmer else {}
    return keep(redirect(address("collection.weigh_in", **onward), 303), actor, said)


def _tare_goes_along(posted: MultiDict[str, str]) -> MultiDict[str, str]:
    """Where only the unit was changed, the tare that stood there before in the new one: the same grams."""
    was, _, tare = posted.get("was", "").partition(" ")
    old, new = unit_called(was), unit_called(posted.get("weight_unit"))
    if new is old or not tare or posted.get("tare") != tare:
        return posted
    with suppress(Refusal):  # a tare that nobody can read is asked about as it is
        return MultiDict({**posted, "tare": plain_mass(read_mass(tare, unit=old, zero=True), unit=new)})
    return posted


def wish(actor: Actor, said: Mapping[str, str] | None = None) -> dict[str, str]:
    """What is to be bought: as the address (or `said`) has it, over what this clerk's browser keeps."""
    return _over(said_before(actor), actor, request.args if said is None else said)


def _over(before: Opened | None, actor: Actor, said: Mapping[str, str]) -> dict[str, str]:
    asked = {name: value for name, value in said.items() if name in KEPT}
    kept = before.holding(today(actor)) if before else {}
    if unit_called(asked.get("weight_unit", kept.get("weight_unit"))) is not unit_called(kept.get("weight_unit")):
        kept.pop("tare", None)  # it was typed in another unit
    if asked.get("goods", kept.get("goods")) != kept.get("goods"):
        kept = {name: value for name, value in kept.items() if name not in OF_THE_GOODS}
    return {**kept, **asked}


def said_before(actor: Actor) -> Opened | None:
    """What this clerk said last: on this browser, unless that was on an earlier day than elsewhere."""
    here = _kept_by_browser(actor)
    if here is not None and here.on == today(actor):
        return here
    with database().reading() as session:
        anywhere = last_opened(session, actor)
    return max((one for one in (here, anywhere) if one), key=lambda one: one.on, default=None)


def _offered_again(actor: Actor, before: Opened, bought: Buying) -> dict[str, str]:
    """Yesterday's tare and price, for the same goods: whoever starts weighing says them anew."""
    if before.on != today(actor) - timedelta(days=1):
        return {}
    offered = {name: before.said[name] for name in OF_THE_GOODS if name in before.said}
    if bought.price:
        offered.pop("price", None)  # what a manager set goes before it
    return offered


def _kept_by_browser(actor: Actor) -> Opened | None:
    """What another clerk said on this browser is not it."""
    found = dict(parse_qsl(request.cookies.get(COOKIE, "")[:2000], keep_blank_values=True))
    if found.get("by") != _who(actor) or not is_bought(found.get("goods", "")):
        return None
    try:
        on = date.fromisoformat(found.get("said", ""))
    except ValueError:
        return None
    return Opened(on, {name: found[name][:LONGEST] for name in KEPT if name in found})


def keep(response: AnyResponse, actor: Actor, said: Mapping[str, str]) -> AnyResponse:
    """Let the browser keep it until it is closed."""
    whole = {"by": _who(actor), "said": today(actor).isoformat(), **{name: said[name] for name in KEPT if name in said}}
    secure = config().secure
    response.set_cookie(COOKIE, urlencode(whole), httponly=True, secure=secure, samesite="Lax", path="/")
    return response


def today(actor: Actor) -> date:
    """The day where the clerk is."""
    return day_of(datetime.now(UTC), actor.zone_minutes)


def another_day(actor: Actor, on: str) -> date | None:
    """The day that was chosen, when it is one and is not today."""
    try:
        day = date.fromisoformat(on)
    except ValueError:
        return None
    return None if day == today(actor) else day


def _who(actor: Actor) -> str:
    return f"{actor.org_code}.{actor.user_id}"


def _offer_buying(actor: Actor, schema: BuyingSchema) -> BuyingSchema:
    with database().reading() as session:
        places = weighing_places(session, actor)
    offered: dict[str, Choices] = {
        "facility": [(place.prefix, f"{place.name} ({place.prefix})") for place in places],
        "goods": intake_choices(),
        "scale_step": [(str(step), mass(current_language(), step)) for step in SCALE_STEPS_G],
    }
    for name, choices in offered.items():
        described: Any = schema.fields[name]
        described.choices = choices
    return schema


def _step_of(actor: Actor, scale: str) -> int | None:
    """Grams between two values of a scale that is registered; None of one that is not."""
    with database().reading() as session:
        return next((row.step_g for row in scales_in_use(session, actor) if row.name == scale), None)


def _buying_page(actor: Actor, form: forms.Form, farmer: str, usual: str | None) -> Response:
    """`usual` is the price that was filled in; None where the clerk said it."""
    _offer_buying(actor, form.schema)  # type: ignore[arg-type]  # the form of this very schema
    weighed_in(form.schema, unit_called(form.values.get("weight_unit")))
    with database().reading() as session:
        currency = currency_of(session, actor.org_id)
        scales = scales_in_use(session, actor)
    shown = {"form": form, "farmer": farmer, "currency": currency, "scales": scales, "usual": usual}
    return page("collection/buying.html", status=form.status, **shown)
