"""The kinds of event: our verbs, what each is in EPCIS 2.0 / CBV 2.0, and the words people read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from traceability.words import N_


class Kind(StrEnum):
    """Every way the record can grow. Nothing else is ever written."""

    REGISTER_ORGANISATION = "register_organisation"
    REGISTER_USER = "register_user"
    REGISTER_FARMER = "register_farmer"
    CHANGE_CONSENT = "change_consent"
    REGISTER_PARTY = "register_party"
    REGISTER_PLOT = "register_plot"
    REGISTER_FACILITY = "register_facility"
    REGISTER_REGISTRATION = "register_registration"
    SUSPEND_REGISTRATION = "suspend_registration"
    REGISTER_CERTIFICATE = "register_certificate"
    WEIGH_IN = "weigh_in"
    FORM_LOT = "form_lot"
    PROCESS = "process"
    SPLIT = "split"
    MERGE = "merge"
    REBAG = "rebag"
    DISPOSE = "dispose"
    DISPATCH = "dispatch"
    RECEIVE = "receive"
    TAKE_BACK = "take_back"
    INSPECT = "inspect"
    ATTACH = "attach"
    HOLD = "hold"
    CLOSE_HOLD = "close_hold"
    RECALL = "recall"
    LIFT_RECALL = "lift_recall"
    PACK = "pack"
    SEAL = "seal"
    RELEASE = "release"
    SUPERSEDE = "supersede"
    SHIP = "ship"
    ASK_CORRECTION = "ask_correction"
    DECLARE_ERROR = "declare_error"
    CORRECT_ORIGIN = "correct_origin"


@dataclass(frozen=True)
class KindFacts:
    """What a kind is elsewhere. `event_type` is "" for entries that only register something (no EPCIS event).

    Harvest, drying, hulling and roasting have no CBV business step of their own: they are transformations with
    `creating_class_instance` (STANDARDS A.1). `keeps_count` says that whole units are conserved like mass.
    """

    words: str
    event_type: str = ""
    business_step: str = ""
    disposition: str = ""
    keeps_count: bool = False


KINDS: Mapping[Kind, KindFacts] = {
    Kind.REGISTER_ORGANISATION: KindFacts(N_("Organisation registered")),
    Kind.REGISTER_USER: KindFacts(N_("User registered")),
    Kind.REGISTER_FARMER: KindFacts(N_("Farmer registered")),
    Kind.CHANGE_CONSENT: KindFacts(N_("Consent changed")),
    Kind.REGISTER_PARTY: KindFacts(N_("Partner registered")),
    Kind.REGISTER_PLOT: KindFacts(N_("Plot registered")),
    Kind.REGISTER_FACILITY: KindFacts(N_("Place registered")),
    Kind.REGISTER_REGISTRATION: KindFacts(N_("Official code registered")),
    Kind.SUSPEND_REGISTRATION: KindFacts(N_("Official code suspended")),
    Kind.REGISTER_CERTIFICATE: KindFacts(N_("Certificate registered")),
    Kind.WEIGH_IN: KindFacts(N_("Weighed in"), "ObjectEvent", "commissioning", "active"),
    Kind.FORM_LOT: KindFacts(N_("Lot formed"), "TransformationEvent", "collecting", "active"),
    Kind.PROCESS: KindFacts(N_("Processed"), "TransformationEvent", "creating_class_instance", "active"),
    Kind.SPLIT: KindFacts(N_("Split"), "TransformationEvent", "repackaging", "active", keeps_count=True),
    Kind.MERGE: KindFacts(N_("Merged"), "TransformationEvent", "repackaging", "active", keeps_count=True),
    Kind.REBAG: KindFacts(N_("Re-bagged"), "TransformationEvent", "repackaging", "active"),
    Kind.DISPOSE: KindFacts(N_("Destroyed"), "ObjectEvent", "destroying", "destroyed", keeps_count=True),
    Kind.DISPATCH: KindFacts(N_("Dispatched"), "ObjectEvent", "shipping", "in_transit", keeps_count=True),
    Kind.RECEIVE: KindFacts(N_("Received"), "ObjectEvent", "receiving", "active", keeps_count=True),
    Kind.TAKE_BACK: KindFacts(N_("Taken back"), "ObjectEvent", "void_shipping", "active", keeps_count=True),
    Kind.INSPECT: KindFacts(N_("Inspected"), "ObjectEvent", "inspecting", "active"),
    Kind.ATTACH: KindFacts(N_("Document added")),
    Kind.HOLD: KindFacts(N_("Put on hold"), "ObjectEvent", "inspecting", "non_conformant"),
    Kind.CLOSE_HOLD: KindFacts(N_("Hold closed"), "ObjectEvent", "inspecting", "conformant"),
    Kind.RECALL: KindFacts(N_("Recalled"), "ObjectEvent", "other", "recalled"),
    Kind.LIFT_RECALL: KindFacts(N_("Recall lifted"), "ObjectEvent", "other", "active"),
    Kind.PACK: KindFacts(N_("Packed"), "TransformationEvent", "packing", "active"),
    Kind.SEAL: KindFacts(N_("Sealed"), "ObjectEvent", "packing", "container_closed"),
    Kind.RELEASE: KindFacts(N_("Released"), "ObjectEvent", "accepting", "conformant"),
    Kind.SUPERSEDE: KindFacts(N_("Replaced by a newer batch"), "ObjectEvent", "other", "inactive"),
    Kind.SHIP: KindFacts(N_("Shipped"), "ObjectEvent", "shipping", "in_transit", keeps_count=True),
    Kind.ASK_CORRECTION: KindFacts(N_("Correction asked for")),
    Kind.DECLARE_ERROR: KindFacts(N_("Declared in error")),
    Kind.CORRECT_ORIGIN: KindFacts(N_("Origin corrected")),
}
