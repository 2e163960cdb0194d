"""A stretch of the journal with what hangs on it, and the findings that come of comparing."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, bindparam, case, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from traceability.domain.events import Kind
from traceability.domain.postings import Account
from traceability.models import Event, Facility, Lot, Organisation, Party, Plot, Posting, Transfer
from traceability.models.statements import Statement
from traceability.queries.lineage import chunks
from traceability.words import N_

EVENTS_AT_ONCE: Final = 250  # few enough to stay in the processor's cache, many enough for their statements

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
    """An event as it is stored; what its bytes say too is last, by the same names and in the same words."""

    id: int
    org_id: int
    facility_id: int | None
    declares_id: int | None
    event_type: str
    business_step: str
    disposition: str
    occurred_at: datetime
    recorded_at: datetime
    body: bytes
    digest: str
    previous_digest: str
    organisation: str | None
    seq: int
    code: str
    client_id: str
    kind: str
    zone_minutes: int
    actor: int | None
    facility: str  # public code, or "?" of one that there is not
    declares: str
    kdes: dict[str, Any]


class Line(NamedTuple):
    """A posting as it is stored."""

    event_id: int
    line: int
    account: str
    ref: str
    mass_g: int
    units: int
    org_id: int


class Named(NamedTuple):
    """What a posting refers to, and the public codes of that."""

    event_id: int
    line: int
    account: str
    ref: str
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
class Reweighed:
    """What corrections of weight added, in grams. They are few."""

    made: Mapping[str, int]  # to a delivery, or to the lot that followed it
    went_in: Mapping[str, int]  # to what a delivery gave to its closed lot
    went_in_ids: Mapping[int, int]  # the same by inside id


@dataclass(frozen=True)
class Page:
    """Some events in the order in which they were recorded, and the lines that belong to them."""

    events: tuple[Recorded, ...]
    bodies: Mapping[int, dict[str, Any]]  # event id -> what its bytes say; those that cannot be read are not here
    lines: Sequence[tuple[Any, ...]]  # the fields of a `Line` each, in order
    misnamed: Sequence[Named]  # those of them that refer to something else than they name
    declared: frozenset[int]  # those of the events that a later one declares in error
    corrected: Mapping[str, tuple[str, str]]  # delivery -> farmer and plot, as the last correction of all says
    reweighed: Reweighed

    @property
    def span(self) -> dict[str, int]:
        """The values of `within_span`."""
        return {"first": self.events[0].id, "last": self.events[-1].id}

    @cached_property
    def read(self) -> list[tuple[Recorded, dict[str, Any]]]:
        """The events whose bytes can be read, each with what they say."""
        return [(event, self.bodies[event.id]) for event in self.events if event.id in self.bodies]

    @cached_property
    def lines_hold(self) -> bool:
        """Whether every line is in the bytes, and every line of the bytes there, and refers to what it names."""
        said = [
            (event.id, number, *line, event.org_id)
            for event, body in self.read
            for number, line in enumerate(body["postings"], start=1)
        ]
        return said == self.lines and not self.misnamed

    @cached_property
    def postings(self) -> Mapping[int, list[Line]]:
        """Event id -> its lines in order."""
        found: dict[int, list[Line]] = defaultdict(list)
        for line in map(Line._make, self.lines):
            found[line.event_id].append(line)
        return found

    def place_of(self, event: Recorded) -> str:
        """Where a finding is: organisation, number in its journal, code of the event."""
        return f"{event.organisation or '?'} {event.seq} ({event.code})"

    def place(self, event_id: int) -> str:
        """The same of an inside id."""
        return next((self.place_of(event) for event in self.events if event.id == event_id), "?")


def within_span(column: InstrumentedAttribute[int] | InstrumentedAttribute[int | None]) -> ColumnElement[bool]:
    """The condition that a row names an event of a page, which leaves none out between its first and last."""
    return column.between(bindparam("first"), bindparam("last"))


def code_of(key: InstrumentedAttribute[int | None], code: InstrumentedAttribute[str]) -> ColumnElement[str]:
    """The public code of what a row may refer to: nothing where it refers to nothing, "?" where that is not there."""
    return case((key.is_(None), ""), else_=func.coalesce(code, "?"))


def pages(session: Session) -> Iterator[Page]:
    """The whole journal of all organisations, oldest first: the order of their numbers in each."""
    last, corrected, reweighed = 0, _corrected(session), _reweighed(session)
    while True:
        rows = _EVENTS.rows(session.connection(), {"last": last, "most": EVENTS_AT_ONCE})
        if not rows:
            return
        events = tuple(map(Recorded._make, rows))
        last = events[-1].id
        yield _page(session, events, corrected, reweighed)


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


def _reweighed(session: Session) -> Reweighed:
    made: Counter[str] = Counter()
    went_in: Counter[str] = Counter()
    organisations = select(Organisation.id).scalar_subquery()
    said = select(Event.body).where(Event.org_id.in_(organisations), Event.kind == str(Kind.CORRECT_WEIGHT))
    for body in session.scalars(said.order_by(Event.id)):
        kdes = (_read(body) or {"kdes": {}})["kdes"]
        more = int(kdes.get("mass_g", 0)) - int(kdes.get("was_g", 0))
        made[str(kdes.get("lot"))] += more
        if kdes.get("closed_into"):
            went_in[str(kdes.get("lot"))] += more
        if kdes.get("follows"):
            made[str(kdes.get("closed_into"))] += more
    ids: dict[int, int] = {}
    for chunk in chunks(went_in.keys()):
        rows = session.execute(select(Lot.id, Lot.code).where(Lot.code.in_(chunk)))
        ids.update({key: went_in[code] for key, code in rows})
    return Reweighed(dict(made), dict(went_in), ids)


def _page(
    session: Session,
    events: tuple[Recorded, ...],
    corrected: Mapping[str, tuple[str, str]],
    reweighed: Reweighed,
) -> Page:
    connection, span = session.connection(), {"first": events[0].id, "last": events[-1].id}
    return Page(
        events=events,
        bodies={event.id: body for event in events if (body := _read(event.body)) is not None},
        lines=_LINES.rows(connection, span),
        misnamed=[Named._make(row) for row in _MISNAMED.rows(connection, span)],
        declared=frozenset(key for (key,) in _DECLARED.rows(connection, span)),
        corrected=corrected,
        reweighed=reweighed,
    )


def named_in(session: Session, page: Page) -> list[Named]:
    """What every line of a page refers to, for a page in which something does not hold."""
    return [Named._make(row) for row in _NAMED.rows(session.connection(), page.span)]


def _read(body: bytes) -> dict[str, Any] | None:
    """What the bytes say; None when they are not the bytes of an event at all."""
    try:
        text = str(body, "utf-8")
        value: dict[str, Any]
        value, end = _DECODER.raw_decode(text)
        for account, _, mass, count in value["postings"]:
            ACCOUNTS[account], mass + count + 0
        for lot in value["makes"]:
            str(lot["code"] + lot["kind"])
        for measured in value["kdes"].get("measured", ()):
            measured.keys()
        datetime.fromisoformat(value["occurred_at"])
        str(value["kind"] + value["code"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return value if end == len(text) else None


_DECODER: Final = json.JSONDecoder()
_Other, _CarriedLot = aliased(Event), aliased(Lot)
_EVENTS: Final = Statement(
    select(
        *(getattr(Event, name) for name in Recorded._fields[:12]),
        Organisation.code,
        *(Event.seq, Event.code, Event.client_id, Event.kind, Event.zone_minutes, Event.actor_id),
        code_of(Event.facility_id, Facility.code),
        code_of(Event.declares_id, _Other.code),
        Event.kdes,
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
        *(Posting.event_id, Posting.line, Posting.account, Posting.ref, Posting.mass_g, Posting.count, Posting.org_id)
    )
    .where(within_span(Posting.event_id))
    .order_by(Posting.event_id, Posting.line)
)
_NAMING: Final = (
    select(
        *(getattr(Posting, name) for name in Named._fields[:8]),
        *(Lot.code, Plot.code, Party.code, Transfer.code, Transfer.lot_id, _CarriedLot.code),
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
_NAMED: Final = Statement(_NAMING)
_MISNAMED: Final = Statement(
    _NAMING.where(
        or_(
            Posting.lot_id.is_not(None) != (Posting.account == "lot"),
            Posting.plot_id.is_not(None) != (Posting.account == "plot"),
            Posting.party_id.is_not(None) != or_(Posting.account == "party", Posting.account == "buyer"),
            Posting.transfer_id.is_not(None) != (Posting.account == "transit"),
            # of the four at most one is there, and none for what was lost or gained
            case(
                (or_(Posting.account == "loss", Posting.account == "gain"), Posting.ref),
                else_=func.coalesce(Lot.code, Plot.code, Party.code, Transfer.code, "?"),
            )
            != Posting.ref,
        ),
    )
)
_DECLARED: Final = Statement(select(Event.declares_id).where(within_span(Event.declares_id)))
