"""Processing, splitting, merging, re-bagging and destroying, as people type them."""

from __future__ import annotations

from traceability.domain.facts import Dispose, Loss, Merge, Output, Process, Rebag, Split, Take
from traceability.schemas import Schema
from traceability.schemas.facts import LotChoice, MeasuredSchema, TimedSchema
from traceability.schemas.fields import Choice, Count, Flag, Mass, Rows, Text
from traceability.words import N_


class TakeSchema(Schema):
    """A lot that goes in, whole or in part."""

    makes = Take
    lot = LotChoice(required=True)
    mass_g = Mass(N_("Weight taken"), hint=N_("Leave this empty for all of it."))
    count = Count(N_("Units taken"))


class OutputSchema(Schema):
    """A lot that comes out."""

    makes = Output
    form = Choice(N_("What came out"), required=True)
    mass_g = Mass(N_("Weight"), required=True)
    grade = Text(N_("Grade"), most=40)
    variety = Text(N_("Variety"), most=80)
    unit = Choice(N_("Unit"), most=16)
    count = Count(N_("Number of units"))
    by_product = Flag(N_("By-product"))


class LossSchema(Schema):
    """Weight that left by a named way."""

    makes = Loss
    name = Choice(N_("Loss"), required=True)
    mass_g = Mass(N_("Weight"), required=True)


class ProcessSchema(TimedSchema):
    """Lots in, lots out, losses by name."""

    makes = Process
    facility = Choice(N_("Place"), required=True)
    inputs = Rows(TakeSchema, least=1, most=200)
    outputs = Rows(OutputSchema, least=1, most=50)
    losses = Rows(LossSchema, most=20)
    method = Text(N_("Method"), most=80)
    measured = Rows(MeasuredSchema, most=20)
    reason = Text(N_("Why the result is unusual"), most=300)


class PartSchema(OutputSchema):
    """One part of a split; the form stays what it was."""

    form = Choice(N_("What came out"))


class SplitSchema(TimedSchema):
    """One lot into parts; what is not given out stays in it."""

    makes = Split
    facility = Choice(N_("Place"), required=True)
    lot = LotChoice(required=True)
    parts = Rows(PartSchema, least=1, most=100)


class MergeSchema(TimedSchema):
    """Lots of the same goods into one."""

    makes = Merge
    facility = Choice(N_("Place"), required=True)
    inputs = Rows(TakeSchema, least=1, most=200)
    weighed_g = Mass(N_("Weighed together"), hint=N_("Leave this empty when it was not weighed again."))
    grade = Text(N_("Grade"), most=40)
    reason = Text(N_("Why the weights differ"), most=300)


class RebagSchema(TimedSchema):
    """The same goods in other bags."""

    makes = Rebag
    facility = Choice(N_("Place"), required=True)
    lot = LotChoice(required=True)
    unit = Choice(N_("Unit"), most=16, required=True)
    count = Count(N_("Number of units"), required=True, least=1)
    weighed_g = Mass(N_("Weighed again"), hint=N_("Leave this empty when it was not weighed again."))
    reason = Text(N_("Why the weights differ"), most=300)


class DisposeSchema(TimedSchema):
    """Weight of a lot that is destroyed."""

    makes = Dispose
    lot = LotChoice(required=True)
    mass_g = Mass(N_("Weight"), hint=N_("Leave this empty for all of it."))
    reason = Text(N_("Reason"), required=True, most=300)
