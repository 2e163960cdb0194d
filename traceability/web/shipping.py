"""The road on a phone: dispatch with a delivery note, receive, take back, and shipping a batch to its buyer."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import Blueprint, Response, redirect, request, url_for
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from traceability.documents.qr import qr_svg
from traceability.domain.events import Kind
from traceability.models import Lot
from traceability.operations import lookups, shipping
from traceability.queries import stock_choices, transfers
from traceability.queries.transfers import Consignment
from traceability.schemas import Schema
from traceability.schemas.shipping import DispatchSchema, ReceiveSchema, ShipSchema, TakeBackSchema
from traceability.web import forms
from traceability.web.language import current_language
from traceability.web.pages import Entry, config, database, page
from traceability.web.session import current_actor, signed_in
from traceability.web.stock import asked_lots, choose, lots_of, where_they_lie, with_place, written
from traceability.words import N_

blueprint = Blueprint("shipping", __name__, url_prefix="/shipping")
nav = Entry(N_("Road"), "shipping.incoming", "truck", place=60)

STATES = {
    "pending": ("info", N_("On the road")),
    "received": ("ok", N_("Received")),
    "partly": ("hold", N_("Received in part")),
    "refused": ("stop", N_("Refused")),
    "returned": ("plain", N_("Taken back")),
    "void": ("plain", N_("Declared in error")),
}


@dataclass(frozen=True)
class Difference:
    """What the receiver's scale shows against what was sent of the accepted part."""

    sent_g: int
    weighed_g: int
    tone: str

    @property
    def mass_g(self) -> int:
        """More, or less when negative."""
        return self.weighed_g - self.sent_g

    @property
    def tenths(self) -> int:
        """In tenths of a percent."""
        return transfers.tenths_of(self.mass_g, self.sent_g)


# -- lists ------------------------------------------------------------------------------------------------------


@blueprint.get("/")
@signed_in()
def incoming() -> Response:
    """What is to be received, what is on the road, what waits to be taken back."""
    with database().reading() as session:
        under_way = transfers.under_way(session, current_actor().org_id)
        closed = transfers.closed_lately(session, current_actor().org_id)
    groups = (
        (N_("To receive"), [found for found in under_way if not found.mine and found.state == "pending"]),
        (N_("To take back"), [found for found in under_way if found.to_take_back]),
        (N_("On the road"), [found for found in under_way if found.mine and not found.to_take_back]),
        (N_("Closed lately"), closed),
    )
    return page("shipping/incoming.html", groups=groups, states=STATES, nothing=not (under_way or closed))


@blueprint.get("/consignments/<code>")
@signed_in()
def consignment(code: str) -> Response:
    """One consignment with both weights, for its sender and its receiver."""
    found = _consignment(code)
    return page("shipping/consignment.html", consignment=found, state=STATES[found.state])


@blueprint.get("/consignments/<code>/note")
@signed_in()
def note(code: str) -> Response:
    """The delivery note that travels with the goods; its QR opens the page for receiving."""
    found = _consignment(code)
    address = config().public_url.rstrip("/") + url_for("shipping.receive", transfer=found.code)
    return page("shipping/note.html", consignment=found, qr=Markup(qr_svg(address, level="M")), address=address)


# -- dispatch ---------------------------------------------------------------------------------------------------


@blueprint.get("/dispatch")
@signed_in(Kind.DISPATCH)
def dispatch() -> Response:
    """Whereto, how much, by which vehicle."""
    lots = asked_lots()
    if not lots:
        return choose("shipping.dispatch", N_("Dispatch goods"), sealed=True)
    return _dispatch_page(
        forms.opened(_schema(DispatchSchema), where_they_lie({"lot": lots[0].code}, lots[:1])), lots[0]
    )


@blueprint.post("/dispatch")
@signed_in(Kind.DISPATCH)
def save_dispatch() -> AnyResponse:
    """Reserve the goods on the road and print the note."""
    lot = lots_of([request.form.get("lot", "")])[0]
    form = forms.bind(_schema(DispatchSchema), request.form)
    done = forms.attempt(form, written(shipping.dispatch))
    return redirect(url_for("shipping.note", code=done["transfer"]), 303) if done else _dispatch_page(form, lot)


def _dispatch_page(form: forms.Form, lot: Lot) -> Response:
    with database().reading() as session:
        others = stock_choices.other_organisations(session, current_actor().org_id)
        form.offer("to_organisation", [(code, names.text(current_language())) for code, names in others])
        form.offer("facility", stock_choices.places(session, current_actor().org_id))
    return page("shipping/dispatch.html", status=form.status, form=form, lot=lot)


# -- receive, take back -----------------------------------------------------------------------------------------


