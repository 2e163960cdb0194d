"""The public side as files: what every open address answers, rendered by the application itself and put into a folder.

A batch is rendered again only when its facts differ from those that its files tell; the public clock says whether
anything can differ at all. The sentence that names the moment of reading says when the page was published instead,
and nobody counts who reads a file. The sum behind each number would be thirty pages more for every batch in every
language: an application is asked for it, and where files stand alone the number leads to the page of all sums.

    b/CODE/index.lo.html    the page as a browser that speaks Lao is answered;  chosen.lo.html: with ?l=lo
    b/CODE/index.html       the same for servers that know no languages;        b/CODE/versions/1/…: what was printed
    b/CODE/papers/PAPER/…   a photo or paper as it is kept, and small
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from flask import Flask
from markupsafe import escape
from werkzeug.http import parse_options_header
from werkzeug.test import EnvironBuilder, run_wsgi_app

from traceability import paths, words
from traceability.config import Config
from traceability.domain.moments import day_of
from traceability.errors import NotFound
from traceability.exports.site import File, Site, Written, held
from traceability.models.database import Database
from traceability.queries.dossiers import UnknownBatch, dossier_of
from traceability.queries.published import Numbers, Published, published
from traceability.queries.rendered import clock_now
from traceability.web import compression
from traceability.web.batch_page import CHECKED
from traceability.web.line_breaks import breakable_text
from traceability.web.pages import page
from traceability.web.rendering import ENVIRON_KEY, Rendering, edition
from traceability.words import N_

_AS_PUBLISHED: Final[Mapping[str, str]] = {
    "Checked {at}. No recall.": N_("As published on {at}. No recall."),
    "Checked {at}.": N_("As published on {at}."),
}
_LINKS: Final = re.compile(r'(?:href|src)="(/[^"?#]*)(?:\?([^"#]*))?["#]')
_ELSEWHERE: Final = re.compile(r"/(qr\.svg|report|match|why/.+|papers/.+)$")  # a file of its own, or no file
_ONE_SUM: Final = re.compile(rb'(href="/b/[0-9A-Z]{8}/why)/[^"?#]+')
_PLAIN_LOT: Final = re.compile(r"[A-Z0-9_-][A-Z0-9._-]*")  # that can be the name of a folder everywhere
_SHELF: Final = {False: "index", True: "chosen"}  # by the browser's languages, or by `?l=`
_HTML: Final = "text/html"
_ROBOTS: Final = b"User-agent: *\nAllow: /\n"
_GENERAL: Final = ""  # the part of everything that belongs to no batch


@dataclass(frozen=True)
class _Answer:
    """What the application answers, without the moment; `zone_minutes` is that of the moment."""

    media_type: str
    body: bytes
    zone_minutes: int


def publish(app: Flask, folder: Path, org_id: int | None = None, *, alone: bool = True) -> Written:
    """Bring a folder up to what the record says now; answers what was done.

    Files that stand alone lead nowhere that only an application answers: no report is sent from them.

    Raises AlreadyPublishing, FolderOfOthers, and DatabaseSilent: what was written until then stands.
    """
    with held(folder) as site:
        _Publisher(app, site, datetime.now(UTC), alone).publish(org_id)
    return site.written


class _Publisher:
    """One run at one moment."""

    def __init__(self, app: Flask, site: Site, now: datetime, alone: bool) -> None:
        self._app, self._site, self._now, self._alone = app, site, now, alone
        self._config: Config = app.extensions["config"]
        self._database: Database = app.extensions["database"]
        self._edition = f"{edition(self._config)}{' alone' if alone else ''}"
        self._asked: dict[tuple[str, str, str], _Answer] = {}  # of the batch that is being written

    def publish(self, org_id: int | None) -> None:
        """Everything, or nothing where nothing can differ from what stands there."""
        clock = clock_now(self._database)  # before all else: what changes from now on is for the next time
        with self._database.reading() as session:
            batches, shared = _told_apart(published(session, org_id))
        days = {day_of(self._now, batch.zone_minutes) for batch in batches} | {self._now.date()}
        stamp = f"{clock} {' '.join(map(str, sorted(days)))} {self._edition} {org_id or ''}"
        if self._site.stamp == stamp:
            return
        for batch in batches:
            facts = self._facts_of(batch)
            if self._site.says(batch.code, facts):
                self._site.keep(batch.code)
            else:
                self._site.put(batch.code, facts, self._files_of(batch))
                self._asked.clear()
        self._site.put(_GENERAL, stamp, self._general(batches, shared))
        self._site.finish(stamp)

    # --- a batch ----------------------------------------------------------------------------------------------

    def _facts_of(self, batch: Published) -> str:
        """A digest of all that the pages of a batch say. The day counts by what it does to papers, and the position in
        the journal not at all: it goes on with every entry of the house, and what was published stays true of its own.
        """
        said = hashlib.sha256(f"{self._edition} {batch.links}".encode())
        for version in (None, *batch.earlier):
            with self._database.reading() as session:
                dossier = dossier_of(session, batch.code, version=version)
            said.update(repr(_told(replace(dossier, as_of=date.min, journal_seq=0))).encode())
        return said.hexdigest()

    def _files_of(self, batch: Published) -> Iterator[File]:
        address = f"/b/{batch.code}"
        yield from self._below(address, address)
        for version in batch.earlier:
            yield from self._below(address, f"{address}/versions/{version}", f"version={version}")
        yield from self._file(f"{address}.json", f"b/{batch.code}.json")
        for number in (f"{address}/qr.svg", f"{address}/qr.png"):
            yield from self._file(number, number[1:])
        yield from self._papers(address)
        yield from self._linksets(address, f"b/{batch.code}")
        yield from self._for_plain_servers(address, address[1:], under=f"B/{batch.code}")  # as QR codes spell it
        for link in batch.links:
            yield from self._leading_on(link, address)

    def _below(self, address: str, place: str, query: str = "") -> Iterator[File]:
        """The page of a batch and what it links to below its own address, in every language."""
        first = self._ask(address, query, self._config.language)
        below = {path for path, _ in _links(first) if path.startswith(f"{address}/")}
        found = sorted(path for path in below if not _ELSEWHERE.search(path))
        for path in (address, *found):
            yield from self._in_languages(path, f"{place}{path.removeprefix(address)}"[1:], query)
        if query:
            yield from self._file(f"{address}.json", f"{place[1:]}.json", query)

    def _papers(self, address: str) -> Iterator[File]:
        """The photos and papers that the page shows. One as it is kept has no ending in its address: as a file it has
        one, in a folder that leads to it where no server does."""
        linked = {path for path, _ in _links(self._ask(address, "", self._config.language))}
        for path in sorted(path for path in linked if path.startswith(f"{address}/papers/")):
            place = path[1:]
            if not path.endswith(".jpg"):
                kept = self._ask(path, "", self._config.language)
                place += "/whole.pdf" if kept.media_type == "application/pdf" else "/whole.jpg"
                yield from self._made(f"{path[1:]}/index.html", _leading(f"/{place}"))
            yield from self._file(path, place)

    # --- what belongs to no batch -------------------------------------------------------------------------------

    def _general(self, batches: Sequence[Published], shared: Sequence[Numbers]) -> Iterator[File]:
        yield from self._in_languages("/find", "find")
        for language in words.PUBLIC_LANGUAGES:
            yield from self._made(f"404.{language}.html", self._unknown(language))
        yield from self._made("404.html", self._unknown(self._config.language))
        yield from self._file("/.well-known/gs1resolver", ".well-known/gs1resolver")
        yield from self._made("robots.txt", _ROBOTS)
        for path in sorted(paths.STATIC.rglob("*")):
            if path.is_file() and not path.is_relative_to(paths.STATIC / "offline"):  # the phones of staff
                name = f"static/{path.relative_to(paths.STATIC).as_posix()}"
                yield from self._file(f"/{name}", name)
        for link in shared:
            yield from self._leading_on(link, f"/gtin/{link[0]}")
        for gtin in sorted({gtin for batch in batches for gtin, _ in batch.links} | {gtin for gtin, _ in shared}):
            yield from self._in_languages(f"/gtin/{gtin}", f"gtin/{gtin}")
            yield from self._linksets(f"/01/{gtin}", f"01/{gtin}")
            yield from self._made(f"01/{gtin}/index.html", _leading(f"/gtin/{gtin}"))
        yield from self._made(".links.map", _link_map(batches, shared))
        yield from self._made(".codes.map", _code_map(batches))

    def _unknown(self, language: str) -> bytes:
        """The page for what is not here; a code that nobody knows is typed once more."""
        asked: dict[str, Any] = {"headers": {"Accept-Language": language}, "environ_overrides": self._wish()[0]}
        with self._app.test_request_context("/find", base_url=self._config.public_url, **asked):
            problem = UnknownBatch().sentence
            return page("batches/find.html", status=NotFound.status, typed="", problem=problem).get_data()

    # --- what is asked, and where it stands ---------------------------------------------------------------------

    def _in_languages(self, address: str, place: str, query: str = "") -> Iterator[File]:
        """A page or paper in each of its languages, and once more in the first one under the plain name."""
        default = self._ask(address, query, self._config.language)
        if default.media_type != _HTML:
            stem, _, suffix = place.rpartition(".")
            for language in words.LANGUAGES:
                yield from self._written(f"{stem}.{language}.{suffix}", self._ask(address, query, language), language)
            yield from self._written(place, default, self._config.language)
            return
        for language in words.PUBLIC_LANGUAGES:
            for chosen in (False, True):
                asked = "&".join(filter(None, (query, f"l={language}" if chosen else "")))
                answer = self._ask(address, asked, language)
                yield from self._written(f"{place}/{_SHELF[chosen]}.{language}.html", answer, language)
        yield from self._for_plain_servers(address, place, query)

    def _for_plain_servers(self, address: str, place: str, query: str = "", under: str = "") -> Iterator[File]:
        """A page for servers that know no query: its languages are the files beside it."""
        answer = self._ask(address, query, self._config.language)
        with_query = re.compile(rf'href="{re.escape(address)}\?(?:[^"]*&amp;)?l=([a-z]+)"'.encode())
        beside = with_query.sub(rf'href="/{place}/chosen.\1.html"'.encode(), answer.body)
        yield from self._written(f"{under or place}/index.html", replace(answer, body=beside), self._config.language)

    def _linksets(self, address: str, folder: str) -> Iterator[File]:
        for language in words.PUBLIC_LANGUAGES:
            answer = self._ask(address, "linkType=linkset", language)
            yield from self._written(f"{folder}/linkset.{language}.json", answer, language)

    def _leading_on(self, numbers: Numbers, address: str) -> Iterator[File]:
        """What a Digital Link answers where no server leads on."""
        gtin, lot = numbers
        if _PLAIN_LOT.fullmatch(lot):
            folder = f"01/{gtin}/10/{lot}"
            yield from self._made(f"{folder}/index.html", _leading(address))
            yield from self._linksets(f"/{folder}", folder)

    def _file(self, address: str, place: str, query: str = "") -> Iterator[File]:
        yield from self._written(place, self._ask(address, query, self._config.language), self._config.language)

    def _made(self, path: str, content: bytes) -> Iterator[File]:
        media_type = _HTML if path.endswith(".html") else ""
        yield from self._written(path, _Answer(media_type, content, 0), self._config.language)

    def _written(self, path: str, answer: _Answer, language: str) -> Iterator[File]:
        """The file, and the same compressed for servers that hand that out."""
        digest = hashlib.sha256(answer.body).hexdigest()
        body = self._dated(answer, language)
        yield File(path, body, digest)
        if compression.is_worth_it(answer.media_type, len(body)):
            yield File(f"{path}.gz", compression.compressed(body, 9), digest)

    def _dated(self, answer: _Answer, language: str) -> bytes:
        """The page with the moment of publishing in the place of the moment of reading."""
        text = answer.body
        if CHECKED.encode() not in text:
            return text
        at = words.moment(language, self._now, answer.zone_minutes, with_zone=True)
        for checked, as_published in _AS_PUBLISHED.items():
            before, after = (
                str(escape(breakable_text(words.translate(language, sentence, at=moment)))).encode()
                for sentence, moment in ((checked, CHECKED), (as_published, at))
            )
            text = text.replace(before, after)
        assert CHECKED.encode() not in text, "a page names the moment of reading in words that are not known here"
        return text

    def _ask(self, address: str, query: str, language: str) -> _Answer:
        """What the application answers, asked once; everything that is published is there."""
        if (asked := (address, query, language)) not in self._asked:
            self._asked[asked] = self._answered(*asked)
        return self._asked[asked]

    def _answered(self, address: str, query: str, language: str) -> _Answer:
        mark, wish = self._wish()
        builder = EnvironBuilder(
            path=address,
            query_string=query,
            base_url=self._config.public_url,
            headers=[("Accept-Language", language)],
        )
        environ = {**builder.get_environ(), **mark}
        body, status, headers = run_wsgi_app(self._app.extensions["served"].inside, environ, buffered=True)
        content = b"".join(body)
        assert status.startswith("200 "), f"{address}?{query}: {status}"
        if self._alone:
            content = _ONE_SUM.sub(rb"\1", content)
        return _Answer(parse_options_header(headers["Content-Type"])[0], content, wish.zone_minutes)

    def _wish(self) -> tuple[dict[str, Rendering], Rendering]:
        """What a request is marked with, and what the view answers by it."""
        wish = Rendering(published=True, alone=self._alone)
        return {ENVIRON_KEY: wish}, wish


def _told(value: object) -> object:
    """A value without what is no fact of it: where it lies in memory, and the kind of its containers."""
    if is_dataclass(value) and not isinstance(value, type):
        return [_told(getattr(value, item.name)) for item in fields(value)]
    if isinstance(value, Mapping):
        return [(str(key), _told(some)) for key, some in value.items()]
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [_told(some) for some in value]
    return str(value)


def _links(answer: _Answer) -> Iterator[tuple[str, str]]:
    """Where a page of ours leads to on this site: path and query."""
    if answer.media_type == _HTML:
        for found in _LINKS.finditer(answer.body.decode()):
            yield found[1], found[2] or ""


def _leading(address: str) -> bytes:
    """A page that leads on, for servers that cannot."""
    to = quote(address)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Origin</title>'
        f'<meta name="robots" content="noindex"><meta http-equiv="refresh" content="0; url={to}">'
        f'<link rel="canonical" href="{to}"></head><body><h1><a href="{to}">{to}</a></h1></body></html>\n'
    ).encode()


def _told_apart(batches: Sequence[Published]) -> tuple[list[Published], list[Numbers]]:
    """The batches with the numbers that are theirs alone, and the numbers that several say."""
    said = Counter(numbers for batch in batches for numbers in batch.links)
    own = [replace(batch, links=tuple(each for each in batch.links if said[each] == 1)) for batch in batches]
    return own, sorted(numbers for numbers, times in said.items() if times > 1)


def _link_map(batches: Iterable[Published], shared: Iterable[Numbers]) -> bytes:
    """For nginx: where a Digital Link leads; to the list of the article where several batches say the same."""
    leads = {numbers: f"/b/{batch.code}" for batch in batches for numbers in batch.links}
    leads |= {numbers: f"/gtin/{numbers[0]}" for numbers in shared}
    return "".join(
        f"{_quoted(f'/01/{gtin}/10/{lot}')} {target};\n" for (gtin, lot), target in sorted(leads.items())
    ).encode()


def _code_map(batches: Iterable[Published]) -> bytes:
    """For nginx, which matches them in small letters too: codes as people type them."""
    codes = sorted(batch.code for batch in batches)
    return "".join(
        f"{code[:4]}{between}{code[4:]} {code};\n" for code in codes for between in ("", "-", "+", "%20")
    ).encode()


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
