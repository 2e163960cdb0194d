"""How payments settle deliveries, as the database adds it up.

A payment settles the delivery it names; one that names none, or whose delivery turned out to be another farmer's or
was declared in error, settles what is open, the oldest first. A delivery is owed to whoever it is booked on now.
"""

from __future__ import annotations

from sqlalchemy import CTE, ColumnElement, and_, case, exists, func, select

from traceability.domain.roles import Actor
from traceability.models import Due, Event, Lot, Payment


def standing(table: type[Due] | type[Payment]) -> ColumnElement[bool]:
    """Rows whose entry was not declared in error."""
    return ~exists().where(Event.declares_id == table.made_by_id)


def dues_in_turn(actor: Actor, *wanted: ColumnElement[bool], paid_to: ColumnElement[bool]) -> CTE:
    """The deliveries with a price, each with what payments for it settle and what is open of all up to it."""
    tied = (
        select(Payment.lot_id, Payment.party_id, Payment.currency, func.sum(Payment.amount).label("amount"))
        .where(Payment.org_id == actor.org_id, Payment.lot_id.is_not(None), standing(Payment), paid_to)
        .group_by(Payment.lot_id, Payment.party_id, Payment.currency)
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
            func.sum(settled).over(partition_by=(Lot.origin_party_id, Due.currency)).label("all_tied"),
            func.sum(Due.amount - settled)
            .over(partition_by=(Lot.origin_party_id, Due.currency), order_by=(Lot.made_at, Lot.id))
            .label("upto"),
        )
        .join(Lot, Lot.id == Due.lot_id)
        .outerjoin(
            tied,
            and_(
                tied.c.lot_id == Due.lot_id,
                tied.c.party_id == Lot.origin_party_id,
                tied.c.currency == Due.currency,
            ),
        )
        .where(Due.org_id == actor.org_id, standing(Due), Lot.void.is_(False), *wanted)
        .cte("run")
    )


def paid_to_each(actor: Actor, *wanted: ColumnElement[bool]) -> CTE:
    """What each farmer was paid."""
    return (
        select(Payment.party_id, Payment.currency, func.sum(Payment.amount).label("amount"))
        .where(Payment.org_id == actor.org_id, standing(Payment), *wanted)
        .group_by(Payment.party_id, Payment.currency)
        .cte("paid")
    )
