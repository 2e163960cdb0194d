"""Lineage read from the edges: what a lot is made of, where it went, and the arithmetic of both.

A trace never stops at an organisation's fence; what it may show is for the caller to decide.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from typing import Any, Final, NamedTuple, TypeVar

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.base import ExecutableOption

from traceability.domain import lineage
from traceability.domain.lineage import PARTS_OF_A_GRAM, Ancestry, Flow, Grown
from traceability.domain.whole_grams import WholeGrams, by_delivery, whole_grams
from traceability.models import Event, Facility, Lot, Organisation, Party, Plot
from traceability.queries.edges import (
    ALWAYS,
    LOT,
    OUTSIDE,
    Days,
    Made,
    Spelling,
    edges_above,
    lots_below,
    made_above,
    made_into,
)

Key = TypeVar("Key", int, str)
Table = TypeVar("Table", Event, Facility, Lot, Organisation, Party, Plot)
_CHUNK = 10_000  # ids per statement: SQLite takes 32,766 variables
_Source = tuple[int, int]  # farmer and plot, 0 for a plot that is not known: sorts fast and always
_OUTSIDE: _Source = (0, 0)  # what came through events on other days than those asked for
_NO_LOT = 0


class Origin(NamedTuple):
    """Where grams come from: a farmer, and the plot when it is known."""

    party_id: int
    plot_id: int | None = None


ORIGIN: Final = partial(tuple.__new__, Origin)  # what `Origin(…)` does, in half the time, a hundred thousand times


class Shares(Mapping[Origin, int]):
    """Grams of each origin as columns: of thousands of farms a page needs the sums, and few by themselves."""

    def __init__(self, parties: Sequence[int], plots: Sequence[int], masses_g: Sequence[int]) -> None:
        self.parties, self.plots, self.masses_g = parties, plots, masses_g  # 0 for a plot that is not known

    @cached_property
    def _grams(self) -> dict[Origin, int]:
        known = [plot or None for plot in self.plots]
        return dict(zip(map(ORIGIN, zip(self.parties, known, strict=True)), self.masses_g, strict=True))

    def __getitem__(self, origin: Origin) -> int:
        return self._grams[origin]

    def __iter__(self) -> Iterator[Origin]:
        return iter(self._grams)

    def __len__(self) -> int:
        return len(self.parties)

    @classmethod
    def of(cls, shares_g: Mapping[Origin, int]) -> Shares:
        """The same grams as columns."""
        if isinstance(shares_g, Shares):
            return shares_g
        parties = [party for party, _ in shares_g]
        return cls(parties, [plot or 0 for _, plot in shares_g], list(shares_g.values()))

    def by_farmer(self) -> dict[int, int]:
        """Grams per farmer: the same whole grams, summed over plots."""
        found = dict(zip(self.parties, self.masses_g, strict=True))
        if len(found) < len(self.parties):  # some have several plots
            found = dict.fromkeys(found, 0)
            for farmer, mass in zip(self.parties, self.masses_g, strict=True):
                found[farmer] += mass
        return found


@dataclass(frozen=True)
class TraceBack:
    """What a lot is made of. Masses are of the traced lot: grams, or parts of a gram (`domain.lineage`)."""

    lot_id: int
    mass_g: int
    above: Ancestry[int, _Source]
    flow: Flow[int, _Source]
    shares_g: Mapping[Origin, int]  # with `outside_g`, sums to the lot's made grams exactly
    outside_g: int = 0  # grams that came through events on other days than those asked for

    @cached_property
    def parents(self) -> Mapping[int, Sequence[tuple[int, int]]]:
        """Lot id -> (parent id, grams of the parent that went in), deliveries among the parents."""
        return {
            lot: [*self.above.lots.get(lot, ()), *((key, mass) for key, mass, _ in self.above.deliveries.get(lot, ()))]
            for lot in self.flow.order
        }

    @cached_property
    def deliveries(self) -> Mapping[int, tuple[Origin, int]]:
        """Delivery id -> whose it was, and how much of the lot came through it, in parts."""
        found: dict[int, tuple[Origin, int]] = {}
        if self.lot_id not in self.above.whole and self.shares_g:  # the lot is a delivery itself
            return {self.lot_id: (next(iter(self.shares_g)), self.mass_g * PARTS_OF_A_GRAM)}
        for lot in self.flow.order:
            parts, whole = self.flow.through[lot], self.above.whole.get(lot, 0)
            for key, mass, (party, plot) in self.above.deliveries.get(lot, ()):
                if not party:  # on other days than those asked for
                    continue
                earlier = found[key][1] if key in found else 0
                found[key] = Origin(party, plot or None), earlier + parts * mass // whole
        return found

    @cached_property
    def grams(self) -> WholeGrams[int, _Source]:
        """The shares as whole grams on every way to the lot: what is told of groups are sums of these."""
        columns = Shares.of(self.shares_g)
        shares = dict(zip(zip(columns.parties, columns.plots, strict=True), columns.masses_g, strict=True))
        if self.outside_g:
            shares[_OUTSIDE] = self.outside_g
        return whole_grams(self.flow, self.lot_id, shares)

    @cached_property
    def ways_g(self) -> Mapping[tuple[int, int], int]:
        """The same on every way from a delivery, or a lot, into a lot that was made of it."""
        return {**by_delivery(self.flow, self.grams), **self.grams.ways}

    @cached_property
    def through_g(self) -> Mapping[int, int]:
        """The same by what it came through: every delivery and lot above, and the lot itself."""
        found = Counter({self.lot_id: self.mass_g})
        for (above, _), mass in self.ways_g.items():
            found[above] += mass
        return found

    @cached_property
    def by_mass_g(self) -> Mapping[Origin, int]:
        """Grams of each origin by mass, also where another method counts them in `shares_g`."""
        if not self.flow.came_from:  # a delivery comes from its farmer by any method
            return self.shares_g
        grams = lineage.shares(self.flow.came_from, self.mass_g)
        return {Origin(party, plot or None): mass for (party, plot), mass in grams.items() if party}

    @cached_property
    def origins(self) -> frozenset[Origin]:
        """Everybody whose fruit may lie in the lot, whichever method counts its grams: a recall must not miss one."""
        return frozenset(self.by_mass_g)

    @cached_property
    def through(self) -> Mapping[int, int]:
        """How much of the lot came through each lot above it, deliveries and the lot itself included, in parts."""
        return {**{key: parts for key, (_, parts) in self.deliveries.items()}, **self.flow.through}

    @cached_property
    def oldest_last(self) -> Sequence[int]:
        """The lot and everything above it, each before what it was made from."""
        return [*self.flow.order, *(key for key in self.deliveries if key not in self.flow.through)]

    def by_farmer(self) -> dict[int, int]:
        """Grams per farmer: the same whole grams, summed over plots."""
        return Shares.of(self.shares_g).by_farmer()


@dataclass(frozen=True)
class TraceForward:
    """What some lots went into: every descendant, the sources among them."""

    sources: tuple[int, ...]
    lots: frozenset[int]


def trace_back(session: Session, lot: Lot, days: Days = ALWAYS, spelling: Spelling | None = None) -> TraceBack:
    """Every ancestor of a lot, and whose grams are in it. Raises LineageLoop when the edges stored form a loop."""
    above = ancestry(made_above(session, [lot.id], days, spelling))
    flow = lineage.flow(above, lot.id, lot.made_g)
    came_from = flow.came_from
    if lot.origin_party_id is not None:
        came_from = {(lot.origin_party_id, lot.origin_plot_id or 0): lot.made_g * PARTS_OF_A_GRAM}
    grams = lineage.shares(came_from, lot.made_g)
    outside = grams.pop(_OUTSIDE, 0)
    origins = map(ORIGIN, [(party, plot or None) for party, plot in grams])
    return TraceBack(lot.id, lot.made_g, above, flow, dict(zip(origins, grams.values(), strict=True)), outside)


def trace_forward(
    session: Session, lot_ids: Collection[int], days: Days = ALWAYS, spelling: Spelling | None = None
) -> TraceForward:
    """Every lot that any of the given lots went into, through events on the given days."""
    return TraceForward(tuple(sorted(lot_ids)), frozenset(lots_below(session, lot_ids, days, spelling)))


def affected_parts(session: Session, trace: TraceForward, days: Days = ALWAYS) -> dict[int, int]:
    """For each lot of a trace, how much of each of its grams came from the sources, in parts, rounded up."""
    parents = {
        made.lot_id: [
            (_NO_LOT if farmer == OUTSIDE else parent, mass)
            for parent, mass, farmer in zip(made.parents, made.masses_g, made.farmers, strict=True)
        ]
        for made in made_into(session, trace.lots, days)
    }
    return lineage.affected(parents, trace.sources)


def ancestry(made: Iterable[Made]) -> Ancestry[int, _Source]:
    """Edges sorted out: what leads on to lots, and what leads to deliveries and so to an origin."""
    above: Ancestry[int, _Source] = Ancestry()
    for lot, parents, masses, farmers, plots in made:
        above.whole[lot] = sum(masses)
        if min(farmers) > LOT:  # nearly every lot is made of deliveries or of lots, and not of both
            above.lots[lot], above.deliveries[lot] = [], Grown(parents, masses, farmers, plots)
            continue
        lots: list[tuple[int, int]] = []
        deliveries: list[tuple[int, int, _Source]] = []
        for parent, mass, farmer, plot in zip(parents, masses, farmers, plots, strict=True):
            if farmer == LOT:
                lots.append((parent, mass))
            else:
                deliveries.append((parent, mass, _OUTSIDE if farmer == OUTSIDE else (farmer, plot)))
        above.lots[lot], above.deliveries[lot] = lots, deliveries
    return above


def ancestors_of(session: Session, lot_ids: Collection[int]) -> tuple[set[int], set[Origin]]:
    """Some lots with everything above them, and whose fruit it is."""
    rows = edges_above(session, lot_ids)
    lots, origins = set(lot_ids), set(origins_of(session, lot_ids).values())
    for _, parent, _, party, plot, _ in rows:
        lots.add(parent)
        if party is not None:
            origins.add(Origin(party, plot))
    return lots, origins


def origins_of(session: Session, lot_ids: Iterable[int]) -> dict[int, Origin]:
    """The origins of those lots that are deliveries."""
    found: dict[int, Origin] = {}
    for chunk in chunks(list(lot_ids)):
        rows = session.execute(
            select(Lot.id, Lot.origin_party_id, Lot.origin_plot_id).where(
                Lot.id.in_(chunk), Lot.origin_party_id.is_not(None)
            )
        )
        found.update({key: Origin(party, plot) for key, party, plot in rows if party is not None})
    return found


def deliveries_of_farmer(session: Session, party_id: int) -> list[int]:
    """The lots a farmer delivered, void ones left out."""
    return list(session.scalars(select(Lot.id).where(Lot.origin_party_id == party_id, Lot.void.is_(False))))


def deliveries_of_plot(session: Session, plot_id: int) -> list[int]:
    """The lots that came from a plot, void ones left out."""
    return list(session.scalars(select(Lot.id).where(Lot.origin_plot_id == plot_id, Lot.void.is_(False))))


def lots_by_id(session: Session, lot_ids: Iterable[int]) -> dict[int, Lot]:
    """Lots by inside id, whoever owns them."""
    return rows_by_id(session, Lot, list(lot_ids))


def rows_by_id(
    session: Session, table: type[Table], ids: Collection[int], *options: ExecutableOption
) -> dict[int, Table]:
    """Rows of one table by inside id, whoever owns them."""
    found: dict[int, Table] = {}
    for chunk in chunks(ids):
        found.update({row.id: row for row in session.scalars(_rows(table, options), {"ids": chunk})})
    return found


@lru_cache(maxsize=32)  # of a few tables, for every page that is made anew
def _rows(table: type[Table], options: tuple[ExecutableOption, ...]) -> Select[Any]:
    return select(table).where(table.id.in_(bindparam("ids", expanding=True))).options(*options)


def chunks(ids: Collection[Key]) -> Iterator[list[Key]]:
    """Ids (or codes) in order, in statements of bounded size."""
    ordered = sorted(ids)
    for start in range(0, len(ordered), _CHUNK):
        yield ordered[start : start + _CHUNK]
