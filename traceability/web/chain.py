"""The shortcut of a lot's page: several steps of work in one form, `?lot=CODE`."""

from __future__ import annotations

from itertools import pairwise

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from traceability.commodities import COMMODITIES
from traceability.domain.events import Kind
from traceability.models import Lot
from traceability.operations.chain import run_chain
from traceability.queries import stock_choices
from traceability.schemas.chain import ChainSchema
from traceability.web import forms, offers
from traceability.web.goods import goods_name
from traceability.web.pages import database, page
from traceability.web.session import current_actor, signed_in
from traceability.web.stock import asked_lots, choose, lots_of, suggest_losses, where_they_lie, written
from traceability.words import N_

blueprint = Blueprint("chain", __name__)

TITLE = N_("Several steps at once")


@blueprint.get("/chain")
@signed_in(Kind.PROCESS)
def chain() -> Response:
    """Which lot, then what it became."""
    lots = asked_lots()
    if not lots:
        return choose("chain.chain", TITLE)
    ways = _ways(lots[0])
    start = {"lot": lots[0].code, "way": ways[0][0] if len(ways) == 1 else ""}
    return _page(forms.opened(_schema(lots[0]), where_they_lie(start, lots[:1])), lots[0])


@blueprint.post("/chain")
@signed_in(Kind.PROCESS)
def save_chain() -> AnyResponse:
    """Every step an event, all or none."""
    lot = lots_of([request.form.get("lot", "")])[0]
    form = forms.bind(_schema(lot), request.form)
    done = forms.attempt(form, written(run_chain))
    return redirect(offers.lot_page(done["lot"]), 303) if done else _page(form, lot)


def _ways(lot: Lot) -> list[tuple[str, str]]:
    """`dry_parchment.green` and its names, for every usual chain from what the lot holds."""
    found = COMMODITIES[lot.commodity].chains_from(lot.form)
    return [(".".join(way[1:]), " → ".join(goods_name(lot.commodity, form) for form in way[1:])) for way in found]


def _schema(lot: Lot) -> ChainSchema:
    goods = COMMODITIES[lot.commodity]
    steps = [step for way in goods.chains_from(lot.form) for step in pairwise(way)]
    beside = [form for start, end in steps if (step := goods.step(start, end)) for form in step.by_products]
    schema = ChainSchema(zone_minutes=current_actor().zone_minutes)
    choices = {
        "way": _ways(lot) or [("", N_("Nothing usual"))],
        "by_products-form": offers.form_choices(goods, beside),
        "by_products-unit": offers.unit_choices(),
        "losses-name": offers.loss_choices(_losses(lot)),
    }
    offers.offering(schema, choices)
    return schema


def _losses(lot: Lot) -> list[str]:
    goods = COMMODITIES[lot.commodity]
    ways = goods.chains_from(lot.form)
    pairs = [pair for way in ways for pair in pairwise(way)]
    return list(dict.fromkeys(loss for start, end in pairs for loss in offers.usual_losses(goods, start, end)))


def _page(form: forms.Form, lot: Lot) -> Response:
    suggest_losses(form, _losses(lot))
    with database().reading() as session:
        form.offer("facility", stock_choices.places(session, current_actor().org_id))
    return page("chain/chain.html", status=form.status, form=form, lot=lot, ways=_ways(lot))
