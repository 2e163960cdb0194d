"""Pallets: boxes of a batch put together by staff, their label, and the page that a scan of one opens."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from traceability.documents.pallet import pallet_label, said_on_pallet
from traceability.domain.dossier import Status
from traceability.domain.events import Kind
from traceability.domain.identifiers import read_code
from traceability.domain.roles import Actor
from traceability.errors import Conflict
from traceability.models import Batch, Lot
from traceability.operations import lookups, pallets
from traceability.operations.labels import check_pallet
from traceability.queries import gs1
from traceability.queries import pallets as built
from traceability.queries.cartons import CODE_NEEDED, names_orchard
from traceability.queries.dossiers import UnknownBatch, dossier_of
from traceability.schemas.boxes import PalletSchema
from traceability.schemas.labels import BreakPalletSchema, BuildPalletSchema
from traceability.web import forms, resolver
from traceability.web.beside import as_data_beside, told_beside
from traceability.web.language import current_language, link
from traceability.web.line_breaks import breakable
from traceability.web.pages import config, database, page, pdf
from traceability.web.session import current_actor, public, signed_in
from traceability.web.stock import written
from traceability.web.verdicts import BADGES, BANDS

blueprint = Blueprint("pallets", __name__)

_TOLD = (Status.ON_HOLD, Status.SUPERSEDED)  # on the label too


@blueprint.get("/PALLET/<typed>/")
@blueprint.get("/pallet/<typed>/")
@blueprint.get("/PALLET/<typed>")
@blueprint.get("/pallet/<typed>")
@public
def pallet(typed: str) -> AnyResponse:
    """Which batch stands on it, which boxes, and how much they weigh."""
    code = read_code(typed)
    if resolver.asks_for_links():
        return resolver.links_of_pallet(code)
    if request.path != url_for("pallets.pallet", typed=code):
        return redirect(link("pallets.pallet", typed=code), 308)
    if resolver.asks_for_data():
        return as_data(code)
    with database().reading() as session:
        seen, batch = built.pallet_scanned(session, code=code)
    told = told_beside(batch)
    demo, state = config().demo or batch.demo, BADGES[told.dossier.status]
    answer = page("pallets/pallet.html", pallet=seen, batch=batch, state=state, told=told, demo=demo)
    answer.set_data(breakable(answer.get_data(as_text=True)))
    return resolver.for_a_minute(answer)


@blueprint.get("/PALLET/<typed>.json")
@blueprint.get("/pallet/<typed>.json")
@public
def as_data(typed: str) -> Response:
    """What its page says, for programs; it is answered at the address of the page too, by what is asked for."""
    with database().reading() as session:
        seen, batch = built.pallet_scanned(session, code=read_code(typed))
    on_it = {**vars(seen), "count": seen.count, "batch": as_data_beside(batch, told_beside(batch))}
    return resolver.for_a_minute(jsonify(PalletSchema().dump(on_it)))


blueprint.register_error_handler(built.UnknownPallet, resolver.unknown)
blueprint.register_error_handler(UnknownBatch, resolver.unknown)


@blueprint.get("/batches/<code>/pallets")
@signed_in()
def batch_pallets(code: str) -> Response:
    """The pallets of a batch, and the form for the next one."""
    return _batch_page(code)


@blueprint.post("/batches/<code>/pallets")
@signed_in(Kind.BUILD_PALLET)
def save_pallet(code: str) -> AnyResponse:
    """Boxes on one pallet."""
    form = forms.bind(BuildPalletSchema(zone_minutes=current_actor().zone_minutes), request.form)
    done = forms.attempt(form, written(pallets.build_pallet))
    return _batch_page(code, form) if done is None else redirect(url_for("pallets.batch_pallets", code=code), 303)


@blueprint.get("/pallets/<code>/label.pdf")
@signed_in()
def label(code: str) -> Response:
    """The label of a pallet; where there is none to hand out, the pallets of its batch and the reason."""
    with database().reading() as session:
        _, seen = built.own_pallet(session, current_actor(), code)
    try:
        return label_of(current_actor(), code)
    except Conflict as refusal:
        return _batch_page(seen.batch, stop=refusal, status=refusal.status)


def label_of(actor: Actor, code: str) -> Response:
    """The label of a pallet of the actor's organisation, in the reader's language unless it is fruit for China; what is
    on hold or was replaced says so. Raises UnknownPallet, and what `check_label` refuses."""
    language = current_language()
    with database().reading() as session:
        _, seen = built.own_pallet(session, actor, code)
        pallets.check_label(session, actor, seen)
        dossier = dossier_of(session, seen.batch)
    said = said_on_pallet(
        dossier,
        language,
        code=seen.code,
        sscc=seen.sscc,
        boxes=(seen.first, seen.last),
        net_g=seen.net_g,
        warning=BANDS[dossier.status][1] if dossier.status in _TOLD else "",
        fruit=names_orchard(dossier.commodity),
    )
    return pdf(pallet_label(said, public_url=config().public_url, language=language), f"pallet-{seen.code}")


@blueprint.get("/pallets/<code>/break")
@signed_in(Kind.BREAK_PALLET)
def ask_break(code: str) -> Response:
    """Why a pallet is taken apart."""
    with database().reading() as session:
        _, seen = built.own_pallet(session, current_actor(), code)
    form = forms.opened(BreakPalletSchema(), {"pallet": seen.code})
    return page("pallets/break.html", form=form, pallet=seen)


@blueprint.post("/pallets/<code>/break")
@signed_in(Kind.BREAK_PALLET)
def save_break(code: str) -> AnyResponse:
    """The boxes stand by themselves again."""
    with database().reading() as session:
        _, seen = built.own_pallet(session, current_actor(), code)
    form = forms.bind(BreakPalletSchema(zone_minutes=current_actor().zone_minutes), request.form)
    done = forms.attempt(form, written(pallets.break_pallet))
    if done is None:
        return page("pallets/break.html", status=form.status, form=form, pallet=seen)
    return redirect(url_for("pallets.batch_pallets", code=seen.batch), 303)


def _batch_page(
    code: str, form: forms.Form | None = None, stop: Conflict | None = None, status: int | None = None
) -> Response:
    """`stop` is why a label is not handed out, where that was asked for."""
    actor = current_actor()
    with database().reading() as session:
        batch, lot = lookups.batch_of(session, actor, code)
        stopped_all = _stop(session, batch, lot)
        found = built.pallets_of(session, lot.id)
        prefix = gs1.numbers_of(session, actor.org_id).company_prefix
    if form is None:
        first = max((pallet.last for pallet in found if not pallet.broken), default=0) + 1
        start = {"batch": lot.code, "first": min(first, max(lot.made_count, 1)), "last": lot.made_count}
        form = forms.opened(BuildPalletSchema(), start)
    may = {kind.value for kind in (Kind.BUILD_PALLET, Kind.BREAK_PALLET, Kind.SET_GS1) if actor.may(kind)}
    shown = {"form": form, "lot": lot, "pallets": found, "prefix": prefix, "may": may}
    shown |= {"stop": stopped_all or stop, "none_at_all": stopped_all is not None}
    shown["code_needed"] = isinstance(stopped_all, CODE_NEEDED)
    return page("pallets/batch.html", status=status or form.status, **shown)


def _stop(session: Any, batch: Batch, lot: Lot) -> Conflict | None:
    """Why no pallet of a batch has a label now."""
    try:
        check_pallet(session, batch, lot)
    except Conflict as refusal:
        return refusal
    return None
