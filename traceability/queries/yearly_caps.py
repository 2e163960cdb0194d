"""Farmers who brought more in the running harvest than their land can bear: somebody else's goods, or a wrong area."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, func, literal, select
from sqlalchemy.orm import Session

from traceability.commodities import COMMODITIES
from traceability.domain.moments import day_of
from traceability.domain.roles import Actor
from traceability.domain.seasons import period_between
from traceability.models import Lot, Party, Person, Plot
from traceability.queries.seasons import days_set, outside, season_on, seasons_of, within

_HECTARE_M2: Final = 10_000
_RUNNING: Final = timedelta(days=60)  # a harvest of which something came since then is running
_A_HARVEST: Final = timedelta(days=400)  # nothing of a running harvest is older
_OF_THE_LAND: Final = frozenset({"bearing_hectare_year", "planted_hectare_year", "water_hectare_year"})


@dataclass(frozen=True)
class Over:
    """A farmer over the cap: grams brought of one form in one season or crop year, and what the plots bear at most."""

    code: str
    number: str
    name: str
    commodity: str
    form: str
    crop_year: str
    mass_g: int
    cap_g: int


def farmers_over(session: Session, actor: Actor) -> list[Over]:
    """The farmers over the cap, those furthest over it first; who has no plot is asked about elsewhere."""
    grown = set(session.scalars(select(Plot.commodity).where(Plot.org_id == actor.org_id).distinct()))
    found = [over for key in sorted(grown & COMMODITIES.keys()) for over in _over(session, actor, key)]
    return sorted(found, key=lambda over: over.cap_g - over.mass_g)


def _over(session: Session, actor: Actor, commodity: str) -> Iterator[Over]:
    for cap in COMMODITIES[commodity].yields:
        if str(cap.per) not in _OF_THE_LAND:
            continue
        bears = func.coalesce(Plot.bearing_m2, Plot.area_m2) if cap.per == "bearing_hectare_year" else Plot.area_m2
        land = (
            select(Plot.party_id, func.sum(bears).label("area_m2"))
            .where(Plot.org_id == actor.org_id, Plot.commodity == commodity)
            .group_by(Plot.party_id)
            .subquery()
        )
        now = datetime.now(UTC)
        of_these = [Lot.org_id == actor.org_id, Lot.kind == "delivery", Lot.commodity == commodity]
        seasons = seasons_of(session, actor.org_id, commodity)
        season = season_on(seasons, day_of(now, actor.zone_minutes))
        if season is not None:
            name: ColumnElement[str] = literal(season.name)
            days = period_between(season.name, season.from_on, season.to_on, actor.zone_minutes)
            in_time = [within(days)]
        else:
            name = Lot.crop_year.expression
            running = select(Lot.crop_year).where(*of_these, Lot.made_at >= now - _RUNNING).distinct()
            not_set = outside(days_set(seasons, actor.zone_minutes))
            in_time = [Lot.made_at >= now - _A_HARVEST, Lot.crop_year.in_(running), not_set]
        grams = func.sum(Lot.made_g)
        brought = (
            select(Lot.origin_party_id.label("party_id"), name.label("crop_year"), grams.label("mass_g"))
            .where(
                *of_these,
                Lot.form == cap.form,
                Lot.void.is_(False),
                *in_time,
            )
            .group_by(Lot.origin_party_id, name)
            .subquery()
        )
        rows = session.execute(
            select(Party.code, Party.number, Person.name, brought.c.crop_year, brought.c.mass_g, land.c.area_m2)
            .join(Person, Person.party_id == Party.id)
            .join(brought, brought.c.party_id == Party.id)
            .join(land, land.c.party_id == Party.id)
            .where(brought.c.mass_g * _HECTARE_M2 > land.c.area_m2 * cap.cap_g)
        )
        for code, number, person, year, mass, area in rows:
            most = int(area) * cap.cap_g // _HECTARE_M2
            yield Over(code, number, person, commodity, cap.form, year, int(mass), most)
