"""The reader's language: `?l=lo`, else the choice a staff device keeps, else the browser's, else the person's own."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask import Flask, Response, current_app, g, has_request_context, request, url_for
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from traceability import words
from traceability.domain.dossier import Names
from traceability.domain.spoken import language_of, runs
from traceability.errors import Sentence
from traceability.web.line_breaks import whole_codes
from traceability.web.pages import config

COOKIE = "language"
BEHIND_LABELS = frozenset(
    {"batches", "boxes", "pallets", "reports", "resolver", "batch_sums", "whereabouts"}
)  # the pages that readers anywhere open, in their languages
_WORDS = re.compile(r"[A-Za-z]{2}(?![^{]*\})")  # outside the names of what is filled in
_A_YEAR = 365 * 24 * 3600
_ENDS_OF_PHRASES = {
    "lo": re.compile("([^ ]+)( ?)"),
    **dict.fromkeys(("zh", "ja"), re.compile("([^，。、]+[，。、]?)()")),
}


class LanguageLink(NamedTuple):
    """One language by its own name, and this page in it."""

    code: str
    name: str
    address: str
    current: bool


def current_language() -> str:
    """The language of the answer being written."""
    if not has_request_context():
        return words.LANGUAGES[0]
    if "language" not in g:
        explicit = request.args.get("l")
        if not words.language_of_tag(explicit, spoken_here()):
            explicit = request.cookies.get(COOKIE)
        actor = g.get("actor")
        fallback = actor.language if actor is not None else config().language
        g.language = words.pick_language(request.headers.get("Accept-Language"), explicit, fallback, spoken_here())
    return str(g.language)


def spoken_here() -> tuple[str, ...]:
    """The languages of the page being written: those of our people, behind a label those of readers abroad too."""
    return words.PUBLIC_LANGUAGES if is_open_to_all() and request.blueprint in BEHIND_LABELS else words.LANGUAGES


def is_open_to_all() -> bool:
    """Whether what is asked for needs nobody to sign in."""
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(getattr(view, "access", None), "everybody", False) is True


def paper_language() -> str:
    """The language of a paper or a label: one of those that the typefaces of the papers can set."""
    return current_language() if current_language() in words.LANGUAGES else words.LANGUAGES[0]


def language_links() -> list[LanguageLink]:
    """This page in every language; the rest of the address is kept, so a lot stays the same lot."""
    rest = [(name, value) for name, value in request.args.items(multi=True) if name != "l"]
    addresses = {code: f"{request.path}?{urlencode([*rest, ('l', code)])}" for code in spoken_here()}
    return [
        LanguageLink(code, words.LANGUAGE_NAMES[code], address, code == current_language())
        for code, address in addresses.items()
    ]


def link(endpoint: str, **values: Any) -> str:
    """`url_for` that keeps a language chosen in the address: for links between public pages."""
    if chosen := _chosen_here():
        values.setdefault("l", chosen)
    return url_for(endpoint, **values)


def in_chosen_language(path: str) -> str:
    """The same for a path whose signs are coded as they must be, without a query."""
    chosen = _chosen_here()
    return f"{path}?l={chosen}" if chosen else path


def _chosen_here() -> str:
    return words.language_of_tag(request.args.get("l"), words.PUBLIC_LANGUAGES)


def say_html(text: str, /, **values: object) -> Markup:
    """Jinja's `_`: the translated sentence with every value escaped."""
    language = current_language()
    sentence = escape(words.lookup(language, text))
    said = {name: _said(value) if isinstance(value, Sentence) else value for name, value in values.items()}
    return sentence.format(**words.shown_values(language, said)) if values else sentence


def _said(sentence: Sentence) -> str | Markup:
    """A sentence in the reader's language; one that nobody translated yet is marked as the English that it is."""
    language = current_language()
    said = words.say(language, sentence)
    if language == "en" or sentence.text in words.catalogue(language) or not _WORDS.search(sentence.text):
        return said
    return _marked(said, "en")


def nsay_html(singular: str, plural: str, n: int, /, **values: object) -> Markup:
    """Jinja's `_n`: the counted sentence with every value escaped; `{n}` is the number."""
    language = current_language()
    sentence = escape(words.nlookup(language, singular, plural, n))
    return sentence.format(**words.shown_values(language, {"n": n, **values}))


