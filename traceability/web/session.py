"""Who is asking: server-side sign-in sessions carried by one cookie, and the rule that a view says who may open it.

A view is marked `@public` or `@signed_in(permission)`; the gate refuses every view that is not marked, so a
forgotten decorator closes a page instead of opening it.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from typing import Any, Final, NamedTuple, TypeVar, cast
from urllib.parse import urlsplit

from flask import Blueprint, Flask, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from traceability.domain.events import Kind
from traceability.domain.roles import Actor
from traceability.errors import Forbidden, Refusal
from traceability.operations import account
from traceability.web.pages import config, database
from traceability.web.security import SAFE_METHODS

_KEY: Final = re.compile("[A-Za-z0-9_-]{16}")
_KEY_LASTS: Final = 2 * 365 * 24 * 3600  # seconds
View = TypeVar("View", bound=Callable[..., Any])


class Access(NamedTuple):
    """Who may open a view: everybody, or a signed-in person, who may need one permission."""

    everybody: bool
    permission: Kind | None = None


class SignInNeeded(Refusal):
    """Sign in to continue. What you typed is still here."""

    status = 401


def public(view: View) -> View:
    """Mark a view as open to everybody. It sets no cookie and knows no actor."""
    cast(Any, view).access = Access(everybody=True)
    return view


def signed_in(permission: Kind | None = None) -> Callable[[View], View]:
    """Mark a view as open to signed-in people, or to those whose role allows `permission`."""

    def mark(view: View) -> View:
        cast(Any, view).access = Access(everybody=False, permission=permission)
        return view

    return mark


def guards_itself(blueprint: Blueprint) -> None:
    """Mark a whole blueprint that checks its callers itself (the API does, by bearer token)."""
    cast(Any, blueprint).access = Access(everybody=True)


def access_of(app: Flask, endpoint: str, blueprint: str | None) -> Access | None:
    """What the view behind `endpoint`, or else its blueprint, says about who may open it."""
    view = app.view_functions[endpoint]
    found = getattr(view, "access", None) or getattr(getattr(view, "view_class", None), "access", None)
    if found is None and blueprint is not None:
        found = getattr(app.blueprints[blueprint], "access", None)
    return cast("Access | None", found)


def gate() -> AnyResponse | None:
    """Let the request through, send the person to sign in, or refuse. Runs before every view."""
    if request.endpoint is None or request.endpoint == "static":
        return None
    access = access_of(current_app, request.endpoint, request.blueprint)
    if access is None:
        raise Forbidden()
    if access.everybody:
        return None
    g.staff_page = True
    actor = actor_of_cookie()
    if actor is None:
        if request.method in SAFE_METHODS:
            return redirect(url_for("account.sign_in", next=request.full_path.rstrip("?")), 303)
        raise SignInNeeded()
    if access.permission is not None and not actor.may(access.permission):
        raise Forbidden()
    return None


def actor_of_cookie() -> Actor | None:
    """The signed-in person, asked of the database once a request; None for everybody else."""
    if "actor" not in g:
        token = request.cookies.get(cookie_name())
        g.actor = None
        if token:
            with database().reading() as session:
                g.actor = account.who_is(session, token)
                stale = g.actor is not None and account.needs_touch(session, token)
            if stale:
                database().write(lambda session: account.touch(session, token))
    return cast("Actor | None", g.actor)


def current_actor() -> Actor:
    """The signed-in person; raises `SignInNeeded` on a page that everybody may open."""
    actor = actor_of_cookie()
    if actor is None:
        raise SignInNeeded()
    return actor


def cookie_name() -> str:
    """Bound to the host and to https where there is https; plain otherwise, or the browser would drop it."""
    return "__Host-session" if config().secure else "session"


def browser_key() -> str:
    """What tells this browser from others, whoever signs in on it: kept from sign-in to sign-in, made at the first."""
    if "browser_key" not in g:
        known = request.cookies.get(_browser_cookie(), "")
        g.browser_key = known if _KEY.fullmatch(known) else secrets.token_urlsafe(12)
    return str(g.browser_key)


def _browser_cookie() -> str:
    return "__Host-browser" if config().secure else "browser"


def open_session(response: AnyResponse, opened: account.SignedIn) -> AnyResponse:
    """Give the browser its session."""
    response.set_cookie(
        cookie_name(),
        opened.token,
        expires=opened.expires_at,
        httponly=True,
        secure=config().secure,
        samesite="Lax",
        path="/",
    )
    response.set_cookie(
        _browser_cookie(),
        browser_key(),
        max_age=_KEY_LASTS,
        httponly=True,
        secure=config().secure,
        samesite="Lax",
        path="/",
    )
    return response


def close_session(response: AnyResponse) -> AnyResponse:
    """Take the session from the browser."""
    response.delete_cookie(cookie_name(), path="/", secure=config().secure, httponly=True, samesite="Lax")
    return response


def safe_next(address: str | None) -> str:
    """`address` when it is a path on this site, else the home page: a sign-in must not lead elsewhere."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\")):
        return "/"
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or any(ord(mark) < 32 or mark == "\\" for mark in address):
        return "/"
    return address


def install(app: Flask) -> None:
    """Put the gate before every view."""
    app.before_request(gate)
