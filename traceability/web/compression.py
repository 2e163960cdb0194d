"""Small answers for slow networks: text is compressed for browsers that take it."""

from __future__ import annotations

import gzip
from typing import Final

from flask import Flask, Response, request

_TEXT: Final = ("text/", "application/json", "application/problem+json", "image/svg+xml")
_LEAST: Final = 1_000  # below this the headers weigh more than what is saved
_MOST: Final = 1_000_000


def compress(response: Response) -> Response:
    """Compress a whole text answer. No page holds a secret beside what a stranger could make it repeat."""
    if not (response.mimetype or "").startswith(_TEXT):
        return response
    response.vary.add("Accept-Encoding")
    size = response.content_length or 0
    taken = request.accept_encodings.quality("gzip") > 0 and response.status_code == 200
    if taken and _LEAST <= size <= _MOST and "Content-Encoding" not in response.headers:
        response.direct_passthrough = False  # a static file is handed on unread otherwise
        # the time is left out: the same page must be the same bytes
        response.set_data(gzip.compress(response.get_data(), 6, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
        response.headers.pop("Accept-Ranges", None)
    return response


def install(app: Flask) -> None:
    """Compress what every view answers."""
    app.after_request(compress)
