"""What an authority or an auditor asks of organisations: volumes beside land and capacity, papers and codes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session, selectinload

from traceability.commodities import COMMODITIES
from traceability.domain.dossier import Standing, Status
from traceability.domain.moments import day_bounds, day_numbered, day_of
from traceability.models import Batch, JournalHead, Lot, Party, Plot, Registration
from traceability.models.moments import seconds
from traceability.queries import capacity
from traceability.queries.authority import Seen
from traceability.queries.evidence import standing_of
from traceability.queries.farmers import weighed_in
from traceability.queries.holds import standing_still
from traceability.queries.standings import status_of

_MONDAY = 3  # 1970-01-01 was a Thursday: weeks that begin on Monday are three days off
_PER_LAND = frozenset({"bearing_hectare_year", "planted_hectare_year", "water_hectare_year"})
_HECTARE_M2 = 10_000


@dataclass(frozen=True)
class Volume:
    """What was weighed in of one form, of one province, in one week, and what the land there bears at most a year.

    `so_far_g` is the sum of the period up to that week; `cap_g` is None where no cap is known.
    """

    commodity: str
    form: str
    province: str
    week: date  # its Monday
    deliveries: int
    farmers: int
    mass_g: int
    so_far_g: int
    area_m2: int
    cap_g: int | None
    capacity_g: int | None  # what the places of that province can pack or process in a week, where any says so

    @property
    def above_capacity(self) -> bool:
        """Whether more came in the week than all places of the province together can take."""
        return self.capacity_g is not None and self.mass_g > self.capacity_g

    @property
    def over(self) -> bool:
        """Whether more came than a whole year's harvest of the registered land can be."""
        return self.cap_g is not None and self.so_far_g > self.cap_g


@dataclass(frozen=True)
class Issued:
    """A batch origin certificate."""

    number: str
    code: str
    lot: str
    on: date
    commodity: str
    form: str
    mass_g: int
    destination: str
    status: Status
    org_id: int


@dataclass(frozen=True)
class Registered:
    """An official code and what it stands for."""

    scheme: str
    code: str
    authority: str
    commodity: str
    plots: int
    places: int
    valid_from: date | None
    valid_to: date | None
    standing: Standing
    org_id: int


def data_as_of(session: Session, seen: Seen) -> tuple[datetime, int]:
    """When the last entry came, and how many there are; the beginning of all days where nobody is read."""
    rows = session.execute(select(JournalHead.recorded_at, JournalHead.seq).where(seen.own(JournalHead.org_id))).all()
    return max((at for at, _ in rows), default=datetime(1970, 1, 1, tzinfo=UTC)), sum(entries for _, entries in rows)


def provinces(session: Session, seen: Seen) -> list[str]:
    """Where the plots and farmers of the organisation are."""
    named = (
        select(Plot.province)
        .where(seen.own(Plot.org_id))
        .union(select(Party.province).where(seen.own(Party.org_id), Party.kind == "farmer"))
    )
    return sorted(name for name in session.scalars(named) if name)


def volumes(
    session: Session, seen: Seen, since: date, until: date, *, commodity: str = "", province: str = ""
) -> list[Volume]:
    """Week by week, the oldest first; of the plot's province, or of the farmer's where the plot is not known."""
    where = case((func.coalesce(Plot.province, "") != "", Plot.province), else_=Party.province)
    week = _week_of(seen)
    wanted = [
        seen.own(Lot.org_id),
        weighed_in(),
        Lot.void.is_(False),
        Lot.made_at >= day_bounds(since, seen.zone_minutes)[0],
        Lot.made_at < day_bounds(until, seen.zone_minutes)[1],
    ]
    if commodity:
        wanted.append(Lot.commodity == commodity)
    if province:
        wanted.append(where == province)
    rows = session.execute(
        select(
            Lot.commodity,
            Lot.form,
            where.label("province"),
            week.label("week"),
            func.count(),
            func.count(func.distinct(Lot.origin_party_id)),
            func.sum(Lot.made_g),
        )
        .join(Party, Party.id == Lot.origin_party_id)
        .outerjoin(Plot, Plot.id == Lot.origin_plot_id)
        .where(*wanted)
        .group_by(Lot.commodity, Lot.form, where, week)
        .order_by("week", Lot.commodity, Lot.form, "province")
    )
    land = _land(session, seen)
    by_province = capacity.of_provinces(session, seen)
    so_far: dict[tuple[str, str, str], int] = defaultdict(int)
    found = []
    for goods, form, place, number, deliveries, farmers, mass in rows:
        so_far[goods, form, place] += int(mass)
        area, bearing = land.get((goods, place), (0, 0))
        found.append(
            Volume(
                commodity=goods,
                form=form,
                province=place,
                week=day_numbered(int(number) * 7 - _MONDAY),
                deliveries=deliveries,
                farmers=farmers,
                mass_g=int(mass),
                so_far_g=so_far[goods, form, place],
                area_m2=area,
                cap_g=_cap(goods, form, area, bearing),
                capacity_g=by_province[place] * 7 if place in by_province else None,
            )
        )
    return found


