"""The parts of the certificate's front page, from the title down to the stamp."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from reportlab.lib.colors import Color

from traceability.documents import ink, stopped, terms
from traceability.documents.grown import countries, where_it_grew
from traceability.documents.in_words import mass_in_words
from traceability.documents.lines import break_lines, draw, fit
from traceability.documents.paper import NAME, Paper, page_number
from traceability.documents.plan import Plan, Tables, plan
from traceability.documents.qr import batch_address, draw_qr
from traceability.documents.rows import certificates, journey, marks, quality, sources
from traceability.documents.sheet import HEIGHT, LEFT, MM, RIGHT, ROOM, Sheet
from traceability.documents.stopped import Line, Told
from traceability.documents.tables import HALF, Table, draw_table
from traceability.domain.dossier import Dossier, Status
from traceability.domain.doubts import suspended
from traceability.domain.methods import METHOD_NAMES, Method
from traceability.domain.moments import day_of
from traceability.domain.schemes import scheme_words
from traceability.words import N_, day, mass, moment

QR_SIDE: Final = 30 * MM
STAMP: Final = 40 * MM
FOOT: Final = HEIGHT - 22 - STAMP
HEADER: Final = 110.0  # where the header ends
FIXED: Final = 218.0  # product, quantity and facts
_DOUBT: Final = 43.0  # the height of a band that says a doubt
_FAILED: Final = N_("A test result failed.")
_SUSPENDED: Final = N_("An official code was suspended on the day of packing.")
FOOT_GAP: Final = 8.0  # between the tables and the signature
_TOLD: Final = {  # with particulars
    Status.RECALLED: N_("Recalled. Do not eat or sell."),
    Status.FAILED: N_("This lot failed its check. Do not eat or sell."),
    Status.ON_HOLD: N_("This lot is on hold. Do not sell it yet."),
}


def plan_page(paper: Paper) -> Plan:
    """The tables of this batch, sharing the room between the facts and the signature."""
    sheet, dossier = paper.sheet, paper.dossier
    makers = (journey, quality, certificates, marks, sources)
    top = HEADER + standing_height(paper) + FIXED
    return plan(Tables(*(make(sheet, dossier) for make in makers)), FOOT - FOOT_GAP - top)


def draw_page(paper: Paper, plan: Plan, pages: int) -> None:
    """The whole front page."""
    header(paper, pages)
    standing(paper, HEADER)
    y = HEADER + standing_height(paper)
    what_and_where(paper, y + 10)
    quantity(paper, y + 118)
    facts(paper, y + 177)
    y = draw_table(paper.sheet, LEFT, y + FIXED, plan.journey, plan.pitch)
    for x, tables in ((LEFT, plan.left), (RIGHT - HALF, plan.right)):
        column(paper, x, y, tables, plan.pitch)
    foot(paper)


def column(paper: Paper, x: float, y: float, tables: Iterable[Table], pitch: float) -> None:
    """Tables below each other; the place that they leave is struck, so that nothing can be written into it later."""
    for table in tables:
        y = draw_table(paper.sheet, x, y, table, pitch)
    free = FOOT - FOOT_GAP - y
    if free > 2 * pitch:
        paper.sheet.strike_block(x, y - pitch + 8, HALF, free + pitch - 12)
    elif free > pitch:
        paper.sheet.strike(x, y, HALF)


def header(paper: Paper, pages: int) -> None:
    """Name of the paper, its number, version and page, who issued it and when."""
    sheet, dossier = paper.sheet, paper.dossier
    sheet.text(LEFT, 46, NAME, 20, room=330, bold=True)
    sheet.text(LEFT, 59, sheet.others(NAME), 9, room=330, color=ink.QUIET)
    page_number(paper, 1, pages)
    note = N_("This is not a customs certificate of origin.")
    sheet.text(LEFT, 70, " · ".join(filter(None, (note, sheet.others(note)))), 6.8, color=ink.QUIET)
    issuer = dossier.issuer
    issued = dossier.issued_at
    name = issuer.name.text(sheet.language)
    said = sheet.say(N_("Issued by {name}"), name=name)
    if issued:
        when = moment(sheet.language, issued, dossier.zone_minutes, with_zone=True)
        said = sheet.say(N_("Issued {when} by {name}"), when=when, name=name)
    sheet.text(LEFT, 84, said, 9)
    own = issuer.name.text(sheet.local) if sheet.local else ""
    address = issuer.address or ", ".join(issuer.place.parts())
    told = [own if own != name else "", address, issuer.phone]
    line = " · ".join(part for part in told if part)
    sheet.paragraph(LEFT, 95, line, 7.6, room=ROOM, lines=2, color=ink.QUIET, least=5.5, leading=1.4)


def standing_height(paper: Paper) -> float:
    """The height of `standing`, known before it is drawn."""
    dossier = paper.dossier
    height = 24.0 if dossier.demo else 0.0
    if not (alarms := _alarms(dossier)):
        return height + 16 + _DOUBT * len(_doubts(dossier))
    told = stopped.told(paper.sheet, dossier)
    return height + 4 + (told.height if told else 30) + 24 * (len(alarms) - 1)


def standing(paper: Paper, y: float) -> None:
    """The bands that say what a person with the goods in hand must know first, the worst above the others."""
    sheet, dossier = paper.sheet, paper.dossier
    if dossier.demo:
        band(paper, y, ink.CLAY, N_("DEMO. Invented goods; this paper is not valid for trade."), 20)
        y += 24
    if not (alarms := _alarms(dossier)):
        released = dossier.released_at
        words = N_("Released for sale on {date}") if released else N_("Released for sale")
        when = day_of(released, dossier.zone_minutes) if released else None
        sheet.text(LEFT, y + 9, "✓ " + sheet.say(words, date=when), 10, bold=True, color=ink.LEAF, room=250)
        sheet.text(RIGHT, y + 9, " · ".join(sheet.beside(words, date=when)), 8, align=1, room=250, color=ink.LEAF)
        for at, doubt in enumerate(_doubts(dossier)):
            band(
                paper,
                y + 15 + _DOUBT * at,
                ink.AMBER,
                doubt,
                _DOUBT - 3,
                Told([Line(_about(sheet, dossier, doubt))], 8.0),
            )
        return
    told = stopped.told(sheet, dossier)
    gone = day_of(dossier.destroyed_at, dossier.zone_minutes) if dossier.destroyed_at else None
    named: dict[str, Any] = {"number": f"{dossier.code}-{dossier.newest}", "batch": dossier.superseded_by, "day": gone}
    color, words = alarms[0]
    height = told.height if told else 30
    band(paper, y, color, words, height, told, **named)
    y += height + 4
    for color, words in alarms[1:]:
        band(paper, y, color, words, 20, **named)
        y += 24


def _doubts(dossier: Dossier) -> list[str]:
    """What a reader must know of goods that nothing stops: msgids, each a band of its own."""
    return [
        words for words, found in ((_FAILED, dossier.failed), (_SUSPENDED, suspended(dossier.registrations))) if found
    ]


def _about(sheet: Sheet, dossier: Dossier, doubt: str) -> str:
    """Which results or codes it is about."""
    if doubt == _SUSPENDED:
        return " · ".join(
            f"{sheet.say(scheme_words(one.scheme))} {one.code}" for one in suspended(dossier.registrations)
        )
    return " · ".join(
        f"{sheet.say(terms.property_words(one.property))} {terms.measured(sheet.language, one.value, one.unit)}, "
        f"{one.lot_number}, {day(sheet.language, one.taken_on)}"
        for one in dossier.failed
    )


def _alarms(dossier: Dossier) -> list[tuple[Color, str]]:
    """Colour and msgid of everything that keeps the batch, or this paper of it, from being simply good."""
    status = dossier.status
    found = [(ink.CLAY, _TOLD[status])] if status in _TOLD else []
    if status is Status.NOT_YET_PUBLIC:
        found.append((ink.AMBER, N_("Not released yet. Do not trade on this paper.")))
    if dossier.destroyed_at is not None:
        found.append((ink.CLAY, N_("Destroyed on {day}. Nothing of it may be on sale.")))
    if dossier.superseded_by:
        found.append((ink.AMBER, N_("Another batch took the place of this one: {batch}")))
    if dossier.is_earlier:  # released anew
        found.append((ink.AMBER, N_("A newer version of this certificate exists: {number}")))
    return found


def band(
    paper: Paper, y: float, color: Color, text: str, height: float, told: Told | None = None, **values: object
) -> None:  # fmt: skip
    """A loud band: one sentence in the three languages, and particulars below it."""
    sheet = paper.sheet
    sheet.box(LEFT, y, ROOM, height, color)
    big = 10 if height < 26 else 14
    first = y + (28 if told else height) / 2 + big * 0.36
    taken = sheet.text(LEFT + 9, first, sheet.say(text, **values), big, bold=True, color=ink.WHITE, room=ROOM * 0.6)
    beside = sheet.beside(text, **values)
    for at, line in enumerate(beside):
        lower = first + 9 * at - 4.5 * (len(beside) - 1)
        sheet.text(RIGHT - 9, lower, line, 7.6, room=ROOM - taken - 30, color=ink.WHITE, align=1)
    if told:
        for at, told_line in enumerate(told.lines):
            lower = HEIGHT - y - stopped.TOP - at * told.size * stopped.LEADING
            draw(sheet.canvas, LEFT + 9, lower, told_line.text, told.size, bold=told_line.bold, color=ink.WHITE)


def what_and_where(paper: Paper, y: float) -> None:
    """Product and lot, origin, and the QR code with the code in words."""
    _what(paper, y)
    _where(paper, y)
    sheet, dossier = paper.sheet, paper.dossier
    x = RIGHT - QR_SIDE
    address = _address(paper)
    draw_qr(sheet.canvas, x, HEIGHT - y - QR_SIDE + 8, QR_SIDE, address)
    middle = x + QR_SIDE / 2
    spoken = f"{dossier.code[:4]} {dossier.code[4:]}".strip()
    sheet.text(middle, y + QR_SIDE + 6, spoken, 15, bold=True, align=0.5, room=QR_SIDE)
    check = sheet.say(N_("Check number {number}"), number=paper.check)
    sheet.text(middle, y + QR_SIDE + 18, check, 8.5, align=0.5, room=QR_SIDE + 8)


def _what(paper: Paper, y: float) -> None:
    sheet, dossier, room = paper.sheet, paper.dossier, 216
    sheet.label(LEFT, y, N_("Product"), room)
    sheet.text(LEFT, y + 17, dossier.form_names.text(sheet.language), 16, room=room, bold=True)
    kind = [dossier.commodity_names.text(sheet.language), terms.variety(sheet.language, dossier)]
    below = sheet.snug(LEFT, y + 30, " · ".join(part for part in kind if part), 9, room=room, lines=3, least=6.5)
    named = (dossier.form_names.by_language.get(code, "") for code in _others(sheet))
    sheet.text(LEFT, below + 1, " · ".join(name for name in named if name), 8.5, room=room, color=ink.QUIET)
    sheet.label(LEFT, y + 64, N_("Lot"), room)
    sheet.text(LEFT, y + 89, dossier.lot_number, 26, room=room, bold=True, least=7)


def _address(paper: Paper) -> str:
    """Where this very version is checked, by the number of the paper; a draft has none, so its batch's page."""
    dossier = paper.dossier
    return batch_address(paper.public_url, paper.number if dossier.version else dossier.code)


