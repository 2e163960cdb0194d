"""What a request brings: strict JSON in the body, and the words of the address; all problems are our own refusals."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, Final, NoReturn, cast

import marshmallow
from flask import Request
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import UnsupportedMediaType

from traceability.errors import Invalid, InvalidInput, Refusal
from traceability.imports.strict_json import read_json
from traceability.schemas import Typed, problems_of
from traceability.web.rest.callers import caller

MOST_BYTES: Final = 1_000_000  # the limit for JSON of the threat model, T13


class NotReadable(Invalid):
    """The body is not JSON as it is read here: UTF-8, at most 32 levels deep, no NaN, no number beyond 64 bits.
    Correct it and send it again.
    """

    status = 400


class Bodies(FlaskParser):
    """Reads JSON without its traps, and fills in what a program may leave out."""

    def load_json(self, req: Request, schema: marshmallow.Schema) -> Any:
        """The value of the body. Raises NotReadable, or what answers 413 and 415."""
        if not req.is_json:
            raise UnsupportedMediaType()
        req.max_content_length = MOST_BYTES
        try:
            return read_json(req.get_data())
        except Refusal:
            raise NotReadable() from None

    def load_querystring(self, req: Request, schema: marshmallow.Schema) -> Any:
        """The words of the address are typed text: `limit=20` is a number."""
        return {name: Typed(value) for name, value in req.args.items() if name in schema.fields}

    def pre_load(
        self, location_data: Mapping[str, Any], *, schema: marshmallow.Schema, req: Request, location: str
    ) -> Mapping[str, Any]:
        """A write without a time happens now, where the caller's organisation is; without a client id the header's."""
        if location != "json" or not isinstance(location_data, dict):
            return location_data
        filled = dict(location_data)
        if "client_id" not in filled and "Idempotency-Key" in req.headers:
            filled["client_id"] = req.headers["Idempotency-Key"].strip('"')
        if filled.get("occurred_at") is None:
            filled["occurred_at"] = datetime.now(timezone(timedelta(minutes=caller().zone_minutes))).isoformat()
        return filled

    def handle_error(
        self,
        error: marshmallow.ValidationError,
        req: Request,
        schema: marshmallow.Schema,
        *,
        error_status_code: int | None,
        error_headers: Mapping[str, str] | None,
    ) -> NoReturn:
        """Raise InvalidInput with every problem at its field; webargs has put them under where they were found."""
        (found,) = cast("dict[str, Any]", error.messages).values()
        raise InvalidInput(problems_of(marshmallow.ValidationError(found)))
