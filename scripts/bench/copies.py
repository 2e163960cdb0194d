"""Labels that were copied: how many are found, how soon, and how many honest boxes are flagged (RELIABILITY R11, F12).

Who reads what is made up by `scripts.bench.readers`, whose assumptions are written there; the decision is the
product's, with limits that follow the labels of the organisation as they do there. Nobody knows how readily people
read, so it is measured with many habits, on other seeds than those that the rule was chosen by.

Where R11 is not reached: twenty copies mostly escape where people read half as readily or less, because they are read
by no more devices than the sample of an honest box is; some more escape where importers and shops scan every box. One
honest box in forty is listed where people read four times as readily and go on after the best-before day, and one and a
half in a thousand with twice as many samples on shelves. Ten copies in one country mostly escape everywhere.

Most labels are judged by `domain.scans` in memory, reading by reading. A sample of them goes the whole way: by
requests to the application, hour by hour of two months, with what it writes, forgets and rolls up each day; there the
page of the label, its JSON and the list for the manager must say what the decision in memory said.

From the top of a clone: `python -m scripts.bench.copies`.
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from scripts.bench.counted import House, Label, Told, as_set, counted, judged
from scripts.bench.readers import HOME, MARKET, Habits, Readers, Scan
from scripts.bench.table import Row, printed
from scripts.bench.whole_way import whole_way
from traceability.domain.scans import TOO_WIDELY, Limits

_ABROAD: Final = (MARKET, "VN", "TH")
_SEED: Final = 8_101  # seeds below 8,000 were used to choose the rule
_FLOORS: Final = {20: 0.85, 50: 0.95, 200: 0.95}  # of the labels with so many copies, R11
_FLAGGED: Final = 1.0  # of a thousand honest boxes, R11


@dataclass(frozen=True)
class World:
    """An organisation and its readers."""

    name: str
    habits: Habits = field(default_factory=Habits)
    markets: tuple[str, ...] = (MARKET,)
    batches: int = 1  # of which one is sent every ten days
    less: int = 1  # how many times fewer boxes are measured
    house: int = 0  # boxes of one organisation, 0 for all of them
    floors: bool = False


_WORLDS: Final = (
    World("as assumed", floors=True),
    World("as assumed, ten batches in a hundred days", batches=10),
    World("read 0.25 times as readily", Habits(rate=0.25)),
    World("read 0.5 times as readily", Habits(rate=0.5)),
    World("read 2 times as readily", Habits(rate=2)),
    World("read 2 times as readily, ten batches", Habits(rate=2), batches=10),
    World("read 4 times as readily", Habits(rate=4), less=10),
    World("one in ten reads again", Habits(again=0.1), less=2),
    World("six in ten read again", Habits(again=0.6), less=2),
    World("six in ten boxes sold in shops", Habits(shops=0.6), less=2),
    World("importers and shops scan every box", Habits(scanned=True), less=2),
    World(
        "importers and shops scan every box, others read 0.5 times as readily", Habits(rate=0.5, scanned=True), less=2
    ),
    World("twice as many samples on shelves", Habits(samples=2), less=2),
    World("sold at home only", markets=(HOME,), less=2),
    World("sold in three countries", markets=_ABROAD, less=2),
    World("a thousand boxes an organisation", house=1_000, less=2),
    World("a thousand boxes an organisation, read 2 times as readily", Habits(rate=2), house=1_000, less=2),
)


def measure(quick: bool = False) -> Iterator[Row]:
    """What R11 asks for with readers of many habits, what copies do to the limit, and what goes the whole way."""
    boxes, labels = (2_000, 30) if quick else (60_000, 600)
    for place, world in enumerate(_WORLDS):
        yield from _in_world(world, Readers(_SEED + place, world.habits), boxes // world.less, labels)
    readers = Readers(_SEED + len(_WORLDS))
    house = [counted(readers.honest()) for _ in range(boxes // 6)]
    for members in (10, 30, 100):
        yield _photos(readers, members, labels, House(house))
    for percent in (3, 6, 12):
        yield _among_many(readers, house, percent, labels // 3)
    yield from whole_way(Readers(_SEED + len(_WORLDS) + 1), _together, 60 if quick else 400)


def _in_world(world: World, readers: Readers, boxes: int, labels: int) -> Iterator[Row]:
    """Honest boxes that are flagged and copies that are found, with limits that follow and with those that are set."""
    chance, size = readers.chance, world.house or boxes
    later = [10 * chance.randrange(world.batches) for _ in range(boxes)]
    markets = [chance.choice(world.markets) for _ in range(boxes)]
    honest = [counted(readers.honest(to), to, days) for to, days in zip(markets, later, strict=True)]
    parts = [honest[start : start + size] for start in range(0, boxes, size)]
    houses = [House(part) for part in parts]
    told = [judged(one, house.limits_on) for part, house in zip(parts, houses, strict=True) for one in part]
    fixed = sum(judged(one, as_set).at is not None for one in honest)
    yield _honest(world, told, honest, fixed, _said(houses, world))
    for copies in (10, 20, 50, 200) if world.floors else (20, 50):
        for abroad in (False, True) if world.floors and copies < 50 else (False,):
            copied = []
            for _ in range(labels):
                to, days = chance.choice(world.markets), 10 * chance.randrange(world.batches)
                copied.append(counted(readers.copied(copies, _ABROAD if abroad else (to,)), to, days))
            yield _copied(world, copies, copied, houses, abroad=abroad)


def _honest(world: World, told: Sequence[Told], honest: Sequence[Label], fixed: int, limits: str) -> Row:
    boxes, read = len(honest), sum(len(one.readings) for one in honest)
    found = [one for one in told if one.at is not None]
    why = Counter(str(reason) for one in found for reason in one.reasons)
    spoken = sum(bool(TOO_WIDELY.intersection(one.reasons)) for one in found)
    note = (
        f"per thousand of {boxes:,} boxes, each read by {read / boxes:.1f} devices: {len(found)} listed"
        f" ({_listed(why)}), {spoken} of them said on the label's page; {limits}; with 14 and 8 for all"
        f" {fixed * 1000 / boxes:.3g}"
    )
    floor = _FLAGGED if world.floors else None
    return Row("R11", f"honest boxes flagged, {world.name}", len(found) * 1000 / boxes, floor, note=note)


def _copied(world: World, copies: int, copied: Sequence[Label], houses: Sequence[House], *, abroad: bool) -> Row:
    told = [judged(one, houses[place % len(houses)].limits_on) for place, one in enumerate(copied)]
    hours = sorted(one.hours for one in told if one.at is not None)
    fixed = sum(judged(one, as_set).at is not None for one in copied) / len(copied)
    when = "never"
    if len(hours) > 1:
        late = hours[int(len(hours) * 0.95)]
        when = f"{statistics.median(hours):.0f} hours after the first reading, 95 of 100 within {late:.0f}"
    floor = _FLOORS.get(copies) if world.floors and not abroad else None
    what = f"{copies} copies found in {'three countries' if abroad else 'one country'}, {world.name}"
    note = f"share of {len(copied)} labels; {when}; with 14 and 8 for all {fixed:.3g}"
    return Row("R11", what, len(hours) / len(copied), floor, more_is_better=True, note=note)


def _photos(readers: Readers, members: int, labels: int, house: House) -> Row:
    found = [judged(counted(readers.photographed(members)), house.limits_on) for _ in range(labels)]
    share = sum(told.at is not None for told in found) / labels
    note = "share of labels; no figure is promised, the words are the same: copied or shared"
    return Row("photo", f"honest label flagged whose photo {members} people got", share, note=note)


def _among_many(readers: Readers, house: Sequence[Label], percent: int, labels: int) -> Row:
    """Whether whoever copies very many labels, fifty times each, so hides them: their readers raise the limit."""
    read = sum(bool(label.readings) for label in house)
    many = [counted(readers.copied(50)) for _ in range(read * percent // (100 - percent))]
    limits = House([*house, *many])
    found = [judged(one, limits.limits_on) for one in many[:labels]]
    share = sum(told.at is not None for told in found) / len(found)
    note = f"share of {len(found)} labels, {read + len(many):,} read; {_limits([limits], 25)}"
    return Row("R11", f"50 copies found where {percent} of 100 labels read are copies", share, None, None, True, note)


def _together(read: Sequence[Sequence[Scan]]) -> list[Told]:
    """What is said of the labels of one organisation."""
    labels = [counted(scans) for scans in read]
    house = House(labels)
    return [judged(label, house.limits_on) for label in labels]


def _said(houses: Sequence[House], world: World) -> str:
    return _limits(houses, 25 + 5 * (world.batches - 1))


def _limits(houses: Sequence[House], day: int) -> str:
    """The limits in the middle of the season."""
    found: list[Limits] = sorted((house.limits_on(day) for house in houses), key=lambda one: one.devices)
    low, high = found[0], found[-1]
    if low == high:
        return f"limits on day {day}: {low.devices} and {low.few}"
    return f"limits on day {day}: {low.devices} and {low.few} to {high.devices} and {high.few}"


def _listed(why: Counter[str]) -> str:
    return ", ".join(f"{name} {n}" for name, n in why.most_common()) or "none"


if __name__ == "__main__":
    print(printed(list(measure())))
