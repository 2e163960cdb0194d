"""Public bytes before Flask: the page behind a QR code, its JSON and its QR are rendered once and then handed out.

A request is answered here only when it is as plain as a scan is; everything else goes on to Flask, and so does
everything that the database does not answer at once. Every entry that can change an open page turns the public clock
in its own transaction (`events.is_public`), and the clock is read before every answer: a page that was stopped is
never shown as it was before, not even once. What is kept holds for one clock, one day where the goods were made (a
certificate ends with that day), and one edition of the program.
"""

from __future__ import annotations

import json
import re
import zlib
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import quote

from flask import Flask, request
from werkzeug.datastructures import Accept, MIMEAccept
from werkzeug.http import http_date, is_resource_modified, parse_accept_header, parse_cookie
from werkzeug.test import EnvironBuilder, run_wsgi_app

from traceability import words
from traceability.documents.qr import DRAWINGS
from traceability.domain import linkset
from traceability.domain.identifiers import CODE_LENGTH
from traceability.domain.moments import day_of
from traceability.models import Rendered
from traceability.models.database import Database, DatabaseBusy, DatabaseSilent
from traceability.operations.public import keep_rendered
from traceability.queries.rendered import Stored, clock_now, public_clock, rows_of_stamps, zone_and_stored
from traceability.web import language
from traceability.web.batch_bands import CHECKED
from traceability.web.counting import Scans
from traceability.web.rendering import ENVIRON_KEY, Answers, Kept, Rendering, edition
from traceability.web.resolver import prefers_data

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MOST_BYTES: Final = 16_000_000  # of answers in the memory of one process

_DRAWINGS: Final = "|".join(map(re.escape, DRAWINGS))
_PATH: Final = re.compile(rf"/[bB]/([0-9A-Z]{{8}})(\.json|/(?:{_DRAWINGS}))?")
_HOST: Final = re.compile(r"[A-Za-z0-9.:\[\]-]*")
_UNUSUAL: Final = ("HTTP_RANGE", "HTTP_IF_MATCH", "HTTP_IF_RANGE", "HTTP_IF_MODIFIED_SINCE", "SCRIPT_NAME")
# What these mean is kept for the next reader, and nobody may fill the memory with it: browsers send dozens of signs.
_KEPT_BY: Final = ("HTTP_ACCEPT_LANGUAGE", "HTTP_ACCEPT_ENCODING")
_LONGEST: Final = 400
_BUSY: Final = "traceability.busy"
_OF_THE_BODY: Final = frozenset({"date", "etag", "content-length"})


class Asked(NamedTuple):
    """One of the public answers: where, and in which language."""

    code: str
    address: str
    language: str

    @property
    def is_page(self) -> bool:
        """Whether this is the page itself, which people read."""
        return self.address[3 + CODE_LENGTH :][:1] in ("", "?")


class _Lately(NamedTuple):
    """What was handed out last at an address."""

    stamp: str
    zone: int  # of the batch, in minutes: its day ends where it was made
    kept: Kept
    minute: int
    answers: Answers


