"""Whether a farmer was paid the same sum just before: then a second payment may be the first one, entered twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.orm import Session, aliased

from traceability.models import Event, Payment
from traceability.models.statements import Statement
from traceability.queries.dues import standing
from traceability.words import clock

_MINUTES: Final = timedelta(minutes=10)  # as between two weigh-ins of the same weight
_FORM_OPEN: Final = timedelta(hours=4)  # a payment happens when its form is opened: of two tabs, hours before the other


@dataclass(frozen=True)
class PaidLately:
    """An earlier payment of the same sum: its entry, and the time of day where it was paid."""

    event: str
    time: str


_PAYING: Final = aliased(Event)
_AT: Final = _PAYING.occurred_at
# asked with every payment, so it is built once
_OF_THIS_SUM: Final = Statement(
    select(_PAYING.code, _PAYING.occurred_at, _PAYING.zone_minutes)
    .join(Payment, Payment.made_by_id == _PAYING.id)
    .where(
        Payment.org_id == bindparam("org"),
        Payment.party_id == bindparam("party"),
        Payment.currency == bindparam("currency"),
        standing(Payment),
        or_(
            _AT.between(bindparam("minutes_before"), bindparam("minutes_after")),
            and_(
                _PAYING.recorded_at >= bindparam("minutes_ago"),
                _AT.between(bindparam("hours_before"), bindparam("hours_after")),
            ),
        ),
    )
    .group_by(_PAYING.id, _PAYING.code, _PAYING.occurred_at, _PAYING.zone_minutes)
    .having(func.sum(Payment.amount) == bindparam("amount"))
    .order_by(_PAYING.id.desc())
    .limit(1)
)


def paid_lately(
    session: Session, org_id: int, party_id: int, amount: int, currency: str, at: datetime
) -> PaidLately | None:
    """The last payment of exactly this sum that counts, within minutes of `at` or entered minutes ago."""
    asked = {
        "org": org_id,
        "party": party_id,
        "currency": currency,
        "amount": amount,
        "minutes_before": at - _MINUTES,
        "minutes_after": at + _MINUTES,
        "minutes_ago": datetime.now(UTC) - _MINUTES,
        "hours_before": at - _FORM_OPEN,
        "hours_after": at + _FORM_OPEN,
    }
    found = _OF_THIS_SUM.first(session.connection(), asked)
    if found is None:
        return None
    code, occurred_at, zone_minutes = found
    return PaidLately(code, clock(occurred_at, zone_minutes))
