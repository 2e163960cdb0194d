"""What is usually paid for a kilogram: by the price list of the day, else by what was paid last."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from traceability.domain.roles import Actor
from traceability.errors import Sentence
from traceability.models import Due, Lot
from traceability.models.statements import Statement
from traceability.queries.currencies import currency_of
from traceability.queries.dues import standing
from traceability.queries.settings import price_of, prices
from traceability.words import N_

FACTOR: Final = 3  # a price beyond this many times the usual one, or below that part of it, is asked about
_LAST: Final = 5  # deliveries that say what is paid
_LOOKED_AT: Final = 200  # deliveries with a price of whatever goods, the newest, among which those are found

UNUSUAL_PRICE: Final = N_("{price} {currency} per kg? Usual is {usual} {currency}.")

# asked at every weigh-in with a price, so it is built once: building it takes twenty times as long as asking
_NEWEST: Final = (
    select(Due.lot_id, Due.amount)
    .where(Due.org_id == bindparam("org"), Due.currency == bindparam("currency"), standing(Due))
    .order_by(Due.lot_id.desc())
    .limit(_LOOKED_AT)
    .subquery()
)
_PAID_LAST: Final = Statement(
    select(_NEWEST.c.amount, Lot.made_g)
    .join(Lot, Lot.id == _NEWEST.c.lot_id)
    .where(Lot.commodity == bindparam("commodity"), Lot.form == bindparam("form"), Lot.void.is_(False))
    .order_by(_NEWEST.c.lot_id.desc())
    .limit(_LAST)
)


def usual_prices(
    session: Session, actor: Actor, goods: tuple[str, str], grade: str, currency: str, on: date
) -> Sequence[int]:
    """Prices of a kilogram to compare one with; none where nothing is known of these goods in this currency.

    `goods` are commodity and form. The list is in the currency of the organisation.
    """
    commodity, form = goods
    if currency == currency_of(session, actor.org_id):
        listed = price_of(prices(session, actor, on, commodity=commodity, form=form), grade)
        if listed:
            return [listed]
    asked = {"org": actor.org_id, "currency": currency, "commodity": commodity, "form": form}
    return [amount * 1000 // mass_g for amount, mass_g in _PAID_LAST.rows(session.connection(), asked)]


def unusual_price(price: int, currency: str, usual: Sequence[int]) -> list[Sentence]:
    """The question about a price that is far from all of those."""
    if not usual or (min(usual) <= price * FACTOR and price <= max(usual) * FACTOR):
        return []
    nearest = max(usual) if price > max(usual) else min(usual)
    return [Sentence(UNUSUAL_PRICE, {"price": price, "currency": currency, "usual": nearest})]
