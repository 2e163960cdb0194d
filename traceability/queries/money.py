"""What farmers are owed and what they were paid. An organisation that never entered a price has none of this.

A payment settles the delivery it names; one that names none, or whose delivery turned out to be another farmer's or
was declared in error, settles what is open, the oldest first. What was paid for a delivery that was corrected is for
the one that replaced it. A delivery is owed to whoever it is booked on now.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from traceability.domain.dossier import Names
from traceability.domain.events import Kind
from traceability.domain.moments import day_of
from traceability.domain.roles import Actor
from traceability.errors import NoSuchEvent
from traceability.models import Due, Event, Lot, Organisation, Party, Payment, Person, User
from traceability.queries.farmers import DeliveryRow, FarmerRow, deliveries, farmer_row


@dataclass(frozen=True)
class Owed:
    """A farmer who is owed money in one currency, and since when."""

    code: str
    number: str
    name: str
    village: str
    currency: str
    amount: int
    since: datetime


@dataclass(frozen=True)
class OwedSum:
    """What all farmers together are owed in one currency; `days` since the oldest delivery that is open."""

    currency: str
    amount: int
    farmers: int
    days: int


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


@dataclass(frozen=True)
class PaymentSlip:
    """What the receipt of a payment says; the parts are numbers of deliveries with their amounts."""

    event: str
    at: datetime
    zone_minutes: int
    organisation: Names
    phone: str
    farmer: FarmerRow
    amount: int
    currency: str
    advance: bool
    parts: tuple[tuple[str, int], ...]
    rest: int
    clerk: str
    void: bool


def uses_money(session: Session, actor: Actor) -> bool:
    """Whether the organisation ever entered a price or paid anybody here."""
    return any(session.scalar(select(exists().where(table.org_id == actor.org_id))) for table in (Due, Payment))


def standing(table: type[Due] | type[Payment]) -> ColumnElement[bool]:
    """Rows whose entry was not declared in error; of what one delivery is worth, the last word on its weight."""
    counts = ~exists().where(Event.declares_id == table.made_by_id)
    if table is Payment:
        return counts
    priced_by, later, weight = aliased(Due), aliased(Due), aliased(Event)
    corrected = exists().where(weight.id == Due.made_by_id, weight.kind == str(Kind.CORRECT_WEIGHT))
    price = exists().where(priced_by.lot_id == Due.lot_id, priced_by.id < Due.id, priced(priced_by))
    newer = exists().where(
        later.lot_id == Due.lot_id, later.id > Due.id, ~exists().where(Event.declares_id == later.made_by_id)
    )
    return and_(counts, ~newer, or_(~corrected, price))


def priced(due: Any = Due) -> ColumnElement[bool]:
    """Rows of an entry that says a price and was not declared in error."""
    wrong, said = aliased(Event), aliased(Event)
    return and_(
        ~exists().where(wrong.declares_id == due.made_by_id),
        exists().where(said.id == due.made_by_id, said.kind != str(Kind.CORRECT_WEIGHT)),
    )


def owed(session: Session, actor: Actor) -> list[Owed]:
    """Everybody who is owed something, who waits longest first."""
    rows = session.execute(_owed(actor).order_by("since", Party.id))
    return [
        Owed(code, number, name, village, currency, int(amount), since)
        for code, number, name, village, currency, amount, since in rows
    ]


def owed_sums(session: Session, actor: Actor) -> list[OwedSum]:
    """The same as one line a currency."""
    found: dict[str, list[Owed]] = {}
    for row in owed(session, actor):
        found.setdefault(row.currency, []).append(row)
    today = day_of(datetime.now(UTC), actor.zone_minutes)
    return [
        OwedSum(
            currency,
            sum(row.amount for row in rows),
            len(rows),
            (today - day_of(rows[0].since, actor.zone_minutes)).days,
        )
        for currency, rows in sorted(found.items())
    ]


def account(session: Session, actor: Actor, party_id: int) -> Account:
    """Everything about the money of one farmer."""
    run = _run(actor, Lot.origin_party_id == party_id, paid_to=Payment.party_id == party_id)
    paid = _paid(actor, Payment.party_id == party_id)
    sums = {currency: (int(amount), int(tied)) for currency, amount, tied in _settled(session, run, paid)}
    rows = session.execute(
        select(Lot, Event.code, run.c.amount, run.c.tied, run.c.over, run.c.upto, run.c.currency)
        .join(run, run.c.lot_id == Lot.id)
        .join(Event, Event.id == Lot.made_by_id)
        .order_by(Lot.made_at.desc(), Lot.id.desc())
    ).all()
    dues = tuple(
        _due(
            *(lot, event, currency, amount, int(tied), int(over)),
            still=_open(amount - int(tied), int(upto), sums.get(currency, (0, 0))),
        )
        for lot, event, amount, tied, over, upto, currency in rows
    )
    unpriced = session.scalar(
        select(func.count()).where(Lot.org_id == actor.org_id, Lot.origin_party_id == party_id, without_price())
    )
    return Account(_balances(dues, sums), dues, _payments(session, actor, party_id), unpriced or 0)


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


def payment_slip(session: Session, actor: Actor, code: str) -> PaymentSlip:
    """What the receipt of a payment says, by the code of its entry. Raises NoSuchEvent."""
    found = session.execute(
        select(Event, Organisation, User.name)
        .join(Organisation, Organisation.id == Event.org_id)
        .outerjoin(User, User.id == Event.actor_id)
        .where(Event.org_id == actor.org_id, Event.kind == "pay", Event.code == code.strip().upper())
    ).first()
    if found is None:
        raise NoSuchEvent(code=code)
    event, organisation, clerk = found
    said: Mapping[str, Any] = event.kdes
    party, person = session.execute(
        select(Party, Person)
        .join(Person, Person.party_id == Party.id)
        .where(Party.org_id == actor.org_id, Party.code == said["farmer"])
    ).one()
    parts = {part["delivery"]: part["amount"] for part in said["parts"]}
    named = session.execute(select(Lot.code, Lot.number).where(Lot.org_id == actor.org_id, Lot.code.in_(parts)))
    numbers = {lot: number for lot, number in named}
    return PaymentSlip(
        event=event.code,
        at=event.occurred_at,
        zone_minutes=event.zone_minutes,
        organisation=organisation.called,
        phone=organisation.phone,
        farmer=farmer_row(party, person),
        amount=said["amount"],
        currency=said["currency"],
        advance=said["purpose"] == "advance",
        parts=tuple((numbers.get(delivery, delivery), amount) for delivery, amount in parts.items()),
        rest=said["amount"] - sum(parts.values()),
        clerk=clerk or "",
        void=session.scalar(select(exists().where(Event.declares_id == event.id))) or False,
    )


# -- how it is settled ----------------------------------------------------------------------------------------------


def _run(actor: Actor, *wanted: ColumnElement[bool], paid_to: ColumnElement[bool]) -> CTE:
    """The deliveries with a price, each with what payments for it settle and what is open of all up to it."""
    corrected = aliased(Due)  # a payment may name a delivery that was corrected: it is for the one that replaced it
    another = aliased(Due)  # a delivery that was priced or weighed again has several rows, which all say the same
    first = func.coalesce(corrected.instead_of_id, Payment.lot_id)
    tied = (
        select(first.label("first"), Payment.party_id, Payment.currency, func.sum(Payment.amount).label("amount"))
        .outerjoin(
            corrected,
            and_(
                corrected.org_id == Payment.org_id,
                corrected.lot_id == Payment.lot_id,
                corrected.instead_of_id.is_not(None),
                ~exists().where(
                    another.lot_id == corrected.lot_id,
                    another.instead_of_id.is_not(None),
                    another.id < corrected.id,
                ),
            ),
        )
        .where(Payment.org_id == actor.org_id, Payment.lot_id.is_not(None), standing(Payment), paid_to)
        .group_by(first, Payment.party_id, Payment.currency)
        .subquery()
    )
    given = func.coalesce(tied.c.amount, 0)
    settled = case((given > Due.amount, Due.amount), else_=given)
    return (
        select(
            Due.lot_id,
            Lot.origin_party_id.label("party_id"),
            Due.currency,
            Due.amount,
            Lot.made_at,
            settled.label("tied"),
            (given - settled).label("over"),
            func.sum(settled).over(partition_by=(Lot.origin_party_id, Due.currency)).label("all_tied"),
            func.sum(Due.amount - settled)
            .over(partition_by=(Lot.origin_party_id, Due.currency), order_by=(Lot.made_at, Lot.id))
            .label("upto"),
        )
        .join(Lot, Lot.id == Due.lot_id)
        .outerjoin(
            tied,
            and_(
                tied.c.first == func.coalesce(Due.instead_of_id, Due.lot_id),
                tied.c.party_id == Lot.origin_party_id,
                tied.c.currency == Due.currency,
            ),
        )
        .where(Due.org_id == actor.org_id, standing(Due), Lot.void.is_(False), *wanted)
        .cte("run")
    )


def _paid(actor: Actor, *wanted: ColumnElement[bool]) -> CTE:
    """What each farmer was paid."""
    return (
        select(Payment.party_id, Payment.currency, func.sum(Payment.amount).label("amount"))
        .where(Payment.org_id == actor.org_id, standing(Payment), *wanted)
        .group_by(Payment.party_id, Payment.currency)
        .cte("paid")
    )


def _owed(actor: Actor) -> Select[Any]:
    """Whose deliveries are worth more than was paid; in whose turn what is open is looked at of these alone."""
    paid = _paid(actor)
    worth = (
        select(Lot.origin_party_id.label("party_id"), Due.currency, func.sum(Due.amount).label("amount"))
        .join(Lot, Lot.id == Due.lot_id)
        .where(Due.org_id == actor.org_id, standing(Due), Lot.void.is_(False))
        .group_by(Lot.origin_party_id, Due.currency)
        .subquery()
    )
    waiting = (
        select(worth.c.party_id)
        .outerjoin(paid, and_(paid.c.party_id == worth.c.party_id, paid.c.currency == worth.c.currency))
        .where(worth.c.amount > func.coalesce(paid.c.amount, 0))
    )
    run = _run(actor, Lot.origin_party_id.in_(waiting), paid_to=Payment.party_id.in_(waiting))
    given = func.coalesce(paid.c.amount, 0)
    is_open = run.c.upto > given - run.c.all_tied
    amount = func.sum(run.c.amount) - given
    return (
        select(
            Party.code,
            Party.number,
            Person.name,
            Party.village,
            run.c.currency,
            amount.label("amount"),
            func.min(case((is_open, run.c.made_at))).label("since"),
        )
        .join(Person, Person.party_id == Party.id)
        .join(run, run.c.party_id == Party.id)
        .outerjoin(paid, and_(paid.c.party_id == run.c.party_id, paid.c.currency == run.c.currency))
        .group_by(Party.id, Party.code, Party.number, Person.name, Party.village, run.c.currency, paid.c.amount)
        .having(amount > 0)
    )


def _settled(session: Session, run: CTE, paid: CTE) -> list[tuple[str, int, int]]:
    """For each currency what was paid, and how much of that settles a delivery it names."""

    def sums(table: CTE, column: str) -> dict[str, int]:
        rows = session.execute(select(table.c.currency, func.sum(table.c[column])).group_by(table.c.currency))
        return {currency: int(amount) for currency, amount in rows}

    given, tied = sums(paid, "amount"), sums(run, "tied")
    return [(currency, given.get(currency, 0), tied.get(currency, 0)) for currency in sorted({*given, *tied})]


def _due(lot: Lot, event: str, currency: str, amount: int, tied: int, over: int, *, still: int) -> DueRow:
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
        over=over,
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


def _payments(session: Session, actor: Actor, party_id: int) -> tuple[PaymentRow, ...]:
    void = exists().where(Event.declares_id == Payment.made_by_id).correlate(Payment)
    made = select(Event.code).where(Event.id == Payment.made_by_id).correlate(Payment).scalar_subquery()
    rows = session.execute(
        select(
            made,
            Payment.paid_at,
            Payment.zone_minutes,
            func.sum(Payment.amount),
            Payment.currency,
            func.min(Payment.purpose) == "advance",
            void,
        )
        .where(Payment.org_id == actor.org_id, Payment.party_id == party_id)
        .group_by(Payment.made_by_id, Payment.paid_at, Payment.zone_minutes, Payment.currency)
        .order_by(Payment.paid_at.desc(), Payment.made_by_id.desc())
    )
    return tuple(PaymentRow(code, at, zone, int(amount), *rest) for code, at, zone, amount, *rest in rows)
