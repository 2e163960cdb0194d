"""A page that is rendered to be kept: what its view says of how long it holds, and the variants it is handed out in."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from http import HTTPStatus
from typing import Any, Final, NamedTuple, TypeVar, cast

from flask import request
from werkzeug.datastructures import Headers
from werkzeug.http import generate_etag, parse_options_header, quote_etag, remove_entity_headers

from traceability import paths, words
from traceability.config import Config
from traceability.domain.dossier import Dossier
from traceability.web import compression
from traceability.web.batch_bands import CHECKED
from traceability.web.line_breaks import breakable_text

ENVIRON_KEY: Final = "traceability.rendering"
HeaderList = list[tuple[str, str]]
Made = TypeVar("Made")


@dataclass
class Rendering:
    """Handed to a view through the environment: a wish for an answer that can be kept. The view says of what."""

    code: str = ""
    clock: int = 0
    day: str = ""  # standings are of a day
    zone_minutes: int = 0
    published: bool = False  # into a file that any server hands out: nobody counts its readers
    alone: bool = False  # and only files are there: what a server would answer leads nowhere
    org_id: int | None = None  # and only the batches of this organisation
    known: dict[Hashable, Any] = field(default_factory=dict)  # what all pages of a batch that are published are made of

    def holds(self, dossier: Dossier, clock: int) -> None:
        """What the answer was made of, all in one snapshot."""
        self.code, self.clock = dossier.code, clock
        self.day, self.zone_minutes = dossier.as_of.isoformat(), dossier.zone_minutes


def asked_for() -> Rendering | None:
    """The wish that came with the request, if it is one for an answer to be kept."""
    wish: Rendering | None = request.environ.get(ENVIRON_KEY)
    return wish


def is_published() -> bool:
    """Whether the page is to stand as a file."""
    wish = asked_for()
    return wish is not None and wish.published


def stands_alone() -> bool:
    """Whether nothing of ours answers where the file stands."""
    wish = asked_for()
    return wish is not None and wish.alone


def published_of() -> int | None:
    """The only organisation whose batches are told of, where files are written of one alone."""
    wish = asked_for()
    return wish.org_id if wish is not None else None


def once(what: Hashable, make: Callable[[], Made]) -> Made:
    """What `make` gives; where files are written it is asked once for all pages, which so cannot tell two stories."""
    wish = asked_for()
    if wish is None:
        return make()
    if what not in wish.known:
        wish.known[what] = make()
    return cast(Made, wish.known[what])


class Answer(NamedTuple):
    """One variant, ready to be sent but for its date."""

    status: str
    headers: HeaderList
    body: bytes


@dataclass(frozen=True)
class Answers:
    """The variants of one page at one moment."""

    etag: str
    plain: Answer
    compressed: Answer  # the plain one where it is not worth it
    unchanged: Answer

    @property
    def size(self) -> int:
        """Bytes held in memory."""
        return len(self.plain.body) + len(self.compressed.body)


@dataclass(frozen=True)
class Kept:
    """A page without what depends on the moment. `headers` are those of the view but for Date, ETag and length."""

    headers: HeaderList
    body: bytes
    zone_minutes: int | None  # of the moment to be filled in; None where the page names none

    def at(self, now: datetime, language: str) -> Answers:
        """The page as it is read now: what Flask would have answered, byte for byte."""
        body = self.body
        if self.zone_minutes is not None:
            moment = words.moment(language, now, self.zone_minutes, with_zone=True)
            body = body.replace(CHECKED.encode(), breakable_text(moment).encode())
        etag = quote_etag(generate_etag(body))
        headers = Headers(self.headers)
        headers["ETag"] = etag
        unchanged = Headers(headers)
        remove_entity_headers(unchanged)
        plain = compressed = _answer(headers, body)
        if compression.is_worth_it(parse_options_header(headers["Content-Type"])[0], len(body)):
            headers["Content-Encoding"] = "gzip"
            compressed = _answer(headers, compression.compressed(body))
        return Answers(etag, plain, compressed, Answer(_status(HTTPStatus.NOT_MODIFIED), list(unchanged), b""))


def _answer(headers: Headers, body: bytes) -> Answer:
    return Answer(_status(HTTPStatus.OK), [*headers, ("Content-Length", str(len(body)))], body)


def _status(status: HTTPStatus) -> str:
    return f"{status} {status.phrase.upper()}"


@cache
def edition(config: Config) -> str:
    """A digest of the program and of the settings that pages show: after an update nothing kept before holds."""
    shown = (config.public_url, config.language, config.demo)
    return hashlib.sha256(f"{_program()}{shown}".encode()).hexdigest()[:16]


@cache
def _program() -> str:
    found = hashlib.sha256()
    for folder in (paths.PACKAGE, paths.TEMPLATES):
        for path in sorted(folder.rglob("*")):
            if path.suffix not in (".pyc", ".ttf", ".otf") and path.is_file():
                found.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes())
    return found.hexdigest()
