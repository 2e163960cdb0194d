"""What search engines are told: everything that anybody may open may be read; pages of no use to them say so."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response

from traceability.web.batches import KEPT_SECONDS
from traceability.web.session import public

blueprint = Blueprint("robots", __name__)

_TEXT: Final = "User-agent: *\nAllow: /\n"


@blueprint.get("/robots.txt")
@public
def robots() -> Response:
    """The same words as files say, where nothing but files is."""
    answer = Response(_TEXT, mimetype="text/plain")
    answer.cache_control.max_age = KEPT_SECONDS
    return answer
