"""What stands in the places that hold goods together, of how many lots, and since when they were last empty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from traceability.domain.dossier import Alert
from traceability.domain.events import KINDS, Kind
from traceability.domain.pools import POOLED, Pool
from traceability.domain.roles import Actor
from traceability.errors import NoSuchFacility
from traceability.models import Edge, Event, Facility, Lot, Posting
from traceability.queries.alerts import alerts_of, any_alert
from traceability.queries.lot_lists import LotRow, lot_row

LATEST = 12  # entries that the page of one place shows


@dataclass(frozen=True)
class PoolRow:
    """A place that holds goods together, and what it holds now: nothing has no goods."""

    code: str
    prefix: str
    name: str
    rule: Pool
    held_g: int
    commodity: str
    form: str


@dataclass(frozen=True)
class Move:
    """One entry that changed what stands there: grams in, or (below zero) out."""

    code: str
    kind: Kind
    words: str
    at: datetime
    zone_minutes: int
    mass_g: int
    lot: str  # what it made; empty when it made nothing


@dataclass(frozen=True)
class PoolStory:
    """Everything about one place: the lots that stand in it, oldest first, and how it came to hold them."""

    pool: PoolRow
    standing: tuple[LotRow, ...]
    alerts: tuple[Alert, ...]
    filled_at: datetime | None  # the first pouring since it was last empty
    zone_minutes: int
    poured: int  # lots that are part of what stands there
    latest: tuple[Move, ...]


def standing_in(session: Session, facility: Facility) -> list[Lot]:
    """The lots that stand in a place, oldest first: one where all is mixed, one for each layer otherwise.

    A correction can give grams back to a lot that was poured over since: then a mixed place has two, and both count.
    """
    return list(session.scalars(select(Lot).where(_stands_in(facility)).order_by(Lot.id)))


def has_pool(org_id: int) -> ColumnElement[bool]:
    """Whether an organisation has a place that holds goods together."""
    return exists().where(Facility.org_id == org_id, Facility.pool != "")


def pools(session: Session, actor: Actor) -> list[PoolRow]:
    """The places of the organisation that hold goods together, by name."""
    held = func.coalesce(func.sum(Lot.balance_g), 0)
    here = and_(Lot.org_id == Facility.org_id, Lot.facility_id == Facility.id)
    rows = session.execute(
        select(Facility, held, func.max(Lot.commodity), func.max(Lot.form))
        .outerjoin(Lot, and_(here, Lot.balance_g > 0, Lot.kind == POOLED))
        .where(Facility.org_id == actor.org_id, Facility.pool != "")
        .group_by(Facility.id)
        .order_by(Facility.name, Facility.id)
    )
    return [_row(facility, int(mass), commodity, form) for facility, mass, commodity, form in rows]


def pool_story(session: Session, actor: Actor, code: str) -> PoolStory:
    """Everything about one place that holds goods together, by its code or prefix. Raises NoSuchFacility."""
    wanted = code.strip().upper()
    facility = session.scalars(
        select(Facility).where(
            Facility.org_id == actor.org_id,
            Facility.pool != "",
            or_(Facility.code == wanted, Facility.prefix == wanted),
        )
    ).one_or_none()
    if facility is None:
        raise NoSuchFacility(code=code)
    standing = standing_in(session, facility)
    first, mixed = standing[0] if standing else None, facility.pool == Pool.PRO_RATA
    moves = _moves(session, facility)
    start = _first_since_empty(moves)
    stopped = first is not None and any_alert(session, [lot.id for lot in standing])
    alerts = {alert: None for lot in standing for alert in alerts_of(session, lot.id)} if stopped else {}
    return PoolStory(
        pool=_row(
            facility,
            sum(lot.balance_g for lot in standing),
            first.commodity if first else None,
            first.form if first else None,
        ),
        standing=tuple(lot_row(lot, facility.name, None) for lot in standing),
        alerts=tuple(alerts),
        filled_at=start.occurred_at if start else None,
        zone_minutes=start.zone_minutes if start else actor.zone_minutes,
        poured=_poured(session, facility, start.id if mixed else _laid_by(session, first)) if start and first else 0,
        latest=_latest(session, moves[: -LATEST - 1 : -1]),
    )


def _row(facility: Facility, held_g: int, commodity: str | None, form: str | None) -> PoolRow:
    return PoolRow(
        facility.code, facility.prefix, facility.name, Pool(facility.pool), held_g, commodity or "", form or ""
    )


def _stands_in(facility: Facility) -> ColumnElement[bool]:
    return and_(Lot.org_id == facility.org_id, Lot.balance_g > 0, Lot.kind == POOLED, Lot.facility_id == facility.id)


def _moves(session: Session, facility: Facility) -> list[Row[Any]]:
    """Every entry that changed what stands in a place, in the order of the record, with the grams it added to it."""
    return list(
        session.execute(
            select(
                *(Event.id, Event.code, Event.kind, Event.occurred_at, Event.zone_minutes),
                func.sum(Posting.mass_g).label("mass_g"),
            )
            .join(Posting, Posting.event_id == Event.id)
            .join(Lot, Lot.id == Posting.lot_id)
            .where(Lot.org_id == facility.org_id, Lot.kind == POOLED, Lot.facility_id == facility.id)
            .group_by(Event.id)
            .order_by(Event.id)
        )
    )


def _first_since_empty(moves: Sequence[Row[Any]]) -> Row[Any] | None:
    """The entry that began what stands there now; None when nothing does."""
    held, start = 0, None
    for move in moves:
        if not held:
            start = move
        held += int(move.mass_g)
    return start if held else None


def _laid_by(session: Session, layer: Lot) -> int:
    """The entry that laid a layer: a layer that was found larger than it was told has been made anew since."""
    before = select(Lot).join(Edge, Edge.parent_id == Lot.id).where(Lot.kind == POOLED)
    found: Lot | None = layer
    while found is not None:
        layer, found = found, session.scalars(before.where(Edge.child_id == found.id)).first()
    return layer.made_by_id


def _poured(session: Session, facility: Facility, first_event_id: int) -> int:
    """How many lots went in, from one entry on. What was declared in error has no edges and does not count."""
    inside, came = aliased(Lot), aliased(Lot)
    parents = (
        select(func.count(func.distinct(Edge.parent_id)))
        .join(inside, inside.id == Edge.child_id)
        .join(came, came.id == Edge.parent_id)
        .where(inside.org_id == facility.org_id, inside.kind == POOLED, inside.facility_id == facility.id)
        .where(inside.made_by_id >= first_event_id, came.kind != POOLED)
    )
    return session.scalar(parents) or 0


def _latest(session: Session, moves: Sequence[Row[Any]]) -> tuple[Move, ...]:
    made = select(Lot.made_by_id, func.min(Lot.code)).where(Lot.made_by_id.in_([move.id for move in moves]))
    lots = {event_id: code for event_id, code in session.execute(made.group_by(Lot.made_by_id))}
    return tuple(
        Move(
            code=move.code,
            kind=Kind(move.kind),
            words=KINDS[Kind(move.kind)].words,
            at=move.occurred_at,
            zone_minutes=move.zone_minutes,
            mass_g=int(move.mass_g),
            lot=lots.get(move.id, ""),
        )
        for move in moves
    )