class Served:
    """The application with its public answers in front of it."""

    def __init__(self, app: Flask) -> None:
        self.inside: WSGIApplication = app.wsgi_app
        self._app = app
        self._database: Database = app.extensions["database"]
        self._scans: Scans = app.extensions["scans"]
        self._lately: OrderedDict[Asked, _Lately] = OrderedDict()
        self._size = 0
        self._lock = Lock()
        app.before_request(_tell_busy)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        query = environ.get("QUERY_STRING", "")
        if not query.isascii():  # sent raw, perhaps in no encoding that Flask could read
            environ["QUERY_STRING"] = quote(query, safe=":/?@!$&'()*+,;=%", encoding="latin-1")
        asked = self._asked(environ)
        try:
            answers = self._answers(asked, environ) if asked is not None else None
        except DatabaseBusy:  # who waited once does not wait for Flask to find the same
            answers, environ[_BUSY] = None, True
        except DatabaseSilent:
            answers = None
        if asked is None or answers is None:
            return self.inside(environ, start_response)
        answer = answers.compressed if _takes_gzip(environ.get("HTTP_ACCEPT_ENCODING")) else answers.plain
        if "HTTP_IF_NONE_MATCH" in environ and not is_resource_modified(environ, answers.etag):
            answer = answers.unchanged
        start_response(answer.status, [*answer.headers, ("Date", http_date())])
        if environ["REQUEST_METHOD"] != "GET":
            return []
        if asked.is_page:
            self._scans.note(environ, asked.code, asked.language)
        return [answer.body]

    def _asked(self, environ: WSGIEnvironment) -> Asked | None:
        """What is asked for; None when anything about the request is unusual. Who asks makes no difference."""
        path, query = environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")
        found = _PATH.fullmatch(path)
        if found is None or environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return None
        wish = environ.get("HTTP_ACCEPT", "").lower()
        if linkset.MEDIA_TYPE in wish:  # a machine that asks for links instead of the page
            return None
        if found[2] is None and _prefers_data(wish):
            path += ".json"
        if any(environ.get(name) for name in _UNUSUAL) or not _HOST.fullmatch(environ.get("HTTP_HOST", "")):
            return None
        if any(len(environ.get(name, "")) > _LONGEST for name in _KEPT_BY):
            return None
        chosen = query.removeprefix("l=")
        if query and (chosen not in words.PUBLIC_LANGUAGES or query == chosen):
            return None
        if "HTTP_COOKIE" in environ and not chosen:
            if not environ["HTTP_COOKIE"].isascii():  # of a neighbour of ours, perhaps in no encoding
                return None
            kept = parse_cookie(environ).get(language.COOKIE, "")
            chosen = kept if kept in words.PUBLIC_LANGUAGES else ""
        spoken = _language(environ.get("HTTP_ACCEPT_LANGUAGE"), chosen, self._app.extensions["config"].language)
        return Asked(found[1], f"{path}?{query}" if query else path, spoken)

    def _answers(self, asked: Asked, environ: WSGIEnvironment) -> Answers | None:
        """The answers as they are at this moment; None for what is not open to everybody."""
        now = datetime.now(UTC)
        clock = clock_now(self._database)
        minute = int(now.timestamp()) // 60
        lately = self._lately.get(asked)
        if lately is not None and lately.stamp == self._stamp(clock, day_of(now, lately.zone)):
            if lately.minute == minute:
                return lately.answers
            stamp, zone, kept = lately.stamp, lately.zone, lately.kept
        else:
            found = zone_and_stored(self._database, asked.code, asked.address, asked.language)
            if found is None:
                return None
            zone, stored = found
            stamp = self._stamp(clock, day_of(now, zone))
            if stored is not None and stored.stamp == stamp:
                kept = unpacked(stored)
            else:
                rendered = self._rendered_and_stored(asked, environ)
                if rendered is None:
                    return None
                stamp, kept = rendered
        answers = kept.at(now, asked.language)
        self._remember(asked, _Lately(stamp, zone, kept, minute, answers))
        return answers

    def differing(self) -> Iterator[tuple[str, str]]:
        """Address and language of everything that is kept for now and is not what Flask answers now, for the audit."""
        today = datetime.now(UTC).date()
        days = [today + timedelta(days=more) for more in (-1, 0, 1)]  # what some zone calls today
        with self._database.reading() as session:
            clock = public_clock(session)
            rows = rows_of_stamps(session, [self._stamp(clock, day) for day in days])
        for row in rows:
            path, _, query = row.address.partition("?")
            environ = EnvironBuilder(path=path, query_string=query).get_environ()
            found = _PATH.fullmatch(path)
            rendered = found and self._rendered(Asked(found[1], row.address, row.language), environ)
            if not rendered or (rendered[0] == row.stamp and rendered[1] != unpacked(row)):
                yield row.address, row.language

    def _rendered_and_stored(self, asked: Asked, environ: WSGIEnvironment) -> tuple[str, Kept] | None:
        """What Flask answers, stored for others if that is possible at once, whatever comes of it."""
        rendered = self._rendered(asked, environ)
        if rendered is None:
            return None
        stamp, kept = rendered
        clock = int(stamp.partition(" ")[0])
        row = Rendered(
            address=asked.address,
            language=asked.language,
            stamp=stamp,
            headers=json.dumps(kept.headers),
            zone_minutes=kept.zone_minutes,
            body=zlib.compress(kept.body),
        )
        self._database.write_if_free(lambda session: keep_rendered(session, row, clock))
        return rendered

    def _rendered(self, asked: Asked, environ: WSGIEnvironment) -> tuple[str, Kept] | None:
        """What Flask answers to the plainest request for it, and the stamp of what it was made of."""
        wish = Rendering()
        plain = {name: value for name, value in environ.items() if not name.startswith("HTTP_")}
        plain |= {"REQUEST_METHOD": "GET", "HTTP_ACCEPT_LANGUAGE": asked.language, ENVIRON_KEY: wish}
        plain |= {"PATH_INFO": asked.address.partition("?")[0], "HTTP_HOST": environ.get("HTTP_HOST", "")}
        body, status, headers = run_wsgi_app(self.inside, plain, buffered=True)
        content = b"".join(body)
        if not status.startswith("200 ") or wish.code != asked.code:
            return None
        zone = wish.zone_minutes if CHECKED.encode() in content else None
        kept = Kept([pair for pair in headers if pair[0].lower() not in _OF_THE_BODY], content, zone)
        return self._stamp(wish.clock, date.fromisoformat(wish.day)), kept

    def _remember(self, asked: Asked, lately: _Lately) -> None:
        with self._lock:
            before = self._lately.pop(asked, None)
            self._lately[asked] = lately
            self._size += _size(lately) - (_size(before) if before is not None else 0)
            while self._size > MOST_BYTES:
                _, oldest = self._lately.popitem(last=False)
                self._size -= _size(oldest)

    def _stamp(self, clock: int, day: date) -> str:
        return f"{clock} {day.isoformat()} {edition(self._app.extensions['config'])}"


def unpacked(stored: Stored | Rendered) -> Kept:
    """What a row keeps."""
    headers = [(name, value) for name, value in json.loads(stored.headers)]
    return Kept(headers, zlib.decompress(stored.body), stored.zone_minutes)


def _tell_busy() -> None:
    """Raise DatabaseBusy where it was found just now."""
    if request.environ.get(_BUSY):
        raise DatabaseBusy()


def _size(lately: _Lately) -> int:
    return lately.answers.size + len(lately.kept.body)


@lru_cache(1000)
def _takes_gzip(header: str | None) -> bool:
    return parse_accept_header(header, Accept).quality("gzip") > 0


@lru_cache(1000)
def _prefers_data(header: str) -> bool:
    return prefers_data(parse_accept_header(header, MIMEAccept))


@lru_cache(1000)
def _language(header: str | None, explicit: str, default: str) -> str:
    return words.pick_language(header, explicit, default, words.PUBLIC_LANGUAGES)
