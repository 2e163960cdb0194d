"""The public shape of a dossier as JSON: what the page of a batch shows, and nothing else.

Masses are whole grams, areas whole square metres, shares tenths of a percent; names stand per language.
"""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from traceability.domain.dossier import Dossier, Status
from traceability.domain.raised import Checked
from traceability.domain.spoken import language_of
from traceability.schemas import Schema
from traceability.words import say


class InLanguages(fields.Dict):
    """A name per language: `{"en": "Green coffee", "lo": "..."}`."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **more: Any) -> dict[str, str]:
        return dict(value.by_language) if value is not None else {}


class Said(fields.String):
    """A sentence of the record, in English."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **more: Any) -> str:
        return say("en", value) if value is not None else ""


class SpokenIn(fields.String):
    """The language of a typed text that stands beside it, as far as its letters tell; else empty."""

    def __init__(self, of: str) -> None:
        super().__init__(metadata={"description": f"The language of `{of}`; empty where it is unknown."})
        self.of = of

    def serialize(self, attr: str, obj: Any, accessor: Any = None, **more: Any) -> str:
        """From the text, and from where it was typed if that was kept."""
        return language_of(getattr(obj, self.of), getattr(obj, "language", ""))


def _mass() -> fields.Integer:
    return fields.Integer(strict=True, metadata={"description": "Whole grams."})


def _masses() -> fields.Dict:
    return fields.Dict(keys=fields.String(), values=fields.Integer(strict=True))


class PlaceSchema(Schema):
    """A place as far as the public may know it."""

    country = fields.String()
    province = fields.String()
    district = fields.String()
    village = fields.String()


class WhoSchema(Schema):
    """The organisation that answers for the batch."""

    name = InLanguages()
    kind = fields.String()
    place = fields.Nested(PlaceSchema)
    phone = fields.String()
    address = fields.String()


class AlertSchema(Schema):
    """An open recall or hold that reaches the batch."""

    kind = fields.Enum(Status, by_value=True)
    since = fields.AwareDateTime(format="iso")
    reason = fields.String()
    reason_language = SpokenIn("reason")
    action = fields.String()
    action_language = SpokenIn("action")
    phone = fields.String()
    source = fields.String()
    inherited = fields.Boolean()
    authority = fields.String()
    authority_link = fields.String()


class SuccessorSchema(Schema):
    """The batch that took the place of this one, and how it stands itself."""

    code = fields.String()
    number = fields.String()
    status = fields.Enum(Status, by_value=True)
    since = fields.AwareDateTime(format="iso")
    reason = fields.String()
    reason_language = SpokenIn("reason")


class LiftedSchema(Schema):
    """A recall that reached the batch and ended."""

    since = fields.AwareDateTime(format="iso")
    until = fields.AwareDateTime(format="iso")
    reason = fields.String()
    reason_language = SpokenIn("reason")
    outcome = fields.String()
    outcome_language = SpokenIn("outcome")
    source = fields.String()


class MarksSchema(Schema):
    """What is printed on the goods."""

    ico = fields.String()
    container = fields.String()
    seal = fields.String()
    vehicle = fields.String()
    gtin = fields.String()
    own_number = fields.String()
    brand = fields.String()
    model = fields.String()
    serial = fields.String()


class StepSchema(Schema):
    """One line of the journey."""

    kind = fields.String()
    first_at = fields.AwareDateTime(format="iso")
    last_at = fields.AwareDateTime(format="iso")
    zone_minutes = fields.Integer()
    events = fields.Integer()
    who = InLanguages()
    place = fields.Nested(PlaceSchema)
    in_g = _mass()
    out_g = _mass()
    losses_g = _masses()
    detail = fields.String()
    form = InLanguages()
    others = fields.Integer()
    site_code = fields.String()
    site_codes = fields.List(fields.String())
    lot_number = fields.String()
    lot_numbers = fields.List(fields.String())
    lots = fields.Integer()
    basis = fields.String()
    corrected_g = _mass()


class ShareSchema(Schema):
    """One farm's part; named only with consent."""

    label = fields.String()
    name = fields.String()
    place = fields.Nested(PlaceSchema)
    area_m2 = fields.Integer(allow_none=True)
    plot_known = fields.Boolean()
    mass_g = _mass()
    tenths = fields.Integer()
    area_declared = fields.Boolean()


class NodeSchema(Schema):
    """A lot, or a group of farms, in the lineage."""

    code = fields.String()
    number = fields.String()
    kind = fields.String()
    form = fields.String()
    organisation = fields.String()
    level = fields.Integer()
    mass_g = _mass()
    farms = fields.Integer()


class EdgeSchema(Schema):
    """Grams of the batch that came from `parent` through `child`."""

    parent = fields.String()
    child = fields.String()
    mass_g = _mass()


class PartSchema(Schema):
    """A farm, a lot, or several of them as one, as they are drawn; `many` says how many."""

    key = fields.String()
    kind = fields.String()
    name = fields.String()
    label = fields.String()
    many = fields.Integer()
    mass_g = _mass()
    tenths = fields.Integer()
    whose = fields.Dict(keys=fields.String(), values=fields.String())
    where = fields.List(fields.String())  # of a place: country, province, district


class BandSchema(Schema):
    """Grams from one of the sources into one of the lots, both by their place in the lists, from 0."""

    source = fields.Integer()
    lot = fields.Integer()
    mass_g = _mass()


class FlowSchema(Schema):
    """The picture of the page: bands sum to their sources, to their lots and to the batch; the places do as well."""

    sources = fields.List(fields.Nested(PartSchema))
    lots = fields.List(fields.Nested(PartSchema))
    bands = fields.List(fields.Nested(BandSchema))
    places = fields.List(fields.Nested(PartSchema))


