"""Harvest years and days as registers write them: `2021 / 2022`, `08/09 crop`, `4T/2010`, `September 21st, 2022`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from traceability.domain.text import ascii_forms, search_key
from traceability.errors import Sentence
from traceability.imports.measures import blank
from traceability.imports.report import Reading
from traceability.words import N_

EARLIEST_YEAR: Final = 1990
LATEST_YEAR: Final = 2100
BUDDHIST_ERA: Final = 543
_LONGEST_SEASON: Final = 2

_FULL_YEAR: Final = re.compile(r"(?<![0-9])(?:19|20|25)[0-9]{2}(?![0-9])")
_SHORT_SECOND: Final = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})\s*[/–-]\s*([0-9]{2})(?![0-9])")
_SHORT_PAIR: Final = re.compile(r"(?<![0-9/])([0-9]{2})\s*[/–-]\s*([0-9]{2})(?![0-9/])")
_QUARTER: Final = re.compile(r"\b[1-4][tT]\s*/\s*([0-9]{2})\b")

_MONTHS: Final[Mapping[str, int]] = {
    name: number
    for names in (
        "january february march april may june july august september october november december",
        "jan feb mar apr may jun jul aug sep oct nov dec",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
    )
    for number, name in enumerate(names.split(), start=1)
}
_ISO: Final = re.compile(r"([0-9]{4})\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})日?(?:[T ][0-9:.]*)?")
_NUMBERS: Final = re.compile(r"([0-9]{1,2})\s*[-/.]\s*([0-9]{1,2})\s*[-/.]\s*([0-9]{4})")
_MONTH_FIRST: Final = re.compile(r"([^\W\d]+)\.?\s+([0-9]{1,2})(?:st|nd|rd|th)?,?\s+([0-9]{4})")
_DAY_FIRST: Final = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th)?\.?\s+(?:de\s+)?([^\W\d]+)\.?,?\s+(?:de\s+)?([0-9]{4})")
_VIETNAMESE: Final = re.compile(
    r"(?:ngày\s+)?([0-9]{1,2})\s+tháng\s+([0-9]{1,2}),?\s+(?:năm\s+)?([0-9]{4})", re.IGNORECASE
)


@dataclass(frozen=True)
class Harvest:
    """The years of a harvest: 2021 to 2022 for a season over new year, twice the same for one year."""

    first_year: int
    last_year: int


def read_harvest(text: str) -> Reading[Harvest]:
    """The harvest years; a cell that names months only, or nothing, gives none and says so."""
    if blank(text):
        return Reading(None)
    typed = ascii_forms(text)
    if pair := _SHORT_SECOND.search(typed):
        first = int(pair[1])
        years = [first, first // 100 * 100 + int(pair[2])]
    elif full := _FULL_YEAR.findall(typed):
        years = [int(year) for year in full]
    elif pair := _SHORT_PAIR.search(typed):
        years = [2000 + int(pair[1]), 2000 + int(pair[2])]
    elif quarter := _QUARTER.search(typed):
        years = [2000 + int(quarter[1])]
    else:
        return Reading(None, Sentence(N_("No harvest year could be read; it was left out. Write it like 2025/2026.")))
    if min(years) >= 2500:
        western = Harvest(min(years) - BUDDHIST_ERA, max(years) - BUDDHIST_ERA)
        reason = N_("Read as the year {year}: the year was written in the Buddhist era.")
        return Reading(western, Sentence(reason, {"year": str(western.first_year)}))
    first, last = min(years), max(years)
    if first < EARLIEST_YEAR or last > LATEST_YEAR or last - first > _LONGEST_SEASON or years != sorted(years):
        return Reading(None, Sentence(N_("These cannot be the years of one harvest; they were left out.")))
    return Reading(Harvest(first, last))


def read_day(text: str) -> Reading[date]:
    """A day in ISO form, with the month in words (English, Spanish, French), day first, Vietnamese or Chinese."""
    typed = ascii_forms(text).strip()
    if blank(typed):
        return Reading(None)
    if match := _ISO.fullmatch(typed):
        return _day(int(match[1]), int(match[2]), int(match[3]))
    if match := _VIETNAMESE.fullmatch(typed):
        return _day(int(match[3]), int(match[2]), int(match[1]))
    if match := _MONTH_FIRST.fullmatch(typed):
        return _day(int(match[3]), _MONTHS.get(search_key(match[1]), 0), int(match[2]))
    if match := _DAY_FIRST.fullmatch(typed):
        return _day(int(match[3]), _MONTHS.get(search_key(match[2]), 0), int(match[1]))
    if match := _NUMBERS.fullmatch(typed):
        one, two, year = int(match[1]), int(match[2]), int(match[3])
        if two > 12:
            return _day(year, one, two)
        found = _day(year, two, one)
        if found.value is None or one > 12 or one == two:
            return found
        return Reading(found.value, Sentence(N_("Read as {day}, the day before the month."), {"day": found.value}))
    return _no_day()


def _day(year: int, month: int, day: int) -> Reading[date]:
    western = year - BUDDHIST_ERA if year >= 2500 else year
    try:
        found = date(western, month, day)
    except ValueError:
        return _no_day()
    if not EARLIEST_YEAR <= found.year <= LATEST_YEAR:
        return _no_day()
    return Reading(found)


def _no_day() -> Reading[date]:
    return Reading(None, Sentence(N_("This is no day that we can read; it was left out. Write it like 2026-11-20.")))
