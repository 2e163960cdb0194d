"""The tables of the certificate as rows of text: what fits on the front page, and all of it for the annex."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from typing import Final

from traceability.documents import ink, terms
from traceability.documents.sheet import ROOM, Column, Sheet
from traceability.domain.dossier import Dossier, Measurement, RegistrationMark, Share, Standing, Step
from traceability.domain.schemes import scheme_words
from traceability.words import N_, day, mass, ntranslate, percent, say

Row = tuple[str, ...]
HALF: Final = (ROOM - 18) / 2
PITCH: Final = 12.5  # from one line of a table to the next


@dataclass(frozen=True)
class Section:
    """A table: its columns, all its rows, and those that the front page shows (`most` lines there)."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    shown: tuple[Row, ...]
    most: int  # lines on the front page
    rest: str = ""  # the sentence that points to the annex, when not all rows are shown
    second: tuple[Column, ...] = ()  # how every second row is set, when rows come in pairs

    def columns_of(self, at: int) -> tuple[Column, ...]:
        """The columns by which the row at this place is set."""
        return self.second if self.second and at % 2 else self.columns

    @property
    def unused(self) -> int:
        """Lines of the front page that hold nothing and are struck through."""
        return 0 if self.rest else self.most - len(self.shown)

    @property
    def overflows(self) -> bool:
        """Whether the annex must list the table in full."""
        return bool(self.rest)


