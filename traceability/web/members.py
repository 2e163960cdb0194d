"""One member: roles, a new password, the end of the access and its return. The list is among the registers."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from traceability.domain.events import Kind
from traceability.operations import members
from traceability.operations.ledger import Operation
from traceability.queries.device_lists import phones_of
from traceability.queries.members import closed_because
from traceability.schemas.members import CloseMemberSchema, MemberSchema, OpenMemberSchema, PasswordSchema
from traceability.web import forms
from traceability.web.pages import database, page
from traceability.web.session import current_actor, signed_in
from traceability.web.stock import written

blueprint = Blueprint("members", __name__)


@blueprint.get("/member")
@signed_in(Kind.CHANGE_MEMBER)
def member() -> Response:
    """Who it is and what they may do; `?login=` says whom."""
    with database().reading() as session:
        user, roles = members.member_of(session, current_actor(), request.args.get("login", ""))
    start: dict[str, object] = {f"roles-{at}": role for at, role in enumerate(sorted(roles))}
    return _page("member", forms.opened(MemberSchema(), {**start, "login": user.login}))


@blueprint.post("/member")
@signed_in(Kind.CHANGE_MEMBER)
def save_member() -> AnyResponse:
    """Keep other roles."""
    return _saved("member", MemberSchema, members.change_member)


@blueprint.get("/member/close")
@signed_in(Kind.CLOSE_MEMBER)
def close() -> Response:
    """What it means that somebody leaves, and what their phones still have, before it is done."""
    return _asked("close", CloseMemberSchema)


@blueprint.post("/member/close")
@signed_in(Kind.CLOSE_MEMBER)
def save_close() -> AnyResponse:
    """Let nobody in under this name any more."""
    return _saved("close", CloseMemberSchema, members.close_member)


@blueprint.get("/member/open")
@signed_in(Kind.OPEN_MEMBER)
def ask_open() -> Response:
    """What comes back with somebody who comes back, and what does not."""
    return _asked("open", OpenMemberSchema)


@blueprint.post("/member/open")
@signed_in(Kind.OPEN_MEMBER)
def save_open() -> AnyResponse:
    """Let them in again."""
    return _saved("open", OpenMemberSchema, members.open_member)


@blueprint.get("/member/password")
@signed_in(Kind.REPLACE_PASSWORD)
def password() -> Response:
    """A new password for whoever forgot it."""
    return _asked("password", PasswordSchema)


@blueprint.post("/member/password")
@signed_in(Kind.REPLACE_PASSWORD)
def save_password() -> AnyResponse:
    """Keep it; every session under the old one ends."""
    return _saved("password", PasswordSchema, members.replace_password)


def _asked(name: str, schema: type[Any]) -> Response:
    """An empty form about the person whom `?login=` says."""
    return _page(name, forms.opened(schema(), {"login": request.args.get("login", "")}))


def _saved(name: str, schema: type[Any], perform: Operation[Any]) -> AnyResponse:
    """Do what the form says; the list shows it."""
    form = forms.bind(schema(zone_minutes=current_actor().zone_minutes), request.form)
    done = forms.attempt(form, written(perform))
    return _page(name, form) if done is None else redirect(url_for("registers.rows", name="users"), 303)


def _page(name: str, form: forms.Form) -> Response:
    """Raises NoSuchUser for somebody of another organisation."""
    actor = current_actor()
    with database().reading() as session:
        user, _ = members.member_of(session, actor, form.values.get("login", ""))
        because = closed_because(session, actor, [user.id]).get(user.id, "")
        phones = phones_of(session, actor, user.id)
    return page(f"members/{name}.html", status=form.status, form=form, user=user, because=because, phones=phones)
