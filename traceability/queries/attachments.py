"""Photos and papers kept with a lot, for the organisation that keeps them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.errors import NotFound
from traceability.models import Attachment


class NoSuchPaper(NotFound):
    """You keep no paper {code}. Open it from the page of its lot."""


def attachment_of(session: Session, org_id: int, code: str) -> Attachment:
    """A photo or paper by its code. Raises NoSuchPaper."""
    found = session.scalars(
        select(Attachment).where(Attachment.org_id == org_id, Attachment.code == code.upper())
    ).one_or_none()
    if found is None:
        raise NoSuchPaper(code=code)
    return found
