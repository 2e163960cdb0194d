"""The one function that builds a dossier."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime
from itertools import chain
from typing import Any, Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from traceability.commodities import UNITS, commodity
from traceability.domain.custody import Custody, of_mix
from traceability.domain.dossier import (
    Balance,
    Certificate,
    ClaimResult,
    Dossier,
    Marks,
    Names,
    Step,
    Who,
)
from traceability.domain.lineage import Grown
from traceability.domain.methods import Method
from traceability.domain.moments import day_of
from traceability.errors import NotFound
from traceability.models import Batch, FrozenOrigin, JournalHead, Lot, Organisation
from traceability.queries import attachments, evidence, frozen, journeys, ways
from traceability.queries.alerts import alerts_of_ancestry, lifted_of_ancestry
from traceability.queries.destroyed import destroyed
from traceability.queries.failed import failed_of_ancestry
from traceability.queries.farms import areas_of, place_of, shares_of
from traceability.queries.lineage import Origin, Shares, TraceBack, lots_by_id, trace_back
from traceability.queries.raised_limits import raised_limits
from traceability.queries.reweighings import called_loss
from traceability.queries.standings import status_of, stop_of, successor_of

_BATCH: Final = select(Batch, Lot).join(Lot, Lot.id == Batch.lot_id).where(Lot.code == bindparam("code"))


class UnknownBatch(NotFound):
    """We have no lot with this code. Check the last characters. If the label looks original, report it."""


class NoSuchVersion(NotFound):
    """This batch has no such version. Open the newest one, and compare it with the paper."""


def batch_by_code(session: Session, code: str) -> tuple[Batch, Lot]:
    """A sealed batch by its public code, whoever owns it. Raises UnknownBatch."""
    found = session.execute(_BATCH, {"code": code}).one_or_none()
    if found is None:
        raise UnknownBatch()
    return found.Batch, found.Lot


def dossier_of(session: Session, code: str, *, on: date | None = None, version: int | None = None) -> Dossier:
    """Everything known about one batch, with certificates and codes standing as of `on` (today when not given).

    Whose grams are in it was frozen with the release: nothing is traced, and an earlier `version` stays readable.
    Photos and public papers are those that are shown now, in every version alike.
    Raises UnknownBatch when there is no sealed batch with this public code, NoSuchVersion when it has none of this.
    """
    batch, lot = batch_by_code(session, code)
    today = on or day_of(datetime.now(UTC), lot.zone_minutes)  # a paper ends with the day where the goods were made
    kept = _frozen(session, batch, version)
    trace, origins = _origin(session, batch, lot, kept)
    lots = lots_by_id(session, trace.flow.through)
    grown = set(chain.from_iterable(Grown.of(some).keys for some in trace.above.deliveries.values()))
    formed = [key for key in lots if trace.above.deliveries.get(key) and not trace.above.lots.get(key)]
    history = journeys.history_of(session, lots, grown, formed, lot, kept.made_by_id if kept else None)
    ancestors = grown | trace.flow.through.keys()
    whose = _whose(session, batch, lot, origins, kept)
    alerts = alerts_of_ancestry(session, lot.id, ancestors, whose)
    destroyed_at = destroyed(session, [lot.id]).get(lot.id) if lot.balance_g == 0 else None
    custody = of_mix([Custody(lot.custody)], len(origins))  # a correction can have brought a second origin
    claims, certificates = _claims(session, trace, history, custody, today)
    plots = set(Shares.of(trace.shares_g).plots) - {0}
    areas = areas_of(session, plots)
    packed = _packed_at(history, lot), lot.org_id, batch.packed_on or today
    days = [day for some in history.weighed for day in some.days]
    nodes, edges = ways.lots_above(trace, lots, history.organisations, lot)
    shares, origin = shares_of(session, trace, areas)
    journey, balance = journeys.journey_of(history), journeys.balance_of(history, trace.flow.order, lot)
    houses = {some.org_id for some in history.weighed}
    raised_farms, raised = raised_limits(session, houses, plots, grown, lot.commodity)
    return Dossier(
        **_as_sealed(batch, lot),
        code=lot.code,
        version=batch.version if kept is None else kept.version,
        status=status_of(batch, stop_of(alerts, destroyed_at)),
        alerts=alerts,
        superseded_by=batch.superseded_by,
        demo=any(row.demo for row in history.organisations.values()),
        issuer=_who(session.get_one(Organisation, lot.org_id)),
        makers=_makers(history, lot),
        custody=str(custody),
        harvested_from=min(days, default=None),
        harvested_to=max(days, default=None),
        origin=origin,
        farms=len(shares),
        plots=len(plots),
        area_m2=sum(areas.m2.values()),
        declared_m2=areas.declared_m2,
        journey=journey,
        shares=shares,
        nodes=nodes,
        edges=edges,
        claims=claims,
        certificates=certificates,
        registrations=evidence.registrations_of(session, _plots(trace, origins, plots), *packed),
        measurements=evidence.measurements_of(session, list(lots.values())),
        papers=attachments.public_papers(session, [lot, *(one for one in lots.values() if one.id != lot.id)], lot.id),
        balance=balance,
        changes=journeys.changes_of(session, history, ancestors),
        findings=(),
        as_of=today,
        journal_seq=session.get_one(JournalHead, lot.org_id).public_seq,
        digest=batch.release_digest if kept is None else kept.digest,
        loss_names=_loss_names(balance, journey),
        origin_method=str(frozen.method_of(batch, trace.shares_g)),
        newest=batch.version,
        flow=ways.flow_of(session, trace, lots, history.organisations, shares).flow,
        lifted=lifted_of_ancestry(session, ancestors, whose),
        raised_farms=raised_farms,
        raised=raised,
        versions=frozen.versions_of(session, batch),
        failed=failed_of_ancestry(session, lot.id, ancestors),
        destroyed_at=destroyed_at,
        successor=successor_of(session, batch, lot),
    )


def _as_sealed(batch: Batch, lot: Lot) -> dict[str, Any]:
    """What is said of the goods themselves and printed on them."""
    goods = commodity(lot.commodity)
    form = goods.form(lot.form)
    return dict(
        lot_number=lot.number,
        commodity=lot.commodity,
        commodity_names=goods.names,
        form=lot.form,
        form_names=form.names if form else Names({"en": lot.form}),
        variety=lot.variety,
        variety_names=goods.variety(lot.variety),
        grade=lot.grade,
        hs=batch.hs,
        mass_g=lot.made_g,
        unit=lot.unit,
        unit_count=lot.made_count,
        unit_mass_g=_unit_mass(lot),
        marks=Marks(**{key: str(value) for key, value in batch.marks.items() if key in Marks.__dataclass_fields__}),
        destination=batch.destination,
        crop_year=lot.crop_year,
        packed_on=batch.packed_on,
        best_before=batch.best_before,
        sealed_at=batch.sealed_at,
        released_at=batch.released_at,
        zone_minutes=lot.zone_minutes,
        unit_names=UNITS.get(lot.unit, Names({})),
    )


def trace_of_version(session: Session, code: str, version: int | None = None) -> tuple[TraceBack, int | None]:
    """The trace a version's dossier goes by, and the entry that froze it. Raises UnknownBatch, NoSuchVersion."""
    batch, lot = batch_by_code(session, code)
    kept = _frozen(session, batch, version)
    return _origin(session, batch, lot, kept)[0], kept.made_by_id if kept else None