class ClaimSchema(Schema):
    """What became of a claim, and why: it holds for the batch, `in_part` for `covered_g` of it, or not at all."""

    scheme = fields.String()
    custody = fields.String()
    holds = fields.Boolean()
    in_part = fields.Boolean()
    covered_g = _mass()
    mass_g = _mass()
    sentence = Said()


class CertificateSchema(Schema):
    """A certificate as it stands on the day of reading."""

    scheme = fields.String()
    number = fields.String()
    issuer = fields.String()
    holder = fields.String(attribute="holder.by_language.en")
    valid_from = fields.Date(allow_none=True)
    valid_to = fields.Date(allow_none=True)
    standing = fields.String()
    days_left = fields.Integer(allow_none=True)


class RegistrationSchema(Schema):
    """An official code, as it stood on the day of packing."""

    scheme = fields.String()
    code = fields.String()
    holder = fields.String(attribute="holder.by_language.en")
    standing = fields.String()


class MeasurementSchema(Schema):
    """A measured or tested property."""

    property = fields.String()
    value = fields.String()
    unit = fields.String()
    taken_on = fields.Date()
    laboratory = fields.String()
    method = fields.String()
    passed = fields.Boolean(allow_none=True)
    lot_number = fields.String()


class PaperSchema(Schema):
    """A photo or paper that everybody may see, at `/b/CODE/papers/` and its own code; the digest is of its bytes."""

    code = fields.String()
    title = fields.String()
    title_language = SpokenIn("title")
    media_type = fields.String()
    digest = fields.String()
    lot_number = fields.String()


class BalanceSchema(Schema):
    """received + gained = losses + by-products + batch, in whole grams."""

    received_g = _mass()
    losses_g = _masses()
    by_products_g = _mass()
    gained_g = _mass()
    batch_g = _mass()
    corrected_g = _mass()  # of what was gained: weights of what went in were corrected downwards


class ChangeSchema(Schema):
    """Something that was declared in error."""

    at = fields.AwareDateTime(format="iso")
    event_code = fields.String()
    what = fields.String()
    reason = fields.String()
    reason_language = SpokenIn("reason")
    replaced = fields.Boolean()


class RaisedSchema(Schema):
    """A yearly limit that was raised in the season of the batch."""

    at = fields.AwareDateTime(format="iso")
    checked = fields.Enum(Checked, by_value=True)


class DossierSchema(Schema):
    """Everything the public page of a batch says."""

    code = fields.String()
    lot_number = fields.String()
    version = fields.Integer()
    newest = fields.Integer(metadata={"description": "The version that counts; `status` is how it stands now."})
    status = fields.Enum(Status, by_value=True)
    alerts = fields.List(fields.Nested(AlertSchema))
    lifted = fields.List(fields.Nested(LiftedSchema))
    superseded_by = fields.String()
    successor = fields.Nested(SuccessorSchema, allow_none=True)
    destroyed_at = fields.AwareDateTime(format="iso", allow_none=True)
    demo = fields.Boolean()
    issuer = fields.Nested(WhoSchema)
    makers = fields.List(fields.Nested(WhoSchema))
    commodity = fields.String()
    commodity_names = InLanguages()
    form = fields.String()
    form_names = InLanguages()
    variety = fields.String()
    grade = fields.String()
    hs = fields.String()
    custody = fields.String()
    mass_g = _mass()
    unit = fields.String()
    unit_count = fields.Integer()
    unit_mass_g = fields.Integer(allow_none=True)
    marks = fields.Nested(MarksSchema)
    destination = fields.String()
    crop_year = fields.String()
    harvested_from = fields.Date(allow_none=True)
    harvested_to = fields.Date(allow_none=True)
    packed_on = fields.Date(allow_none=True)
    best_before = fields.Date(allow_none=True)
    released_at = fields.AwareDateTime(format="iso", allow_none=True)
    zone_minutes = fields.Integer()
    origin = fields.Nested(PlaceSchema)
    farms = fields.Integer()
    plots = fields.Integer()
    area_m2 = fields.Integer()
    declared_m2 = fields.Integer()
    journey = fields.List(fields.Nested(StepSchema))
    shares = fields.List(fields.Nested(ShareSchema))
    origin_method = fields.String()
    nodes = fields.List(fields.Nested(NodeSchema))
    edges = fields.List(fields.Nested(EdgeSchema))
    flow = fields.Nested(FlowSchema)
    claims = fields.List(fields.Nested(ClaimSchema))
    certificates = fields.List(fields.Nested(CertificateSchema))
    registrations = fields.List(fields.Nested(RegistrationSchema))
    measurements = fields.List(fields.Nested(MeasurementSchema))
    failed = fields.List(fields.Nested(MeasurementSchema))  # of these, what counts: nothing was measured again since
    papers = fields.List(fields.Nested(PaperSchema))
    balance = fields.Nested(BalanceSchema)
    changes = fields.List(fields.Nested(ChangeSchema))
    raised_farms = fields.Integer()
    raised = fields.List(fields.Nested(RaisedSchema))
    as_of = fields.Date()
    journal_seq = fields.Integer()
    digest = fields.String()


# Before its release the world may know that a batch is there, what stops its goods, and no more.
BEFORE_RELEASE = ("code", "status", "demo", "as_of")


def as_json(dossier: Dossier) -> dict[str, Any]:
    """A dossier as its public JSON value."""
    stops = {name: getattr(dossier, name) for name in ("alerts", "destroyed_at", "superseded_by", "successor")}
    before = (*BEFORE_RELEASE, *(name for name, there in stops.items() if there))
    only = before if dossier.released_at is None else None
    shown: dict[str, Any] = DossierSchema(only=only).dump(dossier)
    return shown
