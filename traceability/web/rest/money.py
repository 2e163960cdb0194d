"""What is owed to farmers, for programs: everybody who waits for money, and the account of one farmer."""

from __future__ import annotations

from typing import Any

from traceability.operations.lookups import farmer_of
from traceability.queries import money
from traceability.queries.owed import who_is_owed
from traceability.web.pages import database
from traceability.web.rest.callers import caller


def owed() -> dict[str, Any]:
    """Every farmer who is owed something, who waits longest first."""
    with database().reading() as session:
        return {"items": who_is_owed(session, caller())}


def balance_of(code: str) -> money.Account:
    """The deliveries of a farmer with their prices, and what is still open. Payments are a list of their own."""
    with database().reading() as session:
        return money.account(session, caller(), farmer_of(session, caller(), code).id)
