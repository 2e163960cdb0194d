"""What deliveries are worth and what was paid, row by row: which rows count, and how far money reaches.

The statements name the organisation `org`: who asks often builds them once.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import CTE, ColumnElement, and_, bindparam, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from traceability.domain.events import Kind
from traceability.models import Due, Event, Lot, Payment


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


def without_price() -> ColumnElement[bool]:
    """Deliveries that stand and whose price nobody entered."""
    return and_(
        Lot.kind == "delivery", Lot.void.is_(False), ~exists().where(Due.lot_id == Lot.id, standing(Due)).correlate(Lot)
    )


def run(*wanted: ColumnElement[bool], paid_to: ColumnElement[bool]) -> CTE:
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
        .where(Payment.org_id == bindparam("org"), Payment.lot_id.is_not(None), standing(Payment), paid_to)
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
        .where(Due.org_id == bindparam("org"), standing(Due), Lot.void.is_(False), *wanted)
        .cte("run")
    )


def paid(*wanted: ColumnElement[bool]) -> CTE:
    """What each farmer was paid."""
    return (
        select(Payment.party_id, Payment.currency, func.sum(Payment.amount).label("amount"))
        .where(Payment.org_id == bindparam("org"), standing(Payment), *wanted)
        .group_by(Payment.party_id, Payment.currency)
        .cte("paid")
    )
