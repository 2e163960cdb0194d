"""What a form may offer to choose from: lots on hand, places, organisations, buyers. All of one organisation."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from traceability.domain.dossier import Names
from traceability.domain.pools import POOLED
from traceability.models import Batch, Facility, Lot, Organisation, Party

MOST_LOTS = 200  # of one list on a phone; older ones are reached by their own page


@dataclass(frozen=True)
class OnHand:
    """A lot that still holds something."""

    code: str
    number: str
    kind: str
    commodity: str
    form: str
    grade: str
    unit: str
    balance_g: int
    balance_count: int
    sealed: bool


def on_hand(
    session: Session,
    org_id: int,
    *,
    commodity: str = "",
    form: str = "",
    kinds: Collection[str] = (),
    sealed: bool = False,
    always: Sequence[str] = (),
    most: int = MOST_LOTS,
) -> list[OnHand]:
    """The lots on hand, newest first; those whose codes are in `always` come before all others.

    Sealed lots are left out unless `sealed`: they move as batches. So is what stands in a tank: it is drawn off first.
    """
    query = (
        select(Lot, Batch.id)
        .outerjoin(Batch, Batch.lot_id == Lot.id)
        .where(Lot.org_id == org_id, Lot.balance_g > 0, Lot.void.is_(False), Lot.kind != POOLED)
        .order_by(Lot.made_at.desc(), Lot.id.desc())
        .limit(most)
    )
    if commodity:
        query = query.where(Lot.commodity == commodity)
    if form:
        query = query.where(Lot.form == form)
    if kinds:
        query = query.where(Lot.kind.in_(kinds))
    if not sealed:
        query = query.where(Batch.id.is_(None))
    found = {lot.code: _shown(lot, batch) for lot, batch in session.execute(query)}
    missing = [code.upper() for code in always if code.upper() not in found]
    if missing:
        named = or_(Lot.code.in_(missing), Lot.number.in_(missing))
        wanted = select(Lot, Batch.id).outerjoin(Batch, Batch.lot_id == Lot.id).where(Lot.org_id == org_id, named)
        found = {lot.code: _shown(lot, batch) for lot, batch in session.execute(wanted)} | found
    return list(found.values())


def _shown(lot: Lot, batch_id: int | None) -> OnHand:
    return OnHand(
        code=lot.code,
        number=lot.number,
        kind=lot.kind,
        commodity=lot.commodity,
        form=lot.form,
        grade=lot.grade,
        unit=lot.unit,
        balance_g=lot.balance_g,
        balance_count=lot.balance_count,
        sealed=batch_id is not None,
    )


def places(session: Session, org_id: int) -> list[tuple[str, str]]:
    """The organisation's places to work at as (code, name), in order of their names: tanks and beds are none."""
    rows = session.execute(
        select(Facility.code, Facility.name)
        .where(Facility.org_id == org_id, Facility.pool == "")
        .order_by(Facility.name)
    )
    return [(code, name) for code, name in rows]


def place_of(session: Session, org_id: int, lots: Sequence[Lot]) -> str:
    """The code of the place in which all of some lots lie; nothing where they lie apart, or in a tank or bed."""
    if len({lot.facility_id for lot in lots}) != 1:
        return ""
    place = select(Facility.code).where(Facility.org_id == org_id, Facility.pool == "")
    return session.scalar(place.where(Facility.id == lots[0].facility_id)) or ""


def usual_place(session: Session, org_id: int, kinds: Collection[str] = ()) -> str:
    """The code of the place where work of this kind last made a lot, else the first of those kinds, else nothing."""
    query = (
        select(Facility.code)
        .join(Lot, Lot.facility_id == Facility.id)
        .where(Facility.org_id == org_id, Facility.pool == "")
        .order_by(Lot.id.desc())
        .limit(1)
    )
    if kinds:
        query = query.where(Facility.kind.in_(kinds))
    last = session.scalar(query)
    if last is not None:
        return last
    fitting = select(Facility.code).where(Facility.org_id == org_id, Facility.pool == "").order_by(Facility.id).limit(1)
    of_kind = session.scalar(fitting.where(Facility.kind.in_(kinds))) if kinds else None
    return of_kind or session.scalar(fitting) or ""


def other_organisations(session: Session, org_id: int) -> list[tuple[str, Names]]:
    """Every organisation that goods may be sent to, as (code, names)."""
    rows = session.scalars(select(Organisation).where(Organisation.id != org_id).order_by(Organisation.name))
    return [(row.code, row.called) for row in rows]


def buyers(session: Session, org_id: int) -> list[tuple[str, str]]:
    """The organisation's buyers as (code, name)."""
    rows = session.execute(
        select(Party.code, Party.name)
        .where(Party.org_id == org_id, Party.kind == "buyer")
        .order_by(func.lower(Party.name))
    )
    return [(code, name) for code, name in rows]
