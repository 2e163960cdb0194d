"""Everything that can be said to the record over the API: one table, from which the endpoints are made."""

from __future__ import annotations

from collections.abc import Callable
from inspect import getdoc
from typing import Any, Final, NamedTuple

from flask_smorest import Blueprint

from traceability.domain.events import Kind
from traceability.domain.facts import Fact
from traceability.domain.roles import MAY
from traceability.operations import (
    account,
    approvals,
    authority,
    correction,
    devices,
    gs1,
    inspection,
    labels,
    members,
    money,
    packing,
    pallets,
    pooling,
    processing,
    rebooking,
    registry,
    reports,
    seasons,
    settings,
    shipping,
    suspensions,
)
from traceability.operations.attachments import withdraw_attachment
from traceability.operations.capacity import set_capacity
from traceability.operations.cards import replace_card
from traceability.operations.chain import run_chain
from traceability.operations.ledger import Done, Operation
from traceability.operations.paid import declare_with_money
from traceability.operations.recalls import acknowledge_recall
from traceability.schemas import approvals as approving
from traceability.schemas import attachments as showing
from traceability.schemas import authority as overseeing
from traceability.schemas import capacity as placing
from traceability.schemas import chain as chaining
from traceability.schemas import collection as collecting
from traceability.schemas import devices as phoning
from traceability.schemas import inspection as inspecting
from traceability.schemas import labels as labelling
from traceability.schemas import members as belonging
from traceability.schemas import money as paying
from traceability.schemas import packing as packaging
from traceability.schemas import pooling as pouring
from traceability.schemas import processing as making
from traceability.schemas import recalls as recalling
from traceability.schemas import registry as registering
from traceability.schemas import reports as reporting
from traceability.schemas import seasons as timing
from traceability.schemas import settings as setting
from traceability.schemas import shipping as moving
from traceability.schemas.answers import DoneAnswer
from traceability.schemas.fields import FactSchema
from traceability.web.pages import database
from traceability.web.rest.callers import caller
from traceability.web.rest.contract import REPLAYED, example_of, refusing
from traceability.web.rest.labels import LabelRunSchema, print_labels

Answered = tuple[Done, int, dict[str, str]]


class Write(NamedTuple):
    """One address that takes a fact: what it is called, the shape of the fact, and the operation that takes it."""

    path: str
    summary: str
    schema: type[FactSchema]
    perform: Operation[Any]
    kind: Kind
    name: str = ""  # where it is not the kind of entry that it makes

    @property
    def called(self) -> str:
        """The name of the operation."""
        return self.name or str(self.kind)


