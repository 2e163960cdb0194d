"""Photos and papers kept with a lot: for the organisation that keeps them, and what of them everybody may see."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from traceability.domain.dossier import Paper
from traceability.domain.events import Kind
from traceability.errors import NotFound
from traceability.models import Attachment, Batch, Event, Lot
from traceability.queries import frozen
from traceability.queries.lineage import chunks

_LISTED: Final = (Attachment.id, Attachment.org_id, Attachment.lot_id, Attachment.code, Attachment.title)
_SHOWN: Final = select(*_LISTED, Attachment.media_type, Attachment.digest).where(
    Attachment.public, Attachment.lot_id.in_(bindparam("lots", expanding=True))
)
_WITHDRAWN: Final = select(Event.kdes["withdrawn"].as_string()).where(
    Event.org_id.in_(bindparam("houses", expanding=True)), Event.kind == str(Kind.WITHDRAW_ATTACHMENT)
)
_RELEASED: Final = (
    select(Lot).join(Batch, Batch.lot_id == Lot.id).where(Lot.code == bindparam("code"), Batch.released_at.is_not(None))
)


class NoSuchPaper(NotFound):
    """You keep no paper {code}. Open it from the page of its lot."""


class NoPublicPaper(NotFound):
    """This photo or paper is not shown here. Open the page of the batch again."""


def attachment_of(session: Session, org_id: int, code: str) -> Attachment:
    """A photo or paper by its code. Raises NoSuchPaper."""
    found = session.scalars(
        select(Attachment).where(Attachment.org_id == org_id, Attachment.code == code.upper())
    ).one_or_none()
    if found is None:
        raise NoSuchPaper(code=code)
    return found


def is_shown(session: Session, found: Attachment) -> bool:
    """Whether everybody may see it now."""
    return found.public and found.code not in withdrawn(session, {found.org_id})


def withdrawn(session: Session, org_ids: Collection[int]) -> set[str]:
    """Codes of what these organisations took back from the public."""
    return set(session.scalars(_WITHDRAWN, {"houses": sorted(org_ids)})) if org_ids else set()


def public_papers(session: Session, lots: Sequence[Lot], own: int) -> tuple[Paper, ...]:
    """What everybody may see of these lots that are not single deliveries: of the lot `own` first, then the newest."""
    numbers = {lot.id: lot.number for lot in lots if lot.kind != "delivery"}
    rows = [row for some in chunks(numbers) for row in session.execute(_SHOWN, {"lots": sorted(some)})]
    gone = withdrawn(session, {row.org_id for row in rows})
    rows.sort(key=lambda row: (row.lot_id != own, -row.id))
    return tuple(
        Paper(row.code, row.title, row.media_type, row.digest, numbers[row.lot_id])
        for row in rows
        if row.code not in gone
    )


def public_attachment(session: Session, batch: str, code: str) -> Attachment:
    """What is shown on the page of a released batch: of its lot, or of a lot that it is made of.

    Raises NoPublicPaper for everything else alike.
    """
    lot = session.scalars(_RELEASED, {"code": batch}).one_or_none()
    found = session.scalars(select(Attachment).where(Attachment.code == code.upper())).one_or_none()
    if lot is None or found is None or not is_shown(session, found):
        raise NoPublicPaper()
    if found.lot_id != lot.id and found.lot_id not in frozen.origin_of(session, lot).trace.flow.through:
        raise NoPublicPaper()
    if session.get_one(Lot, found.lot_id).kind == "delivery" and found.lot_id != lot.id:
        raise NoPublicPaper()
    return found


def lot_code_of(session: Session, found: Attachment) -> str:
    """The lot that it is kept with, by code."""
    return session.get_one(Lot, found.lot_id).code
