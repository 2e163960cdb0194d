"""Lineage read from the edges, level by level with arrays: the same on SQLite, PostgreSQL and a sharded one.

A trace never stops at an organisation's fence; what it may show is for the caller to decide.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.sql.base import ExecutableOption

from traceability.domain import lineage
from traceability.models import Edge, Event, Facility, Lot, Organisation, Party, Plot

Key = TypeVar("Key", int, str)
Table = TypeVar("Table", Event, Facility, Lot, Organisation, Party, Plot)
_CHUNK = 10_000  # ids per statement: SQLite takes 32,766 variables


@dataclass(frozen=True, order=True)
class Origin:
    """Where grams come from: a farmer, and the plot when it is known."""

    party_id: int
    plot_id: int | None = None


@dataclass(frozen=True)
class TraceBack:
    """What a lot is made of. `parts` is the exact fraction of the lot that came through each ancestor."""

    lot_id: int
    parents: Mapping[int, tuple[tuple[int, int], ...]]
    parts: Mapping[int, Fraction]
    origins: Mapping[int, Origin]  # delivery lot id -> its origin
    shares_g: Mapping[Origin, int]  # sums to the lot's made grams exactly

    def by_farmer(self) -> dict[int, int]:
        """Grams per farmer: the same whole grams, summed over plots."""
        grams: dict[int, int] = {}
        for origin, mass in self.shares_g.items():
            grams[origin.party_id] = grams.get(origin.party_id, 0) + mass
        return grams


@dataclass(frozen=True)
class TraceForward:
    """What some lots went into: every descendant, the sources themselves first."""

    sources: tuple[int, ...]
    lots: frozenset[int]


def trace_back(session: Session, lot: Lot) -> TraceBack:
    """Every ancestor of a lot, and whose grams are in it, exactly."""
    parents = parents_of(session, [lot.id])
    parts = lineage.parts(parents, lot.id)
    origins = origins_of(session, parts)
    shares = lineage.shares(parts, origins, lot.made_g)
    return TraceBack(lot.id, {key: tuple(value) for key, value in parents.items()}, parts, origins, shares)


def trace_forward(session: Session, lot_ids: Collection[int]) -> TraceForward:
    """Every lot that any of the given lots went into."""
    seen = set(lot_ids)
    level: Collection[int] = seen
    while level:
        found: set[int] = set()
        for chunk in chunks(level):
            found.update(session.scalars(select(Edge.child_id).where(Edge.parent_id.in_(chunk))))
        level = found - seen
        seen |= level
    return TraceForward(tuple(sorted(lot_ids)), frozenset(seen))


def parents_of(session: Session, lot_ids: Collection[int]) -> dict[int, list[tuple[int, int]]]:
    """The upstream graph of some lots: child id -> [(parent id, grams of the parent)], parents in order of id."""
    graph: dict[int, list[tuple[int, int]]] = {}
    seen = set(lot_ids)
    level: Collection[int] = seen
    while level:
        found: set[int] = set()
        for chunk in chunks(level):
            rows = session.execute(
                select(Edge.child_id, Edge.parent_id, Edge.mass_g)
                .where(Edge.child_id.in_(chunk))
                .order_by(Edge.child_id, Edge.parent_id)
            )
            for child, parent, mass in rows:
                graph.setdefault(child, []).append((parent, mass))
                found.add(parent)
        level = found - seen
        seen |= level
    return graph


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
        rows = session.scalars(select(table).where(table.id.in_(chunk)).options(*options))
        found.update({row.id: row for row in rows})
    return found


def chunks(ids: Collection[Key]) -> Iterator[list[Key]]:
    """Ids (or codes) in order, in statements of bounded size."""
    ordered = sorted(ids)
    for start in range(0, len(ordered), _CHUNK):
        yield ordered[start : start + _CHUNK]
