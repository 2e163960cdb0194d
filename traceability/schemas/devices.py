"""Enrolling a phone and revoking it, and what a phone says more than a page does: its clock, and what it knew."""

from __future__ import annotations

from traceability.domain.devices import EnrolDevice, RevokeDevice
from traceability.schemas.collection import FormLotSchema
from traceability.schemas.facts import TimedSchema
from traceability.schemas.fields import Code, Mass, Moment, Password, Several, Text
from traceability.schemas.shipping import DispatchSchema, ReceiveSchema
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


class OnPhoneSchema(TimedSchema):
    """What the clock of a phone says, of something that was entered without a signal."""

    device_at = Moment(N_("What the clock of the phone showed"))
    sent_at = Moment(N_("What the clock of the phone shows now"))


class LotOnPhoneSchema(OnPhoneSchema, FormLotSchema):
    """Deliveries that become one lot, with the number that the phone gave it and the masses that it knew."""

    number = Code(N_("Number of the lot"), most=40)
    seen_g = Several(Mass(N_("Weight as it was known"), least=0), most=2000)


class DispatchOnPhoneSchema(OnPhoneSchema, DispatchSchema):
    """Goods that set out, with the code that the phone gave the delivery note and the mass of the lot that it knew."""

    note_code = Code(N_("Code on the delivery note"), most=8)
    seen_g = Mass(N_("Weight as it was known"), least=0)


class ReceiptOnPhoneSchema(OnPhoneSchema, ReceiveSchema):
    """Goods that arrived, with the number that the phone gave the lot that they become."""

    number = Code(N_("Number of the lot"), most=40)
