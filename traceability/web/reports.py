"""“It matches” and “It does not match”: what anybody with the goods in hand can say, and what our people do about it.

Nobody signs in to report, and no cookie is set: the form carries a signed word with the time, so that nothing can be
sent in the name of a reader who never opened it.
"""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, make_response, redirect, request, url_for
from itsdangerous import BadSignature, TimestampSigner
from werkzeug.wrappers import Response as AnyResponse

from traceability.domain.dossier import Status
from traceability.domain.events import Kind
from traceability.domain.identifiers import code_in, read_code
from traceability.domain.reports import DIFFERS, KEPT_AFTER_HANDLING, KEPT_AT_MOST, STATES, Told
from traceability.domain.scans import LONGEST_SERIAL, What, connection_of
from traceability.errors import Invalid, NotAPictureOrPaper, Refusal, Sentence
from traceability.operations import reports as operations
from traceability.operations.pictures import drawn_anew
from traceability.queries import reports
from traceability.queries.dossiers import UnknownBatch
from traceability.queries.resolving import Scanned, batch_of_code, standing_of
from traceability.schemas.reports import HandleReportSchema, ReportSchema
from traceability.web import counting, forms, uploads
from traceability.web.guessing import answer_misses, are_too_many, remember_misses
from traceability.web.language import current_language, link
from traceability.web.pages import config, database, page
from traceability.web.scans import may_read, read_widely
from traceability.web.session import current_actor, public, signed_in
from traceability.web.stock import written
from traceability.web.verdicts import BADGES
from traceability.words import LANGUAGE_NAMES, N_

blueprint = Blueprint("reports", __name__)

OPEN_FOR: Final = 4 * 3600  # seconds: somebody walks back to the box to read its seal
MOST: Final = 10  # reports from one address within ten minutes: a market behind one address, and no flood
_SECONDS: Final = 600.0
_SENDERS: Final = "report_senders"
MOST_OF_BATCH: Final = 30  # of one batch from one network in a day: nobody alone uses up what a batch may have
_A_DAY: Final = 24 * 3600.0
_SENDERS_OF_BATCH: Final = "report_senders_of_batch"
LAY_OPEN: Final = N_("This form lay open for too long. Send it once more.")
LEFT_EMPTY: Final = N_("The last box must stay empty. Empty it, then send again.")

remember_misses(blueprint, _SENDERS, MOST, _SECONDS)
remember_misses(blueprint, _SENDERS_OF_BATCH, MOST_OF_BATCH, _A_DAY)


class TooManySent(Refusal):
    """Very many reports came from your network. Wait ten minutes, then send yours again."""

    status = 429


class NotAPhoto(Invalid):
    """Only pictures (JPEG, PNG, WebP) can be sent here. Choose another file, or send the report without one."""


# --- anybody --------------------------------------------------------------------------------------------------


@blueprint.post("/b/<typed>/match")
@public
def match(typed: str) -> AnyResponse:
    """The goods in the hand are what the page says: one more who compared."""
    code = _released(typed)[0]
    counting.count(code, _serial(), What.MATCH)
    return redirect(link("reports.matched", typed=code), 303)


@blueprint.get("/b/<typed>/match")
@public
def matched(typed: str) -> Response:
    """Thank you."""
    code, batch = _released(typed)
    return page("reports/matched.html", code=code, batch=batch, stop=_standing(batch), demo=_demo(batch))


@blueprint.get("/b/<typed>/report")
@public
def ask(typed: str) -> Response:
    """What is different."""
    code, batch = _released(typed)
    return _ask_page(_with_photo(forms.opened(ReportSchema(), {"serial": _serial()})), code, batch)


@blueprint.post("/b/<typed>/report")
@public
def send(typed: str) -> AnyResponse:
    """Keep the report; the page after it shows its number."""
    code, batch = _released(typed)
    form = _with_photo(forms.bind(ReportSchema(), request.form))
    if request.form.get("website"):
        form.problems[""] = (Sentence(LEFT_EMPTY),)
    elif not _is_signed(form, code):
        form.problems[""] = (Sentence(LAY_OPEN),)
    number = forms.attempt(form, lambda told: _keep(code, told))
    if number is None:
        return _ask_page(form, code, batch)
    return redirect(link("reports.sent", typed=code, number=number), 303)


@blueprint.get("/b/<typed>/report/<number>")
@public
def sent(typed: str, number: str) -> Response:
    """Thank you: the number, how far the report is, and the answer once there is one."""
    code, batch = _released(typed)
    with database().reading() as session:
        found = reports.sent_report(session, code, read_code(number))
    return page(
        "reports/sent.html",
        code=code,
        batch=batch,
        report=found,
        states=STATES,
        stop=_standing(batch),
        demo=_demo(batch),
    )


