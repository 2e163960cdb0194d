"""What the API answers beside single records: what was done, lists, traces and problems.

Masses are whole grams, areas whole square metres, times UTC; codes are public codes, and empty text means "none".
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from marshmallow import EXCLUDE, fields

from traceability.schemas import Schema
from traceability.schemas.fields import Count, Text
from traceability.words import N_


class Answer(Schema):
    """The base of what is sent: every key is always there, and later versions may add some."""

    class Meta:
        """More keys may come."""

        unknown = EXCLUDE

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Publish every key as required."""
        field_obj.required = True


class Asked(NamedTuple):
    """Which part of a list is asked for."""

    after: str
    limit: int


class AskedSchema(Schema):
    """The address of a list may name where to go on, and how many rows to send."""

    makes = Asked
    after = Text(N_("Go on after"), most=200, hint=N_("The `next` of the answer before. Leave it out to begin."))
    limit = Count(N_("How many at most"), least=1, most=200, default=50)


def grams(*, none: bool = False) -> fields.Integer:
    """A mass in whole grams; `none` allows null."""
    return fields.Integer(allow_none=none, metadata={"description": "Whole grams."})


class DoneAnswer(Answer):
    """What a write answers, the first time and at every replay: its event, and the codes and numbers it made."""

    kind = fields.String()
    event = fields.String()
    client_id = fields.String()
    recorded_at = fields.AwareDateTime(format="iso")
    replayed = fields.Boolean()
    answer = fields.Dict(keys=fields.String())

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """Its own event, not the one that the answer inside it may name: marshmallow would ask for `obj["event"]`."""
        return getattr(obj, attr, default)


class PageAnswer(Answer):
    """What a page of the paper book answers: the weigh-in of every line, in the order of the lines."""

    items = fields.List(fields.Nested(DoneAnswer))
    replayed = fields.Boolean()


class ProblemAnswer(Schema):
    """Why something was not done (RFC 9457). `name` and `type` are stable; the sentences are for people."""

    class Meta:
        """More keys may come."""

        unknown = EXCLUDE

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    name = fields.String(required=True)
    at = fields.String(metadata={"description": "The field that it is about."})
    errors = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.String()),
        metadata={"description": "The sentences for every field; `outputs-0-mass_g` is in the first row of `outputs`."},
    )
    warnings = fields.List(
        fields.String(), metadata={"description": "What looks unusual: send it again with `confirmed` if it is right."}
    )


class OriginPlaceAnswer(Answer):
    """Where something is, as far as the asker may know it."""

    country = fields.String()
    province = fields.String()
    district = fields.String()
    village = fields.String()


class FarmShareAnswer(Answer):
    """One farm's exact part of a lot. A farm of another organisation is shown without name, number and plots."""

    label = fields.String()
    code = fields.String()
    number = fields.String()
    name = fields.String()
    place = fields.Nested(OriginPlaceAnswer)
    organisation = fields.String()
    plots = fields.List(fields.String())
    deliveries = fields.Integer()
    mass_g = grams()
    tenths = fields.Integer(metadata={"description": "Tenths of a percent; over all farms they sum to 1000."})


class TraceBackAnswer(Answer):
    """What a lot is made of: grams per farm, which sum to the lot exactly."""

    lot = fields.String()
    number = fields.String()
    mass_g = grams()
    lots = fields.Integer()
    deliveries = fields.Integer()
    farms = fields.List(fields.Nested(FarmShareAnswer))
    method = fields.String(metadata={"description": "The method that counted the grams."})
    frozen_version = fields.Integer(
        allow_none=True,
        metadata={"description": "The version of the batch that this answer was kept with; null when traced now."},
    )


class ReachedLotAnswer(Answer):
    """A lot that holds traced goods. Of another organisation's lot the stock, the place and the buyers stay hidden."""

    code = fields.String()
    number = fields.String()
    kind = fields.String()
    commodity = fields.String()
    form = fields.String()
    made_on = fields.Date()
    organisation = fields.String()
    organisation_name = fields.String()
    facility = fields.String()
    source = fields.Boolean()
    batch = fields.Boolean()
    released = fields.Boolean()
    made_g = grams()
    affected_g = grams()
    stock_g = grams(none=True)
    affected_stock_g = grams(none=True)
    on_the_road_g = grams(none=True)
    affected_on_the_road_g = grams(none=True)
    shipped_g = grams(none=True)
    affected_shipped_g = grams(none=True)
    buyers = fields.List(fields.String())


class TraceForwardAnswer(Answer):
    """Every lot that the lot went into, itself first; grams are rounded up, because a recall must not miss one."""

    rows = fields.List(fields.Nested(ReachedLotAnswer))


@cache
def list_of(answer: type[Answer]) -> type[Answer]:
    """The answer of a list: some rows, and the cursor to go on with, null at the end."""
    return type(
        f"{answer.__name__.removesuffix('Answer')}ListAnswer",
        (Answer,),
        {
            "__doc__": (answer.__doc__ or "") + " Some of them, in the order of making.",
            "items": fields.List(fields.Nested(answer)),
            "next": fields.String(allow_none=True, metadata={"description": "Send it as `after` to go on."}),
        },
    )
