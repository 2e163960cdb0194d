"""In what money an organisation pays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from traceability.models import Organisation
from traceability.models.statements import Statement

CURRENCIES: Final[Mapping[str, str]] = {"LA": "LAK", "VN": "VND", "CN": "CNY"}
"""What is paid in a country; elsewhere in US dollars."""

# asked at every weigh-in with a price, so it is built once
_COUNTRY: Final = Statement(select(Organisation.country).where(Organisation.id == bindparam("org")))


def currency_of(session: Session, org_id: int) -> str:
    """What an organisation pays in: what its country does."""
    found = _COUNTRY.first(session.connection(), {"org": org_id})
    return CURRENCIES.get(found[0] if found else "", "USD")
