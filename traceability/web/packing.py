"""The packing house on a phone: pack, seal, release, replace; and the staff page of one batch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from traceability.commodities import COMMODITIES
from traceability.documents import terms
from traceability.documents.qr import PICTURES, batch_address
from traceability.documents.stencil import uncut_grade
from traceability.documents.stock import STOCKS
from traceability.domain.dossier import Dossier, Status
from traceability.domain.events import Kind
from traceability.domain.gs1 import label_link
from traceability.domain.methods import METHOD_NAMES, Method
from traceability.domain.reports import DIFFERS
from traceability.models import Batch, Lot
from traceability.operations import lookups, packing
from traceability.operations.labels import doubt_of
from traceability.queries import dossiers, reports, scans, sealed_batches
from traceability.queries.cartons import only_cartons
from traceability.queries.methods import offered_to_count
from traceability.schemas import Schema
from traceability.schemas.packing import PackSchema, ReleaseSchema, SealSchema, SupersedeSchema
from traceability.web import forms, label_runs, offers
from traceability.web.batch_page import BatchPage
from traceability.web.language import current_language
from traceability.web.pages import Entry, config, database, page
from traceability.web.scans import places, spoken
from traceability.web.session import current_actor, signed_in
from traceability.web.stock import (
    asked_lots,
    choose,
    lots_of,
    offer_lots,
    posted_lots,
    suggest_losses,
    with_place,
    written,
)
from traceability.web.verdicts import BADGES
from traceability.words import N_, translate

blueprint = Blueprint("packing", __name__)
nav = Entry(N_("Batches"), "packing.batches", "box", place=50)

PACKING_PLACES = ("packing_house", "dry_mill", "warehouse")


# -- pack -------------------------------------------------------------------------------------------------------


@blueprint.get("/pack")
@signed_in(Kind.PACK)
def pack() -> Response:
    """Which lots, into how many bags or boxes."""
    lots = asked_lots()
    if not lots:
        return choose("packing.pack", N_("Pack a lot"), kinds=("delivery", "lot", "packed"))
    start = {f"inputs-{place}-lot": lot.code for place, lot in enumerate(lots)}
    goods = COMMODITIES[lots[0].commodity]
    form = goods.form(lots[0].form)
    if form is not None and form.is_export:
        start |= {"form": form.key, "unit": form.unit}
    start["grade"] = lots[0].grade
    return _pack_page(forms.opened(_pack_schema(lots[0]), with_place(start, PACKING_PLACES)), lots)


@blueprint.post("/pack")
@signed_in(Kind.PACK)
def save_pack() -> AnyResponse:
    """Store the packed lot."""
    lots = posted_lots("inputs")
    if not lots:
        return choose("packing.pack", N_("Pack a lot"), status=422)
    form = forms.bind(_pack_schema(lots[0]), request.form)
    done = forms.attempt(form, written(packing.pack))
    return redirect(offers.lot_page(done["lot"]), 303) if done else _pack_page(form, lots)


def _pack_schema(first: Lot) -> Schema:
    goods = COMMODITIES[first.commodity]
    exported = [form.key for form in goods.export_forms]
    after = offers.after_steps(goods, first.form)
    choices = {
        "form": offers.form_choices(goods, exported),
        "unit": offers.unit_choices(),
        "losses-name": offers.loss_choices(offers.usual_losses(goods, first.form)),
        "by_products-form": offers.form_choices(goods, [key for key in after if key not in exported]),
        "by_products-unit": offers.unit_choices(),
    }
    return offers.offering(PackSchema(zone_minutes=current_actor().zone_minutes), choices)


def _pack_page(form: forms.Form, lots: Sequence[Lot]) -> Response:
    suggest_losses(form, ("sorting", "sample"))
    offer_lots(form, "inputs-lot", lots, any_form=True, sealed=True)
    held_g = sum(lot.balance_g for lot in lots)
    return page("packing/pack.html", status=form.status, form=form, lots=lots, held_g=held_g)


# -- seal, release, replace -------------------------------------------------------------------------------------


@blueprint.get("/seal")
@signed_in(Kind.SEAL)
def seal() -> Response:
    """Where a packed lot goes, and what is marked on it."""
    lots = asked_lots()
    if not lots:
        return choose("packing.seal", N_("Seal a batch"), kinds=("packed",))
    form = forms.opened(SealSchema(zone_minutes=current_actor().zone_minutes), {"lot": lots[0].code})
    return _seal_page(form, lots[0])


@blueprint.post("/seal")
@signed_in(Kind.SEAL)
def save_seal() -> AnyResponse:
    """Make it a batch: from now on it has a public code."""
    lot = lots_of([request.form.get("lot", "")])[0]
    form = forms.bind(SealSchema(zone_minutes=current_actor().zone_minutes), request.form)
    done = forms.attempt(form, written(packing.seal))
    return redirect(url_for("packing.batch", code=done["batch"]), 303) if done else _seal_page(form, lot)


def _seal_page(form: forms.Form, lot: Lot) -> Response:
    """With the ways of counting that may be declared, and of each other one why it may not."""
    goods = COMMODITIES[lot.commodity].form(lot.form)
    with database().reading() as session:
        ways = offered_to_count(session, lot)
    form.offer("counted_by", [(str(way), METHOD_NAMES[way]) for way, refusal in ways if refusal is None])
    form.values.setdefault("counted_by", str(Method.PRO_RATA))
    return page(
        "packing/seal.html",
        status=form.status,
        form=form,
        lot=lot,
        hs=goods.hs6 if goods else "",
        refused=[(METHOD_NAMES[way], refusal) for way, refusal in ways if refusal is not None],
    )


@blueprint.get("/release")
@signed_in(Kind.RELEASE)
def release() -> AnyResponse:
    """Everything that becomes public, before it does."""
    code = request.args.get("lot") or request.args.get("batch") or ""
    if not code.strip():
        return redirect(url_for("packing.batches"), 303)
    batch, lot = _batch(code)
    form = forms.opened(ReleaseSchema(zone_minutes=current_actor().zone_minutes), {"batch": lot.code})
    return _release_page(form, batch, lot)


@blueprint.post("/release")
@signed_in(Kind.RELEASE)
def save_release() -> AnyResponse:
    """Open the batch's page to everybody."""
    batch, lot = _batch(request.form.get("batch", ""))
    form = forms.bind(ReleaseSchema(zone_minutes=current_actor().zone_minutes), request.form)
    done = forms.attempt(form, written(packing.release))
    return redirect(url_for("packing.batch", code=lot.code), 303) if done else _release_page(form, batch, lot)


