"""What a code stands for in the actor's own organisation, or the refusal that says it stands for nothing.

Every query here is scoped to the organisation: a foreign code and an unknown code are refused alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import bindparam, exists, or_, select
from sqlalchemy.orm import Session, joinedload

from traceability.commodities import Form, commodity
from traceability.domain.dossier import Status
from traceability.domain.pools import POOLED
from traceability.domain.roles import Actor
from traceability.errors import (
    AlreadySealed,
    CheckFailed,
    ChosenTwice,
    FormsDiffer,
    InALotAlready,
    NoSuchBatch,
    NoSuchEvent,
    NoSuchFacility,
    NoSuchFarmer,
    NoSuchLot,
    NoSuchPartner,
    NoSuchPlot,
    NothingLeft,
    OnHold,
    StandsInPool,
    UnderRecall,
)
from traceability.models import Batch, Edge, Event, Facility, Lot, Organisation, Party, Plot
from traceability.models.statements import Statement, any_of
from traceability.queries import alerts


class Point(NamedTuple):
    """A place of the organisation, as far as entries need it."""

    id: int
    code: str
    prefix: str


class Own(NamedTuple):
    """The actor's organisation, as far as entries need it."""

    id: int
    code: str
    prefix: str
    country: str
    phone: str
    lot_tolerance_permille: int
    transfer_tolerance_permille: int
    transfer_days: int


class Held(NamedTuple):
    """A lot as it was read to be taken from."""

    id: int
    code: str
    number: str
    kind: str
    commodity: str
    form: str
    grade: str
    variety: str
    crop_year: str
    custody: str
    balance_g: int
    unit: str
    balance_count: int
    made_at: datetime
    zone_minutes: int
    origin_party_id: int | None
    origin_plot_id: int | None
    void: bool
    sealed: bool


Goods = Lot | Held

# built once: building a statement costs more than running it
_OWN: Final = Statement(
    select(*(getattr(Organisation, name) for name in Own._fields)).where(Organisation.id == bindparam("org"))
)
_FACILITY: Final = Statement(
    select(*(getattr(Facility, name) for name in Point._fields)).where(
        Facility.org_id == bindparam("org"),
        or_(Facility.code == bindparam("code"), Facility.prefix == bindparam("code")),
    )
)
_STOPPED: Final = {Status.RECALLED: UnderRecall, Status.FAILED: CheckFailed, Status.ON_HOLD: OnHold}
_LOT: Final = (
    select(Lot)
    .where(Lot.org_id == bindparam("org"), or_(Lot.code == bindparam("code"), Lot.number == bindparam("code")))
    .order_by((Lot.code == bindparam("code")).desc())  # a receipt's number may look like another lot's code
    .options(joinedload(Lot.batch))
)
_HELD: Final = select(*(getattr(Lot, name) for name in Held._fields[:-1]), exists().where(Batch.lot_id == Lot.id))
# a code leads to one row of all: adding nothing keeps SQLite from reading every lot of the organisation instead
_CODED: Final = Statement(_HELD.where(Lot.org_id + 0 == bindparam("org"), any_of(Lot.code, "codes")))
_NUMBERED: Final = Statement(_HELD.where(Lot.org_id == bindparam("org"), any_of(Lot.number, "codes")))


def organisation_of(session: Session, actor: Actor) -> Own:
    """The actor's organisation, read once in a session however many ask."""
    found = session.info.get("organisation")
    if not isinstance(found, Own) or found.id != actor.org_id:
        found = session.info["organisation"] = Own(*_OWN.first(session.connection(), {"org": actor.org_id}))
    return found


def lot_of(session: Session, actor: Actor, code: str, *, at: str | None = None) -> Lot:
    """A lot by its public code or its number. Raises NoSuchLot."""
    lot = session.scalars(_LOT, {"org": actor.org_id, "code": code.upper()}).first()
    if lot is None:
        raise NoSuchLot(code=code, at=at)
    return lot


def usable_lot(session: Session, actor: Actor, code: str, *, at: str | None = None, sealed: bool = False) -> Lot:
    """A lot that may be taken from: it holds something, is not on hold or recalled, not sealed as a batch, and does
    not stand in a tank.

    `sealed` allows sealed lots (shipping, packing again).
    """
    lot = lot_of(session, actor, code, at=at)
    _check_usable(session, lot, at=at, sealed=lot.batch is not None and not sealed)
    check_not_stopped(session, [lot], at=at)
    return lot


def lot_to_destroy(session: Session, actor: Actor, code: str, *, at: str | None = None) -> Lot:
    """A lot that holds something. Whatever stops it, seals it or holds it together with others, it may be destroyed."""
    lot = lot_of(session, actor, code, at=at)
    _check_holds(session, lot, at=at)
    return lot


def usable_lots(session: Session, actor: Actor, codes: Sequence[str], *, at: str, sealed: bool = False) -> list[Held]:
    """Several usable lots in the order of their codes, none twice; read together, however many there are."""
    wanted = [code.upper() for code in codes]
    named = _held(session, actor, wanted)
    lots: dict[int, Held] = {}
    for code in wanted:
        if code not in named:
            raise NoSuchLot(code=code, at=at)
        lot = named[code]
        if lot.id in lots:
            raise ChosenTwice(lot=lot.number, at=at)
        _check_usable(session, lot, at=at, sealed=lot.sealed and not sealed)
        lots[lot.id] = lot
    check_not_stopped(session, list(lots.values()), at=at)
    return list(lots.values())


