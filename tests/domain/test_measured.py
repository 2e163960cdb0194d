"""Results are read as numbers are elsewhere, and only those that can be right are."""

from __future__ import annotations

import pytest

from traceability.domain.measured import NotPossible, OtherUnit, as_kept
from traceability.domain.quantity import AmbiguousNumber, BelowZero, NotANumber, TooLarge
from traceability.errors import Refusal


@pytest.mark.parametrize(
    ("name", "value", "unit", "kept"),
    [
        ("moisture_percent", "11,8", "", ("11.8", "%")),
        ("moisture_percent", "໑໑,໘ %", "%", ("11.8", "%")),
        ("Moisture", "11.80", "%", ("11.80", "%")),
        ("cupping_score", "84.50", "", ("84.50", "points")),
        ("core_temperature", "−19,5", "°C", ("-19.5", "°C")),
        ("cadmium", "0.050", "MG/KG", ("0.050", "mg/kg")),
        ("cadmium", "<0,01", "mg/kg", ("< 0.01", "mg/kg")),
        ("cadmium", "not detected", "", ("not detected", "mg/kg")),
        ("ph", "3,65", "", ("3.65", "pH")),
        ("colour", "ດຳ", "", ("ດຳ", "")),
        ("broken leaf", "12,5", "%", ("12.5", "%")),
    ],
)
def test_a_result_is_kept_as_exact_text_in_its_unit(name: str, value: str, unit: str, kept: tuple[str, str]) -> None:
    assert as_kept(name, value, unit) == kept
    assert as_kept(name, *kept) == kept, "what is kept reads back as itself"


@pytest.mark.parametrize(
    ("name", "value", "unit", "refusal"),
    [
        ("moisture_percent", "1160", "%", TooLarge),
        ("moisture_percent", "-5", "%", BelowZero),
        ("moisture_percent", "abc", "%", NotANumber),
        ("moisture_percent", "11,8 kg", "%", NotANumber),
        ("moisture_percent", "11,8", "kg", OtherUnit),
        ("cupping_score", "150", "", TooLarge),
        ("ph", "36,5", "", TooLarge),
        ("water_activity", "55", "", TooLarge),
        ("core_temperature", "-195", "°C", TooLarge),
        ("broken leaf", "125", "%", TooLarge),
        ("cadmium", "2.125", "µg/kg", AmbiguousNumber),
    ],
)
def test_what_cannot_be_right_is_refused(name: str, value: str, unit: str, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        as_kept(name, value, unit)


def test_a_score_below_zero_is_no_score() -> None:
    with pytest.raises((NotPossible, BelowZero)):
        as_kept("cupping_score", "-1", "")
