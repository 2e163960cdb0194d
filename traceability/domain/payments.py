"""Paying farmers, where an organisation does: the facts, and which delivery a sum of money settles.

Amounts are whole units of a currency: kip and dong have no smaller ones in use.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from traceability.domain.facts import Fact
from traceability.errors import Invalid
from traceability.words import N_

# A payment at the scale is said under its weigh-in's client id with this behind it: so the two find each other.
PAID: Final = ".p"
NOW: Final = "now"  # how a weigh-in says that its price is paid on the spot; else it is owed
MOST_AT_ONCE: Final = 10**13
PURPOSES: Final = {"payment": N_("For deliveries"), "advance": N_("Advance")}


@dataclass(frozen=True, kw_only=True)
class AgreePrice(Fact):
    """The price of deliveries that were weighed in without one."""

    deliveries: tuple[str, ...]
    price_per_kg: int
    currency: str


@dataclass(frozen=True, kw_only=True)
class Pay(Fact):
    """Money for a farmer. With deliveries and no amount it is what is still open of them."""

    farmer: str
    currency: str
    amount: int | None = None
    purpose: str = "payment"  # or advance
    deliveries: tuple[str, ...] = ()


class AmountTooLarge(Invalid):
    """{amount} is more money than can be right here. Check the price and the kilograms."""


def price_of(mass_g: int, price_per_kg: int) -> int:
    """What grams are worth, the part of a unit below one left out. Raises AmountTooLarge."""
    return checked(mass_g * price_per_kg // 1000, at="price_per_kg")


def checked(amount: int, *, at: str) -> int:
    """An amount that can be right: what is beyond could not even be added up. Raises AmountTooLarge."""
    if amount > MOST_AT_ONCE:
        raise AmountTooLarge(amount=amount, at=at)
    return amount


def share_out(amount: int, open_amounts: Sequence[int]) -> tuple[int, ...]:
    """How a sum settles several open amounts one after the other; what is too much settles none."""
    parts = []
    for due in open_amounts:
        part = min(amount, max(due, 0))
        parts.append(part)
        amount -= part
    return tuple(parts)
