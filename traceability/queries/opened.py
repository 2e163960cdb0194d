"""What a clerk said when buying was opened, and how much of it still holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.commodities import COMMODITIES
from traceability.domain.roles import Actor
from traceability.models import OpenedBuying

FOR_A_DAY: Final = ("tare", "price", "on")


@dataclass(frozen=True)
class Opened:
    """Place, goods, tare, price, unit, scale and truck as they were typed, and the day on which."""

    on: date
    said: Mapping[str, str]

    def holding(self, today: date) -> dict[str, str]:
        """All of it on that day; later what does not change from day to day."""
        return {name: value for name, value in self.said.items() if self.on == today or name not in FOR_A_DAY}


def last_opened(session: Session, actor: Actor) -> Opened | None:
    """What this clerk said last, on whichever browser."""
    found = session.scalars(
        select(OpenedBuying).where(OpenedBuying.org_id == actor.org_id, OpenedBuying.user_id == actor.user_id)
    ).first()
    return Opened(found.said_on, found.said) if found and is_bought(found.said.get("goods", "")) else None


def is_bought(goods: str) -> bool:
    """Whether these goods are known, in a form that is weighed in."""
    name, _, form = goods.partition(".")
    return name in COMMODITIES and COMMODITIES[name].form(form) is not None
