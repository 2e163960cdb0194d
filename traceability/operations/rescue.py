"""What a phone could not send itself is entered from its file: under the same ids, by the rules for that phone."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.domain.events import Kind
from traceability.domain.roles import MAY, Actor, Phone
from traceability.errors import Forbidden, NoSuchDevice
from traceability.models import Device, User


class ManagerForRevoked(Forbidden):
    """This phone was revoked. A manager looks at its file and enters it."""


class ManagerForClosed(Forbidden):
    """The access of {name}, whose phone this is, was closed. A manager looks at its file and enters it."""


def in_place_of(session: Session, actor: Actor, code: str) -> Actor:
    """The actor, entering what the phone with this code has kept: its letter and its clock are looked at as ever.

    Raises NoSuchDevice for a phone of others, ManagerForRevoked, ManagerForClosed.
    """
    found = session.execute(
        select(Device, User)
        .outerjoin(User, User.id == Device.user_id)
        .where(Device.org_id == actor.org_id, Device.code == code.upper())
    ).one_or_none()
    if found is None:
        raise NoSuchDevice(code=code, at="content")
    device, clerk = found
    closed_at = clerk.closed_at if clerk is not None else None
    if not actor.roles & MAY[Kind.REVOKE_DEVICE]:
        if device.revoked_at is not None:
            raise ManagerForRevoked(at="content")
        if closed_at is not None:
            raise ManagerForClosed(name=clerk.name, at="content")
    ended_at = min(filter(None, (device.revoked_at, closed_at)), default=None)
    phone = Phone(device.code, device.letter, device.enrolled_at, ended_at)
    return replace(actor, device=f"file of phone {device.letter} {device.code}", phone=phone)
