"""What stands in the tables of the certificate: the words of every row, laid so that the page can count its lines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Final

from traceability.documents import ink, terms
from traceability.documents.lines import width
from traceability.documents.sheet import ROOM, Sheet
from traceability.documents.tables import HALF, Column, Row, Table, lay_cells, lay_entry, lay_table, table, widths
from traceability.domain.dossier import Dossier, Measurement, RegistrationMark, Share, Standing, Step
from traceability.domain.moments import day_of
from traceability.domain.schemes import scheme_words
from traceability.words import N_, mass, ntranslate, percent, say

_JOURNEY: Final = (
    Column(size=7, color=ink.QUIET, most=0.25),
    Column(bold=True, size=7.6, most=0.2),
    Column(size=7, least=6),
    Column(align=1, size=7.6, most=0.15),
    Column(align=0.5, size=7.6, color=ink.QUIET, most=0.03),
    Column(align=1, bold=True, size=7.6, most=0.15),
)
_MARKS: Final = (Column(size=7.8, most=0.5), Column(bold=True, size=8.4))
_SHARES: Final = (
    Column(size=7.4, least=6),
    Column(align=1, bold=True, most=0.4),
    Column(align=1, size=7.6, color=ink.QUIET, most=0.2),
)


def journey(sheet: Sheet, dossier: Dossier) -> Table:
    """Dated lines, oldest first: what was done, by whom and where it changes, kilograms in and out."""
    cells, before = [], ("", "")
    for step in dossier.journey:
        here = (step.who.text(sheet.language), "".join(step.place.parts()[:1]))
        cells.append(_step_cells(sheet, step, "" if here == before else here[1]))
        before = here
    return table(N_("Journey"), ROOM, lay_table(_JOURNEY, cells, ROOM), N_("The whole journey is in the annex."))


def _step_cells(sheet: Sheet, step: Step, where: str) -> tuple[str, ...]:
    first, last = (day_of(at, step.zone_minutes) for at in (step.first_at, step.last_at))
    form = step.form.text(sheet.language)
    told = (form, terms.doers(sheet.language, step), where, step.detail if step.detail != form else "")
    return (
        terms.period(sheet.language, first, last),
        sheet.say(terms.step_words(step.kind)),
        " · ".join(part for part in told if part),
        mass(sheet.language, step.in_g) if step.in_g else "",
        "→" if step.in_g and step.out_g else "",
        mass(sheet.language, step.out_g) if step.out_g else "",
    )


def quality(sheet: Sheet, dossier: Dossier) -> Table:
    """The newest result of every property, with the span of the earlier ones; a failed result has its own row."""
    rows = []
    for found, *earlier in _by_property(dossier.measurements):
        value = terms.measured(sheet.language, found.value, found.unit)
        verdict = {True: "✓", False: sheet.say(N_("Failed")), None: ""}[found.passed]
        told = [found.laboratory, terms.period(sheet.language, found.taken_on, found.taken_on), found.method]
        if earlier:
            told.append(
                ntranslate(
                    sheet.language,
                    "one earlier result: {values}",
                    "{n} earlier results: {values}",
                    len(earlier),
                    values=_span(sheet.language, earlier),
                )
            )
        name = sheet.say(terms.property_words(found.property))
        rows.append(lay_entry(name, " · ".join(filter(None, told)), f"{value} {verdict}".strip(), HALF))
    return table(N_("Quality"), HALF, rows, N_("All results are in the annex."))


def _by_property(measurements: Sequence[Measurement]) -> list[list[Measurement]]:
    """The results of each property in each unit, newest first; those that failed stand alone."""
    groups: dict[tuple[str, ...], list[Measurement]] = {}
    for at, found in sorted(enumerate(measurements), key=lambda pair: pair[1].taken_on, reverse=True):
        alone = (str(at),) if found.passed is False else ()
        groups.setdefault((found.property, found.unit, *alone), []).append(found)
    return list(groups.values())


def _span(language: str, found: Sequence[Measurement]) -> str:
    """The least and the largest value, or the words when they are not numbers."""
    values = list(dict.fromkeys(one.value for one in found))
    try:
        values.sort(key=Decimal)
    except InvalidOperation:
        return ", ".join(terms.measured(language, value) for value in values)
    return " – ".join(terms.measured(language, value) for value in dict.fromkeys((values[0], values[-1])))


def certificates(sheet: Sheet, dossier: Dossier) -> Table:
    """What may be said of the goods, then the certificates that stand behind it.

    The paper prints until when a certificate is valid, not whether it is today: the page says that.
    """
    rows: list[Row] = []
    for claim in dossier.claims:
        model = sheet.say(terms.custody_words(claim.custody))
        sign = "✓" if claim.holds else "(✓)" if claim.in_part else "×"
        said = f"{sign} {sheet.say(scheme_words(claim.scheme))} · {model}"
        rows.append(lay_entry(said, say(sheet.language, claim.sentence), "", HALF))
    for paper in dossier.certificates:
        named = " · ".join(filter(None, (sheet.say(scheme_words(paper.scheme)), paper.number)))
        until = _validity(sheet, paper.valid_from, paper.valid_to, paper.standing)
        rows.append(lay_entry(named, " · ".join(filter(None, (paper.issuer, until))), "", HALF))
    return table(N_("Certificates and claims"), HALF, rows, N_("All certificates are in the annex."))


def _validity(sheet: Sheet, start: date | None, end: date | None, standing: Standing) -> str:
    if standing is Standing.SUSPENDED:
        return sheet.say(N_("Suspended"))
    if start and end:
        return terms.period(sheet.language, start, end)
    if end:
        return sheet.say(N_("Valid until {date}"), date=end)
    return sheet.say(N_("Valid from {date}"), date=start) if start else ""


def marks(sheet: Sheet, dossier: Dossier) -> Table:
    """Official codes, as many of a kind on a line as fit, then what is printed on the goods."""
    codes: dict[str, list[str]] = {}
    for mark in dossier.registrations:
        codes.setdefault(sheet.say(scheme_words(mark.scheme)), []).append(_registered(sheet, mark))
    goods = dossier.marks
    printed = (
        (N_("Brand"), goods.brand),
        (N_("Model"), goods.model),
        (N_("Serial number"), goods.serial),
        (N_("ICO mark"), goods.ico),
        (N_("Container number"), goods.container),
        (N_("Seal number"), goods.seal),
        (N_("Vehicle"), goods.vehicle),
        (N_("GTIN"), goods.gtin),
        (N_("Owner's number"), goods.own_number),
    )
    named = [(sheet.say(label), value) for label, value in printed if value]
    rooms = widths(_MARKS, [*((label, "") for label in codes), *named], HALF)
    cells = [line for label, of in codes.items() for line in _on_lines(label, of, rooms[1])]
    rows = [lay_cells(_MARKS, rooms, line) for line in (*cells, *named)]
    return table(N_("Registrations and marks"), HALF, rows, N_("All registrations and marks are in the annex."))


def _registered(sheet: Sheet, mark: RegistrationMark) -> str:
    if mark.standing in (Standing.VALID, Standing.EXPIRING):
        return mark.code
    return f"{mark.code} ({sheet.say(N_('not valid when packed'))})"


def _on_lines(label: str, codes: Sequence[str], room: float) -> list[tuple[str, str]]:
    """Codes side by side while they fit; the label stands on the first line only."""
    lines = [codes[0]]
    for code in codes[1:]:
        joined = f"{lines[-1]} · {code}"
        if width(joined, 7, True) <= room - 6:
            lines[-1] = joined
        else:
            lines.append(code)
    return [("" if at else label, line) for at, line in enumerate(lines)]


def sources(sheet: Sheet, dossier: Dossier) -> Table:
    """The origins, largest first, with kilograms and percent; those that do not fit are one row of their sum."""
    shares = dossier.shares
    cells = [share_cells(sheet, share) for share in shares]
    widest = dossier.mass_g // 1000 * 1000 + 888  # no sum of shares is written wider
    rooms = widths(_SHARES, [*cells, ("", mass(sheet.language, widest), percent(sheet.language, 1000))], HALF)

    @cache
    def sum_from(first: int) -> Row:
        others = shares[first:]
        said = ntranslate(sheet.language, N_("{n} other farm"), N_("{n} other farms"), len(others))
        if not first:
            said = ntranslate(sheet.language, N_("{n} farm"), N_("{n} farms"), len(others))
        grams, tenths = sum(share.mass_g for share in others), sum(share.tenths for share in others)
        return lay_cells(_SHARES, rooms, (said, mass(sheet.language, grams), percent(sheet.language, tenths)))

    rows = [lay_cells(_SHARES, rooms, row) for row in cells]
    return table(N_("Where it comes from"), HALF, rows, N_("All farms are in the annex."), sum_from)


def share_cells(sheet: Sheet, share: Share) -> tuple[str, ...]:
    """One origin: its label or consented name, its area and village, kilograms and percent."""
    told = [share.name or sheet.say(N_("Farm {label}"), label=share.label)]
    if area := terms.land_of(sheet.language, share):
        told.append(area)
    told += share.place.parts()[:1]
    if not share.plot_known:
        told.append(sheet.say(N_("plot not recorded")))
    return " · ".join(told), mass(sheet.language, share.mass_g), percent(sheet.language, share.tenths)
