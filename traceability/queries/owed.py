"""Who is owed money, and since when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Select, and_, bindparam, case, func, select
from sqlalchemy.orm import Session

from traceability.domain.moments import day_of
from traceability.domain.roles import Actor
from traceability.models import Due, Lot, Party, Payment, Person
from traceability.models.statements import Statement
from traceability.queries import dues


@dataclass(frozen=True)
class Owed:
    """A farmer who is owed money in one currency, and since when."""

    code: str
    number: str
    name: str
    village: str
    currency: str
    amount: int
    since: datetime


@dataclass(frozen=True)
class OwedSum:
    """What all farmers together are owed in one currency; `days` since the oldest delivery that is open."""

    currency: str
    amount: int
    farmers: int
    days: int


def _waiting() -> Select[Any]:
    """Whose deliveries are worth more than was paid; in whose turn what is open is looked at of these alone."""
    paid = dues.paid()
    worth = (
        select(Lot.origin_party_id.label("party_id"), Due.currency, func.sum(Due.amount).label("amount"))
        .join(Lot, Lot.id == Due.lot_id)
        .where(Due.org_id == bindparam("org"), dues.standing(Due), Lot.void.is_(False))
        .group_by(Lot.origin_party_id, Due.currency)
        .subquery()
    )
    waiting = (
        select(worth.c.party_id)
        .outerjoin(paid, and_(paid.c.party_id == worth.c.party_id, paid.c.currency == worth.c.currency))
        .where(worth.c.amount > func.coalesce(paid.c.amount, 0))
    )
    run = dues.run(Lot.origin_party_id.in_(waiting), paid_to=Payment.party_id.in_(waiting))
    given = func.coalesce(paid.c.amount, 0)
    is_open = run.c.upto > given - run.c.all_tied
    amount = func.sum(run.c.amount) - given
    return (
        select(
            Party.code,
            Party.number,
            Person.name,
            Party.village,
            run.c.currency,
            amount.label("amount"),
            func.min(case((is_open, run.c.made_at))).label("since"),
        )
        .join(Person, Person.party_id == Party.id)
        .join(run, run.c.party_id == Party.id)
        .outerjoin(paid, and_(paid.c.party_id == run.c.party_id, paid.c.currency == run.c.currency))
        .group_by(Party.id, Party.code, Party.number, Person.name, Party.village, run.c.currency, paid.c.amount)
        .having(amount > 0)
        .order_by("since", Party.id)
    )


_WAITING: Final = Statement(_waiting())


def who_is_owed(session: Session, actor: Actor) -> list[Owed]:
    """Everybody who is owed something, who waits longest first."""
    rows = _WAITING.rows(session.connection(), {"org": actor.org_id})
    return [
        Owed(code, number, name, village, currency, int(amount), since)
        for code, number, name, village, currency, amount, since in rows
    ]


def owed_sums(session: Session, actor: Actor) -> list[OwedSum]:
    """The same as one line a currency."""
    found: dict[str, list[Owed]] = {}
    for row in who_is_owed(session, actor):
        found.setdefault(row.currency, []).append(row)
    today = day_of(datetime.now(UTC), actor.zone_minutes)
    return [
        OwedSum(
            currency,
            sum(row.amount for row in rows),
            len(rows),
            (today - day_of(rows[0].since, actor.zone_minutes)).days,
        )
        for currency, rows in sorted(found.items())
    ]
