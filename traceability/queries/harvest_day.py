"""The buying of today beside that of other days: kilograms, farmers, points, and what is usual on such a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session

from traceability.domain.moments import day_bounds, day_of
from traceability.domain.roles import Actor
from traceability.models import Facility, Lot
from traceability.queries.farmers import weighed_in
from traceability.queries.weighings import made_on

DAYS_SHOWN: Final = 14
_WEEKS: Final = 4  # over which the same weekday is averaged
_LATELY: Final = timedelta(days=14)  # a point that weighed in since then is expected to be heard from


@dataclass(frozen=True)
class Harvest:
    """What was weighed in today. `last_days` are grams of each day, today last; `usual_g` is None when unknown."""

    today_g: int
    farmers: int
    deliveries: int
    usual_g: int | None
    last_days: tuple[int, ...]


@dataclass(frozen=True)
class Point:
    """A place where something was weighed in lately, grams of today, and when it was last heard from."""

    prefix: str
    name: str
    today_g: int
    last_at: datetime


def harvest_of_today(session: Session, actor: Actor) -> Harvest:
    """Today, the days before it, and what is usual on this day of the week, in one reading of four weeks."""
    today = day_of(datetime.now(UTC), actor.zone_minutes)
    before = sorted({*range(DAYS_SHOWN), *(7 * week for week in range(1, _WEEKS + 1))})
    sums = [_grams(made_on(today - timedelta(days=back), actor.zone_minutes)) for back in before]
    now = made_on(today, actor.zone_minutes)
    farmers, deliveries, *grams = session.execute(
        select(func.count(func.distinct(case((now, Lot.origin_party_id)))), func.count(case((now, 1))), *sums).where(
            _standing(actor), Lot.made_at >= day_bounds(today - timedelta(days=before[-1]), actor.zone_minutes)[0]
        )
    ).one()
    on = {back: int(mass or 0) for back, mass in zip(before, grams, strict=True)}
    like_today = [mass for week in range(1, _WEEKS + 1) if (mass := on[7 * week])]
    return Harvest(
        today_g=on[0],
        farmers=farmers,
        deliveries=deliveries,
        usual_g=round(sum(like_today) / len(like_today) / 1000) * 1000 if like_today else None,
        last_days=tuple(on[back] for back in reversed(range(DAYS_SHOWN))),
    )


def points_of(session: Session, actor: Actor) -> list[Point]:
    """The places that weighed in during the last two weeks, those with most of today first."""
    today = day_of(datetime.now(UTC), actor.zone_minutes)
    grams = _grams(made_on(today, actor.zone_minutes))
    rows = session.execute(
        select(Facility.prefix, Facility.name, grams, func.max(Lot.made_at))
        .join(Facility, Facility.id == Lot.facility_id)
        .where(_standing(actor), Lot.made_at >= datetime.now(UTC) - _LATELY)
        .group_by(Facility.prefix, Facility.name)
        .order_by(grams.desc(), Facility.prefix)
    )
    return [Point(prefix, name, int(mass or 0), at) for prefix, name, mass, at in rows]


def _standing(actor: Actor) -> ColumnElement[bool]:
    return and_(Lot.org_id == actor.org_id, weighed_in(), Lot.void.is_(False))


def _grams(when: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((when, Lot.made_g))), 0)
