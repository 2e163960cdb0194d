"""The batches whose bags have a coffee mark, whatever stands between its parts."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from traceability.domain.identifiers import IcoMark, read_ico_mark
from traceability.models import Batch


def lots_marked(session: Session, mark: IcoMark, among: ColumnElement[bool]) -> list[int]:
    """Their lots, of the batches that `among` names, the newest first; none for what is no mark.

    Shipments are counted anew every coffee year, so that several may have the same.
    """
    if mark.shipment is None:
        return []
    ico = Batch.marks["ico"].as_string()
    like = select(Batch.lot_id, ico).where(among, ico.contains(mark.shipment.lstrip("0"), autoescape=True))
    like = like.order_by(Batch.id.desc())
    return [key for key, typed in session.execute(like) if read_ico_mark(typed).means(mark)]
