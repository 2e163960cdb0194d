"""Why a number on the public page is what it is: every number leads here, and here every sum adds up to the gram."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, Response, request

from traceability.documents import terms
from traceability.domain.dossier import Dossier
from traceability.models.database import DatabaseSilent
from traceability.queries.dossiers import NoSuchVersion, UnknownBatch
from traceability.queries.sums import CameOut, LotSum, NoSuchNumber, Reason, reason_of
from traceability.web import batches
from traceability.web.batch_page import LARGEST, MOST_FARMS, BatchPage
from traceability.web.guessing import answer_misses
from traceability.web.language import current_language
from traceability.web.line_breaks import breakable
from traceability.web.lineage_words import called
from traceability.web.pages import config, database, page
from traceability.web.rendering import asked_for, once
from traceability.web.session import public
from traceability.words import N_, named, translate

blueprint = Blueprint("batch_sums", __name__)
answer_misses(blueprint, "batches/unknown.html", UnknownBatch)
blueprint.register_error_handler(NoSuchVersion, batches.no_version)
blueprint.register_error_handler(DatabaseSilent, batches.unavailable)

_OUT = {"this": N_("This lot"), "others": N_("Other lots"), "by_products": N_("By-products")}


@blueprint.get("/b/<typed>/why")
@public
def all_sums(typed: str) -> Response:
    """Every part of the picture in numbers, the mass balance with its rule, and every way from lot to lot."""
    found = batches.found_by(typed)
    if not found.is_open:
        return batches.shown("not_released", found)
    return batches.shown("sums", found)


@blueprint.get("/b/<typed>/why/<what>")
@public
def why(typed: str, what: str) -> Response:
    """The sum behind one number: a farm, some farms, a lot."""
    found = batches.found_by(typed)
    if not found.is_open:
        return batches.shown("not_released", found)
    dossier = found.dossier
    listed = len(dossier.shares) if len(dossier.shares) <= MOST_FARMS else LARGEST
    reason = once((dossier.code, dossier.version, what), lambda: _reason(dossier, what, listed))
    language = current_language()
    view = BatchPage(dossier, language, None if asked_for() else datetime.now(UTC))
    title = called(language, reason.part)
    demo = config().demo or dossier.demo
    answer = page("batches/why.html", batch=view, reason=reason, title=title, out=_out_words, step=_step, demo=demo)
    answer.set_data(breakable(answer.get_data(as_text=True)))
    return batches.kept(answer, found)


def _reason(dossier: Dossier, what: str, listed: int) -> Reason:
    with database().reading() as session:
        return reason_of(session, dossier, what, listed=listed)


@blueprint.errorhandler(NoSuchNumber)
def no_such_number(refusal: NoSuchNumber) -> Response:
    """An address of a number that the page does not have: back to the page."""
    typed = (request.view_args or {}).get("typed", "")
    return page("batches/no_number.html", status=404, typed=typed, sentence=refusal.sentence)


def _out_words(one: CameOut) -> str:
    """What came out of a lot's entry, in words."""
    language = current_language()
    return named(language, one.called.by_language) if one.kind == "loss" else translate(language, _OUT[one.kind])


def _step(row: LotSum) -> str:
    """What was done when the lot was made."""
    return translate(current_language(), terms.step_words(row.kind))
