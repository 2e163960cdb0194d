"""What an authority or an auditor asks of an organisation: volumes beside land, papers, codes, and open recalls."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import BigInteger, ColumnElement, case, cast, extract, func, select
from sqlalchemy.orm import Session, selectinload

from traceability.commodities import COMMODITIES
from traceability.domain.dossier import Standing, Status
from traceability.domain.moments import day_numbered, day_of
from traceability.domain.roles import Actor
from traceability.models import Batch, JournalHead, Lot, Organisation, Party, Plot, Recall, Registration
from traceability.queries.dossiers import status_of
from traceability.queries.edges import lots_below, made_into
from traceability.queries.evidence import standing_of
from traceability.queries.farmers import weighed_in
from traceability.queries.holds import RecallRow, recalls_of, stopped
from traceability.queries.lineage import chunks
from traceability.queries.weighings import day_bounds

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


@dataclass(frozen=True)
class Reached:
    """An open recall: how many lots and batches it reaches, of how many organisations, and what is still in hand."""

    recall: RecallRow
    lots: int
    batches: int
    organisations: int
    on_hand_g: int
    gone_g: int  # of batches, already with buyers


def data_as_of(session: Session, actor: Actor) -> tuple[datetime, int]:
    """When the organisation's journal was last written to, and how many entries it has."""
    head = session.get_one(JournalHead, actor.org_id)
    return head.recorded_at, head.seq


def provinces(session: Session, actor: Actor) -> list[str]:
    """Where the plots and farmers of the organisation are."""
    named = (
        select(Plot.province)
        .where(Plot.org_id == actor.org_id)
        .union(select(Party.province).where(Party.org_id == actor.org_id, Party.kind == "farmer"))
    )
    return sorted(name for name in session.scalars(named) if name)


def volumes(
    session: Session, actor: Actor, since: date, until: date, *, commodity: str = "", province: str = ""
) -> list[Volume]:
    """Week by week, the oldest first; of the plot's province, or of the farmer's where the plot is not known."""
    where = case((func.coalesce(Plot.province, "") != "", Plot.province), else_=Party.province)
    week = _week_of(actor)
    wanted = [
        Lot.org_id == actor.org_id,
        weighed_in(),
        Lot.void.is_(False),
        Lot.made_at >= day_bounds(since, actor.zone_minutes)[0],
        Lot.made_at < day_bounds(until, actor.zone_minutes)[1],
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
    land = _land(session, actor)
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
            )
        )
    return found


def certificates_issued(session: Session, actor: Actor, since: date, until: date) -> list[Issued]:
    """The batches released in the period, the newest first."""
    rows = session.execute(
        select(Batch, Lot)
        .join(Lot, Lot.id == Batch.lot_id)
        .where(
            Batch.org_id == actor.org_id,
            Batch.released_at >= day_bounds(since, actor.zone_minutes)[0],
            Batch.released_at < day_bounds(until, actor.zone_minutes)[1],
        )
        .order_by(Batch.released_at.desc(), Batch.id.desc())
    ).all()
    stops = stopped(session) if rows else {}
    return [
        Issued(
            number=f"{lot.code}-{batch.version}",
            code=lot.code,
            lot=lot.number,
            on=day_of(batch.released_at, actor.zone_minutes),
            commodity=lot.commodity,
            form=lot.form,
            mass_g=lot.made_g,
            destination=batch.destination,
            status=status_of(batch, stops.get(lot.id)),
        )
        for batch, lot in rows
        if batch.released_at is not None
    ]


def registrations(session: Session, actor: Actor) -> list[Registered]:
    """Orchards, packing houses and exporters: what presses first, then what ends first."""
    today = day_of(datetime.now(UTC), actor.zone_minutes)
    rows = session.scalars(
        select(Registration)
        .where(Registration.org_id == actor.org_id)
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
        )
        for row in rows
    ]
    return sorted(found, key=lambda row: (row.standing is Standing.VALID, row.valid_to or date.max, row.code))