def issued_today(session: Session, seen: Seen) -> int:
    """How many certificates were issued today."""
    first, end = day_bounds(day_of(datetime.now(UTC), seen.zone_minutes), seen.zone_minutes)
    issued = select(func.count()).select_from(Batch).where(seen.own(Batch.org_id))
    return session.scalar(issued.where(Batch.released_at >= first, Batch.released_at < end)) or 0


def certificates_issued(session: Session, seen: Seen, since: date, until: date) -> list[Issued]:
    """The batches released in the period, the newest first."""
    rows = session.execute(
        select(Batch, Lot)
        .join(Lot, Lot.id == Batch.lot_id)
        .where(
            seen.own(Batch.org_id),
            Batch.released_at >= day_bounds(since, seen.zone_minutes)[0],
            Batch.released_at < day_bounds(until, seen.zone_minutes)[1],
        )
        .order_by(Batch.released_at.desc(), Batch.id.desc())
    ).all()
    stops = standing_still(session, [lot.id for _, lot in rows]) if rows else {}
    return [
        Issued(
            number=f"{lot.code}-{batch.version}",
            code=lot.code,
            lot=lot.number,
            on=day_of(batch.released_at, seen.zone_minutes),
            commodity=lot.commodity,
            form=lot.form,
            mass_g=lot.made_g,
            destination=batch.destination,
            status=status_of(batch, stops.get(lot.id)),
            org_id=batch.org_id,
        )
        for batch, lot in rows
        if batch.released_at is not None
    ]


def registrations(session: Session, seen: Seen) -> list[Registered]:
    """Orchards, packing houses and exporters: what presses first, then what ends first."""
    today = day_of(datetime.now(UTC), seen.zone_minutes)
    rows = session.scalars(
        select(Registration)
        .where(seen.own(Registration.org_id))
        .options(selectinload(Registration.suspensions), selectinload(Registration.covers))
    )
    found = [
        Registered(
            scheme=row.scheme,
            code=row.official_code,
            authority=row.authority,
            commodity=row.commodity,
            plots=sum(cover.plot_id is not None for cover in row.covers),
            places=sum(cover.facility_id is not None for cover in row.covers),
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            standing=standing_of(row, today),
            org_id=row.org_id,
        )
        for row in rows
    ]
    return sorted(found, key=lambda row: (row.standing is Standing.VALID, row.valid_to or date.max, row.code))


def _week_of(seen: Seen) -> ColumnElement[int]:
    """The number of the week in which a lot was made, where the organisation is; weeks begin on Monday."""
    return (seconds(Lot.made_at) + seen.zone_minutes * 60 + _MONDAY * 86_400) // (7 * 86_400)


def _land(session: Session, seen: Seen) -> dict[tuple[str, str], tuple[int, int]]:
    """Registered and bearing square metres of each commodity in each province."""
    rows = session.execute(
        select(
            Plot.commodity,
            Plot.province,
            func.sum(Plot.area_m2),
            func.sum(func.coalesce(Plot.bearing_m2, Plot.area_m2)),
        )
        .where(seen.own(Plot.org_id))
        .group_by(Plot.commodity, Plot.province)
    )
    return {(commodity, province): (int(area), int(bearing)) for commodity, province, area, bearing in rows}


def _cap(commodity: str, form: str, area_m2: int, bearing_m2: int) -> int | None:
    """What the land bears of a form in a year at most."""
    known = COMMODITIES[commodity].yields if commodity in COMMODITIES else ()
    for cap in known:
        if cap.form == form and str(cap.per) in _PER_LAND and area_m2:
            return (bearing_m2 if cap.per == "bearing_hectare_year" else area_m2) * cap.cap_g // _HECTARE_M2
    return None


def period(today: date, weeks: int) -> tuple[date, date]:
    """So many weeks up to today, from a Monday."""
    monday = today - timedelta(days=today.weekday())
    return monday - timedelta(weeks=weeks - 1), today
