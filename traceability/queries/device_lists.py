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
    """One phone; `unsent` is what it last said."""

    code: str
    name: str
    letter: str
    clerk: str
    enrolled_at: datetime
    seen_at: datetime
    unsent: int
    revoked_at: datetime | None
    silent: bool


def devices(session: Session, actor: Actor) -> list[DeviceRow]:
    """Phones in use first, those not heard of for the longest on top."""
    found = [_row(device, clerk) for device, clerk in session.execute(_of(actor))]
    return sorted(found, key=lambda row: (row.revoked_at is not None, row.seen_at))


def device(session: Session, actor: Actor, code: str) -> DeviceRow:
    """One phone. Raises NoSuchDevice."""
    found = session.execute(_of(actor).where(Device.code == code.upper())).one_or_none()
    if found is None:
        raise NoSuchDevice(code=code)
    return _row(*found)


def _of(actor: Actor) -> Select[Device, str]:
    # a phone that nobody in the list of users enrolled is still a phone that can be revoked
    clerk = func.coalesce(User.name, "")
    return select(Device, clerk).outerjoin(User, User.id == Device.user_id).where(Device.org_id == actor.org_id)


def _row(device: Device, clerk: str) -> DeviceRow:
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
        waiting and device.seen_at <= datetime.now(UTC) - SILENT_AFTER,
    )
