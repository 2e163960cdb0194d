"""Enrolling a phone and revoking it, as people and phones say it."""

from __future__ import annotations

from traceability.domain.devices import EnrolDevice, RevokeDevice
from traceability.schemas.facts import TimedSchema
from traceability.schemas.fields import Code, Password, Text
from traceability.words import N_


class EnrolDeviceSchema(TimedSchema):
    """What the phone is called, and the secret by which it will be known."""

    makes = EnrolDevice
    name = Text(N_("Name of this phone"), required=True, most=60)
    token = Password(N_("Token"), required=True)


class RevokeDeviceSchema(TimedSchema):
    """Which phone."""

    makes = RevokeDevice
    device = Code(N_("Phone"), required=True, most=8)
