"""Labels with a number for every box: printed and voided by staff, and the page that a scan of one opens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, jsonify, redirect, request, send_file, url_for
from werkzeug.wrappers import Response as AnyResponse

from traceability.documents import terms
from traceability.documents.stock import STOCKS
from traceability.domain import serials
from traceability.domain.events import Kind
from traceability.domain.identifiers import read_code
from traceability.domain.labelling import CARTON, LABEL_SHEET, MOST_LABELS
from traceability.domain.scans import WINDOW, Evidence, What
from traceability.domain.serials import NotASerial, read_serial
from traceability.errors import Refusal
from traceability.models import LabelRun, Lot
from traceability.operations import labels as labelling
from traceability.operations import lookups
from traceability.queries import labels as printed
from traceability.queries.cartons import CODE_NEEDED, names_orchard, only_cartons
from traceability.queries.dossiers import UnknownBatch, dossier_of
from traceability.queries.labels import BoxState, KnownBox
from traceability.queries.resolving import Scanned, batch_of_code
from traceability.queries.scans import limits_of_batch, shared_of
from traceability.schemas.boxes import BoxSchema
from traceability.schemas.labels import PrintLabelsSchema, VoidLabelsSchema
from traceability.web import counting, forms, label_runs, resolver
from traceability.web.batch_page import BatchPage
from traceability.web.beside import as_data_beside, told_beside
from traceability.web.guessing import NUMBERS, refused_guess, remember_misses
from traceability.web.language import current_language, link
from traceability.web.line_breaks import breakable
from traceability.web.pages import config, database, page, pdf
from traceability.web.printing import REFRESH_SECONDS
from traceability.web.rendering import is_published
from traceability.web.session import current_actor, public, signed_in
from traceability.web.stock import written
from traceability.web.verdicts import BADGES
from traceability.words import N_, translate

blueprint = Blueprint("boxes", __name__)
remember_misses(blueprint, NUMBERS)

IN_FILES = ("numbered", "none")  # what stands for the number of a box where only files answer
_NOT_HERE = N_("This label cannot be looked up here right now.")
_WHY = {  # what the page of a box says above all else
    BoxState.VOID: N_("This label does not count."),
    BoxState.BEYOND: N_("This number was never printed."),
    BoxState.UNKNOWN: N_("We know no label with this number."),
}


# --- what a scan opens ------------------------------------------------------------------------------------------


@blueprint.get("/B/<typed>/21/<typed_serial>/")
@blueprint.get("/b/<typed>/21/<typed_serial>/")
@blueprint.get("/B/<typed>/21/<typed_serial>")
@blueprint.get("/b/<typed>/21/<typed_serial>")
@public
def box(typed: str, typed_serial: str) -> AnyResponse:
    """Which box of how many it is, and how its batch stands. A number that nobody printed is told so, with 404.

    Whoever tries many such numbers is told to wait, and is not counted; a number that is right is always answered.
    """
    code = read_code(typed)
    if is_published():
        return _any_box(code, numbered=typed_serial == IN_FILES[0])
    try:
        serial = read_serial(typed_serial)
    except NotASerial:
        serial = ""
    if resolver.asks_for_links():
        return resolver.links_of_box(code, serial) if serial else resolver.links_of_code(code)
    if request.path.endswith("/") or (serial and request.path != url_for("boxes.box", typed=code, typed_serial=serial)):
        return redirect(link("boxes.box", typed=code, typed_serial=serial or typed_serial), 308)
    with database().reading() as session:
        try:
            batch = batch_of_code(session, code)
        except UnknownBatch:  # its page says whether it waits for release, and to its own people more
            return redirect(link("batches.batch", typed=code), 303)
        known = printed.box_of(session, code, serial) if serial else KnownBox(BoxState.UNKNOWN)
        limits, today = counting.limits_of(config()), datetime.now(UTC).date()
        shared = shared_of(session, batch.lot_id, serial, limits, today) if known.box is not None else None
        limits = limits_of_batch(session, batch.lot_id, limits) if shared else limits
    if serial and known.state is BoxState.UNKNOWN and (waiting := refused_guess(NUMBERS)) is not None:
        return waiting
    printed_there = known.state in (BoxState.PRINTED, BoxState.VOID)
    counting.count(code, serial, What.SCAN if printed_there else What.UNPRINTED)
    told = told_beside(batch)
    if resolver.asks_for_data():
        answer = _as_data(known, batch, told, serial or typed_serial, shared)
    else:
        number = serials.show_serial(serial) if serial else typed_serial
        read = {"shared": shared, "limits": limits, "days": WINDOW.days}
        answer = _shown(batch, told, known=known, numbered=_numbered(known), serial=number, **read)
    answer.status_code = 404 if known.state is BoxState.UNKNOWN else 200
    return resolver.for_a_minute(answer)


def _any_box(code: str, *, numbered: bool) -> Response:
    """For files, which know no single box: a list of all serials would let whoever reads it print labels that count.

    Whether a number counts cannot be said there, and a program must not take that for a yes. Where no label of the
    batch has a number, or what was asked for is no number, there is no such box.
    """
    with database().reading() as session:
        batch = batch_of_code(session, code)
    known = None if numbered else KnownBox(BoxState.UNKNOWN)
    told = told_beside(batch)
    if resolver.asks_for_data():
        answer = _as_data(known, batch, told)
        answer.status_code = 503 if numbered else 404
    else:
        answer = _shown(batch, told, known=known, numbered="", serial="")
        answer.status_code = 200 if numbered else 404
    return answer


def _shown(batch: Scanned, told: BatchPage, **said: Any) -> Response:
    """The page of a box, with how its batch stands on top where that is not simply for sale."""
    demo = config().demo or batch.demo
    answer = page("boxes/box.html", batch=batch, state=BADGES[told.dossier.status], told=told, demo=demo, **said)
    answer.set_data(breakable(answer.get_data(as_text=True)))
    return answer


def _as_data(
    known: KnownBox | None,
    batch: Scanned,
    about: BatchPage,
    serial: str = "",
    shared: Evidence | None = None,
) -> Response:
    """What the page of a box says, for programs; of a box that nobody looked up, that it may count or not."""
    why = _WHY.get(known.state, "") if known else _NOT_HERE
    told = translate(current_language(), why) if why else ""
    box: dict[str, Any] = {"state": known.state if known else "unchecked", "counts": None}
    if known:
        box["counts"] = known.state is BoxState.PRINTED
        box |= {"n": known.box.n, "of": known.box.of, "unit": known.unit} if known.box else {}
        box |= {"label_says": known.label_says} if known.label_says else {}
    if serial:
        box |= {"serial": serial, "seen_widely": shared is not None, **({"seen": shared} if shared else {})}
    return jsonify(BoxSchema().dump({**box, "why": told, "batch": as_data_beside(batch, about)}))


def _numbered(known: KnownBox) -> str:
    if known.box is None:
        return ""
    return terms.unit_of(current_language(), known.unit, known.box.n, known.box.of)


# --- the labels of a batch --------------------------------------------------------------------------------------


@blueprint.get("/batches/<code>/boxes")
@signed_in()
def batch_labels(code: str) -> Response:
    """What was printed for a batch so far, and the form for more."""
    return _batch_page(code)


@blueprint.post("/batches/<code>/boxes")
@signed_in(Kind.PRINT_LABELS)
def save_labels(code: str) -> AnyResponse:
    """Record the run; the page of the run makes the paper."""
    lot = _lot(code)
    form = forms.bind(_schema(_sheets(lot)), request.form)
    if form.ok:
        try:
            with database().reading() as session:  # a run that cannot be printed is not recorded
                label_runs.design(session, current_actor(), form.fact.layout, lot)
        except Refusal as refusal:
            form.refuse(refusal)
    done = forms.attempt(form, written(labelling.print_labels))
    if done is None:
        return _batch_page(code, form)
    return redirect(url_for("boxes.run", code=done["run"]), 303)


def _batch_page(code: str, form: forms.Form | None = None) -> Response:
    lot = _lot(code)
    with database().reading() as session:
        runs = printed.runs_of(session, lot.id)
        dossier = dossier_of(session, lot.code)
    sheets = _sheets(lot)
    offered = _offered(sheets, lot.commodity, dossier.destination)
    count = lot.made_count or 1
    without = _unlabelled(runs, count)
    all_labelled = form is None and without is None
    if form is None:
        first, last = without or (None, None)
        start = {"batch": lot.code, "first": first, "last": last, "of": count, "layout": next(iter(offered))}
        form = forms.opened(_schema(offered), start)
    form.offer("layout", list(offered.items()))
    why_none = label_runs.NO_LABELS.get(dossier.status, "")
    may = current_actor().may(Kind.PRINT_LABELS) and not why_none and not all_labelled
    shown = {"form": form, "lot": lot, "runs": runs, "may": may, "why_none": why_none, "sheets": sheets}
    shown["all_labelled"] = all_labelled and not why_none
    return page("boxes/batch.html", status=form.status, **shown)


def _schema(sheets: Mapping[str, str]) -> PrintLabelsSchema:
    schema: Any = PrintLabelsSchema(zone_minutes=current_actor().zone_minutes)
    schema.fields["layout"].choices = list(sheets.items())
    return schema  # type: ignore[no-any-return]


def _sheets(lot: Lot) -> dict[str, str]:
    """What may be printed on, and what each is called; the carton of fruit only where there is fruit."""
    own = {CARTON: LABEL_SHEET} if names_orchard(lot.commodity) else {}
    return {**own, **{name: stock.title for name, stock in STOCKS.items()}}


def _offered(sheets: Mapping[str, str], goods: str, destination: str) -> dict[str, str]:
    """Those that suit where the goods go: the carton says that they are for China, which takes no other (UX 6.2)."""
    if only_cartons(goods, destination):
        return {CARTON: sheets[CARTON]}
    return {name: title for name, title in sheets.items() if name != CARTON or not destination}


def _lot(code: str) -> Lot:
    """The lot of a batch of the person's own organisation. Raises NoSuchBatch."""
    with database().reading() as session:
        return lookups.batch_of(session, current_actor(), code)[1]


