"""How a batch stands, as its page, its boxes and its pallets say it first: plain values in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Final, NamedTuple

from traceability.documents import terms
from traceability.domain.dossier import Alert, Certificate, Change, Dossier, Lifted, RegistrationMark, Standing, Status
from traceability.domain.doubts import suspended
from traceability.domain.moments import day_of
from traceability.errors import Sentence
from traceability.web.verdicts import BADGES, BANDS
from traceability.words import N_, NO_BREAK, moment, say, translate

CHECKED: Final = "\ue000checked\ue000"  # stands where the moment of reading is filled in later; no letter of any script
MOST_TOLD: Final = 4  # recalls, those that are over, and corrections that the page of a batch names one by one
ROOM_OF_REASONS: Final = 900  # bytes of a page of 14 kB that prints on one sheet, for the reasons of all these


class Stop(NamedTuple):
    """All that stops the goods in the same words, about which the same people are called."""

    alerts: list[Alert]
    in_full: bool  # False: its reason, and what to do, are read on the page that checks a certificate


class Told(NamedTuple):
    """What stops the goods, the worst first; what did and is over, and what was corrected, the latest first. Each that
    is over or was corrected says whether there is room to tell why. Where recalls are many or long (`crowded`), a
    picture makes room for them.
    """

    stops: list[Stop]
    past: list[tuple[Lifted, bool]]
    changes: list[tuple[Change, bool]]
    crowded: bool


@dataclass(frozen=True)
class Bands:
    """A dossier as it is read at one moment in one language; what is kept is read at many."""

    dossier: Dossier
    language: str
    read_at: datetime | None

    @property
    def tone(self) -> str:
        """The colour role of the band."""
        return BANDS[self.dossier.status][0]

    @property
    def verdict(self) -> str:
        """The one sentence that answers "is it all right?"."""
        words = BANDS[self.dossier.status][1]
        return self.destroyed if self.dossier.status is Status.DESTROYED else self._say(words)

    def in_a_word(self, status: Status) -> str:
        """How another batch stands."""
        return self._say(BADGES[status][1])

    @property
    def destroyed(self) -> str:
        """That nothing of it can be in anybody's hands; empty as long as there is some."""
        at, words = self.dossier.destroyed_at, BANDS[Status.DESTROYED][1]
        return translate(self.language, words, day=day_of(at, self.dossier.zone_minutes)) if at else ""

    @property
    def checked(self) -> str:
        """When the page was read, with the zone, which is named once on the page."""
        if self.read_at is None:
            return CHECKED
        return moment(self.language, self.read_at, self.dossier.zone_minutes, with_zone=True)

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """All that stops the goods, the worst first."""
        return self.dossier.stops

    @cached_property
    def every(self) -> Told:
        """All there is to tell."""
        return self._told(len(self.alerts) + len(self.dossier.lifted) + len(self.dossier.changes), None)

    @cached_property
    def first(self) -> Told:
        """What a short page has room for: why the goods are stopped, at least by one, comes before all else."""
        return self._told(MOST_TOLD, ROOM_OF_REASONS)

    def _told(self, most: int, room: int | None) -> Told:
        reasons = _Reasons(room)
        stops = [
            Stop(said, reasons.have_room_for(said[0].reason, said[0].action, anyway=at == 0))
            for at, said in enumerate(_alike(self.alerts[:most]))
        ]
        past = [(one, reasons.have_room_for(one.reason, one.outcome)) for one in self.dossier.lifted[::-1][:most]]
        crowded = reasons.overflow or max(len(self.alerts), len(self.dossier.lifted)) > most
        changes = [(one, reasons.have_room_for(one.reason)) for one in self.dossier.changes[::-1][:most]]
        return Told(stops, past, changes, crowded)

    @property
    def affected(self) -> list[str]:
        """What a recall or hold is about, as it can be read off the goods: lot, day of packing, boxes."""
        found = self.dossier
        number = translate(self.language, N_("Lot {number}"), number=found.lot_number)
        packed = translate(self.language, N_("packed {day}"), day=found.packed_on) if found.packed_on else ""
        return [part for part in (number, packed, self.units) if part]

    @property
    def expired(self) -> list[Certificate]:
        """The certificates behind the batch that are past their last day."""
        return [paper for paper in self.dossier.certificates if paper.standing is Standing.EXPIRED]

    @property
    def suspended(self) -> tuple[RegistrationMark, ...]:
        """The official codes that were suspended on the day of packing."""
        return suspended(self.dossier.registrations)

    @property
    def phone(self) -> str:
        """The number of who answers for the page, in one piece; empty when it gave none."""
        return self.dossier.issuer.phone.replace(" ", NO_BREAK)

    def phone_of(self, alert: Alert) -> str:
        """Whom to call about what stops the goods, in one piece: a recall of others has its own number."""
        return alert.phone.replace(" ", NO_BREAK)

    @property
    def units(self) -> str:
        """`26 bags × 60 kg`, or nothing when it is loose."""
        return terms.unit_count(self.language, self.dossier)

    def _say(self, text: str) -> str:
        return say(self.language, Sentence(text))


class _Reasons:
    """How much room is left for what people typed, in bytes."""

    def __init__(self, room: int | None) -> None:
        self._room = room
        self.overflow = False  # something did not fit

    def have_room_for(self, *texts: str, anyway: bool = False) -> bool:
        """Whether these fit too, or are told `anyway`; they are then in there."""
        if self._room is None:
            return True
        needed = len("".join(texts).encode())
        fits = needed <= self._room
        self.overflow |= not fits
        if fits or anyway:
            self._room -= needed
        return fits or anyway


def _alike(alerts: Sequence[Alert]) -> list[list[Alert]]:
    """Those together that differ in nothing but since when, and through what."""
    found: dict[Alert, list[Alert]] = {}
    for alert in alerts:
        nameless = replace(alert, since=alerts[0].since, zone_minutes=0, source="", inherited=False)
        found.setdefault(nameless, []).append(alert)
    return list(found.values())
