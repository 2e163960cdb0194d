"""Buying is opened: remembered for the clerk, so that a phone that was restarted goes on where it was.

This is no entry of the journal: it only fills in forms, and the next time replaces it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy.orm import Session

from traceability.domain.events import Kind
from traceability.domain.roles import Actor
from traceability.models import OpenedBuying


def open_buying(session: Session, actor: Actor, on: date, said: Mapping[str, str]) -> None:
    """Remember what this clerk said on this day."""
    actor.require(Kind.WEIGH_IN)
    session.merge(OpenedBuying(org_id=actor.org_id, user_id=actor.user_id, said_on=on, said=dict(said)))
