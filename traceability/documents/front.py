"""The parts of the certificate's front page, from the title down to the stamp."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from reportlab.lib.colors import Color

from traceability.documents import ink, terms
from traceability.documents.lines import break_lines
from traceability.documents.paper import Paper, page_number
from traceability.documents.qr import batch_address, draw_qr
from traceability.documents.rows import Section, certificates, journey, local_day, marks, quality, sources
from traceability.documents.sheet import HEIGHT, LEFT, MM, RIGHT, ROOM
from traceability.domain.dossier import Status
from traceability.words import N_, day, mass, moment

QR_SIDE: Final = 30 * MM
STAMP: Final = 40 * MM
FOOT: Final = HEIGHT - 34 - STAMP
HALF: Final = (ROOM - 18) / 2
ROW: Final = 13.2


@dataclass(frozen=True)
class Plan:
    """What stands on the front page, and the sections that go on in the annex in full."""

    journey: Section
    quality: Section
    certificates: Section
    marks: Section
    sources: Section

    @property
    def left_over(self) -> tuple[Section, ...]:
        sections = (self.journey, self.quality, self.certificates, self.marks, self.sources)
        return tuple(section for section in sections if section.overflows)


def plan(paper: Paper) -> Plan:
    """Give every section its rows: what the journey does not need goes to the origins."""
    sheet, dossier = paper.sheet, paper.dossier
    steps = journey(sheet, dossier, most=7)
    below = 9 - len(steps.shown) if len(steps.shown) < 4 else 7
    return Plan(
        journey=steps,
        quality=quality(sheet, dossier, most=6),
        certificates=certificates(sheet, dossier, most=3),
        marks=marks(sheet, dossier, most=below),
        sources=sources(sheet, dossier, most=below),
    )


def draw_page(paper: Paper, plan: Plan, pages: int) -> None:
    """The whole front page."""
    y = header(paper, pages)
    y = standing(paper, y + 12)
    y = what_and_where(paper, y + 16)
    y = quantity(paper, y)
    y = facts(paper, y + 14)
    y = section(paper, plan.journey, LEFT, y + 8, ROOM)
    middle = y + 10
    y = max(
        section(paper, plan.quality, LEFT, middle, HALF), section(paper, plan.certificates, RIGHT - HALF, middle, HALF)
    )
    section(paper, plan.marks, LEFT, y + 10, HALF)
    section(paper, plan.sources, RIGHT - HALF, y + 10, HALF)
    foot(paper)


def header(paper: Paper, pages: int) -> float:
    """Name of the paper, its number, version and page, who issued it and when."""
    sheet, dossier = paper.sheet, paper.dossier
    title = N_("Batch origin certificate")
    sheet.text(LEFT, 50, sheet.say(title) if sheet.language == "en" else title, 20, room=330, bold=True)
    sheet.text(LEFT, 64, sheet.others(title), 9, room=330, color=ink.QUIET)
    page_number(paper, 1, pages)
    issuer = dossier.issuer
    released = dossier.released_at or dossier.sealed_at
    name = issuer.name.text(sheet.language)
    said = sheet.say(N_("Issued by {name}"), name=name)
    if released:
        when = moment(sheet.language, released, dossier.zone_minutes, with_zone=True)
        said = sheet.say(N_("Issued {when} by {name}"), when=when, name=name)
    sheet.text(LEFT, 80, said, 9)
    own = issuer.name.text(sheet.local) if sheet.local else ""
    address = issuer.address or ", ".join(issuer.place.parts())
    told = [own if own != name else "", address, issuer.phone]
    return sheet.paragraph(
        LEFT, 92, " · ".join(part for part in told if part), 7.6, room=ROOM, lines=2, color=ink.QUIET
    ) - 6  # fmt: skip


def standing(paper: Paper, y: float) -> float:
    """The band that says what a person with the goods in hand must know first."""
    sheet, dossier = paper.sheet, paper.dossier
    if dossier.demo:
        band(paper, y, ink.CLAY, N_("DEMO. Invented goods; this paper is not valid for trade."), 20)
        y += 24
    if dossier.status is Status.RELEASED:
        released = dossier.released_at
        words = N_("Released for sale on {date}") if released else N_("Released for sale")
        when = local_day(released, dossier.zone_minutes) if released else None
        sheet.text(LEFT, y + 9, "✓ " + sheet.say(words, date=when), 10, bold=True, color=ink.LEAF, room=250)
        note = N_("This is not a customs certificate of origin.")
        sheet.text(RIGHT, y + 9, sheet.say(note), 7.2, align=1, room=250, color=ink.QUIET)
        return y + 12
    color, words, told = _alarm(paper)
    height = 50 if told else 30
    values = {"number": dossier.superseded_by}
    band(paper, y, color, words, height, told, **values)
    return y + height + 4


def _alarm(paper: Paper) -> tuple[Color, str, str]:
    """Colour, msgid and the particulars of a batch that is not simply released."""
    sheet, dossier = paper.sheet, paper.dossier
    if dossier.status is Status.SUPERSEDED:
        return ink.AMBER, N_("A newer version of this certificate exists: {number}"), ""
    if dossier.status is Status.NOT_YET_PUBLIC:
        return ink.AMBER, N_("Not released yet. Do not trade on this paper."), ""
    words = N_("Recalled. Do not eat or sell.")
    if dossier.status is Status.ON_HOLD:
        words = N_("This lot is on hold. Do not sell it yet.")
    told = ""
    for alert in (alert for alert in dossier.alerts if alert.kind is dossier.status):
        when = moment(sheet.language, alert.since, alert.zone_minutes)
        told = " · ".join(part for part in (when, alert.reason, alert.action, alert.phone) if part)
        break
    return ink.CLAY, words, told


def band(
    paper: Paper, y: float, color: Color, text: str, height: float, told: str = "", **values: object
) -> None:  # fmt: skip
    """A loud band: one sentence in the three languages, and particulars below it."""
    sheet = paper.sheet
    sheet.box(LEFT, y, ROOM, height, color)
    big = 10 if height < 26 else 14
    first = y + (height - (18 if told else 0)) / 2 + big * 0.36
    taken = sheet.text(LEFT + 9, first, sheet.say(text, **values), big, bold=True, color=ink.WHITE, room=ROOM * 0.62)
    rest = ROOM - taken - 30
    sheet.text(RIGHT - 9, first, sheet.others(text, **values), 8.5, room=rest, color=ink.WHITE, align=1)
    if told:
        sheet.paragraph(LEFT + 9, y + 31, told, 8.5, room=ROOM - 18, lines=2, color=ink.WHITE)


def what_and_where(paper: Paper, y: float) -> float:
    """Product and lot, origin, and the QR code with the code in words."""
    _what(paper, y)
    _where(paper, y)
    sheet, dossier = paper.sheet, paper.dossier
    x = RIGHT - QR_SIDE
    address = batch_address(paper.public_url, dossier.code)
    draw_qr(sheet.canvas, x, HEIGHT - y - QR_SIDE + 8, QR_SIDE, address)
    middle = x + QR_SIDE / 2
    spoken = f"{dossier.code[:4]} {dossier.code[4:]}".strip()
    sheet.text(middle, y + QR_SIDE + 6, spoken, 15, bold=True, align=0.5, room=QR_SIDE + 8)
    check = sheet.say(N_("Check number {number}"), number=paper.check)
    sheet.text(middle, y + QR_SIDE + 18, check, 8.5, align=0.5, room=QR_SIDE + 8)
    return y + QR_SIDE + 26


def _what(paper: Paper, y: float) -> None:
    sheet, dossier, room = paper.sheet, paper.dossier, 216
    sheet.label(LEFT, y, N_("Product"), room)
    sheet.text(LEFT, y + 17, dossier.form_names.text(sheet.language), 16, room=room, bold=True)
    kind = [dossier.commodity_names.text(sheet.language), dossier.variety]
    sheet.text(LEFT, y + 30, " · ".join(part for part in kind if part), 9, room=room, least=5.5)
    named = (dossier.form_names.by_language.get(code, "") for code in (sheet.local, "zh"))
    sheet.text(LEFT, y + 42, " · ".join(name for name in named if name), 8.5, room=room, color=ink.QUIET)
    sheet.label(LEFT, y + 62, N_("Lot"), room)
    sheet.text(LEFT, y + 87, dossier.lot_number, 26, room=room, bold=True, least=11)


def _where(paper: Paper, y: float) -> None:
    sheet, dossier, x, room = paper.sheet, paper.dossier, LEFT + 234, 182
    origin = dossier.origin
    sheet.label(x, y, N_("Origin"), room)
    sheet.text(x, y + 17, terms.country(sheet.language, origin.country), 16, room=room, bold=True)
    below = sheet.paragraph(x, y + 30, ", ".join(origin.parts()), 9, room=room, lines=2)
    named = [terms.country(code, origin.country) for code in (sheet.local, "zh") if code]
    sheet.text(x, below - 1.5, " · ".join(named), 8.5, room=room, color=ink.QUIET)
    sheet.label(x, y + 70, N_("Contributing farms"), room)
    sheet.text(x, y + 84, terms.counted(sheet.language, dossier), 11, room=room, bold=True)


def quantity(paper: Paper, y: float) -> float:
    """The kilograms, the largest figure on the page, with the packages and the amount in words."""
    sheet, dossier = paper.sheet, paper.dossier
    sheet.box(LEFT, y, ROOM, 54, ink.PAPER, ink.LINE)
    sheet.label(LEFT + 10, y + 13, N_("Net weight"), 180, size=7)
    kilograms = mass(sheet.language, dossier.mass_g)
    sheet.text(LEFT + 10, y + 43, kilograms, 32, room=230, bold=True)
    x, room = LEFT + 254, ROOM - 264
    packed = terms.unit_count(sheet.language, dossier)
    sheet.label(x, y + 13, N_("Packed as"), room, size=7)
    if packed:
        sheet.text(x, y + 29, packed, 14, room=room, bold=True)
    else:
        sheet.strike(x, y + 24, 60)
    words = terms.mass_in_words(dossier.mass_g)
    step = 1 if len(break_lines(words, room / 8)) == 1 else 0
    sheet.paragraph(x, y + 39 + 4 * step, words, 8, room=room, lines=2, color=ink.QUIET)
    return y + 54


def facts(paper: Paper, y: float) -> float:
    """Eight small facts in two rows."""
    sheet, dossier = paper.sheet, paper.dossier
    dated = [day(sheet.language, on) for on in dict.fromkeys((dossier.harvested_from, dossier.harvested_to)) if on]
    packed = day(sheet.language, dossier.packed_on) if dossier.packed_on else ""
    best = day(sheet.language, dossier.best_before) if dossier.best_before else ""
    bound = terms.country(sheet.language, dossier.destination) if dossier.destination else ""
    rows = (
        ((N_("Grade"), dossier.grade), (N_("HS code"), dossier.hs), (N_("Destination"), bound),
         (N_("Chain of custody"), sheet.say(terms.custody_words(dossier.custody)) if dossier.custody else "")),
        ((N_("Crop year"), dossier.crop_year), (N_("Packing date"), packed), (N_("Best before"), best),
         (N_("Harvest date"), " – ".join(dated))),
    )  # fmt: skip
    rooms = (124, 110, 110, ROOM - 344)
    for row in rows:
        x = LEFT
        for (label, value), room in zip(row, rooms, strict=True):
            sheet.field(x, y, label, value, room - 10)
            x += room
        y += 26
    return y - 8


def section(paper: Paper, section: Section, x: float, y: float, room: float) -> float:
    """A heading and its rows; unused rows are struck, and what does not fit points to the annex."""
    sheet = paper.sheet
    sheet.heading(x, y + 8, section.title, room)
    y += 23
    for row in section.shown:
        sheet.cells(x, y, section.columns, row)
        y += section.pitch
    for _ in range(section.unused):
        sheet.strike(x, y - 3, room)
        y += section.pitch
    if section.overflows:
        sheet.text(x, y, sheet.say(section.rest), 7.6, room=room, color=ink.RIVER)
        y += section.pitch
    return y - section.pitch + 2


def foot(paper: Paper) -> None:
    """Signature, stamp, and how to check the paper."""
    sheet, dossier, canvas = paper.sheet, paper.dossier, paper.sheet.canvas
    y = FOOT
    sheet.rule(LEFT, y - 6, ROOM)
    for at, label in enumerate((N_("Signature"), N_("Name and office"), N_("Date"))):
        line = y + 30 + at * 34
        sheet.rule(LEFT, line, 160, ink.QUIET, 0.5)
        sheet.label(LEFT, line + 9, label, 160)
    x = LEFT + 176 + STAMP / 2
    canvas.setStrokeColor(ink.LINE)
    canvas.setDash(2, 2)
    canvas.circle(x, HEIGHT - y - STAMP / 2 - 2, STAMP / 2 - 4, stroke=1, fill=0)
    canvas.setDash()
    sheet.text(x, y + STAMP / 2, sheet.say(N_("Stamp")), 7, align=0.5, color=ink.QUIET)
    sheet.text(x, y + STAMP / 2 + 10, sheet.others(N_("Stamp")), 6.6, align=0.5, color=ink.QUIET, room=STAMP - 20)
    x += STAMP / 2 + 16
    room = RIGHT - x
    sheet.heading(x, y + 8, N_("Check this paper"), room)
    shown = batch_address(paper.public_url, dossier.code).partition("://")[2].lower()
    host, _, _ = shown.rpartition("/")
    sheet.text(x, y + 25, f"{host}/{dossier.code}", 10, bold=True, color=ink.RIVER, room=room)
    notes = (
        N_("A copy of this paper proves nothing; check the code."),
        N_("The page must show the same number, kilograms, date and check number."),
        N_("This is not a customs certificate of origin."),
    )
    y += 38
    for note in notes:
        y = sheet.paragraph(x, y, sheet.say(note), 7.4, room=room, lines=2, least=6.5)
    y = sheet.paragraph(x, y, sheet.others(notes[2]), 6.6, room=room, lines=2, color=ink.QUIET, least=6)
    half = len(dossier.digest) // 2
    sheet.label(x, FOOT + STAMP - 15, N_("Hash of the data, not of the paper"), room, size=6.2)
    for at, piece in enumerate((dossier.digest[:half], dossier.digest[half:])):
        sheet.text(x, FOOT + STAMP - 6 + at * 8, piece, 6.4, room=room, color=ink.QUIET)