def open_recalls(session: Session, actor: Actor) -> list[Reached]:
    """Every recall that is open, with its reach over all organisations: one trace for all of them."""
    rows = [row for row in recalls_of(session, actor.org_id, most=1_000) if not row.lifted]
    if not rows:
        return []
    sources = _sources(session, actor)
    below = _below(session, {key for keys in sources.values() for key in keys})
    reached = {code: _walk(below, keys) for code, keys in sources.items()}
    lots = _lots(session, {key for keys in reached.values() for key in keys})
    found = []
    for row in rows:
        own = [lots[key] for key in reached.get(row.code, ()) if key in lots]
        found.append(
            Reached(
                recall=row,
                lots=len(own),
                batches=sum(lot.batch for lot in own),
                organisations=len({lot.org_id for lot in own}),
                on_hand_g=sum(lot.balance_g for lot in own),
                gone_g=sum(lot.made_g - lot.balance_g for lot in own if lot.batch),
            )
        )
    return found


@dataclass(frozen=True)
class _Stands:
    org_id: int
    made_g: int
    balance_g: int
    batch: bool


def _week_of(actor: Actor) -> ColumnElement[int]:
    """The number of the week in which a lot was made, where the organisation is; weeks begin on Monday."""
    seconds = cast(extract("epoch", Lot.made_at), BigInteger) + actor.zone_minutes * 60
    return (seconds + _MONDAY * 86_400) // (7 * 86_400)


def _land(session: Session, actor: Actor) -> dict[tuple[str, str], tuple[int, int]]:
    """Registered and bearing square metres of each commodity in each province."""
    rows = session.execute(
        select(
            Plot.commodity,
            Plot.province,
            func.sum(Plot.area_m2),
            func.sum(func.coalesce(Plot.bearing_m2, Plot.area_m2)),
        )
        .where(Plot.org_id == actor.org_id)
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


def _sources(session: Session, actor: Actor) -> dict[str, set[int]]:
    """For each open recall the lots that it starts from."""
    found: dict[str, set[int]] = defaultdict(set)
    mine = [Recall.org_id == actor.org_id, Recall.closed_at.is_(None)]
    named_by = ((Recall.lot_id, Lot.id), (Recall.plot_id, Lot.origin_plot_id), (Recall.party_id, Lot.origin_party_id))
    for named, grown in named_by:
        rows = select(Recall.code, Lot.id).join(Lot, grown == named).where(*mine, Lot.void.is_(False))
        for code, key in session.execute(rows):
            found[code].add(key)
    return found


def _below(session: Session, sources: Collection[int]) -> Mapping[int, list[int]]:
    """From each lot to those that were made of it, for everything below some lots."""
    found: dict[int, list[int]] = defaultdict(list)
    for made in made_into(session, lots_below(session, sources)):
        for parent in made.parents:
            found[parent].append(made.lot_id)
    return found


def _walk(below: Mapping[int, list[int]], sources: Collection[int]) -> set[int]:
    seen = set(sources)
    waiting = list(sources)
    for key in waiting:  # grows while it is walked
        for child in below.get(key, ()):
            if child not in seen:
                seen.add(child)
                waiting.append(child)
    return seen


def _lots(session: Session, keys: Collection[int]) -> dict[int, _Stands]:
    found = {}
    for chunk in chunks(keys):
        rows = session.execute(
            select(Lot.id, Lot.org_id, Lot.made_g, Lot.balance_g, Batch.id)
            .join(Organisation, Organisation.id == Lot.org_id)
            .outerjoin(Batch, Batch.lot_id == Lot.id)
            .where(Lot.id.in_(chunk), Lot.void.is_(False))
        )
        found.update({key: _Stands(org, made, left, batch is not None) for key, org, made, left, batch in rows})
    return found


def period(today: date, weeks: int) -> tuple[date, date]:
    """So many weeks up to today, from a Monday."""
    monday = today - timedelta(days=today.weekday())
    return monday - timedelta(weeks=weeks - 1), today
