"""The paper of a print run, as its page and programs get it: what stands on the labels, and where they are made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from flask import Response, request

from traceability.documents.carton import CartonLabel, said_on_carton
from traceability.documents.labels import BagLabel, Design, Labelled, labels, of_batch, write_labels
from traceability.documents.stencil import stencil
from traceability.documents.stock import STOCKS, stock_called
from traceability.domain import serials
from traceability.domain.dossier import Dossier, Status
from traceability.domain.gs1 import lot_keys
from traceability.domain.labelling import CARTON
from traceability.domain.roles import Actor
from traceability.errors import NeedsConfirming, Refusal, Sentence
from traceability.models import LabelRun, Lot
from traceability.operations import lookups
from traceability.operations.labels import boxes_of, check_labels, check_paper
from traceability.queries.cartons import carton_of
from traceability.queries.dossiers import dossier_of
from traceability.queries.labels import Run
from traceability.schemas.labels import LabelsAsked, LabelsAskedSchema
from traceability.web import forms
from traceability.web.language import current_language, paper_language
from traceability.web.pages import config, database, page, pdf
from traceability.web.printing import Make, Making, Printing, room_for
from traceability.words import N_

STENCIL: Final = "stencil"  # beside the names of label stock
NO_LABELS: Final[Mapping[Status, str]] = {  # why none is printed
    Status.RECALLED: N_("No labels are printed for a batch that is recalled."),
    Status.DESTROYED: N_("No labels are printed for a batch that was destroyed."),
    Status.FAILED: N_("No labels are printed for a batch that failed its check."),
}


def look(actor: Actor, row: LabelRun, seen: Run, lot: Lot, *, confirmed: bool) -> tuple[Printing, Making]:
    """How far the paper of a run is; it is begun where nobody is at it.

    Raises what keeps it from being handed out now, however long it is there, which is what `check_paper` refuses: so
    no paper that was made before a recall or a suspension is opened after it. Also what `design` refuses.
    """
    try:
        with database().reading() as session:
            batch, fresh = lookups.batch_of(session, actor, lot.code)
            check_paper(session, batch, fresh, row, confirmed=confirmed)
        found = printing(row, seen)
        return found, found.look(partial(_maker, actor, row, seen, lot))
    except NeedsConfirming:
        raise
    except Refusal as refusal:
        refusal.at = None  # whoever asks for a paper filled in no form
        raise


@dataclass(frozen=True)
class Opening:
    """How far the paper of a run is, and what is asked before it is opened; or else what stops it."""

    making: Making | None = None
    doubts: Sequence[Sentence] = ()
    stop: Refusal | None = None


def opening(actor: Actor, row: LabelRun, seen: Run, lot: Lot, doubts: Sequence[Sentence] = ()) -> Opening:
    """The same for the page of a run."""
    try:
        return Opening(look(actor, row, seen, lot, confirmed=bool(doubts))[1], doubts)
    except NeedsConfirming as asked:
        return opening(actor, row, seen, lot, asked.warnings)
    except Refusal as refusal:
        return Opening(stop=refusal)


def printing(row: LabelRun, seen: Run) -> Printing:
    """The paper of a run in the reader's language; another one after labels of it were voided."""
    name = f"{row.code}-{current_language()}-{seen.void_count}"
    return Printing(config().data_dir, name, row.last - row.first + 1 - seen.void_count)


def _maker(actor: Actor, row: LabelRun, seen: Run, lot: Lot) -> Make:
    """Everything that the paper says is read now; making it asks the database nothing. Voided labels are left out."""
    with database().reading() as session:
        drawn = design(session, actor, row.layout, lot)
    boxes = (
        box
        for box in serials.boxes(row.seed, row.first, row.last, row.total)
        if not any(void.first <= box.n <= void.last for void in seen.voids)
    )
    return lambda output, told: write_labels(output, drawn, boxes, told)


def design(session: Any, actor: Actor, layout: str, lot: Lot) -> Design:
    """Raises SquaresTooSmall, and what `check_labels` and `carton_of` refuse: the batch may have been recalled, or a
    code suspended for that day since.
    """
    language, public_url = current_language(), config().public_url
    dossier = dossier_of(session, lot.code)
    check_labels(dossier, layout, confirmed=True)  # whoever recorded the run was asked
    said = labelled(dossier, lot)
    if layout == CARTON:
        carton = carton_of(session, *lookups.batch_of(session, actor, lot.code))
        return CartonLabel(said_on_carton(said, dossier, carton.orchard, carton.packhouse), public_url)
    try:
        return BagLabel(said, stock_called(layout), public_url, language, serials=True)
    except Refusal as refusal:
        refusal.at = "layout"
        raise


def unnumbered(actor: Actor, code: str, asked: LabelsAsked) -> tuple[str, bytes]:
    """The code of a batch, and labels without serials: each says which box of the whole batch it is, however few.

    Raises NoSuchBatch, OddBoxes, NotInBatch, TooManyAtOnce, UnknownLabelSheet, SquaresTooSmall, TooManyPapers, and
    what `check_labels` refuses.
    """
    with database().reading() as session:
        dossier = dossier_of(session, lookups.batch_of(session, actor, code)[1].code)
    sheet, language = asked.sheet or "a4_24", paper_language()
    check_labels(dossier, sheet, confirmed=asked.confirmed)
    first, last, of = boxes_of(dossier, asked.first, asked.last, asked.count)
    said, public_url = of_batch(dossier, language), config().public_url
    count = last - first + 1
    with room_for(actor.org_id, count):
        paper = labels(said, count=count, first=first, of=of, public_url=public_url, sheet=sheet, language=language)
    return dossier.code, paper


def sheet(actor: Actor, code: str) -> Response:
    """Labels without serials as the address asks for them, or its form again: what cannot be read would be a wrong
    number of labels, and what is on hold is printed by whoever read of it. Raises NoSuchBatch.
    """
    with database().reading() as session:
        lot = lookups.batch_of(session, actor, code)[1]
    form = forms.bind(LabelsAskedSchema(), request.args)
    paper = forms.attempt(form, lambda asked: unnumbered(actor, lot.code, asked)[1])
    if paper is not None:
        return pdf(paper, f"labels-{lot.code}")
    form.offer("sheet", [(name, stock.title) for name, stock in STOCKS.items()])
    return page("labels/boxes.html", status=form.status, form=form, lot=lot)


def stencil_of(lot: Lot, language: str) -> bytes:
    """The marks of a batch as letters to cut out. Raises RecalledIsNotLabelled, and what `stencil` refuses."""
    with database().reading() as session:
        dossier = dossier_of(session, lot.code)
    check_labels(dossier, STENCIL, confirmed=True)
    return stencil(dossier, language)


def labelled(dossier: Dossier, lot: Lot) -> Labelled:
    """What every label of a batch says, and the address that its square is made of."""
    return of_batch(dossier, current_language(), key=next(iter(lot_keys(lot.number)), lot.code))
