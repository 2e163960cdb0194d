"""Several steps of work in one form."""

from __future__ import annotations

from typing import Any

from marshmallow import post_load

from traceability.domain.chain import Chain
from traceability.schemas.facts import LotChoice, TimedSchema
from traceability.schemas.fields import Choice, Count, Mass, Rows, Text
from traceability.schemas.processing import LossSchema, OutputSchema
from traceability.words import N_


class ByProductSchema(OutputSchema):
    """What came out beside; nobody has to say again that it is a by-product."""

    @post_load
    def make(self, values: dict[str, Any], **more: Any) -> Any:
        """A by-product."""
        return super().make({**values, "by_product": True}, **more)


class ChainSchema(TimedSchema):
    """A lot, the way it goes, and what came out at the end of it."""

    makes = Chain
    facility = Choice(N_("Place"), required=True)
    lot = LotChoice(required=True)
    way = Choice(N_("What it became"), required=True, most=200)
    mass_g = Mass(N_("What came out at the end"), required=True)
    between_g = Mass(N_("Weight before the last step"), hint=N_("Leave this empty when nobody weighed it then."))
    packed = Count(N_("Boxes or bags"), hint=N_("Leave this empty when it is not packed yet."))
    grade = Text(N_("Grade"), most=40)
    by_products = Rows(ByProductSchema, most=20)
    losses = Rows(LossSchema, most=20)
    reason = Text(N_("Why the result is unusual"), most=300)

    @post_load
    def make(self, values: dict[str, Any], **more: Any) -> Any:
        """The way as the forms that follow each other."""
        way = values.pop("way")
        return super().make({**values, "forms": tuple(way.split("."))}, **more)
