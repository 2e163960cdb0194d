"""What needs somebody today: a few numbers, and for each the list that adds up to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session, selectinload

from traceability.domain.custody import STANDS
from traceability.domain.dossier import Names, Standing
from traceability.domain.moments import day_of
from traceability.domain.roles import Actor
from traceability.models import (
    Batch,
    Certificate,
    Event,
    Facility,
    Hold,
    Lot,
    Organisation,
    Party,
    Registration,
    Transfer,
)
from traceability.queries.approvals import refused_requests
from traceability.queries.evidence import standing_of
from traceability.queries.farmers import weighed_in
from traceability.queries.lot_lists import open_delivery
from traceability.queries.pools import has_pool
from traceability.queries.weighings import made_on

MOST_CARDS: Final = 6  # and the sentence about today: seven are what a person takes in


@dataclass(frozen=True)
class Item:
    """One line of a list: `of` says what it opens (lot, consignment, event, registration, certificate)."""

    of: str
    code: str
    title: str
    note: str | Names = ""
    mass_g: int | None = None
    at: datetime | None = None
    day: date | None = None


@dataclass(frozen=True)
class Card:
    """One sentence: its key, how many there are, and their grams where they have any."""

    key: str
    n: int
    mass_g: int


@dataclass(frozen=True)
class Day:
    """The first page of a person's day."""

    today_g: int
    today_farmers: int
    today_deliveries: int
    cards: tuple[Card, ...]
    has_place: bool
    has_pool: bool  # a tank or bed that holds goods together
    has_farmer: bool
    has_goods: bool  # weighed in, or received from another organisation


def home_cards(session: Session, actor: Actor) -> Day:
    """The numbers of today; what is nought is left out, and of the rest the most pressing stay."""
    today = day_of(datetime.now(UTC), actor.zone_minutes)
    mass, farmers, deliveries = session.execute(
        select(func.sum(Lot.made_g), func.count(func.distinct(Lot.origin_party_id)), func.count()).where(
            Lot.org_id == actor.org_id,
            weighed_in(),
            Lot.void.is_(False),
            made_on(today, actor.zone_minutes),
        )
    ).one()
    cards = [Card(key, *counted(session, actor, key)) for key in LISTS]
    return Day(
        today_g=int(mass or 0),
        today_farmers=farmers,
        today_deliveries=deliveries,
        cards=tuple([card for card in cards if card.n][:MOST_CARDS]),
        has_place=session.scalar(select(exists().where(Facility.org_id == actor.org_id))) or False,
        has_pool=session.scalar(select(has_pool(actor.org_id))) or False,
        has_farmer=session.scalar(select(exists().where(Party.org_id == actor.org_id, Party.kind == "farmer")))
        or False,
        has_goods=session.scalar(select(exists().where(Lot.org_id == actor.org_id))) or False,
    )


def counted(session: Session, actor: Actor, key: str) -> tuple[int, int]:
    """How many a list has, and the grams they add up to."""
    if key in ("open", "no_plot"):
        waits = open_delivery() if key == "open" else and_(Lot.origin_plot_id.is_(None), Lot.void.is_(False))
        grams = Lot.balance_g if key == "open" else Lot.made_g
        n, mass = session.execute(
            select(func.count(), func.sum(grams)).where(Lot.org_id == actor.org_id, weighed_in(), waits)
        ).one()
        return n, int(mass or 0)
    found = LISTS[key](session, actor)
    return len(found), sum(item.mass_g or 0 for item in found)


def held(session: Session, actor: Actor) -> list[Item]:
    """Lots with a hold that is open, or that failed while goods are left."""
    rows = session.execute(
        select(Lot, Hold)
        .join(Hold, Hold.lot_id == Lot.id)
        .where(
            Lot.org_id == actor.org_id,
            or_(Hold.closed_at.is_(None), and_(Hold.passed.is_(False), Lot.balance_g > 0)),
        )
        .order_by(Hold.opened_at.desc())
    )
    found = {
        lot.code: Item("lot", lot.code, lot.number, hold.reason, lot.balance_g, hold.opened_at) for lot, hold in rows
    }
    return list(found.values())


def corrections(session: Session, actor: Actor) -> list[Item]:
    """Corrections that somebody asked for, of entries that were not declared in error since."""
    asked = session.scalars(
        select(Event)
        .where(Event.org_id == actor.org_id, Event.kind == "ask_correction")
        .order_by(Event.seq.desc())
        .limit(200)
    ).all()
    in_vain = refused_requests(session, actor)
    asked = [event for event in asked if event.code not in in_vain]
    codes = {str(event.kdes.get("event", "")) for event in asked}
    later = select(Event.declares_id).where(Event.org_id == actor.org_id, Event.declares_id.is_not(None))
    still = set(
        session.scalars(
            select(Event.code).where(Event.org_id == actor.org_id, Event.code.in_(codes), Event.id.not_in(later))
        )
    )
    found: dict[str, Item] = {}
    for event in asked:
        code = str(event.kdes.get("event", ""))
        if code in still:
            found.setdefault(code, Item("event", code, code, str(event.kdes.get("reason", "")), at=event.occurred_at))
    return list(found.values())


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
    """Batches that were sealed and wait for a manager."""
    rows = session.execute(
        select(Lot, Batch)
        .join(Batch, Batch.lot_id == Lot.id)
        .where(Batch.org_id == actor.org_id, Batch.released_at.is_(None), Batch.superseded_by == "")
        .order_by(Batch.sealed_at)
    )
    return [Item("lot", lot.code, lot.number, batch.destination, lot.balance_g, batch.sealed_at) for lot, batch in rows]


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
    """Deliveries have a list page of their own; here only their number counts."""
    return []


# In the order in which they press. The keys are parts of addresses.
LISTS: Final[dict[str, Callable[[Session, Actor], list[Item]]]] = {
    "holds": held,
    "corrections": corrections,
    "receive": to_receive,
    "release": unreleased,
    "papers": papers,
    "open": waiting,
    "no_plot": waiting,
    "road": on_the_road,
}


def _presses(state: Standing) -> bool:
    return state not in STANDS or state is Standing.EXPIRING
