"""Tanks, silos, drying beds and ponds on a phone: what stands in each, pouring in, drawing off, the dipstick."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from traceability.domain.events import Kind
from traceability.domain.pools import POOL_NAMES
from traceability.operations import pooling
from traceability.queries import pools, stock_choices
from traceability.queries.pools import PoolStory
from traceability.schemas import Schema
from traceability.schemas.pooling import DrawOffSchema, LevelPoolSchema, PourInSchema
from traceability.web import forms, offers
from traceability.web.pages import database, page
from traceability.web.session import current_actor, signed_in
from traceability.web.stock import MOST_CODES, asked_lots, written
from traceability.web.verdicts import BADGES

blueprint = Blueprint("pooling", __name__)


@blueprint.get("/pools")
@signed_in()
def all_pools() -> Response:
    """Every place that holds goods together; with `?lot=CODE` the way to pour that lot in."""
    lots = asked_lots()
    with database().reading() as session:
        rows = pools.pools(session, current_actor())
    if lots:  # those that take it: the rest stays on offer only when none does, and then says why not
        wanted = (lots[0].commodity, lots[0].form)
        rows = [row for row in rows if not row.held_g or (row.commodity, row.form) == wanted] or rows
    return page("pooling/pools.html", rows=rows, lots=lots, rules=POOL_NAMES)


@blueprint.get("/pools/<code>")
@signed_in()
def pool(code: str) -> Response:
    """What stands in one place, of how many lots, and since when it was last empty."""
    story = _story(code)
    return page("pooling/pool.html", story=story, pool=story.pool, rule=POOL_NAMES[story.pool.rule], badges=BADGES)


# -- pour in ----------------------------------------------------------------------------------------------------


@blueprint.get("/pools/<code>/pour-in")
@signed_in(Kind.POUR_IN)
def pour_in(code: str) -> Response:
    """Which lots go in; `?lot=CODE` is chosen already."""
    start = {f"inputs-{place}-lot": lot.code for place, lot in enumerate(asked_lots())}
    return _pour_page(forms.opened(_schema(PourInSchema), start), _story(code))


@blueprint.post("/pools/<code>/pour-in")
@signed_in(Kind.POUR_IN)
def save_pour_in(code: str) -> AnyResponse:
    """Store what was poured in."""
    story = _story(code)
    form = _bound(PourInSchema, story)
    done = forms.attempt(form, written(pooling.pour_in))
    return _pour_page(form, story) if done is None else redirect(url_for("pooling.pool", code=story.pool.code), 303)


def _pour_page(form: forms.Form, story: PoolStory) -> Response:
    """Lots of the goods that stand there, or of any goods when nothing does; one row is always open."""
    rows = form.rows("inputs")
    if not rows:
        form.values["inputs-0-lot"] = ""
    chosen = [form.values.get(f"inputs-{place}-lot", "") for place in rows[:MOST_CODES]]
    with database().reading() as session:
        lots = stock_choices.on_hand(
            session,
            current_actor().org_id,
            commodity=story.pool.commodity,
            form=story.pool.form,
            always=[lot for lot in chosen if lot],
        )
    form.offer("inputs-lot", offers.lot_choices(lots))
    return page("pooling/pour_in.html", status=form.status, form=form, pool=story.pool, lots=lots)


# -- draw off, and measure --------------------------------------------------------------------------------------


@blueprint.get("/pools/<code>/draw-off")
@signed_in(Kind.DRAW_OFF)
def draw_off(code: str) -> Response:
    """How much comes out."""
    return _form_page("pooling/draw_off.html", forms.opened(_schema(DrawOffSchema)), _story(code))


@blueprint.post("/pools/<code>/draw-off")
@signed_in(Kind.DRAW_OFF)
def save_draw_off(code: str) -> AnyResponse:
    """Store the lot that came out, and show it."""
    story = _story(code)
    form = _bound(DrawOffSchema, story)
    done = forms.attempt(form, written(pooling.draw_off))
    if done is None:
        return _form_page("pooling/draw_off.html", form, story)
    return redirect(offers.lot_page(done["lot"]), 303)


@blueprint.get("/pools/<code>/measure")
@signed_in(Kind.LEVEL_POOL)
def level(code: str) -> Response:
    """What the dipstick or the scale shows."""
    return _form_page("pooling/level.html", forms.opened(_schema(LevelPoolSchema)), _story(code))


@blueprint.post("/pools/<code>/measure")
@signed_in(Kind.LEVEL_POOL)
def save_level(code: str) -> AnyResponse:
    """Store what is really there."""
    story = _story(code)
    form = _bound(LevelPoolSchema, story)
    done = forms.attempt(form, written(pooling.level_pool))
    if done is None:
        return _form_page("pooling/level.html", form, story)
    return redirect(url_for("pooling.pool", code=story.pool.code), 303)


def _story(code: str) -> PoolStory:
    with database().reading() as session:
        return pools.pool_story(session, current_actor(), code)


def _bound(kind: type[Schema], story: PoolStory) -> forms.Form:
    """The posted form; the place is the one that the address names, whatever was posted."""
    posted: Any = request.form.copy()
    posted["facility"] = story.pool.code
    return forms.bind(_schema(kind), posted)


def _form_page(template: str, form: forms.Form, story: PoolStory) -> Response:
    return page(template, status=form.status, form=form, pool=story.pool)


def _schema(kind: type[Schema]) -> Schema:
    return kind(zone_minutes=current_actor().zone_minutes)  # type: ignore[call-arg]  # facts have zones
