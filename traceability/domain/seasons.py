"""Seasons as an organisation counts them: a product, a name, a first and a last day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from traceability.domain.facts import Fact
from traceability.domain.moments import start_of
from traceability.errors import Invalid

LONGEST: Final = timedelta(days=731)
_YEARS: Final = range(1970, 9998)  # whole years away from the ends of the calendar


class OddSeason(Invalid):
    """A season ends after it begins and lasts two years at most. Check both days."""


@dataclass(frozen=True, kw_only=True)
class SetSeason(Fact):
    """A season of a product. Said again under the same name it gets other days; withdrawn it counts no longer."""

    commodity: str
    name: str
    from_on: date
    to_on: date
    withdrawn: bool = False


class SeasonOf(NamedTuple):
    """A season by name, or a crop year. Products do not share one, also where they call theirs the same."""

    commodity: str
    name: str


class Period(NamedTuple):
    """What “this season” is: the days of a season that was set, else one crop year without the days of those set."""

    name: str
    since: datetime | None = None
    until: datetime | None = None  # the first instant that is not in it
    but: tuple[tuple[datetime, datetime], ...] = ()  # of a crop year: from and until when a set season counts instead


def period_between(name: str, from_on: date, to_on: date, zone_minutes: int) -> Period:
    """The instants of a season where it is."""
    return Period(name, start_of(from_on, zone_minutes), start_of(to_on + timedelta(days=1), zone_minutes))


def check_days(from_on: date, to_on: date) -> None:
    """Raises OddSeason for days that are no season."""
    if from_on.year not in _YEARS or to_on.year not in _YEARS or not timedelta() <= to_on - from_on <= LONGEST:
        raise OddSeason(at="to_on")
