"""Pouring into a tank, a silo or a drying bed, drawing off, and what the dipstick shows, as people type it."""

from __future__ import annotations

from traceability.domain.facts import DrawOff, LevelPool, PourIn
from traceability.schemas.facts import TimedSchema
from traceability.schemas.fields import Choice, Mass, Rows, Text
from traceability.schemas.processing import TakeSchema
from traceability.words import N_


class PourInSchema(TimedSchema):
    """Lots that go in."""

    makes = PourIn
    facility = Choice(N_("Place"), required=True)
    inputs = Rows(TakeSchema, least=1, most=200)


class DrawOffSchema(TimedSchema):
    """Weight that comes out."""

    makes = DrawOff
    facility = Choice(N_("Place"), required=True)
    mass_g = Mass(N_("Weight taken"), hint=N_("Leave this empty for all of it."))


class LevelPoolSchema(TimedSchema):
    """What is really there."""

    makes = LevelPool
    facility = Choice(N_("Place"), required=True)
    weighed_g = Mass(N_("What it really holds"), required=True, least=0)
    reason = Text(N_("Why the weights differ"), most=300)