@blueprint.get("/batches/<code>/stencil.pdf")
@signed_in()
def stencil_pdf(code: str) -> Response:
    """The marks of a coffee bag as letters to cut out."""
    lot = _lot(code)
    return pdf(label_runs.stencil_of(lot, current_language()), f"stencil-{lot.code}")


# --- one run ----------------------------------------------------------------------------------------------------


@blueprint.get("/runs/<code>")
@signed_in()
def run(code: str) -> Response:
    """How far the paper is; the page asks again by itself until it is ready, and may be left meanwhile."""
    return _run_page(code)


@blueprint.get("/runs/<code>/labels.pdf")
@signed_in()
def paper(code: str) -> AnyResponse:
    """The paper, once it is made; the page of the run says what stops it."""
    row, seen, lot = _own_run(code)
    confirmed = request.args.get("confirmed") == "1"
    to_its_page = redirect(url_for("boxes.run", code=row.code), 303)
    try:
        printing, making = label_runs.look(current_actor(), row, seen, lot, confirmed=confirmed)
    except Refusal:
        return to_its_page
    if not making.ready:
        return to_its_page
    return send_file(printing.paper, mimetype="application/pdf", download_name=f"labels-{row.code}.pdf", max_age=0)


@blueprint.post("/runs/<code>/again")
@signed_in(Kind.PRINT_LABELS)
def again(code: str) -> AnyResponse:
    """Try once more to make a paper that could not be made."""
    row, seen, _ = _own_run(code)
    label_runs.printing(row, seen).again()
    return redirect(url_for("boxes.run", code=row.code), 303)


