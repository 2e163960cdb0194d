"""Who calls the API: a bearer token with scopes, asked for before every view. A browser's cookie says nothing here."""

from __future__ import annotations

from typing import cast

from flask import Response, g, request

from traceability.domain.roles import Actor
from traceability.errors import Forbidden, Refusal
from traceability.operations import account
from traceability.web.errors import refused
from traceability.web.pages import database
from traceability.web.security import SAFE_METHODS

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
    if token:
        with database().reading() as session:
            known = account.who_has(session, token)
    if known is None or not known[0].roles:
        return _turned_away(TokenNeeded(), 'error="invalid_token"' if token else "")
    g.caller, scopes = known
    if scope not in scopes:
        return _turned_away(ScopeMissing(scope=scope), f'error="insufficient_scope", scope="{scope}"')
    return None


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
