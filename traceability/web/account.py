"""Signing in and out. Guessing is slowed down by the operation, which counts over all processes."""

from __future__ import annotations

from flask import Blueprint, Response, g, redirect, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from traceability.domain.devices import browser_named
from traceability.domain.scans import connection_of
from traceability.operations import account
from traceability.schemas.account import SignIn, SignInSchema
from traceability.web import forms
from traceability.web.errors import refused, wants_json
from traceability.web.pages import database, page
from traceability.web.session import (
    SignInNeeded,
    actor_of_cookie,
    browser_key,
    close_session,
    cookie_name,
    open_session,
    public,
    safe_next,
    signed_in,
)

blueprint = Blueprint("account", __name__)

# What a person typed into a form while the session ran out is carried through the sign-in under these names.
KEPT_PREFIX = "kept."
KEPT_LIMIT = 500


@blueprint.get("/sign-in")
@public
def sign_in() -> AnyResponse:
    """The sign-in page; a signed-in person is sent on."""
    if actor_of_cookie() is not None:
        return redirect(safe_next(request.args.get("next")), 303)
    return _sign_in_page(forms.opened(SignInSchema()), safe_next(request.args.get("next")))


@blueprint.post("/sign-in")
@public
def open_sign_in() -> AnyResponse:
    """Check the password and open a session."""
    form = forms.bind(SignInSchema(), request.form)
    onward = safe_next(request.form.get("next"))
    kept = [(name, value) for name, value in request.form.items(multi=True) if name.startswith(KEPT_PREFIX)]
    opened = forms.attempt(form, _open)
    if opened is None:
        return _sign_in_page(form, onward, kept)
    g.staff_page = True
    if kept:
        return open_session(page("account/continue.html", onward=onward, kept=_without_prefix(kept)), opened)
    return open_session(redirect(onward, 303), opened)


@blueprint.post("/sign-out")
@signed_in()
def sign_out() -> AnyResponse:
    """End the session here and in the record of sessions."""
    token = request.cookies.get(cookie_name(), "")
    database().write(lambda session: account.sign_out(session, token))
    return close_session(redirect(url_for("account.sign_in"), 303))


@blueprint.app_errorhandler(SignInNeeded)
def sign_in_over_the_form(refusal: SignInNeeded) -> Response:
    """The session ran out under a filled form: sign in on top of it, and the form is still there."""
    if wants_json():
        return refused(refusal)
    form = forms.opened(SignInSchema())
    form.refuse(refusal)
    typed = list(request.form.items(multi=True))[:KEPT_LIMIT]
    return _sign_in_page(form, request.path, [(KEPT_PREFIX + name, value) for name, value in typed])


def _open(typed: SignIn) -> account.SignedIn:
    device = browser_named(browser_key(), request.user_agent.string)[:120]
    return account.sign_in(database(), typed.login, typed.password, device, connection_of(request.remote_addr or ""))


def _sign_in_page(form: forms.Form, onward: str, kept: list[tuple[str, str]] | None = None) -> Response:
    status = 401 if kept else form.status
    return page("account/sign_in.html", status=status, form=form, onward=onward, kept=kept or [])


def _without_prefix(kept: list[tuple[str, str]]) -> MultiDict[str, str]:
    return MultiDict((name.removeprefix(KEPT_PREFIX), value) for name, value in kept)
