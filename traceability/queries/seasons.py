"""The seasons that an organisation set; where none covers a day, its crop year is the season, as ever."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, bindparam, or_, select, true
from sqlalchemy.orm import Session

from traceability.commodities import commodity
from traceability.domain.identifiers import coffee_year
from traceability.domain.moments import day_of
from traceability.domain.seasons import Period, SeasonOf, period_between
from traceability.models import Lot, Season
from traceability.models.statements import Statement

# asked at every weigh-in of goods whose land is known, so it is built once
_SET: Final = Statement(
    select(Season.name, Season.from_on, Season.to_on, Season.withdrawn)
    .where(Season.org_id == bindparam("org"), Season.commodity == bindparam("commodity"))
    .order_by(Season.id)
)


@dataclass(frozen=True)
class SeasonRow:
    """A season that counts."""

    commodity: str
    name: str
    from_on: date
    to_on: date

    def covers(self, on: date) -> bool:
        return self.from_on <= on <= self.to_on

    def overlaps(self, from_on: date, to_on: date) -> bool:
        return self.from_on <= to_on and from_on <= self.to_on


@dataclass(frozen=True)
class SeasonTotal:
    """Net grams of one kind of goods in one season."""

    commodity: str
    form: str
    season: str
    mass_g: int
    deliveries: int


def seasons_of(session: Session, org_id: int, commodity: str) -> list[SeasonRow]:
    """The seasons of a product, the earliest first."""
    return _standing(commodity, _SET.rows(session.connection(), {"org": org_id, "commodity": commodity}))


def all_seasons(session: Session, org_id: int) -> list[SeasonRow]:
    """The seasons of all products, the latest first."""
    goods = session.scalars(select(Season.commodity).where(Season.org_id == org_id).distinct().order_by("commodity"))
    return [row for commodity in goods for row in reversed(seasons_of(session, org_id, commodity))]


def season_on(rows: Sequence[SeasonRow], on: date) -> SeasonRow | None:
    """The season of a day among those of one product; they do not overlap."""
    return next((row for row in rows if row.covers(on)), None)


@lru_cache(maxsize=1_000)
def crop_year(commodity_key: str, on: date) -> str:
    """`2025/26` within a harvest that runs over the new year (counted from October, as the ICO does), else `2026`."""
    seasons = commodity(commodity_key).seasons
    now = [season for season in seasons if season.covers(on.month)] or seasons
    if not any(season.first_month > season.last_month for season in now):
        return str(on.year)
    first = coffee_year(on)
    return f"{first}/{(first + 1) % 100:02d}"


def period_on(rows: Sequence[SeasonRow], on: date, zone_minutes: int, crop_year: str) -> Period:
    """What counts as the season of a day."""
    row = season_on(rows, on)
    if row is not None:
        return period_between(row.name, row.from_on, row.to_on, zone_minutes)
    return Period(crop_year, but=days_set(rows, zone_minutes))


def days_set(rows: Sequence[SeasonRow], zone_minutes: int) -> tuple[tuple[datetime, datetime], ...]:
    """What the seasons of a product cover, each from its first instant until the first that is not in it."""
    between = (period_between(row.name, row.from_on, row.to_on, zone_minutes) for row in rows)
    return tuple((days.since, days.until) for days in between if days.since and days.until)


def period_of(session: Session, lot: Lot) -> Period:
    """What counts as the season of a delivery."""
    rows = seasons_of(session, lot.org_id, lot.commodity)
    return period_on(rows, day_of(lot.made_at, lot.zone_minutes), lot.zone_minutes, lot.crop_year)


def within(period: Period) -> ColumnElement[bool]:
    """Lots that were made in it."""
    if period.since is None or period.until is None:
        return and_(Lot.crop_year == period.name, outside(period.but))
    return and_(Lot.made_at >= period.since, Lot.made_at < period.until)


def outside(spans: Sequence[tuple[datetime, datetime]]) -> ColumnElement[bool]:
    """Lots that were made in none of them."""
    return and_(true(), *(or_(Lot.made_at < since, Lot.made_at >= until) for since, until in spans))


def deliveries_of(session: Session, org_id: int, party_id: int) -> list[Lot]:
    """What a farmer brought and counts, the earliest first."""
    theirs = (Lot.org_id == org_id, Lot.origin_party_id == party_id, Lot.kind == "delivery", Lot.void.is_(False))
    return list(session.scalars(select(Lot).where(*theirs).order_by(Lot.made_at, Lot.id)))


def seasons_by_lot(session: Session, org_id: int, lots: Sequence[Lot]) -> dict[int, SeasonOf]:
    """For each delivery, by its id, its season."""
    known = {commodity: seasons_of(session, org_id, commodity) for commodity in {lot.commodity for lot in lots}}
    return {lot.id: _season_of(known, lot) for lot in lots}


def season_totals(session: Session, org_id: int, party_id: int) -> tuple[SeasonTotal, ...]:
    """What a farmer brought, season by season, that of the newest delivery first."""
    mass: Counter[tuple[SeasonOf, str]] = Counter()
    count: Counter[tuple[SeasonOf, str]] = Counter()
    lots = deliveries_of(session, org_id, party_id)
    of_lot = seasons_by_lot(session, org_id, lots)
    for lot in reversed(lots):
        mass[of_lot[lot.id], lot.form] += lot.made_g
        count[of_lot[lot.id], lot.form] += 1
    newest = list(dict.fromkeys(season for season, _ in mass))
    order = sorted(mass, key=lambda key: (newest.index(key[0]), key[1]))
    return tuple(SeasonTotal(key[0].commodity, key[1], key[0].name, mass[key], count[key]) for key in order)


def _season_of(known: Mapping[str, Sequence[SeasonRow]], lot: Lot) -> SeasonOf:
    row = season_on(known[lot.commodity], day_of(lot.made_at, lot.zone_minutes))
    return SeasonOf(lot.commodity, row.name if row else lot.crop_year)


def _standing(commodity: str, rows: Sequence[Any]) -> list[SeasonRow]:
    """Of each name what was said last, unless that was that it counts no longer."""
    last = {name: (from_on, to_on, withdrawn) for name, from_on, to_on, withdrawn in rows}
    found = [SeasonRow(commodity, name, start, end) for name, (start, end, withdrawn) in last.items() if not withdrawn]
    return sorted(found, key=lambda row: row.from_on)
