"""A stretch of the journal with what hangs on it, and the findings that come of comparing."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from traceability.domain.events import Kind
from traceability.domain.postings import Account
from traceability.models import Event, Facility, Lot, Organisation, Party, Plot, Posting, Transfer
from traceability.queries.lineage import chunks
from traceability.words import N_

EVENTS_AT_ONCE: Final = 1_000

DIFFERS: Final = N_("A stored value is not what the journal says.")
MISSING: Final = N_("The journal tells of something that is not stored.")
EXTRA: Final = N_("Something is stored that the journal does not tell of.")


@dataclass(frozen=True)
class Finding:
    """Something that is not as it must be: a sentence, the place, and the two values that do not agree."""

    what: str  # an English msgid
    where: str
    expected: str
    found: str


@dataclass(frozen=True)
class Page:
    """Some events in the order in which they were recorded, and the rows that name them."""

    events: tuple[Event, ...]
    bodies: Mapping[
        int, dict[str, Any]
    ]  # event id -> what its bytes say; events whose bytes cannot be read are not here
    postings: Mapping[int, list[Posting]]  # event id -> its lines in order
    declared: frozenset[int]  # those of the events that a later one declares in error
    organisations: Mapping[int, str]  # inside ids -> public codes, here and below
    facilities: Mapping[int, str]
    lots: Mapping[int, str]
    plots: Mapping[int, str]
    parties: Mapping[int, str]
    transfers: Mapping[int, str]
    carried: Mapping[str, str]  # transfer code -> code of the lot on the road
    corrected: Mapping[str, tuple[str, str]]  # delivery -> farmer and plot, as the last correction of all says

    @property
    def ids(self) -> list[int]:
        return [event.id for event in self.events]

    def place_of(self, event: Event) -> str:
        """Where a finding is: organisation, number in its journal, code of the event."""
        return f"{self.organisations.get(event.org_id, '?')} {event.seq} ({event.code})"


def pages(session: Session) -> Iterator[Page]:
    """The whole journal of all organisations, oldest first: the order of their numbers in each."""
    last, corrected = 0, _corrected(session)
    while True:
        found = session.scalars(select(Event).where(Event.id > last).order_by(Event.id).limit(EVENTS_AT_ONCE)).all()
        if not found:
            return
        last = found[-1].id
        yield _page(session, tuple(found), corrected)


def codes_of(
    session: Session, key: InstrumentedAttribute[int], code: InstrumentedAttribute[str], ids: Collection[int | None]
) -> dict[int, str]:
    """Public codes of inside ids."""
    found: dict[int, str] = {}
    for chunk in chunks({value for value in ids if value is not None}):
        found.update({row_id: text for row_id, text in session.execute(select(key, code).where(key.in_(chunk)))})
    return found


def against(
    kind: str, expected: Mapping[str, Mapping[str, Any]], found: Mapping[str, Mapping[str, Any]], place: str = ""
) -> Iterator[Finding]:
    """What is missing, what is too much, and which values differ, of rows that are named alike on both sides."""
    for name in sorted(expected.keys() | found.keys()):
        where = f"{place} {kind} {name}".strip()
        if name not in found:
            yield Finding(MISSING, where, _told(expected[name]), "")
        elif name not in expected:
            yield Finding(EXTRA, where, "", _told(found[name]))
        else:
            yield from differing(where, expected[name], found[name])


def differing(where: str, expected: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[Finding]:
    """One finding for each value that is not as expected; what nothing is expected of is not looked at."""
    for name, value in expected.items():
        if found.get(name) != value:
            yield Finding(DIFFERS, f"{where}, {name}", str(value), str(found.get(name)))


def _told(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items() if value not in ("", None))


def _corrected(session: Session) -> dict[str, tuple[str, str]]:
    """Whose each delivery is that was booked on another; the last word of the journal counts. They are few."""
    found: dict[str, tuple[str, str]] = {}
    organisations = select(Organisation.id).scalar_subquery()
    said = select(Event.body).where(Event.org_id.in_(organisations), Event.kind == str(Kind.CORRECT_ORIGIN))
    for body in session.scalars(said.order_by(Event.id)):
        kdes = (_read(body) or {"kdes": {}})["kdes"]
        found[str(kdes.get("lot"))] = str(kdes.get("farmer")), str(kdes.get("plot"))
    return found


def _page(session: Session, events: tuple[Event, ...], corrected: Mapping[str, tuple[str, str]]) -> Page:
    ids = [event.id for event in events]
    postings: dict[int, list[Posting]] = defaultdict(list)
    lines = select(Posting).where(Posting.event_id.in_(ids)).order_by(Posting.event_id, Posting.line)
    for line in session.scalars(lines):
        postings[line.event_id].append(line)
    every = [line for some in postings.values() for line in some]
    roads = session.execute(
        select(Transfer.id, Transfer.code, Transfer.lot_id).where(Transfer.id.in_({line.transfer_id for line in every}))
    ).all()
    lots = codes_of(session, Lot.id, Lot.code, {*(line.lot_id for line in every), *(road.lot_id for road in roads)})
    return Page(
        events=events,
        bodies={event.id: body for event in events if (body := _read(event.body)) is not None},
        postings=postings,
        declared=frozenset(
            key for key in session.scalars(select(Event.declares_id).where(Event.declares_id.in_(ids))) if key
        ),
        organisations=codes_of(session, Organisation.id, Organisation.code, {event.org_id for event in events}),
        facilities=codes_of(session, Facility.id, Facility.code, {event.facility_id for event in events}),
        lots=lots,
        plots=codes_of(session, Plot.id, Plot.code, {line.plot_id for line in every}),
        parties=codes_of(session, Party.id, Party.code, {line.party_id for line in every}),
        transfers={road.id: road.code for road in roads},
        carried={road.code: lots[road.lot_id] for road in roads},
        corrected=corrected,
    )


def _read(body: bytes) -> dict[str, Any] | None:
    """What the bytes say; None when they are not the bytes of an event at all."""
    try:
        value = json.loads(body)
        datetime.fromisoformat(value["occurred_at"])
        for account, ref, mass, count in value["postings"]:
            Account(account), str(ref), mass + count
        for lot in value["makes"]:
            str(lot["code"] + lot["kind"])
        for measured in value["kdes"].get("measured", ()):
            measured.keys()
        str(value["kind"] + value["code"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return dict(value)