def _others(sheet: Sheet) -> list[str]:
    """The languages of the labels without the one that the content is in."""
    return [code for code in ("en", sheet.local, "zh") if code and code != sheet.language]


def _where(paper: Paper, y: float) -> None:
    sheet, dossier, x, room = paper.sheet, paper.dossier, LEFT + 234, 182
    sheet.label(x, y, N_("Origin"), room)
    sheet.text(x, y + 17, countries(sheet.language, dossier), 16, room=room, bold=True)
    named = [countries(code, dossier) for code in _others(sheet)]
    sheet.text(x, y + 29, " · ".join(named), 8.5, room=room, color=ink.QUIET)
    told = list(where_it_grew(sheet.language, dossier))
    fitting = (text for text in told if not fit(text, 9, room, lines=2, least=7).cut)
    sheet.paragraph(x, y + 42, next(fitting, told[-1]), 9, room=room, lines=2, least=7, leading=1.35)
    sheet.label(x, y + 67, N_("Contributing farms"), room)
    land = terms.land(sheet.language, dossier)
    below = sheet.snug(x, y + 79, land, 10, room=room, lines=2, least=8.5, bold=True)
    method = METHOD_NAMES[Method(dossier.origin_method)]
    said = f"{sheet.say(N_('Counted by'))}: {sheet.say(method)}"
    sheet.text(x, below - 1, said, 8, room=room, color=ink.QUIET)


