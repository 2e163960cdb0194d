"""An event is a balanced entry of mass: signed whole grams per account that sum to zero (DESIGN 1.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from traceability.errors import Invalid


class Account(StrEnum):
    """Where mass can be. Sources only ever give, sinks only ever take, lots and transit do both."""

    LOT = "lot"
    PLOT = "plot"  # source: fruit of a known plot
    PARTY = "party"  # source: fruit of a farmer whose plot is not known
    TRANSIT = "transit"  # on the road between two organisations
    BUYER = "buyer"  # sink: left the system to a buyer
    LOSS = "loss"  # sink: moisture, husk, pulp, waste, sample ...
    GAIN = "gain"  # source: the scale showed more than was counted


@dataclass(frozen=True, slots=True)
class Posting:
    """`mass_g` signed grams (and `count` signed whole units) on one account; `ref` is a public code or a loss key."""

    account: Account
    ref: str
    mass_g: int
    count: int = 0


@dataclass(frozen=True, slots=True)
class Edge:
    """`mass_g` grams of `parent` went into the event that made `child`; a weight, exact, never rounded."""

    child: str
    parent: str
    mass_g: int


class Unbalanced(Invalid):
    """What went in and what came out differ by {difference_g}. Enter the missing loss or output."""


class UnitsDiffer(Invalid):
    """{difference} units are missing or too many. Count again: units cannot appear or vanish here."""


class UnitsBelowZero(Invalid):
    """There cannot be fewer than no units. Count again."""


def check_balanced(postings: Sequence[Posting], *, keeps_count: bool) -> None:
    """Raises Unbalanced unless grams sum to zero, and UnitsDiffer unless units do (where units are conserved).

    Grams and units of a line go the same way: UnitsBelowZero when a lot would gain units by giving grams.
    """
    if any(posting.mass_g * posting.count < 0 for posting in postings):
        raise UnitsBelowZero()
    difference = sum(posting.mass_g for posting in postings)
    if difference:
        raise Unbalanced(difference_g=abs(difference))
    units = sum(posting.count for posting in postings)
    if keeps_count and units:
        raise UnitsDiffer(difference=abs(units))


def reversed_entry(postings: Sequence[Posting]) -> tuple[Posting, ...]:
    """The compensation of an entry: the same accounts, every sign turned."""
    return tuple(Posting(p.account, p.ref, -p.mass_g, -p.count) for p in postings)


def edges_of(postings: Sequence[Posting], made: frozenset[str], carried: Mapping[str, str]) -> tuple[Edge, ...]:
    """The lineage edges of one entry: every lot it made from every lot it took from.

    `made` holds the codes of lots that this entry created; `carried` maps a transit code to the lot on the road.
    Each child gets each parent's whole input as its weight: outputs of one event share one composition.
    """
    taken: dict[str, int] = {}
    for posting in postings:
        if posting.mass_g >= 0:
            continue
        if posting.account is Account.LOT:
            taken[posting.ref] = taken.get(posting.ref, 0) - posting.mass_g
        elif posting.account is Account.TRANSIT:
            parent = carried[posting.ref]
            taken[parent] = taken.get(parent, 0) - posting.mass_g
    children = sorted({p.ref for p in postings if p.account is Account.LOT and p.mass_g > 0 and p.ref in made})
    return tuple(Edge(child, parent, mass) for child in children for parent, mass in sorted(taken.items()))
