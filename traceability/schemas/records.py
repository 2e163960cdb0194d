"""The records of an organisation as the API sends them.

Masses are whole grams, areas whole square metres, times UTC; codes are public codes, and empty text means "none".
"""

from __future__ import annotations

from marshmallow import fields

from traceability.schemas.answers import Answer, grams


def _codes() -> fields.List[str]:
    return fields.List(fields.String())


class PlacedAnswer(Answer):
    """A record with a place as written."""

    country = fields.String(metadata={"description": "ISO 3166-1 alpha-2."})
    province = fields.String()
    district = fields.String()
    village = fields.String()


class LotAnswer(Answer):
    """A lot, with what it held when it was made and what it holds now."""

    code = fields.String()
    number = fields.String()
    kind = fields.String()
    commodity = fields.String()
    form = fields.String()
    grade = fields.String()
    variety = fields.String()
    crop_year = fields.String()
    custody = fields.String()
    made_g = grams()
    balance_g = grams()
    unit = fields.String()
    made_count = fields.Integer()
    balance_count = fields.Integer()
    made_at = fields.AwareDateTime(format="iso")
    zone_minutes = fields.Integer()
    void = fields.Boolean(metadata={"description": "Its making was declared in error."})
    sealed = fields.Boolean()
    facility = fields.String(allow_none=True)
    farmer = fields.String(allow_none=True)
    plot = fields.String(allow_none=True)


class FarmerAnswer(PlacedAnswer):
    """A farmer of the own organisation, with the personal data it keeps; null once a person was erased."""

    code = fields.String()
    number = fields.String()
    name = fields.String(allow_none=True)
    nickname = fields.String(allow_none=True)
    phone = fields.String(allow_none=True)
    named_in_public = fields.Boolean(allow_none=True)
    created_at = fields.AwareDateTime(format="iso")


class PartnerAnswer(PlacedAnswer):
    """A buyer, supplier, carrier, laboratory or certifier."""

    code = fields.String()
    number = fields.String()
    kind = fields.String()
    name = fields.String()
    organisation = fields.String(allow_none=True)
    created_at = fields.AwareDateTime(format="iso")


class PlotAnswer(PlacedAnswer):
    """A plot; its position is GeoJSON text as it was given."""

    code = fields.String()
    name = fields.String()
    farmer = fields.String()
    commodity = fields.String()
    area_m2 = fields.Integer()
    area_declared = fields.Boolean()
    bearing_m2 = fields.Integer(allow_none=True)
    geometry_kind = fields.String()
    geometry = fields.String()
    created_at = fields.AwareDateTime(format="iso")


class FacilityAnswer(PlacedAnswer):
    """A place that handles goods; `pool` is the rule by which it holds them together, or empty."""

    code = fields.String()
    prefix = fields.String()
    kind = fields.String()
    name = fields.String()
    pool = fields.String()
    created_at = fields.AwareDateTime(format="iso")


class SuspensionAnswer(Answer):
    """Days on which an official code did not stand; null means that it still does not. The first of a list is number 1;
    one that was said in error never was."""

    from_on = fields.Date()
    to_on = fields.Date(allow_none=True)
    reason = fields.String()
    in_error = fields.Boolean()


class RegistrationAnswer(Answer):
    """An official code; without plots and facilities it stands for the whole organisation."""

    scheme = fields.String()
    official_code = fields.String()
    authority = fields.String()
    commodity = fields.String()
    valid_from = fields.Date(allow_none=True)
    valid_to = fields.Date(allow_none=True)
    plots = _codes()
    facilities = _codes()
    suspensions = fields.List(fields.Nested(SuspensionAnswer))
    created_at = fields.AwareDateTime(format="iso")


class CertificateAnswer(Answer):
    """The evidence behind a claim; without farmers and plots it covers the whole organisation."""

    scheme = fields.String()
    number = fields.String()
    issuer = fields.String()
    custody = fields.String()
    valid_from = fields.Date()
    valid_to = fields.Date(allow_none=True)
    farmers = _codes()
    plots = _codes()
    created_at = fields.AwareDateTime(format="iso")


