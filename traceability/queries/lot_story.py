"""Everything about one lot on one page: what went in, what came out, what was measured, what stops it, its history."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from traceability.domain.custody import Custody, of_mix
from traceability.domain.dossier import Alert, Names
from traceability.domain.dossier import Measurement as MeasurementView
from traceability.domain.events import KINDS, Kind
from traceability.domain.methods import METHOD_NAMES
from traceability.domain.pools import POOLED
from traceability.domain.quantity import tenths_of_percent
from traceability.domain.roles import Actor
from traceability.errors import NoSuchLot
from traceability.models import (
    Attachment,
    Batch,
    Edge,
    Event,
    Facility,
    Hold,
    Lot,
    Measurement,
    Organisation,
    Party,
    Person,
    Posting,
    Transfer,
    User,
)
from traceability.queries.alerts import alerts_of
from traceability.queries.attachments import withdrawn
from traceability.queries.corrections import corrections_of_origin
from traceability.queries.destroyed import destroyed
from traceability.queries.evidence import verdict
from traceability.queries.failed import failed_of
from traceability.queries.frozen import grams_by_farmer, method_counting
from traceability.queries.lineage import trace_back
from traceability.queries.lot_lists import LotRow, lot_row
from traceability.queries.pools import has_pool
from traceability.queries.reweighings import Reweighed, corrections_of_weight_in, lost_since, reweighed


@dataclass(frozen=True)
class Linked:
    """A lot that went in or came out, with the grams taken. Of another organisation's lot only the owner is said."""

    code: str  # empty when it is another organisation's
    number: str
    commodity: str
    form: str
    mass_g: int
    owner: Names | None  # the other organisation, if it is another's


@dataclass(frozen=True)
class StoryShare:
    """One own farmer's part, or all of another organisation's together. Grams over all shares sum to the lot's."""

    name: Names
    farmer: str  # code, empty for a supplier and for another organisation
    mass_g: int
    tenths: int


@dataclass(frozen=True)
class StoryEvent:
    """One entry of the lot's history. `mass_g` is what it did to this lot."""

    code: str
    kind: Kind
    words: str
    at: datetime
    zone_minutes: int
    who: str
    place: str
    mass_g: int
    note: str
    declared: bool  # a later entry said that it was wrong
    alone: bool  # it wants four eyes, and nobody else was there


@dataclass(frozen=True)
class Measured:
    """One measured property."""

    property: str
    value: str
    unit: str
    taken_on: date
    laboratory: str
    passed: bool | None


@dataclass(frozen=True)
class OnTheRoad:
    """A consignment of this lot."""

    code: str
    receiver: Names
    mass_g: int
    open_g: int
    state: str


@dataclass(frozen=True)
class BatchMark:
    """The batch that this lot was sealed as."""

    version: int
    destination: str
    released_at: datetime | None
    superseded_by: str
    destroyed_at: datetime | None
    counted_by: str  # the name of the method that counts


@dataclass(frozen=True)
class LotStory:
    """Everything about one lot."""

    lot: LotRow
    variety: str
    crop_year: str
    custody: str
    pool: str  # the code of the tank or bed that it stands in, together with others; empty for every other lot
    can_be_poured: bool  # the organisation has a tank or bed
    made_count: int
    farmer: str  # of a delivery
    inputs: tuple[Linked, ...]
    outputs: tuple[Linked, ...]
    losses: tuple[tuple[str, int], ...]  # of the event that made it: name, grams
    shares: tuple[StoryShare, ...]
    measured: tuple[Measured, ...]
    failed: tuple[MeasurementView, ...]  # results that failed, on it or above it, and still count
    alerts: tuple[Alert, ...]
    holds: tuple[str, ...]  # codes of the open holds on this very lot
    roads: tuple[OnTheRoad, ...]
    papers: tuple[tuple[str, str, bool], ...]  # code, title, and whether everybody may see it now
    batch: BatchMark | None
    events: tuple[StoryEvent, ...]
    reweighed: tuple[Reweighed, ...]  # weights of deliveries in it, or its own, that were corrected after it was closed


