"""What a measurement must be before it is kept, whoever says it: possible, in its own unit, its verdict fitting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from traceability.commodities import Form, Span, commodity, span_of, within
from traceability.domain.facts import Measured
from traceability.domain.measured import NAMES, amount, as_kept, key_of, shape_of, told
from traceability.errors import Invalid, InvalidInput, Refusal, Sentence
from traceability.words import N_

_FROM_TO: Final = N_("{least} to {most}")
_AT_LEAST: Final = N_("at least {least}")
_AT_MOST: Final = N_("at most {most}")


class NotAnAnswer(Invalid):
    """Choose one of the list."""


class CannotHavePassed(Invalid):
    """This is outside the limit: {limit} ({standard}). Check the number. If it is right, choose Failed."""


def checked(measured: Sequence[Measured], goods: str, form: Form, *, at_scale: bool = False) -> tuple[Measured, ...]:
    """The results as they are kept. Raises InvalidInput at the fields of those that cannot be right."""
    kept, problems = [], dict[str, list[Sentence]]()
    for place, item in enumerate(measured):
        try:
            kept.append(_checked(item, goods, form, at_scale=at_scale))
        except Refusal as refusal:
            problems.setdefault(f"measured-{place}-{refusal.at or 'value'}", []).append(refusal.sentence)
    if problems:
        raise InvalidInput(problems)
    return tuple(kept)


def unusual(measured: Sequence[Measured], goods: str, form: str) -> list[Sentence]:
    """A question for each result that can be right and seldom is."""
    asked = []
    for item in measured:
        shape, number = shape_of(item.property, item.unit), amount(item.property, item.value, item.unit)
        span = span_of(commodity(goods), form, item.property)
        if span is None and shape is not None and shape.usual is not None:
            span = Span(NAMES[key_of(item.property)], "", *shape.usual)
        if span is None or number is None or span.holds(number) or item.passed is False:
            continue  # a result that failed says already that it is not as usual
        said = {"what": Sentence(span.measure), "value": told(item.value, item.unit), "usual": _said(span)}
        asked.append(Sentence(N_("{what}: {value}? Usual is {usual}."), said))
    return asked


def unusual_at_scale(measured: Sequence[Measured], form: Form) -> list[Sentence]:
    """A question where the one quality box of a weigh-in holds a number that its goods seldom have."""
    box = form.intake
    if box is None or box.low is None or box.high is None:
        return []
    asked = []
    for item in measured:
        number = amount(item.property, item.value, item.unit) if item.property == box.key else None
        if number is not None and not box.low <= number <= box.high:
            said = {"what": dict(box.names.by_language), "value": told(item.value, item.unit)}
            bounds = {"least": box.low, "most": box.high}
            asked.append(Sentence(N_("{what}: {value}? Usual is {least} to {most}."), {**said, **bounds}))
    return asked


def _checked(item: Measured, goods: str, form: Form, *, at_scale: bool) -> Measured:
    asked = form.intake if at_scale else None
    if asked is not None and asked.key == item.property and asked.kind == "choice":
        if item.value not in {choice.key for choice in asked.choices}:
            raise NotAnAnswer(at="value")
        return item
    value, unit = as_kept(item.property, item.value, item.unit)
    if item.passed and not within(commodity(goods), form.key, item.property, value, unit):
        span = span_of(commodity(goods), form.key, item.property)
        raise CannotHavePassed(limit=_said(span), standard=Sentence(span.standard if span else ""), at="passed")
    return replace(item, value=value, unit=unit)


def _said(span: Span | None) -> Sentence:
    """`8 to 12.5`, `at most 0.05`."""
    least, most = (span.least, span.most) if span else (None, None)
    text = _AT_MOST if least is None else _AT_LEAST if most is None else _FROM_TO
    return Sentence(text, {"least": least, "most": most})
