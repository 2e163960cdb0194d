"""What a trace prints: behind a lot one row per farm, in front of lots one row per lot they went into.

Rows hold everything; who may see names and places of which organisation is for the caller to decide.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from traceability.domain.dossier import Place
from traceability.domain.lineage import affected_grams
from traceability.domain.methods import Method
from traceability.domain.moments import day_of
from traceability.models import Batch, Facility, Lot, Organisation, Party, Posting, Transfer
from traceability.queries.edges import ALWAYS, Days
from traceability.queries.farms import farms_of, land_of, place_of, place_written
from traceability.queries.frozen import origin_of
from traceability.queries.lineage import affected_parts, chunks, lots_by_id, rows_by_id, trace_forward


@dataclass(frozen=True)
class FarmRow:
    """One farm's exact part of a lot. Over all rows grams sum to the lot's, tenths to 1000."""

    label: str  # "07" as on the batch's page: the largest share first
    code: str
    number: str  # the farmer's membership number
    name: str  # of a farmer, personal: show it only to those who may see it; of a supplier, the firm's
    place: Place
    organisation: str  # code of the one that the farmer belongs to
    plots: tuple[str, ...]  # codes, as far as they are known
    deliveries: int
    mass_g: int
    tenths: int  # of a percent


@dataclass(frozen=True)
class BackTrace:
    """What a lot is made of."""

    lot: str
    number: str
    mass_g: int
    lots: int  # how many lots it came through, itself included
    deliveries: int
    farms: tuple[FarmRow, ...]
    method: Method  # by which the grams were counted
    frozen_version: int | None  # of the batch, whose answer was kept with it; None when it was traced now


@dataclass(frozen=True)
class LotRow:
    """One lot that holds goods of the traced ones, and where it is.

    Affected grams are those that came from them, rounded up, because a recall must not miss one.
    """

    code: str
    number: str
    kind: str  # delivery, lot, by_product, packed, pooled
    commodity: str
    form: str
    made_on: date
    organisation: str  # code
    organisation_name: str
    facility: str  # name of the place that made it; empty when none was named
    place: Place
    source: bool  # one of those the trace started from
    batch: bool  # sealed
    released: bool
    made_g: int
    affected_g: int
    stock_g: int
    affected_stock_g: int
    on_the_road_g: int
    affected_on_the_road_g: int
    shipped_g: int
    affected_shipped_g: int
    buyers: tuple[str, ...]  # names of those it was shipped to


@dataclass(frozen=True)
class ForwardTrace:
    """Everything that some lots went into, the oldest first, the lots themselves among them."""

    rows: tuple[LotRow, ...]

    @property
    def batches(self) -> tuple[LotRow, ...]:
        """The sealed ones."""
        return tuple(row for row in self.rows if row.batch)

    @property
    def affected_stock_g(self) -> int:
        """How much of it still lies somewhere inside: grams count where they are, so nothing counts twice."""
        return sum(row.affected_stock_g for row in self.rows)

    @property
    def affected_on_the_road_g(self) -> int:
        """How much of it is between two organisations."""
        return sum(row.affected_on_the_road_g for row in self.rows)

    @property
    def affected_shipped_g(self) -> int:
        """How much of it has left to buyers."""
        return sum(row.affected_shipped_g for row in self.rows)


@dataclass(frozen=True)
class _Whereabouts:
    batches: Mapping[int, Batch]
    organisations: Mapping[int, Organisation]
    facilities: Mapping[int, Facility]
    on_the_road: Mapping[int, int]
    shipped: Mapping[int, Sequence[tuple[str, int]]]  # lot id -> (buyer's name, grams)


def trace_back_rows(session: Session, lot: Lot) -> BackTrace:
    """Whose grams are in a lot: one row per farmer, the largest first, summing to the lot exactly."""
    trace, method, version = origin_of(session, lot)
    land = land_of(session, trace.shares_g)
    organisations = rows_by_id(session, Organisation, {party.org_id for party in land.parties.values()})
    delivered = Counter(origin.party_id for origin, _ in trace.deliveries.values())
    farms = []
    for farm in farms_of(trace, land):
        party = land.parties[farm.party_id]
        farms.append(
            FarmRow(
                label=farm.label,
                code=party.code,
                number=party.number,
                name=party.name or "",
                place=place_written(party),
                organisation=organisations[party.org_id].code,
                plots=tuple(land.plots[plot].code for plot in farm.plots),
                deliveries=delivered[farm.party_id],
                mass_g=farm.mass_g,
                tenths=farm.tenths,
            )
        )
    through = len(trace.through), len(trace.deliveries)
    return BackTrace(lot.code, lot.number, lot.made_g, *through, tuple(farms), method, version)


def trace_forward_rows(session: Session, lots: Collection[Lot], days: Days = ALWAYS) -> ForwardTrace:
    """Where some lots went through events on the given days: every lot that holds their goods, and where it is now."""
    sources = {lot.id for lot in lots}
    trace = trace_forward(session, sources, days)
    reached = lots_by_id(session, trace.lots)
    parts = affected_parts(session, trace, days)
    known = _whereabouts(session, reached)
    rows = []
    for lot in sorted(reached.values(), key=lambda lot: (lot.made_at, lot.id)):
        facility = known.facilities.get(lot.facility_id) if lot.facility_id is not None else None
        organisation, batch = known.organisations[lot.org_id], known.batches.get(lot.id)
        where = facility or organisation
        shipped = sum(mass for _, mass in known.shipped.get(lot.id, ()))
        rows.append(
            LotRow(
                code=lot.code,
                number=lot.number,
                kind=lot.kind,
                commodity=lot.commodity,
                form=lot.form,
                made_on=day_of(lot.made_at, lot.zone_minutes),
                organisation=organisation.code,
                organisation_name=organisation.name,
                facility=facility.name if facility else "",
                place=place_of(where),
                source=lot.id in sources,
                batch=batch is not None,
                released=batch is not None and batch.released_at is not None,
                made_g=lot.made_g,
                affected_g=affected_grams(parts[lot.id], lot.made_g),
                stock_g=lot.balance_g,
                affected_stock_g=affected_grams(parts[lot.id], lot.balance_g),
                on_the_road_g=known.on_the_road.get(lot.id, 0),
                affected_on_the_road_g=affected_grams(parts[lot.id], known.on_the_road.get(lot.id, 0)),
                shipped_g=shipped,
                affected_shipped_g=affected_grams(parts[lot.id], shipped),
                buyers=tuple(sorted({buyer for buyer, _ in known.shipped.get(lot.id, ())})),
            )
        )
    return ForwardTrace(tuple(rows))


def _whereabouts(session: Session, lots: Mapping[int, Lot]) -> _Whereabouts:
    batches: dict[int, Batch] = {}
    on_the_road: dict[int, int] = {}
    shipped: dict[int, list[tuple[str, int]]] = defaultdict(list)
    line, buyer = aliased(Posting), aliased(Posting)
    for chunk in chunks(lots):
        batches.update({row.lot_id: row for row in session.scalars(select(Batch).where(Batch.lot_id.in_(chunk)))})
        open_g = select(Transfer.lot_id, func.sum(Transfer.open_g)).where(
            Transfer.lot_id.in_(chunk), Transfer.open_g > 0
        )
        on_the_road.update({lot: int(mass) for lot, mass in session.execute(open_g.group_by(Transfer.lot_id))})
        sold = (
            select(line.lot_id, Party.name, buyer.mass_g)
            .join(buyer, (buyer.event_id == line.event_id) & (buyer.account == "buyer"))
            .join(Party, Party.id == buyer.party_id)
            .where(line.lot_id.in_(chunk), line.account == "lot")
        )
        for lot, name, mass in session.execute(sold):
            if lot is not None:
                shipped[lot].append((name, mass))
    made_at = {lot.facility_id for lot in lots.values() if lot.facility_id is not None}
    facilities = rows_by_id(session, Facility, made_at)
    organisations = rows_by_id(session, Organisation, {lot.org_id for lot in lots.values()})
    return _Whereabouts(batches, organisations, facilities, on_the_road, shipped)
