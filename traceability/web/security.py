"""The headers every answer carries, and the refusal of unsafe requests that another site sent.

There are no form tokens, because a token goes stale in an offline queue: the session cookie is SameSite=Lax, and
an unsafe request must say by `Sec-Fetch-Site`, or else by `Origin`, that it comes from our own pages. A request
with neither header does not come from a browser that another site could steer.
"""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

from flask import Flask, Response, request
from werkzeug.exceptions import BadRequest
from werkzeug.routing import RequestRedirect

from traceability.errors import Forbidden
from traceability.web.pages import config

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
# what others gave us runs nothing and shows nothing, wherever it is opened
POLICY_OF_PAPERS = "default-src 'none'; sandbox"

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(self), microphone=()",
}


class FromAnotherSite(Forbidden):
    """This was sent from another website, so it was not accepted. Open the form here and send it again."""


def refuse_other_sites() -> None:
    """Raise `FromAnotherSite` for an unsafe request that did not start on our own pages."""
    if request.method in SAFE_METHODS:
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        if site not in ("same-origin", "none"):
            raise FromAnotherSite()
        return
    origin = request.headers.get("Origin")
    if origin is not None and _host_of(origin) not in (request.host, _host_of(config().public_url)):
        raise FromAnotherSite()


def take_only_whole_bodies() -> None:
    """Raise BadRequest for a body without a length; one that breaks off before its length is refused when it is read.

    Some servers hand over what had come of a body when the connection broke, and say that it ended there: the weight
    in a form would lose its last digits. So the length that the sender gave counts, and not what the server says.
    """
    request.environ.pop("wsgi.input_terminated", None)
    if "Transfer-Encoding" in request.headers and request.content_length is None:
        raise BadRequest()


def _host_of(address: str) -> str:
    """Host and port of a web address; nothing for what is none, such as the `null` of a page in a frame."""
    try:
        return urlsplit(address).netloc
    except ValueError:  # an unfinished [IPv6 address
        return ""


def add_headers(response: Response) -> Response:
    """The security headers; a hashed static file may be kept for a year, a page of staff not at all."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if config().secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if isinstance(request.routing_exception, RequestRedirect):  # it names whatever host the caller named
        right = urlsplit(request.routing_exception.new_url)
        response.location = urlunsplit(("", "", right.path, right.query, ""))
    if request.endpoint == "static" and response.status_code < 400:  # one that is missing may come with an update
        kept = "public, max-age=31536000, immutable" if "v" in request.args else "public, max-age=300"
        response.headers["Cache-Control"] = kept
    else:
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def install(app: Flask) -> None:
    """Put the checks before every request and the headers on every answer."""
    app.before_request(take_only_whole_bodies)
    app.before_request(refuse_other_sites)
    app.after_request(add_headers)
