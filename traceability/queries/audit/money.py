"""What deliveries are owed for and what was paid, row by row against the entries that say so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.domain.events import Kind
from traceability.domain.payments import MOST_AT_ONCE
from traceability.models import Due, Lot, Party, Payment
from traceability.models.statements import Statement
from traceability.queries.audit.page import DIFFERS, Finding, Page, code_of, within_span

_Part = tuple[str, str, int, str]  # farmer, delivery, amount, currency; a due names no farmer
_DUES: Final = Statement(
    select(Due.made_by_id, code_of(Due.lot_id, Lot.code), Due.amount, Due.currency)
    .outerjoin(Lot, Lot.id == Due.lot_id)
    .where(within_span(Due.made_by_id))
)
_PAYMENTS: Final = Statement(
    select(
        *(Payment.made_by_id, code_of(Payment.party_id, Party.code), code_of(Payment.lot_id, Lot.code)),
        *(Payment.amount, Payment.currency),
    )
    .outerjoin(Party, Party.id == Payment.party_id)
    .outerjoin(Lot, Lot.id == Payment.lot_id)
    .where(within_span(Payment.made_by_id))
)


def check(session: Session, page: Page) -> Iterator[Finding]:
    """Findings of the entries of a page: each row must be a part of what its entry says, and nothing else."""
    stored: dict[int, list[_Part]] = defaultdict(list)
    for event_id, lot, amount, currency in _DUES.rows(session.connection(), page.span):
        stored[event_id].append(("", lot, int(amount), currency))
    for event_id, farmer, lot, amount, currency in _PAYMENTS.rows(session.connection(), page.span):
        stored[event_id].append((farmer, lot, int(amount), currency))
    for event, body in page.read:
        expected, found = sorted(_told(event.kind, body)), sorted(stored.get(event.id, ()))
        if expected != found:
            yield Finding(DIFFERS, f"{page.place_of(event)} money", _written(expected), _written(found))


def _told(kind: str, body: Mapping[str, Any]) -> list[_Part]:
    """The rows that an entry makes."""
    said = body["kdes"]
    amount, currency = int(said.get("amount") or 0), str(said.get("currency", ""))
    parts = [(str(part["delivery"]), int(part["amount"])) for part in said.get("parts", ())]
    if kind == Kind.WEIGH_IN:
        # what was typed beyond, before that was refused, is owed to nobody
        made = [str(lot["code"]) for lot in body["makes"]] if 0 < amount <= MOST_AT_ONCE else []
        return [("", lot, amount, currency) for lot in made]
    if kind == Kind.CORRECT_WEIGHT:
        return [("", str(said.get("lot", "")), amount, currency)] if amount else []
    if kind == Kind.AGREE_PRICE:
        return [("", lot, part, currency) for lot, part in parts]
    if kind == Kind.PAY:
        rest = amount - sum(part for _, part in parts)
        settled = [*parts, ("", rest)] if rest else parts
        return [(str(said.get("farmer", "")), lot, part, currency) for lot, part in settled]
    return []


def _written(parts: list[_Part]) -> str:
    return "; ".join(" ".join(str(word) for word in part if word != "") for part in parts)
