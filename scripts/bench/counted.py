"""Labels as an organisation counts them, in memory: its limits of every day, and what is said of each label."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from scripts.bench.readers import BEST_BEFORE, HOME, MARKET, Scan, place_of
from traceability.domain.scans import WINDOW, Evidence, Limits, Reason, reader_of, reasons_of, usual_of
from traceability.web.counting import is_machine

LABEL: Final = "A1"


class Reading(NamedTuple):
    """One device that read a label on one day, the first time; `at` in days."""

    at: float
    country: str
    late: bool

    @property
    def day(self) -> int:
        """The day of the season."""
        return int(self.at)


@dataclass(frozen=True)
class Told:
    """When and why a label was first listed for the manager; `at` in days, None where it never was."""

    at: float | None
    reasons: tuple[Reason, ...] = ()
    begun: float = 0.0  # when it was first read at all

    @property
    def hours(self) -> float:
        """From the first reading until the alert."""
        return ((self.at or 0.0) - self.begun) * 24


class Label(NamedTuple):
    """What is counted of a label, and where it was shipped to."""

    readings: Sequence[Reading]
    market: str


def counted(scans: Sequence[Scan], market: str = MARKET, later: int = 0) -> Label:
    """What is counted of everything that was read of a label, of a batch so many days later."""
    seen: set[tuple[int, str]] = set()
    kept = []
    for scan in scans:
        reader = scan.day, reader_of(scan.address, scan.agent, of_label=True)
        if reader not in seen and not is_machine(scan.agent):
            seen.add(reader)
            kept.append(Reading(scan.at + later, place_of(scan.address), scan.day > BEST_BEFORE))
    return Label(kept, market)


class House:
    """The limits of an organisation of which these labels were read, as they follow them from day to day."""

    def __init__(self, labels: Iterable[Label]) -> None:
        turns: defaultdict[int, Counter[int]] = defaultdict(Counter)  # day -> devices -> labels more, or fewer
        for label in labels:
            days = [one.day for one in label.readings]
            steps = sorted([*((day + 1, 1) for day in days), *((day + WINDOW.days + 1, -1) for day in days)])
            devices = 0
            for day, more in steps:  # of a day all that was read before it counts, and goes thirty days later
                turns[day][devices] -= 1
                devices += more
                turns[day][devices] += 1
        read: Counter[int] = Counter()
        usual = 0
        self._limits: dict[int, Limits] = {}
        for day in range(max(turns, default=0) + 1):
            read.update(turns.get(day, {}))
            usual = usual_of({n: some for n, some in read.items() if n and some > 0}) or usual
            self._limits[day] = Limits().following(usual)

    def limits_on(self, day: int) -> Limits:
        """What holds on that day."""
        return self._limits[min(day, len(self._limits) - 1)]


def as_set(_day: int) -> Limits:
    """The limits of whoever knows nothing of its readers."""
    return Limits()


def judged(label: Label, limits_on: Callable[[int], Limits]) -> Told:
    """What the decision says of one label, after each reading of it until the first alert."""
    expected = frozenset({HOME, label.market})
    kept: deque[Reading] = deque()
    for one in label.readings:
        kept.append(one)
        while kept[0].day <= one.day - WINDOW.days:
            kept.popleft()
        limits = limits_on(one.day)
        if len(kept) > limits.least and (
            reasons := reasons_of(_evidence(kept), limits, serial=LABEL, expected=expected)
        ):
            return Told(one.at, reasons, label.readings[0].at)
    return Told(None)


def _evidence(kept: Iterable[Reading]) -> Evidence:
    countries = Counter(one.country for one in kept)
    return Evidence(devices=countries.total(), countries=countries, late=sum(one.late for one in kept))