def _held(session: Session, actor: Actor, codes: Sequence[str]) -> dict[str, Held]:
    """Lots by their public codes, and the rest by their numbers."""
    connection = session.connection()
    coded = map(Held._make, _CODED.rows(connection, {"org": actor.org_id, "codes": codes}))
    named = {lot.code: lot for lot in coded}
    if len(named) < len(set(codes)):
        rest = [code for code in codes if code not in named]
        numbered = map(Held._make, _NUMBERED.rows(connection, {"org": actor.org_id, "codes": rest}))
        named = {lot.number: lot for lot in numbered} | named
    return named


def check_not_stopped(session: Session, lots: Sequence[Goods], *, at: str | None = None) -> None:
    """Raises OnHold, CheckFailed or UnderRecall when one of the lots, or anything it is made of, is stopped.

    A hold or recall reaches everything made from it, in every organisation; the refusal names where it began.
    """
    if not alerts.any_alert(session, [lot.id for lot in lots]):
        return
    for lot in lots:
        for alert in alerts.alerts_of(session, lot.id):
            raise _STOPPED[alert.kind](lot=alert.source or lot.number, reason=alert.reason, at=at)


def _check_usable(session: Session, lot: Goods, *, at: str | None, sealed: bool) -> None:
    """`sealed` is one that is, where that matters."""
    _check_holds(session, lot, at=at)
    if sealed:
        raise AlreadySealed(lot=lot.number, at=at)
    if lot.kind == POOLED:
        raise StandsInPool(lot=lot.number, at=at)


def _check_holds(session: Session, lot: Goods, *, at: str | None) -> None:
    if lot.void or lot.balance_g == 0:
        if found := _made_of(session, lot):
            raise InALotAlready(lot=lot.number, lots=found, at=at)
        raise NothingLeft(lot=lot.number, at=at)


def _made_of(session: Session, lot: Goods) -> str:
    """The numbers of the organisation's own lots that a lot went into, the first few."""
    owner = select(Lot.org_id).where(Lot.id == lot.id).scalar_subquery()
    children = select(Lot.number).join(Edge, Edge.child_id == Lot.id).where(Edge.parent_id == lot.id)
    return ", ".join(session.scalars(children.where(Lot.org_id == owner).order_by(Lot.number).limit(5)))


def batch_of(session: Session, actor: Actor, code: str, *, at: str | None = None) -> tuple[Batch, Lot]:
    """A sealed batch and its lot, by public code or lot number. Raises NoSuchBatch."""
    named = or_(Lot.code == code.upper(), Lot.number == code.upper())
    found = session.execute(
        select(Batch, Lot)
        .join(Lot, Lot.id == Batch.lot_id)
        .where(Batch.org_id == actor.org_id, named)
        .order_by((Lot.code == code.upper()).desc())
    ).first()
    if found is None:
        raise NoSuchBatch(code=code, at=at)
    return found.Batch, found.Lot


def farmer_of(session: Session, actor: Actor, code: str, *, at: str | None = "farmer") -> Party:
    """A farmer by card code or membership number. Raises NoSuchFarmer."""
    named = or_(Party.code == code.upper(), Party.number == code)
    party = session.scalars(
        select(Party)
        .where(Party.org_id == actor.org_id, Party.kind == "farmer", named)
        .order_by((Party.code == code.upper()).desc())
    ).first()
    if party is None:
        raise NoSuchFarmer(code=code, at=at)
    return party


def partner_of(session: Session, actor: Actor, code: str, *, at: str | None = None) -> Party:
    """A buyer, supplier or other partner by code. Raises NoSuchPartner."""
    party = session.scalars(
        select(Party).where(Party.org_id == actor.org_id, Party.kind != "farmer", Party.code == code.upper())
    ).one_or_none()
    if party is None:
        raise NoSuchPartner(code=code, at=at)
    return party


def plot_of(session: Session, actor: Actor, code: str, *, at: str | None = "plot") -> Plot:
    """A plot by code. Raises NoSuchPlot."""
    plot = session.scalars(select(Plot).where(Plot.org_id == actor.org_id, Plot.code == code.upper())).one_or_none()
    if plot is None:
        raise NoSuchPlot(code=code, at=at)
    return plot


def facility_of(session: Session, actor: Actor, code: str, *, at: str | None = "facility") -> Point:
    """A place of the organisation, by code or prefix: a code goes before another's prefix. Raises NoSuchFacility."""
    found = [Point(*row) for row in _FACILITY.rows(session.connection(), {"org": actor.org_id, "code": code.upper()})]
    if not found:
        raise NoSuchFacility(code=code, at=at)
    return max(found, key=lambda point: point.code == code.upper())


def event_of(session: Session, actor: Actor, code: str) -> Event:
    """An event of the organisation's journal. Raises NoSuchEvent."""
    event = session.scalars(select(Event).where(Event.org_id == actor.org_id, Event.code == code.upper())).one_or_none()
    if event is None:
        raise NoSuchEvent(code=code)
    return event


def form_of(commodity_key: str, form: str, *, at: str = "form") -> Form:
    """A declared form of a commodity. Raises UnknownCommodity or FormsDiffer."""
    goods = commodity(commodity_key)
    found = goods.form(form)
    if found is None:
        raise FormsDiffer(form=form, commodity=goods.names.by_language, at=at)
    return found
