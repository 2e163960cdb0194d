"""Who may do what: every kind with every role, and Dao, an outsider with every role, who finds nothing of ours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import pytest

from tests.cast import BOLAVEN, World, person
from traceability.domain import facts
from traceability.domain.approvals import Approve, AskCap, AskOrigin, CorrectWeight, Refuse
from traceability.domain.attachments import WithdrawAttachment
from traceability.domain.authority import EndArea, EndReading, GrantArea, GrantReading, SetSample
from traceability.domain.capacity import SetCapacity
from traceability.domain.cards import ReplaceCard
from traceability.domain.devices import EnrolDevice, RevokeDevice
from traceability.domain.events import KINDS, Kind
from traceability.domain.facts import Fact, Measured, Output, Take
from traceability.domain.labelling import BreakPallet, BuildPallet, PrintLabels, SetGs1, VoidLabels
from traceability.domain.members import ChangeMember, CloseMember, OpenMember, ReplacePassword
from traceability.domain.payments import AgreePrice, Pay
from traceability.domain.recalls import AcknowledgeRecall
from traceability.domain.reported import ReportDelivery, ReportLot
from traceability.domain.reports import HandleReport, Told
from traceability.domain.roles import MAY, Role
from traceability.domain.seasons import SetSeason
from traceability.domain.settings import RegisterScale, RetireScale, SetFields, SetGrades, SetPrice
from traceability.domain.suspensions import EndSuspension
from traceability.errors import Forbidden, NoSuchLot, NotFound, Refusal
from traceability.operations import (
    account,
    approvals,
    attachments,
    authority,
    cards,
    collection,
    correction,
    devices,
    gs1,
    inspection,
    labels,
    members,
    money,
    networks,
    packing,
    pallets,
    pooling,
    processing,
    rebooking,
    registry,
    reports,
    reweighing,
    seasons,
    settings,
    shipping,
    suspensions,
)
from traceability.operations.capacity import set_capacity
from traceability.operations.recalls import acknowledge_recall

OPERATIONS: dict[Kind, tuple[Any, type[Fact]]] = {
    Kind.ENROL_DEVICE: (devices.enrol_device, EnrolDevice),
    Kind.REVOKE_DEVICE: (devices.revoke_device, RevokeDevice),
    Kind.REGISTER_USER: (account.register_user, facts.RegisterUser),
    Kind.REGISTER_FARMER: (registry.register_farmer, facts.RegisterFarmer),
    Kind.CHANGE_CONSENT: (registry.change_consent, facts.ChangeConsent),
    Kind.REPLACE_CARD: (cards.replace_card, ReplaceCard),
    Kind.REGISTER_PARTY: (registry.register_party, facts.RegisterParty),
    Kind.REGISTER_PLOT: (registry.register_plot, facts.RegisterPlot),
    Kind.REGISTER_FACILITY: (registry.register_facility, facts.RegisterFacility),
    Kind.REGISTER_REGISTRATION: (registry.register_registration, facts.RegisterRegistration),
    Kind.SUSPEND_REGISTRATION: (registry.suspend_registration, facts.SuspendRegistration),
    Kind.END_SUSPENSION: (suspensions.end_suspension, EndSuspension),
    Kind.REGISTER_CERTIFICATE: (registry.register_certificate, facts.RegisterCertificate),
    Kind.WEIGH_IN: (collection.record_weigh_in, facts.WeighIn),
    Kind.AGREE_PRICE: (money.agree_price, AgreePrice),
    Kind.PAY: (money.pay, Pay),
    Kind.FORM_LOT: (collection.form_lot, facts.FormLot),
    Kind.PROCESS: (processing.process, facts.Process),
    Kind.SPLIT: (processing.split, facts.Split),
    Kind.MERGE: (processing.merge, facts.Merge),
    Kind.REBAG: (processing.rebag, facts.Rebag),
    Kind.POUR_IN: (pooling.pour_in, facts.PourIn),
    Kind.DRAW_OFF: (pooling.draw_off, facts.DrawOff),
    Kind.LEVEL_POOL: (pooling.level_pool, facts.LevelPool),
    Kind.DISPOSE: (processing.dispose, facts.Dispose),
    Kind.DISPATCH: (shipping.dispatch, facts.Dispatch),
    Kind.RECEIVE: (shipping.receive, facts.Receive),
    Kind.TAKE_BACK: (shipping.take_back, facts.TakeBack),
    Kind.SHIP: (shipping.ship, facts.Ship),
    Kind.INSPECT: (inspection.inspect, facts.Inspect),
    Kind.ATTACH: (inspection.attach, facts.Attach),
    Kind.HOLD: (inspection.put_on_hold, facts.PutOnHold),
    Kind.CLOSE_HOLD: (inspection.close_hold, facts.CloseHold),
    Kind.RECALL: (inspection.recall, facts.RecallGoods),
    Kind.LIFT_RECALL: (inspection.lift_recall, facts.LiftRecall),
    Kind.PACK: (packing.pack, facts.Pack),
    Kind.SEAL: (packing.seal, facts.Seal),
    Kind.RELEASE: (packing.release, facts.Release),
    Kind.SUPERSEDE: (packing.supersede, facts.Supersede),
    Kind.REPORT_DELIVERY: (networks.report_delivery, ReportDelivery),
    Kind.REPORT_LOT: (networks.report_lot, ReportLot),
    Kind.ASK_CORRECTION: (correction.ask_correction, facts.AskCorrection),
    Kind.DECLARE_ERROR: (correction.declare_error, facts.DeclareError),
    Kind.CORRECT_ORIGIN: (rebooking.correct_origin, facts.CorrectOrigin),
    Kind.CORRECT_WEIGHT: (reweighing.correct_weight, CorrectWeight),
    Kind.ASK_CAP: (approvals.ask_cap, AskCap),
    Kind.ASK_ORIGIN: (approvals.ask_origin, AskOrigin),
    Kind.APPROVE: (approvals.approve, Approve),
    Kind.REFUSE: (approvals.refuse, Refuse),
    Kind.REGISTER_SCALE: (settings.register_scale, RegisterScale),
    Kind.RETIRE_SCALE: (settings.retire_scale, RetireScale),
    Kind.SET_FIELDS: (settings.set_fields, SetFields),
    Kind.SET_GRADES: (settings.set_grades, SetGrades),
    Kind.SET_PRICE: (settings.set_price, SetPrice),
    Kind.HANDLE_REPORT: (reports.handle_report, HandleReport),
    Kind.SET_SEASON: (seasons.set_season, SetSeason),
    Kind.SET_CAPACITY: (set_capacity, SetCapacity),
    Kind.GRANT_READING: (authority.grant_reading, GrantReading),
    Kind.END_READING: (authority.end_reading, EndReading),
    Kind.GRANT_AREA: (authority.grant_area, GrantArea),
    Kind.END_AREA: (authority.end_area, EndArea),
    Kind.SET_SAMPLE: (authority.set_sample, SetSample),
    Kind.WITHDRAW_ATTACHMENT: (attachments.withdraw_attachment, WithdrawAttachment),
    Kind.ACKNOWLEDGE_RECALL: (acknowledge_recall, AcknowledgeRecall),
    Kind.CHANGE_MEMBER: (members.change_member, ChangeMember),
    Kind.REPLACE_PASSWORD: (members.replace_password, ReplacePassword),
    Kind.CLOSE_MEMBER: (members.close_member, CloseMember),
    Kind.OPEN_MEMBER: (members.open_member, OpenMember),
    Kind.PRINT_LABELS: (labels.print_labels, PrintLabels),
    Kind.VOID_LABELS: (labels.void_labels, VoidLabels),
    Kind.BUILD_PALLET: (pallets.build_pallet, BuildPallet),
    Kind.BREAK_PALLET: (pallets.break_pallet, BreakPallet),
    Kind.SET_GS1: (gs1.set_gs1, SetGs1),
}

# For a fact of every kind that names nothing known: its required fields by name.
NOTHING: dict[str, Any] = {
    "where": BOLAVEN,
    "bags_g": (50_000,),
    "area_m2": 1,
    "deliveries": ("NOWHERE2",),
    "takes": (Take(lot="NOWHERE2", mass_g=1),),
    "serial": 1,
    "stated_g": None,
    "stated_on": None,
    "inputs": (Take(lot="NOWHERE2"),),
    "outputs": (Output(form="green", mass_g=1),),
    "parts": (Output(form="", mass_g=1),),
    "measured": (Measured(property="x", value="1"),),
    "passed": True,
    "named_in_public": False,
    "content": b"%PDF-",
    "roles": ("clerk",),
    "password": "long enough words",
    "valid_from": date(2026, 1, 1),
    "from_on": date(2026, 1, 1),
    "to_on": date(2026, 12, 31),
    "custody": "segregated",
    "commodity": "arabica_coffee",
    "form": "green",
    "prefix": "ZZ",
    "kind": "buyer",
    "mass_g": 1,
    "weighed_g": 1,
    "tare_g": 0,
    "count": 1,
    "cap_g": 1,
    "step_g": 1,
    "shown": (),
    "grades": (),
    "price_per_kg": 1,
    "first": 1,
    "last": 1,
    "of": 1,
    "capacity_g": 1,
    "percent": 1,
}


def nothing_known(world: World, kind: type[Fact]) -> Fact:
    inherited = {item.name for item in fields(Fact)}
    own = [item.name for item in fields(kind) if item.name not in inherited]
    needed = {name: NOTHING.get(name, "NOWHERE2") for name in own if _is_required(kind, name)}
    return world.fact(kind, **needed)


def _is_required(kind: type[Fact], name: str) -> bool:
    return not hasattr(kind, name)


def test_every_kind_has_its_row_in_the_matrix_and_an_operation() -> None:
    assert set(MAY) == set(KINDS) == set(Kind)
    assert set(OPERATIONS) == set(Kind) - {Kind.REGISTER_ORGANISATION}


def test_each_role_may_do_exactly_what_the_matrix_says(world: World) -> None:
    """Whoever may not gets Forbidden before anything is looked up; whoever may gets some other answer."""
    for kind, (operation, fact_type) in OPERATIONS.items():
        for role in Role:
            actor = person(world.cooperative, 900, "Somebody", role)
            fact = nothing_known(world, fact_type)
            forbidden = False
            try:
                world.say(actor, operation, fact)
            except Forbidden:
                forbidden = True
            except Refusal:
                pass
            assert forbidden is (role not in MAY[kind]), f"{role} {kind}"


@dataclass(frozen=True)
class Ours:
    """Codes of everything the cooperative has."""

    delivery: str
    lot: str
    batch: str
    transfer: str
    hold: str
    recall: str
    attachment: str
    event: str
    pool: str
    request: str
    device: str
    login: str
    scale: str
    run: str
    pallet: str
    report: str


def _ours(world: World) -> Ours:
    delivery = world.delivery(5_000, plot=world.amina_plot)
    world.do(
        world.malee,
        registry.register_registration,
        facts.RegisterRegistration,
        scheme="growing_area",
        official_code="G",
    )
    lot = world.lot()
    formed = world.do(
        world.bakari, collection.form_lot, facts.FormLot, facility=world.mill, deliveries=(world.delivery(7_000),)
    )
    batch = world.released()
    transfer = world.dispatched()
    held = world.do(world.malee, inspection.put_on_hold, facts.PutOnHold, lot=delivery, reason="x")
    recalled = world.do(world.malee, inspection.recall, facts.RecallGoods, lot=delivery, reason="x", action="y")
    pool = world.pool("pro_rata")
    world.poured(pool, world.delivery(8_000))
    hook = {"facility": world.mill, "name": "Hook", "step_g": 100}
    scale = world.do(world.malee, settings.register_scale, RegisterScale, **hook)["scale"]
    clerk = {"login": "phone", "name": "Phone", "password": "long enough words", "roles": ("clerk",)}
    login = world.do(world.cooperative, account.register_user, facts.RegisterUser, **clerk)["login"]
    asked = world.do(world.bakari, approvals.ask_cap, AskCap, plot=world.amina_plot, cap_g=1, reason="x").event
    phone = world.do(world.bakari, devices.enrol_device, EnrolDevice, name="NL-A", token="dv_" + "a" * 43)
    boxes = {"batch": batch, "first": 1, "last": 1}
    run = world.do(world.bakari, labels.print_labels, PrintLabels, **boxes, of=2, layout="tag")["run"]
    pallet = world.do(world.bakari, pallets.build_pallet, BuildPallet, **boxes)["pallet"]
    told = Told(client_id="report-of-a-reader", differs="seal", contact="a phone")
    report = world.database.write(lambda session: reports.receive_report(session, batch, told, b"photo", "en"))
    here = (formed.event, pool, asked, phone["device"], login, scale, run, pallet, report)
    paper = {"lot": lot, "title": "x", "content": b"%PDF-1.4", "public": True}
    kept = world.do(world.malee, inspection.attach, facts.Attach, **paper)
    return Ours(delivery, lot, batch, transfer, held["hold"], recalled["recall"], kept["attachment"], *here)


def _dao_labels(world: World, ours: Ours) -> dict[Kind, list[dict[str, Any]]]:
    boxes = {"first": 1, "last": 1}
    return {
        Kind.PRINT_LABELS: [{"batch": ours.batch, **boxes, "of": 2, "layout": "tag"}],
        Kind.VOID_LABELS: [{"run": ours.run, **boxes, "reason": "x"}],
        Kind.BUILD_PALLET: [{"batch": ours.batch, **boxes}],
        Kind.BREAK_PALLET: [{"pallet": ours.pallet, "reason": "x"}],
        Kind.SET_GS1: [{"facility": world.mill, "gln": "1234567890128"}],
    }


def _dao_stops(world: World, ours: Ours) -> dict[Kind, list[dict[str, Any]]]:
    """What is measured, held and recalled."""
    stopped = ({"lot": ours.lot}, {"plot": world.amina_plot}, {"farmer": world.amina})
    return {
        Kind.INSPECT: [{"lot": ours.lot, "measured": (Measured(property="x", value="1"),)}],
        Kind.ATTACH: [{"lot": ours.lot, "title": "x", "content": b"%PDF-"}],
        Kind.HOLD: [{"reason": "x", **target} for target in stopped],
        Kind.CLOSE_HOLD: [{"hold": ours.hold, "passed": True, "outcome": "x"}],
        Kind.RECALL: [{"reason": "x", "action": "y", **target} for target in stopped],
        Kind.LIFT_RECALL: [{"recall": ours.recall, "outcome": "x"}],
    }


# what Dao may do, because it is about nothing of ours
FREE = {Kind.ENROL_DEVICE, Kind.REGISTER_USER, Kind.REGISTER_FARMER, Kind.REGISTER_PARTY, Kind.REGISTER_FACILITY}
FREE |= {Kind.SET_GRADES, Kind.SET_PRICE, Kind.SET_SEASON}  # of goods, which are nobody's
FREE |= {Kind.GRANT_READING, Kind.END_READING, Kind.SET_SAMPLE}  # of one's own record
FREE |= {Kind.GRANT_AREA, Kind.END_AREA}  # by the machine alone


def _dao_tries(world: World, ours: Ours) -> Iterator[tuple[Any, type[Fact], dict[str, Any]]]:
    """Every operation, aimed at something of ours and otherwise right."""
    place = {"facility": world.dao_place}
    take = (Take(lot=ours.lot),)
    weighing = {"commodity": "arabica_coffee", "form": "green", "bags_g": (50_000,), "tare_g": 0}
    plot = {"name": "x", "commodity": "arabica_coffee", "area_m2": 1, "where": BOLAVEN}
    paper = {"scheme": "organic", "number": "1", "issuer": "x", "custody": "segregated", "valid_from": date(2026, 1, 1)}
    code = {"scheme": "growing_area", "official_code": "G"}
    tank = {"name": "Dao's tank", "kind": "tank", "prefix": "DT", "where": BOLAVEN, "pool": "pro_rata"}
    dao_tank = world.do(world.dao, registry.register_facility, facts.RegisterFacility, **tank)["facility"]
    reported = {"commodity": "other_goods", "form": "goods", "number": "D1", "serial": 1, "mass_g": 1, "stated_g": 1,
                "stated_on": None, "reported_as": "D1"}  # fmt: skip
    aimed: dict[Kind, list[dict[str, Any]]] = {
        Kind.REVOKE_DEVICE: [{"device": ours.device}],
        Kind.CHANGE_CONSENT: [{"farmer": world.amina, "named_in_public": True}],
        Kind.REPLACE_CARD: [{"farmer": world.amina}],
        Kind.REGISTER_PLOT: [{"farmer": world.amina, **plot}],
        Kind.REGISTER_REGISTRATION: [{**code, "plots": (world.amina_plot,)}, {**code, "facilities": (world.mill,)}],
        Kind.SUSPEND_REGISTRATION: [{**code, "from_on": date(2026, 1, 1), "to_on": None, "reason": "x"}],
        Kind.END_SUSPENSION: [{**code, "number": 1, "in_error": True, "reason": "x"}],
        Kind.REGISTER_CERTIFICATE: [{**paper, "farmers": (world.amina,)}, {**paper, "plots": (world.amina_plot,)}],
        Kind.WEIGH_IN: [
            {**weighing, **place, "farmer": world.amina},
            {**weighing, "facility": world.mill, "farmer": world.amina},
        ],
        Kind.AGREE_PRICE: [{"deliveries": (ours.delivery,), "price_per_kg": 1, "currency": "LAK"}],
        Kind.PAY: [{"farmer": world.amina, "amount": 1, "currency": "LAK"}],
        Kind.FORM_LOT: [{**place, "deliveries": (ours.delivery,)}],
        Kind.PROCESS: [{**place, "inputs": take, "outputs": (Output(form="roasted", mass_g=80_000),)}],
        Kind.SPLIT: [{**place, "lot": ours.lot, "parts": (Output(form="", mass_g=1),)}],
        Kind.MERGE: [{**place, "inputs": take}],
        Kind.REBAG: [{**place, "lot": ours.lot, "unit": "bag", "count": 1}],
        Kind.POUR_IN: [{"facility": ours.pool, "inputs": take}, {"facility": dao_tank, "inputs": take}],
        Kind.DRAW_OFF: [{"facility": ours.pool, "mass_g": 1}],
        Kind.LEVEL_POOL: [{"facility": ours.pool, "weighed_g": 1}],
        Kind.DISPOSE: [{"lot": ours.lot, "mass_g": 1, "reason": "x"}],
        Kind.DISPATCH: [{"lot": ours.lot, "to_organisation": world.importer.org_code}],
        Kind.RECEIVE: [{"transfer": ours.transfer, "weighed_g": 100_000}],
        Kind.TAKE_BACK: [{"transfer": ours.transfer}],
        Kind.SHIP: [{"batch": ours.batch, "buyer": world.buyer}],
        Kind.REPORT_DELIVERY: [{**reported, "supplier": world.buyer}],
        Kind.REPORT_LOT: [
            {**reported, "takes": (Take(lot=ours.lot, mass_g=1),)},
            {**reported, "takes": (Take(lot=ours.delivery, mass_g=1),), "facility": world.mill},
        ],
        **_dao_stops(world, ours),
        Kind.PACK: [{**place, "inputs": take, "form": "green", "unit": "bag", "count": 2, "mass_g": 100_000}],
        Kind.SEAL: [{"lot": ours.lot}],
        Kind.RELEASE: [{"batch": ours.batch}],
        Kind.SUPERSEDE: [{"old": ours.batch, "new": ours.batch, "reason": "x"}],
        Kind.ASK_CORRECTION: [{"event": ours.event, "reason": "x"}],
        Kind.CORRECT_ORIGIN: [{"event": ours.event, "farmer": world.sida, "reason": "x"}],
        Kind.CORRECT_WEIGHT: [{"event": ours.event, "mass_g": 1, "reason": "x"}],
        Kind.ASK_CAP: [{"plot": world.amina_plot, "cap_g": 2, "reason": "x"}],
        Kind.ASK_ORIGIN: [{"event": ours.event, "farmer": world.sida, "reason": "x"}],
        Kind.APPROVE: [{"request": ours.request}],
        Kind.REFUSE: [{"request": ours.request, "reason": "x"}],
        Kind.REGISTER_SCALE: [{"facility": world.mill, "name": "x", "step_g": 100}],
        Kind.RETIRE_SCALE: [{"scale": ours.scale}],
        Kind.HANDLE_REPORT: [{"report": ours.report, "state": "looked_at", "forget": True}],
        Kind.SET_FIELDS: [{"facility": world.mill, "shown": ()}],
        **_dao_labels(world, ours),
        Kind.SET_CAPACITY: [{"facility": world.mill, "capacity_g": 1}],
        Kind.WITHDRAW_ATTACHMENT: [{"attachment": ours.attachment}],
        Kind.ACKNOWLEDGE_RECALL: [{"recall": ours.recall}],
        Kind.CHANGE_MEMBER: [{"login": ours.login, "roles": ("clerk",)}],
        Kind.REPLACE_PASSWORD: [{"login": ours.login, "password": "long enough words"}],
        Kind.CLOSE_MEMBER: [{"login": ours.login, "reason": "x"}],
        Kind.OPEN_MEMBER: [{"login": ours.login}],
        Kind.DECLARE_ERROR: [{"event": ours.event, "reason": "did_not_occur", "note": "x"}],
    }
    assert set(aimed) | FREE == set(OPERATIONS), "an operation that Dao has not tried"
    for kind, attempts in aimed.items():
        operation, fact_type = OPERATIONS[kind]
        for attempt in attempts:
            yield operation, fact_type, attempt


def test_dao_finds_nothing_of_ours_whatever_he_tries(world: World) -> None:
    ours = _ours(world)
    attempts = list(_dao_tries(world, ours))
    before = world.everything()
    for operation, fact_type, attempt in attempts:
        with pytest.raises(NotFound):
            world.do(world.dao, operation, fact_type, **attempt)
    assert world.everything() == before


def test_a_foreign_code_and_one_that_nobody_has_are_refused_alike(world: World) -> None:
    ours = world.lot()
    sentences = set()
    for code in (ours, "NOWHERE2"):
        fact = {"facility": world.dao_place, "lot": code, "parts": (Output(form="", mass_g=1),)}
        refusal = world.refused(NoSuchLot, world.dao, processing.split, facts.Split, **fact)
        sentences.add(str(refusal).replace(code, "CODE"))
    assert len(sentences) == 1
