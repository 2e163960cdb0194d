"""The resolver: what a GS1 Digital Link leads to, for people by a redirect and for machines as a linkset.

Resolver conformance 1.2 (STANDARDS B.4): a finer number leads where a coarser one does when nothing is known of it,
but never to another batch. Every target is an address of this site, made of `TRACEABILITY_PUBLIC_URL` and of codes in
the record: nothing that was asked names a target, so that no label can send its reader elsewhere (RELIABILITY T18).
Our own short codes answer the same questions and need no GS1 number.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from urllib.parse import parse_qsl, quote, unquote, urlencode

from flask import Blueprint, Flask, Response, current_app, jsonify, redirect, request
from werkzeug.datastructures import MIMEAccept
from werkzeug.routing import PathConverter
from werkzeug.wrappers import Response as AnyResponse

from traceability.domain import linkset
from traceability.domain.gs1 import (
    PATH_SEQUENCES,
    FieldOutOfPlace,
    ValueDoesNotFit,
    lot_keys,
    read_digital_link,
    read_gtin,
)
from traceability.domain.linkset import Anchor, Link, Rel
from traceability.domain.text import shown
from traceability.errors import Invalid, NotFound, Refusal
from traceability.queries import gs1
from traceability.queries.dossiers import UnknownBatch
from traceability.queries.gs1 import UnknownParty, UnknownPlace
from traceability.queries.labels import BoxState, box_among, box_of
from traceability.queries.pallets import UnknownPallet, pallet_scanned
from traceability.queries.resolving import (
    Scanned,
    batch_of_code,
    batches_of_article,
    batches_of_lot,
    standing_of,
)
from traceability.web import anchors
from traceability.web.anchors import HTML, JSON
from traceability.web.errors import bare, error_page, problem, refused, wants_json
from traceability.web.guessing import refused_guess
from traceability.web.language import current_language, is_open_to_all, link
from traceability.web.pages import config, database, page
from traceability.web.rendering import published_of
from traceability.web.session import public
from traceability.web.verdicts import BADGES

blueprint = Blueprint("resolver", __name__)

KEPT_SECONDS: Final = 60  # as long as the page that it leads to
SUPPORTED: Final = ("00", "01", "414", "417")  # others are read, and checked, but nothing in the record carries them
_OF_OUR_CODES: Final = frozenset(
    {"batches.batch", "boxes.box", "pallets.pallet", "whereabouts.place", "whereabouts.organisation"}
)
_KEYS: Final = ",".join(f"'{key}'" for key in PATH_SEQUENCES)
_CONTEXT_REL: Final = "http://www.w3.org/ns/json-ld#context"


class Anything(PathConverter):
    """The rest of an address, line breaks and doubled slashes too: what is wrong with it is ours to say."""

    regex = r"[\s\S]+"
    part_isolating = False


def register(app: Flask) -> None:
    """Mount the resolver, and teach the application to read any rest of an address."""
    app.url_map.converters["anything"] = Anything
    app.register_blueprint(blueprint)


# --- what can be asked ----------------------------------------------------------------------------------------


@blueprint.get(f"/<any({_KEYS}):key>/<anything:rest>")
@public
def resolve(key: str, rest: str) -> AnyResponse:
    """Where a Digital Link leads: 307 to the batch's page, 300 where two batches say the same, or the linkset."""
    said = read_digital_link(_address_asked())
    if next(iter(said)) != key:  # something stands before the number, which this site has no room for
        raise FieldOutOfPlace(field=next(iter(said)))
    if key == "00":
        return _answer(_of_pallet(sscc=said["00"]))
    if key == "414":
        return _answer(_of_place(said["414"], said.get("254", "")))
    if key == "417":
        return _answer(_of_party(said["417"]))
    if key != "01":
        raise UnknownBatch()
    return _product(said["01"], said.get("10", ""), said.get("21", ""))


def _product(gtin: str, lot: str, typed: str) -> AnyResponse:
    """An article, its lot, or one box of that."""
    with database().reading() as session:
        of_lot = batches_of_lot(session, gtin, lot, published_of()) if lot else []
        serial, of_box, labelled = box_among(session, of_lot, typed)
        if of_box:
            of_lot = of_box
        of_article = batches_of_article(session, gtin, published_of()) if asks_for_linkset() or not of_lot else []
    levels = [anchors.of_box(batch, serial, gtin=gtin, lot=lot) for batch in of_box]
    if of_lot:
        (key,) = lot_keys(lot)  # in capitals, however it was spelled
        levels.append(anchors.of_lot(gtin, key, of_lot))
    if of_article:
        levels.append(anchors.of_article(gtin, of_article))
    if not asks_for_links() and ((labelled and not of_box) or (of_box and asks_for_data())):
        # its boxes have numbers: what of a box counts, and that this is none of them, is said at its own address
        return _redirected(_onward(anchors.box_page(of_lot[0].code, serial or quote(typed, safe=""))), levels[0])
    return _answer(levels, of_lot, unknown_lot="" if of_lot else lot)


