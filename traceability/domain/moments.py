"""Instants and the days they belong to: time is UTC, the zone where it happened is kept beside it."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone


def day_of(moment: datetime, zone_minutes: int) -> date:
    """The calendar day where it happened: 23:30 in Laos is still that day, whatever UTC says."""
    return moment.astimezone(timezone(timedelta(minutes=zone_minutes))).date()
