"""What farmers are owed and what they were paid. An organisation that never entered a price has none of this.

A payment settles the delivery it names; one that names none, or whose delivery turned out to be another farmer's or
was declared in error, settles what is open, the oldest first. What was paid for a delivery that was corrected is for
the one that replaced it. A delivery is owed to whoever it is booked on now.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import CTE, Select, and_, bindparam, exists, func, select
from sqlalchemy.orm import Session

from traceability.domain.roles import Actor
from traceability.models import Due, Event, Lot, Payment
from traceability.models.statements import Statement
from traceability.queries import dues
from traceability.queries.farmers import DeliveryRow, deliveries


@dataclass(frozen=True)
class DueRow:
    """A delivery with its price: what it is worth, and how much of that is still open."""

    code: str
    number: str
    event: str
    made_at: datetime
    zone_minutes: int
    commodity: str
    form: str
    mass_g: int
    amount: int
    open: int
    currency: str
    unnamed: int  # of it what money settles that was paid without naming a delivery
    over: int  # what was paid for it by name beyond its worth: that settles other deliveries


@dataclass(frozen=True)
class PaymentRow:
    """One entry that paid: `void` once it was declared in error."""

    event: str
    at: datetime
    zone_minutes: int
    amount: int
    currency: str
    advance: bool
    void: bool


@dataclass(frozen=True)
class Balance:
    """What a farmer's deliveries are worth in one currency, and what was paid. Below nought is paid ahead."""

    currency: str
    due: int
    paid: int

    @property
    def owed(self) -> int:
        return self.due - self.paid


@dataclass(frozen=True)
class Account:
    """The money between an organisation and one farmer, the newest first."""

    balances: tuple[Balance, ...]
    dues: tuple[DueRow, ...]
    payments: tuple[PaymentRow, ...]
    unpriced: int  # deliveries without a price

    def open_in(self, currency: str) -> tuple[DueRow, ...]:
        """What is open in one currency, the oldest first."""
        return tuple(row for row in reversed(self.dues) if row.open and row.currency == currency)

    def balance_in(self, currency: str) -> int:
        """What is owed in one currency."""
        return next((balance.owed for balance in self.balances if balance.currency == currency), 0)


def _sums(table: CTE, column: str) -> Select[str, int]:
    return select(table.c.currency, func.sum(table.c[column])).group_by(table.c.currency)


# asked with every payment, so they are built once: of one farmer (`party`) and one organisation (`org`)
_RUN: Final = dues.run(Lot.origin_party_id == bindparam("party"), paid_to=Payment.party_id == bindparam("party"))
_PAID: Final = dues.paid(Payment.party_id == bindparam("party"))
_GIVEN: Final = Statement(_sums(_PAID, "amount"))
_TIED: Final = Statement(_sums(_RUN, "tied"))
_DUES: Final = Statement(
    select(
        Lot.code,
        Lot.number,
        Event.code,
        Lot.made_at,
        Lot.zone_minutes,
        Lot.commodity,
        Lot.form,
        Lot.made_g,
        _RUN.c.currency,
        _RUN.c.amount,
        _RUN.c.tied,
        _RUN.c.over,
        _RUN.c.upto,
    )
    .select_from(Lot)
    .join(_RUN, _RUN.c.lot_id == Lot.id)
    .join(Event, Event.id == Lot.made_by_id)
    .order_by(Lot.made_at.desc(), Lot.id.desc())
)
_PAYMENTS: Final = Statement(
    select(
        select(Event.code).where(Event.id == Payment.made_by_id).correlate(Payment).scalar_subquery(),
        Payment.paid_at,
        Payment.zone_minutes,
        func.sum(Payment.amount),
        Payment.currency,
        func.min(Payment.purpose) == "advance",
        exists().where(Event.declares_id == Payment.made_by_id).correlate(Payment),
    )
    .where(Payment.org_id == bindparam("org"), Payment.party_id == bindparam("party"))
    .group_by(Payment.made_by_id, Payment.paid_at, Payment.zone_minutes, Payment.currency)
    .order_by(Payment.paid_at.desc(), Payment.made_by_id.desc())
)
_UNPRICED: Final = Statement(
    select(func.count()).where(
        Lot.org_id == bindparam("org"), Lot.origin_party_id == bindparam("party"), dues.without_price()
    )
)


def uses_money(session: Session, actor: Actor) -> bool:
    """Whether the organisation ever entered a price or paid anybody here."""
    return any(session.scalar(select(exists().where(table.org_id == actor.org_id))) for table in (Due, Payment))


def account(session: Session, actor: Actor, party_id: int) -> Account:
    """Everything about the money of one farmer."""
    connection, of = session.connection(), {"org": actor.org_id, "party": party_id}
    given = {currency: int(amount) for currency, amount in _GIVEN.rows(connection, of)}
    tied = {currency: int(amount) for currency, amount in _TIED.rows(connection, of)}
    free = {currency: given.get(currency, 0) - tied.get(currency, 0) for currency in {*given, *tied}}
    rows = tuple(_due(row, free) for row in _DUES.rows(connection, of))
    payments = (
        PaymentRow(code, at, zone, int(amount), *rest)
        for code, at, zone, amount, *rest in _PAYMENTS.rows(connection, of)
    )
    return Account(_balances(rows, given), rows, tuple(payments), _UNPRICED.first(connection, of)[0])


def paid_without_naming(session: Session, actor: Actor, lot: str) -> DueRow | None:
    """A delivery that stands and that money settles which was paid without naming it; see `unnamed`."""
    party = select(Lot.origin_party_id).where(Lot.org_id == actor.org_id, Lot.code == lot)
    rows = account(session, actor, session.scalars(party).one() or 0).dues
    return next((row for row in rows if row.code == lot and row.unnamed), None)


def unpriced(session: Session, actor: Actor, party_id: int) -> list[DeliveryRow]:
    """The deliveries of one farmer that have no price, the newest first."""
    return deliveries(session, actor, and_(Lot.origin_party_id == party_id, dues.without_price()))


def _due(row: Sequence[Any], free: Mapping[str, int]) -> DueRow:
    """A delivery; `free` is what was paid in each currency and settles no delivery by name."""
    *said, currency, amount, tied, over, upto = row
    tied = int(tied)
    still = min(amount - tied, max(0, int(upto) - free.get(currency, 0)))  # what free money has not reached in its turn
    return DueRow(*[*said, amount, still, currency, amount - tied - still, int(over)])


def _balances(rows: Sequence[DueRow], given: Mapping[str, int]) -> tuple[Balance, ...]:
    worth = Counter[str]()
    for row in rows:
        worth[row.currency] += row.amount
    return tuple(Balance(currency, worth[currency], given.get(currency, 0)) for currency in sorted({*worth, *given}))