def quantity(paper: Paper, y: float) -> None:
    """The kilograms, the largest figure on the page, with the packages and the amount in words."""
    sheet, dossier = paper.sheet, paper.dossier
    sheet.box(LEFT, y, ROOM, 48, ink.PAPER, ink.LINE)
    sheet.label(LEFT + 10, y + 12, N_("Net weight"), 180, size=7)
    kilograms = mass(sheet.language, dossier.mass_g)
    sheet.text(LEFT + 10, y + 39, kilograms, 29, room=230, bold=True)
    x, room = LEFT + 254, ROOM - 264
    packed = terms.unit_count(sheet.language, dossier)
    sheet.label(x, y + 12, N_("Packed as"), room, size=7)
    if packed:
        sheet.text(x, y + 27, packed, 14, room=room, bold=True)
    else:
        sheet.strike(x, y + 24, 60)
    words = mass_in_words(sheet.language, dossier.mass_g)
    lower = 4 if len(break_lines(words, room / 7.4)) == 1 else 0
    sheet.paragraph(x, y + 35 + lower, words, 7.4, room=room, lines=2, color=ink.QUIET, leading=1.25)


def facts(paper: Paper, y: float) -> None:
    """Eight small facts in two rows."""
    sheet, dossier = paper.sheet, paper.dossier
    dated = [on for on in (dossier.harvested_from, dossier.harvested_to) if on]
    harvest = terms.period(sheet.language, dated[0], dated[-1]) if dated else ""
    packed = day(sheet.language, dossier.packed_on) if dossier.packed_on else ""
    best = day(sheet.language, dossier.best_before) if dossier.best_before else ""
    bound = terms.country(sheet.language, dossier.destination) if dossier.destination else ""
    kept = sheet.say(terms.custody_words(dossier.custody)) if dossier.custody else ""
    rows = (
        ((N_("Grade"), dossier.grade), (N_("HS code"), dossier.hs), (N_("Destination"), bound),
         (N_("Chain of custody of the goods"), kept)),
        ((N_("Crop year"), dossier.crop_year), (N_("Packing date"), packed), (N_("Best before"), best),
         (N_("Harvest date"), harvest)),
    )  # fmt: skip
    rooms = (84, 102, 140, ROOM - 326)
    for row in rows:
        x = LEFT
        for (label, value), room in zip(row, rooms, strict=True):
            sheet.field(x, y, label, value, room - 10)
            x += room
        y += 24


