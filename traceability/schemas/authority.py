"""Who may read our record, and the random sample of an authority, as people type them."""

from __future__ import annotations

from traceability.domain.authority import EndReading, GrantReading, SetSample
from traceability.schemas.facts import TimedSchema
from traceability.schemas.fields import Choice, Code, Count
from traceability.words import N_


class GrantReadingSchema(TimedSchema):
    """An authority that may read."""

    makes = GrantReading
    authority = Choice(N_("Authority"), required=True)


class EndReadingSchema(TimedSchema):
    """One that may no longer."""

    makes = EndReading
    authority = Code(N_("Authority"), required=True, most=8)


class SampleSchema(TimedSchema):
    """The share of batches that is looked at."""

    makes = SetSample
    percent = Count(N_("Of a hundred batches"), required=True, least=0, most=100)