def _section(
    title: str, columns: Sequence[Column], rows: Sequence[Row], most: int, rest: str, each: int = 1
) -> Section:
    """Cut a table to `most` front-page lines, the last of which points on; `each` lines belong together."""
    fits = len(rows) <= most
    shown = rows if fits else rows[: (most - 1) // each * each]
    return Section(title, tuple(columns), tuple(rows), tuple(shown), most, "" if fits else rest)


def journey(sheet: Sheet, dossier: Dossier, *, most: int) -> Section:
    """Dated lines, oldest first: what was done, by whom and where, kilograms in and out."""
    columns = (
        Column(112, size=7.2, color=ink.QUIET),
        Column(64, bold=True),
        Column(ROOM - 176 - 136, size=7.2),
        Column(62, 1),
        Column(12, 0.5, size=7.6, color=ink.QUIET),
        Column(62, 1, True),
    )
    rows = [_step_row(sheet, dossier, step) for step in dossier.journey]
    return _section(N_("Journey"), columns, rows, most, N_("The whole journey is in the annex."))


def _step_row(sheet: Sheet, dossier: Dossier, step: Step) -> Row:
    days = (local_day(at, step.zone_minutes) for at in (step.first_at, step.last_at))
    when = " – ".join(dict.fromkeys(day(sheet.language, on) for on in days))
    where = "".join(step.place.parts()[:1])
    detail = step.form.text(sheet.language) or step.detail
    told = " · ".join(part for part in (detail, step.who.text(sheet.language), where) if part)
    amounts = ("", "", "")
    if step.in_g or step.out_g:
        amounts = (
            mass(sheet.language, step.in_g) if step.in_g else "",
            "→" if step.in_g and step.out_g else "",
            mass(sheet.language, step.out_g) if step.out_g else "",
        )
    return (when, sheet.say(terms.step_words(step.kind)), told, *amounts)


def local_day(at: datetime, zone_minutes: int) -> date:
    """The day of an instant where it happened."""
    return at.astimezone(timezone(timedelta(minutes=zone_minutes))).date()


def quality(sheet: Sheet, dossier: Dossier, *, most: int) -> Section:
    """Two lines each: what was measured and the value, then who measured it, when and how."""
    columns = (Column(HALF - 96, bold=True), Column(96, 1, bold=True, size=8.4))
    second = (Column(HALF - 20, size=7.2, color=ink.QUIET), Column(20))
    rows = [row for found in dossier.measurements for row in _measured(sheet, found)]
    made = _section(N_("Quality"), columns, rows, most, N_("All results are in the annex."), 2)
    return replace(made, second=second)


def _measured(sheet: Sheet, found: Measurement) -> tuple[Row, Row]:
    value = f"{found.value}\u00a0{found.unit}".strip() if found.unit else found.value
    verdict = {True: "✓", False: sheet.say(N_("Failed")), None: ""}[found.passed]
    source = (found.laboratory, day(sheet.language, found.taken_on), found.method)
    first = (sheet.say(terms.property_words(found.property)), f"{value} {verdict}".strip())
    return first, (" · ".join(part for part in source if part), "")


def certificates(sheet: Sheet, dossier: Dossier, *, most: int) -> Section:
    """Two lines each: what may be said of the goods, then the certificates that stand behind it.

    The paper prints until when a certificate is valid, not whether it is today: the page says that.
    """
    columns = (Column(HALF, bold=True),)
    second = (Column(HALF, size=7.2, color=ink.QUIET),)
    rows: list[Row] = []
    for claim in dossier.claims:
        model = sheet.say(terms.custody_words(claim.custody))
        said = f"{'✓' if claim.holds else '×'} {sheet.say(scheme_words(claim.scheme))} · {model}"
        rows += [(said,), (say(sheet.language, claim.sentence),)]
    for paper in dossier.certificates:
        until = _validity(sheet, paper.valid_from, paper.valid_to, paper.standing)
        rows.append((" · ".join(filter(None, (sheet.say(scheme_words(paper.scheme)), paper.number))),))
        rows.append((" · ".join(filter(None, (paper.issuer, until))),))
    made = _section(N_("Certificates and claims"), columns, rows, most, N_("All certificates are in the annex."), 2)
    return replace(made, second=second)


def _validity(sheet: Sheet, start: date | None, end: date | None, standing: Standing) -> str:
    if standing is Standing.SUSPENDED:
        return sheet.say(N_("Suspended"))
    if start and end:
        return f"{day(sheet.language, start)} – {day(sheet.language, end)}"
    if end:
        return sheet.say(N_("Valid until {date}"), date=end)
    return sheet.say(N_("Valid from {date}"), date=start) if start else ""


def marks(sheet: Sheet, dossier: Dossier, *, most: int) -> Section:
    """Official codes, then what is printed on the goods; the marks that are not used come last and are struck."""
    columns = (Column(104, size=7.8), Column(HALF - 104, bold=True, size=8.4))
    rows = [_registered(sheet, mark) for mark in dossier.registrations]
    goods = dossier.marks
    named = (
        (N_("ICO mark"), goods.ico),
        (N_("Container number"), goods.container),
        (N_("Seal number"), goods.seal),
        (N_("Vehicle"), goods.vehicle),
        (N_("GTIN"), goods.gtin),
    )
    rows += [(sheet.say(label), value) for label, value in named if value]
    rest = N_("All registrations and marks are in the annex.")
    return _section(N_("Registrations and marks"), columns, rows, most, rest)


def _registered(sheet: Sheet, mark: RegistrationMark) -> Row:
    code = mark.code
    if mark.standing not in (Standing.VALID, Standing.EXPIRING):
        code += " · " + sheet.say(N_("not valid when packed"))
    return sheet.say(scheme_words(mark.scheme)), code


def sources(sheet: Sheet, dossier: Dossier, *, most: int) -> Section:
    """The largest origins with kilograms and percent; the others in one line, so that the table adds up."""
    columns = (
        Column(HALF - 108, size=7.4, least=5),
        Column(68, 1, True),
        Column(40, 1, size=7.6, color=ink.QUIET),
    )
    rows = tuple(share_row(sheet, share) for share in dossier.shares)
    if len(rows) <= most:
        return _section(N_("Where it comes from"), columns, rows, most, "")
    shown, others = rows[: most - 2], dossier.shares[most - 2 :]  # two lines: the others, and where they are
    rest_g, rest_tenths = sum(share.mass_g for share in others), sum(share.tenths for share in others)
    rest = ntranslate(sheet.language, N_("{n} other farm"), N_("{n} other farms"), len(others))
    last = (rest, mass(sheet.language, rest_g), percent(sheet.language, rest_tenths))
    return Section(N_("Where it comes from"), columns, rows, (*shown, last), most, N_("All farms are in the annex."))


def share_row(sheet: Sheet, share: Share) -> Row:
    """One origin: its label or consented name, its area and village, kilograms and percent."""
    told = [share.name or sheet.say(N_("Farm {label}"), label=share.label)]
    if share.area_m2:
        told.append(terms.hectares(sheet.language, share.area_m2))
    if share.place.parts():
        told.append(share.place.parts()[0])
    if not share.plot_known:
        told.append(sheet.say(N_("plot not recorded")))
    return " · ".join(told), mass(sheet.language, share.mass_g), percent(sheet.language, share.tenths)