@blueprint.get("/gtin/<typed>")
@public
def article(typed: str) -> AnyResponse:
    """The batches of an article, for a label that names no batch, or one that nobody knows."""
    gtin, lot = read_gtin(typed), request.args.get("10", "")
    if lot and not lot_keys(lot):
        raise ValueDoesNotFit(value=shown(lot), field="10")
    with database().reading() as session:
        of_lot = batches_of_lot(session, gtin, lot, published_of()) if lot else []
        if len(of_lot) == 1:
            return redirect(link("batches.batch", typed=of_lot[0].code), 307)
        batches = of_lot or batches_of_article(session, gtin, published_of())
        states = [BADGES[standing] for standing in standing_of(session, batches)]
    rows = [
        (link("batches.batch", typed=batch.code), batch, state) for batch, state in zip(batches, states, strict=True)
    ]
    demo = config().demo or any(batch.demo for batch in batches)
    return _kept(page("resolver/article.html", gtin=gtin, lot=lot, batches=rows, known=bool(of_lot), demo=demo))


@blueprint.get("/.well-known/gs1resolver")
@public
def description() -> Response:
    """What this resolver resolves, for machines."""
    return _kept(jsonify(linkset.description(SUPPORTED, anchors.root(), name="Origin")))


def _of_pallet(*, code: str = "", sscc: str = "") -> list[Anchor]:
    with database().reading() as session:
        pallet, batch = pallet_scanned(session, code=code, sscc=sscc)
    return [anchors.of_pallet(pallet, batch, by_code=bool(code))]


def _of_place(gln: str, extension: str) -> list[Anchor]:
    with database().reading() as session:
        return [anchors.of_whereabouts(found, "414") for found in gs1.places_of_gln(session, gln, extension)]


def _of_party(gln: str) -> list[Anchor]:
    with database().reading() as session:
        return [anchors.of_whereabouts(gs1.party_of_gln(session, gln), "417")]


def asks_for_links() -> bool:
    """Whether the reader asks for links of a code, or for one kind of them, and not for its page."""
    return "linkType" in request.args or asks_for_linkset()


def asks_for_linkset() -> bool:
    """Whether a machine asks for all links at once."""
    if "linkType" in request.args:
        return request.args["linkType"] in linkset.WHOLE_SET
    wish = bare(request.accept_mimetypes)  # a browser takes anything, but it does not name this
    return linkset.MEDIA_TYPE in wish.values() and 0 < wish[linkset.MEDIA_TYPE] >= wish[HTML]


def asks_for_data() -> bool:
    """Whether a program would rather have data than a page."""
    return prefers_data(request.accept_mimetypes)


def prefers_data(wish: MIMEAccept) -> bool:
    """The same, of what some request accepts."""
    return _welcome(wish, JSON) > _welcome(wish, HTML)


def links_of_code(code: str) -> AnyResponse:
    """The same answers for a public code of ours. Raises UnknownBatch, also before the batch is released."""
    with database().reading() as session:
        batch = batch_of_code(session, code)
    return _answer([anchors.of_batch(batch)], [batch])


def links_of_box(code: str, serial: str) -> AnyResponse:
    """The same for a box below a public code of ours; what is finer than we know walks up to the batch."""
    with database().reading() as session:
        batch = batch_of_code(session, code)
        known = box_of(session, code, serial).state is not BoxState.UNKNOWN
    finest = [anchors.of_box(batch, serial)] if known else []
    return _answer([*finest, anchors.of_batch(batch)], [batch])


def links_of_pallet(code: str) -> AnyResponse:
    """The same for the code of a pallet."""
    return _answer(_of_pallet(code=code))


def links_of_whereabouts(found: gs1.Whereabouts) -> AnyResponse:
    """The same for the code of a place or an organisation."""
    return _answer([anchors.of_whereabouts(found)])


# --- what cannot be shown -------------------------------------------------------------------------------------


@blueprint.errorhandler(UnknownBatch)
@blueprint.errorhandler(UnknownPallet)
@blueprint.errorhandler(UnknownPlace)
@blueprint.errorhandler(UnknownParty)
def unknown(refusal: NotFound) -> Response:
    """A well-formed number that nothing public carries: the same answer whether or not one waits for release. Whoever
    tries many is told to wait.
    """
    if is_open_to_all() and (waiting := refused_guess()) is not None:
        return waiting
    if wants_json():
        return refused(refusal)
    asked = request.view_args or {}
    number = asked.get("rest") or asked.get("typed", "")
    return page("resolver/unknown.html", status=404, number=number, sentence=refusal.sentence)


@blueprint.errorhandler(Invalid)
def malformed(refusal: Refusal) -> Response:
    """An address that is no Digital Link: the standard wants 400, and people want to know what is wrong with it."""
    if wants_json():
        return problem(400, refusal.sentence, name=refusal.name)
    return error_page(400, refusal.sentence)