WRITES: Final = (
    Write("/farmers", "Register a farmer", registering.FarmerSchema, registry.register_farmer, Kind.REGISTER_FARMER),
    Write(
        "/consents",
        "Change whether a farmer is named in public",
        registering.ConsentSchema,
        registry.change_consent,
        Kind.CHANGE_CONSENT,
    ),
    Write(
        "/replaced-cards",
        "Replace a lost farmer card",
        registering.ReplaceCardSchema,
        replace_card,
        Kind.REPLACE_CARD,
    ),
    Write("/partners", "Register a partner", registering.PartnerSchema, registry.register_party, Kind.REGISTER_PARTY),
    Write("/plots", "Register a plot", registering.PlotSchema, registry.register_plot, Kind.REGISTER_PLOT),
    Write(
        "/facilities",
        "Register a place",
        registering.FacilitySchema,
        registry.register_facility,
        Kind.REGISTER_FACILITY,
    ),
    Write(
        "/registrations",
        "Register an official code",
        registering.RegistrationSchema,
        registry.register_registration,
        Kind.REGISTER_REGISTRATION,
    ),
    Write(
        "/suspensions",
        "Suspend an official code",
        registering.SuspensionSchema,
        registry.suspend_registration,
        Kind.SUSPEND_REGISTRATION,
    ),
    Write(
        "/ended-suspensions",
        "End the suspension of an official code, or take it back",
        registering.EndSuspensionSchema,
        suspensions.end_suspension,
        Kind.END_SUSPENSION,
    ),
    Write(
        "/certificates",
        "Register a certificate",
        registering.CertificateSchema,
        registry.register_certificate,
        Kind.REGISTER_CERTIFICATE,
    ),
    Write("/users", "Register a user", registering.UserSchema, account.register_user, Kind.REGISTER_USER),
    Write("/members", "Change the roles of a user", belonging.MemberSchema, members.change_member, Kind.CHANGE_MEMBER),
    Write(
        "/closed-members",
        "Close the access of a user",
        belonging.CloseMemberSchema,
        members.close_member,
        Kind.CLOSE_MEMBER,
    ),
    Write(
        "/opened-members",
        "Open the access of a user again",
        belonging.OpenMemberSchema,
        members.open_member,
        Kind.OPEN_MEMBER,
    ),
    Write(
        "/passwords",
        "Give a user a new password",
        belonging.PasswordSchema,
        members.replace_password,
        Kind.REPLACE_PASSWORD,
    ),
    Write("/scales", "Register a scale", setting.ScaleSchema, settings.register_scale, Kind.REGISTER_SCALE),
    Write(
        "/retired-scales",
        "Take a scale out of use",
        setting.RetireScaleSchema,
        settings.retire_scale,
        Kind.RETIRE_SCALE,
    ),
    Write("/point-fields", "Say what a point asks", setting.PointFieldsSchema, settings.set_fields, Kind.SET_FIELDS),
    Write("/grades", "Say the grades of a product", setting.GradesSchema, settings.set_grades, Kind.SET_GRADES),
    Write(
        "/handled-reports",
        "Say what was done about a report",
        reporting.HandleReportSchema,
        reports.handle_report,
        Kind.HANDLE_REPORT,
    ),
    Write("/prices", "Set a price", setting.PriceSchema, settings.set_price, Kind.SET_PRICE),
    Write("/seasons", "Set a season", timing.SeasonSchema, seasons.set_season, Kind.SET_SEASON),
    Write("/capacities", "Say the capacity of a place", placing.CapacitySchema, set_capacity, Kind.SET_CAPACITY),
    Write(
        "/readings",
        "Let an authority read the record",
        overseeing.GrantReadingSchema,
        authority.grant_reading,
        Kind.GRANT_READING,
    ),
    Write(
        "/ended-readings",
        "End the reading of an authority",
        overseeing.EndReadingSchema,
        authority.end_reading,
        Kind.END_READING,
    ),
    Write(
        "/samples", "Say how much an authority samples", overseeing.SampleSchema, authority.set_sample, Kind.SET_SAMPLE
    ),
    Write("/weigh-ins", "Weigh in", collecting.WeighInSchema, devices.weigh_in, Kind.WEIGH_IN),
    Write("/agreed-prices", "Agree a price", paying.AgreePriceSchema, money.agree_price, Kind.AGREE_PRICE),
    Write("/payments", "Pay a farmer", paying.PaySchema, money.pay, Kind.PAY),
    Write("/lots", "Form a lot from deliveries", phoning.LotOnPhoneSchema, devices.form_lot, Kind.FORM_LOT),
    Write("/processings", "Process lots", making.ProcessSchema, processing.process, Kind.PROCESS),
    Write("/chains", "Several steps of work at once", chaining.ChainSchema, run_chain, Kind.PROCESS, name="chain"),
    Write("/splits", "Split a lot", making.SplitSchema, processing.split, Kind.SPLIT),
    Write("/merges", "Merge lots", making.MergeSchema, processing.merge, Kind.MERGE),
    Write("/rebaggings", "Re-bag a lot", making.RebagSchema, processing.rebag, Kind.REBAG),
    Write("/pour-ins", "Pour into a tank or bed", pouring.PourInSchema, pooling.pour_in, Kind.POUR_IN),
    Write("/draw-offs", "Draw off a tank or bed", pouring.DrawOffSchema, pooling.draw_off, Kind.DRAW_OFF),
    Write("/levels", "Say what a tank really holds", pouring.LevelPoolSchema, pooling.level_pool, Kind.LEVEL_POOL),
    Write("/disposals", "Destroy goods", making.DisposeSchema, processing.dispose, Kind.DISPOSE),
    Write("/dispatches", "Dispatch goods", phoning.DispatchOnPhoneSchema, devices.dispatch, Kind.DISPATCH),
    Write("/receipts", "Receive a consignment", phoning.ReceiptOnPhoneSchema, devices.receive, Kind.RECEIVE),
    Write("/returns", "Take a consignment back", moving.TakeBackSchema, shipping.take_back, Kind.TAKE_BACK),
    Write("/inspections", "Measure or inspect a lot", inspecting.InspectSchema, inspection.inspect, Kind.INSPECT),
    Write("/attachments", "Keep a photo or paper", inspecting.PaperSchema, inspection.attach, Kind.ATTACH),
    Write(
        "/withdrawn-attachments",
        "Take a photo or paper back from the public",
        showing.WithdrawAttachmentSchema,
        withdraw_attachment,
        Kind.WITHDRAW_ATTACHMENT,
    ),
    Write("/holds", "Put goods on hold", inspecting.HoldSchema, inspection.put_on_hold, Kind.HOLD),
    Write("/closed-holds", "Close a hold", inspecting.CloseHoldSchema, inspection.close_hold, Kind.CLOSE_HOLD),
    Write("/recalls", "Recall goods", inspecting.RecallSchema, inspection.recall, Kind.RECALL),
    Write("/lifted-recalls", "Lift a recall", inspecting.LiftRecallSchema, inspection.lift_recall, Kind.LIFT_RECALL),
    Write(
        "/acknowledged-recalls",
        "Say that a recall of others is known",
        recalling.AcknowledgeRecallSchema,
        acknowledge_recall,
        Kind.ACKNOWLEDGE_RECALL,
    ),
    Write("/packings", "Pack lots", packaging.PackSchema, packing.pack, Kind.PACK),
    Write("/batches", "Seal a packed lot as a batch", packaging.SealSchema, packing.seal, Kind.SEAL),
    Write("/releases", "Release a batch", packaging.ReleaseSchema, packing.release, Kind.RELEASE),
    Write(
        "/replacements", "Replace a batch by a newer one", packaging.SupersedeSchema, packing.supersede, Kind.SUPERSEDE
    ),
    Write("/label-runs", "Print labels with a serial each", LabelRunSchema, print_labels, Kind.PRINT_LABELS),
    Write(
        "/voided-labels",
        "Void printed labels",
        labelling.VoidLabelsSchema,
        labels.void_labels,
        Kind.VOID_LABELS,
    ),
    Write(
        "/voided-serials",
        "Void the label with one serial",
        labelling.VoidSerialSchema,
        labels.void_serial,
        Kind.VOID_LABELS,
        name="void_serial",
    ),
    Write("/pallets", "Put boxes on a pallet", labelling.BuildPalletSchema, pallets.build_pallet, Kind.BUILD_PALLET),
    Write(
        "/broken-pallets",
        "Take a pallet apart",
        labelling.BreakPalletSchema,
        pallets.break_pallet,
        Kind.BREAK_PALLET,
    ),
    Write("/gs1-numbers", "Set GS1 numbers", labelling.Gs1Schema, gs1.set_gs1, Kind.SET_GS1),
    Write("/shipments", "Ship a batch to its buyer", moving.ShipSchema, shipping.ship, Kind.SHIP),
    Write(
        "/error-declarations",
        "Declare an entry in error",
        inspecting.DeclareErrorSchema,
        declare_with_money,
        Kind.DECLARE_ERROR,
    ),
    Write(
        "/origin-corrections",
        "Correct whose a weigh-in was",
        inspecting.CorrectOriginSchema,
        rebooking.correct_origin,
        Kind.CORRECT_ORIGIN,
    ),
    Write(
        "/correction-requests",
        "Ask a manager for a correction",
        inspecting.AskCorrectionSchema,
        correction.ask_correction,
        Kind.ASK_CORRECTION,
    ),
    Write("/limit-requests", "Ask for a plot's yearly limit", approving.AskCapSchema, approvals.ask_cap, Kind.ASK_CAP),
    Write(
        "/origin-requests",
        "Ask another manager to correct whose a weigh-in was",
        approving.AskOriginSchema,
        approvals.ask_origin,
        Kind.ASK_ORIGIN,
    ),
    Write("/approvals", "Approve a request", approving.ApproveSchema, approvals.approve, Kind.APPROVE),
    Write("/refusals", "Refuse a request", approving.RefuseSchema, approvals.refuse, Kind.REFUSE),
)


