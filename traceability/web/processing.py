"""The mill on a phone: process, split, merge, re-bag, destroy. Each page starts from one lot (`?lot=CODE`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from traceability.commodities import COMMODITIES
from traceability.domain.events import Kind
from traceability.models import Lot
from traceability.operations import processing
from traceability.queries import stock_choices
from traceability.schemas import Schema
from traceability.schemas.processing import DisposeSchema, MergeSchema, ProcessSchema, RebagSchema, SplitSchema
from traceability.web import forms, offers
from traceability.web.outturn import Outturn, outturn_of, usual_outturns
from traceability.web.pages import database, page
from traceability.web.session import current_actor, signed_in
from traceability.web.stock import (
    asked_lots,
    choose,
    lots_of,
    offer_lots,
    posted_lots,
    suggest_losses,
    where_they_lie,
    written,
)
from traceability.words import N_

blueprint = Blueprint("processing", __name__)

CHOOSE = {
    "process": N_("Process a lot"),
    "split": N_("Split a lot"),
    "merge": N_("Merge lots"),
    "rebag": N_("Re-bag a lot"),
    "dispose": N_("Destroy goods"),
}


# -- process ----------------------------------------------------------------------------------------------------


@blueprint.get("/process")
@signed_in(Kind.PROCESS)
def process() -> Response:
    """Which lot, then what came out of it."""
    lots = asked_lots()
    if not lots:
        return choose("processing.process", CHOOSE["process"])
    start = {f"inputs-{place}-lot": lot.code for place, lot in enumerate(lots)}
    steps = [step for step in COMMODITIES[lots[0].commodity].steps if step.from_form == lots[0].form]
    if len(steps) == 1:
        start["outputs-0-form"] = steps[0].to_form
    return _process_page(forms.opened(_process_schema(lots[0]), where_they_lie(start, lots)), lots)


@blueprint.post("/process")
@signed_in(Kind.PROCESS)
def save_process() -> AnyResponse:
    """Store it, or show the form again: with its problems, with what is unusual, or only checked."""
    lots = posted_lots("inputs")
    if not lots:
        return choose("processing.process", CHOOSE["process"], status=422)
    form = forms.bind(_process_schema(lots[0]), request.form)
    if request.form.get("check") and form.fact is not None:
        return _process_page(form, lots, outturn_of(form.fact, lots))
    done = forms.attempt(form, written(processing.process))
    if done is None:
        return _process_page(form, lots, outturn_of(form.fact, lots) if form.warnings else None)
    return redirect(offers.lot_page(done["lot"]), 303)


def _process_schema(first: Lot) -> Schema:
    goods = COMMODITIES[first.commodity]
    schema = ProcessSchema(zone_minutes=current_actor().zone_minutes)
    choices = {
        "outputs-form": offers.form_choices(goods, offers.after_steps(goods, first.form)),
        "outputs-unit": offers.unit_choices(),
        "losses-name": offers.loss_choices(offers.usual_losses(goods, first.form)),
    }
    return offers.offering(schema, choices)


def _process_page(form: forms.Form, lots: Sequence[Lot], outturn: Outturn | None = None) -> Response:
    first = lots[0]
    to_form = form.values.get("outputs-0-form", "")
    suggest_losses(form, offers.usual_losses(COMMODITIES[first.commodity], first.form, to_form))
    offer_lots(form, "inputs-lot", lots)
    held_g = sum(lot.balance_g for lot in lots)
    usual = usual_outturns(first.commodity, first.form, held_g)
    return page(
        "processing/process.html", status=form.status, form=form, lots=lots, outturn=outturn, usual=usual, held_g=held_g
    )


# -- split, merge, re-bag, destroy ------------------------------------------------------------------------------


@blueprint.get("/split")
@signed_in(Kind.SPLIT)
def split() -> Response:
    """Parts of one lot; what is not given out stays in it."""
    lots = asked_lots()
    if not lots:
        return choose("processing.split", CHOOSE["split"])
    return _one_lot_page("processing/split.html", forms.opened(_schema(SplitSchema), _of(lots[0])), lots[0])


@blueprint.post("/split")
@signed_in(Kind.SPLIT)
def save_split() -> AnyResponse:
    """Store the split."""
    return _save_of_one(SplitSchema, processing.split, "processing/split.html", "parts-unit")


@blueprint.get("/merge")
@signed_in(Kind.MERGE)
def merge() -> Response:
    """Lots of the same goods into one."""
    lots = asked_lots()
    if not lots:
        return choose("processing.merge", CHOOSE["merge"])
    start = {f"inputs-{place}-lot": lot.code for place, lot in enumerate(lots)}
    return _merge_page(forms.opened(_schema(MergeSchema), where_they_lie(start, lots)), lots)


@blueprint.post("/merge")
@signed_in(Kind.MERGE)
def save_merge() -> AnyResponse:
    """Store the merged lot."""
    lots = posted_lots("inputs")
    if not lots:
        return choose("processing.merge", CHOOSE["merge"], status=422)
    form = forms.bind(_schema(MergeSchema), request.form)
    done = forms.attempt(form, written(processing.merge))
    return redirect(offers.lot_page(done["lot"]), 303) if done else _merge_page(form, lots)


def _merge_page(form: forms.Form, lots: Sequence[Lot]) -> Response:
    offer_lots(form, "inputs-lot", lots)
    held_g = sum(lot.balance_g for lot in lots)
    return page("processing/merge.html", status=form.status, form=form, lots=lots, held_g=held_g)


@blueprint.get("/rebag")
@signed_in(Kind.REBAG)
def rebag() -> Response:
    """The same goods in other bags."""
    lots = asked_lots()
    if not lots:
        return choose("processing.rebag", CHOOSE["rebag"])
    form = forms.opened(_schema(RebagSchema, "unit"), {**_of(lots[0]), "unit": lots[0].unit})
    return _one_lot_page("processing/rebag.html", form, lots[0])


@blueprint.post("/rebag")
@signed_in(Kind.REBAG)
def save_rebag() -> AnyResponse:
    """Store the new bags."""
    return _save_of_one(RebagSchema, processing.rebag, "processing/rebag.html", "unit")


@blueprint.get("/dispose")
@signed_in(Kind.DISPOSE)
def dispose() -> Response:
    """Goods that are destroyed."""
    lots = asked_lots()
    if not lots:
        return choose("processing.dispose", CHOOSE["dispose"], sealed=True)
    return _one_lot_page("processing/dispose.html", forms.opened(_schema(DisposeSchema), _of(lots[0])), lots[0])


@blueprint.post("/dispose")
@signed_in(Kind.DISPOSE)
def save_dispose() -> AnyResponse:
    """Store that it was destroyed."""
    return _save_of_one(DisposeSchema, processing.dispose, "processing/dispose.html")


def _save_of_one(kind: type[Schema], operation: Any, template: str, *units: str) -> AnyResponse:
    lots = lots_of([request.form.get("lot", "")])
    form = forms.bind(_schema(kind, *units), request.form)
    done = forms.attempt(form, written(operation))
    return redirect(offers.lot_page(done["lot"]), 303) if done else _one_lot_page(template, form, lots[0])


def _one_lot_page(template: str, form: forms.Form, lot: Lot) -> Response:
    if "facility" in form.schema.fields:
        with database().reading() as session:
            form.offer("facility", stock_choices.places(session, current_actor().org_id))
    return page(template, status=form.status, form=form, lot=lot)


def _schema(kind: type[Schema], *units: str) -> Schema:
    schema: Schema = kind(zone_minutes=current_actor().zone_minutes)  # type: ignore[call-arg]  # facts have zones
    return offers.offering(schema, {name: offers.unit_choices() for name in units})


def _of(lot: Lot) -> dict[str, str]:
    return where_they_lie({"lot": lot.code}, [lot])
