"""The public side: the page behind every QR code, its JSON, QR, certificate and check page, and the farmer card.

Nobody needs to sign in, and nothing here sets a cookie. A code may be typed as people type: small letters, spaces,
dashes, a slash at the end; whatever is meant leads to the one canonical address.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import quote

from flask import Blueprint, Response, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from traceability.documents.certificate import certificate as certificate_pdf
from traceability.documents.certificate import certificate_number, check_number, replaced_papers
from traceability.documents.qr import PICTURES, batch_address, qr_png, qr_svg
from traceability.domain.dossier import Dossier
from traceability.domain.events import Kind
from traceability.domain.identifiers import read_code, read_numbered, show_code
from traceability.domain.scans import KEPT, What
from traceability.errors import NoSuchLot, NotReleased
from traceability.models.database import DatabaseSilent
from traceability.operations import lookups
from traceability.queries.cards import card_of
from traceability.queries.dossiers import NoSuchVersion, UnknownBatch, batch_by_code, dossier_of
from traceability.queries.rendered import public_clock
from traceability.schemas.dossier import as_json
from traceability.web import counting, label_runs, resolver
from traceability.web.batch_page import BatchPage
from traceability.web.errors import refused, wants_json
from traceability.web.goods import action_link
from traceability.web.guessing import answer_misses, remember_misses
from traceability.web.language import current_language, link, paper_language
from traceability.web.line_breaks import breakable
from traceability.web.looking_up import led_on
from traceability.web.pages import config, database, page, pdf
from traceability.web.rendering import asked_for, is_published, once, stands_alone
from traceability.web.session import actor_of_cookie, current_actor, public, signed_in

blueprint = Blueprint("batches", __name__)
blueprint.add_app_template_global(is_published)
blueprint.add_app_template_global(stands_alone)
blueprint.add_app_template_global(lambda: KEPT.days, "days_counted")
remember_misses(blueprint)

_PICTURES = ",".join(f"'{picture}'" for picture in PICTURES)
KEPT_SECONDS = 60  # a recall must be seen within a minute (UX 5.3)


class Read(NamedTuple):
    """A batch in one snapshot of the record."""

    dossier: Dossier
    org_id: int | None  # whose it is, unless it is everybody's
    clock: int  # of the public pages


@dataclass(frozen=True)
class Found:
    """A batch as this reader may see it."""

    dossier: Dossier
    insider: bool  # a member of the organisation that made it, who sees it before its release too
    clock: int = 0  # of the public pages, when it was read

    @property
    def is_open(self) -> bool:
        """Whether this reader may see more than that it is there."""
        return self.dossier.released_at is not None or self.insider


# --- the page and its siblings ------------------------------------------------------------------------------


@blueprint.get("/B/<typed>/")
@blueprint.get("/B/<typed>")
@blueprint.get("/b/<typed>/")
@blueprint.get("/b/<typed>")
@public
def batch(typed: str) -> AnyResponse:
    """The page of a batch, or its data for a program; by the number of a certificate, `CODE-2`, that very version."""
    code, version = read_numbered(typed)
    if resolver.asks_for_links():
        return resolver.links_of_code(code)
    if version is not None:
        checked = "batches.as_data" if resolver.asks_for_data() else "batches.verify"
        return _led(link(checked, typed=code, version=version))
    if typed != code or request.path.endswith("/"):
        return _led(_with_query(url_for("batches.batch", typed=code)))
    if resolver.asks_for_data():
        return as_data(code)
    try:
        found = found_by(typed)
    except UnknownBatch:
        if (own := _own_lot(code)) is not None:
            return own
        raise
    if not found.is_open:
        return shown("not_released", found)
    if not found.insider:
        counting.count(code)
    return shown("batch", found)


@blueprint.get("/B/<typed>.json")
@blueprint.get("/b/<typed>.json")
@public
def as_data(typed: str) -> AnyResponse:
    """What the page says, for programs; it is answered at the address of the page too, by what is asked for."""
    found = found_by(typed)
    value = as_json(found.dossier)
    if found.dossier.released_at is not None:
        numbers = {"number": certificate_number(found.dossier), "check_number": check_number(found.dossier)}
        value["certificate"] = numbers
    answer = jsonify(value)
    answer.vary.add("Accept")
    return kept(answer, found)


@blueprint.get("/b/<typed>/qr.svg")
@public
def qr_drawing(typed: str) -> AnyResponse:
    """The QR code as a drawing of any size."""
    found = found_by(typed)
    drawing = qr_svg(batch_address(config().public_url, found.dossier.code), title=show_code(found.dossier.code))
    return kept(Response(drawing, mimetype="image/svg+xml"), found)


@blueprint.get(f"/b/<typed>/<any({_PICTURES}):picture>")
@public
def qr_picture(typed: str, picture: str) -> AnyResponse:
    """The QR code as a picture for a printer of so many dots an inch."""
    found = found_by(typed)
    drawn = qr_png(batch_address(config().public_url, found.dossier.code), dpi=PICTURES[picture])
    return kept(Response(drawn, mimetype="image/png"), found)


@blueprint.get("/b/<typed>/certificate.pdf")
@public
def certificate(typed: str) -> AnyResponse:
    """The batch origin certificate, only of what was released."""
    found = found_by(typed)
    if found.dossier.released_at is None:
        raise NotReleased(batch=found.dossier.lot_number if found.insider else found.dossier.code)
    paper = certificate_pdf(found.dossier, public_url=config().public_url, language=paper_language())
    return kept(pdf(paper, certificate_number(found.dossier)), found)


@blueprint.get("/b/<typed>/verify")
@public
def verify(typed: str) -> AnyResponse:
    """What must be the same on a paper in the hand; a QR code cut from another paper leads to other numbers."""
    found = found_by(typed)
    if found.dossier.released_at is None:
        return shown("not_released", found)
    if not found.insider:
        counting.count(code=found.dossier.code, what=What.VERIFY)
    return shown("verify", found, replaced=replaced_papers(found.dossier))


@blueprint.get("/b/<typed>/labels.pdf")
@signed_in()
def labels(typed: str) -> AnyResponse:
    """Labels, for the people of the organisation that packed the batch; one for every unit unless asked.

    Where something that was asked needs another look, or an answer, its form.
    """
    return label_runs.sheet(current_actor(), read_code(typed))


# --- finding a batch, and the card of a farmer ----------------------------------------------------------------


@blueprint.get("/find")
@public
def find() -> AnyResponse:
    """Type the code that stands under the QR, or the number of the lot; a whole address pasted in is understood too."""
    typed = request.args.get("code", "").strip()
    return led_on(typed) if typed else page("batches/find.html", typed="", problem=None)


@blueprint.get("/F/<typed>")
@blueprint.get("/f/<typed>")
@public
def card(typed: str) -> AnyResponse:
    """A farmer card: whose it is only the organisation's own people learn, by being led on."""
    code = read_code(typed)
    with database().reading() as session:
        found = card_of(session, code)
    actor = actor_of_cookie()
    if actor is not None and actor.org_id == found.org_id:
        if not actor.may(Kind.WEIGH_IN):
            return redirect(url_for("registry.farmer", code=found.farmer), 303)
        if found.lost_on is not None:  # there it is told why not
            return redirect(url_for("collection.weigh_in", q=code), 303)
        return redirect(url_for("collection.weigh_in", farmer=found.farmer), 303)
    return page("batches/card.html", organisation=found.organisation.text(current_language()))


