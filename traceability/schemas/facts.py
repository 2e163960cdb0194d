"""What the schemas of all areas share: facts with their time, places as written, measured properties."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from marshmallow import ValidationError, post_load, validates_schema

from traceability.domain import quantity
from traceability.domain.facts import Measured, Where
from traceability.domain.measured import as_kept
from traceability.errors import Refusal, Sentence
from traceability.schemas import Question, Schema
from traceability.schemas.fields import Choice, Code, FactSchema, Text
from traceability.words import N_

COUNTRIES: Final = (
    ("LA", N_("Lao PDR")),
    ("VN", N_("Viet Nam")),
    ("CN", N_("China")),
    ("JP", N_("Japan")),
    ("AE", N_("United Arab Emirates")),
    ("DE", N_("Germany")),
    ("FR", N_("France")),
    ("IT", N_("Italy")),
    ("NL", N_("Netherlands")),
    ("BE", N_("Belgium")),
    ("ES", N_("Spain")),
    ("TH", N_("Thailand")),
    ("KH", N_("Cambodia")),
    ("KR", N_("Korea")),
    ("US", N_("United States")),
)
_PLACE: Final = ("country", "province", "district", "village")


class TimedSchema(FactSchema):
    """A schema that makes a fact: the time gets its zone, and place fields become one `Where`."""

    placed: ClassVar[bool] = False

    @post_load
    def make(self, values: dict[str, Any], **_: Any) -> Any:
        """The fact, from values that are all right."""
        timed = self.timed(values)
        if self.placed:
            timed["where"] = Where(**{part: timed.pop(part) for part in _PLACE})
        return self.makes(**timed)


class PlacedSchema(TimedSchema):
    """A fact with a place as written: country, then province, district and village; only the country is needed."""

    placed = True
    country = Choice(N_("Country"), choices=COUNTRIES, required=True)
    province = Text(N_("Province"), most=120)
    district = Text(N_("District"), most=120, hint=N_("Leave this empty in Viet Nam: districts ended in July 2025."))
    village = Text(N_("Village"), most=120)


class MeasuredSchema(Schema):
    """One measured property of a lot."""

    makes = Measured
    property = Text(N_("What was measured"), required=True, most=60)
    value = Text(N_("Result"), required=True, most=80)
    unit = Text(N_("Unit"), most=16)
    method = Text(N_("Method"), most=120)
    laboratory = Text(N_("Laboratory"), most=200)
    sample = Text(N_("Sample number"), most=60)
    passed = Choice(N_("Verdict"), choices=(("yes", N_("Passed")), ("no", N_("Failed"))))

    @validates_schema(skip_on_field_errors=True)
    def possible(self, values: dict[str, Any], **_: Any) -> None:
        """A number that can be right, in the unit of what was measured; one that can mean two is asked about."""
        try:
            as_kept(values["property"], values["value"], values["unit"])
        except quantity.AmbiguousNumber as doubt:
            choices = tuple((choice.text, Sentence("{text}", {"text": choice.text})) for choice in doubt.choices)
            asked = Question(doubt.sentence.text, doubt.sentence.values, choices)
            raise ValidationError({"value": [asked]}) from None
        except Refusal as refusal:
            raise ValidationError({refusal.at or "value": [refusal.sentence]}) from None

    @post_load
    def make(self, values: dict[str, Any], **_: Any) -> Any:
        """`passed` is yes, no, or not judged."""
        verdict: Mapping[str, bool | None] = {"yes": True, "no": False, "": None}
        value, unit = as_kept(values["property"], values["value"], values["unit"])
        return Measured(**{**values, "value": value, "unit": unit, "passed": verdict[values["passed"]]})


class LotChoice(Code):
    """A lot by its public code or number, as a person types or scans it."""

    def __init__(self, label: str = N_("Lot"), **more: Any) -> None:
        super().__init__(label, most=40, **more)
