"""What is printed for the boxes of a batch and what readers report of it, as programs may read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from traceability.errors import NoSuchEvent, NoSuchReport
from traceability.models import (
    Event,
    Facility,
    Gs1Number,
    LabelRun,
    LabelVoid,
    Lot,
    Pallet,
    Report,
    Reporter,
    ReportPhoto,
)
from traceability.queries.labels import NoSuchRun
from traceability.queries.pallets import UnknownPallet, net_of
from traceability.queries.records import Kept, Row


def _add_voids(session: Session, rows: list[Row]) -> None:
    """The labels of each run that do not count."""
    runs = {row["id"]: row for row in rows}
    for row in rows:
        row["voids"] = []
    asked = select(LabelVoid, Event.occurred_at).join(Event, Event.id == LabelVoid.made_by_id)
    for void, at in session.execute(asked.where(LabelVoid.run_id.in_(runs)).order_by(LabelVoid.id)):
        told = {"first": void.first, "last": void.last, "reason": void.reason, "voided_at": at}
        runs[void.run_id]["voids"].append(told)


def _weigh(_session: Session, rows: list[Row]) -> None:
    for row in rows:
        row["net_g"] = net_of(row.pop("made_g"), row["of"], row["last"] - row["first"] + 1)


LABELS: Final[Mapping[str, Kept]] = {
    "label_runs": Kept(
        select(
            *(LabelRun.id, LabelRun.code, Lot.code.label("batch"), LabelRun.first, LabelRun.last),
            *(LabelRun.total.label("of"), LabelRun.layout, Event.occurred_at.label("printed_at"), Event.zone_minutes),
        )
        .join(Lot, Lot.id == LabelRun.lot_id)
        .join(Event, Event.id == LabelRun.made_by_id),
        order=LabelRun.id,
        owner=LabelRun.org_id,
        called=(LabelRun.code,),
        missing=NoSuchRun,
        more=_add_voids,
        of_lot=lambda lot: LabelRun.lot_id == lot.id,
    ),
    "pallets": Kept(
        select(
            *(Pallet.code, func.coalesce(Pallet.sscc, "").label("sscc"), Lot.code.label("batch"), Pallet.first),
            *(Pallet.last, Lot.made_count.label("of"), Lot.unit, Lot.made_g, Event.occurred_at.label("built_at")),
            *(Event.zone_minutes, Pallet.broken_by_id.is_not(None).label("taken_apart")),
        )
        .join(Lot, Lot.id == Pallet.lot_id)
        .join(Event, Event.id == Pallet.made_by_id),
        order=Pallet.id,
        owner=Pallet.org_id,
        called=(Pallet.code, Pallet.sscc),
        missing=UnknownPallet,
        more=_weigh,
        of_lot=lambda lot: Pallet.lot_id == lot.id,
    ),
    "gs1_numbers": Kept(
        select(
            *(Event.code, Facility.code.label("facility"), Gs1Number.gln, Gs1Number.company_prefix),
            Event.occurred_at.label("set_at"),
        )
        .join(Event, Event.id == Gs1Number.made_by_id)
        .outerjoin(Facility, Facility.id == Gs1Number.facility_id),
        order=Gs1Number.id,
        owner=Gs1Number.org_id,
        called=(Event.code,),
        missing=NoSuchEvent,
    ),
    "reports": Kept(
        select(
            *(Report.code, Lot.code.label("batch"), Lot.number, Report.serial, Report.differs, Report.said),
            *(Report.language, Report.made_at, Report.zone_minutes, Report.state, Report.answer, Reporter.contact),
            *(ReportPhoto.id.is_not(None).label("has_photo"), Report.forgotten_at),
            *(Event.code.label("handled_by"), Event.recorded_at.label("handled_at")),
        )
        .join(Lot, Lot.id == Report.lot_id)
        .outerjoin(Reporter, Reporter.report_id == Report.id)
        .outerjoin(ReportPhoto, ReportPhoto.report_id == Report.id)
        .outerjoin(Event, Event.id == Report.handled_by_id),
        order=Report.id,
        owner=Report.org_id,
        called=(Report.code,),
        missing=NoSuchReport,
        of_lot=lambda lot: Report.lot_id == lot.id,
    ),
}
