"""A farmer's season on one sheet: what was brought, what it is worth, what was paid, and where the fruit went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from traceability.domain.dossier import Names
from traceability.domain.seasons import SeasonOf


@dataclass(frozen=True)
class Brought:
    """One delivery. `amount` is None where nobody entered a price."""

    code: str
    on: date
    number: str
    goods: Names
    grade: str
    mass_g: int
    amount: int | None
    currency: str


@dataclass(frozen=True)
class Sum:
    """Grams of one kind of goods in the season."""

    goods: Names
    mass_g: int
    deliveries: int


@dataclass(frozen=True)
class Money:
    """One currency: what the season's deliveries are worth, what was paid from its first delivery to the
    first of the next, what is owed today."""

    currency: str
    due: int
    paid: int
    owed: int


@dataclass(frozen=True)
class Went:
    """A released batch and the farmer's grams in it, as its page counts them.

    `buyers` are known of own batches only; the country is where the batch was meant for.
    """

    code: str
    number: str
    goods: Names
    organisation: str
    own: bool
    country: str
    buyers: tuple[str, ...]
    released_on: date
    batch_g: int
    mass_g: int


@dataclass(frozen=True)
class Statement:
    """Everything a farmer is told of one season, oldest first."""

    organisation: Names
    phone: str
    country: str
    demo: bool
    farmer: str
    number: str
    name: str
    village: str
    season: SeasonOf
    product: Names  # whose season it is
    seasons: tuple[SeasonOf, ...]  # of which there are statements, the newest first
    as_of: date
    brought: tuple[Brought, ...]
    sums: tuple[Sum, ...]
    money: tuple[Money, ...]
    went: tuple[Went, ...]
    stock_g: int  # of what was made of it and still lies here, rounded up
    road_g: int
    others_g: int  # with other organisations, in no released batch yet