def _origin(
    session: Session, batch: Batch, lot: Lot, kept: FrozenOrigin | None
) -> tuple[TraceBack, Collection[Origin]]:
    """The trace with the shares that count, and everybody whose fruit may lie in the batch: what is not about grams
    goes by them, whatever method counts."""
    trace = frozen.counted(session, batch, trace_back(session, lot)) if kept is None else frozen.trace_of(kept, lot)
    return trace, trace.shares_g if batch.counted_by == Method.PRO_RATA else trace.origins


def _plots(trace: TraceBack, origins: Iterable[Origin], counted: set[int]) -> set[int]:
    """The plots of everybody whose fruit may lie in it: nearly always those that are counted."""
    if origins is trace.shares_g:
        return counted
    return {origin.plot_id for origin in origins if origin.plot_id is not None}


def _packed_at(history: journeys.History, lot: Lot) -> list[int]:
    """The place where the batch was packed, when it is known."""
    place = history.events[lot.made_by_id].facility_id
    return [place] if place else []


def _frozen(session: Session, batch: Batch, version: int | None) -> FrozenOrigin | None:
    """What was frozen of a version, the newest when none is asked for. Raises NoSuchVersion."""
    asked = batch.version if version is None else version
    if not min(1, batch.version) <= asked <= batch.version:
        raise NoSuchVersion()
    kept = frozen.frozen_origin(session, batch, asked)
    if kept is None and asked != batch.version:
        raise NoSuchVersion()
    return kept


def _whose(
    session: Session, batch: Batch, lot: Lot, origins: Collection[Origin], kept: FrozenOrigin | None
) -> Collection[Origin]:
    """Whose fruit is in a version, and whose it is by now: what stops a batch stops every version of it."""
    if kept is None or kept.version == batch.version:
        return origins
    return {*origins, *frozen.origin_of(session, lot).trace.origins}


def _claims(
    session: Session, trace: TraceBack, history: journeys.History, custody: Custody, today: date
) -> tuple[tuple[ClaimResult, ...], tuple[Certificate, ...]]:
    """The claims and their papers; delivery by delivery only where anybody holds a paper at all."""
    if not evidence.any_certificate(session, {some.org_id for some in history.weighed}):
        return (), ()
    return evidence.claims_of(session, evidence.delivered(session, trace), custody, today)


def _loss_names(balance: Balance, journey: tuple[Step, ...]) -> dict[str, Names]:
    keys = {key for step in journey for key in step.losses_g} | set(balance.losses_g)
    return {key: called_loss(key) for key in sorted(keys)}


def _makers(history: journeys.History, lot: Lot) -> tuple[Who, ...]:
    """Everybody on the way but the issuer, who stands by itself."""
    others = [row for key, row in history.organisations.items() if key != lot.org_id]
    return tuple(_who(row) for row in sorted(others, key=lambda row: (row.name, row.id)))


def _who(organisation: Organisation) -> Who:
    return Who(
        name=organisation.called,
        kind=organisation.kind,
        place=place_of(organisation),
        phone=organisation.phone,
        address=organisation.address,
        demo=organisation.demo,
    )


def _unit_mass(lot: Lot) -> int | None:
    """The mass of one unit when all hold the same whole grams."""
    if lot.made_count and lot.made_g % lot.made_count == 0:
        return lot.made_g // lot.made_count
    return None
