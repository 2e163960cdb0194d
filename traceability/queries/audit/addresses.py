"""The lot numbers under which a scanner finds a batch, against what the batch and its lot are called.

Both are compared with the journal elsewhere: what follows from them is computed from the rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.domain.gs1 import lot_keys
from traceability.models import Batch, DigitalLink, Lot
from traceability.queries.audit.page import Finding, against

_ROWS_AT_ONCE: Final = 1_000


def check(session: Session) -> Iterator[Finding]:
    """Findings of every batch whose Digital Links are not those of its numbers."""
    rows = session.execute(
        select(Batch.id, Batch.org_id, Batch.marks, Lot.number, Lot.code, DigitalLink)
        .join(Lot, Lot.id == Batch.lot_id)
        .outerjoin(DigitalLink, DigitalLink.batch_id == Batch.id)
        .order_by(Batch.id)
        .execution_options(yield_per=_ROWS_AT_ONCE)
    )
    for _, some in groupby(rows, key=lambda row: row.id):
        batch, *more = some
        gtin = batch.marks.get("gtin", "")
        keys = lot_keys(batch.number, batch.marks.get("own_number", ""), batch.code) if gtin else ()
        expected = {f"{gtin} {key}": {"organisation": batch.org_id} for key in keys}
        links = [row.DigitalLink for row in (batch, *more) if row.DigitalLink is not None]
        found = {f"{link.gtin} {link.lot}": {"organisation": link.org_id} for link in links}
        yield from against("Digital Link", expected, found, f"batch {batch.code}")
