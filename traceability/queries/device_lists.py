"""The phones of an organisation, as a manager looks at them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from traceability.domain.roles import Actor
from traceability.errors import NoSuchDevice
from traceability.models import Device, User

SILENT_AFTER: Final = timedelta(hours=72)  # a phone with something unsent that is not heard of this long (UX 4.8)


@dataclass(frozen=True)
class DeviceRow:
    """One phone; `unsent` is what it last said, `closed_at` when the access of its clerk was closed."""

    code: str
    name: str
    letter: str
    clerk: str
    enrolled_at: datetime
    seen_at: datetime
    unsent: int
    revoked_at: datetime | None
    closed_at: datetime | None
    silent: bool


def devices(session: Session, actor: Actor) -> list[DeviceRow]:
    """Phones in use first, those not heard of for the longest on top."""
    found = [_row(*one) for one in session.execute(_of(actor))]
    return sorted(found, key=lambda row: (row.revoked_at is not None, row.seen_at))


def device(session: Session, actor: Actor, code: str) -> DeviceRow:
    """One phone. Raises NoSuchDevice."""
    found = session.execute(_of(actor).where(Device.code == code.upper())).one_or_none()
    if found is None:
        raise NoSuchDevice(code=code)
    return _row(*found)


def phones_of(session: Session, actor: Actor, user_id: int) -> list[DeviceRow]:
    """The phones in use that one person enrolled, by their letters."""
    theirs = _of(actor).where(Device.user_id == user_id, Device.revoked_at.is_(None)).order_by(Device.letter)
    return [_row(*found) for found in session.execute(theirs)]


def _of(actor: Actor) -> Select[Device, str, datetime | None]:
    # a phone that nobody in the list of users enrolled is still a phone that can be revoked
    clerk = func.coalesce(User.name, "")
    of = select(Device, clerk, User.closed_at).outerjoin(User, User.id == Device.user_id)
    return of.where(Device.org_id == actor.org_id)


def _row(device: Device, clerk: str, closed_at: datetime | None) -> DeviceRow:
    waiting = device.revoked_at is None and device.unsent > 0
    return DeviceRow(
        device.code,
        device.name,
        device.letter,
        clerk,
        device.enrolled_at,
        device.seen_at,
        device.unsent,
        device.revoked_at,
        closed_at,
        waiting and device.seen_at <= datetime.now(UTC) - SILENT_AFTER,
    )
