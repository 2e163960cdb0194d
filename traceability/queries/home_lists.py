"""The lists behind the sentences of the first page: every line is one thing that somebody can open and deal with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, selectinload

from traceability.domain.custody import STANDS
from traceability.domain.dossier import Names, Standing
from traceability.domain.events import Kind
from traceability.domain.measured import property_words
from traceability.domain.moments import day_of
from traceability.domain.roles import Actor
from traceability.models import (
    Batch,
    Certificate,
    Event,
    Hold,
    Lot,
    Organisation,
    Person,
    Registration,
    Transfer,
)
from traceability.queries import yearly_caps
from traceability.queries.declared import declared_in_error
from traceability.queries.destroyed import destroyed
from traceability.queries.evidence import standing_of
from traceability.queries.failed import Goods, undecided
from traceability.queries.harvest_day import Point, points_of
from traceability.queries.holds import started_by
from traceability.queries.lineage import lots_by_id, trace_forward
from traceability.queries.lot_lists import open_delivery, stopped

TOO_LONG: Final = timedelta(hours=48)  # a delivery that lies longer than this spoils, or was forgotten
LOOKED_BACK: Final = timedelta(days=30)  # over which the book is compared with the scale
_WEIGHED_AGAIN: Final = (Kind.FORM_LOT, Kind.MERGE, Kind.REBAG, Kind.LEVEL_POOL)


@dataclass(frozen=True)
class Item:
    """One line of a list: `of` says what it opens (lot, consignment, event, farmer, point, registration, certificate).

    `beside_g` is what `mass_g` is compared with: the cap of a farmer, the book before it was weighed again.
    """

    of: str
    code: str
    title: str
    note: str | Names = ""
    mass_g: int | None = None
    at: datetime | None = None
    day: date | None = None
    beside_g: int | None = None


def held(session: Session, actor: Actor) -> list[Item]:
    """Lots with a hold that is open, or that failed while goods are left; of a farmer or a plot everything on hand that
    the hold reaches."""
    stops = or_(Hold.closed_at.is_(None), Hold.passed.is_(False))
    rows = select(Lot, Hold).join(Hold, Hold.lot_id == Lot.id).where(Lot.org_id == actor.org_id)
    left = or_(Hold.closed_at.is_(None), and_(Hold.passed.is_(False), Lot.balance_g > 0))
    found = [(lot, hold) for lot, hold in session.execute(rows.where(left))]
    grown = select(Hold).where(Hold.org_id == actor.org_id, Hold.lot_id.is_(None), stops)
    for hold in session.scalars(grown).all():
        reached = trace_forward(session, started_by(session, Hold, Hold.id == hold.id)).lots
        lots = lots_by_id(session, reached).values()
        found += [(lot, hold) for lot in lots if lot.org_id == actor.org_id and lot.balance_g and not lot.void]
    found.sort(key=lambda row: row[1].opened_at, reverse=True)
    items = {
        lot.code: Item("lot", lot.code, lot.number, hold.reason, lot.balance_g, hold.opened_at) for lot, hold in found
    }
    return list(items.values())


def failed(session: Session, actor: Actor) -> list[Item]:
    """Goods that carry a failed result of which nobody decided yet; for those who may stop them."""
    if not actor.may(Kind.HOLD):
        return []
    return [_failed(goods) for goods in undecided(session, actor)]


def _failed(goods: Goods) -> Item:
    lot, worst = goods.lot, goods.failed[0]
    return Item("lot", lot.code, lot.number, property_words(worst.property), lot.balance_g or None, day=worst.taken_on)


def to_receive(session: Session, actor: Actor) -> list[Item]:
    """Consignments on the road to this organisation."""
    rows = session.execute(
        select(Transfer, Organisation)
        .join(Organisation, Organisation.id == Transfer.org_id)
        .where(Transfer.to_org_id == actor.org_id, Transfer.state == "pending", Transfer.open_g > 0)
        .order_by(Transfer.dispatched_at)
    )
    return [_consignment(row, other) for row, other in rows]


def on_the_road(session: Session, actor: Actor) -> list[Item]:
    """Consignments of this organisation that nobody has received in full yet."""
    rows = session.execute(
        select(Transfer, Organisation)
        .join(Organisation, Organisation.id == Transfer.to_org_id)
        .where(Transfer.org_id == actor.org_id, Transfer.open_g > 0)
        .order_by(Transfer.dispatched_at)
    )
    return [_consignment(row, other) for row, other in rows]


def _consignment(transfer: Transfer, other: Organisation) -> Item:
    return Item("consignment", transfer.code, transfer.code, other.called, transfer.open_g, transfer.dispatched_at)


def unreleased(session: Session, actor: Actor) -> list[Item]:
    """Batches that were sealed and wait for a manager. What was destroyed meanwhile waits for nobody."""
    rows = session.execute(
        select(Lot, Batch)
        .join(Batch, Batch.lot_id == Lot.id)
        .where(Batch.org_id == actor.org_id, Batch.released_at.is_(None), Batch.superseded_by == "")
        .order_by(Batch.sealed_at)
    ).all()
    gone = destroyed(session, [lot.id for lot, _ in rows])
    return [
        Item("lot", lot.code, lot.number, batch.destination, lot.balance_g, batch.sealed_at)
        for lot, batch in rows
        if lot.id not in gone
    ]


def papers(session: Session, actor: Actor) -> list[Item]:
    """Certificates and official codes that end within thirty days, have ended or are suspended."""
    today = day_of(datetime.now(UTC), actor.zone_minutes)
    found = []
    for code in session.scalars(
        select(Registration).where(Registration.org_id == actor.org_id).options(selectinload(Registration.suspensions))
    ):
        state = standing_of(code, today)
        if _presses(state):
            found.append(Item("registration", code.official_code, code.official_code, str(state), day=code.valid_to))
    for paper in session.scalars(select(Certificate).where(Certificate.org_id == actor.org_id)):
        state = standing_of(paper, today)
        if _presses(state):
            found.append(Item("certificate", paper.number, paper.number, str(state), day=paper.valid_to))
    return sorted(found, key=lambda item: item.day or date.max)


def waiting(session: Session, actor: Actor) -> list[Item]:
    """Deliveries that wait for a lot longer than they should, the oldest first."""
    rows = session.execute(
        select(Lot, Person.name)
        .join(Person, Person.party_id == Lot.origin_party_id)
        .where(*waits_too_long(actor))
        .order_by(Lot.made_at, Lot.id)
    )
    return [Item("lot", lot.code, lot.number, name, lot.balance_g, lot.made_at) for lot, name in rows]


def waits_too_long(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    """Deliveries not yet in a lot that are older than they should be."""
    return Lot.org_id == actor.org_id, open_delivery(), Lot.made_at < datetime.now(UTC) - TOO_LONG


def to_ship(session: Session, actor: Actor) -> list[Item]:
    """Batches that are released, hold something and are not stopped."""
    rows = session.execute(
        select(Lot, Batch)
        .join(Batch, Batch.lot_id == Lot.id)
        .where(
            Batch.org_id == actor.org_id,
            Batch.released_at.is_not(None),
            Batch.superseded_by == "",
            Lot.balance_g > 0,
        )
        .order_by(Batch.released_at)
    ).all()
    stop = stopped(session, actor, [lot.code for lot, _ in rows])
    return [
        Item("lot", lot.code, lot.number, batch.destination, lot.balance_g, batch.released_at)
        for lot, batch in rows
        if lot.code not in stop
    ]


def over_cap(session: Session, actor: Actor) -> list[Item]:
    """Farmers who brought more this harvest than their plots can bear."""
    return [
        Item("farmer", row.code, row.name, row.number, row.mass_g, beside_g=row.cap_g)
        for row in yearly_caps.farmers_over(session, actor)
    ]


def points(session: Session, actor: Actor) -> list[Item]:
    """Where something was weighed in today."""
    return [_point(row) for row in points_of(session, actor) if row.today_g]


def silent(session: Session, actor: Actor) -> list[Item]:
    """Points that weighed in lately and not today, although others did."""
    return quiet(points_of(session, actor))


def quiet(heard: Sequence[Point]) -> list[Item]:
    """Those among the points that did not weigh in today; none as long as nobody did."""
    return [_point(row) for row in heard if not row.today_g] if any(row.today_g for row in heard) else []


def _point(row: Point) -> Item:
    return Item("point", row.prefix, row.name, mass_g=row.today_g or None, at=row.last_at)


def weighed_again(session: Session, actor: Actor) -> list[Item]:
    """Entries of the last thirty days in which the scale was asked again: grams more (or less) than the book said."""
    rows = session.execute(
        select(Event.code, Event.kind, Event.occurred_at, Event.kdes, Event.answer)
        .where(
            Event.org_id == actor.org_id,
            Event.kind.in_(_WEIGHED_AGAIN),
            Event.occurred_at >= datetime.now(UTC) - LOOKED_BACK,
            ~declared_in_error(),
        )
        .order_by(Event.occurred_at.desc())
    )
    return [
        Item(
            "lot",
            str(answer.get("lot", "")),
            str(answer.get("number", code)),
            kind,
            said["weighed_g"] - said["counted_g"],
            at,
            beside_g=said["counted_g"],
        )
        for code, kind, at, said, answer in rows
        if said.get("weighed_g") is not None and said.get("counted_g")
    ]


def _presses(state: Standing) -> bool:
    return state not in STANDS or state is Standing.EXPIRING