def mount(blueprint: Blueprint) -> None:
    """Add one POST endpoint for every line of the table."""
    for write in WRITES:
        blueprint.add_url_rule(write.path, write.called, _endpoint(blueprint, write), methods=["POST"])


def _endpoint(blueprint: Blueprint, write: Write) -> Callable[..., Any]:
    def said(fact: Fact) -> Answered:
        actor = caller()
        done = database().write(lambda session: write.perform(session, actor, fact))
        return (done, 200, {"Idempotent-Replayed": "true"}) if done.replayed else (done, 201, {})

    roles = ", ".join(sorted(MAY[write.kind]))
    view = blueprint.arguments(write.schema, example=example_of(write.schema()))(said)
    view = blueprint.response(201, DoneAnswer, description="It is on record.")(view)
    view = blueprint.alt_response(
        200, schema=DoneAnswer, headers=REPLAYED, description="It was already on record; this is the same answer."
    )(view)
    view = refusing(blueprint, view, 400, 401, 403, 404, 409, 413, 415, 422)
    described = blueprint.doc(
        summary=write.summary,
        description=f"{getdoc(write.perform)}\n\nOpen to the roles {roles}.",
        operationId=write.called,
        security=[{"token": ["write"]}],
    )
    return described(view)  # type: ignore[no-any-return]