class BatchAnswer(Answer):
    """A sealed batch; version 0 is not released yet."""

    code = fields.String()
    number = fields.String()
    commodity = fields.String()
    form = fields.String()
    made_g = grams()
    balance_g = grams()
    unit = fields.String()
    made_count = fields.Integer()
    version = fields.Integer()
    destination = fields.String()
    hs = fields.String()
    counted_by = fields.String()
    marks = fields.Dict(keys=fields.String(), values=fields.String())
    packed_on = fields.Date(allow_none=True)
    best_before = fields.Date(allow_none=True)
    sealed_at = fields.AwareDateTime(format="iso")
    released_at = fields.AwareDateTime(format="iso", allow_none=True)
    release_digest = fields.String()
    superseded_by = fields.String()


class TransferAnswer(Answer):
    """A consignment between two organisations; both may read it."""

    code = fields.String()
    state = fields.String()
    lot = fields.String()
    commodity = fields.String()
    form = fields.String()
    grade = fields.String()
    from_organisation = fields.String()
    to_organisation = fields.String()
    mass_g = grams()
    open_g = grams()
    received_g = grams(none=True)
    units = fields.Integer()
    open_count = fields.Integer()
    vehicle = fields.String()
    seal = fields.String()
    dispatched_at = fields.AwareDateTime(format="iso")
    expires_at = fields.AwareDateTime(format="iso")
    received_at = fields.AwareDateTime(format="iso", allow_none=True)
    reason = fields.String()


class HoldAnswer(Answer):
    """A hold of one lot, plot or farmer, open while `closed_at` is null."""

    code = fields.String()
    lot = fields.String(allow_none=True)
    plot = fields.String(allow_none=True)
    farmer = fields.String(allow_none=True)
    reason = fields.String()
    action = fields.String()
    opened_at = fields.AwareDateTime(format="iso")
    zone_minutes = fields.Integer()
    closed_at = fields.AwareDateTime(format="iso", allow_none=True)
    passed = fields.Boolean(allow_none=True)
    outcome = fields.String()


class RecallAnswer(Answer):
    """A recall of one lot, plot or farmer, open while `closed_at` is null."""

    code = fields.String()
    lot = fields.String(allow_none=True)
    plot = fields.String(allow_none=True)
    farmer = fields.String(allow_none=True)
    reason = fields.String()
    action = fields.String()
    phone = fields.String()
    authority = fields.String()
    authority_link = fields.String()
    opened_at = fields.AwareDateTime(format="iso")
    zone_minutes = fields.Integer()
    closed_at = fields.AwareDateTime(format="iso", allow_none=True)
    outcome = fields.String()


class PostingAnswer(Answer):
    """One line of an event: signed grams and units on one account."""

    account = fields.String()
    ref = fields.String()
    mass_g = grams()
    count = fields.Integer()


class EventAnswer(Answer):
    """One event of the journal; `kdes` are its key data elements, and each digest covers the one before."""

    code = fields.String()
    seq = fields.Integer()
    kind = fields.String()
    event_type = fields.String()
    business_step = fields.String()
    disposition = fields.String()
    occurred_at = fields.AwareDateTime(format="iso")
    zone_minutes = fields.Integer()
    recorded_at = fields.AwareDateTime(format="iso")
    client_id = fields.String()
    facility = fields.String(allow_none=True)
    declares = fields.String(allow_none=True)
    kdes = fields.Dict(keys=fields.String())
    postings = fields.List(fields.Nested(PostingAnswer))
    digest = fields.String()
    previous_digest = fields.String()


class PaymentPartAnswer(Answer):
    """What a payment settled of one delivery."""

    delivery = fields.String()
    amount = fields.Integer()


class PaymentAnswer(Answer):
    """Money that a farmer got, in whole units of a currency; `rest` settles whatever is open longest."""

    code = fields.String()
    farmer = fields.String()
    amount = fields.Integer()
    currency = fields.String()
    advance = fields.Boolean()
    paid_at = fields.AwareDateTime(format="iso")
    zone_minutes = fields.Integer()
    parts = fields.List(fields.Nested(PaymentPartAnswer))
    rest = fields.Integer()
    void = fields.Boolean(metadata={"description": "It was declared in error."})
