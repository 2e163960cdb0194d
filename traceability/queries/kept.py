"""The kinds of record that programs may read: which columns each shows, how it is called, and who owns it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from traceability.domain.events import Kind
from traceability.errors import (
    NoSuchBatch,
    NoSuchEvent,
    NoSuchFacility,
    NoSuchFarmer,
    NoSuchHold,
    NoSuchLot,
    NoSuchPartner,
    NoSuchPayment,
    NoSuchPlot,
    NoSuchRecall,
    NoSuchRegistration,
    NoSuchTransfer,
    NotFound,
)
from traceability.models import (
    Batch,
    Certificate,
    CertificateCover,
    Event,
    Facility,
    Hold,
    Lot,
    Organisation,
    Party,
    Person,
    Plot,
    Posting,
    Recall,
    Registration,
    RegistrationCover,
    Suspension,
    Transfer,
)
from traceability.queries.kept_labels import LABELS
from traceability.queries.lineage import chunks
from traceability.queries.records import Kept, Row, touching

# -- what stands in other tables --------------------------------------------------------------------------------


def _add(rows: list[Row], name: str, found: Iterable[tuple[Any, Any]]) -> None:
    """Give every row the list of what belongs to its id; the id stays inside."""
    by_id: dict[int, list[Any]] = {row["id"]: [] for row in rows}
    for key, value in found:
        by_id[key].append(value)
    for row in rows:
        row[name] = by_id[row["id"]]


def _add_covers_of_registrations(session: Session, rows: list[Row]) -> None:
    ids = [row["id"] for row in rows]
    cover = RegistrationCover
    plots = select(cover.registration_id, Plot.code).join(Plot, Plot.id == cover.plot_id)
    places = select(cover.registration_id, Facility.code).join(Facility, Facility.id == cover.facility_id)
    stopped = select(Suspension).where(Suspension.registration_id.in_(ids)).order_by(Suspension.id)
    _add(rows, "plots", session.execute(plots.where(cover.registration_id.in_(ids)).order_by(cover.id)))
    _add(rows, "facilities", session.execute(places.where(cover.registration_id.in_(ids)).order_by(cover.id)))
    _add(rows, "suspensions", ((row.registration_id, row) for row in session.scalars(stopped)))


def _add_covers_of_certificates(session: Session, rows: list[Row]) -> None:
    ids = [row["id"] for row in rows]
    cover = CertificateCover
    farmers = select(cover.certificate_id, Party.code).join(Party, Party.id == cover.party_id)
    plots = select(cover.certificate_id, Plot.code).join(Plot, Plot.id == cover.plot_id)
    _add(rows, "farmers", session.execute(farmers.where(cover.certificate_id.in_(ids)).order_by(cover.id)))
    _add(rows, "plots", session.execute(plots.where(cover.certificate_id.in_(ids)).order_by(cover.id)))


def _complete_events(session: Session, rows: list[Row]) -> None:
    _add_postings(session, rows)
    _leave_out_batches_of_others(session, rows)


def _add_postings(session: Session, rows: list[Row]) -> None:
    lines = select(Posting).where(Posting.event_id.in_([row["id"] for row in rows])).order_by(Posting.line)
    _add(rows, "postings", ((line.event_id, line) for line in session.scalars(lines)))


def _leave_out_batches_of_others(session: Session, rows: list[Row]) -> None:
    """A correction of whose a delivery was names every batch that it reached: others' are not for this reader."""
    corrections = [row for row in rows if row["kdes"].get("batches")]
    told = {str(reached["batch"]) for row in corrections for reached in row["kdes"]["batches"]}
    own: set[tuple[int, str]] = set()
    for chunk in chunks(told):
        known = select(Event.id, Lot.code).join(Lot, Lot.org_id == Event.org_id).where(Lot.code.in_(chunk))
        found = session.execute(known.where(Event.id.in_([row["id"] for row in corrections])))
        own |= {(key, code) for key, code in found}
    for row in corrections:
        batches = [reached for reached in row["kdes"]["batches"] if (row["id"], reached["batch"]) in own]
        row["kdes"] = {**row["kdes"], "batches": batches}


