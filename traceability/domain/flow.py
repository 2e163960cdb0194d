"""The grams of a batch from farms through the lots where they first met, in so few parts that a phone can draw them.

Three farms are three parts; three thousand are their villages or cooperatives, and whoever is in none of the larger
ones is summed. Nobody is put in a group of fewer than five farms. The same rows give the same parts in any order, and
every sum is exact: the bands out of a part are the part, the bands into a lot are the lot, all of them are the batch.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeVar

MOST: Final = 6  # parts of each kind: as many rows as a phone shows without losing the thread
LEAST_FARMS: Final = 5  # of a group (RELIABILITY R8)

Group = TypeVar("Group", bound=Hashable)


class Part(NamedTuple):
    """One end of the bands: a farm, a lot, or several of them as one. Or the farms of one place, or behind a claim."""

    key: str  # of its page: "farm-07", "farms-2", "lot-7K3QX9MB", "lots-1", "place-1", "claim-1"
    kind: str  # farm, village, cooperative, farms; lot, lots, direct; place; claim
    name: str  # of the farm with consent, the village, the lot's number; empty where there is none
    label: str  # "07" of a farm
    many: int  # how many farms or lots are in it
    mass_g: int
    tenths: int  # of a percent of the batch
    whose: Mapping[str, str]  # by language: the cooperative of the farms, who made the lots; empty of several
    where: tuple[str, ...] = ()  # of a place: country, province, district


class Band(NamedTuple):
    """Grams that went from one of the `sources` into one of the `lots`, both by their place."""

    source: int
    lot: int
    mass_g: int


@dataclass(frozen=True)
class Flow:
    """Sources and lots, the largest first and the summed rest last; the bands in the order of both. And the same
    grams once more by where they grew."""

    sources: tuple[Part, ...] = ()
    lots: tuple[Part, ...] = ()
    bands: tuple[Band, ...] = ()
    places: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Heap:
    """What is drawn as one part, before it is named."""

    kind: str
    of: Hashable  # the village, the cooperative, or the one farm or lot itself; nothing for the summed rest
    members: Sequence[int] = field(default_factory=list)


def heaped_farms(
    grams: Mapping[int, int], villages: Mapping[int, Hashable], houses: Mapping[int, Hashable]
) -> list[Heap]:
    """Farms as few parts: each by itself, else by village, else by cooperative, else the largest and the others.

    `villages` names the farms whose village may be told, `houses` the cooperative of every farm.
    """
    farms = sorted(grams, key=lambda farm: (-grams[farm], farm))
    if len(farms) <= MOST:
        return [Heap("farm", farm, [farm]) for farm in farms]
    for kind, groups in (("village", villages), ("cooperative", houses)):
        counts = Counter(groups[farm] for farm in farms if farm in groups)
        large = {group for group, count in counts.items() if count >= LEAST_FARMS}
        placed = sum(grams[farm] for farm in farms if groups.get(farm) in large)
        if len(large) > 1 and 2 * placed >= sum(grams.values()):
            return _heaped(kind, "farms", {farm: groups[farm] for farm in farms if groups.get(farm) in large}, grams)
    return _heaped("farm", "farms", {farm: farm for farm in farms[: MOST - 1]}, grams)


def heaped_lots(grams: Mapping[int, int], houses: Mapping[int, Hashable]) -> list[Heap]:
    """Lots as few parts: each by itself, else by the organisation that made them, else the largest and the others."""
    lots = sorted(grams, key=lambda lot: (-grams[lot], lot))
    if len(lots) <= MOST:
        return [Heap("lot", lot, [lot]) for lot in lots]
    if len(set(houses.values())) > 1:
        return _heaped("lots", "lots", {lot: houses[lot] for lot in lots}, grams)
    return _heaped("lot", "lots", {lot: lot for lot in lots[: MOST - 1]}, grams)


def heaped_places(grams: Mapping[int, int], places: Sequence[tuple[str, ...]]) -> list[Heap]:
    """Farms by the district that each is in, the most grams first."""
    members: dict[tuple[str, ...], list[int]] = {place: [] for place in places}
    for farm, place in enumerate(places):
        members[place].append(farm)
    sums = {place: sum(map(grams.__getitem__, farms)) for place, farms in members.items()}
    return [Heap("place", place, members[place]) for place in sorted(sums, key=lambda place: (-sums[place], place))]


def _heaped(kind: str, rest: str, groups: Mapping[int, Group], grams: Mapping[int, int]) -> list[Heap]:
    """The largest groups, and one heap of everything that is in none of them."""
    sums: Counter[Group] = Counter()
    for one, group in groups.items():
        sums[group] += grams[one]
    ordered = sorted(sums, key=lambda group: (-sums[group], str(group)))
    left = len(groups) < len(grams) or len(ordered) > MOST
    kept = ordered[: MOST - 1] if left else ordered
    heaps: dict[Group, list[int]] = {group: [] for group in kept}
    others: list[int] = []
    for one in sorted(grams):
        into = heaps.get(groups[one], others) if one in groups else others
        into.append(one)
    found = [Heap(kind, group, members) for group, members in heaps.items()]
    return [*found, Heap(rest, None, others)] if others else found


def woven(grams: Mapping[tuple[int, int], int], farms: Sequence[Heap], lots: Sequence[Heap]) -> tuple[Band, ...]:
    """Bands between the places of sources and lots: the sums of what each farm gave to each lot."""
    source = {member: at for at, heap in enumerate(farms) for member in heap.members}
    into = {member: at for at, heap in enumerate(lots) for member in heap.members}
    found: dict[tuple[int, int], int] = {}
    for (farm, lot), mass in grams.items():
        pair = source[farm], into[lot]
        found[pair] = found.get(pair, 0) + mass
    return tuple(Band(*pair, mass) for pair, mass in sorted(found.items()) if mass)


def into_lots(bands: Collection[Band], count: int) -> list[int]:
    """Grams of all bands by lot."""
    found = [0] * count
    for band in bands:
        found[band.lot] += band.mass_g
    return found