def lot_story(session: Session, actor: Actor, code: str) -> LotStory:
    """Everything about one lot of the organisation, by its code or number. Raises NoSuchLot."""
    wanted = code.strip().upper()
    found = session.execute(
        select(Lot, Facility, Batch)
        .outerjoin(Facility, Facility.id == Lot.facility_id)
        .outerjoin(Batch, Batch.lot_id == Lot.id)
        .where(Lot.org_id == actor.org_id, or_(Lot.code == wanted, Lot.number == wanted))
        .order_by((Lot.code == wanted).desc())
    ).first()
    if found is None:
        raise NoSuchLot(code=code)
    lot, place, batch = found
    return LotStory(
        lot=lot_row(lot, place.name if place else None, batch),
        variety=lot.variety,
        crop_year=lot.crop_year,
        custody=str(_custody(session, lot)),
        pool=place.code if place and lot.kind == POOLED else "",
        can_be_poured=session.scalar(select(has_pool(actor.org_id))) or False,
        made_count=lot.made_count,
        farmer=session.scalar(select(Party.code).where(Party.id == lot.origin_party_id, Party.kind == "farmer")) or "",
        inputs=_linked(session, actor, lot, up=True),
        outputs=_linked(session, actor, lot, up=False),
        losses=_losses(session, lot),
        shares=_shares(session, actor, lot),
        measured=_measured(session, lot),
        failed=failed_of(session, lot.id),
        alerts=alerts_of(session, lot.id),
        holds=tuple(session.scalars(select(Hold.code).where(Hold.lot_id == lot.id, Hold.closed_at.is_(None)))),
        roads=_roads(session, lot),
        papers=_papers(session, lot),
        batch=_batch(session, batch, lot) if batch else None,
        events=_events(session, lot, batch),
        reweighed=reweighed(session, lot) if lot.kind in ("delivery", "lot") else (),
    )


def _batch(session: Session, batch: Batch, lot: Lot) -> BatchMark:
    method = METHOD_NAMES[method_counting(session, batch, lot)]
    destroyed_at = destroyed(session, [lot.id]).get(lot.id)
    return BatchMark(batch.version, batch.destination, batch.released_at, batch.superseded_by, destroyed_at, method)


def _linked(session: Session, actor: Actor, lot: Lot, *, up: bool) -> tuple[Linked, ...]:
    here, there = (Edge.child_id, Edge.parent_id) if up else (Edge.parent_id, Edge.child_id)
    rows = session.execute(
        select(Lot, Edge.mass_g, Organisation)
        .join(Edge, there == Lot.id)
        .join(Organisation, Organisation.id == Lot.org_id)
        .where(here == lot.id)
        .order_by(Lot.made_at, Lot.id)
    )
    return tuple(
        Linked(
            code=row.code if row.org_id == actor.org_id else "",
            number=row.number if row.org_id == actor.org_id else "",
            commodity=row.commodity,
            form=row.form,
            mass_g=mass,
            owner=owner.called if row.org_id != actor.org_id else None,
        )
        for row, mass, owner in rows
    )


def _custody(session: Session, lot: Lot) -> Custody:
    """As the lot was made, but one origin is preserved no more when a delivery in it turned out to be of another."""
    made = Custody(lot.custody)
    if made is not Custody.IDENTITY_PRESERVED:
        return made
    return of_mix([made], len(trace_back(session, lot).shares_g))


def _losses(session: Session, lot: Lot) -> tuple[tuple[str, int], ...]:
    rows = session.execute(
        select(Posting.ref, Posting.mass_g)
        .where(Posting.event_id == lot.made_by_id, Posting.account == "loss")
        .order_by(Posting.line)
    )
    found: Counter[str] = Counter({name: mass for name, mass in rows})
    formed = session.get(Event, lot.made_by_id)
    if formed is not None and formed.kind == Kind.FORM_LOT:
        found.update(lost_since(session, formed))
    return tuple((name, mass) for name, mass in found.items() if mass)


def _shares(session: Session, actor: Actor, lot: Lot) -> tuple[StoryShare, ...]:
    """Own farmers and suppliers by name; of other organisations one share each, because a fence shows less."""
    if not lot.made_g:
        return ()
    grams = grams_by_farmer(session, lot)
    rows = session.execute(
        select(Party, Person.name, Organisation)
        .outerjoin(Person, Person.party_id == Party.id)
        .join(Organisation, Organisation.id == Party.org_id)
        .where(Party.id.in_(grams))
    )
    sums: dict[tuple[str, str], int] = {}
    called: dict[tuple[str, str], Names] = {}
    for party, name, organisation in rows:
        own = party.org_id == actor.org_id
        farmer = party.code if party.kind == "farmer" else ""
        key = (name or party.name or party.number, farmer) if own else (organisation.name, "")
        called[key] = Names({"en": key[0]}) if own else organisation.called
        sums[key] = sums.get(key, 0) + grams[party.id]
    ordered = sorted(sums.items(), key=lambda item: (-item[1], item[0]))
    tenths = tenths_of_percent([mass for _, mass in ordered])
    return tuple(StoryShare(called[key], key[1], mass, part) for (key, mass), part in zip(ordered, tenths, strict=True))


