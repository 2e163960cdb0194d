"""Lists of lots: what is on hand, everything ever made, and the deliveries that wait to become a lot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from traceability.domain.moments import day_of
from traceability.domain.roles import Actor
from traceability.models import Batch, Facility, Lot
from traceability.queries.alerts import alerts_of, any_alert
from traceability.queries.farmers import DeliveryRow, deliveries, weighed_in

PAGE = 50


@dataclass(frozen=True)
class LotRow:
    """One lot in a list. `state` is "", "void", "sealed" or "released"."""

    code: str
    number: str
    kind: str
    commodity: str
    form: str
    grade: str
    made_g: int
    balance_g: int
    unit: str
    balance_count: int
    made_at: datetime
    zone_minutes: int
    facility: str
    state: str


@dataclass(frozen=True)
class GoodsOnHand:
    """A kind of goods by its keys."""

    commodity: str
    form: str


@dataclass(frozen=True)
class LotPage:
    """One page of a list of lots, and what the whole list adds up to."""

    rows: tuple[LotRow, ...]
    count: int
    balance_g: int
    page: int
    pages: int


@dataclass(frozen=True)
class Group:
    """Deliveries that belong together in one lot: same place, goods, grade and day."""

    facility: str
    facility_name: str
    commodity: str
    form: str
    grade: str
    on: date
    deliveries: int
    mass_g: int


def on_hand() -> ColumnElement[bool]:
    """Lots that still hold something."""
    return and_(Lot.balance_g > 0, Lot.void.is_(False))


def open_delivery() -> ColumnElement[bool]:
    """Deliveries that wait to become a lot."""
    return and_(weighed_in(), on_hand())


def lots(
    session: Session,
    actor: Actor,
    *,
    everything: bool = False,
    goods: str = "",
    place: str = "",
    page: int = 1,
) -> LotPage:
    """Lots on hand, deliveries left out, the newest first; `everything` adds the empty, the void and the deliveries.

    `goods` is `commodity.form`, `place` the prefix of a facility; either may be empty.
    """
    wanted = [Lot.org_id == actor.org_id]
    if not everything:
        wanted += [on_hand(), Lot.kind != "delivery"]
    if goods:
        commodity, _, form = goods.partition(".")
        wanted += [Lot.commodity == commodity, Lot.form == form]
    if place:
        wanted.append(Facility.prefix == place)
    joined = (
        select(func.count(), func.sum(Lot.balance_g))
        .select_from(Lot)
        .outerjoin(Facility, Facility.id == Lot.facility_id)
    )
    count, balance = session.execute(joined.where(*wanted)).one()
    pages = max(1, -(-count // PAGE))
    page = min(max(1, page), pages)
    rows = session.execute(
        select(Lot, Facility.name, Batch)
        .outerjoin(Facility, Facility.id == Lot.facility_id)
        .outerjoin(Batch, Batch.lot_id == Lot.id)
        .where(*wanted)
        .order_by(Lot.made_at.desc(), Lot.id.desc())
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return LotPage(tuple(lot_row(*row) for row in rows), count, int(balance or 0), page, pages)


def goods_on_hand(session: Session, actor: Actor) -> list[GoodsOnHand]:
    """Commodity and form of everything on hand that is no delivery."""
    rows = session.execute(
        select(Lot.commodity, Lot.form)
        .where(Lot.org_id == actor.org_id, on_hand(), Lot.kind != "delivery")
        .distinct()
        .order_by(Lot.commodity, Lot.form)
    )
    return [GoodsOnHand(commodity, form) for commodity, form in rows]


def open_deliveries(session: Session, actor: Actor) -> list[DeliveryRow]:
    """Deliveries not yet in a lot, the newest first."""
    return deliveries(session, actor, open_delivery(), most=2000)


def groups(session: Session, actor: Actor) -> list[Group]:
    """The open deliveries grouped by place, goods, grade and day, the newest day first."""
    rows = session.execute(
        select(Lot, Facility)
        .join(Facility, Facility.id == Lot.facility_id)
        .where(Lot.org_id == actor.org_id, open_delivery())
    )
    sums: dict[tuple[str, str, str, str, str, date], tuple[int, int]] = {}
    for lot, facility in rows:
        on = day_of(lot.made_at, lot.zone_minutes)
        key = (facility.prefix, facility.name, lot.commodity, lot.form, lot.grade, on)
        count, mass = sums.get(key, (0, 0))
        sums[key] = (count + 1, mass + lot.balance_g)
    ordered = sorted(sums.items(), key=lambda item: item[0][:5])
    ordered.sort(key=lambda item: item[0][5], reverse=True)
    return [Group(*key, count, mass) for key, (count, mass) in ordered]


def stopped(session: Session, actor: Actor, codes: Sequence[str]) -> dict[str, str]:
    """Which of these lots are on hold or recalled, and why: code -> reason."""
    rows = session.execute(select(Lot.id, Lot.code).where(Lot.org_id == actor.org_id, Lot.code.in_(codes))).all()
    if not any_alert(session, [key for key, _ in rows]):
        return {}
    found = {code: alerts_of(session, key) for key, code in rows}
    return {code: alerts[0].reason for code, alerts in found.items() if alerts}


def lot_row(lot: Lot, facility: str | None, batch: Batch | None) -> LotRow:
    """A lot as lists show it."""
    state = "void" if lot.void else ""
    if batch is not None:
        state = "released" if batch.released_at else "sealed"
    return LotRow(
        code=lot.code,
        number=lot.number,
        kind=lot.kind,
        commodity=lot.commodity,
        form=lot.form,
        grade=lot.grade,
        made_g=lot.made_g,
        balance_g=lot.balance_g,
        unit=lot.unit,
        balance_count=lot.balance_count,
        made_at=lot.made_at,
        zone_minutes=lot.zone_minutes,
        facility=facility or "",
        state=state,
    )
