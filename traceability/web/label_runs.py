"""The paper of a print run, as its page and programs get it: what stands on the labels, and where they are made."""

from __future__ import annotations

from functools import partial
from typing import Any

from traceability.documents.carton import CartonLabel, said_on_carton
from traceability.documents.labels import BagLabel, Design, Labelled, of_batch, write_labels
from traceability.documents.stock import stock_called
from traceability.domain import serials
from traceability.domain.dossier import Dossier
from traceability.domain.gs1 import lot_keys
from traceability.domain.labelling import CARTON
from traceability.domain.roles import Actor
from traceability.models import LabelRun, Lot
from traceability.operations import lookups
from traceability.queries.cartons import carton_of
from traceability.queries.dossiers import dossier_of
from traceability.queries.labels import Run
from traceability.web.language import current_language
from traceability.web.pages import config, database
from traceability.web.printing import Make, Making, Printing


def look(actor: Actor, row: LabelRun, seen: Run, lot: Lot) -> tuple[Printing, Making]:
    """How far the paper of a run is; it is begun where nobody is at it."""
    found = printing(row, seen)
    return found, found.look(partial(_maker, actor, row, seen, lot))


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
    """Raises SquaresTooSmall, and what `carton_of` refuses: a code may have been suspended for that day since."""
    language, public_url = current_language(), config().public_url
    dossier = dossier_of(session, lot.code)
    said = labelled(dossier, lot)
    if layout == CARTON:
        carton = carton_of(session, *lookups.batch_of(session, actor, lot.code))
        return CartonLabel(said_on_carton(said, dossier, carton.orchard, carton.packhouse), public_url)
    return BagLabel(said, stock_called(layout), public_url, language, serials=True)


def labelled(dossier: Dossier, lot: Lot) -> Labelled:
    """What every label of a batch says, and the address that its square is made of."""
    return of_batch(dossier, current_language(), key=next(iter(lot_keys(lot.number)), lot.code))
