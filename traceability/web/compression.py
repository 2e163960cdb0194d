"""Small answers for slow networks: text is compressed for browsers that take it."""

from __future__ import annotations

import gzip
from typing import Final

from flask import Flask, Response, request

_TEXT: Final = (
    "text/",
    "application/json",
    "application/linkset+json",
    "application/problem+json",
    "image/svg+xml",
)
_LEAST: Final = 1_000  # below this the headers weigh more than what is saved
_MOST: Final = 1_000_000


def compress(response: Response) -> Response:
    """Compress a whole text answer. No page holds a secret beside what a stranger could make it repeat."""
    if not is_text(response.mimetype):
        return response
    response.vary.add("Accept-Encoding")
    size = response.content_length or 0
    taken = request.accept_encodings.quality("gzip") > 0 and response.status_code == 200
    if taken and is_worth_it(response.mimetype, size) and "Content-Encoding" not in response.headers:
        response.direct_passthrough = False  # a static file is handed on unread otherwise
        response.set_data(compressed(response.get_data()))
        response.headers["Content-Encoding"] = "gzip"
        response.headers.pop("Accept-Ranges", None)
    return response


def is_text(mimetype: str | None) -> bool:
    """Whether an answer is of a kind that shrinks."""
    return (mimetype or "").startswith(_TEXT)


def is_worth_it(mimetype: str | None, size: int) -> bool:
    """Whether an answer of so many bytes is compressed for those who take it."""
    return is_text(mimetype) and _LEAST <= size <= _MOST


def compressed(content: bytes) -> bytes:
    """As small as it gets, for half a millisecond more. The time is left out: the same page must be the same bytes."""
    return gzip.compress(content, 9, mtime=0)


def install(app: Flask) -> None:
    """Compress what every view answers."""
    app.after_request(compress)
