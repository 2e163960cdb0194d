"""What forms about goods offer to choose from, named in the reader's language, and where a saved form leads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from flask import url_for

from traceability.commodities import LOSSES, UNITS, Commodity
from traceability.models import Lot
from traceability.queries.stock_choices import OnHand
from traceability.schemas import Schema
from traceability.schemas.fields import Choices
from traceability.web import forms
from traceability.web.goods import form_name, goods_name, loss_name, unit_name
from traceability.web.language import current_language
from traceability.words import mass


def lot_page(code: str) -> str:
    """The address of a lot's own page."""
    return url_for("lots.lot", code=code)


def offering(schema: Schema, choices: Mapping[str, Choices]) -> Schema:
    """`schema` with the choices that only the page knows, so that nothing else is accepted: `{"outputs-form": …}`."""
    frame = forms.opened(schema)
    for name, offered in choices.items():
        frame.offer(name, offered)
    return schema


def lot_words(lot: OnHand | Lot) -> str:
    """One line for a lot in a list: number, kilograms, goods and grade: a phone cuts off the end."""
    goods = " ".join(part for part in (form_name(lot), lot.grade) if part)
    return " · ".join((lot.number, mass(current_language(), lot.balance_g), goods))


def lot_choices(lots: Iterable[OnHand]) -> Choices:
    """Lots to choose from, by code."""
    return tuple((lot.code, lot_words(lot)) for lot in lots)


def unit_choices() -> Choices:
    """Bag, box, crate, basket."""
    return tuple((key, unit_name(key)) for key in UNITS)


def form_choices(goods: Commodity, first: Sequence[str] = ()) -> Choices:
    """Every form of a commodity, those in `first` before the others."""
    keys = dict.fromkeys([*first, *(form.key for form in goods.forms)])
    return tuple((key, goods_name(goods.key, key)) for key in keys)


def loss_choices(first: Sequence[str] = ()) -> Choices:
    """Every loss people name, those in `first` before the others."""
    return tuple((key, loss_name(key)) for key in dict.fromkeys([*first, *LOSSES]))


def after_steps(goods: Commodity, from_form: str) -> list[str]:
    """The forms that usually come of `from_form`: what its steps make, then their by-products."""
    steps = [step for step in goods.steps if step.from_form == from_form]
    made = [step.to_form for step in steps]
    return list(dict.fromkeys(made + [form for step in steps for form in step.by_products]))


def usual_losses(goods: Commodity, from_form: str, to_form: str = "") -> list[str]:
    """The losses that the steps from `from_form` (to `to_form`, when known) usually have."""
    steps = [step for step in goods.steps if step.from_form == from_form and to_form in ("", step.to_form)]
    return list(dict.fromkeys(loss for step in steps for loss in step.losses))
