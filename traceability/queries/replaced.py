"""Deliveries that took the place of others in error, and the price that goes with them.

A correction and its replacement share their client id: `X` declares the delivery in error, `X.2` weighs it in again.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session, aliased

from traceability.domain.facts import REPLACEMENT
from traceability.models import Due, Event, Lot
from traceability.queries.dues import priced
from traceability.queries.lineage import chunks


def declared_by_correction(org_id: int, replacement: str) -> Select[int | None]:
    """The id of the entry in error whose place was taken by the entry with this client id, which ends as they do."""
    said = replacement.removesuffix(REPLACEMENT)
    return select(Event.declares_id).where(
        Event.org_id == org_id, Event.client_id == said, Event.declares_id.is_not(None)
    )


def first_deliveries(session: Session, lot_ids: Collection[int]) -> dict[int, int]:
    """Of deliveries that replaced one in error: the first of all that were corrected, one after the other."""
    before: dict[int, int] = {}
    wanted = set(lot_ids)
    while wanted:
        found = _replaced(session, wanted)
        before |= found
        wanted = set(found.values()) - before.keys()
    firsts: dict[int, int] = {}
    for lot_id in before.keys() & set(lot_ids):
        first = before[lot_id]
        while first in before:
            first = before[first]
        firsts[lot_id] = first
    return firsts


def _replaced(session: Session, lot_ids: Collection[int]) -> dict[int, int]:
    """What each of these took the place of, one step back."""
    right, declaring, wrong = aliased(Event), aliased(Event), aliased(Lot)
    said = func.substr(right.client_id, 1, func.length(right.client_id) - len(REPLACEMENT))
    found: dict[int, int] = {}
    for chunk in chunks(lot_ids):
        rows = session.execute(
            select(Lot.id, wrong.id)
            .join(right, right.id == Lot.made_by_id)
            .join(declaring, and_(declaring.org_id == right.org_id, declaring.client_id == said))
            .join(wrong, wrong.made_by_id == declaring.declares_id)
            .where(Lot.id.in_(chunk), right.client_id.endswith(REPLACEMENT))
            .where(wrong.kind == "delivery", wrong.id < Lot.id)
        )
        found.update({lot_id: wrong_id for lot_id, wrong_id in rows})
    return found


def price_now(session: Session, lot_id: int) -> tuple[int, str] | None:
    """What a kilogram of a delivery is worth, at the scale or agreed later, and the currency; None without a price."""
    found = session.execute(
        select(Due.currency, Event.kdes)
        .join(Event, Event.id == Due.made_by_id)
        .where(Due.lot_id == lot_id, priced())
        .order_by(Due.id.desc())
    ).first()
    return None if found is None else (int(found.kdes["price_per_kg"]), found.currency)
