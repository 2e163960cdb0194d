"""Labels that were copied: how many are found, how soon, and how many honest boxes are flagged (RELIABILITY R11, F12).

Who reads what is made up by `scripts.bench.readers`, whose assumptions are written there; the decision is the
product's. Most labels are judged by `domain.scans` in memory, reading by reading. A sample of them goes the whole way:
by requests to the application, hour by hour of two months, with what it writes, forgets and rolls up each day; there
the page of the label, its JSON and the list for the manager must say what the decision in memory said.

From the top of a clone: `python -m scripts.bench.copies`.
"""

from __future__ import annotations

import statistics
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from scripts.bench.readers import BEST_BEFORE, HOME, MARKET, Readers, Scan, place_of
from scripts.bench.table import Row, printed
from scripts.bench.whole_way import whole_way
from traceability.domain.scans import TOO_WIDELY, WINDOW, Evidence, Limits, Reason, reader_of, reasons_of
from traceability.web.counting import is_machine

LABEL: Final = "A1"
_EXPECTED: Final = frozenset({HOME, MARKET})
_THREE: Final = (MARKET, "VN", "TH")
_SEED: Final = 20
_SLOWER, _KEENER = 0.5, 2.0


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


def measure(quick: bool = False) -> Iterator[Row]:
    """What R11 asks for, the same for readers half and twice as keen, and the sample that goes the whole way."""
    honest, labels = (4_000, 60) if quick else (60_000, 600)
    readers = Readers(_SEED)
    yield _honest(readers, honest, "as assumed", Limits(), 1.0)
    yield _honest(Readers(_SEED, samples=2), honest, "twice as many samples on shelves", Limits())
    for members in (10, 30, 100):
        yield _photos(readers, members, labels)
    for copies, floor in ((10, None), (20, 0.85), (50, 0.95), (200, 0.95)):
        yield _copied(readers, copies, labels, (MARKET,), floor)
    for copies in (10, 20):
        yield _copied(readers, copies, labels, _THREE)
    for rate, fitting in ((_SLOWER, Limits(devices=9, few=5)), (_KEENER, Limits(devices=26, few=16))):
        for limits in (Limits(), fitting):
            keen = Readers(_SEED, rate)
            about = f"read {rate:g} times as readily, limits {limits.devices} and {limits.few}"
            yield _honest(keen, honest, about, limits)
            for copies in (20, 50):
                yield _copied(keen, copies, labels, (MARKET,), about=about, limits=limits)
    yield from whole_way(readers, judged, 60 if quick else 400)


def judged(scans: Sequence[Scan], limits: Limits | None = None) -> Told:
    """What the decision says of one label, after each reading of it until the first alert."""
    allowed = limits or Limits()
    seen: set[tuple[int, str]] = set()
    kept: deque[Scan] = deque()
    for scan in scans:
        if is_machine(scan.agent):
            continue
        reader = scan.day, reader_of(scan.address, scan.agent, of_label=True)
        if reader in seen:
            continue
        seen.add(reader)
        kept.append(scan)
        while kept[0].day <= scan.day - WINDOW.days:
            kept.popleft()
        if reasons := reasons_of(_evidence(kept), allowed, serial=LABEL, expected=_EXPECTED):
            return Told(scan.at, reasons, scans[0].at)
    return Told(None)


def _evidence(kept: Iterable[Scan]) -> Evidence:
    countries = Counter(place_of(scan.address) for scan in kept)
    late = sum(scan.day > BEST_BEFORE for scan in kept)
    return Evidence(devices=countries.total(), countries=countries, late=late)


def _honest(readers: Readers, boxes: int, about: str, limits: Limits, floor: float | None = None) -> Row:
    found, read = [], 0
    for _ in range(boxes):
        scans = readers.honest()
        read += len(scans)
        if (told := judged(scans, limits)).at is not None:
            found.append(told)
    why = Counter(str(reason) for told in found for reason in told.reasons)
    spoken = sum(bool(TOO_WIDELY.intersection(told.reasons)) for told in found)
    note = (
        f"per thousand of {boxes:,} boxes, each read {read / boxes:.1f} times: {len(found)} listed"
        f" ({_listed(why)}), {spoken} of them said on the label's page"
    )
    return Row("R11", f"honest boxes flagged, {about}", len(found) * 1000 / boxes, floor, note=note)


def _photos(readers: Readers, members: int, labels: int) -> Row:
    found = [judged(readers.photographed(members)) for _ in range(labels)]
    share = sum(told.at is not None for told in found) / labels
    note = "share of labels; no figure is promised, the words are the same: copied or shared"
    return Row("photo", f"honest label flagged whose photo {members} people got", share, note=note)


def _copied(
    readers: Readers,
    copies: int,
    labels: int,
    countries: Sequence[str],
    floor: float | None = None,
    about: str = "",
    limits: Limits | None = None,
) -> Row:
    found = [judged(readers.copied(copies, countries), limits) for _ in range(labels)]
    hours = sorted(told.hours for told in found if told.at is not None)
    share = len(hours) / labels
    when = "never"
    if len(hours) > 1:
        late = hours[int(len(hours) * 0.95)]
        when = f"{statistics.median(hours):.0f} hours after the first reading, 95 of 100 within {late:.0f}"
    named = f"{copies} copies found in {'one country' if len(countries) == 1 else f'{len(countries)} countries'}"
    what = f"{named}, {about}" if about else named
    return Row("R11", what, share, floor, more_is_better=True, note=f"share of {labels} labels; {when}")


def _listed(why: Counter[str]) -> str:
    return ", ".join(f"{name} {n}" for name, n in why.most_common()) or "none"


if __name__ == "__main__":
    print(printed(list(measure())))
