"""Farmers, partners, plots, places, official codes and certificates as people type them."""

from __future__ import annotations

from typing import Any

from marshmallow import post_load

from traceability.domain.cards import ReplaceCard
from traceability.domain.custody import CUSTODY_NAMES
from traceability.domain.facts import (
    ChangeConsent,
    RegisterCertificate,
    RegisterFacility,
    RegisterFarmer,
    RegisterParty,
    RegisterPlot,
    RegisterRegistration,
    RegisterUser,
    SuspendRegistration,
)
from traceability.domain.pools import POOL_NAMES
from traceability.domain.roles import ROLE_NAMES
from traceability.domain.schemes import CLAIM_SCHEMES, REGISTRATION_SCHEMES
from traceability.domain.suspensions import EndSuspension
from traceability.schemas.facts import PlacedSchema, TimedSchema
from traceability.schemas.fields import Area, Choice, Code, Count, Day, Flag, Password, Several, Text
from traceability.words import LANGUAGE_NAMES, LANGUAGES, N_

PARTNER_KINDS = (
    ("buyer", N_("Buyer")),
    ("supplier", N_("Supplier")),
    ("carrier", N_("Carrier")),
    ("laboratory", N_("Laboratory")),
    ("certifier", N_("Certification body")),
)
FACILITY_KINDS = (
    ("collection_point", N_("Collection point")),
    ("wet_mill", N_("Wet mill")),
    ("dry_mill", N_("Dry mill")),
    ("packing_house", N_("Packing house")),
    ("factory", N_("Factory")),
    ("warehouse", N_("Warehouse")),
    ("tank", N_("Tank, silo or bed")),
    ("pond_station", N_("Pond station")),
    ("border_post", N_("Border post")),
)


class FarmerSchema(PlacedSchema):
    """A new farmer: a name and a village are enough to begin with."""

    makes = RegisterFarmer
    name = Text(N_("Name"), required=True)
    nickname = Text(N_("Nickname"), most=80)
    number = Code(N_("Member number"), most=24, hint=N_("Leave this empty for the next free number."))
    phone = Text(N_("Phone"), most=40)
    named_in_public = Flag(N_("The farmer agrees to be named on public pages"))


class ConsentSchema(TimedSchema):
    """Whether a farmer agrees to be named."""

    makes = ChangeConsent
    farmer = Code(N_("Farmer"), required=True, most=24)
    named_in_public = Flag(N_("The farmer agrees to be named on public pages"))
    text = Text(N_("What was read to the farmer, in which language, and who was there"), most=500, long=True)


class ReplaceCardSchema(TimedSchema):
    """A new card for a farmer who lost one."""

    makes = ReplaceCard
    farmer = Code(N_("Farmer"), required=True, most=24)
    reason = Text(N_("How was it lost, if you know?"), most=300)


class PartnerSchema(PlacedSchema):
    """A buyer, carrier, laboratory or other partner."""

    makes = RegisterParty
    name = Text(N_("Name"), required=True)
    kind = Choice(N_("Kind"), choices=PARTNER_KINDS, required=True)
    organisation = Code(
        N_("Code of the organisation"), most=8, hint=N_("Only when the partner works in this system too.")
    )


class PlotSchema(PlacedSchema):
    """A plot of a farmer, with its area as declared; polygons come by import."""

    makes = RegisterPlot
    farmer = Code(N_("Farmer"), required=True, most=24)
    name = Text(N_("Name of the plot"), required=True, most=120)
    commodity = Choice(N_("Product"), required=True)
    area_m2 = Area(N_("Area"), required=True)
    bearing_m2 = Area(N_("Area that bears"))
    geometry_kind = Choice(
        N_("Position"),
        choices=(("none", N_("Not known")), ("point", N_("Point")), ("polygon", N_("Polygon"))),
        default="none",
    )
    geometry = Text(N_("Position as GeoJSON"), most=100_000, long=True)