@blueprint.after_app_request
def _shared(response: AnyResponse) -> AnyResponse:
    """Programs in the pages of other sites may read every answer; it is public and depends on no cookie."""
    if request.blueprint != blueprint.name and not (request.endpoint in _OF_OUR_CODES and asks_for_links()):
        return response
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
    response.headers["Access-Control-Expose-Headers"] = "Link"
    response.vary.add("Accept")
    return response


# --- the answer -----------------------------------------------------------------------------------------------


def _answer(levels: Sequence[Anchor], batches: Sequence[Scanned] = (), unknown_lot: str = "") -> AnyResponse:
    """The linkset of all levels, or a redirect to the best link of the finest level that has the kind asked for."""
    if asks_for_linkset():
        answer = _as_linkset(levels)
        answer.headers.add("Link", linkset.header_link(linkset.CONTEXT, _CONTEXT_REL, "application/ld+json"))
        return _kept(answer)
    rel = _rel_wanted(batches)
    fitting = [links for level in levels if (links := [one for one in level.links if one.rel is rel])]
    if not fitting:
        raise linkset.NoSuchLink(kind=f"gs1:{rel}")
    best = linkset.chosen(fitting[0], current_language(), _quality)
    if len(best) > 1:
        return _with_linkset(_choices(levels[0], best, batches), levels[0])
    return _redirected(_onward(best[0].href, unknown_lot), levels[0])


def _redirected(target: str, level: Anchor) -> AnyResponse:
    answer = current_app.make_response(redirect(target, 307))
    answer.cache_control.max_age = KEPT_SECONDS
    return _with_linkset(answer, level)


def _with_linkset(answer: AnyResponse, level: Anchor) -> AnyResponse:
    """Say where all links are."""
    whole = f"{level.address}?linkType=linkset"
    answer.headers.add("Link", linkset.header_link(whole, "linkset", linkset.MEDIA_TYPE))
    return answer


def _rel_wanted(batches: Sequence[Scanned]) -> Rel:
    """The kind of link that is asked for; without a wish the default, unless there are two of that."""
    asked = request.args.get("linkType")
    rel = Rel.DEFAULT if asked is None else linkset.rel_asked(asked)
    if rel is Rel.DEFAULT and len(batches) > 1:
        return Rel.PIP
    if asked is None and batches and asks_for_data():
        return Rel.TRACEABILITY
    return rel


def _quality(media_type: str) -> float:
    return _welcome(request.accept_mimetypes, media_type)


def _welcome(wish: MIMEAccept, media_type: str) -> float:
    """How welcome a kind of document is; all are to somebody who does not say."""
    return float(bare(wish)[media_type]) if wish else 1.0


def _as_linkset(levels: Sequence[Anchor]) -> Response:
    answer = jsonify(linkset.linkset(levels))
    answer.mimetype = linkset.MEDIA_TYPE
    return answer


def _choices(level: Anchor, links: Sequence[Link], batches: Sequence[Scanned]) -> Response:
    """Several batches say the same number: all of them, and never a silent pick."""
    if wants_json():
        answer = _as_linkset([Anchor(level.address, level.about, tuple(links))])
    else:
        with database().reading() as session:
            states = [BADGES[standing] for standing in standing_of(session, batches)]
        rows = [
            (_onward(link.href), batch, state)
            for link in links
            for batch, state in zip(batches, states, strict=True)
            if link.href.startswith(anchors.page_of(batch))
        ]
        answer = page("resolver/choices.html", batches=rows)
    answer.status_code = 300
    answer.cache_control.max_age = KEPT_SECONDS
    return answer


def _onward(href: str, unknown_lot: str = "") -> str:
    """A target of ours with what else stood in the query, as the standard wants it; the kind of link is used up."""
    address, _, own = href.partition("?")
    kept = dict(parse_qsl(own))
    passed = [(name, value) for name, value in request.args.items(multi=True) if name not in ("linkType", *kept, "10")]
    named = [("10", unknown_lot)] if unknown_lot else []
    query = urlencode([*kept.items(), *named, *passed])
    return f"{address}?{query}" if query else address


def for_a_minute(answer: Response) -> Response:
    """A page behind a label, or its data, at one address by what is asked for: it may be kept as long as a batch's."""
    answer.vary.add("Accept")
    answer.cache_control.max_age = KEPT_SECONDS
    return answer


def _kept(response: Response) -> Response:
    """Let the answer be kept for a minute, and asked for again by its tag."""
    response.cache_control.max_age = KEPT_SECONDS
    response.add_etag()
    response.make_conditional(request)
    return response


def _address_asked() -> str:
    """The Digital Link as it was sent: a lot may hold a coded slash, which the path of WSGI has decoded already.

    Servers hand the address over under either name; where they do not, or it is not that of the path, the path
    is coded again.
    """
    sent = str(request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI") or "").partition("?")[0]
    coded = sent.removeprefix(request.root_path)
    if unquote(coded) != request.path:
        coded = quote(request.path, safe="/")
    query = request.query_string.decode("latin-1")
    return f"{anchors.root()}{coded}?{query}" if query else f"{anchors.root()}{coded}"
