"""Who calls the API: a bearer token with scopes, asked for before every view. A browser's cookie says nothing here."""

from __future__ import annotations

from typing import cast

from flask import Response, g, request

from traceability.domain.roles import Actor
from traceability.errors import Forbidden, Refusal
from traceability.operations import account, devices
from traceability.web.errors import refused
from traceability.web.pages import database
from traceability.web.security import SAFE_METHODS

UNSENT = "Unsent"  # the header in which a phone says how many entries it still has to send
# the token of a lost phone opens nothing else
FOR_PHONES = frozenset(
    {
        "api.weigh_in",
        "api.register_farmer",
        "api.form_lot",
        "api.dispatch",
        "api.receive",
        "api.snapshot",
        "api.snapshot_goods",
    }
)
CONTRACT = "api.contract"  # the one endpoint that is open: what the API is, is no secret


class TokenNeeded(Refusal):
    """Send a valid token in the header Authorization, after the word Bearer. Your administrator can make one."""

    status = 401


class ScopeMissing(Forbidden):
    """This token may not {scope}. Ask your administrator for a token with the scope {scope}."""


def let_in() -> Response | None:
    """Let the request through when its token has the scope: `read` for looking, `write` for everything else."""
    if request.endpoint == CONTRACT:
        return None
    scope = "read" if request.method in SAFE_METHODS else "write"
    token = _bearer_token()
    known = None
    if devices.TOKEN.fullmatch(token):
        known = _phone(token)
    elif token:
        with database().reading() as session:
            known = account.who_has(session, token)
    if known is None or not known[0].roles:
        return _turned_away(TokenNeeded(), 'error="invalid_token"' if token else "")
    g.caller, scopes = known
    if scope not in scopes or (g.caller.phone is not None and request.endpoint not in FOR_PHONES):
        return _turned_away(ScopeMissing(scope=scope), f'error="insufficient_scope", scope="{scope}"')
    return None


def _phone(token: str) -> tuple[Actor, frozenset[str]] | None:
    """Who sends from the phone with this token, noting that it is here and what it still has to send."""
    with database().reading() as session:
        actor = devices.who_sends(session, token)
        if actor is None or actor.phone is None:
            return None
        phone, unsent = actor.phone, request.headers.get(UNSENT, type=int) or 0
        note = devices.needs_note(session, phone, unsent)
    if note:
        database().write(lambda session: devices.note_seen(session, phone, unsent))
    return actor, frozenset({"read", "write"})


def caller() -> Actor:
    """The person and the organisation that the token was made for."""
    return cast(Actor, g.caller)


def _bearer_token() -> str:
    """The token as it stands; the header is read here because a library stumbles over odd bytes after `Basic`."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _turned_away(refusal: Refusal, why: str) -> Response:
    """The refusal with the challenge of RFC 6750."""
    answer = refused(refusal)
    answer.headers["WWW-Authenticate"] = ", ".join(part for part in ('Bearer realm="traceability"', why) if part)
    return answer
