"""Bearer tokens for programs: made once, shown once, ended at any time. Only administrators make and end them."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from flask import Blueprint, Response, redirect, request, url_for
from marshmallow import post_load
from werkzeug.wrappers import Response as AnyResponse

from traceability.domain.roles import Actor, Role
from traceability.errors import Forbidden
from traceability.operations.account import make_token, revoke_token
from traceability.queries.registry_lists import tokens as token_rows
from traceability.schemas import Schema
from traceability.schemas.fields import Choice, Count, Text
from traceability.web import forms
from traceability.web.pages import database, page
from traceability.web.session import current_actor, signed_in
from traceability.words import N_

blueprint = Blueprint("administration", __name__)

SCOPES: Final = (("read", N_("Read")), ("read write", N_("Read and write")))
MAY_LOOK: Final = frozenset({Role.ADMINISTRATOR, Role.AUDITOR})


class Wanted(NamedTuple):
    """A token as it is asked for: what it is for, what it may, and for how many days."""

    name: str
    scopes: str
    days: int


class TokenSchema(Schema):
    """The form of a new token."""

    name = Text(N_("What is it for?"), required=True, most=120)
    scopes = Choice(N_("What it may do"), choices=SCOPES, required=True)
    days = Count(N_("Days it is valid"), least=1, most=730)

    @post_load
    def make(self, values: dict[str, Any], **_: Any) -> Any:
        """A year when no days are given."""
        return Wanted(values["name"], values["scopes"], values["days"] or 365)


@blueprint.get("/tokens")
@signed_in()
def tokens() -> Response:
    """The tokens of the organisation, and the form of a new one."""
    actor = current_actor()
    if not actor.roles & MAY_LOOK:
        raise Forbidden()
    return _tokens_page(actor, forms.opened(TokenSchema(), {"days": "365", "scopes": "read"}))


@blueprint.post("/tokens")
@signed_in()
def new_token() -> Response:
    """Make a token and show it, this once."""
    actor = _administrator()
    form = forms.bind(TokenSchema(), request.form)
    made = forms.attempt(
        form, lambda wanted: database().write(lambda s: make_token(s, actor, wanted.name, wanted.scopes, wanted.days))
    )
    if made is None:
        return _tokens_page(actor, form)
    return page("registry/token.html", token=made, name=form.fact.name)


@blueprint.post("/tokens/<int(max=2147483647):token>/end")  # no larger key fits a column
@signed_in()
def end_token(token: int) -> AnyResponse:
    """End a token at once."""
    actor = _administrator()
    database().write(lambda session: revoke_token(session, actor, token))
    return redirect(url_for("administration.tokens"), 303)


def _administrator() -> Actor:
    actor = current_actor()
    if Role.ADMINISTRATOR not in actor.roles:
        raise Forbidden()
    return actor


def _tokens_page(actor: Actor, form: forms.Form) -> Response:
    with database().reading() as session:
        rows = token_rows(session, actor)
    may_make = Role.ADMINISTRATOR in actor.roles
    return page("registry/tokens.html", status=form.status, form=form, rows=rows, may_make=may_make)