@blueprint.post("/runs/<code>/void")
@signed_in(Kind.VOID_LABELS)
def void(code: str) -> AnyResponse:
    """Some labels of the run do not count."""
    form = forms.bind(VoidLabelsSchema(zone_minutes=current_actor().zone_minutes), request.form)
    done = forms.attempt(form, written(labelling.void_labels))
    return _run_page(code, form) if done is None else redirect(url_for("boxes.run", code=done["run"]), 303)


def _run_page(code: str, form: forms.Form | None = None) -> Response:
    row, seen, lot = _own_run(code)
    opening = label_runs.opening(current_actor(), row, seen, lot)
    if form is None:
        start = {"run": row.code, "first": row.first, "last": row.last}
        form = forms.opened(VoidLabelsSchema(), start)
    making = opening.making
    waiting = making is not None and not making.ready and making.failed is None and not form.problems
    answer = page(
        "boxes/run.html",
        status=form.status,
        form=form,
        run=seen,
        lot=lot,
        making=making,
        stop=opening.stop,
        doubts=opening.doubts,
        code_needed=isinstance(opening.stop, CODE_NEEDED),
        refresh=REFRESH_SECONDS if waiting else 0,
        may={kind.value for kind in (Kind.VOID_LABELS, Kind.PRINT_LABELS) if current_actor().may(kind)},
        sheet=_sheets(lot).get(row.layout, row.layout),
    )
    return answer


def _own_run(code: str) -> tuple[LabelRun, printed.Run, Lot]:
    with database().reading() as session:
        return printed.run_of(session, current_actor(), code)


def _unlabelled(runs: Sequence[printed.Run], count: int) -> tuple[int, int] | None:
    """The first boxes in a row without a label that counts, as many as one run may have; nothing where all have one."""
    labelled: set[int] = set()
    for run in runs:
        counting = set(range(run.first, run.last + 1))
        labelled |= counting.difference(*(range(void.first, void.last + 1) for void in run.voids))
    first = next((n for n in range(1, count + 1) if n not in labelled), None)
    if first is None:
        return None
    last = next((n - 1 for n in range(first, count + 1) if n in labelled), count)
    return first, min(last, first + MOST_LABELS - 1)
