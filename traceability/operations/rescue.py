"""What a phone could not send itself is entered from its file: under the same ids, by the rules for that phone."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.domain.events import Kind
from traceability.domain.roles import MAY, Actor, Phone
from traceability.errors import Forbidden, NoSuchDevice
from traceability.models import Device


class ManagerForRevoked(Forbidden):
    """This phone was revoked. A manager looks at its file and enters it."""


def in_place_of(session: Session, actor: Actor, code: str) -> Actor:
    """The actor, entering what the phone with this code has kept: its letter and its clock are looked at as ever.

    Raises NoSuchDevice for a phone of others, ManagerForRevoked.
    """
    device = session.scalars(select(Device).where(Device.org_id == actor.org_id, Device.code == code.upper())).first()
    if device is None:
        raise NoSuchDevice(code=code, at="content")
    if device.revoked_at is not None and not actor.roles & MAY[Kind.REVOKE_DEVICE]:
        raise ManagerForRevoked(at="content")
    phone = Phone(device.code, device.letter, device.enrolled_at)
    return replace(actor, device=f"file of phone {device.letter} {device.code}", phone=phone)
