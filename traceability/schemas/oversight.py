"""What somebody who oversees asks for: some days, one product, one province."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from traceability.schemas import Schema
from traceability.schemas.fields import Day, Text
from traceability.words import N_


class OversightAsked(NamedTuple):
    """The filter of a table; an empty end is the usual one."""

    since: date | None
    until: date | None
    product: str
    province: str
    organisation: str = ""


class OversightAskedSchema(Schema):
    """A filter as an address carries it."""

    makes = OversightAsked
    since = Day(N_("From"))
    until = Day(N_("Until"))
    product = Text(N_("Product"), most=60)
    province = Text(N_("Province"), most=120)
    organisation = Text(N_("Organisation"), most=8)
