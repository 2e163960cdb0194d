"""The journey of a batch in words: dated lines, where and by whom, what went in, came out and was left behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, NamedTuple

from traceability.documents import terms
from traceability.documents.provinces import named_in
from traceability.domain.dossier import Dossier, Place, Step
from traceability.domain.moments import day_of
from traceability.domain.raised import Checked
from traceability.words import N_, NO_BREAK, arrow, comma, day, isolated, mass, moment, named, ntranslate, translate

SHORT: Final = 8  # a journey of as many steps is told whole (UX 5.2 hopes for seven)
LOTS_SHOWN: Final = 2  # of a stage that made many; the page of all sums names the others
MAIN_STEPS: Final = frozenset({"weigh_in", "report_delivery", "process", "receive", "pack", "ship", "dispose"})
_ICONS: Final[Mapping[str, str]] = {
    "weigh_in": "scale",
    "report_delivery": "paper",
    "report_lot": "paper",
    "form_lot": "sack",
    "process": "factory",
    "split": "sack",
    "merge": "sack",
    "rebag": "sack",
    "pour_in": "box",
    "draw_off": "sack",
    "dispatch": "truck",
    "receive": "box",
    "inspect": "beaker",
    "pack": "box",
    "seal": "paper",
    "release": "check",
    "ship": "truck",
    "dispose": "stop",
}

_CHECKED: Final[Mapping[Checked, str]] = {
    Checked.BY_ANOTHER: N_("Asked for by one person and approved by another: {days}."),
    Checked.ON_ONE_DEVICE: N_("Asked for and approved on one device: {days}."),
    Checked.BY_NOBODY_ELSE: N_("By one person alone: {days}."),
}


class Line(NamedTuple):
    """One step of the journey, ready to be set."""

    when: str
    verb: str
    icon: str
    form: str
    who: str
    place: str
    masses: str
    losses: str
    more: str
    basis: str  # of `honest_marks.MARKS`


def told(dossier: Dossier, language: str, *, main: bool) -> list[Line]:
    """The main steps or the others, oldest first; all are main in a short journey. A place is said where it changes."""
    short = len(dossier.journey) <= SHORT
    lines, before = [], ("", "")
    for step in dossier.journey:
        if (short or step.kind in MAIN_STEPS) is not main:
            continue
        line = _line(dossier, language, step)
        here = (line.who, line.place)
        lines.append(line._replace(place="") if here == before else line)
        before = here
    return lines


def stages(dossier: Dossier, language: str) -> list[tuple[str, str, list[list[str]]]]:
    """Every step for an inspector: what it was, when to the minute, and the codes of its goods, places and entry."""
    found = []
    for step in dossier.journey:
        times = (moment(language, at, step.zone_minutes) for at in (step.first_at, step.last_at))
        more = step.lots - LOTS_SHOWN
        goods = [*step.lot_numbers[:LOTS_SHOWN], *([f"+{more}"] if more > 0 else [])]
        codes = [some for some in (goods, [*step.site_codes], [step.event_code]) if some]
        found.append((translate(language, terms.step_words(step.kind)), " – ".join(dict.fromkeys(times)), codes))
    return found


def limits(dossier: Dossier, language: str) -> list[str]:
    """How many farms had a yearly limit raised; then when, by who looked at it. Nothing where none had."""
    if not dossier.raised:
        return []
    lines = [
        ntranslate(
            language,
            N_("One of {farms} farms had its yearly limit raised in the season of this batch."),
            N_("{n} of {farms} farms had their yearly limit raised in the season of this batch."),
            dossier.raised_farms,
            farms=dossier.farms,
        )
    ]
    if dossier.farms == 1:
        lines = [translate(language, N_("The farm had its yearly limit raised in the season of this batch."))]
    for checked, words in _CHECKED.items():
        days = [day_of(one.at, one.zone_minutes) for one in dossier.raised if one.checked is checked]
        between = " – ".join(dict.fromkeys(day(language, on) for on in (days[0], days[-1]))) if days else ""
        lines += [translate(language, words, days=between)] if days else []
    return lines


def place_words(language: str, place: Place, *, abroad: bool = True) -> str:
    """A place from small to large, `abroad` with its country; in Chinese and Japanese from large to small."""
    country = terms.country(language, place.country) if place.country and abroad else ""
    parts = replace(place, province=named_in(language, place.country, place.province)).parts()
    if language in ("zh", "ja"):
        return " ".join(part for part in (country, *reversed(parts)) if part)
    known = isolated(language, ", ".join(parts))
    return comma(language).join(part for part in (known, country) if part)


def loss_words(dossier: Dossier, language: str, key: str) -> str:
    """The name of a loss."""
    names = dossier.loss_names.get(key)
    return named(language, names.by_language) if names is not None else terms.readable(key)


def _line(dossier: Dossier, language: str, step: Step) -> Line:
    days = [day(language, day_of(at, step.zone_minutes)) for at in (step.first_at, step.last_at)]
    amounts = dict.fromkeys(mass(language, grams) for grams in (step.in_g, step.out_g) if grams)
    entries = ntranslate(language, N_("one entry"), N_("{n} entries"), step.events) if step.events > 1 else ""
    losses = [
        loss_words(dossier, language, key) + NO_BREAK + mass(language, grams) for key, grams in step.losses_g.items()
    ]
    corrected = translate(language, N_("Weight corrected")) + NO_BREAK + "+" + mass(language, step.corrected_g)
    return Line(
        when=" – ".join(dict.fromkeys(days)),
        verb=translate(language, terms.step_words(step.kind)),
        icon=_ICONS.get(step.kind, "clock"),
        form=named(language, step.form.by_language),
        who=terms.doers(language, step),
        place=place_words(language, step.place, abroad=False),
        masses=f" {arrow(language)} ".join(amounts),
        losses=" · ".join(losses),
        more=" · ".join(part for part in (step.detail, entries, corrected if step.corrected_g else "") if part),
        basis=step.basis if amounts else "",
    )
