"""One run: which parts of the public side say something else than their files, and those written anew.

A part is rendered again only when its facts differ from those that its files tell; the public clock and the numbers on
labels say whether anything can differ at all. The sentence that names the moment of reading says when the page was
published instead, and nobody counts who reads a file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from enum import IntEnum
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Final, NamedTuple

from flask import Flask

from traceability.domain.moments import day_of
from traceability.exports.site import File, Site, Written, held
from traceability.models.database import Database
from traceability.queries.published import Located, Numbers, Published, published, published_whereabouts
from traceability.queries.rendered import clock_now
from traceability.queries.resolving import Scanned, batches_of_article, standing_of
from traceability.web.publishing import parts
from traceability.web.publishing.answers import Answers, Unanswered
from traceability.web.publishing.maps import told_apart
from traceability.web.publishing.said import Said, digest, said_of
from traceability.web.rendering import edition

_THE_REST: Final = ""  # the part of everything that belongs to no other


class _Part(NamedTuple):
    """Files that stand together; batches by their code, other parts by their address."""

    name: str
    facts: str
    files: Callable[[], Iterator[File]]


class _Turn(IntEnum):
    """Which batches are written before which."""

    CHANGED = 0  # since this run began: it may be a recall
    STOPPED = 1  # under a recall or hold
    NEW = 2  # nobody can open its page yet
    LAST = 3


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
    seen = _Seen()
    with held(folder) as site:
        while not _Pass(app, site, datetime.now(UTC), alone, org_id, seen).brings_all(tell):
            site.begin_again()
    return site.written


class _Seen:
    """What a run remembers from one way through to the next: which batches changed since it looked first."""

    def __init__(self) -> None:
        self._first: dict[str, str] = {}
        self._changed: set[str] = set()

    def changed(self, code: str, facts: str) -> bool:
        """Whether it says something else than at first, or did meanwhile and was written so."""
        if self._first.setdefault(code, facts) != facts:
            self._changed.add(code)
        return code in self._changed


class _Pass:
    """One way through everything, at one moment. A run is one, or several where the record went on meanwhile."""

    def __init__(self, app: Flask, site: Site, now: datetime, alone: bool, org_id: int | None, seen: _Seen) -> None:
        self._site, self._now = site, now
        self._database: Database = app.extensions["database"]
        self._answers = Answers(app, now, alone, org_id)
        self._org_id = org_id
        self._edition = f"{edition(app.extensions['config'])}{' alone' if alone else ''}"
        self._seen = seen
        self._said: dict[str, Said] = {}  # by the code of the batch

    def brings_all(self, tell: Callable[[Written], object]) -> bool:
        """Write all that differs; whether that came to its end, or was left because a recall may be waiting for it.

        It is left when it has been writing for as long as it looked for what to write: where changes never end, half of
        the time still goes to the rest.
        """
        began = monotonic()
        clock = clock_now(self._database)  # before all else: what changes from now on is for the next way through
        with self._database.reading() as session:
            batches, shared = told_apart(published(session, self._org_id))
            places = published_whereabouts(session, self._org_id)
        days = {day_of(self._now, batch.zone_minutes) for batch in batches} | {self._now.date()}
        numbers = digest(self._edition, self._org_id, batches, shared, places)  # they change without the clock
        stamp = f"{clock} {' '.join(map(str, sorted(days)))} {numbers}"
        if self._site.stamp == stamp:
            return True
        for batch in batches:
            self._said[batch.code] = self._said_now(batch)
            self._answers.forget()  # all of them would be much to keep in mind
        looked = monotonic()
        for part in self._parts(batches, shared, places):
            stands = self._site.says(part.name, part.facts)
            if stands:
                self._site.keep(part.name)
            else:
                try:
                    self._site.put(part.name, part.facts, part.files())
                except Unanswered as unanswered:  # the next run asks again
                    self._site.written.unanswered.append(str(unanswered))
            self._answers.forget()
            tell(self._site.written)
            waited = monotonic() - looked > looked - began
            if not stands and waited and clock_now(self._database) != clock:
                return False
        if not self._site.written.unanswered:
            self._site.finish(stamp)
        return True

    def _parts(
        self, batches: Sequence[Published], shared: Sequence[Numbers], places: Sequence[Located]
    ) -> Iterator[_Part]:
        """What changed since the run began before all else. Of the rest what is scanned and checked of every batch
        first, then what lists it, and last the sums: a recall is on all pages that people are led to before anything
        else is written, also one that comes while the rest is.
        """
        turns = {batch.code: self._turn_of(batch.code) for batch in batches}
        in_turn = sorted(batches, key=lambda batch: turns[batch.code])
        changed = [batch for batch in in_turn if turns[batch.code] is _Turn.CHANGED]
        others = in_turn[len(changed) :]
        lists = {gtin for gtin, _ in shared}.union(*(batch.articles for batch in batches))
        urgent = set[str]().union(*(batch.articles for batch in changed))
        yield from self._scanned(changed)
        yield from (self._article(gtin, shared) for gtin in sorted(urgent))
        yield from map(self._sums_of, changed)
        yield from self._scanned(others)
        yield from (self._article(gtin, shared) for gtin in sorted(lists - urgent))
        for place in places:
            facts = digest(self._edition, place)
            yield _Part(place.address, facts, partial(parts.of_whereabouts, self._answers, place))
        rest = partial(parts.of_the_rest, self._answers, batches, shared, places)
        yield _Part(_THE_REST, digest(self._edition, batches, shared, places), rest)
        for batch in batches:
            facts = digest(self._said[batch.code].all, self._batches_beside(batch))
            yield _Part(f"/b/{batch.code}/01", facts, partial(parts.links_of, self._answers, batch))
        yield from map(self._sums_of, others)

    def _turn_of(self, code: str) -> _Turn:
        said = self._said[code]
        if self._seen.changed(code, said.all):
            return _Turn.CHANGED
        if said.stopped:
            return _Turn.STOPPED
        return _Turn.LAST if self._site.facts_of(code) else _Turn.NEW

    def _scanned(self, batches: Sequence[Published]) -> Iterator[_Part]:
        for batch in batches:
            said = self._again(batch, self._site.says(batch.code, self._said[batch.code].all))
            yield _Part(batch.code, said.all, partial(parts.of_batch, self._answers, batch))
        for batch in batches:
            if batch.earlier:
                name = f"/b/{batch.code}/versions"
                said = self._again(batch, self._site.says(name, self._said[batch.code].all))
                yield _Part(name, said.all, partial(parts.earlier_of, self._answers, batch))

    def _sums_of(self, batch: Published) -> _Part:
        name = f"/b/{batch.code}/why"
        said = self._again(batch, self._site.says(name, self._said[batch.code].with_sums))
        same = self._site.facts_of(name).endswith(f" {said.sums}")
        standing = partial(self._site.content, name) if same else _nothing
        return _Part(name, said.with_sums, partial(parts.sums_of, self._answers, batch, standing))

    def _article(self, gtin: str, shared: Sequence[Numbers]) -> _Part:
        common = [numbers for numbers in shared if numbers[0] == gtin]
        with self._database.reading() as session:
            batches = batches_of_article(session, gtin, self._org_id)
            facts = digest(self._edition, batches, standing_of(session, batches), common)
        return _Part(f"/gtin/{gtin}", facts, partial(parts.of_article, self._answers, gtin, common))

    def _again(self, batch: Published, stands: bool) -> Said:
        """What its pages say, looked at once more where they are written: the record may have gone on since, and back
        again later; a file must not keep for ever what was true in between.
        """
        if not stands:
            self._said[batch.code] = self._said_now(batch)
        return self._said[batch.code]

    def _said_now(self, batch: Published) -> Said:
        return said_of(self._database, self._answers, self._edition, batch)

    def _batches_beside(self, batch: Published) -> list[Scanned]:
        """Those of its articles."""
        with self._database.reading() as session:
            return [each for gtin in batch.articles for each in batches_of_article(session, gtin, self._org_id)]


def _nothing(path: str) -> None:
    """No page that stands is still true."""
