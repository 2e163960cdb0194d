"""What stops a batch, below the sentence of its band: every recall or hold on lines of its own.

Whoever holds the paper must know what to do and whom to call: a long reason pushes neither off the band.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from traceability.documents.lines import break_lines, fit
from traceability.documents.sheet import ROOM, Sheet
from traceability.domain.dossier import STOPPED, Alert, Dossier, Status
from traceability.words import N_, NO_BREAK, moment

INSIDE: Final = ROOM - 18  # the width of the lines
TOP: Final = 35.0  # from the upper edge of the band to the first baseline
LEADING: Final = 1.35
MOST: Final = 3  # told one by one; the page of the batch tells all
_ALSO: Final = {Status.FAILED: N_("Check failed"), Status.ON_HOLD: N_("On hold")}  # beside what is worse
_SIZES: Final = (8.0, 7.0, 6.0)
_REASON: Final = 5  # lines; three hundred signs of any script have room
_HIGHEST: Final = 190.0  # what leaves the tables of the page their room


class Line(NamedTuple):
    """One line of the band."""

    text: str
    bold: bool = False


class Told(NamedTuple):
    """The lines, and how large they are set."""

    lines: Sequence[Line]
    size: float

    @property
    def height(self) -> float:
        """Of the whole band."""
        return max(50.0, TOP + (len(self.lines) - 1) * self.size * LEADING + 8)


def told(sheet: Sheet, dossier: Dossier) -> Told | None:
    """As many of the recalls or holds as the band has room for, as large as they fit; None where nothing stops it."""
    alerts = dossier.stops
    if not alerts:
        whom = dossier.issuer.phone or dossier.issuer.name.text(sheet.language)
        return Told([Line(whom)], _SIZES[0]) if dossier.status in STOPPED else None
    tries = ((count, size) for count in range(min(MOST, len(alerts)), 0, -1) for size in _SIZES)
    made = (Told(list(_lines(sheet, dossier, alerts, count, size)), size) for count, size in tries)
    return next(one for one in made if one.height <= _HIGHEST)  # one alone in the smallest size always fits


def _lines(sheet: Sheet, dossier: Dossier, alerts: Sequence[Alert], count: int, size: float) -> Iterable[Line]:
    for alert in alerts[:count]:
        when = moment(sheet.language, alert.since, alert.zone_minutes)
        also = sheet.say(_ALSO[alert.kind]) if alert.kind is not dossier.status else ""
        why = " · ".join(part for part in (also, when, alert.source, alert.reason) if part)
        yield from map(Line, fit(why, size, INSIDE, lines=_REASON, least=size).lines)
        phone = (alert.phone or dossier.issuer.phone).replace(" ", NO_BREAK)
        do = " · ".join(part for part in ("" if also else alert.action, phone) if part)
        yield from (Line(line, bold=True) for line in break_lines(do, INSIDE / size, True) if line)
    if more := len(alerts) - count:
        yield Line(sheet.say(N_("And {n} more: the page of the batch tells all."), n=str(more)))