class FacilitySchema(PlacedSchema):
    """A place that handles goods."""

    makes = RegisterFacility
    name = Text(N_("Name"), required=True, most=120)
    kind = Choice(N_("Kind"), choices=FACILITY_KINDS, required=True)
    prefix = Code(
        N_("Short letters"), required=True, most=6, hint=N_("2 to 6 letters or digits that begin its receipts: NL.")
    )
    pool = Choice(
        N_("How goods are held there"),
        choices=(("", N_("Each lot by itself")), *((str(key), name) for key, name in POOL_NAMES.items())),
        hint=N_("This cannot be changed later."),
    )


class RegistrationSchema(TimedSchema):
    """An official code of plots, of a place, or of the whole organisation."""

    makes = RegisterRegistration
    scheme = Choice(N_("Kind of code"), choices=tuple(REGISTRATION_SCHEMES.items()), required=True)
    official_code = Text(N_("Code"), required=True, most=60)
    authority = Text(N_("Authority"), most=120)
    commodity = Choice(N_("Product"))
    valid_from = Day(N_("Valid from"))
    valid_to = Day(N_("Valid to"))
    plots = Several(Code(N_("Plot"), most=8), most=2000)
    facilities = Several(Code(N_("Place"), most=8), most=50)


class SuspensionSchema(TimedSchema):
    """Days on which an official code does not stand."""

    makes = SuspendRegistration
    scheme = Choice(N_("Kind of code"), choices=tuple(REGISTRATION_SCHEMES.items()), required=True)
    official_code = Text(N_("Code"), required=True, most=60)
    from_on = Day(N_("From day"), required=True)
    to_on = Day(N_("Until"), hint=N_("Leave this empty while it lasts."))
    reason = Text(N_("Reason"), required=True, most=300)


class EndSuspensionSchema(TimedSchema):
    """A suspension ends, or was said by mistake."""

    makes = EndSuspension
    scheme = Choice(N_("Kind of code"), choices=tuple(REGISTRATION_SCHEMES.items()), required=True)
    official_code = Text(N_("Code"), required=True, most=60)
    number = Count(N_("Suspension"), least=1, required=True)
    last_on = Day(N_("Last day of the suspension"))
    in_error = Flag(
        N_("It was a mistake: the code was never suspended"),
        hint=N_("Leave the day empty then. The record keeps both."),
    )
    reason = Text(N_("Reason"), required=True, most=300)


class CertificateSchema(TimedSchema):
    """The evidence behind a claim."""

    makes = RegisterCertificate
    scheme = Choice(N_("Scheme"), choices=tuple(CLAIM_SCHEMES.items()), required=True)
    number = Text(N_("Certificate number"), required=True, most=80)
    issuer = Text(N_("Issued by"), required=True)
    custody = Choice(
        N_("Chain of custody"), choices=tuple((str(key), name) for key, name in CUSTODY_NAMES.items()), required=True
    )
    valid_from = Day(N_("Valid from"), required=True)
    valid_to = Day(N_("Valid to"))
    farmers = Several(Code(N_("Farmer"), most=24), most=5000)
    plots = Several(Code(N_("Plot"), most=8), most=5000)


class UserSchema(TimedSchema):
    """A new user of the organisation."""

    makes = RegisterUser
    login = Text(N_("Sign-in name"), required=True, most=120, autocomplete="off")
    name = Text(N_("Name"), required=True)
    password = Password(N_("Password"), required=True, autocomplete="new-password")
    roles = Several(Choice(N_("Roles"), choices=tuple((str(key), name) for key, name in ROLE_NAMES.items())), least=1)
    language = Choice(N_("Language"), choices=tuple((code, LANGUAGE_NAMES[code]) for code in LANGUAGES), default="en")

    @post_load
    def make(self, values: dict[str, Any], **more: Any) -> Any:
        """Roles once each, in order."""
        return super().make({**values, "roles": tuple(sorted(set(values["roles"])))}, **more)
