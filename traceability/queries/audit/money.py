"""What deliveries are owed for and what was paid, against the entries that say so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from traceability.domain.events import Kind
from traceability.domain.payments import MOST_AT_ONCE
from traceability.models import Due, Payment
from traceability.queries.audit.page import DIFFERS, Finding, Page

_TABLES: Final[Mapping[str, type[Due] | type[Payment]]] = {
    Kind.WEIGH_IN: Due,
    Kind.AGREE_PRICE: Due,
    Kind.PAY: Payment,
}


def check(session: Session, page: Page) -> Iterator[Finding]:
    """Findings of the entries of a page that name an amount: what stands in the table must sum to it."""
    for table in (Due, Payment):
        told = {
            event.id: (page.place_of(event), _amount(event.kind, body["kdes"]))
            for event in page.events
            if _TABLES.get(event.kind) is table and (body := page.bodies.get(event.id)) is not None
        }
        if not told:
            continue
        stored = session.execute(
            select(table.made_by_id, func.sum(table.amount))
            .where(table.made_by_id.in_(told))
            .group_by(table.made_by_id)
        )
        sums = {made_by: int(amount) for made_by, amount in stored}
        for key, (place, amount) in told.items():
            if sums.get(key, 0) != amount:
                yield Finding(DIFFERS, f"{place} amount of money", str(amount), str(sums.get(key, 0)))


def _amount(kind: str, said: Mapping[str, Any]) -> int:
    if kind == Kind.AGREE_PRICE:
        return sum(part["amount"] for part in said["parts"])
    amount = int(said.get("amount") or 0)
    return amount if amount <= MOST_AT_ONCE else 0  # what was typed beyond, before that was refused, is owed to nobody