# --- what cannot be shown -------------------------------------------------------------------------------------


answer_misses(blueprint, "batches/unknown.html", UnknownBatch)


@blueprint.errorhandler(NoSuchVersion)
def no_version(refusal: NoSuchVersion) -> Response:
    """The batch is there, and has no version of this number: a paper that names one must not look checked."""
    if wants_json():
        return refused(refusal)
    code = read_code((request.view_args or {})["typed"])
    return page("batches/no_version.html", status=404, typed=code, sentence=refusal.sentence)


@blueprint.errorhandler(DatabaseSilent)
def unavailable(refusal: DatabaseSilent) -> Response:
    """The database does not answer; the code is shown again, so that nobody has to scan once more."""
    if wants_json():
        return refused(refusal)
    typed = (request.view_args or {}).get("typed", "")
    return page("batches/unavailable.html", status=refusal.status, typed=typed, sentence=refusal.sentence)


# --- between them ---------------------------------------------------------------------------------------------


def found_by(typed: str) -> Found:
    """The batch meant by `typed`, in the version asked for: what was printed on a day stays readable.

    Raises NotACode, MistypedCode, UnknownBatch, NoSuchVersion, DatabaseSilent.
    """
    code, version = read_code(typed), request.args.get("version", type=int)
    dossier, org_id, clock = once((code, version), lambda: _read(code, version))
    actor = actor_of_cookie() if org_id is not None else None
    return Found(dossier, insider=actor is not None and actor.org_id == org_id, clock=clock)


def _read(code: str, version: int | None) -> Read:
    with database().reading() as session:
        dossier = dossier_of(session, code, version=version)
        org_id = batch_by_code(session, code)[1].org_id if dossier.released_at is None else None
        return Read(dossier, org_id, public_clock(session))


def _led(address: str) -> AnyResponse:
    """The one address of what was asked for in another spelling; it depends on what is asked for, too."""
    answer = redirect(address, 308)
    answer.vary.add("Accept")
    return answer


def _with_query(address: str) -> str:
    """An address with the query as it was asked: what it says of versions and languages is kept."""
    asked = quote(request.query_string, safe=":/?@!$&'()*+,;=%")  # whatever else was sent raw is no part of a header
    return f"{address}?{asked}" if asked else address


def _own_lot(code: str) -> AnyResponse | None:
    """A tag on a bag that is no batch yet leads the organisation's own people to the lot."""
    actor = actor_of_cookie()
    if actor is None:
        return None
    with database().reading() as session:
        try:
            lot = lookups.lot_of(session, actor, code)
        except NoSuchLot:
            return None
    return redirect(action_link("lots.lot", code=lot.code), 303)


def shown(template: str, found: Found, replaced: Sequence[tuple[str, str]] = ()) -> Response:
    """One of the pages of a batch; loudly a demonstration when anything in it is."""
    dossier = found.dossier
    view = BatchPage(dossier, current_language(), None if asked_for() else datetime.now(UTC))
    numbers = (certificate_number(dossier), check_number(dossier))
    demo = config().demo or dossier.demo
    answer = page(f"batches/{template}.html", batch=view, numbers=numbers, demo=demo, replaced=replaced)
    answer.set_data(breakable(answer.get_data(as_text=True)))
    answer.vary.add("Accept")  # a machine gets data or a linkset at the same address
    return kept(answer, found)


def kept(response: Response, found: Found) -> Response:
    """Let the answer be kept for a minute, and asked for again by its tag; not what only insiders see."""
    if found.insider:
        return response
    if (rendering := asked_for()) is not None and found.dossier.released_at is not None:
        rendering.holds(found.dossier, found.clock)
    response.cache_control.max_age = KEPT_SECONDS
    response.add_etag()
    response.make_conditional(request)
    return response
