"""What is said about the money of a delivery: on the page that is checked with the farmer, and on every receipt."""

from __future__ import annotations

from traceability import words
from traceability.domain.events import Kind
from traceability.domain.facts import WeighIn
from traceability.domain.payments import price_of
from traceability.operations import lookups
from traceability.queries import money
from traceability.queries.receipts import Receipt
from traceability.web.language import current_language
from traceability.web.pages import database
from traceability.web.session import current_actor
from traceability.words import N_


def paid_or_owed(found: Receipt) -> str:
    """Paid, owed, or how much is still owed; nothing where no price was entered or the delivery does not count."""
    if found.amount is None or found.open is None:
        return ""
    if found.over:
        more = f"{words.number(current_language(), found.over)}{words.NO_BREAK}{found.currency}"
        return words.translate(current_language(), N_("paid; {amount} too much is taken off elsewhere"), amount=more)
    if found.open == 0:
        return words.translate(current_language(), N_("paid"))
    if found.open == found.amount:
        return words.translate(current_language(), N_("owed"))
    left = f"{words.number(current_language(), found.open)}{words.NO_BREAK}{found.currency}"
    return words.translate(current_language(), N_("{amount} still owed"), amount=left)


def to_pay_now(fact: WeighIn) -> tuple[int, int] | None:
    """What a delivery is worth and how much of it the farmer was paid ahead; None where nobody pays at the scale."""
    actor = current_actor()
    if not fact.price_per_kg or not actor.may(Kind.PAY):
        return None
    amount = price_of(fact.net_g, fact.price_per_kg)
    with database().reading() as session:
        farmer = lookups.farmer_of(session, actor, fact.farmer)
        ahead = -money.account(session, actor, farmer.id).balance_in(fact.currency)
    return amount, min(max(ahead, 0), amount)
