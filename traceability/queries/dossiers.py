"""The one function that builds a dossier, and what a batch is frozen with when it is released."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.commodities import LOSSES, UNITS, commodity
from traceability.domain.custody import Custody
from traceability.domain.dossier import (
    Balance,
    Dossier,
    LineageEdge,
    LineageNode,
    Marks,
    Names,
    Place,
    Share,
    Status,
    Step,
    Who,
    shared_place,
)
from traceability.domain.journal import canonical, digest
from traceability.domain.lineage import grams
from traceability.domain.moments import day_of
from traceability.domain.pools import POOLED
from traceability.errors import NotFound
from traceability.models import Batch, JournalHead, Lot, Organisation
from traceability.queries import evidence, journeys
from traceability.queries.alerts import alerts_of_ancestry
from traceability.queries.farms import Land, farms_of, land_of, place_of
from traceability.queries.lineage import TraceBack, lots_by_id, trace_back

LEAST_FARMS = 5  # a village is shown from as many farms on (RELIABILITY R8, T15)


class UnknownBatch(NotFound):
    """We have no lot with this code. Check the last characters. If the label looks original, report it."""


@dataclass(frozen=True)
class Frozen:
    """What a batch is released with: the digest of its contents, and how many farms are in it."""

    digest: str
    farms: int


def batch_by_code(session: Session, code: str) -> tuple[Batch, Lot]:
    """A sealed batch by its public code, whoever owns it. Raises UnknownBatch."""
    found = session.execute(select(Batch, Lot).join(Lot, Lot.id == Batch.lot_id).where(Lot.code == code)).one_or_none()
    if found is None:
        raise UnknownBatch()
    return found.Batch, found.Lot


def frozen_facts(session: Session, batch: Batch, lot: Lot) -> Frozen:
    """A digest over the batch's lot, its marks and its exact origin shares by public code."""
    trace = trace_back(session, lot)
    land = land_of(session, trace.shares_g)
    shares = sorted(
        [land.parties[o.party_id].code, land.plots[o.plot_id].code if o.plot_id else "", mass]
        for o, mass in trace.shares_g.items()
    )
    contents = {
        "lot": lot.code,
        "number": lot.number,
        "commodity": lot.commodity,
        "form": lot.form,
        "grade": lot.grade,
        "mass_g": lot.made_g,
        "unit": lot.unit,
        "count": lot.made_count,
        "custody": lot.custody,
        "destination": batch.destination,
        "hs": batch.hs,
        "shares": shares,
    }
    return Frozen(digest(canonical(contents)), len({origin.party_id for origin in trace.shares_g}))


def dossier_of(session: Session, code: str, *, on: date | None = None) -> Dossier:
    """Everything known about one batch, with certificates and codes standing as of `on` (today when not given).

    Raises UnknownBatch when there is no sealed batch with this public code.
    """
    batch, lot = batch_by_code(session, code)
    today = on or datetime.now(UTC).date()
    trace = trace_back(session, lot)
    lots = lots_by_id(session, trace.through)
    history = journeys.history_of(session, lots, lot)
    land = land_of(session, trace.shares_g)
    alerts = alerts_of_ancestry(session, lot.id, trace.through.keys(), trace.shares_g.keys())
    deliveries = {
        key: evidence.Delivered(parts, origin, lots[key].org_id, _day(lots[key]))
        for key, (origin, parts) in trace.deliveries.items()
    }
    claims, certificates = evidence.claims_of(session, deliveries, Custody(lot.custody), lot.made_g, today)
    packed_at = history.events[lot.made_by_id].facility_id
    plots = {origin.plot_id for origin in trace.shares_g if origin.plot_id is not None}
    goods = commodity(lot.commodity)
    form = goods.form(lot.form)
    days = [delivered.on for delivered in deliveries.values()]
    nodes, edges = _picture(trace, lots, history.organisations, lot)
    shares = _shares(trace, land)
    journey = journeys.journey_of(history)
    balance = journeys.balance_of(history, trace.oldest_last, lot)
    return Dossier(
        code=lot.code,
        lot_number=lot.number,
        version=batch.version,
        status=status_of(batch, alerts[0].kind if alerts else None),  # recalls come first
        alerts=alerts,
        superseded_by=batch.superseded_by,
        demo=any(row.demo for row in history.organisations.values()),
        issuer=_who(session.get_one(Organisation, lot.org_id)),
        commodity=lot.commodity,
        commodity_names=goods.names,
        form=lot.form,
        form_names=form.names if form else Names({"en": lot.form}),
        variety=lot.variety,
        grade=lot.grade,
        hs=batch.hs,
        custody=lot.custody,
        mass_g=lot.made_g,
        unit=lot.unit,
        unit_count=lot.made_count,
        unit_mass_g=_unit_mass(lot),
        marks=Marks(**{key: str(value) for key, value in batch.marks.items() if key in Marks.__dataclass_fields__}),
        destination=batch.destination,
        crop_year=lot.crop_year,
        harvested_from=min(days, default=None),
        harvested_to=max(days, default=None),
        packed_on=batch.packed_on,
        best_before=batch.best_before,
        sealed_at=batch.sealed_at,
        released_at=batch.released_at,
        zone_minutes=lot.zone_minutes,
        origin=shared_place([share.place for share in shares]),
        farms=len(shares),
        plots=len(plots),
        area_m2=sum(land.plots[plot].area_m2 for plot in plots),
        journey=journey,
        shares=shares,
        nodes=nodes,
        edges=edges,
        claims=claims,
        certificates=certificates,
        registrations=evidence.registrations_of(
            session, plots, [packed_at] if packed_at else [], lot.org_id, batch.packed_on or today
        ),
        measurements=evidence.measurements_of(session, list(lots.values())),
        balance=balance,
        changes=journeys.changes_of(session, history, trace.through.keys()),
        findings=(),
        as_of=today,
        journal_seq=session.get_one(JournalHead, lot.org_id).public_seq,
        digest=batch.release_digest,
        unit_names=UNITS.get(lot.unit, Names({})),
        loss_names=_loss_names(balance, journey),
    )