@blueprint.get("/receive")
@signed_in(Kind.RECEIVE)
def receive() -> AnyResponse:
    """What was sent, and what our scale says."""
    code = request.args.get("transfer", "")
    if not code.strip():
        return redirect(url_for("shipping.incoming"), 303)
    found = _consignment(code)
    if not found.to_receive:
        return redirect(url_for("shipping.consignment", code=found.code), 303)
    return _receive_page(forms.opened(_schema(ReceiveSchema), with_place({"transfer": found.code})), found)


@blueprint.post("/receive")
@signed_in(Kind.RECEIVE)
def save_receive() -> AnyResponse:
    """Take it in, whole or in part, refuse it, or only compare the weights."""
    found = _consignment(request.form.get("transfer", ""))
    typed, all_back = MultiDict(request.form), bool(request.form.get("refuse_all"))
    if all_back:
        typed["weighed_g"] = "0"
    form = forms.bind(_schema(ReceiveSchema), typed)
    if all_back and form.fact is not None:
        form.fact = replace(form.fact, weighed_g=0, count=0, refused_g=found.mass_g, refused_count=found.count)
    if request.form.get("check") and form.fact is not None:
        return _receive_page(form, found)
    done = forms.attempt(form, written(shipping.receive))
    return redirect(url_for("shipping.consignment", code=found.code), 303) if done else _receive_page(form, found)


def _receive_page(form: forms.Form, found: Consignment) -> Response:
    with database().reading() as session:
        form.offer("facility", stock_choices.places(session, current_actor().org_id))
        organisation = lookups.organisation_of(session, current_actor())
    difference = None
    if form.fact is not None and found.mass_g > form.fact.refused_g:
        difference = _difference(
            found.mass_g - form.fact.refused_g, form.fact.weighed_g, organisation.transfer_tolerance_permille
        )
    return page(
        "shipping/receive.html",
        status=form.status,
        form=form,
        consignment=found,
        difference=difference,
        tolerance_tenths=organisation.transfer_tolerance_permille,
    )


def _difference(sent_g: int, weighed_g: int, permille: int) -> Difference:
    """Green within the tolerance, amber up to three times as much, red beyond."""
    off, allowed = abs(weighed_g - sent_g), sent_g * permille // 1000
    return Difference(sent_g, weighed_g, "ok" if off <= allowed else "hold" if off <= 3 * allowed else "stop")


@blueprint.get("/take-back")
@signed_in(Kind.TAKE_BACK)
def take_back() -> AnyResponse:
    """What was refused or expired comes home."""
    code = request.args.get("transfer", "")
    if not code.strip():
        return redirect(url_for("shipping.incoming"), 303)
    found = _consignment(code)
    if not found.mine:
        return redirect(url_for("shipping.consignment", code=found.code), 303)
    form = forms.opened(_schema(TakeBackSchema), {"transfer": found.code})
    return page("shipping/take_back.html", form=form, consignment=found)


@blueprint.post("/take-back")
@signed_in(Kind.TAKE_BACK)
def save_take_back() -> AnyResponse:
    """Put it back into the lot it came from."""
    found = _consignment(request.form.get("transfer", ""))
    form = forms.bind(_schema(TakeBackSchema), request.form)
    done = forms.attempt(form, written(shipping.take_back))
    if done is None:
        return page("shipping/take_back.html", status=form.status, form=form, consignment=found)
    return redirect(url_for("shipping.consignment", code=found.code), 303)


# -- ship -------------------------------------------------------------------------------------------------------


@blueprint.get("/ship")
@signed_in(Kind.SHIP)
def ship() -> AnyResponse:
    """A released batch leaves to its buyer."""
    code = request.args.get("batch") or request.args.get("lot") or ""
    if not code.strip():
        return redirect(url_for("packing.batches"), 303)
    lot = _batch_lot(code)
    return _ship_page(forms.opened(_schema(ShipSchema), {"batch": lot.code}), lot)


@blueprint.post("/ship")
@signed_in(Kind.SHIP)
def save_ship() -> AnyResponse:
    """The grams leave the system."""
    lot = _batch_lot(request.form.get("batch", ""))
    form = forms.bind(_schema(ShipSchema), request.form)
    done = forms.attempt(form, written(shipping.ship))
    return redirect(url_for("packing.batch", code=lot.code), 303) if done else _ship_page(form, lot)


def _ship_page(form: forms.Form, lot: Lot) -> Response:
    with database().reading() as session:
        buyers = stock_choices.buyers(session, current_actor().org_id)
    form.offer("buyer", buyers)
    return page("shipping/ship.html", status=form.status, form=form, lot=lot, buyers=buyers)


def _batch_lot(code: str) -> Lot:
    with database().reading() as session:
        return lookups.batch_of(session, current_actor(), code)[1]


def _consignment(code: str) -> Consignment:
    """Raises NoSuchTransfer for everybody but sender and receiver."""
    with database().reading() as session:
        return transfers.consignment_of(session, current_actor().org_id, code)


def _schema(kind: type[Schema]) -> Schema:
    return kind(zone_minutes=current_actor().zone_minutes)  # type: ignore[call-arg]  # facts have zones
