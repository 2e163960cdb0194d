"""The resolver: what a GS1 Digital Link leads to, for people by a redirect and for machines as a linkset.

Resolver conformance 1.2 (STANDARDS B.4): a finer number leads where a coarser one does when nothing is known of it,
but never to another batch. Every target is an address of this site, made of `TRACEABILITY_PUBLIC_URL` and of codes in
the record: nothing that was asked names a target, so that no label can send its reader elsewhere (RELIABILITY T18).
Our own short codes answer the same questions and need no GS1 number.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple
from urllib.parse import parse_qsl, quote, unquote, urlencode

from flask import Blueprint, Flask, Response, current_app, jsonify, redirect, request
from werkzeug.routing import PathConverter
from werkzeug.wrappers import Response as AnyResponse

from traceability.domain import linkset
from traceability.domain.gs1 import (
    PATH_SEQUENCES,
    FieldOutOfPlace,
    ValueDoesNotFit,
    digital_link,
    lot_keys,
    read_digital_link,
    read_gtin,
)
from traceability.domain.linkset import Anchor, Link, Rel
from traceability.domain.text import shown
from traceability.errors import Invalid, Refusal
from traceability.queries.dossiers import UnknownBatch
from traceability.queries.resolving import (
    Scanned,
    batch_of_code,
    batches_of_article,
    batches_of_lot,
    standing_of,
)
from traceability.web.errors import error_page, problem, refused, wants_json
from traceability.web.language import current_language, link
from traceability.web.packing import STATES
from traceability.web.pages import config, database, page
from traceability.web.session import public
from traceability.words import LANGUAGES, N_, PUBLIC_LANGUAGES, named, translate

blueprint = Blueprint("resolver", __name__)

KEPT_SECONDS: Final = 60  # as long as the page that it leads to
SUPPORTED: Final = ("01",)  # other keys are read, and checked, but nothing in the record carries them
_KEYS: Final = ",".join(f"'{key}'" for key in PATH_SEQUENCES)
_HTML, _JSON = "text/html", "application/json"
_CONTEXT_REL: Final = "http://www.w3.org/ns/json-ld#context"


class Target(NamedTuple):
    """One address below the page of a batch, and what it is to somebody who scanned its label."""

    rel: Rel
    suffix: str
    title: str  # an English msgid
    media_type: str
    languages: tuple[str, ...] = ()  # there is one of it in each of these, or one for all


TARGETS: Final = (
    Target(Rel.PIP, "", N_("Where it comes from"), _HTML, PUBLIC_LANGUAGES),
    Target(Rel.TRACEABILITY, "", N_("Where it comes from"), _HTML, PUBLIC_LANGUAGES),
    Target(Rel.TRACEABILITY, ".json", N_("Where it comes from"), _JSON),
    Target(Rel.RECALL_STATUS, "", N_("Holds and recalls"), _HTML, PUBLIC_LANGUAGES),
    Target(Rel.RECALL_STATUS, ".json", N_("Holds and recalls"), _JSON),
    Target(Rel.CERTIFICATION, "/certificate.pdf", N_("Batch origin certificate"), "application/pdf", LANGUAGES),
    Target(Rel.VERIFICATION, "/verify", N_("Check a printed certificate"), _HTML, PUBLIC_LANGUAGES),
    Target(Rel.RELATED, "/qr.svg", N_("QR code"), "image/svg+xml"),
    Target(Rel.RELATED, "/qr.png", N_("QR code"), "image/png"),
)


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
    if key not in SUPPORTED:
        raise UnknownBatch()
    gtin, lot = said["01"], said.get("10", "")
    with database().reading() as session:
        of_lot = batches_of_lot(session, gtin, lot) if lot else []
        of_article = batches_of_article(session, gtin) if asks_for_linkset() or not of_lot else []
    levels = []
    if of_lot:
        levels.append(_lot_anchor(gtin, lot, of_lot))
    if of_article:
        levels.append(_article_anchor(gtin, of_article))
    return _answer(levels, of_lot, unknown_lot="" if of_lot else lot)


@blueprint.get("/gtin/<typed>")
@public
def article(typed: str) -> AnyResponse:
    """The batches of an article, for a label that names no batch, or one that nobody knows."""
    gtin, lot = read_gtin(typed), request.args.get("10", "")
    if lot and not lot_keys(lot):
        raise ValueDoesNotFit(value=shown(lot), field="10")
    with database().reading() as session:
        of_lot = batches_of_lot(session, gtin, lot) if lot else []
        if len(of_lot) == 1:
            return redirect(link("batches.batch", typed=of_lot[0].code), 307)
        batches = of_lot or batches_of_article(session, gtin)
        states = [STATES[standing] for standing in standing_of(session, batches)]
    rows = list(zip(batches, states, strict=True))
    demo = config().demo or any(batch.demo for batch in batches)
    return _kept(page("resolver/article.html", gtin=gtin, lot=lot, batches=rows, known=bool(of_lot), demo=demo))


@blueprint.get("/.well-known/gs1resolver")
@public
def description() -> Response:
    """What this resolver resolves, for machines."""
    return _kept(jsonify(linkset.description(SUPPORTED, _root(), name="Origin")))


def asks_for_links() -> bool:
    """Whether the reader asks for links of a code, or for one kind of them, and not for its page."""
    return "linkType" in request.args or asks_for_linkset()


def asks_for_linkset() -> bool:
    """Whether a machine asks for all links at once."""
    if "linkType" in request.args:
        return request.args["linkType"] in linkset.WHOLE_SET
    wish = request.accept_mimetypes  # a browser takes anything, but it does not name this
    return linkset.MEDIA_TYPE in wish.values() and wish[linkset.MEDIA_TYPE] >= wish[_HTML]


def links_of_code(code: str) -> AnyResponse:
    """The same answers for a public code of ours. Raises UnknownBatch, also before the batch is released."""
    with database().reading() as session:
        batch = batch_of_code(session, code)
    return _shared(_answer([Anchor(_page_of(batch), _about(batch), _links([batch], _page_of(batch)))], [batch]))


# --- what cannot be shown -------------------------------------------------------------------------------------


@blueprint.errorhandler(UnknownBatch)
def unknown(refusal: UnknownBatch) -> Response:
    """A well-formed number that no released batch carries: the same answer whether or not one waits for release."""
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


@blueprint.after_request
def _shared(response: AnyResponse) -> AnyResponse:
    """Programs in the pages of other sites may read every answer; it is public and depends on no cookie."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
    response.headers["Access-Control-Expose-Headers"] = "Link"
    response.vary.add("Accept")
    return response


