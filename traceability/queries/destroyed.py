"""What was destroyed to the last gram: nothing of it may be on sale, whatever its labels say."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from traceability.domain.events import Kind
from traceability.models import Event, Lot, Posting
from traceability.queries.declared import declared_in_error
from traceability.queries.lineage import chunks


def destroyed(session: Session, lot_ids: Collection[int]) -> dict[int, datetime]:
    """Which of these lots were destroyed whole, and when the last of each was.

    Of a lot of which anything left another way, or whose destruction was declared in error, some may well be on sale.
    """
    rows = (
        select(Posting.lot_id, func.max(Event.occurred_at))
        .join(Event, Event.id == Posting.event_id)
        .join(Lot, Lot.id == Posting.lot_id)
        .where(Lot.balance_g == 0, Lot.made_g > 0, Event.kind == str(Kind.DISPOSE), ~declared_in_error())
        .group_by(Posting.lot_id, Lot.made_g)
        .having(func.sum(Posting.mass_g) == -Lot.made_g)
    )
    found: dict[int, datetime] = {}
    for chunk in chunks(set(lot_ids)):
        found |= {key: at for key, at in session.execute(rows.where(Posting.lot_id.in_(chunk))) if key is not None}
    return found
