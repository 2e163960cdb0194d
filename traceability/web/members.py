"""One member: roles, the end of the access, a new password. The list of members is among the registers."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from traceability.domain.events import Kind
from traceability.operations import members
from traceability.schemas.members import MemberSchema, PasswordSchema
from traceability.web import forms
from traceability.web.pages import database, page
from traceability.web.session import current_actor, signed_in
from traceability.web.stock import written

blueprint = Blueprint("members", __name__)


@blueprint.get("/member")
@signed_in(Kind.CHANGE_MEMBER)
def member() -> Response:
    """Who it is and what they may do; `?login=` says whom."""
    actor = current_actor()
    with database().reading() as session:
        user, roles = members.member_of(session, actor, request.args.get("login", ""))
    start: dict[str, object] = {f"roles-{at}": role for at, role in enumerate(sorted(roles))}
    form = forms.opened(MemberSchema(), {**start, "login": user.login, "closed": "1" if user.closed_at else ""})
    return _member_page(form)


@blueprint.post("/member")
@signed_in(Kind.CHANGE_MEMBER)
def save_member() -> AnyResponse:
    """Keep other roles, or close the access."""
    form = forms.bind(MemberSchema(zone_minutes=current_actor().zone_minutes), request.form)
    done = forms.attempt(form, written(members.change_member))
    return _member_page(form) if done is None else redirect(url_for("registers.rows", name="users"), 303)


@blueprint.get("/member/password")
@signed_in(Kind.REPLACE_PASSWORD)
def password() -> Response:
    """A new password for whoever forgot it."""
    with database().reading() as session:
        user, _ = members.member_of(session, current_actor(), request.args.get("login", ""))
    return _password_page(forms.opened(PasswordSchema(), {"login": user.login}))


@blueprint.post("/member/password")
@signed_in(Kind.REPLACE_PASSWORD)
def save_password() -> AnyResponse:
    """Keep it; every session under the old one ends."""
    form = forms.bind(PasswordSchema(zone_minutes=current_actor().zone_minutes), request.form)
    done = forms.attempt(form, written(members.replace_password))
    return _password_page(form) if done is None else redirect(url_for("registers.rows", name="users"), 303)


def _member_page(form: forms.Form) -> Response:
    """Raises NoSuchUser for somebody of another organisation."""
    with database().reading() as session:
        user, _ = members.member_of(session, current_actor(), form.values.get("login", ""))
    return page("members/member.html", status=form.status, form=form, user=user)


def _password_page(form: forms.Form) -> Response:
    with database().reading() as session:
        user, _ = members.member_of(session, current_actor(), form.values.get("login", ""))
    return page("members/password.html", status=form.status, form=form, user=user)
