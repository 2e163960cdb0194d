"""What the application answers, as files: in every language, dated, and compressed for servers that hand that out.

    b/CODE/index.lo.html    the page as a browser that speaks Lao is answered;  chosen.lo.html: with ?l=lo
    b/CODE/index.html       the same for servers that know no languages

Where only `chosen` stands, both are answered with it: its links go on in the language that was read.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from flask import Flask, Response
from werkzeug.http import parse_options_header
from werkzeug.test import EnvironBuilder, run_wsgi_app

from traceability import words
from traceability.config import Config
from traceability.errors import Sentence
from traceability.exports.site import File
from traceability.web import compression
from traceability.web.anchors import JSON
from traceability.web.batch_bands import CHECKED
from traceability.web.errors import problem
from traceability.web.line_breaks import breakable_text
from traceability.web.rendering import ENVIRON_KEY, Rendering
from traceability.words import N_

BOTH: Final = ("index", "chosen")  # by the browser's languages, and by `?l=`
CHOSEN: Final = ("chosen",)

_AS_PUBLISHED: Final[Mapping[str, str]] = {
    "Checked {at}. No recall.": N_("As published on {at}. No recall."),
    "Checked {at}.": N_("As published on {at}."),
}
_LINKS: Final = re.compile(r'(?:href|src)="(/[^"?#]*)[^"]*"')
_BAND: Final = re.compile(rb'(?<=<main id="main">).*?(?=<ul class="languages")', re.DOTALL)  # how the goods stand
_HTML: Final = "text/html"
_OF_BOXES: Final = ("200", "404", "503")  # that there is none, and that it cannot be said, are answers of their own
_SUFFIXES: Final = {"image/jpeg": "jpg", "application/pdf": "pdf"}


Standing = Callable[[str], bytes | None]  # the page that stands in a file, where all but its band is still true


class Refused(NamedTuple):
    """What cannot be shown: the page for people, and for programs the sentence with the name of the refusal."""

    page: Response
    sentence: Sentence
    name: str


class Unanswered(Exception):
    """The application had no answer: the record went on between two questions, or the database is silent."""


@dataclass(frozen=True)
class Answer:
    """What the application answers, without the moment; `zone_minutes` is that of the moment."""

    media_type: str
    body: bytes
    zone_minutes: int

    def links(self) -> Iterator[str]:
        """Where a page of ours leads to on this site: paths."""
        if self.media_type == _HTML:
            yield from _LINKS.findall(self.body.decode())


class Answers:
    """Everything asked in one run at one moment; what is kept of it lasts for one part."""

    def __init__(self, app: Flask, now: datetime, alone: bool, org_id: int | None) -> None:
        self.config: Config = app.extensions["config"]
        self.known: dict[Hashable, Any] = {}  # what pages are made of: see `rendering.once`
        self._app, self._now, self._alone, self._org_id = app, now, alone, org_id
        self._asked: dict[tuple[str, str, str, str], Answer] = {}
        self._called: dict[bytes, bytes] = {}  # links for servers that know files only, by the link

    def forget(self) -> None:
        """Before the next part."""
        self.known.clear()
        self._asked.clear()
        self._called.clear()

    # --- pages ----------------------------------------------------------------------------------------------

    def in_languages(
        self, address: str, place: str, query: str = "", shelves: tuple[str, ...] = BOTH
    ) -> Iterator[File]:
        """A page in each of its languages, and once more in the first one under the plain name."""
        for language in words.PUBLIC_LANGUAGES:
            for shelf in shelves:
                asked = "&".join(filter(None, (query, f"l={language}" if shelf == "chosen" else "")))
                answer = self.ask(address, asked, language)
                yield from self._written(f"{place}/{shelf}.{language}.html", answer, language)
        first = query if "index" in shelves else "&".join(filter(None, (query, f"l={self.config.language}")))
        yield from self.for_plain_servers(address, place, first)

    def under_band(self, banded: str, address: str, place: str, query: str, standing: Standing) -> Iterator[File]:
        """A page, chosen in each of its languages, under the band of the page at `banded`: of one that is standing
        nothing else is made again.
        """
        files = [(f"{place}/chosen.{language}.html", language) for language in words.PUBLIC_LANGUAGES]
        files.append((f"{place}/index.html", self.config.language))
        pages = [_BAND.split(standing(path) or b"", maxsplit=1) for path, _ in files]
        if not all(len(page) == 2 for page in pages):
            yield from self.in_languages(address, place, query, CHOSEN)
            return
        for (path, language), (above, below) in zip(files, pages, strict=True):
            new = self.ask(banded, "&".join(filter(None, (query, f"l={language}"))), language)
            body = above + _BAND.findall(new.body)[0] + below
            yield from self._written(path, replace(new, body=body), language)

    def for_plain_servers(self, address: str, place: str, query: str = "", under: str = "") -> Iterator[File]:
        """A page for servers that know no query: its languages are the files beside it."""
        answer = self.ask(address, query)
        with_query = re.compile(rf'href="{re.escape(address)}\?(?:[^"]*&amp;)?l=([a-z]+)"'.encode())
        body = with_query.sub(rf'href="/{place}/chosen.\1.html"'.encode(), answer.body)
        for link, file in self._called.items():
            body = body.replace(b'href="' + link + b'"', b'href="' + file + b'"')
        yield from self._written(f"{under or place}/index.html", replace(answer, body=body))

    def of_any_box(self, address: str, place: str) -> Iterator[File]:
        """What is answered at many addresses, to people and to programs: its languages are those of whichever was
        asked for.
        """
        for language in words.PUBLIC_LANGUAGES:
            answer = self.ask(address, f"l={language}", language, statuses=_OF_BOXES)
            body = answer.body.replace(f'href="{address}?'.encode(), b'href="?')
            yield from self._written(f"{place}.{language}.html", replace(answer, body=body), language)
            answer = self.ask(address, "", language, accept=JSON, statuses=_OF_BOXES)
            yield from self._written(f"{place}.{language}.json", answer, language)

    def refusal(self, name: str, status: int, make: Callable[[], Refused]) -> Iterator[File]:
        """What is told where nothing can be shown: a page, where a code is typed once more, and a problem."""
        for language in (*words.PUBLIC_LANGUAGES, ""):
            asked: dict[str, Any] = {"headers": {"Accept-Language": language or self.config.language}}
            asked["environ_overrides"] = {ENVIRON_KEY: self._wish()}
            with self._app.test_request_context("/find", base_url=self.config.public_url, **asked):
                shown, sentence, called = make()
                told = problem(status, sentence, name=called)
            yield from self.made(f"{name}.{language}.html" if language else f"{name}.html", shown.get_data())
            if language:
                yield from self.made(f"{name}.{language}.json", told.get_data())

    # --- what is no page ------------------------------------------------------------------------------------

    def paper(self, address: str, place: str, query: str = "") -> Iterator[File]:
        """A PDF in each language that papers are set in."""
        stem, _, suffix = place.rpartition(".")
        for language in words.LANGUAGES:
            yield from self._written(f"{stem}.{language}.{suffix}", self.ask(address, query, language), language)
        yield from self._written(place, self.ask(address, query))

    def attached(self, address: str) -> Iterator[File]:
        """A photo or paper as it is kept: its address does not say what it is, so the file does."""
        answer = self.ask(address)
        file = f"{address}/whole.{_SUFFIXES[answer.media_type]}"
        self._called[address.encode()] = file.encode()
        yield from self._written(file[1:], answer)

    def choices(self, address: str, folder: str, kind: str) -> Iterator[File]:
        """Several batches that one number can mean, for people and for programs."""
        for language in words.PUBLIC_LANGUAGES:
            for suffix, accept in (("html", ""), ("json", JSON)):
                answer = self.ask(address, f"linkType={kind}", language, accept=accept, statuses=("300",))
                yield from self._written(f"{folder}/{kind}.{language}.{suffix}", answer, language)

    def linksets(self, address: str, folder: str) -> Iterator[File]:
        """All links of an address for machines, their titles in every language."""
        for language in words.PUBLIC_LANGUAGES:
            answer = self.ask(address, "linkType=linkset", language)
            yield from self._written(f"{folder}/linkset.{language}.json", answer, language)

    def file(self, address: str, place: str, query: str = "") -> Iterator[File]:
        """What is the same in every language."""
        yield from self._written(place, self.ask(address, query))

    def leading(self, place: str, address: str) -> Iterator[File]:
        """A page that leads on, for servers that cannot."""
        to = quote(address)
        body = (
            '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Origin</title>'
            f'<meta name="robots" content="noindex"><meta http-equiv="refresh" content="0; url={to}">'
            f'<link rel="canonical" href="{to}"></head><body><h1><a href="{to}">{to}</a></h1></body></html>\n'
        )
        yield from self.made(f"{place}/index.html", body.encode())

    def made(self, path: str, content: bytes) -> Iterator[File]:
        """What no address answers."""
        media_type = _HTML if path.endswith(".html") else ""
        yield from self._written(path, Answer(media_type, content, 0))

    # --- asking ---------------------------------------------------------------------------------------------

    def ask(
        self, address: str, query: str = "", language: str = "", *, accept: str = "", statuses: Sequence[str] = ("200",)
    ) -> Answer:
        """What the application answers, asked once; everything that is published is there. Raises Unanswered."""
        asked = (address, query, language or self.config.language, accept)
        if asked not in self._asked:
            self._asked[asked] = self._answered(*asked, statuses)
        return self._asked[asked]

    def _answered(self, address: str, query: str, language: str, accept: str, statuses: Sequence[str]) -> Answer:
        wish = self._wish()
        builder = EnvironBuilder(
            path=address,
            query_string=query,
            base_url=self.config.public_url,
            headers=[("Accept-Language", language), *([("Accept", accept)] if accept else [])],
        )
        environ = {**builder.get_environ(), ENVIRON_KEY: wish}
        body, status, headers = run_wsgi_app(self._app.extensions["served"].inside, environ, buffered=True)
        content = b"".join(body)
        if status.partition(" ")[0] not in statuses:
            raise Unanswered(f"{address}?{query} {status}")
        return Answer(parse_options_header(headers["Content-Type"])[0], content, wish.zone_minutes)

    def _wish(self) -> Rendering:
        """What a request is marked with, and what the view answers by it."""
        return Rendering(published=True, alone=self._alone, org_id=self._org_id, known=self.known)

    def _written(self, path: str, answer: Answer, language: str = "") -> Iterator[File]:
        """The file, and the same compressed for servers that hand that out."""
        digest = hashlib.sha256(answer.body).hexdigest()
        body = self._dated(answer, language or self.config.language)
        yield File(path, body, digest)
        if compression.is_worth_it(answer.media_type, len(body)):
            yield File(f"{path}.gz", compression.compressed(body), digest)

    def _dated(self, answer: Answer, language: str) -> bytes:
        """The page with the moment of publishing in the place of the moment of reading."""
        text = answer.body
        if CHECKED.encode() not in text:
            return text
        at = words.moment(language, self._now, answer.zone_minutes, with_zone=True)
        for checked, as_published in _AS_PUBLISHED.items():
            before, after = (
                breakable_text(words.translate(language, sentence, at=moment)).encode()
                for sentence, moment in ((checked, CHECKED), (as_published, at))
            )
            text = text.replace(before, after)
        assert CHECKED.encode() not in text, "a page names the moment of reading in words that are not known here"
        return text
