"""The public shape of one box and of one pallet as JSON: what the page behind its label shows, and nothing else."""

from __future__ import annotations

from marshmallow import fields

from traceability.domain.dossier import Status
from traceability.schemas import Schema
from traceability.schemas.dossier import (
    AlertSchema,
    CertificateSchema,
    InLanguages,
    MeasurementSchema,
    PlaceSchema,
    RegistrationSchema,
)


class BatchOnLabelSchema(Schema):
    """The batch on the label, as far as a box or a pallet tells of it; the whole is at `address`."""

    code = fields.String()
    numbers = fields.List(fields.String())
    product = InLanguages()
    issuer = InLanguages()
    packed_on = fields.Date(format="iso")
    origin = fields.Nested(PlaceSchema)  # the smallest place that all of it shares
    unit_mass_g = fields.Integer(strict=True, allow_none=True)  # whole grams in a box, where all hold the same
    registrations = fields.List(fields.Nested(RegistrationSchema))
    status = fields.Enum(Status, by_value=True)
    alerts = fields.List(fields.Nested(AlertSchema))
    failed = fields.List(fields.Nested(MeasurementSchema))  # results that failed, and nothing was measured again since
    suspended = fields.List(fields.Nested(RegistrationSchema))  # codes that were, on the day of packing
    expired = fields.List(fields.Nested(CertificateSchema))  # papers that are past their last day
    address = fields.String()


class SeenSchema(Schema):
    """What was counted of a label within thirty days; devices behind one connection are one, anew each day."""

    devices = fields.Integer(strict=True)
    days = fields.Integer(strict=True)  # on which it was read
    most = fields.Integer(strict=True)  # devices on one of them
    countries = fields.Dict(fields.String(), fields.Integer(strict=True))  # ISO 3166, "" where nobody knows


class BoxSchema(Schema):
    """One box by the number on its label; `n` and `of` only where that number was made for a box."""

    serial = fields.String()
    state = fields.String()  # printed, void, beyond, unknown; unchecked where only files answer, which know no box
    counts = fields.Boolean(allow_none=True)
    why = fields.String()  # it does not count, or cannot be said to, in the reader's language
    n = fields.Integer(strict=True)
    of = fields.Integer(strict=True)
    label_says = fields.Integer(strict=True)  # boxes in all, where its label says another number than `of`
    unit = fields.String()
    seen_widely = fields.Boolean()  # in more places than one label should be: it may be copied, or shared as a photo
    seen = fields.Nested(SeenSchema)  # only then
    batch = fields.Nested(BatchOnLabelSchema)


class PalletSchema(Schema):
    """One pallet: which boxes of the batch stand on it."""

    code = fields.String()
    sscc = fields.String()  # empty where the organisation has no GS1 number
    broken = fields.Boolean()  # taken apart: its label should be gone, and the boxes stand by themselves
    unit = fields.String()
    first = fields.Integer(strict=True)
    last = fields.Integer(strict=True)
    count = fields.Integer(strict=True)
    of = fields.Integer(strict=True, attribute="total")  # boxes of the batch
    net_mass_g = fields.Integer(strict=True, allow_none=True, attribute="net_g")  # where all are alike
    batch = fields.Nested(BatchOnLabelSchema)
