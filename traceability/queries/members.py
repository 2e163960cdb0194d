"""Members who left: why, as whoever closed their access said it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.domain.events import Kind
from traceability.domain.roles import Actor
from traceability.models import Event


def closed_because(session: Session, actor: Actor, user_ids: Collection[int]) -> Mapping[int, str]:
    """The reason that was given last, by user; nobody who was closed before reasons were asked for."""
    if not user_ids:
        return {}
    said = session.scalars(
        select(Event.kdes).where(Event.org_id == actor.org_id, Event.kind == str(Kind.CLOSE_MEMBER)).order_by(Event.seq)
    )
    return {kdes["user"]: kdes["reason"] for kdes in said if kdes["user"] in user_ids}
