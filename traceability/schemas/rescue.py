"""Entering the file of a phone: beside the file, whether somebody looked at what is unusual in it."""

from __future__ import annotations

from typing import NamedTuple

from traceability.schemas import Schema
from traceability.schemas.fields import Flag
from traceability.words import N_


class Looked(NamedTuple):
    """Whether what looks unusual is right."""

    all_right: bool


class RescueSchema(Schema):
    """One tick."""

    makes = Looked
    all_right = Flag(N_("I looked at what is unusual in it: it is right"))
