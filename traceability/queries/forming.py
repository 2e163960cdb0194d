"""Deliveries that may become one lot, those that may not and why, and what the lot would keep and lose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from traceability.domain.custody import Custody
from traceability.domain.moments import day_of
from traceability.domain.quantity import tenths_of_percent
from traceability.domain.roles import Actor
from traceability.models import Edge, Facility, Lot, Organisation, Plot
from traceability.queries.evidence import Delivered, claims_of, registrations_of
from traceability.queries.farmers import DeliveryRow, deliveries
from traceability.queries.lineage import Origin
from traceability.queries.lot_lists import Group, groups, stopped
from traceability.queries.weighings import made_on


@dataclass(frozen=True)
class Candidates:
    """The deliveries of one group: free ones, and those left out with what stands against them."""

    free: tuple[DeliveryRow, ...]
    used: tuple[tuple[DeliveryRow, str], ...]  # with the numbers of the lots they are in
    stopped: tuple[tuple[DeliveryRow, str], ...]  # with the reason of the hold or recall


@dataclass(frozen=True)
class ClaimAhead:
    """What a claim will be worth in the lot: deliveries that carry it, and those that would make the lot lose it."""

    scheme: str
    carried: int
    without: tuple[DeliveryRow, ...]

    @property
    def holds(self) -> bool:
        return not self.without

    @property
    def without_g(self) -> int:
        return sum(row.balance_g for row in self.without)


@dataclass(frozen=True)
class LotAhead:
    """The lot before it is formed. Masses in grams; `difference_tenths` of a percent of the counted mass."""

    rows: tuple[DeliveryRow, ...]
    farmers: int
    counted_g: int
    weighed_g: int
    tolerance_g: int
    tolerance_tenths: int
    bags: int
    largest_tenths: int
    plots_unknown: int
    plots_unmapped: int
    claims: tuple[ClaimAhead, ...]
    areas: Mapping[str, tuple[str, ...]]  # growing-area code -> deliveries; more than one cannot share a box

    @property
    def difference_g(self) -> int:
        return self.weighed_g - self.counted_g

    @property
    def difference_tenths(self) -> int:
        return abs(self.difference_g) * 1000 // self.counted_g if self.counted_g else 0


def group_of(session: Session, actor: Actor, facility: str, goods: str, grade: str, on: str) -> Group | None:
    """The group with this place, goods (`commodity.form`), grade and day; None when nothing in it is open."""
    for group in groups(session, actor):
        if (group.facility, f"{group.commodity}.{group.form}", group.grade, group.on.isoformat()) == (
            facility,
            goods,
            grade,
            on,
        ):
            return group
    return None


def candidates(session: Session, actor: Actor, group: Group) -> Candidates:
    """Every delivery of a group, sorted by whether it may be used."""
    facility = select(Facility.id).where(Facility.org_id == actor.org_id, Facility.prefix == group.facility)
    wanted = and_(
        Lot.facility_id.in_(facility),
        Lot.commodity == group.commodity,
        Lot.form == group.form,
        Lot.grade == group.grade,
        Lot.void.is_(False),
        made_on(group.on, actor.zone_minutes),
    )
    rows = deliveries(session, actor, wanted, most=2000)[::-1]
    left = [row for row in rows if row.balance_g]
    reasons = stopped(session, actor, [row.code for row in left])
    taken = _used_in(session, actor, [row.code for row in rows if not row.balance_g])
    return Candidates(
        free=tuple(row for row in left if row.code not in reasons),
        used=tuple((row, taken.get(row.code, "")) for row in rows if not row.balance_g),
        stopped=tuple((row, reasons[row.code]) for row in left if row.code in reasons),
    )


def lot_ahead(
    session: Session, actor: Actor, codes: Sequence[str], weighed_g: int | None, *, by_truck: bool = False
) -> LotAhead:
    """What a lot of these deliveries would be; codes that are not open deliveries of the organisation are left out."""
    named = Lot.code.in_([code.upper() for code in codes])
    rows = deliveries(session, actor, and_(named, Lot.balance_g > 0), most=2000)[::-1]
    lots = {lot.code: lot for lot in session.scalars(select(Lot).where(Lot.org_id == actor.org_id, named))}
    organisation = session.get_one(Organisation, actor.org_id)
    permille = organisation.transfer_tolerance_permille if by_truck else organisation.lot_tolerance_permille
    counted = sum(row.balance_g for row in rows)
    of_farmer: dict[str, int] = {}
    for row in rows:
        of_farmer[row.farmer_number] = of_farmer.get(row.farmer_number, 0) + row.balance_g
    plots = {lot.origin_plot_id for lot in lots.values() if lot.origin_plot_id is not None}
    unmapped = session.scalars(select(Plot.id).where(Plot.id.in_(plots), Plot.geometry_kind == "none")).all()
    return LotAhead(
        rows=tuple(rows),
        farmers=len(of_farmer),
        counted_g=counted,
        weighed_g=counted if weighed_g is None else weighed_g,
        tolerance_g=counted * permille // 1000,
        tolerance_tenths=permille,
        bags=sum(row.count for row in rows),
        largest_tenths=max(tenths_of_percent(list(of_farmer.values()))) if counted else 0,  # as the lot will say it
        plots_unknown=sum(lots[row.code].origin_plot_id is None for row in rows),
        plots_unmapped=len(unmapped),
        claims=_claims(session, actor, rows, lots),
        areas=_areas(session, actor, rows, lots),
    )


def _claims(
    session: Session, actor: Actor, rows: Sequence[DeliveryRow], lots: Mapping[str, Lot]
) -> tuple[ClaimAhead, ...]:
    """Ask of each delivery alone which claims it carries; the schemes that any of them carries are at stake."""
    today = day_of(datetime.now(UTC), actor.zone_minutes)
    known: dict[tuple[Origin, object], frozenset[str]] = {}
    carried: dict[str, frozenset[str]] = {}
    for row in rows:
        lot = lots[row.code]
        origin = Origin(lot.origin_party_id or 0, lot.origin_plot_id)
        on = day_of(lot.made_at, lot.zone_minutes)
        if (origin, on) not in known:
            alone = {lot.id: Delivered(lot.made_g, origin, actor.org_id, on)}
            results, _ = claims_of(session, alone, Custody(lot.custody), today)
            known[origin, on] = frozenset(result.scheme for result in results if result.holds)
        carried[row.code] = known[origin, on]
    schemes = sorted(frozenset().union(*carried.values()))
    return tuple(
        ClaimAhead(
            scheme,
            sum(scheme in carried[row.code] for row in rows),
            tuple(row for row in rows if scheme not in carried[row.code]),
        )
        for scheme in schemes
    )


def _areas(
    session: Session, actor: Actor, rows: Sequence[DeliveryRow], lots: Mapping[str, Lot]
) -> dict[str, tuple[str, ...]]:
    """Growing-area codes of the plots, each with the deliveries that came from it."""
    today = day_of(datetime.now(UTC), actor.zone_minutes)
    of_plot: dict[int, list[str]] = {}
    for row in rows:
        plot = lots[row.code].origin_plot_id
        if plot is not None:
            of_plot.setdefault(plot, []).append(row.code)
    found: dict[str, list[str]] = {}
    for plot, codes in of_plot.items():
        for mark in registrations_of(session, [plot], [], actor.org_id, today):
            if mark.scheme == "growing_area":
                found.setdefault(mark.code, []).extend(codes)
    return {area: tuple(codes) for area, codes in sorted(found.items())}


def _used_in(session: Session, actor: Actor, codes: Sequence[str]) -> dict[str, str]:
    """The numbers of the lots that deliveries went into, by the delivery's code."""
    child = select(Lot.id, Lot.number).subquery()
    rows = session.execute(
        select(Lot.code, child.c.number)
        .join(Edge, Edge.parent_id == Lot.id)
        .join(child, child.c.id == Edge.child_id)
        .where(Lot.org_id == actor.org_id, Lot.code.in_(codes))
    )
    found: dict[str, list[str]] = {}
    for code, number in rows:
        found.setdefault(code, []).append(number)
    return {code: ", ".join(sorted(numbers)) for code, numbers in found.items()}
