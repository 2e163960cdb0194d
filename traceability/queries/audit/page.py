"""A stretch of the journal with what hangs on it, and the findings that come of comparing."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, bindparam, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from traceability.domain.events import Kind
from traceability.domain.postings import Account
from traceability.models import Event, Facility, Lot, Organisation, Party, Plot, Posting, Transfer
from traceability.models.statements import Statement
from traceability.queries.lineage import chunks
from traceability.words import N_

EVENTS_AT_ONCE: Final = 100  # a page that stays in the processor's cache is read a fifth faster

ACCOUNTS: Final = {account.value: account for account in Account}

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


class Recorded(NamedTuple):
    """An event as it is stored, with the public codes of what its columns refer to."""

    id: int
    org_id: int
    seq: int
    code: str
    client_id: str
    kind: str
    event_type: str
    business_step: str
    disposition: str
    occurred_at: datetime
    zone_minutes: int
    recorded_at: datetime
    actor_id: int | None
    facility_id: int | None
    declares_id: int | None
    kdes: dict[str, Any]
    body: bytes
    digest: str
    previous_digest: str
    organisation: str | None
    facility: str | None
    declared: str | None


class Line(NamedTuple):
    """A posting as it is stored, with the public codes of what it refers to."""

    event_id: int
    line: int
    account: str
    ref: str
    mass_g: int
    units: int
    lot_id: int | None
    plot_id: int | None
    party_id: int | None
    transfer_id: int | None
    lot: str | None
    plot: str | None
    party: str | None
    transfer: str | None
    carried_id: int | None
    carried: str | None  # the lot that the consignment carries
    origin_party_id: int | None  # of the lot, or of the lot that is carried
    origin_plot_id: int | None


@dataclass(frozen=True)
class Page:
    """Some events in the order in which they were recorded, and the rows that name them."""

    events: tuple[Recorded, ...]
    bodies: Mapping[
        int, dict[str, Any]
    ]  # event id -> what its bytes say; events whose bytes cannot be read are not here
    postings: Mapping[int, list[Line]]  # event id -> its lines in order
    declared: frozenset[int]  # those of the events that a later one declares in error
    lots: Mapping[int, str]  # inside ids of lots that the lines name -> public codes
    grown: Mapping[str, tuple[int | None, int | None]]  # codes of those lots -> farmer and plot of a delivery
    carried: Mapping[str, str]  # transfer code -> code of the lot on the road
    places: Mapping[int, str]  # event id -> where a finding is: organisation, number in its journal, code of the event
    corrected: Mapping[str, tuple[str, str]]  # delivery -> farmer and plot, as the last correction of all says

    @property
    def span(self) -> dict[str, int]:
        """The values of `within_span`."""
        return {"first": self.events[0].id, "last": self.events[-1].id}

    def place_of(self, event: Recorded) -> str:
        """Where a finding is: organisation, number in its journal, code of the event."""
        return self.places[event.id]


def within_span(column: InstrumentedAttribute[int] | InstrumentedAttribute[int | None]) -> ColumnElement[bool]:
    """The condition that a row names an event of a page, which leaves none out between its first and last."""
    return column.between(bindparam("first"), bindparam("last"))


def pages(session: Session) -> Iterator[Page]:
    """The whole journal of all organisations, oldest first: the order of their numbers in each."""
    last, corrected = 0, _corrected(session)
    while True:
        rows = _EVENTS.rows(session.connection(), {"last": last, "most": EVENTS_AT_ONCE})
        if not rows:
            return
        events = tuple(map(Recorded._make, rows))
        last = events[-1].id
        yield _page(session, events, corrected)


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
    if expected == found:  # nearly always
        return
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


def _page(session: Session, events: tuple[Recorded, ...], corrected: Mapping[str, tuple[str, str]]) -> Page:
    connection, span = session.connection(), {"first": events[0].id, "last": events[-1].id}
    postings: dict[int, list[Line]] = defaultdict(list)
    lots: dict[int, str] = {}
    grown: dict[str, tuple[int | None, int | None]] = {}
    carried: dict[str, str] = {}
    for line in map(Line._make, _LINES.rows(connection, span)):
        postings[line.event_id].append(line)
        if line.lot_id is not None and line.lot is not None:
            lots[line.lot_id] = line.lot
            grown[line.lot] = line.origin_party_id, line.origin_plot_id
        if line.transfer is not None and line.carried_id is not None and line.carried is not None:
            lots[line.carried_id] = carried[line.transfer] = line.carried
            grown[line.carried] = line.origin_party_id, line.origin_plot_id
    return Page(
        events=events,
        bodies={event.id: body for event in events if (body := _read(event.body)) is not None},
        postings=postings,
        declared=frozenset(key for (key,) in _DECLARED.rows(connection, span)),
        lots=lots,
        grown=grown,
        carried=carried,
        places={event.id: f"{event.organisation or '?'} {event.seq} ({event.code})" for event in events},
        corrected=corrected,
    )


def _read(body: bytes) -> dict[str, Any] | None:
    """What the bytes say; None when they are not the bytes of an event at all."""
    try:
        value: dict[str, Any] = json.loads(str(body, "utf-8"))
        datetime.fromisoformat(value["occurred_at"])
        for account, ref, mass, count in value["postings"]:
            ACCOUNTS[account], str(ref), mass + count
        for lot in value["makes"]:
            str(lot["code"] + lot["kind"])
        for measured in value["kdes"].get("measured", ()):
            measured.keys()
        str(value["kind"] + value["code"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return value


_Other, _CarriedLot = aliased(Event), aliased(Lot)
_EVENTS: Final = Statement(
    select(
        *(getattr(Event, name) for name in Recorded._fields[:-3]),
        Organisation.code.label("organisation"),
        Facility.code.label("facility"),
        _Other.code.label("declared"),
    )
    .outerjoin(Organisation, Organisation.id == Event.org_id)
    .outerjoin(Facility, Facility.id == Event.facility_id)
    .outerjoin(_Other, _Other.id == Event.declares_id)
    .where(Event.id > bindparam("last"))
    .order_by(Event.id)
    .limit(bindparam("most"))
)
_LINES: Final = Statement(
    select(
        *(getattr(Posting, "count" if name == "units" else name) for name in Line._fields[:10]),
        Lot.code,
        Plot.code,
        Party.code,
        Transfer.code,
        Transfer.lot_id,
        _CarriedLot.code,
        func.coalesce(Lot.origin_party_id, _CarriedLot.origin_party_id),
        func.coalesce(Lot.origin_plot_id, _CarriedLot.origin_plot_id),
    )
    .outerjoin(Lot, Lot.id == Posting.lot_id)
    .outerjoin(Plot, Plot.id == Posting.plot_id)
    .outerjoin(Party, Party.id == Posting.party_id)
    .outerjoin(Transfer, Transfer.id == Posting.transfer_id)
    .outerjoin(_CarriedLot, _CarriedLot.id == Transfer.lot_id)
    .where(within_span(Posting.event_id))
    .order_by(Posting.event_id, Posting.line)
)
_DECLARED: Final = Statement(select(Event.declares_id).where(within_span(Event.declares_id)))
