"""Phones that weigh in without a signal: the list, enrolling the phone in one's hand, and revoking one that is lost."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from traceability.domain.events import Kind
from traceability.domain.scans import connection_of
from traceability.errors import InvalidInput
from traceability.operations import account, devices
from traceability.queries import device_lists
from traceability.schemas.devices import EnrolDeviceSchema, RevokeDeviceSchema
from traceability.web import forms
from traceability.web.errors import refused
from traceability.web.pages import database, page
from traceability.web.session import current_actor, signed_in

blueprint = Blueprint("devices", __name__)


@blueprint.get("/devices")
@signed_in()
def all_devices() -> Response:
    """Every phone: whose it is, when it was last heard of, and what it still had to send."""
    with database().reading() as session:
        return page("devices/devices.html", rows=device_lists.devices(session, current_actor()))


@blueprint.post("/devices.json")
@signed_in(Kind.ENROL_DEVICE)
def enrol() -> Response:
    """Enrol the phone that asks. Said again under the same client id, it answers the same."""
    actor = current_actor()
    form = forms.bind(EnrolDeviceSchema(zone_minutes=actor.zone_minutes), request.form)
    if form.fact is None:
        return refused(InvalidInput(form.problems))
    done = database().write(lambda session: devices.enrol_device(session, actor, form.fact))
    return jsonify(_phone(done["device"], done["letter"], done["name"]))


@blueprint.post("/devices/<code>/renew.json")
@signed_in(Kind.ENROL_DEVICE)
def renew(code: str) -> Response:
    """Let a phone in again that was not heard of for long."""
    actor, token = current_actor(), request.form.get("token", "")

    def renewed(session: Any) -> dict[str, str]:
        device = devices.renew_device(session, actor, code, token)
        return _phone(device.code, device.letter, device.name)

    return jsonify(database().write(renewed))


@blueprint.post("/devices/<code>/spare-key.json")
@signed_in(Kind.ENROL_DEVICE)
def keep_spare_key(code: str) -> Response:
    """Hold a key for a phone that was locked by a PIN just now."""
    actor, key = current_actor(), request.form.get("key", "")
    kept = database().write(lambda session: devices.keep_spare_key(session, actor, code, key).code)
    return jsonify(device=kept)


@blueprint.post("/devices/<code>/spare-key/give.json")
@signed_in(Kind.ENROL_DEVICE)
def give_spare_key(code: str) -> Response:
    """Give it back for a forgotten PIN: whoever is signed in on the phone may be whoever found it, so they say the
    password once more."""
    actor = current_actor()
    with database().reading() as session:
        key, login = devices.spare_key(session, actor, code), account.login_of(session, actor)
    password, connection = request.form.get("password", ""), connection_of(request.remote_addr or "")
    account.check_password(database(), login, password, connection)
    return jsonify(device=code, key=key)


@blueprint.get("/devices/<code>/revoke")
@signed_in(Kind.REVOKE_DEVICE)
def ask_revoke(code: str) -> Response:
    """What it means, before it is done: it cannot be taken back."""
    with database().reading() as session:
        row = device_lists.device(session, current_actor(), code)
    return page("devices/revoke.html", row=row, form=forms.opened(RevokeDeviceSchema(), {"device": row.code}))


@blueprint.post("/devices/<code>/revoke")
@signed_in(Kind.REVOKE_DEVICE)
def revoke(code: str) -> AnyResponse:
    """Take nothing of this phone any more."""
    actor = current_actor()
    form = forms.bind(RevokeDeviceSchema(zone_minutes=actor.zone_minutes), request.form)
    done = forms.attempt(form, lambda fact: database().write(lambda s: devices.revoke_device(s, actor, fact)))
    if done is None:
        with database().reading() as session:
            row = device_lists.device(session, actor, code)
        return page("devices/revoke.html", status=form.status, row=row, form=form)
    return redirect(url_for("devices.all_devices"), 303)


def _phone(code: str, letter: str, name: str) -> dict[str, str]:
    return {"device": code, "letter": letter, "name": name}
