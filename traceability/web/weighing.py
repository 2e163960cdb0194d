"""The weigh-in as a clerk types it: the tare of one bag instead of all, and the one quality box of the goods."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from marshmallow import ValidationError, post_load

from traceability.commodities import IntakeField
from traceability.domain.facts import Measured
from traceability.errors import Sentence
from traceability.schemas.collection import WeighInSchema
from traceability.schemas.entry import WeighedSchema
from traceability.schemas.fields import Choice, Exact, Mass
from traceability.web.language import current_language
from traceability.words import N_

OUT_OF_RANGE: Final = N_("This must be between {least} and {most}.")


class WeighingSchema(WeighedSchema, WeighInSchema):
    """The weigh-in as the clerk types it: the tare of one bag, and the one quality box of these goods."""

    tare_each_g = Mass(N_("Tare of each bag"), least=0, default=0)
    quality = Exact(N_("Quality"))
    quality_choice = Choice(N_("Quality"))

    def __init__(self, *, intake: IntakeField | None, zone_minutes: int | None = None, **more: Any) -> None:
        """`intake` is the quality box that the form of the goods asks for, or None."""
        super().__init__(zone_minutes=zone_minutes, **more)
        self.intake = intake
        if intake is not None:
            for name in ("quality", "quality_choice"):
                described: Any = self.fields[name]
                described.label, described.unit = intake.names.text(current_language()), intake.unit
            choices: Any = self.fields["quality_choice"]
            choices.choices = tuple((choice.key, choice.names.text(current_language())) for choice in intake.choices)

    @property
    def quality_box(self) -> str:
        """The name of the input for the quality, or nothing."""
        if self.intake is None:
            return ""
        return "quality_choice" if self.intake.kind == "choice" else "quality"

    @post_load
    def make(self, values: dict[str, Any], **more: Any) -> Any:
        """The tare of all bags together, and what was measured."""
        each, quality, chosen = (values.pop(name) for name in ("tare_each_g", "quality", "quality_choice"))
        if each:
            values["tare_g"] = each * len(values["bags_g"])
        if self.intake is not None and (quality or chosen):
            if quality:
                self._check_range(self.intake, quality)
            measured = Measured(property=self.intake.key, value=quality or chosen, unit=self.intake.unit)
            values["measured"] = (measured,)
        return super().make(values, **more)

    def _check_range(self, intake: IntakeField, quality: str) -> None:
        low, high = intake.low, intake.high
        if low is not None and high is not None and not low <= Decimal(quality) <= high:
            problem = Sentence(OUT_OF_RANGE, {"least": low, "most": high})
            raise ValidationError({"quality": [problem]})