def _release_page(form: forms.Form, batch: Batch, lot: Lot) -> Response:
    with database().reading() as session:
        view = _view(dossiers.dossier_of(session, lot.code))
        second = sealed_batches.second_person_needed(session, batch, current_actor().user_id)
    return page("packing/release.html", status=form.status, form=form, batch=view, lot=lot, second=second)


@blueprint.get("/supersede")
@signed_in(Kind.SUPERSEDE)
def supersede() -> AnyResponse:
    """A newer batch takes the place of this one."""
    code = request.args.get("lot") or request.args.get("batch") or ""
    if not code.strip():
        return redirect(url_for("packing.batches"), 303)
    _, lot = _batch(code)
    form = forms.opened(SupersedeSchema(zone_minutes=current_actor().zone_minutes), {"old": lot.code})
    return _supersede_page(form, lot)


@blueprint.post("/supersede")
@signed_in(Kind.SUPERSEDE)
def save_supersede() -> AnyResponse:
    """Point the older batch to the newer one."""
    _, lot = _batch(request.form.get("old", ""))
    form = forms.bind(SupersedeSchema(zone_minutes=current_actor().zone_minutes), request.form)
    done = forms.attempt(form, written(packing.supersede))
    return redirect(url_for("packing.batch", code=lot.code), 303) if done else _supersede_page(form, lot)


def _supersede_page(form: forms.Form, lot: Lot) -> Response:
    with database().reading() as session:
        newer = sealed_batches.released_batches(session, current_actor().org_id)
    form.offer("new", [(code, _marked(number, status)) for code, number, status in newer if code != lot.code])
    return page("packing/supersede.html", status=form.status, form=form, lot=lot)


def _marked(number: str, status: Status) -> str:
    """The number of a batch in a list, with how it stands where nobody should be led to it as it is."""
    if status is Status.RELEASED:
        return number
    return f"{number} · {translate(current_language(), BADGES[status][1])}"


# -- batches ----------------------------------------------------------------------------------------------------


@blueprint.get("/batches")
@signed_in()
def batches() -> Response:
    """Every batch with its state, the newest first."""
    with database().reading() as session:
        found = sealed_batches.batches_of(
            session, current_actor().org_id, request.args.get("page", default=1, type=int)
        )
    return page(
        "packing/batches.html", batches=found, states=BADGES, country=partial(terms.country, current_language())
    )


@blueprint.get("/batches/<code>")
@signed_in()
def batch(code: str) -> Response:
    """One batch for its own people: its state, its codes, its papers, and what may be done next."""
    found, lot = _batch(code)
    with database().reading() as session:
        view = _view(dossiers.dossier_of(session, lot.code))
        sealed_by = sealed_batches.name_of_user(session, found.sealed_by_user_id)
        second = sealed_batches.second_person_needed(session, found, current_actor().user_id)
        counted = scans.counted_of(session, lot.id, datetime.now(UTC).date())
        differing = reports.differing(session, lot.id)
    return page(
        "packing/batch.html",
        batch=view,
        lot=lot,
        state=BADGES[view.dossier.status],
        no_labels=label_runs.NO_LABELS.get(view.dossier.status, ""),
        stocks=STOCKS,
        pictures=[
            (f"PNG {dpi} dpi", url_for("batches.qr_picture", typed=lot.code, picture=picture))
            for picture, dpi in PICTURES.items()
        ],
        doubt=doubt_of(view.dossier),
        uncut_grade=uncut_grade(view.dossier),
        only_cartons=only_cartons(lot.commodity, found.destination),
        sealed_by=sealed_by,
        second=second,
        address=batch_address(config().public_url, lot.code),
        digital_link=label_link(config().public_url, view.dossier.marks.gtin, lot.number, lot.code),
        country=terms.country(current_language(), found.destination) if found.destination else "",
        may={kind.value for kind in Kind if current_actor().may(kind)},
        counted=counted,
        countries=places(counted.countries),
        languages_read=spoken(counted.languages),
        differing=[(DIFFERS[key], n) for key, n in differing.items()],
    )


@blueprint.get("/batches/<code>/labels")
@signed_in()
def labels(code: str) -> AnyResponse:
    """The label sheet of a sealed batch; where something typed needs another look, its form again."""
    return label_runs.sheet(current_actor(), code)


def _batch(code: str) -> tuple[Batch, Lot]:
    """A batch of the person's own organisation. Raises NoSuchBatch, which is all that an outsider learns."""
    with database().reading() as session:
        return lookups.batch_of(session, current_actor(), code)


def _view(dossier: Dossier) -> BatchPage:
    return BatchPage(dossier, current_language(), datetime.now(UTC))
