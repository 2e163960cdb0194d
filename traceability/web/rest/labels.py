"""Labels with a serial each, and pallets, over the API: what a run holds, what one serial is worth, and the papers.

A run of ten thousand labels takes a while: its paper is made in the background as for the pages, and 202 says how far
it is until then.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from inspect import getdoc
from typing import Any, Final

from flask import Response, jsonify, send_file
from flask_smorest import Blueprint

from traceability.documents.stock import STOCKS
from traceability.domain import serials
from traceability.domain.labelling import CARTON, LABEL_SHEET, PrintLabels
from traceability.domain.roles import Actor
from traceability.domain.serials import read_serial
from traceability.operations import labels, lookups
from traceability.operations.ledger import Done
from traceability.queries.dossiers import dossier_of
from traceability.queries.labels import box_of, run_of
from traceability.queries.scans import shared_of
from traceability.schemas.answers import list_of
from traceability.schemas.fields import Choice
from traceability.schemas.labels import (
    LabelsAsked,
    LabelsAskedSchema,
    MakingAnswer,
    PaperAsked,
    PaperAskedSchema,
    PrintLabelsSchema,
    SerialAnswer,
    SerialsAsked,
    SerialsAskedSchema,
    SerialStateAnswer,
    TagsAsked,
    TagsAskedSchema,
)
from traceability.web import counting, label_runs, pallets
from traceability.web import labels as lot_tags
from traceability.web.errors import problem
from traceability.web.language import paper_language
from traceability.web.pages import config, database, pdf
from traceability.web.printing import REFRESH_SECONDS
from traceability.web.rest.callers import caller
from traceability.web.rest.contract import refusing
from traceability.words import N_

SHEETS: Final = ((CARTON, LABEL_SHEET), *((name, stock.title) for name, stock in STOCKS.items()))
PDF: Final = {"type": "string", "format": "binary"}


class LabelRunSchema(PrintLabelsSchema):
    """Labels for the boxes of a batch; here every sheet there is can be named."""

    layout = Choice(N_("Sheet"), choices=SHEETS, required=True, most=16)


def print_labels(session: Any, actor: Actor, fact: PrintLabels) -> Done:
    """A run of labels with a serial each. A run that cannot be printed is not recorded.

    Raises NoSuchBatch, OddBoxes, NotInBatch, OtherCount, TooManyAtOnce, LabelledAlready, SquaresTooSmall,
    OnlyCartons, RecalledIsNotLabelled; NeedsConfirming when it is on hold or was replaced; of cartons for China also
    what keeps an orchard or a packing house from being named.
    """
    done = labels.print_labels(session, actor, fact)
    if not done.replayed:
        label_runs.design(session, actor, fact.layout, lookups.batch_of(session, actor, done["batch"])[1])
    return done


def mount(blueprint: Blueprint) -> None:
    """Add the endpoints."""

    def add(path: str, name: str, summary: str, view: Callable[..., Any], *statuses: int) -> None:
        view = refusing(blueprint, view, 401, 403, 404, *statuses)
        told = {"summary": summary, "description": getdoc(view), "operationId": name}
        view = blueprint.doc(**told, security=[{"token": ["read"]}])(view)
        blueprint.add_url_rule(path, name, view, methods=["GET"])

    listed = blueprint.response(200, list_of(SerialAnswer), description="As asked.")
    asked = blueprint.arguments(SerialsAskedSchema, location="query")
    add("/label-runs/<code>/serials", "list_serials", "List the labels of a run", asked(listed(serials_of_run)), 422)
    state = blueprint.response(200, SerialStateAnswer, description="As asked.")(state_of_serial)
    add("/batches/<code>/serials/<serial>", "get_serial", "Say what one serial of a batch is worth", state)
    paper = blueprint.response(200, PDF, content_type="application/pdf", description="The labels.")
    making = blueprint.alt_response(202, schema=MakingAnswer, description="It is being made: ask again in 2 seconds.")
    sure = blueprint.arguments(PaperAskedSchema, location="query")
    run = sure(making(paper(paper_of_run)))
    add("/label-runs/<code>/labels.pdf", "get_labels_of_run", "The labels of a run, to print", run, 409, 422)
    bags = blueprint.arguments(LabelsAskedSchema, location="query")(paper(labels_of_batch))
    add(
        "/batches/<code>/labels.pdf",
        "get_labels_of_batch",
        "Labels of a batch without serials, to print",
        bags,
        409,
        422,
        429,
    )
    tags = blueprint.arguments(TagsAskedSchema, location="query")(paper(tags_of_lot))
    add("/lots/<code>/tags.pdf", "get_tags_of_lot", "Tags for the bags of a lot, to print", tags, 409, 422, 429)
    marks = paper(stencil_of_batch)
    add("/batches/<code>/stencil.pdf", "get_stencil", "The marks of a coffee bag as letters to cut out", marks, 409)
    add("/pallets/<code>/label.pdf", "get_label_of_pallet", "The label of a pallet, to print", paper(label_of_pallet))


def serials_of_run(asked: SerialsAsked, code: str) -> dict[str, Any]:
    """Every label of a run in the order of the boxes, with what its QR code says: for a label printer of your own."""
    with database().reading() as session:
        row, seen, lot = run_of(session, caller(), code)
        said = label_runs.labelled(dossier_of(session, lot.code), lot)
    first = max(row.first, asked.after + 1)
    last = min(row.last, first + asked.limit - 1)
    items = [
        {
            "box": box.n,
            "serial": box.serial,
            "void": any(void.first <= box.n <= void.last for void in seen.voids),
            "address": said.address(config().public_url, box.serial),
        }
        for box in serials.boxes(row.seed, first, last, row.total)
    ]
    return {"items": items, "next": str(last) if first <= last < row.last else None}


def state_of_serial(code: str, serial: str) -> dict[str, Any]:
    """`printed`, `void`, `beyond` (made by a run, not printed in it) or `unknown`; the batch may wait for release."""
    wanted = read_serial(serial)
    today = datetime.now(UTC).date()
    with database().reading() as session:
        lot = lookups.batch_of(session, caller(), code)[1]
        known = box_of(session, lot.code, wanted)
        limits = counting.limits_of(config())
        shared = known.box is not None and shared_of(session, lot.id, wanted, limits, today) is not None
    box = {"box": known.box.n, "of": known.box.of} if known.box is not None else {"box": None, "of": None}
    told = {"serial": wanted, "state": str(known.state), "run": known.run or None, "unit": known.unit}
    return {**told, **box, "batch": lot.code, "copied_or_shared": shared}


def paper_of_run(asked: PaperAsked, code: str) -> Response:
    """The same paper as on the page of the run, in the language of `Accept-Language`. Voided labels are left out.

    However long it is there: of a batch that is recalled it is not handed out, nor are cartons while a number on them
    does not count for the day of packing; one that is on hold or was replaced needs `confirmed`.
    """
    with database().reading() as session:
        row, seen, lot = run_of(session, caller(), code)
    printing, making = label_runs.look(caller(), row, seen, lot, confirmed=asked.confirmed)
    if making.ready:
        name = f"labels-{row.code}.pdf"
        return send_file(printing.paper, mimetype="application/pdf", download_name=name, max_age=0)
    if making.failed is not None:
        printing.again()  # whoever asks once more has it tried once more
        return problem(409, making.failed, name="PaperNotMade")
    answer = jsonify({"done": making.done, "total": making.total})
    answer.status_code = 202
    answer.headers["Retry-After"] = str(REFRESH_SECONDS)
    return answer


def labels_of_batch(asked: LabelsAsked, code: str) -> Response:
    """For the boxes `first` to `last`, or all, on A4 unless a sheet is named; each says how many the batch has.

    A batch that is on hold or was replaced needs `confirmed`. Fruit for China and what is recalled have no such labels.
    """
    found, paper = label_runs.unnumbered(caller(), code, asked)
    return pdf(paper, f"labels-{found}")


def tags_of_lot(asked: TagsAsked, code: str) -> Response:
    """As many as are asked for, or one for every bag that is there, on bag tags unless a sheet is named."""
    return lot_tags.tags_of(caller(), code, asked.count or None, asked.sheet or "tag")


def stencil_of_batch(code: str) -> Response:
    """The same paper as on the page of its numbered labels."""
    with database().reading() as session:
        lot = lookups.batch_of(session, caller(), code)[1]
    return pdf(label_runs.stencil_of(lot, paper_language()), f"stencil-{lot.code}")


def label_of_pallet(code: str) -> Response:
    """The same paper as on the page of the pallets of its batch."""
    return pallets.label_of(caller(), code)
