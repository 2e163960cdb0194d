"""How an organisation buys, as people type it."""

from __future__ import annotations

from traceability.domain.settings import FIELDS, RegisterScale, RetireScale, SetFields, SetGrades, SetPrice
from traceability.schemas.facts import TimedSchema
from traceability.schemas.fields import Choice, Code, Day, Mass, Money, Several, Text
from traceability.words import N_


class ScaleSchema(TimedSchema):
    """A scale of a place."""

    makes = RegisterScale
    facility = Choice(N_("Place"), required=True)
    name = Text(N_("Name of the scale"), required=True, most=80)
    step_g = Mass(N_("One division"), required=True, hint=N_("The smallest step that the scale shows: 0.1 or 0.5."))


class RetireScaleSchema(TimedSchema):
    """The end of a scale."""

    makes = RetireScale
    scale = Code(N_("Scale"), required=True, most=8)


class PointFieldsSchema(TimedSchema):
    """What a clerk is asked at a place."""

    makes = SetFields
    facility = Choice(N_("Place"), required=True)
    shown = Several(Choice(N_("Asked at the weigh-in"), choices=tuple(FIELDS.items())), most=len(FIELDS))


class GradesSchema(TimedSchema):
    """The grades that a product is bought in."""

    makes = SetGrades
    commodity = Choice(N_("Product"), required=True)
    grades = Several(Text(N_("Grade"), most=40), most=12)


class PriceSchema(TimedSchema):
    """A price from a day on."""

    makes = SetPrice
    commodity = Choice(N_("Product"), required=True)
    form = Choice(N_("Form"), required=True)
    grade = Text(N_("Grade"), most=40, hint=N_("Leave this empty for every grade that has no price of its own."))
    from_on = Day(N_("From day"), required=True)
    price_per_kg = Money(N_("Price per kg"), hint=N_("Leave this empty when nothing is paid at the scale."))
