"""What deliveries are owed for and what was paid, row by row against the entries that say so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from traceability.domain.events import Kind
from traceability.domain.facts import REPLACEMENT
from traceability.domain.payments import MOST_AT_ONCE
from traceability.models import Due, Lot, Party, Payment
from traceability.models.statements import Statement
from traceability.queries.audit.page import DIFFERS, Finding, Page, code_of, codes_of, within_span
from traceability.queries.lineage import chunks
from traceability.queries.replaced import first_deliveries

# farmer, delivery, amount, currency, and the first delivery that it replaced; a due names no farmer, a payment no first
_Part = tuple[str, str, int, str, str]
_First = aliased(Lot)
_DUES: Final = Statement(
    select(
        *(Due.made_by_id, code_of(Due.lot_id, Lot.code), Due.amount, Due.currency),
        code_of(Due.instead_of_id, _First.code),
    )
    .outerjoin(Lot, Lot.id == Due.lot_id)
    .outerjoin(_First, _First.id == Due.instead_of_id)
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
    for event_id, lot, amount, currency, first in _DUES.rows(session.connection(), page.span):
        stored[event_id].append(("", lot, int(amount), currency, first))
    for event_id, farmer, lot, amount, currency in _PAYMENTS.rows(session.connection(), page.span):
        stored[event_id].append((farmer, lot, int(amount), currency, ""))
    firsts = _firsts(session, page)
    for event, body in page.read:
        told = [(*part, "" if part[0] else firsts.get(part[1], "")) for part in _told(event.kind, body)]
        expected, found = sorted(told), sorted(stored.get(event.id, ()))
        if expected != found:
            yield Finding(DIFFERS, f"{page.place_of(event)} money", _written(expected), _written(found))


def _firsts(session: Session, page: Page) -> dict[str, str]:
    """Of the deliveries that entries of a page give a price: the first that each of them replaced, by public codes."""
    priced = {
        lot
        for event, body in page.read
        if event.kind != Kind.WEIGH_IN or event.client_id.endswith(REPLACEMENT)  # any other replaced nothing
        for farmer, lot, *_ in _told(event.kind, body)
        if not farmer
    }
    if not priced:
        return {}
    rows = (session.execute(select(Lot.id, Lot.code).where(Lot.code.in_(chunk))) for chunk in chunks(priced))
    ids = {key: code for found in rows for key, code in found}
    firsts = first_deliveries(session, ids.keys())
    codes = codes_of(session, Lot.id, Lot.code, firsts.values())
    return {ids[key]: codes[first] for key, first in firsts.items()}


def _told(kind: str, body: Mapping[str, Any]) -> list[tuple[str, str, int, str]]:
    """The rows that an entry makes, without what they replaced."""
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
    return "; ".join(
        " ".join(str(word) for word in said if word != "") + (f", instead of {first}" if first else "")
        for *said, first in parts
    )
