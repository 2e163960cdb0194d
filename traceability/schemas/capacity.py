"""The capacity of a place as people type it."""

from __future__ import annotations

from traceability.domain.capacity import SetCapacity
from traceability.schemas.facts import TimedSchema
from traceability.schemas.fields import Choice, Mass
from traceability.words import N_


class CapacitySchema(TimedSchema):
    """What a place can pack or process in a day."""

    makes = SetCapacity
    facility = Choice(N_("Place"), required=True)
    capacity_g = Mass(N_("Most in one day"), default=None, hint=N_("Leave this empty when it is not known."))