def foot(paper: Paper) -> None:
    """Signature, stamp, and how to check the paper."""
    sheet, canvas = paper.sheet, paper.sheet.canvas
    y = FOOT
    sheet.rule(LEFT, y - 6, ROOM)
    for at, label in enumerate((N_("Signature"), N_("Name and office"), N_("Date"))):
        line = y + 30 + at * 34
        sheet.rule(LEFT, line, 146, ink.QUIET, 0.5)
        sheet.label(LEFT, line + 9, label, 146)
    x = LEFT + 158 + STAMP / 2
    canvas.setStrokeColor(ink.LINE)
    canvas.setDash(2, 2)
    canvas.circle(x, HEIGHT - y - STAMP / 2 - 2, STAMP / 2 - 0.5, stroke=1, fill=0)
    canvas.setDash()
    stamp = N_("Stamp")
    sheet.text(x, y + STAMP / 2, stamp, 7, align=0.5, color=ink.QUIET)
    sheet.text(x, y + STAMP / 2 + 11, sheet.others(stamp), 6.6, align=0.5, color=ink.QUIET, room=STAMP - 20)
    how_to_check(paper, x + STAMP / 2 + 12)


def how_to_check(paper: Paper, x: float) -> None:
    """The address of the public page, what must be the same there, and the digest."""
    sheet, dossier, room = paper.sheet, paper.dossier, RIGHT - x
    sheet.heading(x, FOOT + 8, N_("Check this paper"), room)
    host, _, last = _address(paper).partition("://")[2].rpartition("/")
    sheet.text(x, FOOT + 23, f"{host.lower()}/{last}", 10, bold=True, color=ink.RIVER, room=room)
    notes = (
        N_("A copy of this paper proves nothing; check the code."),
        N_("The page must show the same number, kilograms, date and check number."),
    )
    y = FOOT + 36
    for note in notes:
        sheet.text(x, y, sheet.say(note), 7.4, room=room)
        for line in sheet.beside(note):
            y += 8
            sheet.text(x, y, line, 6.4, room=room, color=ink.QUIET)
        y += 10.5
    said = N_("Hash of the data, not of the paper")
    sheet.text(x, FOOT + STAMP - 21, said, 6.2, room=room, color=ink.QUIET)
    sheet.text(x, FOOT + STAMP - 13.5, sheet.others(said), 6.2, room=room, color=ink.QUIET)
    sheet.text(x, FOOT + STAMP - 5, dossier.digest, 6.4, room=room, color=ink.QUIET)