def _tell_payments(session: Session, rows: list[Row]) -> None:
    """What the entry says: to whom, how much, and for which deliveries; the rest is for whatever is open longest."""
    declared = set(session.scalars(select(Event.declares_id).where(Event.declares_id.in_([row["id"] for row in rows]))))
    for row in rows:
        said = row.pop("kdes")
        row |= {name: said[name] for name in ("farmer", "amount", "currency", "parts")}
        row["rest"] = said["amount"] - sum(part["amount"] for part in said["parts"])
        row["advance"] = said["purpose"] == "advance"
        row["void"] = row["id"] in declared


# -- the kinds --------------------------------------------------------------------------------------------------

_sender, _receiver, _declared = aliased(Organisation), aliased(Organisation), aliased(Event)


def _place(table: type[Party] | type[Plot] | type[Facility]) -> tuple[Any, ...]:
    return table.country, table.province, table.district, table.village


KEPT: Final[Mapping[str, Kept]] = {
    "lots": Kept(
        select(
            *(Lot.code, Lot.number, Lot.kind, Lot.commodity, Lot.form, Lot.grade, Lot.variety, Lot.crop_year),
            *(Lot.custody, Lot.made_g, Lot.balance_g, Lot.unit, Lot.made_count, Lot.balance_count, Lot.made_at),
            *(Lot.zone_minutes, Lot.void, Batch.id.is_not(None).label("sealed"), Facility.code.label("facility")),
            *(Party.code.label("farmer"), Plot.code.label("plot")),
        )
        .outerjoin(Facility, Facility.id == Lot.facility_id)
        .outerjoin(Party, Party.id == Lot.origin_party_id)
        .outerjoin(Plot, Plot.id == Lot.origin_plot_id)
        .outerjoin(Batch, Batch.lot_id == Lot.id),
        order=Lot.id,
        owner=Lot.org_id,
        called=(Lot.code, Lot.number),
        missing=NoSuchLot,
    ),
    "farmers": Kept(
        select(
            *(Party.code, Party.number, Person.name, Person.nickname, Person.phone, Person.named_in_public),
            *(*_place(Party), Party.created_at),
        )
        .outerjoin(Person, Person.party_id == Party.id)
        .where(Party.kind == "farmer"),
        order=Party.id,
        owner=Party.org_id,
        called=(Party.code, Party.number),
        missing=NoSuchFarmer,
    ),
    "partners": Kept(
        select(
            *(Party.code, Party.number, Party.kind, Party.name, *_place(Party), Party.created_at),
            Organisation.code.label("organisation"),
        )
        .outerjoin(Organisation, Organisation.id == Party.linked_org_id)
        .where(Party.kind != "farmer"),
        order=Party.id,
        owner=Party.org_id,
        called=(Party.code, Party.number),
        missing=NoSuchPartner,
    ),
    "plots": Kept(
        select(
            *(Plot.code, Plot.name, Party.code.label("farmer"), Plot.commodity, Plot.area_m2, Plot.area_declared),
            *(Plot.bearing_m2, *_place(Plot), Plot.geometry_kind, Plot.geometry, Plot.created_at),
        ).join(Party, Party.id == Plot.party_id),
        order=Plot.id,
        owner=Plot.org_id,
        called=(Plot.code,),
        missing=NoSuchPlot,
    ),
    "facilities": Kept(
        select(
            *(Facility.code, Facility.prefix, Facility.kind, Facility.name, Facility.pool),
            *(*_place(Facility), Facility.created_at),
        ),
        order=Facility.id,
        owner=Facility.org_id,
        called=(Facility.code, Facility.prefix),
        missing=NoSuchFacility,
    ),
    "registrations": Kept(
        select(
            *(Registration.id, Registration.scheme, Registration.official_code, Registration.authority),
            *(Registration.commodity, Registration.valid_from, Registration.valid_to, Registration.created_at),
        ),
        order=Registration.id,
        owner=Registration.org_id,
        called=(Registration.official_code,),
        cursor=(Registration.scheme, Registration.official_code),
        missing=NoSuchRegistration,
        more=_add_covers_of_registrations,
    ),
    "certificates": Kept(
        select(
            *(Certificate.id, Certificate.scheme, Certificate.number, Certificate.issuer, Certificate.custody),
            *(Certificate.valid_from, Certificate.valid_to, Certificate.created_at),
        ),
        order=Certificate.id,
        owner=Certificate.org_id,
        called=(Certificate.number,),
        cursor=(Certificate.scheme, Certificate.number),
        missing=NotFound,
        more=_add_covers_of_certificates,
    ),
    "batches": Kept(
        select(
            *(Lot.code, Lot.number, Lot.commodity, Lot.form, Lot.made_g, Lot.balance_g, Lot.unit, Lot.made_count),
            *(Batch.version, Batch.destination, Batch.hs, Batch.counted_by, Batch.marks, Batch.packed_on),
            *(Batch.best_before,),
            *(Batch.sealed_at, Batch.released_at, Batch.release_digest, Batch.superseded_by),
        ).join(Lot, Lot.id == Batch.lot_id),
        order=Batch.id,
        owner=Batch.org_id,
        called=(Lot.code, Lot.number),
        missing=NoSuchBatch,
    ),
    "transfers": Kept(
        select(
            *(Transfer.code, Transfer.state, Lot.code.label("lot"), Lot.commodity, Lot.form, Lot.grade),
            *(_sender.code.label("from_organisation"), _receiver.code.label("to_organisation"), Transfer.mass_g),
            *(Transfer.open_g, Transfer.received_g, Transfer.count.label("units"), Transfer.open_count),
            *(Transfer.vehicle, Transfer.seal, Transfer.dispatched_at, Transfer.expires_at, Transfer.received_at),
            Transfer.reason,
        )
        .join(Lot, Lot.id == Transfer.lot_id)
        .join(_sender, _sender.id == Transfer.org_id)
        .join(_receiver, _receiver.id == Transfer.to_org_id),
        order=Transfer.id,
        owner=Transfer.org_id,
        receiver=Transfer.to_org_id,
        called=(Transfer.code,),
        missing=NoSuchTransfer,
    ),
    "holds": Kept(
        select(
            *(Hold.code, Lot.code.label("lot"), Plot.code.label("plot"), Party.code.label("farmer")),
            *(Hold.reason, Hold.action, Hold.opened_at, Hold.zone_minutes, Hold.closed_at, Hold.passed, Hold.outcome),
        )
        .outerjoin(Lot, Lot.id == Hold.lot_id)
        .outerjoin(Plot, Plot.id == Hold.plot_id)
        .outerjoin(Party, Party.id == Hold.party_id),
        order=Hold.id,
        owner=Hold.org_id,
        called=(Hold.code,),
        missing=NoSuchHold,
    ),
    "recalls": Kept(
        select(
            *(Recall.code, Lot.code.label("lot"), Plot.code.label("plot"), Party.code.label("farmer")),
            *(
                Recall.reason,
                Recall.action,
                Recall.phone,
                Recall.authority,
                Recall.authority_link,
                Recall.opened_at,
                Recall.zone_minutes,
            ),
            *(Recall.closed_at, Recall.outcome),
        )
        .outerjoin(Lot, Lot.id == Recall.lot_id)
        .outerjoin(Plot, Plot.id == Recall.plot_id)
        .outerjoin(Party, Party.id == Recall.party_id),
        order=Recall.id,
        owner=Recall.org_id,
        called=(Recall.code,),
        missing=NoSuchRecall,
    ),
    "payments": Kept(
        select(
            *(Event.id, Event.code, Event.occurred_at.label("paid_at"), Event.zone_minutes, Event.kdes),
        ).where(Event.kind == str(Kind.PAY)),
        order=Event.seq,
        owner=Event.org_id,
        called=(Event.code,),
        missing=NoSuchPayment,
        more=_tell_payments,
    ),
    "events": Kept(
        select(
            *(Event.id, Event.code, Event.seq, Event.kind, Event.event_type, Event.business_step),
            *(Event.disposition, Event.occurred_at, Event.zone_minutes, Event.recorded_at, Event.client_id),
            *(Facility.code.label("facility"), _declared.code.label("declares"), Event.kdes, Event.digest),
            Event.previous_digest,
        )
        .outerjoin(Facility, Facility.id == Event.facility_id)
        .outerjoin(_declared, _declared.id == Event.declares_id),
        order=Event.seq,
        owner=Event.org_id,
        called=(Event.code,),
        missing=NoSuchEvent,
        more=_complete_events,
        of_lot=lambda lot: Event.id.in_(touching(lot)),
    ),
    **LABELS,
}
