"""Measuring, holding, recalling and keeping papers, on a phone."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, make_response, redirect, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from traceability.documents import terms
from traceability.domain.events import Kind
from traceability.domain.facts import Attach
from traceability.errors import FileTooLarge, NoSuchHold, NoSuchRecall, OneTarget, Sentence
from traceability.models import Lot
from traceability.operations import inspection, lookups
from traceability.operations.recalling import KINDS, Targets, recall_each, targets_of
from traceability.queries import attachments, holds, lot_lists, recalls, stock_choices
from traceability.queries.failed import failed_of
from traceability.schemas import FILL_THIS_IN, Schema
from traceability.schemas.facts import LotChoice, TimedSchema
from traceability.schemas.fields import Choices, Flag, Text
from traceability.schemas.inspection import (
    CloseHoldSchema,
    HoldSchema,
    InspectSchema,
    LiftRecallSchema,
    RecallSchema,
)
from traceability.schemas.origins import codes_in
from traceability.web import forms, offers, uploads
from traceability.web.language import current_language
from traceability.web.pages import Entry, database, page
from traceability.web.session import current_actor, signed_in
from traceability.web.stock import asked_lots, choose, lots_of, written
from traceability.words import N_, translate

blueprint = Blueprint("inspection", __name__)
nav = Entry(N_("Holds"), "inspection.holds", "pause", place=70)

USUAL_PROPERTIES = (
    "moisture_percent",
    "dry_matter_percent",
    "brix",
    "cupping_score",
    "water_activity",
    "cadmium",
    "basic_yellow_2",
    "pesticide_residue",
)
CHOOSE_A_FILE = N_("Choose a photo or a PDF first.")


class AttachSchema(TimedSchema):
    """A photo or paper for a lot; the file itself travels beside the form."""

    makes = dict
    lot = LotChoice(required=True)
    title = Text(N_("What it is"), required=True, most=120)
    public = Flag(N_("Everybody may see it"))


# -- measure ----------------------------------------------------------------------------------------------------


@blueprint.get("/measure")
@signed_in(Kind.INSPECT)
def measure() -> Response:
    """What was measured of a lot, by whom, and whether it passed."""
    lots = asked_lots()
    if not lots:
        return choose("inspection.measure", N_("Measure a lot"), sealed=True)
    return _measure_page(forms.opened(_schema(InspectSchema), {"lot": lots[0].code}), lots[0])


@blueprint.post("/measure")
@signed_in(Kind.INSPECT)
def save_measure() -> AnyResponse:
    """Store the results; of one that failed whoever may stop goods is asked at once whether to."""
    lot = lots_of([request.form.get("lot", "")])[0]
    form = forms.bind(_schema(InspectSchema), request.form)
    done = forms.attempt(form, written(inspection.inspect))
    if done is None:
        return _measure_page(form, lot)
    failed = any(result.passed is False for result in form.fact.measured)
    if failed and current_actor().may(Kind.HOLD) and not _stopped(done["lot"]):
        return redirect(url_for("inspection.hold", lot=done["lot"], failed=1), 303)
    return redirect(offers.lot_page(done["lot"]), 303)


def _stopped(code: str) -> bool:
    with database().reading() as session:
        return bool(lot_lists.stopped(session, current_actor(), [code]))


def _measure_page(form: forms.Form, lot: Lot) -> Response:
    language = current_language()
    offered: Choices = [(key, translate(language, terms.property_words(key))) for key in USUAL_PROPERTIES]
    form.offer("measured-property", offered)
    with database().reading() as session:
        form.offer("facility", stock_choices.places(session, current_actor().org_id))
    return page("inspection/measure.html", status=form.status, form=form, lot=lot)


# -- hold -------------------------------------------------------------------------------------------------------


@blueprint.get("/holds", endpoint="holds")
@signed_in()
def holds_and_recalls() -> Response:
    """Every hold and recall, the open ones first."""
    with database().reading() as session:
        held = holds.holds_of(session, current_actor().org_id)
        recalled = holds.recalls_of(session, current_actor().org_id)
        incoming = recalls.incoming(session, current_actor().org_id)
    return page("inspection/holds.html", holds=held, recalls=recalled, incoming=incoming)


@blueprint.get("/hold")
@signed_in(Kind.HOLD)
def hold() -> Response:
    """A lot, or what a farmer or a plot brought in, that must not move, and why; after a result of a lot that failed
    (`?failed=1`) the reason is filled in."""
    targets = _targets(request.args)
    if not targets.each:
        title = N_("Put on hold")
        return choose("inspection.hold", title, sealed=True, template="inspection/hold_what.html")
    target = targets.each[0]
    failed = _failed(target.code) if target.kind == "lot" and request.args.get("failed") else ""
    start = {target.kind: target.code, "reason": failed}
    return _hold_page(forms.opened(_schema(HoldSchema), start), targets, failed)


def _failed(code: str) -> str:
    """The failed results that count for a lot as the reason of a hold, in the language of whoever reads it first."""
    (lot,) = lots_of([code])
    with database().reading() as session:
        found = failed_of(session, lot.id)
    language = current_language()
    said = [
        f"{translate(language, terms.property_words(one.property))} {terms.measured(language, one.value, one.unit)}"
        for one in found
    ]
    return translate(language, N_("Failed: {results}"), results=", ".join(said))[:300] if said else ""


@blueprint.post("/hold")
@signed_in(Kind.HOLD)
def save_hold() -> AnyResponse:
    """Stop it and everything made from it."""
    targets = _targets(request.form)
    if len(targets.each) != 1:
        raise OneTarget()
    form = forms.bind(_schema(HoldSchema), request.form)
    done = forms.attempt(form, written(inspection.put_on_hold))
    if done is None:
        return _hold_page(form, targets)
    return redirect(offers.lot_page(done["lot"]) if "lot" in done.answer else url_for("inspection.holds"), 303)


def _hold_page(form: forms.Form, targets: Targets, failed: str = "") -> Response:
    target = targets.each[0]
    return page(
        "inspection/hold.html",
        status=form.status,
        form=form,
        target=target,
        lot=lots_of([target.code])[0] if target.kind == "lot" else None,
        reach=targets.reach,
        failed=failed,
    )


@blueprint.get("/hold/close")
@signed_in(Kind.CLOSE_HOLD)
def close_hold() -> Response:
    """What became of a hold."""
    found = _open_hold(request.args.get("hold", ""))
    return page(
        "inspection/close_hold.html", form=forms.opened(_schema(CloseHoldSchema), {"hold": found.code}), hold=found
    )


@blueprint.post("/hold/close")
@signed_in(Kind.CLOSE_HOLD)
def save_close_hold() -> AnyResponse:
    """Let the goods move again, or keep them stopped for good; whoever sends the form must have chosen which."""
    form = forms.bind(_schema(CloseHoldSchema), request.form)
    if request.form.get("passed") not in ("0", "1"):
        form.problems["passed"] = (Sentence(FILL_THIS_IN),)
    done = forms.attempt(form, written(inspection.close_hold))
    if done is None:
        found = _open_hold(request.form.get("hold", ""))
        return page("inspection/close_hold.html", status=form.status, form=form, hold=found)
    return redirect(url_for("inspection.holds"), 303)


def _open_hold(code: str) -> holds.HoldRow:
    with database().reading() as session:
        found = holds.open_hold(session, current_actor().org_id, code)
    if found is None:
        raise NoSuchHold(code=code)
    return found


# -- recall -----------------------------------------------------------------------------------------------------


@blueprint.get("/recall")
@signed_in(Kind.RECALL)
def recall() -> Response:
    """Which lots, plots or farmers; then how far it reaches, before anybody says yes."""
    targets = _targets(request.args)
    if not targets.each:
        return page("inspection/recall_what.html")
    with database().reading() as session:
        phone = lookups.organisation_of(session, current_actor()).phone
    form = forms.opened(_schema(RecallSchema), {targets.each[0].kind: targets.each[0].code, "phone": phone})
    return page("inspection/recall.html", form=form, targets=targets)


@blueprint.post("/recall")
@signed_in(Kind.RECALL)
def save_recall() -> AnyResponse:
    """Call everything back that was made of it: all of it or, where one thing is refused, nothing."""
    targets = _targets(request.form)
    if not targets.each:
        raise OneTarget()
    form = forms.bind(_schema(RecallSchema), request.form)
    if form.fact is not None:
        form.fact = replace(form.fact, language=current_language())
    done = forms.attempt(form, written(lambda session, actor, fact: recall_each(session, actor, fact, targets)))
    if done is None:
        return page("inspection/recall.html", status=form.status, form=form, targets=targets)
    return redirect(url_for("inspection.holds"), 303)


def _targets(given: MultiDict[str, str]) -> Targets:
    """What an address or a form names, by kind or only by codes."""
    named = {kind: given.get(kind, "").strip() for kind in KINDS}
    with database().reading() as session:
        return targets_of(session, current_actor(), named, codes_in(",".join(given.getlist("of"))))


@blueprint.get("/recall/lift")
@signed_in(Kind.LIFT_RECALL)
def lift_recall() -> Response:
    """The end of a recall, and why."""
    found = _open_recall(request.args.get("recall", ""))
    form = forms.opened(_schema(LiftRecallSchema), {"recall": found.code})
    return page("inspection/lift_recall.html", form=form, recall=found)


@blueprint.post("/recall/lift")
@signed_in(Kind.LIFT_RECALL)
def save_lift_recall() -> AnyResponse:
    """Lift it; it stays in the history of everything it reached."""
    form = forms.bind(_schema(LiftRecallSchema), request.form)
    done = forms.attempt(form, written(inspection.lift_recall))
    if done is None:
        found = _open_recall(request.form.get("recall", ""))
        return page("inspection/lift_recall.html", status=form.status, form=form, recall=found)
    return redirect(url_for("inspection.holds"), 303)


def _open_recall(code: str) -> holds.RecallRow:
    with database().reading() as session:
        found = holds.open_recall(session, current_actor().org_id, code)
    if found is None:
        raise NoSuchRecall(code=code)
    return found


# -- photos and papers ------------------------------------------------------------------------------------------


@blueprint.get("/attach")
@signed_in(Kind.ATTACH)
def attach() -> Response:
    """A photo or a paper to keep with a lot."""
    lots = asked_lots()
    if not lots:
        return choose("inspection.attach", N_("Add a photo or paper"), sealed=True)
    form = _with_file(forms.opened(_schema(AttachSchema), {"lot": lots[0].code}))
    return page("inspection/attach.html", form=form, lot=lots[0])


@blueprint.post("/attach")
@signed_in(Kind.ATTACH)
def save_attach() -> AnyResponse:
    """Keep it, bounded and re-encoded by the operation."""
    lot = lots_of([request.form.get("lot", "")])[0]
    form = _with_file(forms.bind(_schema(AttachSchema), request.form))
    try:
        content = uploads.uploaded("content")
    except FileTooLarge as refusal:
        form.refuse(refusal)
    else:
        if not content:
            form.problems["content"] = (Sentence(CHOOSE_A_FILE),)
        elif form.fact is not None:
            form.fact = Attach(**form.fact, content=content)
    done = forms.attempt(form, written(inspection.attach))
    if done is None:
        return page("inspection/attach.html", status=form.status, form=form, lot=lot)
    return redirect(offers.lot_page(done["lot"]), 303)


def _with_file(form: forms.Form) -> forms.Form:
    form.files["content"] = N_("Photo or PDF")
    return form


@blueprint.get("/attachments/<code>")
@signed_in()
def attachment(code: str) -> Response:
    """The file, to be saved and never run: only to people of the organisation that keeps it."""
    with database().reading() as session:
        found = attachments.attachment_of(session, current_actor().org_id, code)
        response = make_response(found.content)
    ending = "pdf" if found.media_type == "application/pdf" else "jpg"
    response.mimetype = found.media_type
    response.headers["Content-Disposition"] = f'attachment; filename="{found.code}.{ending}"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _schema(kind: type[Schema]) -> Schema:
    return kind(zone_minutes=current_actor().zone_minutes)  # type: ignore[call-arg]  # facts have zones