def _measured(session: Session, lot: Lot) -> tuple[Measured, ...]:
    rows = session.scalars(select(Measurement).where(Measurement.lot_id == lot.id).order_by(Measurement.id.desc()))
    return tuple(Measured(m.property, m.value, m.unit, m.taken_on, m.laboratory, verdict(lot, m)) for m in rows)


def _roads(session: Session, lot: Lot) -> tuple[OnTheRoad, ...]:
    rows = session.execute(
        select(Transfer, Organisation)
        .join(Organisation, Organisation.id == Transfer.to_org_id)
        .where(Transfer.org_id == lot.org_id, Transfer.lot_id == lot.id)
        .order_by(Transfer.id.desc())
    )
    return tuple(OnTheRoad(row.code, to.called, row.mass_g, row.open_g, row.state) for row, to in rows)


def _papers(session: Session, lot: Lot) -> tuple[tuple[str, str, bool], ...]:
    rows = session.execute(
        select(Attachment.code, Attachment.title, Attachment.public)
        .where(Attachment.lot_id == lot.id)
        .order_by(Attachment.id)
    )
    gone = withdrawn(session, {lot.org_id})
    return tuple((code, title, shown and code not in gone) for code, title, shown in rows)


def _events(session: Session, lot: Lot, batch: Batch | None) -> tuple[StoryEvent, ...]:
    """Every entry that moved grams of the lot, measured, stopped or sealed it, and what declared any of them wrong."""
    moved: dict[int, int] = {}
    for event_id, mass in session.execute(
        select(Posting.event_id, Posting.mass_g).where(Posting.org_id == lot.org_id, Posting.lot_id == lot.id)
    ):
        moved[event_id] = moved.get(event_id, 0) + mass
    wanted = {lot.made_by_id, *moved}
    for column, owner in (
        (Measurement.made_by_id, Measurement.lot_id),
        (Hold.made_by_id, Hold.lot_id),
        (Hold.closed_by_id, Hold.lot_id),
        (Attachment.made_by_id, Attachment.lot_id),
    ):
        wanted |= {key for key in session.scalars(select(column).where(owner == lot.id)) if key is not None}
    if lot.kind == "delivery":
        wanted |= set(session.scalars(corrections_of_origin(lot)))
    wanted |= set(session.scalars(corrections_of_weight_in(lot)))
    if batch is not None:
        wanted |= {key for key in (batch.sealed_by_id, batch.released_by_id) if key is not None}
        replaced = select(Event.id).where(Event.org_id == lot.org_id, Event.kind == str(Kind.SUPERSEDE))
        wanted |= set(session.scalars(replaced.where(Event.kdes["old"].as_string() == lot.code)))
    declared = set(session.scalars(select(Event.declares_id).where(Event.declares_id.in_(wanted))))
    rows = session.execute(
        select(Event, User.name, Facility.name)
        .outerjoin(User, User.id == Event.actor_id)
        .outerjoin(Facility, Facility.id == Event.facility_id)
        .where(Event.org_id == lot.org_id, or_(Event.id.in_(wanted), Event.declares_id.in_(wanted)))
        .order_by(Event.seq)
    )
    return tuple(_event(row, user, place, moved, declared) for row, user, place in rows)


def _event(
    event: Event, user: str | None, place: str | None, moved: Mapping[int, int], declared: set[int | None]
) -> StoryEvent:
    kind = Kind(event.kind)
    return StoryEvent(
        code=event.code,
        kind=kind,
        words=KINDS[kind].words,
        at=event.occurred_at,
        zone_minutes=event.zone_minutes,
        who=user or "",
        place=place or "",
        mass_g=moved.get(event.id, 0),
        note=str(json.loads(event.body).get("note", "")),
        declared=event.id in declared,
        alone=bool(event.kdes.get("alone")),
    )
