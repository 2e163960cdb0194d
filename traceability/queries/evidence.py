"""The evidence around a batch: certificates and the claims they carry, official codes, measurements."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, selectinload

from traceability.commodities import commodity, within
from traceability.domain.custody import STANDS, Custody, Part, standing, survive, weakest
from traceability.domain.dossier import Certificate as CertificateView
from traceability.domain.dossier import ClaimResult, Names, RegistrationMark, Standing
from traceability.domain.dossier import Measurement as MeasurementView
from traceability.domain.moments import day_of
from traceability.models import (
    Certificate,
    Lot,
    Measurement,
    Organisation,
    Registration,
    RegistrationCover,
)
from traceability.queries.lineage import Origin, TraceBack, chunks
from traceability.queries.many import DELIVERIES, REGISTERED, instant, rows_of

# asked for every page that is made anew: built once
_COVERS_PLACES: Final = select(RegistrationCover.registration_id).where(
    RegistrationCover.facility_id.in_(bindparam("facilities", expanding=True))
)
_ANY_PAPER: Final = select(Certificate.id).where(Certificate.org_id.in_(bindparam("houses", expanding=True))).limit(1)
_OF_THE_HOUSE: Final = (
    select(Registration)
    .where(
        Registration.org_id == bindparam("org"),
        ~select(RegistrationCover.id).where(RegistrationCover.registration_id == Registration.id).exists(),
    )
    .options(selectinload(Registration.suspensions))
)


@dataclass(frozen=True)
class Delivered:
    """One delivery in a batch: how much of it, whose it is, which organisation took it in, and when."""

    mass_g: int  # of the batch
    origin: Origin
    org_id: int
    on: date


def any_certificate(session: Session, org_ids: Collection[int]) -> bool:
    """Whether any of these organisations ever held a certificate."""
    return session.scalar(_ANY_PAPER, {"houses": sorted(org_ids)}) is not None


def delivered(session: Session, trace: TraceBack) -> dict[int, Delivered]:
    """The deliveries of a trace, each with who took it in and on which day. One that other methods than by mass do
    not count has no grams, and is still in there."""
    found = {}
    for key, org_id, kept_at, zone_minutes in rows_of(session, DELIVERIES, trace.deliveries.keys()):
        origin, _ = trace.deliveries[key]
        on = day_of(instant(kept_at), zone_minutes)
        found[key] = Delivered(trace.through_g[key], origin, org_id, on)
    return found


def claims_of(
    session: Session, deliveries: Mapping[int, Delivered], custody: Custody, today: date
) -> tuple[tuple[ClaimResult, ...], tuple[CertificateView, ...]]:
    """For each scheme that any supplier holds a certificate of: does the claim survive, and which papers stand behind.

    A delivery is covered when a certificate of its organisation was valid on the day of the delivery and covers the
    farmer, the plot, or everyone.
    """
    certificates = _certificates(session, {delivered.org_id for delivered in deliveries.values()})
    if not certificates:
        return (), ()
    results = []
    shown: dict[int, Certificate] = {}
    for scheme in sorted({certificate.scheme for certificate in certificates}):
        candidates = [(paper, _cover_of(paper)) for paper in certificates if paper.scheme == scheme]
        parts, used = [], dict[int, Certificate]()
        for delivered in deliveries.values():
            covering = [certificate for certificate, covers in candidates if covers(delivered)]
            used.update({certificate.id: certificate for certificate in covering})
            parts.append(Part(delivered.mass_g, bool(covering), f"{delivered.origin}"))
        if not used:
            continue
        model = weakest([custody, *(Custody(certificate.custody) for certificate in used.values())])
        survival = survive(model, parts)
        shown.update(used)
        results.append(
            ClaimResult(
                scheme=scheme,
                custody=str(model),
                holds=survival.holds,
                covered_g=survival.covered_g,
                mass_g=survival.mass_g,
                sentence=survival.sentence,
                in_part=survival.in_part,
            )
        )
    holders = _holders(session, {certificate.org_id for certificate in shown.values()})
    views = [_certificate(certificate, holders[certificate.org_id], today) for certificate in shown.values()]
    return tuple(results), tuple(sorted(views, key=lambda view: (view.scheme, view.number)))


def covered_by(session: Session, deliveries: Mapping[int, Delivered], scheme: str) -> set[int]:
    """Those deliveries that a certificate of one scheme covered on their day."""
    certificates = _certificates(session, {delivered.org_id for delivered in deliveries.values()})
    candidates = [_cover_of(certificate) for certificate in certificates if certificate.scheme == scheme]
    return {key for key, delivered in deliveries.items() if any(covers(delivered) for covers in candidates)}


def custody_under(session: Session, lot: Lot, scheme: str) -> Custody:
    """The chain of custody a lot has for one scheme: a certificate of its organisation may allow less strict a one."""
    made_on = day_of(lot.made_at, lot.zone_minutes)
    models = [
        Custody(certificate.custody)
        for certificate in _certificates(session, {lot.org_id})
        if certificate.scheme == scheme and standing_of(certificate, made_on) in STANDS
    ]
    return weakest([Custody(lot.custody), *models])


def registrations_of(
    session: Session, plots: Collection[int], facilities: Collection[int], org_id: int, on: date
) -> tuple[RegistrationMark, ...]:
    """The official codes of the plots the fruit grew on, of the places it was packed at, and of the exporter.

    Standing is that of `on`, the day of packing: a code suspended later was still good then (STANDARDS J.11).
    """
    found: dict[int, Registration] = {}
    covering = {key for (key,) in rows_of(session, REGISTERED, plots)}
    covering |= set(session.scalars(_COVERS_PLACES, {"facilities": sorted(facilities)}))
    for chunk in chunks(covering):
        codes = select(Registration).where(Registration.id.in_(chunk)).options(selectinload(Registration.suspensions))
        found.update({row.id: row for row in session.scalars(codes)})
    found.update({row.id: row for row in session.scalars(_OF_THE_HOUSE, {"org": org_id})})
    holders = _holders(session, {row.org_id for row in found.values()})
    marks = [
        RegistrationMark(
            scheme=row.scheme,
            code=row.official_code,
            holder=holders[row.org_id],
            standing=standing_of(row, on),
        )
        for row in found.values()
    ]
    return tuple(sorted(marks, key=lambda mark: (mark.scheme, mark.code)))


def standing_of(paper: Registration | Certificate, on: date) -> Standing:
    """How an official code or a certificate stands on a day; only codes are ever suspended."""
    suspended = paper.suspensions if isinstance(paper, Registration) else ()
    pauses = [(pause.from_on, pause.to_on) for pause in suspended if not pause.in_error]
    return standing(on, paper.valid_from, paper.valid_to, pauses)


def measurements_of(session: Session, lots: Sequence[Lot]) -> tuple[MeasurementView, ...]:
    """What was measured of the batch and of the lots above it that are not single deliveries, newest first."""
    measured = {lot.id: lot for lot in lots if lot.kind != "delivery"}
    views: list[MeasurementView] = []
    for chunk in chunks(measured.keys()):
        rows = session.scalars(select(Measurement).where(Measurement.lot_id.in_(chunk)))
        views += [measured_of(row, measured[row.lot_id]) for row in rows]
    return tuple(sorted(views, key=lambda view: (-view.taken_on.toordinal(), view.property, view.lot_number)))


def measured_of(row: Measurement, lot: Lot) -> MeasurementView:
    """A result of a lot as a dossier tells it."""
    return MeasurementView(
        property=row.property,
        value=row.value,
        unit=row.unit,
        taken_on=row.taken_on,
        laboratory=row.laboratory,
        method=row.method,
        passed=verdict(lot, row),
        lot_number=lot.number,
    )


def verdict(lot: Lot, row: Measurement) -> bool | None:
    """What was said of a result. One that is outside the limit of the goods has not passed, whoever said so."""
    if row.passed and not within(commodity(lot.commodity), lot.form, row.property, row.value, row.unit):
        return None
    return row.passed


def _certificates(session: Session, org_ids: Collection[int]) -> list[Certificate]:
    return list(
        session.scalars(
            select(Certificate)
            .where(Certificate.org_id.in_(sorted(org_ids)))
            .options(selectinload(Certificate.covers))
            .order_by(Certificate.id)
        )
    )


def _cover_of(certificate: Certificate) -> Callable[[Delivered], bool]:
    """Whether a certificate covers a delivery; what follows from a day alone is worked out once a day."""
    plots = {cover.plot_id for cover in certificate.covers if cover.plot_id is not None}
    farmers = {cover.party_id for cover in certificate.covers if cover.plot_id is None}
    stands: dict[date, bool] = {}

    def covers(delivered: Delivered) -> bool:
        on, origin = delivered.on, delivered.origin
        if certificate.org_id != delivered.org_id:
            return False
        if on not in stands:
            stands[on] = standing_of(certificate, on) in STANDS
        named = not certificate.covers or origin.plot_id in plots or origin.party_id in farmers
        return stands[on] and named

    return covers


def _certificate(row: Certificate, holder: Names, today: date) -> CertificateView:
    return CertificateView(
        scheme=row.scheme,
        number=row.number,
        issuer=row.issuer,
        holder=holder,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        standing=standing_of(row, today),
        days_left=(row.valid_to - today).days if row.valid_to else None,
    )


def _holders(session: Session, org_ids: Collection[int]) -> dict[int, Names]:
    if not org_ids:
        return {}
    rows = session.scalars(select(Organisation).where(Organisation.id.in_(sorted(org_ids))))
    return {row.id: row.called for row in rows}
