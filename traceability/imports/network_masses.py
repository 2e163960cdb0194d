"""Days and whole grams for a network whose file leaves them out or contradicts itself, so that every entry balances."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from traceability.domain.lineage import oldest_first
from traceability.domain.quantity import apportion
from traceability.errors import FromTheFuture
from traceability.imports.network import NOMINAL_G, Good, Network


@dataclass(frozen=True)
class Weighed:
    """A lot as it can be booked: its grams, and the grams that each lot it was made of gave to it.

    `mass_g` is the mass of the file where it says one. What went in beside that, more or less, was never recorded.
    """

    good: Good
    day: date
    mass_g: int
    takes: tuple[tuple[str, int], ...] = ()  # (id of a lot, its grams)


def weighed(network: Network, today: date) -> tuple[Weighed, ...]:
    """Every lot with a day and a mass, oldest first, each after the lots it was made of.

    A lot is booked on its day, or on the latest of those it was made of when that is later or its own is unknown; a
    source without one on the first day of the file. All of a lot goes into what was made of it, by the grams that the
    file says, else in proportion to what was made; it never gives more than it holds, and at least a gram to each.
    Raises FromTheFuture for a day after `today`.
    """
    made_of = network.made_of
    used_in: dict[str, list[str]] = {}
    for made, parents in made_of.items():
        for parent in parents:
            used_in.setdefault(parent, []).append(made)
    first = min((good.day for good in network.goods if good.day), default=today)
    order = [good.key for good in network.sources]
    order += oldest_first({made: [(parent, 1) for parent in parents] for made, parents in made_of.items()})
    days: dict[str, date] = {}
    given: dict[tuple[str, str], int] = {}
    found = []
    for key in order:
        good, parents = network.by_key[key], made_of.get(key, {})
        days[key] = max([*(days[parent] for parent in parents), good.day or first])
        takes = tuple((parent, given[parent, key]) for parent in parents)
        mass = good.mass_g or (sum(grams for _, grams in takes) if takes else NOMINAL_G)
        children = used_in.get(key, [])
        mass = max(mass, len(children))
        said = [made_of[child][key] for child in children]
        weights = [network.by_key[child].mass_g or NOMINAL_G for child in children]
        given.update(zip(((key, child) for child in children), _shared(mass, said, weights), strict=True))
        found.append(Weighed(good, days[key], mass, takes))
    if max(days.values()) > today:
        raise FromTheFuture(at="occurred_at")
    places = {item.good.key: place for place, item in enumerate(found)}
    return tuple(sorted(found, key=lambda item: (item.day, places[item.good.key])))


def _shared(mass_g: int, said: Sequence[int | None], weights: Sequence[int]) -> list[int]:
    """The grams that each child gets of a lot of at least as many grams as it has children; none gets nothing."""
    wanted = [weight if grams is None else max(1, grams) for grams, weight in zip(said, weights, strict=True)]
    unsaid = [place for place, grams in enumerate(said) if grams is None]
    rest = mass_g - sum(grams for place, grams in enumerate(wanted) if said[place] is not None)
    if rest < len(unsaid):
        return _some_each(mass_g, wanted)
    for place, grams in zip(unsaid, _some_each(rest, [weights[place] for place in unsaid]), strict=True):
        wanted[place] = grams
    return wanted


def _some_each(total: int, weights: Sequence[int]) -> list[int]:
    """`total` shared by weights, but at least one to each; those with the most give what the others lack."""
    if not weights:
        return []
    shares = apportion(total, weights)
    lacking = shares.count(0)
    while lacking:
        most = max(range(len(shares)), key=shares.__getitem__)
        gives = min(lacking, max(1, shares[most] // 2))
        shares[most] -= gives
        lacking -= gives
    return [grams or 1 for grams in shares]
