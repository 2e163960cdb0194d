"""A farmer's season on one sheet: what was brought, what it is worth, what was paid, and where the fruit went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from traceability.domain.dossier import Names
from traceability.domain.seasons import SeasonOf
from traceability.words import N_


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
class PaidOut:
    """One payment, or what of it is of this season: for deliveries by number, an advance, or for none in particular."""

    on: date
    amount: int
    currency: str
    advance: bool
    numbers: tuple[str, ...]


@dataclass(frozen=True)
class Lost:
    """Grams that were lost in one kind of step; below nought where the scale showed more than went in."""

    step: str  # an English msgid
    name: Names
    mass_g: int


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
    payments: tuple[PaidOut, ...]  # what `money` sums as paid, the first first
    went: tuple[Went, ...]
    # Together with the batches these are what was brought, to the gram.
    stock_g: int  # of what was made of it and still lies here
    by_products_g: int  # and of by-products
    road_g: int
    others_g: int  # with other organisations, in no released batch yet
    sold_g: int  # shipped to buyers otherwise than in the batches above
    lost: tuple[Lost, ...]
    otherwise_g: int  # what the batches' own pages count less than by mass; below nought what they count more

    @property
    def brought_g(self) -> int:
        """Grams of all deliveries."""
        return sum(row.mass_g for row in self.brought)

    @property
    def left(self) -> tuple[tuple[str, int], ...]:
        """What is in no released batch, but for what was lost: what to say of it, and grams."""
        found = (
            (N_("Still here, as it is now"), self.stock_g),
            (N_("By-products, still here"), self.by_products_g),
            (N_("On the road"), self.road_g),
            (N_("Elsewhere, not yet sold"), self.others_g),
            (N_("Shipped to buyers in other batches"), self.sold_g),
            (N_("Counted in another order on the pages of these batches"), self.otherwise_g),
        )
        return tuple((words, grams) for words, grams in found if grams)
