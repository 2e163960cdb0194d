"""Weights as they are typed at a point: in the unit that a clerk chose for the session. What is stored are grams."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from marshmallow import fields, post_load, pre_load

from traceability.domain.quantity import ENTRY_UNITS, KILOGRAM, MassUnit
from traceability.schemas import Schema
from traceability.schemas.fields import Choice, Mass
from traceability.words import N_


def unit_called(key: object) -> MassUnit:
    """The unit of a key; kilograms for what is none."""
    return ENTRY_UNITS.get(str(key), KILOGRAM)


def weighed_in(schema: Schema, unit: MassUnit) -> None:
    """Let every weight of a schema be read and shown in `unit`, also those of its lists and rows."""
    for described in schema.fields.values():
        one: Any = described
        if isinstance(one, fields.Nested):
            weighed_in(cast(Schema, one.schema), unit)
            continue
        one = getattr(one, "inner", one)
        if isinstance(getattr(one, "entry", None), MassUnit):
            one.entry = unit
            one.unit = unit.sign if isinstance(one, Mass) else ""


class WeighedSchema(Schema):
    """A form that says itself in which unit its weights are typed."""

    weight_unit = Choice(
        N_("Weights are typed in"), choices=tuple((unit.key, unit.name) for unit in ENTRY_UNITS.values()), default="kg"
    )

    @pre_load
    def typed_in(self, typed: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Read the weights in that unit."""
        if isinstance(typed, Mapping):  # a program may send anything; what it is not is said after this
            weighed_in(self, unit_called(typed.get("weight_unit", "")))
        return typed

    @post_load
    def make(self, values: dict[str, Any], **more: Any) -> Any:
        """The fact itself is in grams."""
        values.pop("weight_unit", None)
        return super().make(values, **more)