# --- the answer -----------------------------------------------------------------------------------------------


def _answer(levels: Sequence[Anchor], batches: Sequence[Scanned], unknown_lot: str = "") -> AnyResponse:
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
        answer = _choices(levels[0], best)
    else:
        answer = current_app.make_response(redirect(_onward(best[0].href, unknown_lot), 307))
        answer.cache_control.max_age = KEPT_SECONDS
    whole = f"{levels[0].address}?linkType=linkset"
    answer.headers.add("Link", linkset.header_link(whole, "linkset", linkset.MEDIA_TYPE))
    return answer


def _rel_wanted(batches: Sequence[Scanned]) -> Rel:
    """The kind of link that is asked for; without a wish the default, unless there are two of that."""
    asked = request.args.get("linkType")
    rel = Rel.DEFAULT if asked is None else linkset.rel_asked(asked)
    if rel is Rel.DEFAULT and len(batches) > 1:
        return Rel.PIP
    if asked is None and batches and _quality(_JSON) > _quality(_HTML):
        return Rel.TRACEABILITY
    return rel


def _quality(media_type: str) -> float:
    """How welcome a kind of document is; all are to somebody who does not say."""
    return float(request.accept_mimetypes[media_type]) if request.accept_mimetypes else 1.0


def _as_linkset(levels: Sequence[Anchor]) -> Response:
    answer = jsonify(linkset.linkset(levels))
    answer.mimetype = linkset.MEDIA_TYPE
    return answer


def _choices(level: Anchor, links: Sequence[Link]) -> Response:
    """Several batches say the same number: all of them, and never a silent pick."""
    if wants_json():
        answer = _as_linkset([Anchor(level.address, level.about, tuple(links))])
    else:
        picks = [(_onward(link.href), link.title, "", "", "box") for link in links]
        answer = page("resolver/choices.html", choices=picks)
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


def _kept(response: Response) -> Response:
    """Let the answer be kept for a minute, and asked for again by its tag."""
    response.cache_control.max_age = KEPT_SECONDS
    response.add_etag()
    response.make_conditional(request)
    return response


# --- anchors and their links ------------------------------------------------------------------------------------


def _lot_anchor(gtin: str, lot: str, batches: Sequence[Scanned]) -> Anchor:
    address = digital_link(_root(), gtin, lot)
    default = _page_of(batches[0]) if len(batches) == 1 else f"{_article_address(gtin)}?{urlencode({'10': lot})}"
    return Anchor(address, " / ".join(_about(batch) for batch in batches), _links(batches, default))


def _article_anchor(gtin: str, batches: Sequence[Scanned]) -> Anchor:
    """The article leads to the list of its batches, and a machine learns each of them as its member."""
    address = _article_address(gtin)
    pages = [
        Link(Rel.PIP, f"{address}?l={language}", _article_title(gtin, language), _HTML, language)
        for language in PUBLIC_LANGUAGES
    ]
    members = [Link(Rel.ITEM, _page_of(batch), _about(batch), _HTML) for batch in batches]
    default = Link(Rel.DEFAULT, address, _article_title(gtin, current_language()))
    about = named(current_language(), batches[0].product.by_language)
    return Anchor(digital_link(_root(), gtin), about, (default, *pages, *members))


def _links(batches: Sequence[Scanned], default: str) -> tuple[Link, ...]:
    """Everything that there is to see of these batches; `default` is where somebody goes who asks for nothing."""
    title = translate(current_language(), TARGETS[0].title)
    links = [Link(Rel.DEFAULT, default, title)]
    for batch in batches:
        for target in TARGETS:
            address = _page_of(batch) + target.suffix
            for language in target.languages or ("",):
                said_in = language or current_language()
                told = f"{translate(said_in, target.title)} · {batch.number} · {batch.issuer.text(said_in)}"
                href = f"{address}?l={language}" if language else address
                links.append(Link(target.rel, href, told, target.media_type, language))
    return tuple(links)


def _article_title(gtin: str, language: str) -> str:
    return translate(language, N_("Article {number}"), number=gtin)


def _about(batch: Scanned) -> str:
    language = current_language()
    return f"{named(language, batch.product.by_language)} · {batch.number} · {batch.issuer.text(language)}"


def _page_of(batch: Scanned) -> str:
    return f"{_root()}/b/{batch.code}"


def _article_address(gtin: str) -> str:
    return f"{_root()}/gtin/{gtin}"


def _root() -> str:
    return config().public_url.rstrip("/")


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
    return f"{_root()}{coded}?{query}" if query else f"{_root()}{coded}"
