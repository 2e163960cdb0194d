"""The limit of a measured result: the widest that any standard of the commodity leaves, so that nobody is wronged."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from traceability.commodities._shape import Commodity, QualityLimit
from traceability.domain.measured import amount, key_of, shape_of

_CALLED: Final = {"brix": "sweetness_at_harvest", "defects": "defects_in_300_g"}
_NOT_DETECTED: Final = "not detected"
_SAME_GOODS: Final = frozenset({"grade", "sort"})  # verbs that change no bean: the limits of what was sorted hold


@dataclass(frozen=True)
class Span:
    """From `least` to `most` of what is called `measure`; None leaves a side open."""

    measure: str
    standard: str
    least: Decimal | None
    most: Decimal | None

    def holds(self, value: Decimal) -> bool:
        return (self.least is None or self.least <= value) and (self.most is None or value <= self.most)


def span_of(goods: Commodity, form: str, name: str) -> Span | None:
    """The limit of what is measured of a form; None where no standard says a number."""
    found = [limit for limit in goods.limits if _called(limit) == _CALLED.get(key_of(name), key_of(name))]
    limits = [limit for limit in found if limit.form in ("", form)]
    if not limits:
        before = {step.from_form for step in goods.steps if step.to_form == form and step.verb in _SAME_GOODS}
        limits = [limit for limit in found if limit.form in before]
    if not limits:
        return None
    least = [limit.low for limit in limits]
    most = [Decimal(0) if limit.rule == _NOT_DETECTED else limit.high for limit in limits]
    lows = [low for low in least if low is not None]
    highs = [high for high in most if high is not None]
    if not lows and not highs:
        return None
    standard = limits[0].standard
    return Span(limits[0].measure.partition(",")[0], standard, min(lows, default=None), max(highs, default=None))


def within(goods: Commodity, form: str, name: str, value: str, unit: str) -> bool:
    """Whether a result can be right and keeps to the limit of its goods; what has no limit, and words, always do."""
    span, shape, number = span_of(goods, form, name), shape_of(name, unit), amount(name, value, unit)
    if number is None:
        return shape is None or shape.words
    return (shape is None or shape.least <= number <= shape.most) and (span is None or span.holds(number))


def _called(limit: QualityLimit) -> str:
    return key_of(limit.measure.partition(",")[0])