def _loss_names(balance: Balance, journey: tuple[Step, ...]) -> dict[str, Names]:
    keys = {key for step in journey for key in step.losses_g} | set(balance.losses_g)
    return {key: LOSSES.get(key, Names({"en": key})) for key in sorted(keys)}


def status_of(batch: Batch, stop: Status | None) -> Status:
    """How a batch stands: what stops its goods now comes before all else, then that a newer batch took its place."""
    if stop is not None:
        return stop
    if batch.superseded_by:
        return Status.SUPERSEDED
    return Status.RELEASED if batch.released_at is not None else Status.NOT_YET_PUBLIC


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


def _shares(trace: TraceBack, land: Land) -> tuple[Share, ...]:
    """One share per farm, the largest first, numbered in that order; named only where the farmer consented."""
    farms = farms_of(trace, land)
    villages = Counter(place_of(land.parties[farm.party_id]) for farm in farms)
    shares = []
    for farm in farms:
        person, place = land.people.get(farm.party_id), place_of(land.parties[farm.party_id])
        named = person is not None and person.named_in_public
        shares.append(
            Share(
                label=farm.label,
                name=person.name if person is not None and named else "",
                place=_public_place(place, villages[place], named=named),
                area_m2=sum(land.plots[plot].area_m2 for plot in farm.plots) if farm.plots else None,
                plot_known=bool(farm.plots),
                mass_g=farm.mass_g,
                tenths=farm.tenths,
            )
        )
    return tuple(shares)


def _public_place(place: Place, farms: int, *, named: bool) -> Place:
    """Without the village, unless the farmer agreed to be named or at least five farms of the batch share it:
    in a small village a farm with its kilograms is a person (RELIABILITY R8)."""
    return place if named or farms >= LEAST_FARMS else replace(place, village="")


def _picture(
    trace: TraceBack, lots: Mapping[int, Lot], organisations: Mapping[int, Organisation], batch_lot: Lot
) -> tuple[tuple[LineageNode, ...], tuple[LineageEdge, ...]]:
    """The lots above a batch with their grams in it; the deliveries of one lot are one node, `farms:<lot code>`.

    What stood in a tank is one node however often it was filled up: see `_filled_into`.
    """
    shown = _filled_into(trace, lots)
    through: dict[tuple[int, int], int] = {}
    farms: dict[int, set[int]] = {}
    grown: dict[int, int] = {}
    for key in trace.flow.order:
        whole, node = trace.above.whole.get(key, 0), shown[key]
        for parent, mass in trace.above.lots.get(key, ()):
            if shown[parent] != node:
                pair = (shown[parent], node)
                through[pair] = through.get(pair, 0) + trace.through[key] * mass // whole
        for _, mass, (party, _) in trace.above.deliveries.get(key, ()):
            farms.setdefault(node, set()).add(party)
            grown[node] = grown.get(node, 0) + trace.through[key] * mass // whole
    levels = _levels(trace, shown)
    nodes = []
    edges = [LineageEdge(lots[above].code, lots[key].code, grams(parts)) for (above, key), parts in through.items()]
    for key, level in levels.items():
        lot, organisation = lots[key], organisations[lots[key].org_id].name
        kind, mass = "batch" if key == batch_lot.id else "lot", grams(trace.through[key])
        count = len(farms.get(key, ()))
        nodes.append(LineageNode(lot.code, lot.number, kind, lot.form, organisation, level, mass, count))
        if count:
            group, from_farms = f"farms:{lot.code}", grams(grown[key])
            nodes.append(LineageNode(group, "", "origins", "", organisation, level + 1, from_farms, count))
            edges.append(LineageEdge(group, lot.code, from_farms))
    return tuple(nodes), tuple(edges)


def _filled_into(trace: TraceBack, lots: Mapping[int, Lot]) -> dict[int, int]:
    """For each lot above the batch the one that is shown for it: itself, but for what stood in a tank and went into
    nothing but what stood there next. So no node can become part of its own origin."""
    children: dict[int, list[int]] = {}
    shown: dict[int, int] = {}
    for key in trace.flow.order:
        into = children.get(key, [])
        last = into[0] if len(into) == 1 and lots[key].kind == lots[into[0]].kind == POOLED else None
        shown[key] = key if last is None else shown[last]
        for parent, _ in trace.above.lots.get(key, ()):
            children.setdefault(parent, []).append(key)
    return shown


def _levels(trace: TraceBack, shown: Mapping[int, int]) -> dict[int, int]:
    """The longest way from the batch to each node above it."""
    levels = {trace.lot_id: 0}
    for key in trace.flow.order:
        for parent, _ in trace.above.lots.get(key, ()):
            if shown[parent] != shown[key]:
                levels[shown[parent]] = max(levels.get(shown[parent], 0), levels[shown[key]] + 1)
    return levels


def _day(lot: Lot) -> date:
    return day_of(lot.made_at, lot.zone_minutes)