def _ask_page(form: forms.Form, code: str, batch: Scanned) -> Response:
    token = _signer().sign(f"{code} {form.client_id}").decode()
    context = {
        "form": form,
        "code": code,
        "batch": batch,
        "token": token,
        "stop": _standing(batch),
        "demo": _demo(batch),
        "kept_for": (KEPT_AFTER_HANDLING, KEPT_AT_MOST),
    }
    return page("reports/report.html", status=form.status, **context)


def _keep(code: str, told: Told) -> str:
    """Raises TooManySent and TooManyReports before the photo is opened, which is what costs; NotAPhoto, and what else a
    photo or the operation is refused for.
    """
    connection = connection_of(request.remote_addr or "")
    if are_too_many(_SENDERS, connection):
        raise TooManySent()
    if are_too_many(_SENDERS_OF_BATCH, f"{connection} {code}"):
        raise operations.TooManyReports()
    photo, spoken = _photo(), current_language()
    return database().write(lambda session: operations.receive_report(session, code, told, photo, spoken))


def _photo() -> bytes | None:
    """The photo that was sent with the form, drawn anew."""
    try:
        content = uploads.uploaded("photo")
        return drawn_anew(content) if content else None
    except NotAPictureOrPaper:
        raise NotAPhoto(at="photo") from None
    except Refusal as refusal:
        refusal.at = "photo"
        raise


def _with_photo(form: forms.Form) -> forms.Form:
    form.files["photo"] = N_("Photo")
    return form


def _is_signed(form: forms.Form, code: str) -> bool:
    """Whether we made this form for this batch, and not too long ago."""
    try:
        said = _signer().unsign(request.form.get("token", "").encode("utf-8", "replace"), max_age=OPEN_FOR)
    except BadSignature:
        return False
    return said.decode() == f"{code} {form.client_id}"


def _signer() -> TimestampSigner:
    return TimestampSigner(config().secret_key, salt="report")


def _released(typed: str) -> tuple[str, Scanned]:
    """The batch meant. One that is not released is as unknown here as one that there never was. Raises UnknownBatch."""
    code = read_code(typed)
    with database().reading() as session:
        return code, batch_of_code(session, code)


def _serial() -> str:
    """Of the label that was read, where its page led here."""
    return (request.values.get("serial") or "")[:LONGEST_SERIAL]


def _standing(batch: Scanned) -> tuple[str, str] | None:
    """Tone and words of what stops the goods; nothing when they may be sold."""
    with database().reading() as session:
        standing = standing_of(session, [batch])[0]
    return None if standing is Status.RELEASED else BADGES[standing]


def _demo(batch: Scanned) -> bool:
    return config().demo or batch.demo


answer_misses(blueprint, "batches/unknown.html", UnknownBatch)


# --- our own people -------------------------------------------------------------------------------------------


@blueprint.get("/reports")
@signed_in()
def all_reports() -> Response:
    """Every report, the new ones first."""
    may_read()
    with database().reading() as session:
        found = reports.reports_of(session, current_actor(), batch=code_in(request.args.get("batch", "")))
    return page("reports/reports.html", reports=found, widely=len(read_widely()), differs=DIFFERS, states=STATES)


@blueprint.get("/reports/<code>")
@signed_in()
def report(code: str) -> Response:
    """One report, and what was done about it."""
    may_read()
    return _report_page(None, code)


@blueprint.post("/reports/<code>")
@signed_in(Kind.HANDLE_REPORT)
def save_report(code: str) -> AnyResponse:
    """Say how far it is."""
    form = forms.bind(HandleReportSchema(zone_minutes=current_actor().zone_minutes), request.form)
    done = forms.attempt(form, written(operations.handle_report))
    return _report_page(form, code) if done is None else redirect(url_for("reports.all_reports"), 303)


@blueprint.get("/reports/<code>/photo")
@signed_in(Kind.HANDLE_REPORT)
def photo(code: str) -> Response:
    """The photo of a report."""
    with database().reading() as session:
        response = make_response(reports.photo_of(session, current_actor(), code))
    response.mimetype = "image/jpeg"
    return response


def _report_page(form: forms.Form | None, code: str) -> Response:
    with database().reading() as session:
        found = reports.report_of(session, current_actor(), code)
    if form is None:
        start = {"report": found.code, "state": str(found.state), "answer": found.answer}
        form = forms.opened(HandleReportSchema(zone_minutes=current_actor().zone_minutes), start)
    return page(
        "reports/one.html",
        status=form.status,
        form=form,
        report=found,
        differs=DIFFERS,
        states=STATES,
        spoken=LANGUAGE_NAMES.get(found.language, found.language),
    )
