"""First in, first out, read from the postings: every withdrawal takes what came in first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.domain import lineage
from traceability.domain.events import Kind
from traceability.domain.methods import Movement, first_in_first_out
from traceability.models import Edge, Event, Lot, Posting, Transfer
from traceability.queries.lineage import Origin, TraceBack, chunks

_Source = tuple[int, int]  # farmer and plot, 0 for a plot that is not known


def in_order(session: Session, trace: TraceBack, until: int | None = None) -> dict[Origin, int]:
    """Grams per origin when every withdrawal takes what came in first.

    With `until`, as the record stood when that event was written: which withdrawals beside were later declared in
    error, and so took no turn, changes what came first, but not what an answer kept by that event says.
    """
    lots = _lots(session, trace.through)
    grown: dict[int, tuple[_Source, int]] = {
        key: ((row.party, row.plot or 0), row.made_g) for key, row in lots.items() if row.party is not None
    }
    came_from = first_in_first_out(grown, _movements(session, lots, until), trace.lot_id)
    grams = lineage.shares(came_from, trace.mass_g)
    return {Origin(party, plot or None): mass for (party, plot), mass in grams.items() if mass}


@dataclass(frozen=True)
class _Lot:
    made_by: int
    age: tuple[object, int]  # lots of one event go in in this order
    made_g: int
    party: int | None
    plot: int | None


def _lots(session: Session, lot_ids: Collection[int]) -> dict[int, _Lot]:
    columns = (Lot.id, Lot.made_by_id, Lot.made_at, Lot.made_g, Lot.origin_party_id, Lot.origin_plot_id)
    found = {}
    for chunk in chunks(lot_ids):
        for key, event, at, mass, party, plot in session.execute(select(*columns).where(Lot.id.in_(chunk))):
            found[key] = _Lot(event, (at, key), mass, party, plot)
    return found


def _movements(session: Session, lots: Mapping[int, _Lot], until: int | None) -> list[Movement[int]]:
    """Every event that took from these lots or gave to them, in the order of the journal: in no other was no lot ever
    below zero. A consignment is a queue like a lot, under its id with a minus. What was declared in error is left out.
    """
    touching: set[int] = set()
    for chunk in chunks(lots.keys()):
        touching.update(session.scalars(select(Posting.event_id).where(Posting.lot_id.in_(chunk)).distinct()))
    touching -= {lot.made_by for lot in lots.values() if lot.party is not None}
    lines = _lines(session, _told(touching, until))
    roads = {-node for event in lines.values() for node, _ in event if node < 0}
    received: set[int] = set()
    for chunk in chunks(roads):
        ids = session.scalars(select(Transfer.received_by_id).where(Transfer.id.in_(chunk)))
        received.update(key for key in ids if key is not None)
    lines.update(_lines(session, _told(received - touching, until)))
    wrong = _in_error(session, lines.keys())
    closed = _closed_into(session, [key for key, lot in lots.items() if lot.party is not None])
    found = []
    for event in sorted(lines.keys() - wrong):
        takes = [(node, closed.get((event, node), -mass)) for node, mass in lines[event] if mass < 0]
        takes.sort(key=lambda take: lots[take[0]].age if take[0] in lots else _FIRST)
        gives = [(node, _made_in(lots, event, node, mass)) for node, mass in lines[event] if mass > 0]
        found.append(Movement(takes, gives))
    return found


def _closed_into(session: Session, deliveries: Collection[int]) -> dict[tuple[int, int], int]:
    """What each delivery gave to an event: its edge follows a corrected weight, the line of that event does not."""
    found: dict[tuple[int, int], int] = {}
    for chunk in chunks(deliveries):
        rows = select(Lot.made_by_id, Edge.parent_id, Edge.mass_g).join(Lot, Lot.id == Edge.child_id)
        for event, delivery, mass in session.execute(rows.where(Edge.parent_id.in_(chunk))):
            found[event, delivery] = mass
    return found


def _made_in(lots: Mapping[int, _Lot], event: int, node: int, mass_g: int) -> int:
    """What an event gave to a lot; one that it made, with its weight as that was corrected."""
    lot = lots.get(node)
    return lot.made_g if lot is not None and lot.made_by == event else mass_g


def _told(event_ids: Collection[int], until: int | None) -> set[int]:
    return {key for key in event_ids if until is None or key <= until}


_FIRST: tuple[object, int] = (datetime.min.replace(tzinfo=UTC), 0)


def _lines(session: Session, event_ids: Collection[int]) -> dict[int, list[tuple[int, int]]]:
    """Event id -> lots (or consignments, below zero) with signed grams."""
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    columns = (Posting.event_id, Posting.lot_id, Posting.transfer_id, Posting.mass_g)
    for chunk in chunks(event_ids):
        lines = select(*columns).where(Posting.event_id.in_(chunk), Posting.account.in_(("lot", "transit")))
        for event, lot, transfer, mass in session.execute(lines.order_by(Posting.event_id, Posting.line)):
            if lot is not None:
                found[event].append((lot, mass))
            elif transfer is not None:
                found[event].append((-transfer, mass))
    return found


def _in_error(session: Session, event_ids: Collection[int]) -> set[int]:
    """Those that a later event declared wrong, and the declarations themselves; and corrected weights, which moved
    nothing."""
    wrong: set[int] = set()
    for chunk in chunks(event_ids):
        rows = session.execute(
            select(Event.id, Event.declares_id).where(
                Event.id.in_(chunk), Event.declares_id.is_not(None) | (Event.kind == str(Kind.CORRECT_WEIGHT))
            )
        )
        for declaration, event in rows:
            wrong.add(declaration)
            if event is not None:
                wrong.add(event)
    return wrong
