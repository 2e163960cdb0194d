"""The words of the paper for what the dossier keeps as keys: kinds of steps, units, schemes, properties, countries.

A key that is not listed is shown as it is written, with spaces: a new commodity's property needs no change here.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from traceability.domain import units
from traceability.domain.custody import CUSTODY_NAMES, CUSTODY_OF_GOODS, Custody
from traceability.domain.dossier import Dossier, Share, Step
from traceability.domain.events import KINDS, Kind
from traceability.domain.measured import property_words as property_words
from traceability.words import N_, NO_BREAK, day, decimal, figure, mass, named, ntranslate, say, translate
from traceability.words import country as country

# The words that laboratories write where others write a number, and the units that are words.
_RESULTS: Final = frozenset({N_("not detected"), N_("points"), N_("in 300 g")})


def local_language(country: str) -> str:
    """The language of the papers of a country: Lao in Laos, Vietnamese in Viet Nam, otherwise none."""
    return {"LA": "lo", "VN": "vi"}.get(country, "")


def readable(key: str) -> str:
    """A key as words: `free_fatty_acid` is `Free fatty acid`."""
    return key.replace("_", " ").strip().capitalize()


def step_words(kind: str) -> str:
    """The msgid of a kind of event."""
    return KINDS[Kind(kind)].words if kind in {known.value for known in Kind} else readable(kind)


def custody_words(model: str) -> str:
    """The msgid of a chain-of-custody model."""
    return CUSTODY_NAMES[Custody(model)] if model in {known.value for known in Custody} else readable(model)


def custody_means(model: str) -> str:
    """The msgid of what a model says of the goods; of one that nobody knows nothing."""
    return CUSTODY_OF_GOODS[Custody(model)] if model in {known.value for known in Custody} else ""


def measured(language: str, value: str, unit: str = "") -> str:
    """A result as its reader writes it: a decimal with the mark of the language, the usual words translated. A result
    in words has no unit."""
    unit = unit if any(sign.isdecimal() for sign in value) else ""
    said = (translate(language, part) if part in _RESULTS else part for part in (figure(language, value), unit) if part)
    return NO_BREAK.join(said)


def variety(language: str, dossier: Dossier) -> str:
    """The variety in the reader's language; one that has no names is called as it was typed."""
    return named(language, dossier.variety_names.by_language) or dossier.variety


def unit_count(language: str, dossier: Dossier) -> str:
    """How the batch is packed: `26 bags × 60 kg`, `482 boxes`, or nothing when it is loose."""
    if not dossier.unit or not dossier.unit_count:
        return ""
    one, many = units.COUNTS.get(dossier.unit, units.ANY_COUNT)
    counted = ntranslate(language, one, many, dossier.unit_count)
    if dossier.unit_mass_g is None:
        return counted
    return f"{counted} × {mass(language, dossier.unit_mass_g)}"


def unit_of(language: str, unit: str, n: int, total: int) -> str:
    """One unit of a batch: `Bag 12 of 26`."""
    return say(language, units.one_of(unit, n, total))


def units_to(language: str, unit: str, first: int, last: int) -> str:
    """Some units in a row: `Bags 1 to 20`."""
    return say(language, units.several(unit, first, last))


def in_hand(language: str, unit: str) -> str:
    """What stands above the marks of the goods, with the word for what the reader holds."""
    return translate(language, units.in_hand(unit))


def hectares(language: str, area_m2: int) -> str:
    """An area in hectares with one decimal, rounded half up: 583 000 m² is `58.3 ha`."""
    return decimal(language, (area_m2 + 500) // 1000, 1, least=1) + NO_BREAK + translate(language, N_("ha"))


def counted(language: str, dossier: Dossier) -> str:
    """Farms, plots and area in one line."""
    parts = [ntranslate(language, N_("{n} farm"), N_("{n} farms"), dossier.farms)]
    if dossier.plots:
        parts.append(ntranslate(language, N_("{n} plot"), N_("{n} plots"), dossier.plots))
    if dossier.area_m2:
        parts.append(hectares(language, dossier.area_m2))
    return " · ".join(parts)


def land(language: str, dossier: Dossier) -> str:
    """The same with how much of the area was only said: `3 farms · 4 plots · 27.1 ha (10.0 ha declared)`."""
    said, declared = counted(language, dossier), translate(language, N_("declared"))
    if not dossier.area_m2 or not dossier.declared_m2:
        return said
    if dossier.declared_m2 < dossier.area_m2:
        return f"{said} ({hectares(language, dossier.declared_m2)}{NO_BREAK}{declared})"
    return f"{said} {declared}"


def land_of(language: str, share: Share) -> str:
    """The area of one farm, and whether it was only said; nothing where no plot is known."""
    if not share.area_m2:
        return ""
    area = hectares(language, share.area_m2)
    return f"{area} {translate(language, N_('declared'))}" if share.area_declared else area


def doers(language: str, step: Step) -> str:
    """Who took a step: the organisation that handled most, and how many others did the same."""
    name = step.who.text(language)
    if not step.others:
        return name
    return ntranslate(language, N_("{name} and one other"), N_("{name} and {n} others"), step.others, name=name)


def period(language: str, first: date, last: date) -> str:
    """Days from one to another, what both share said once: `1 – 22 December 2025`; one day when they are the same."""
    if first == last:
        return day(language, first)
    start, end = day(language, first).split(NO_BREAK), day(language, last).split(NO_BREAK)
    while len(start) > 1 and start[-1] == end[-1]:
        start.pop()
        end.pop()
    return f"{NO_BREAK.join(start).rstrip(',')} – {day(language, last)}"
