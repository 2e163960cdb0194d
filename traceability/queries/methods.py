"""The origins of one lot by every method that its chain of custody allows, side by side, with why another says nothing.

What the methods are is in `domain.methods`; here is what each reads. Nothing is stored: an answer is as of now.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.domain import lineage
from traceability.domain.custody import Custody
from traceability.domain.methods import BalanceAccount, By, Method, Movement, Period, first_in_first_out, refusal_of
from traceability.errors import Sentence
from traceability.models import Event, Facility, Lot, Organisation, Party, Posting, Transfer
from traceability.queries.evidence import custody_under
from traceability.queries.excess import Nearby, origins_in_excess
from traceability.queries.lineage import Origin, TraceBack, chunks, rows_by_id, trace_back
from traceability.queries.mass_balance import balance_of
from traceability.queries.origins import Share, grown_by, seen_by

_Source = tuple[int, int]  # farmer and plot, 0 for a plot that is not known


@dataclass(frozen=True)
class Found:
    """What one method says of a lot: grams per origin that sum to it, or a set without grams, or why it says nothing.

    A method that is not allowed may still carry figures when somebody asked to see them: `refusal` stays.
    """

    method: Method
    refusal: Sentence | None = None
    grams: Mapping[Origin, int] = field(default_factory=dict)
    nearby: Mapping[Origin, Nearby | None] = field(default_factory=dict)  # None: it is in there by mass as well
    account: BalanceAccount | None = None

    @property
    def origins(self) -> int:
        """How many origins it names."""
        return len(self.grams) or len(self.nearby)


def methods_of(
    session: Session, lot: Lot, *, period: Period = Period.QUARTER, scheme: str = "", everything: bool = False
) -> list[Found]:
    """What every method says of a lot, under a scheme when one is asked for.

    `everything` shows the balance also where the chain of custody does not allow it.
    """
    trace = trace_back(session, lot)
    custody = custody_under(session, lot, scheme) if scheme else Custody(lot.custody)
    found = []
    for method in Method:
        refusal = refusal_of(method, custody, len(trace.shares_g))
        if refusal is not None and not (everything and method is Method.MASS_BALANCE):
            found.append(Found(method, refusal))
        elif method is Method.FIRST_IN_FIRST_OUT:
            found.append(Found(method, grams=in_order(session, trace)))
        elif method is Method.MASS_BALANCE:
            grams, account, none = balance_of(session, lot, period, scheme)
            found.append(Found(method, refusal or none, grams, account=account))
        elif method is Method.IN_EXCESS:
            found.append(Found(method, nearby=origins_in_excess(session, lot, trace)))
        else:
            found.append(Found(method, grams=trace.shares_g))
    return found


@dataclass(frozen=True)
class Row:
    """One farm (or all of another organisation) in every method: grams, or None where a method says nothing of it."""

    share: Share
    grams: Mapping[Method, int]
    possible: bool  # a declaration in excess names it
    nearby: Nearby | None  # why, when it is not in there by mass
    place: str  # where that lay


def side_by_side(session: Session, found: Sequence[Found], org_code: str = "") -> list[Row]:
    """Every method's farms in one table, the largest by mass first; with `org_code` as that organisation sees them."""
    shown: dict[str, Share] = {}
    grams: dict[str, dict[Method, int]] = defaultdict(dict)
    possible: set[str] = set()
    for one in found:
        lines = grown_by(session, one.grams or dict.fromkeys(one.nearby, 0), By.FARM)
        for share in seen_by(org_code, lines) if org_code else lines:
            shown.setdefault(share.code, share)
            if one.grams:
                grams[share.code][one.method] = share.mass_g
            else:
                possible.add(share.code)
    nearby = _reasons(session, found, org_code)
    places = rows_by_id(session, Facility, {near.facility_id for near in nearby.values()})
    rows = []
    for code, share in shown.items():
        near = nearby.get(code) if Method.PRO_RATA not in grams[code] else None
        place = places[near.facility_id].name if near is not None else ""
        rows.append(Row(share, grams[code], code in possible, near, place))
    return sorted(rows, key=lambda row: (-row.grams.get(Method.PRO_RATA, -1), -max(row.grams.values(), default=-1)))


def _reasons(session: Session, found: Sequence[Found], org_code: str) -> dict[str, Nearby]:
    """Farmer's code -> why a declaration in excess names the farm, as far as that happened in the own house."""
    own = session.scalars(select(Organisation.id).where(Organisation.code == org_code)).first()
    nearby = {
        origin.party_id: near
        for one in found
        for origin, near in one.nearby.items()
        if near is not None and (not org_code or near.organisation_id == own)
    }
    parties = rows_by_id(session, Party, nearby)
    return {parties[key].code: near for key, near in nearby.items()}


def in_order(session: Session, trace: TraceBack) -> dict[Origin, int]:
    """Grams per origin when every withdrawal takes what came in first."""
    lots = _lots(session, trace.through)
    grown: dict[int, tuple[_Source, int]] = {
        key: ((row.party, row.plot or 0), row.made_g) for key, row in lots.items() if row.party is not None
    }
    came_from = first_in_first_out(grown, _movements(session, lots), trace.lot_id)
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


def _movements(session: Session, lots: Mapping[int, _Lot]) -> list[Movement[int]]:
    """Every event that took from these lots or gave to them, in the order of the journal: in no other was no lot ever
    below zero. A consignment is a queue like a lot, under its id with a minus. What was declared in error is left out.
    """
    touching: set[int] = set()
    for chunk in chunks(lots.keys()):
        touching.update(session.scalars(select(Posting.event_id).where(Posting.lot_id.in_(chunk)).distinct()))
    touching -= {lot.made_by for lot in lots.values() if lot.party is not None}
    lines = _lines(session, touching)
    roads = {-node for event in lines.values() for node, _ in event if node < 0}
    received: set[int] = set()
    for chunk in chunks(roads):
        ids = session.scalars(select(Transfer.received_by_id).where(Transfer.id.in_(chunk)))
        received.update(key for key in ids if key is not None)
    lines.update(_lines(session, received - touching))
    wrong = _in_error(session, lines.keys())
    found = []
    for event in sorted(lines.keys() - wrong):
        takes = [(node, -mass) for node, mass in lines[event] if mass < 0]
        takes.sort(key=lambda take: lots[take[0]].age if take[0] in lots else _FIRST)
        found.append(Movement(takes, [(node, mass) for node, mass in lines[event] if mass > 0]))
    return found


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
    """Those that a later event declared wrong, and the declarations themselves."""
    wrong: set[int] = set()
    for chunk in chunks(event_ids):
        rows = session.execute(
            select(Event.id, Event.declares_id).where(Event.id.in_(chunk), Event.declares_id.is_not(None))
        )
        for declaration, event in rows:
            wrong.add(declaration)
            if event is not None:
                wrong.add(event)
    return wrong
