"""Whether a farmer was paid the same sum just before: then a second payment may be the first one, entered twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from traceability.models import Event, Payment
from traceability.queries.dues import standing
from traceability.words import clock

_MINUTES: Final = timedelta(minutes=10)  # as between two weigh-ins of the same weight
_FORM_OPEN: Final = timedelta(hours=4)  # a payment happens when its form is opened: of two tabs, hours before the other


@dataclass(frozen=True)
class PaidLately:
    """An earlier payment of the same sum: its entry, and the time of day where it was paid."""

    event: str
    time: str


def paid_lately(
    session: Session, org_id: int, party_id: int, amount: int, currency: str, at: datetime
) -> PaidLately | None:
    """The last payment of exactly this sum that counts, within minutes of `at` or entered minutes ago."""
    paying = aliased(Event)
    entered = and_(
        paying.recorded_at >= datetime.now(UTC) - _MINUTES,
        paying.occurred_at.between(at - _FORM_OPEN, at + _FORM_OPEN),
    )
    found = session.execute(
        select(paying.code, paying.occurred_at, paying.zone_minutes)
        .join(Payment, Payment.made_by_id == paying.id)
        .where(
            Payment.org_id == org_id,
            Payment.party_id == party_id,
            Payment.currency == currency,
            standing(Payment),
            or_(paying.occurred_at.between(at - _MINUTES, at + _MINUTES), entered),
        )
        .group_by(paying.id, paying.code, paying.occurred_at, paying.zone_minutes)
        .having(func.sum(Payment.amount) == amount)
        .order_by(paying.id.desc())
        .limit(1)
    ).first()
    if found is None:
        return None
    code, occurred_at, zone_minutes = found
    return PaidLately(code, clock(occurred_at, zone_minutes))
