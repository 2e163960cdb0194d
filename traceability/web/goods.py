"""Names of goods, units and places in the reader's language, for templates and for lists to choose from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from flask import Flask, current_app, url_for
from jinja2 import pass_context
from jinja2.runtime import Context

from traceability import words
from traceability.commodities import COMMODITIES, LOSSES, UNITS, Form
from traceability.documents import terms
from traceability.domain import units
from traceability.domain.dossier import Names
from traceability.errors import Sentence
from traceability.schemas.fields import Choices
from traceability.web.language import current_language
from traceability.words import say


class Goods(Protocol):
    """Anything that is of a commodity and in a form: a lot, a delivery, a season's total."""

    @property
    def commodity(self) -> str:
        """The key of the commodity."""

    @property
    def form(self) -> str:
        """The key of the form."""


def goods_name(commodity: str, form: str) -> str:
    """`Coffee cherry`: the name of the form, or its key when no commodity file knows it any longer."""
    found = form_of(commodity, form)
    return found.name(current_language()) if found else form


def form_name(goods: Goods) -> str:
    """The name of what a lot or a row of a list holds."""
    return goods_name(goods.commodity, goods.form)


def commodity_name(key: str) -> str:
    """`Arabica coffee`."""
    return COMMODITIES[key].name(current_language()) if key in COMMODITIES else key


def form_of(commodity: str, form: str) -> Form | None:
    """The form of a commodity, or None."""
    return COMMODITIES[commodity].form(form) if commodity in COMMODITIES else None


def intake_choices() -> Choices:
    """Everything that can be bought at a scale, as `arabica_coffee.fresh_cherry` and its name."""
    language = current_language()
    return [
        (f"{goods.key}.{form.key}", f"{goods.name(language)} · {form.name(language)}")
        for goods in COMMODITIES.values()
        for form in goods.intake_forms
    ]


def commodity_choices() -> Choices:
    """Every commodity that can be grown, by name."""
    return [(key, goods.name(current_language())) for key, goods in COMMODITIES.items() if not goods.unspecified]


def unit_name(key: str) -> str:
    """`Bag`, or the key of a unit of the user's own."""
    return _named(UNITS, key)


def loss_name(key: str) -> str:
    """`Moisture`, or the key of a loss of the user's own."""
    return _named(LOSSES, key)


def quality_name(goods: Goods, measured: str) -> str:
    """What was measured, in words: by the box at the scale, or as papers call it."""
    form = form_of(goods.commodity, goods.form)
    if form is not None and form.intake is not None and form.intake.key == measured:
        return form.intake.names.text(current_language())
    return words.translate(current_language(), terms.property_words(measured))


def quality_value(goods: Goods, measured: str, value: str, unit: str = "") -> str:
    """A result with its unit, as papers write it; the name of a choice of the box at the scale."""
    form = form_of(goods.commodity, goods.form)
    if form is not None and form.intake is not None and form.intake.key == measured:
        for choice in form.intake.choices:
            if choice.key == value:
                return choice.names.text(current_language())
    return terms.measured(current_language(), value, unit)


def choice_name(choices: Iterable[tuple[str, str]], key: str) -> str:
    """The words that a list of choices has for `key`."""
    return words.translate(current_language(), dict(choices).get(key, key))


def address(endpoint: str, **values: Any) -> str:
    """`url_for` with parts of the address that are only known at run time."""
    return url_for(endpoint, **values)


def action_link(endpoint: str, **values: Any) -> str:
    """The address of a page that another area may offer; empty when this server has no such page."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else ""


def register(app: Flask) -> None:
    """Give the templates these names; each is asked anew for every reader."""
    filters = {
        "goods": form_name,
        "commodity": commodity_name,
        "unit": unit_name,
        "loss": loss_name,
    }
    for name, shown in filters.items():
        app.jinja_env.filters[name] = _asked_anew(shown)
    app.jinja_env.filters["one_of"] = _said(units.one_of)
    app.jinja_env.filters["several"] = _said(units.several)
    app.jinja_env.filters["several_of"] = _said(units.several_of)
    app.jinja_env.globals.update(
        action_link=action_link, quality_name=quality_name, quality_value=quality_value, choice_name=choice_name
    )


def _asked_anew(shown: object) -> object:
    @pass_context
    def run(_context: Context, value: object) -> object:
        return shown(value)  # type: ignore[operator]

    return run


def _said(counted: Callable[..., Sentence]) -> object:
    @pass_context
    def run(_context: Context, unit: str, *numbers: int) -> str:
        return say(current_language(), counted(unit, *numbers))

    return run


def _named(names: Mapping[str, Names], key: str) -> str:
    return names[key].text(current_language()) if key in names else key