def _named(names: Names) -> str | Markup:
    """A name in the reader's language; one that is known in another only is marked as what it is."""
    language = current_language()
    said = words.named(language, names.by_language)
    if language in names.by_language or said != names.text(language) or not names.by_language:
        return said
    known = "en" if names.by_language.get("en") else next(iter(names.by_language))
    return Markup('<bdi lang="{}">{}</bdi>').format(known, said)


def _typed(text: object) -> object:
    """What somebody typed, marked where it has other letters than the reader's language. It has a direction of its
    own: in a sentence from right to left it stands by itself."""
    if not text:
        return text
    language = current_language()
    if isinstance(text, str) and not isinstance(text, Markup):
        pieces = runs(text, language)
        if any(other for _, other in pieces):
            text = Markup("").join(_marked(piece, other) if other else piece for piece, other in pieces)
    return Markup("<bdi>{}</bdi>").format(text) if language in words.FROM_RIGHT_TO_LEFT else text


def quoted(text: str, said_on: str = "") -> Markup:
    """A sentence that somebody typed, with its language; an empty one says that it is not known."""
    return _marked(text, language_of(text, said_on)) if text else Markup("")


def _marked(text: object, language: str) -> Markup:
    return Markup('<bdi lang="{}">{}</bdi>').format(language, text)


def _ltr(text: str) -> str | Markup:
    """A phone number, which is read from left to right in every language."""
    if not text or current_language() not in words.FROM_RIGHT_TO_LEFT:
        return text
    return Markup('<bdi dir="ltr">{}</bdi>').format(text)


def _phrases(text: object) -> object:
    """A headline of a few words, broken between its phrases where its language would let it be broken inside a word."""
    ends = _ENDS_OF_PHRASES.get(current_language())
    if ends is None:
        return text
    return Markup("").join(Markup('<span class="whole">{}</span>{}').format(*cut) for cut in ends.findall(str(text)))


def keep_choice(response: Response) -> Response:
    """Keep a staff member's explicit choice on the device; public pages set no cookie, and caches ask per language."""
    if request.endpoint != "static":
        response.vary.update(("Accept-Language", "Cookie"))
    chosen = words.language_of_tag(request.args.get("l"))
    if chosen and chosen != request.cookies.get(COOKIE) and g.get("staff_page"):
        response.set_cookie(COOKIE, chosen, max_age=_A_YEAR, httponly=True, samesite="Lax", secure=config().secure)
    return response


def install(app: Flask) -> None:
    """Give the templates their words and formats, and keep the choice of language."""
    app.after_request(keep_choice)
    app.jinja_env.globals.update(_=say_html, _n=nsay_html, link=link, from_right_to_left=words.FROM_RIGHT_TO_LEFT)
    filters: dict[str, Callable[..., object]] = {
        "mass": lambda grams: words.mass(current_language(), grams),
        "example": lambda unit: words.example(current_language(), unit.sign),
        "area": lambda square_metres: words.area(current_language(), square_metres),
        "number": lambda value: words.number(current_language(), value),
        "percent": lambda tenths: words.percent(current_language(), tenths),
        "day": lambda value: words.day(current_language(), value),
        "moment": lambda value, offset, zone=False: words.moment(current_language(), value, offset, with_zone=zone),
        "clock": words.clock,
        "named": lambda name: _named(name) if isinstance(name, Names) else name,
        "typed": _typed,
        "quoted": quoted,
        "spoken": language_of,
        "ltr": _ltr,
        "phrases": _phrases,
        "whole_codes": whole_codes,
        "say": _said,
        "code": lambda text: Markup('<span class="code" translate="no">{}</span>').format(text),
    }
    app.jinja_env.filters.update({name: _asked_anew(shown) for name, shown in filters.items()})


def _asked_anew(shown: Callable[..., object]) -> Callable[..., object]:
    """A filter that Jinja runs for every reader: what it does to a constant it would else keep from the first one."""

    @pass_context
    def run(_context: Context, *values: Any, **named: Any) -> object:
        return shown(*values, **named)

    return run
