"""One run: which parts of the public side say something else than their files, and those written anew.

A part is rendered again only when its facts differ from those that its files tell; the public clock and the numbers on
labels say whether anything can differ at all. The sentence that names the moment of reading says when the page was
published instead, and nobody counts who reads a file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any, Final, NamedTuple

from flask import Flask

from traceability.domain.dossier import Status
from traceability.domain.moments import day_of
from traceability.exports.site import File, Site, Written, held
from traceability.models.database import Database
from traceability.queries.dossiers import dossier_of
from traceability.queries.published import Located, Numbers, Published, published, published_whereabouts
from traceability.queries.rendered import clock_now, public_clock
from traceability.queries.resolving import Scanned, batches_of_article, standing_of
from traceability.web.batches import Read
from traceability.web.publishing import parts
from traceability.web.publishing.answers import Answers, Unanswered
from traceability.web.publishing.maps import told_apart
from traceability.web.rendering import edition

_THE_REST: Final = ""  # the part of everything that belongs to no other


# What a sum says in its band alone: how the batch stands.
_OF_THE_BAND: Final[Mapping[str, Any]] = {
    "status": Status.RELEASED,
    "alerts": (),
    "lifted": (),
    "failed": (),
    "findings": (),
    "destroyed_at": None,
    "superseded_by": "",
    "successor": None,
}


class _Told(NamedTuple):
    """Digests of what the pages of a batch say: of everything, and of what stands below the band of its sums."""

    all: str
    sums: str


class _Part(NamedTuple):
    """Files that stand together; batches by their code, other parts by their address."""

    name: str
    facts: str
    files: Callable[[], Iterator[File]]


def publish(
    app: Flask,
    folder: Path,
    org_id: int | None = None,
    *,
    alone: bool = True,
    tell: Callable[[Written], object] = lambda _so_far: None,
) -> Written:
    """Bring a folder up to what the record says now; answers what was done.

    Files that stand alone lead nowhere that only an application answers: no report is sent from them. `tell` hears
    after every part what was written so far.

    Raises AlreadyPublishing, FolderOfOthers, and DatabaseSilent: what was written until then stands.
    """
    with held(folder) as site:
        while not _Pass(app, site, datetime.now(UTC), alone, org_id).brings_all(tell):
            site.begin_again()
    return site.written


class _Pass:
    """One way through everything, at one moment. A run is one, or several where the record went on meanwhile."""

    def __init__(self, app: Flask, site: Site, now: datetime, alone: bool, org_id: int | None) -> None:
        self._site, self._now = site, now
        self._database: Database = app.extensions["database"]
        self._answers = Answers(app, now, alone, org_id)
        self._org_id = org_id
        self._edition = f"{edition(app.extensions['config'])}{' alone' if alone else ''}"

    def brings_all(self, tell: Callable[[Written], object]) -> bool:
        """Write all that differs; whether that came to its end, or was left because a recall may be waiting for it.

        It is left when it has been writing for as long as it looked for what to write: where changes never end, half of
        the time still goes to the rest.
        """
        began, writing = monotonic(), 0.0
        clock = clock_now(self._database)  # before all else: what changes from now on is for the next way through
        with self._database.reading() as session:
            batches, shared = told_apart(published(session, self._org_id))
            places = published_whereabouts(session, self._org_id)
        days = {day_of(self._now, batch.zone_minutes) for batch in batches} | {self._now.date()}
        numbers = _digest(self._edition, self._org_id, batches, shared, places)  # they change without the clock
        stamp = f"{clock} {' '.join(map(str, sorted(days)))} {numbers}"
        if self._site.stamp == stamp:
            return True
        for part in self._parts(batches, shared, places):
            stands = self._site.says(part.name, part.facts)
            if stands:
                self._site.keep(part.name)
            else:
                writing = writing or monotonic()
                try:
                    self._site.put(part.name, part.facts, part.files())
                except Unanswered as unanswered:  # the next run asks again
                    self._site.written.unanswered.append(str(unanswered))
            self._answers.forget()
            tell(self._site.written)
            if monotonic() - writing > writing - began and not stands and clock_now(self._database) != clock:
                return False
        if not self._site.written.unanswered:
            self._site.finish(stamp)
        return True

    def _parts(
        self, batches: Sequence[Published], shared: Sequence[Numbers], places: Sequence[Located]
    ) -> Iterator[_Part]:
        """What is scanned and checked of every batch first, then what lists it, and last the sums: a recall is on all
        pages that people are led to before anything else is written, also one that comes while the rest is.
        """
        told = {}
        for batch in batches:
            told[batch.code] = self._facts_of(batch)
            yield _Part(batch.code, told[batch.code].all, partial(parts.of_batch, self._answers, batch))
        for batch in batches:
            if batch.earlier:
                name = f"/b/{batch.code}/versions"
                yield _Part(name, told[batch.code].all, partial(parts.earlier_of, self._answers, batch))
        for gtin in sorted({numbers[0] for batch in batches for numbers in batch.links} | {gtin for gtin, _ in shared}):
            common = [numbers for numbers in shared if numbers[0] == gtin]
            facts = _digest(self._facts_of_article(gtin), common)
            yield _Part(f"/gtin/{gtin}", facts, partial(parts.of_article, self._answers, gtin, common))
        for place in places:
            facts = _digest(self._edition, place)
            yield _Part(place.address, facts, partial(parts.of_whereabouts, self._answers, place))
        rest = partial(parts.of_the_rest, self._answers, batches, shared, places)
        yield _Part(_THE_REST, _digest(self._edition, batches, shared, places), rest)
        for batch in batches:
            facts = _digest(told[batch.code].all, self._batches_beside(batch))
            yield _Part(f"/b/{batch.code}/01", facts, partial(parts.links_of, self._answers, batch))
        for batch in batches:
            yield self._sums_of(batch, told[batch.code])

    def _sums_of(self, batch: Published, told: _Told) -> _Part:
        name = f"/b/{batch.code}/why"
        same = self._site.facts_of(name).endswith(f" {told.sums}")
        standing = partial(self._site.content, name) if same else _nothing
        return _Part(name, f"{told.all} {told.sums}", partial(parts.sums_of, self._answers, batch, standing))

    def _facts_of(self, batch: Published) -> _Told:
        """Digests of all that the pages of a batch say. The day counts by what it does to papers, and the position in
        the journal not at all: it goes on with every entry of the house, and what was published stays true of its own.
        """
        dossiers = []
        for version in (None, *batch.earlier):
            with self._database.reading() as session:
                dossier, clock = dossier_of(session, batch.code, version=version), public_clock(session)
            self._answers.known[batch.code, version] = Read(dossier, None, clock)
            dossiers.append(replace(dossier, as_of=date.min, journal_seq=0))
        steady = [replace(dossier, **_OF_THE_BAND) for dossier in dossiers]
        return _Told(_digest(self._edition, batch, dossiers), _digest(self._edition, batch, steady))

    def _facts_of_article(self, gtin: str) -> str:
        with self._database.reading() as session:
            batches = batches_of_article(session, gtin, self._org_id)
            return _digest(self._edition, batches, standing_of(session, batches))

    def _batches_beside(self, batch: Published) -> list[Scanned]:
        """Those of its articles."""
        articles = sorted({gtin for gtin, _ in batch.links})
        with self._database.reading() as session:
            return [each for gtin in articles for each in batches_of_article(session, gtin, self._org_id)]


def _nothing(path: str) -> None:
    """No page that stands is still true."""


def _digest(*values: object) -> str:
    return hashlib.sha256(repr([_told(value) for value in values]).encode()).hexdigest()


def _told(value: object) -> object:
    """A value without what is no fact of it: where it lies in memory, and the kind of its containers."""
    if is_dataclass(value) and not isinstance(value, type):
        return [_told(getattr(value, item.name)) for item in fields(value)]
    if isinstance(value, Mapping):
        return [(str(key), _told(some)) for key, some in value.items()]
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [_told(some) for some in value]
    return str(value)
