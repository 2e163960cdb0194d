"""Whether an entry still stands: a mistake stays in the record, and a later entry declares it in error."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists
from sqlalchemy.orm import aliased

from traceability.models import Event


def declared_in_error() -> ColumnElement[bool]:
    """Whether a later entry declares the entry of the statement in error."""
    later = aliased(Event)
    return exists().where(later.declares_id == Event.id).correlate(Event)
