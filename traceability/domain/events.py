"""The kinds of event: our verbs, what each is in EPCIS 2.0 / CBV 2.0, and the words people read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from traceability.words import N_


class Kind(StrEnum):
    """Every way the record can grow. Nothing else is ever written."""

    REGISTER_ORGANISATION = "register_organisation"
    REGISTER_USER = "register_user"
    ENROL_DEVICE = "enrol_device"
    REVOKE_DEVICE = "revoke_device"
    REGISTER_FARMER = "register_farmer"
    CHANGE_CONSENT = "change_consent"
    REPLACE_CARD = "replace_card"
    REGISTER_PARTY = "register_party"
    REGISTER_PLOT = "register_plot"
    REGISTER_FACILITY = "register_facility"
    REGISTER_REGISTRATION = "register_registration"
    SUSPEND_REGISTRATION = "suspend_registration"
    END_SUSPENSION = "end_suspension"
    REGISTER_CERTIFICATE = "register_certificate"
    WEIGH_IN = "weigh_in"
    AGREE_PRICE = "agree_price"
    PAY = "pay"
    FORM_LOT = "form_lot"
    PROCESS = "process"
    SPLIT = "split"
    MERGE = "merge"
    REBAG = "rebag"
    POUR_IN = "pour_in"
    DRAW_OFF = "draw_off"
    LEVEL_POOL = "level_pool"
    DISPOSE = "dispose"
    DISPATCH = "dispatch"
    RECEIVE = "receive"
    TAKE_BACK = "take_back"
    INSPECT = "inspect"
    ATTACH = "attach"
    WITHDRAW_ATTACHMENT = "withdraw_attachment"
    HOLD = "hold"
    CLOSE_HOLD = "close_hold"
    RECALL = "recall"
    LIFT_RECALL = "lift_recall"
    PACK = "pack"
    SEAL = "seal"
    RELEASE = "release"
    SUPERSEDE = "supersede"
    SHIP = "ship"
    REPORT_DELIVERY = "report_delivery"
    REPORT_LOT = "report_lot"
    ASK_CORRECTION = "ask_correction"
    DECLARE_ERROR = "declare_error"
    CORRECT_ORIGIN = "correct_origin"
    CORRECT_WEIGHT = "correct_weight"
    ASK_CAP = "ask_cap"
    ASK_ORIGIN = "ask_origin"
    APPROVE = "approve"
    REFUSE = "refuse"
    CHANGE_MEMBER = "change_member"
    REPLACE_PASSWORD = "replace_password"
    CLOSE_MEMBER = "close_member"
    OPEN_MEMBER = "open_member"
    REGISTER_SCALE = "register_scale"
    RETIRE_SCALE = "retire_scale"
    SET_FIELDS = "set_fields"
    SET_GRADES = "set_grades"
    SET_PRICE = "set_price"
    PRINT_LABELS = "print_labels"
    VOID_LABELS = "void_labels"
    BUILD_PALLET = "build_pallet"
    BREAK_PALLET = "break_pallet"
    SET_GS1 = "set_gs1"
    HANDLE_REPORT = "handle_report"
    SET_SEASON = "set_season"
    SET_CAPACITY = "set_capacity"
    GRANT_READING = "grant_reading"
    END_READING = "end_reading"
    GRANT_AREA = "grant_area"
    END_AREA = "end_area"
    SET_SAMPLE = "set_sample"
    ACKNOWLEDGE_RECALL = "acknowledge_recall"


@dataclass(frozen=True)
class KindFacts:
    """What a kind is elsewhere. `event_type` is "" for entries that only register something (no EPCIS event).

    Harvest, drying, hulling and roasting have no CBV business step of their own: they are transformations with
    `creating_class_instance` (STANDARDS A.1). Neither has blending in a tank: what is poured in loses itself in what
    stands there, a transformation with `storing`, and what is drawn off is a new class of goods. `keeps_count` says
    that whole units are conserved like mass. `public` says whether such an entry can change what a page says that is
    already open: everything kept of pages is made anew after it, see `is_public`. The lots a batch is made of never
    change once it is sealed, so what makes new lots is not public.
    """

    words: str
    event_type: str = ""
    business_step: str = ""
    disposition: str = ""
    keeps_count: bool = False
    public: bool = field(kw_only=True)


KINDS: Mapping[Kind, KindFacts] = {
    Kind.REGISTER_ORGANISATION: KindFacts(N_("Organisation registered"), public=False),
    Kind.REGISTER_USER: KindFacts(N_("User registered"), public=False),
    Kind.ENROL_DEVICE: KindFacts(N_("Phone enrolled"), public=False),
    Kind.REVOKE_DEVICE: KindFacts(N_("Phone revoked"), public=False),
    Kind.REGISTER_FARMER: KindFacts(N_("Farmer registered"), public=False),
    Kind.CHANGE_CONSENT: KindFacts(N_("Consent changed"), public=True),
    Kind.REPLACE_CARD: KindFacts(N_("Lost card replaced"), public=False),
    Kind.REGISTER_PARTY: KindFacts(N_("Partner registered"), public=False),
    Kind.REGISTER_PLOT: KindFacts(N_("Plot registered"), public=False),
    Kind.REGISTER_FACILITY: KindFacts(N_("Place registered"), public=False),
    Kind.REGISTER_REGISTRATION: KindFacts(N_("Official code registered"), public=True),
    Kind.SUSPEND_REGISTRATION: KindFacts(N_("Official code suspended"), public=True),
    Kind.END_SUSPENSION: KindFacts(N_("Suspension ended or taken back"), public=True),
    Kind.REGISTER_CERTIFICATE: KindFacts(N_("Certificate registered"), public=True),
    Kind.WEIGH_IN: KindFacts(N_("Weighed in"), "ObjectEvent", "commissioning", "active", public=False),
    Kind.AGREE_PRICE: KindFacts(N_("Price agreed"), public=False),
    Kind.PAY: KindFacts(N_("Paid"), public=False),
    Kind.FORM_LOT: KindFacts(N_("Lot formed"), "TransformationEvent", "collecting", "active", public=False),
    Kind.PROCESS: KindFacts(N_("Processed"), "TransformationEvent", "creating_class_instance", "active", public=False),
    Kind.SPLIT: KindFacts(N_("Split"), "TransformationEvent", "repackaging", "active", keeps_count=True, public=False),
    Kind.MERGE: KindFacts(N_("Merged"), "TransformationEvent", "repackaging", "active", keeps_count=True, public=False),
    Kind.REBAG: KindFacts(N_("Re-bagged"), "TransformationEvent", "repackaging", "active", public=False),
    Kind.POUR_IN: KindFacts(N_("Poured in"), "TransformationEvent", "storing", "active", public=False),
    Kind.DRAW_OFF: KindFacts(N_("Drawn off"), "TransformationEvent", "creating_class_instance", "active", public=False),
    Kind.LEVEL_POOL: KindFacts(N_("Contents measured"), "ObjectEvent", "stock_taking", "active", public=False),
    Kind.DISPOSE: KindFacts(N_("Destroyed"), "ObjectEvent", "destroying", "destroyed", keeps_count=True, public=True),
    Kind.DISPATCH: KindFacts(N_("Dispatched"), "ObjectEvent", "shipping", "in_transit", keeps_count=True, public=False),
    Kind.RECEIVE: KindFacts(N_("Received"), "ObjectEvent", "receiving", "active", keeps_count=True, public=False),
    Kind.TAKE_BACK: KindFacts(
        N_("Taken back"), "ObjectEvent", "void_shipping", "active", keeps_count=True, public=False
    ),
    Kind.INSPECT: KindFacts(N_("Inspected"), "ObjectEvent", "inspecting", "active", public=True),
    Kind.ATTACH: KindFacts(N_("Document added"), public=True),
    Kind.WITHDRAW_ATTACHMENT: KindFacts(N_("Document no longer shown"), public=True),
    Kind.HOLD: KindFacts(N_("Put on hold"), "ObjectEvent", "inspecting", "non_conformant", public=True),
    Kind.CLOSE_HOLD: KindFacts(N_("Hold closed"), "ObjectEvent", "inspecting", "conformant", public=True),
    Kind.RECALL: KindFacts(N_("Recalled"), "ObjectEvent", "other", "recalled", public=True),
    Kind.LIFT_RECALL: KindFacts(N_("Recall lifted"), "ObjectEvent", "other", "active", public=True),
    Kind.PACK: KindFacts(N_("Packed"), "TransformationEvent", "packing", "active", public=False),
    Kind.SEAL: KindFacts(N_("Sealed"), "ObjectEvent", "packing", "container_closed", public=False),
    Kind.RELEASE: KindFacts(N_("Released"), "ObjectEvent", "accepting", "conformant", public=True),
    Kind.SUPERSEDE: KindFacts(N_("Replaced by a newer batch"), "ObjectEvent", "other", "inactive", public=True),
    Kind.SHIP: KindFacts(N_("Shipped"), "ObjectEvent", "shipping", "in_transit", keeps_count=True, public=True),
    Kind.REPORT_DELIVERY: KindFacts(
        N_("Delivery reported by others"), "ObjectEvent", "commissioning", "active", public=False
    ),
    Kind.REPORT_LOT: KindFacts(
        N_("Lot reported by others"), "TransformationEvent", "creating_class_instance", "active", public=False
    ),
    Kind.ASK_CORRECTION: KindFacts(N_("Correction asked for"), public=False),
    Kind.DECLARE_ERROR: KindFacts(N_("Declared in error"), public=True),
    Kind.CORRECT_ORIGIN: KindFacts(N_("Origin corrected"), public=True),
    Kind.CORRECT_WEIGHT: KindFacts(N_("Weight corrected"), public=True),
    Kind.ASK_CAP: KindFacts(N_("Another yearly limit asked for"), public=False),
    Kind.ASK_ORIGIN: KindFacts(N_("Correction of the origin asked for"), public=False),
    Kind.APPROVE: KindFacts(N_("Approved"), public=True),
    Kind.REFUSE: KindFacts(N_("Refused"), public=False),
    Kind.CHANGE_MEMBER: KindFacts(N_("User changed"), public=False),
    Kind.REPLACE_PASSWORD: KindFacts(N_("Password replaced"), public=False),
    Kind.CLOSE_MEMBER: KindFacts(N_("Access closed"), public=False),
    Kind.OPEN_MEMBER: KindFacts(N_("Access opened again"), public=False),
    Kind.REGISTER_SCALE: KindFacts(N_("Scale registered"), public=False),
    Kind.RETIRE_SCALE: KindFacts(N_("Scale taken out of use"), public=False),
    Kind.SET_FIELDS: KindFacts(N_("Questions of a point changed"), public=False),
    Kind.SET_GRADES: KindFacts(N_("Grades changed"), public=False),
    Kind.SET_PRICE: KindFacts(N_("Price set"), public=False),
    Kind.PRINT_LABELS: KindFacts(N_("Labels printed"), "ObjectEvent", "commissioning", "active", public=False),
    Kind.VOID_LABELS: KindFacts(N_("Labels voided"), "ObjectEvent", "decommissioning", "inactive", public=False),
    Kind.BUILD_PALLET: KindFacts(N_("Pallet built"), "AggregationEvent", "packing", "in_progress", public=False),
    Kind.BREAK_PALLET: KindFacts(N_("Pallet taken apart"), "AggregationEvent", "unpacking", "active", public=False),
    Kind.SET_GS1: KindFacts(N_("GS1 numbers set"), public=False),
    Kind.HANDLE_REPORT: KindFacts(N_("Report of the public handled"), public=False),
    Kind.SET_SEASON: KindFacts(N_("Season set"), public=True),
    Kind.SET_CAPACITY: KindFacts(N_("Capacity of a place set"), public=False),
    Kind.GRANT_READING: KindFacts(N_("Reading granted to an authority"), public=False),
    Kind.END_READING: KindFacts(N_("Reading by an authority ended"), public=False),
    Kind.GRANT_AREA: KindFacts(N_("Reading of an area granted"), public=False),
    Kind.END_AREA: KindFacts(N_("Reading of an area ended"), public=False),
    Kind.SET_SAMPLE: KindFacts(N_("Random sample set"), public=False),
    Kind.ACKNOWLEDGE_RECALL: KindFacts(N_("Recall acknowledged"), public=False),
}

_PUBLIC: Final = frozenset(str(kind) for kind, facts in KINDS.items() if facts.public)


def is_public(kind: str, kdes: Mapping[str, Any]) -> bool:
    """Whether an entry can change an open page: its kind can, and it does not say that nobody outside sees it.

    The first documents did not say who sees them; every one of them counts. What is destroyed is nobody's business
    outside unless it is a batch, and says so.
    """
    return kind in _PUBLIC and bool(kdes.get("public", kind != Kind.DISPOSE))
