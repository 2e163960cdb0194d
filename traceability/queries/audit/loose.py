"""Rows that hang on nothing: an event tells of all there is, so what names no event is not of the record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from sqlalchemy import exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from traceability.models import Attachment, Edge, Event, Lot, Measurement, Posting
from traceability.queries.audit.page import EXTRA, Finding

# what the pages count, and the event that each of them names
_MANY: Final[dict[str, InstrumentedAttribute[int]]] = {"postings": Posting.event_id, "lots": Lot.made_by_id}
_FEW: Final = (("measurement", Measurement.made_by_id), ("attachment", Attachment.made_by_id))


def check(session: Session, counts: Counter[str]) -> Iterator[Finding]:
    """Findings of rows that no page held; `counts` says how many the pages did, so that nobody need look for most."""
    for name, event_id in _MANY.items():
        if session.scalar(select(func.count()).select_from(event_id.class_)) != counts[name]:
            yield from _of_no_event(session, name.removesuffix("s"), event_id)
    for name, event_id in _FEW:
        yield from _of_no_event(session, name, event_id)
    if session.scalar(select(func.count()).select_from(Edge)) != counts["edges"]:
        yield from _edges_of_no_lot(session)


def _of_no_event(session: Session, name: str, event_id: InstrumentedAttribute[int]) -> Iterator[Finding]:
    for key in session.scalars(select(event_id).where(~exists().where(Event.id == event_id))):
        yield Finding(EXTRA, f"{name} of event {key}", "", "")


def _edges_of_no_lot(session: Session) -> Iterator[Finding]:
    """Edges carry no foreign key, so one can name a lot that there never was."""
    for edge in session.scalars(select(Edge).where(~exists().where(Lot.id == Edge.child_id))):
        yield Finding(EXTRA, f"origin of lot {edge.child_id}", "", f"{edge.mass_g} g of lot {edge.parent_id}")
