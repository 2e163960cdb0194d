"""Seasons, as people type them."""

from __future__ import annotations

from traceability.domain.seasons import SetSeason
from traceability.schemas.facts import TimedSchema
from traceability.schemas.fields import Choice, Day, Flag, Text
from traceability.words import N_


class SeasonSchema(TimedSchema):
    """A season of a product."""

    makes = SetSeason
    commodity = Choice(N_("Product"), required=True)
    name = Text(N_("Name of the season"), required=True, most=40, hint=N_("The same name again gives it other days."))
    from_on = Day(N_("First day"), required=True)
    to_on = Day(N_("Last day"), required=True)
    withdrawn = Flag(N_("It counts no longer"))
