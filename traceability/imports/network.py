"""A network of goods as others keep it, one value for every format: places, lots, and which lots were made of which."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Final

from traceability.domain.lineage import LineageLoop, oldest_first
from traceability.domain.quantity import apportion, rounded
from traceability.domain.text import nfc
from traceability.errors import Sentence
from traceability.imports.refusals import NetworkEmpty, NetworkTooLarge, TooManyInputs

MAX_LOTS: Final = 50_000
MAX_LINKS: Final = 250_000
MAX_INPUTS: Final = 10_000  # of one lot (threat model, T19)
MOST_GRAMS: Final = 10**15  # a thousand million tonnes: more is a slip of the pen
NOMINAL_G: Final = 1_000  # what a lot counts for, and weighs here, when nobody says how much it was
_LONGEST_NUMBER: Final = 32
_NAMED: Final = 10  # lots of a loop that a sentence can hold


@dataclass(frozen=True)
class Place:
    """Where goods were. A firm's name and its country are kept; addresses, positions and people are not."""

    key: str
    name: str
    country: str = ""


@dataclass(frozen=True)
class Good:
    """One lot under the id that the file gives it, at the place that sent or made it."""

    key: str
    number: str
    place: str  # key of a place; empty when nobody says
    item: str
    day: date | None
    mass_g: int | None


@dataclass(frozen=True)
class Input:
    """A lot that went into others, and how many grams of it when the file says so."""

    good: str
    mass_g: int | None = None


@dataclass(frozen=True)
class Step:
    """Lots made from lots: each of the one kind holds some of each of the other."""

    makes: tuple[str, ...]
    takes: tuple[Input, ...]


@dataclass(frozen=True)
class Network:
    """Everything that a file says about where goods came from. `said` counts its parts as the file has them."""

    format: str
    places: tuple[Place, ...]
    goods: tuple[Good, ...]
    steps: tuple[Step, ...]
    said: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[Sentence, ...] = ()

    @cached_property
    def by_key(self) -> Mapping[str, Good]:
        """The lots by their ids."""
        return {good.key: good for good in self.goods}

    @cached_property
    def made_of(self) -> Mapping[str, Mapping[str, int | None]]:
        """Lot -> the lots it was made of, with the grams that the file says went into it."""
        found: dict[str, dict[str, int | None]] = {}
        for step in self.steps:
            weights = [self.by_key[made].mass_g or NOMINAL_G for made in step.makes]
            for taken in step.takes:
                shared = [None] * len(weights) if taken.mass_g is None else apportion(taken.mass_g, weights)
                for made, mass in zip(step.makes, shared, strict=True):
                    parents = found.setdefault(made, {})
                    earlier = parents.get(taken.good, 0)
                    parents[taken.good] = None if mass is None or earlier is None else earlier + mass
        return found

    @property
    def sources(self) -> tuple[Good, ...]:
        """The lots that were made of nothing the file knows."""
        return tuple(good for good in self.goods if good.key not in self.made_of)

    @property
    def links(self) -> int:
        """How many pairs of a lot and one that it was made of."""
        return sum(len(parents) for parents in self.made_of.values())


def checked(network: Network) -> Network:
    """The network, once it is sure that it can be stored.

    Raises NetworkEmpty, NetworkTooLarge, TooManyInputs, and LineageLoop naming the lots of a loop.
    """
    if not network.goods:
        raise NetworkEmpty()
    check_extent(len(network.goods), sum(len(step.makes) * len(step.takes) for step in network.steps))
    for made, parents in network.made_of.items():
        if len(parents) > MAX_INPUTS:
            raise TooManyInputs(lot=network.by_key[made].number, found=len(parents), limit=MAX_INPUTS)
    try:
        oldest_first({made: [(parent, 1) for parent in parents] for made, parents in network.made_of.items()})
    except LineageLoop as problem:
        named = [network.by_key[key].number for key in _loop(network.made_of)]
        rest = ["…"] if len(named) > _NAMED else []
        raise LineageLoop(lot=", ".join([*named[:_NAMED], *rest])) from problem
    return network


def check_extent(lots: int, links: int) -> None:
    """Refuse a network that reaches beyond the limits."""
    if lots > MAX_LOTS:
        raise NetworkTooLarge(found=lots, limit=MAX_LOTS)
    if links > MAX_LINKS:
        raise NetworkTooLarge(found=links, limit=MAX_LINKS)


def whole_grams(exact: Fraction) -> int | None:
    """A mass in whole grams, at least one; None for what cannot be a mass."""
    return max(1, rounded(exact)) if 0 < exact <= MOST_GRAMS else None


def short_number(key: str) -> str:
    """An id of others as a lot number that people can type: its last part, in capitals, on one line."""
    plain = nfc(key).upper()
    return plain if len(plain) <= _LONGEST_NUMBER else plain[-_LONGEST_NUMBER:].lstrip(" .:/-_")


def _loop(made_of: Mapping[str, Mapping[str, int | None]]) -> Sequence[str]:
    """The lots of one loop, each made of the next and the last of the first."""
    done: set[str] = set()
    for start in made_of:
        way: dict[str, Iterator[str]] = {} if start in done else {start: iter(made_of[start])}
        while way:
            node = next(reversed(way))
            parent = next(way[node], None)
            if parent is None:
                done.add(node)
                del way[node]
            elif parent in way:
                nodes = list(way)
                return nodes[nodes.index(parent) :]
            elif parent in made_of and parent not in done:
                way[parent] = iter(made_of[parent])
    return ()
