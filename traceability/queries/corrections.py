"""What an entry says, for whoever is about to correct it, and the corrections that were asked for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, aliased

from traceability.domain.events import Kind
from traceability.domain.methods import Method
from traceability.domain.payments import PAID
from traceability.domain.postings import Account
from traceability.models import Batch, Due, Event, Facility, Lot, Party, Payment, Person, Plot, Posting, Transfer, User
from traceability.queries.declared import declared_in_error
from traceability.queries.edges import lots_below
from traceability.queries.lineage import ancestors_of, chunks
from traceability.queries.replaced import first_deliveries, price_now


@dataclass(frozen=True)
class Line:
    """One line of an entry: what it names, and grams that went in (negative) or came out."""

    account: str
    name: str  # a lot or farmer by number, a plot by name, a loss by key
    mass_g: int


@dataclass(frozen=True)
class Paid:
    """A payment that names the delivery of a weigh-in: the entry that says so, `void` once it was declared in error."""

    event: str
    at: datetime
    zone_minutes: int
    at_scale: bool  # said with the weigh-in itself, not later
    amount: int  # of the whole payment
    for_it: int
    others: int  # deliveries that it settles as well
    currency: str
    farmer: str  # card code of who got it
    void: bool


@dataclass(frozen=True)
class EntryStory:
    """An entry of the journal in words. `lot` is the first lot it made or took from."""

    code: str
    kind: str
    at: datetime
    zone_minutes: int
    who: str
    place: str
    place_code: str
    lot: str
    commodity: str
    form: str
    grade: str
    variety: str
    unit: str
    lines: tuple[Line, ...]
    facts: Mapping[str, Any]
    declared: bool
    farmer: str = ""  # of a weigh-in: card code of whose it is now
    plot: str = ""
    moved_on: bool = False  # of a weigh-in: some of it is no longer in the delivery
    payments: tuple[Paid, ...] = ()  # of a weigh-in: what was paid for it, at the scale and later
    price: tuple[int, str] | None = None  # of a weigh-in: a kilogram, at the scale or agreed later, and the currency

    @property
    def paid(self) -> tuple[Paid, ...]:
        """The payments that count."""
        return tuple(payment for payment in self.payments if not payment.void)


@dataclass(frozen=True)
class Asked:
    """Somebody asked for a correction of `event`; `done` once that was corrected, or refused."""

    event: str
    kind: str
    reason: str
    who: str
    at: datetime
    zone_minutes: int
    done: bool


def entry_story(session: Session, event: Event) -> EntryStory:
    """What an event of the organisation says."""
    rows = session.execute(
        select(Posting, Lot, Plot.name, Party.number, Person.name)
        .outerjoin(Lot, Lot.id == Posting.lot_id)
        .outerjoin(Plot, Plot.id == Posting.plot_id)
        .outerjoin(Party, Party.id == Posting.party_id)
        .outerjoin(Person, Person.party_id == Posting.party_id)
        .where(Posting.event_id == event.id)
        .order_by(Posting.line)
    ).all()
    lots = [lot for _, lot, _, _, _ in rows if lot is not None]
    first = next((lot for lot in lots if lot.made_by_id == event.id), lots[0] if lots else None)
    facility = session.get(Facility, event.facility_id) if event.facility_id else None
    who = session.scalar(select(User.name).where(User.id == event.actor_id)) if event.actor_id else None
    declared = session.scalar(select(Event.id).where(Event.declares_id == event.id)) is not None
    return EntryStory(
        code=event.code,
        kind=event.kind,
        at=event.occurred_at,
        zone_minutes=event.zone_minutes,
        who=who or "",
        place=facility.name if facility else "",
        place_code=facility.code if facility else "",
        lot=first.code if first else str(event.kdes.get("old", "")),  # of a replacement: what was replaced
        commodity=first.commodity if first else "",
        form=first.form if first else "",
        grade=first.grade if first else "",
        variety=first.variety if first else "",
        unit=first.unit if first else "",
        lines=tuple(_line(*row) for row in rows),
        facts=event.kdes,
        declared=declared,
        farmer=(session.scalar(select(Party.code).where(Party.id == first.origin_party_id)) or "") if first else "",
        plot=(session.scalar(select(Plot.name).where(Plot.id == first.origin_plot_id)) or "") if first else "",
        moved_on=first is not None and first.balance_g < first.made_g,
        payments=payments_for(session, event) if event.kind == Kind.WEIGH_IN else (),
        price=price_now(session, first.id) if first and event.kind == Kind.WEIGH_IN else None,
    )


def payments_for(session: Session, weigh_in: Event) -> tuple[Paid, ...]:
    """What was paid for a weigh-in by name, the first first. Money that names no delivery is not among it."""
    made = select(Lot.id).where(Lot.org_id == weigh_in.org_id, Lot.made_by_id == weigh_in.id)
    delivery = session.scalars(made).one()
    paid_for = [delivery]
    first = first_deliveries(session, [delivery]).get(delivery)
    if first is not None:  # with what was paid for the deliveries that this one replaced, one after the other
        replaced = or_(Due.instead_of_id == first, Due.lot_id == first)
        before = select(Due.lot_id).where(Due.org_id == weigh_in.org_id, Due.lot_id < delivery, replaced)
        paid_for += session.scalars(before).all()
    rows = session.execute(
        select(Event, Payment.amount, declared_in_error())
        .join(Payment, Payment.made_by_id == Event.id)
        .where(Payment.org_id == weigh_in.org_id, Payment.lot_id.in_(paid_for))
        .order_by(Event.id)
    )
    return tuple(
        Paid(
            event=event.code,
            at=event.occurred_at,
            zone_minutes=event.zone_minutes,
            at_scale=event.client_id == weigh_in.client_id + PAID,
            amount=event.kdes["amount"],
            for_it=for_it,
            others=len(event.kdes["parts"]) - 1,
            currency=event.kdes["currency"],
            farmer=event.kdes["farmer"],
            void=void,
        )
        for event, for_it, void in rows
    )


def farmer_number(session: Session, org_id: int, code: str) -> str:
    """The membership number behind a card code."""
    return session.scalar(select(Party.number).where(Party.org_id == org_id, Party.code == code)) or ""


def plots_of_farmer(session: Session, org_id: int, code: str) -> list[tuple[str, str]]:
    """The plots of a farmer as (code, name)."""
    rows = session.execute(
        select(Plot.code, Plot.name)
        .join(Party, Party.id == Plot.party_id)
        .where(Plot.org_id == org_id, Party.code == code)
        .order_by(Plot.name)
    )
    return [(plot, name) for plot, name in rows]


def asked_for(session: Session, org_id: int, *, most: int = 100) -> list[Asked]:
    """The corrections that were asked for, those still open first, then the newest."""
    asking, target, declaring = aliased(Event), aliased(Event), aliased(Event)
    events = session.execute(
        select(asking, User.name)
        .outerjoin(User, User.id == asking.actor_id)
        .where(asking.org_id == org_id, asking.kind == str(Kind.ASK_CORRECTION))
        .order_by(asking.id.desc())
        .limit(most)
    ).all()
    codes = {str(event.kdes["event"]) for event, _ in events}
    done = set(
        session.scalars(
            select(target.code).join(declaring, declaring.declares_id == target.id).where(target.code.in_(codes))
        )
    )
    decided = set(
        session.scalars(
            select(Event.kdes["request"].as_string()).where(
                Event.org_id == org_id, Event.kind.in_((str(Kind.APPROVE), str(Kind.REFUSE)))
            )
        )
    )
    found = [
        Asked(
            event=str(event.kdes["event"]),
            kind=str(event.kdes["of"]),
            reason=str(event.kdes["reason"]),
            who=name or "",
            at=event.occurred_at,
            zone_minutes=event.zone_minutes,
            done=str(event.kdes["event"]) in done or event.code in decided,
        )
        for event, name in events
    ]
    return sorted(found, key=lambda asked: asked.done)


def batches_below(session: Session, lot_id: int) -> list[tuple[Batch, Lot]]:
    """The released batches, of any organisation, that hold some of a lot; the oldest first."""
    found: list[tuple[Batch, Lot]] = []
    for chunk in chunks(lots_below(session, [lot_id])):
        rows = select(Batch, Lot).join(Lot, Lot.id == Batch.lot_id)
        released = session.execute(rows.where(Lot.id.in_(chunk), Batch.released_at.is_not(None)))
        found += [(batch, lot) for batch, lot in released]
    return sorted(found, key=lambda pair: pair[0].id)


def corrections_of_origin(delivery: Lot) -> Select[int]:
    """Ids of the entries that corrected whose a delivery is: they name it in what they say, and are few."""
    return select(Event.id).where(
        Event.org_id == delivery.org_id,
        Event.kind == str(Kind.CORRECT_ORIGIN),
        Event.kdes["lot"].as_string() == delivery.code,
    )


def corrections_of_weight(formed: Event) -> Select[int]:
    """Ids of the entries that corrected the weight of a delivery in a lot, by the entry that formed it."""
    return select(Event.id).where(
        Event.org_id == formed.org_id,
        Event.kind == str(Kind.CORRECT_WEIGHT),
        Event.kdes["formed_by"].as_string() == formed.code,
    )


def organisations_below(session: Session, lot_id: int) -> set[int]:
    """Whoever holds something made of a lot, is about to receive some, or has its part in the order in which a batch
    below counts."""
    found: set[int] = set()
    for chunk in chunks(lots_below(session, [lot_id])):
        found |= set(session.scalars(select(Lot.org_id).where(Lot.id.in_(chunk)).distinct()))
        road = select(Transfer.to_org_id).where(Transfer.lot_id.in_(chunk), Transfer.open_g > 0)
        found |= set(session.scalars(road))
        ordered = select(Batch.lot_id).where(
            Batch.lot_id.in_(chunk), Batch.counted_by == str(Method.FIRST_IN_FIRST_OUT), Batch.released_at.is_not(None)
        )
        found |= organisations_above(session, list(session.scalars(ordered)))
    return found


def organisations_above(session: Session, lot_ids: Collection[int]) -> set[int]:
    """Whoever made something that is in some lots: what it declares in error took no turn in their order."""
    found: set[int] = set()
    for chunk in chunks(ancestors_of(session, lot_ids)[0] if lot_ids else ()):
        found |= set(session.scalars(select(Lot.org_id).where(Lot.id.in_(chunk)).distinct()))
    return found


def _line(posting: Posting, lot: Lot | None, plot: str | None, number: str | None, person: str | None) -> Line:
    if lot is not None:
        name = lot.number
    elif posting.account == Account.PLOT:
        name = plot or posting.ref
    elif posting.account in (Account.PARTY, Account.BUYER):
        name = " ".join(part for part in (number, person) if part) or posting.ref
    else:
        name = posting.ref
    return Line(posting.account, name, posting.mass_g)
