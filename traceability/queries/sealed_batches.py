"""The batches of one organisation as its people see them: a list with states, and who may release."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from traceability.domain.dossier import Status
from traceability.domain.identifiers import IcoMark, coffee_year, read_ico_mark
from traceability.domain.moments import day_of
from traceability.domain.roles import Role
from traceability.models import Batch, Lot, Membership, User
from traceability.queries.holds import standing_still
from traceability.queries.standings import status_of

PAGE_LENGTH = 30


@dataclass(frozen=True)
class BatchRow:
    """One line of the list."""

    code: str
    number: str
    commodity: str
    form: str
    grade: str
    made_g: int
    balance_g: int
    destination: str
    packed_on: date | None
    status: Status


@dataclass(frozen=True)
class BatchList:
    """One page of the list, and how many pages there are."""

    rows: tuple[BatchRow, ...]
    number: int
    last: int


def batches_of(session: Session, org_id: int, number: int = 1) -> BatchList:
    """The batches an organisation sealed, the newest first; `number` counts pages from 1."""
    total = session.scalar(select(func.count()).select_from(Batch).where(Batch.org_id == org_id)) or 0
    last = max(1, -(-total // PAGE_LENGTH))
    number = min(max(number, 1), last)
    rows = session.execute(
        select(Batch, Lot)
        .join(Lot, Lot.id == Batch.lot_id)
        .where(Batch.org_id == org_id)
        .order_by(Batch.id.desc())
        .limit(PAGE_LENGTH)
        .offset((number - 1) * PAGE_LENGTH)
    ).all()
    stops = standing_still(session, [lot.id for _, lot in rows]) if rows else {}
    return BatchList(tuple(_row(batch, lot, stops.get(lot.id)) for batch, lot in rows), number, last)


def released_batches(session: Session, org_id: int, *, most: int = 200) -> list[tuple[str, str, Status]]:
    """The batches whose page is open, as (code, lot number) and how each stands, the newest first."""
    rows = session.execute(
        select(Batch, Lot)
        .join(Lot, Lot.id == Batch.lot_id)
        .where(Batch.org_id == org_id, Batch.released_at.is_not(None))
        .order_by(Batch.id.desc())
        .limit(most)
    ).all()
    stops = standing_still(session, [lot.id for _, lot in rows]) if rows else {}
    return [(lot.code, lot.number, status_of(batch, stops.get(lot.id))) for batch, lot in rows]


def name_of_user(session: Session, user_id: int | None) -> str:
    """The name of a member; empty for the command line."""
    return session.scalar(select(User.name).where(User.id == user_id)) or "" if user_id is not None else ""


def managers_of(session: Session, org_id: int) -> int:
    """How many people of the organisation may release a batch and still sign in."""
    return members_with(session, org_id, Role.MANAGER)


def members_with(session: Session, org_id: int, role: Role) -> int:
    """How many people have a role in the organisation and still sign in."""
    return (
        session.scalar(
            select(func.count(func.distinct(Membership.user_id)))
            .join(User, User.id == Membership.user_id)
            .where(Membership.org_id == org_id, Membership.role == str(role), User.closed_at.is_(None))
        )
        or 0
    )


def second_person_needed(session: Session, batch: Batch, user_id: int | None) -> bool:
    """Whether this person sealed the batch and another manager is there to release it (RELIABILITY D16)."""
    return user_id is not None and batch.sealed_by_user_id == user_id and managers_of(session, batch.org_id) > 1


def _row(batch: Batch, lot: Lot, stop: Status | None) -> BatchRow:
    return BatchRow(
        code=lot.code,
        number=lot.number,
        commodity=lot.commodity,
        form=lot.form,
        grade=lot.grade,
        made_g=lot.made_g,
        balance_g=lot.balance_g,
        destination=batch.destination,
        packed_on=batch.packed_on,
        status=status_of(batch, stop),
    )


def marked_the_same(session: Session, org_id: int, mark: IcoMark, year: int) -> str | None:
    """The number of a lot that was sealed with the same ICO mark in this coffee year, however that was written."""
    asked = select(Batch, Lot).join(Lot, Lot.id == Batch.lot_id).where(Batch.org_id == org_id).order_by(Batch.id)
    # a day on either side: the year is that of the place, and the moment that of the world
    since, until = (datetime(start, 10, 1, tzinfo=UTC) for start in (year, year + 1))
    asked = asked.where(Batch.sealed_at > since - timedelta(days=1), Batch.sealed_at < until + timedelta(days=1))
    for batch, lot in session.execute(asked):
        known = read_ico_mark(str(batch.marks.get("ico") or ""))
        if coffee_year(day_of(batch.sealed_at, lot.zone_minutes)) == year and known.means(mark):
            return str(lot.number)
    return None
