"""What the pages of a batch say, as digests: by them a file is known that says it already."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import date
from typing import Any, Final, NamedTuple

from traceability.domain.dossier import Status
from traceability.models.database import Database
from traceability.queries.dossiers import dossier_of
from traceability.queries.published import Published
from traceability.queries.rendered import public_clock
from traceability.web.batches import Read
from traceability.web.publishing.answers import Answers

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


class Said(NamedTuple):
    """Digests of everything, and of what stands below the band of its sums; whether there is a recall or hold."""

    all: str
    sums: str
    stopped: bool

    @property
    def with_sums(self) -> str:
        return f"{self.all} {self.sums}"


def said_of(database: Database, answers: Answers, edition: str, batch: Published) -> Said:
    """What the pages of all its versions say now; what was read for that is kept for those that are written next.

    The day counts by what it does to papers, and the position in the journal not at all: it goes on with every entry of
    the house, and what was published stays true of its own.
    """
    dossiers = []
    for version in (None, *batch.earlier):
        with database.reading() as session:
            dossier, clock = dossier_of(session, batch.code, version=version), public_clock(session)
        answers.known[batch.code, version] = Read(dossier, None, clock)
        dossiers.append(replace(dossier, as_of=date.min, journal_seq=0))
    steady = [replace(dossier, **_OF_THE_BAND) for dossier in dossiers]
    return Said(digest(edition, batch, dossiers), digest(edition, batch, steady), bool(dossiers[0].alerts))


def digest(*values: object) -> str:
    """A digest of values by their content."""
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
