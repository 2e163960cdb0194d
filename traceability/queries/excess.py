"""Every origin that could be in a lot, also by a mistake at a place: what a declaration in excess has to name (EUDR).

Beside what is in it by mass: everything in a lot of the same goods that lay at the place where one of its ancestors
was made, on the day when that happened; and everything that could be in those, in turn.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from traceability.domain.moments import day_number, day_numbered
from traceability.models import Event, Facility, Lot, Posting
from traceability.queries.edges import edges_above
from traceability.queries.lineage import Origin, TraceBack, chunks, origins_of

_Goods = tuple[int, str, str]  # facility, commodity, form
_NEVER = 10**9  # used up: it still holds something


@dataclass(frozen=True)
class Nearby:
    """Why an origin could be in there: a lot that holds it lay at a place on a day when something was made there."""

    lot: str  # number
    organisation_id: int
    facility_id: int
    on: date


@dataclass(frozen=True)
class _Lying:
    """A lot at its place, from the day it was made to the day its last grams left."""

    id: int
    number: str
    org_id: int
    first: int
    last: int


def origins_in_excess(session: Session, lot: Lot, trace: TraceBack) -> dict[Origin, Nearby | None]:
    """Every origin that could be in a lot; None for one that is in it by mass, for the others why it could be."""
    found: dict[Origin, Nearby | None] = dict.fromkeys(trace.by_mass_g)
    reached = {lot.id}
    looked: dict[_Goods, set[int]] = defaultdict(set)
    places: dict[_Goods, list[_Lying]] = {}
    edges = [(child, parent, day) for child, parent, _, _, _, day in edges_above(session, [lot.id])]
    reached.update(parent for _, parent, _ in edges)
    while edges:
        beside: dict[int, Nearby] = {}
        for goods, days in _making(session, edges).items():
            if goods not in places:
                places[goods] = _lots_at(session, goods)
            fresh = sorted(days - looked[goods])
            looked[goods] |= days
            for lying in places[goods]:
                place = bisect_left(fresh, lying.first)
                if lying.id not in reached and place < len(fresh) and fresh[place] <= lying.last:
                    day = day_numbered(fresh[place])
                    beside.setdefault(lying.id, Nearby(lying.number, lying.org_id, goods[0], day))
        edges = _spread(session, beside, reached, found)
    return found


def _spread(
    session: Session, beside: dict[int, Nearby], reached: set[int], found: dict[Origin, Nearby | None]
) -> list[tuple[int, int, int]]:
    """Add the origins of everything in the lots that lay beside; answers the edges that were not known before."""
    for key, grown in origins_of(session, beside).items():
        found.setdefault(grown, beside[key])
    reasons = dict(beside)
    parents: dict[int, list[tuple[int, int, Origin | None]]] = defaultdict(list)
    for child, parent, _, party, plot, day in edges_above(session, list(beside)):
        parents[child].append((parent, day, Origin(party, plot) if party is not None else None))
    reached |= beside.keys()
    edges = []
    waiting = list(beside)
    for child in waiting:  # grows while it is walked
        for parent, day, origin in parents[child]:
            edges.append((child, parent, day))
            if origin is not None:
                found.setdefault(origin, reasons[child])
            if parent not in reached:
                reached.add(parent)
                reasons[parent] = reasons[child]
                waiting.append(parent)
    return edges


def _making(session: Session, edges: Iterable[tuple[int, int, int]]) -> dict[_Goods, set[int]]:
    """On which days something was made of which goods at which place."""
    pairs = list(edges)
    rows: dict[int, tuple[int | None, str, str]] = {}
    for chunk in chunks({key for child, parent, _ in pairs for key in (child, parent)}):
        for key, facility, commodity, form in session.execute(
            select(Lot.id, Lot.facility_id, Lot.commodity, Lot.form).where(Lot.id.in_(chunk))
        ):
            rows[key] = facility, commodity, form
    found: dict[_Goods, set[int]] = defaultdict(set)
    for child, parent, day in pairs:
        facility, (_, commodity, form) = rows[child][0], rows[parent]
        if facility is not None:
            found[facility, commodity, form].add(day)
    return found


def _lots_at(session: Session, goods: _Goods) -> list[_Lying]:
    """Every lot of these goods that was ever made at a place."""
    facility, commodity, form = goods
    rows = session.execute(
        select(Lot.id, Lot.number, Lot.org_id, Lot.made_at, Lot.zone_minutes, Lot.balance_g).where(
            Lot.org_id == select(Facility.org_id).where(Facility.id == facility).scalar_subquery(),
            Lot.facility_id == facility,
            Lot.commodity == commodity,
            Lot.form == form,
            Lot.void.is_(False),
        )
    ).all()
    left = _left_on(session, [row.id for row in rows if not row.balance_g])
    return [
        _Lying(
            row.id,
            row.number,
            row.org_id,
            day_number(row.made_at, row.zone_minutes),
            day_number(left[row.id], row.zone_minutes) if row.id in left else _NEVER,
        )
        for row in rows
    ]


def _left_on(session: Session, lot_ids: Collection[int]) -> dict[int, datetime]:
    """When the last grams of a lot that is used up were taken."""
    found = {}
    for chunk in chunks(lot_ids):
        rows = session.execute(
            select(Posting.lot_id, func.max(Event.occurred_at))
            .join(Event, Event.id == Posting.event_id)
            .where(Posting.lot_id.in_(chunk), Posting.mass_g < 0)
            .group_by(Posting.lot_id)
        )
        found.update({key: at for key, at in rows if key is not None})
    return found
