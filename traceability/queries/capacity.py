"""What places can pack or process in a day, and what they did: more than that cannot all have gone through them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from traceability.domain.dossier import Names
from traceability.domain.events import Kind
from traceability.domain.moments import day_bounds, day_numbered
from traceability.models import Event, Facility, Lot
from traceability.models.moments import seconds
from traceability.queries.authority import Seen

_DONE = (str(Kind.PACK), str(Kind.PROCESS))


@dataclass(frozen=True)
class Worked:
    """One week of one place: what it packed or processed, on how many days, and most on one of them."""

    org_id: int
    place: str
    prefix: str
    province: str
    week: date  # its Monday
    days: int
    mass_g: int
    busiest: date
    busiest_g: int
    capacity_g: int | None  # of a day

    @property
    def over(self) -> bool:
        """Whether more went through on a day than can."""
        return self.capacity_g is not None and self.busiest_g > self.capacity_g


def capacity_of(session: Session, org_id: int) -> dict[int, int]:
    """Grams a day of each place of an organisation that has said so, by inside id."""
    return _told(session, Seen({org_id: Names({})}, 0))


def of_provinces(session: Session, seen: Seen) -> dict[str, int]:
    """Grams a day of all places of a province together; without the provinces where none has said so."""
    told = _told(session, seen)
    found: dict[str, int] = defaultdict(int)
    for key, province in session.execute(select(Facility.id, Facility.province).where(seen.own(Facility.org_id))):
        if key in told:
            found[province] += told[key]
    return dict(found)


def worked(session: Session, seen: Seen, since: date, until: date) -> list[Worked]:
    """Week by week, the newest first. A day counts what was packed or what was processed, whichever is more."""
    told, by_day = _told(session, seen), done_by_day(session, seen, since, until)
    weeks: dict[tuple[int, date], dict[date, int]] = defaultdict(dict)
    for (facility, day), mass in by_day.items():
        weeks[facility, day - timedelta(days=day.weekday())][day] = mass
    places = {row.id: row for row in session.scalars(select(Facility).where(seen.own(Facility.org_id)))}
    found = []
    for (facility, week), days in weeks.items():
        busiest, place = max(days, key=lambda day: (days[day], day)), places[facility]
        found.append(
            Worked(
                org_id=place.org_id,
                place=place.name,
                prefix=place.prefix,
                province=place.province,
                week=week,
                days=len(days),
                mass_g=sum(days.values()),
                busiest=busiest,
                busiest_g=days[busiest],
                capacity_g=told.get(facility),
            )
        )
    return sorted(found, key=lambda row: (-row.week.toordinal(), row.org_id, row.place))


def days_above(session: Session, seen: Seen, since: date, until: date) -> set[tuple[int, date]]:
    """Inside ids of places with the days on which more went through them than can."""
    told = _told(session, seen)
    by_day = done_by_day(session, seen, since, until)
    return {(place, day) for (place, day), mass in by_day.items() if place in told and mass > told[place]}


def done_by_day(session: Session, seen: Seen, since: date, until: date) -> Mapping[tuple[int, date], int]:
    """Grams that each place packed or processed on each day."""
    number = (seconds(Lot.made_at) + seen.zone_minutes * 60) // 86_400
    rows = session.execute(
        select(Lot.facility_id, number.label("day"), Event.kind, func.sum(Lot.made_g))
        .join(Event, Event.id == Lot.made_by_id)
        .where(
            seen.own(Lot.org_id),
            Lot.void.is_(False),
            Event.kind.in_(_DONE),
            Lot.made_at >= day_bounds(since, seen.zone_minutes)[0],
            Lot.made_at < day_bounds(until, seen.zone_minutes)[1],
        )
        .group_by(Lot.facility_id, "day", Event.kind)
    )
    found: dict[tuple[int, date], int] = {}
    for place, day, _, mass in rows:
        if place is not None:
            key = place, day_numbered(int(day))
            found[key] = max(found.get(key, 0), int(mass))
    return found


def _told(session: Session, seen: Seen) -> dict[int, int]:
    """What was said last of each place."""
    rows = session.execute(
        select(Event.facility_id, Event.kdes)
        .where(seen.own(Event.org_id), Event.kind == str(Kind.SET_CAPACITY))
        .order_by(Event.org_id, Event.seq)
    )
    last = {place: kdes["capacity_g"] for place, kdes in rows if place is not None}
    return {place: int(grams) for place, grams in last.items() if grams is not None}
