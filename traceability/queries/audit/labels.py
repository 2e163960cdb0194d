"""Printed labels, pallets and GS1 numbers, against the entries that say so; the secret of a run by its digest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.domain.events import Kind
from traceability.models import Event, Facility, Gs1Number, LabelRun, LabelVoid, Lot, Pallet
from traceability.queries.audit.page import MISSING, Finding, Page, differing

_ROWS: Final[Mapping[str, type[LabelRun] | type[LabelVoid] | type[Pallet] | type[Gs1Number]]] = {
    Kind.PRINT_LABELS: LabelRun,
    Kind.VOID_LABELS: LabelVoid,
    Kind.BUILD_PALLET: Pallet,
    Kind.SET_GS1: Gs1Number,
}
_TOLD: Final = (
    *("run", "pallet", "sscc", "batch", "first", "last", "total", "layout", "seed", "reason"),
    *("of", "gln", "company_prefix"),
)


def check(session: Session, page: Page) -> Iterator[Finding]:
    """Findings of the entries of a page: what they told must stand in their row, and nothing may be missing."""
    for event, body in page.read:
        table, kdes, place = _ROWS.get(event.kind), body["kdes"], page.place_of(event)
        if event.kind == Kind.BREAK_PALLET:
            broken = session.scalar(select(Pallet.broken_by_id).where(Pallet.code == kdes["pallet"]))
            yield from differing(f"{place} pallet {kdes['pallet']}", {"broken by": event.id}, {"broken by": broken})
        if table is None:
            continue
        rows: Iterable[LabelRun | LabelVoid | Pallet | Gs1Number] = session.scalars(
            select(table).where(table.made_by_id == event.id)
        )
        row = next(iter(rows), None)
        if row is None:
            yield Finding(MISSING, f"{place} {table.__tablename__}", event.code, "")
            continue
        expected = {name: kdes[name] for name in _TOLD if name in kdes}
        found = _said(session, row)
        yield from differing(f"{place} {table.__tablename__}", expected, {name: found.get(name) for name in expected})
        if isinstance(row, Pallet) and row.broken_by_id is not None:
            kind = session.scalar(select(Event.kind).where(Event.id == row.broken_by_id))
            yield from differing(f"{place} pallet {row.code}", {"broken": Kind.BREAK_PALLET.value}, {"broken": kind})


def _said(session: Session, row: LabelRun | LabelVoid | Pallet | Gs1Number) -> dict[str, Any]:
    """A row in the words of its entry."""
    if isinstance(row, Gs1Number):
        place = session.get(Facility, row.facility_id) if row.facility_id is not None else None
        return {"of": place.code if place else "", "gln": row.gln, "company_prefix": row.company_prefix}
    said: dict[str, Any] = {"first": row.first, "last": row.last}
    if isinstance(row, LabelVoid):
        run = session.get_one(LabelRun, row.run_id)
        return {**said, "run": run.code, "batch": session.get_one(Lot, run.lot_id).code, "reason": row.reason}
    said["batch"] = session.get_one(Lot, row.lot_id).code
    if isinstance(row, Pallet):
        return {**said, "pallet": row.code, "sscc": row.sscc or ""}
    digest = sha256(row.seed).hexdigest()
    return {**said, "run": row.code, "total": row.total, "layout": row.layout, "seed": digest}
