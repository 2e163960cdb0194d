"""Instants and the days they belong to: time is UTC, the zone where it happened is kept beside it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone


def day_of(moment: datetime, zone_minutes: int) -> date:
    """The calendar day where it happened: 23:30 in Laos is still that day, whatever UTC says."""
    return moment.astimezone(timezone(timedelta(minutes=zone_minutes))).date()


def start_of(day: date, zone_minutes: int) -> datetime:
    """The first instant of a day where it is."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(minutes=zone_minutes)


def day_bounds(on: date, zone_minutes: int) -> tuple[datetime, datetime]:
    """The first instant of a local day, and the first of the next."""
    start = start_of(on, zone_minutes)
    return start, start + timedelta(days=1)


def day_number(moment: datetime, zone_minutes: int) -> int:
    """The same day as a whole number, counted from 1970-01-01."""
    return number_of_day(day_of(moment, zone_minutes))


def number_of_day(day: date) -> int:
    """A day as a whole number, counted from 1970-01-01."""
    return (day - _FIRST).days


def day_numbered(number: int) -> date:
    """The day with that number."""
    return _FIRST + timedelta(days=number)


_FIRST = date(1970, 1, 1)
