"""The account of a farmer: what deliveries are worth, what was paid, and what is open of each.

An organisation that never entered a price has none of this.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CTE, ColumnElement, and_, exists, func, select
from sqlalchemy.orm import Session

from traceability.domain.roles import Actor
from traceability.models import Due, Event, Lot, Payment
from traceability.queries.farmers import DeliveryRow, deliveries
from traceability.queries.payments import PaymentRow, payments_to
from traceability.queries.settling import dues_in_turn, paid_to_each, standing


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


def uses_money(session: Session, actor: Actor) -> bool:
    """Whether the organisation ever entered a price or paid anybody here."""
    return any(session.scalar(select(exists().where(table.org_id == actor.org_id))) for table in (Due, Payment))


def account(session: Session, actor: Actor, party_id: int) -> Account:
    """Everything about the money of one farmer."""
    run = dues_in_turn(actor, Lot.origin_party_id == party_id, paid_to=Payment.party_id == party_id)
    paid = paid_to_each(actor, Payment.party_id == party_id)
    sums = {currency: (int(amount), int(tied)) for currency, amount, tied in _settled(session, run, paid)}
    rows = session.execute(
        select(Lot, Event.code, run.c.amount, run.c.tied, run.c.upto, run.c.currency)
        .join(run, run.c.lot_id == Lot.id)
        .join(Event, Event.id == Lot.made_by_id)
        .order_by(Lot.made_at.desc(), Lot.id.desc())
    ).all()
    dues = tuple(
        _due(lot, event, amount, currency, int(tied), _open(amount - int(tied), int(upto), sums.get(currency, (0, 0))))
        for lot, event, amount, tied, upto, currency in rows
    )
    unpriced = session.scalar(
        select(func.count()).where(Lot.org_id == actor.org_id, Lot.origin_party_id == party_id, without_price())
    )
    return Account(_balances(dues, sums), dues, payments_to(session, actor, party_id), unpriced or 0)


def paid_without_naming(session: Session, actor: Actor, lot: str) -> DueRow | None:
    """A delivery that stands and that money settles which was paid without naming it; see `unnamed`."""
    party = select(Lot.origin_party_id).where(Lot.org_id == actor.org_id, Lot.code == lot)
    dues = account(session, actor, session.scalars(party).one() or 0).dues
    return next((row for row in dues if row.code == lot and row.unnamed), None)


def without_price() -> ColumnElement[bool]:
    """Deliveries that stand and whose price nobody entered."""
    return and_(
        Lot.kind == "delivery", Lot.void.is_(False), ~exists().where(Due.lot_id == Lot.id, standing(Due)).correlate(Lot)
    )


def unpriced(session: Session, actor: Actor, party_id: int) -> list[DeliveryRow]:
    """The deliveries of one farmer that have no price, the newest first."""
    return deliveries(session, actor, and_(Lot.origin_party_id == party_id, without_price()))


def _settled(session: Session, run: CTE, paid: CTE) -> list[tuple[str, int, int]]:
    """For each currency what was paid, and how much of that settles a delivery it names."""

    def sums(table: CTE, column: str) -> dict[str, int]:
        rows = session.execute(select(table.c.currency, func.sum(table.c[column])).group_by(table.c.currency))
        return {currency: int(amount) for currency, amount in rows}

    given, tied = sums(paid, "amount"), sums(run, "tied")
    return [(currency, given.get(currency, 0), tied.get(currency, 0)) for currency in sorted({*given, *tied})]


def _due(lot: Lot, event: str, amount: int, currency: str, tied: int, still: int) -> DueRow:
    return DueRow(
        code=lot.code,
        number=lot.number,
        event=event,
        made_at=lot.made_at,
        zone_minutes=lot.zone_minutes,
        commodity=lot.commodity,
        form=lot.form,
        mass_g=lot.made_g,
        amount=amount,
        open=still,
        currency=currency,
        unnamed=amount - tied - still,
    )


def _open(left: int, upto: int, sums: tuple[int, int]) -> int:
    """What is open of a delivery: of what is left of it, that which free money has not reached in its turn."""
    paid, tied = sums
    return min(left, max(0, upto - (paid - tied)))


def _balances(dues: tuple[DueRow, ...], sums: Mapping[str, tuple[int, int]]) -> tuple[Balance, ...]:
    worth: dict[str, int] = {}
    for row in dues:
        worth[row.currency] = worth.get(row.currency, 0) + row.amount
    return tuple(
        Balance(currency, worth.get(currency, 0), sums.get(currency, (0, 0))[0]) for currency in sorted({*worth, *sums})
    )
