"""A page of the paper book, typed line by line; several bags stand in one field, `48,6 + 51,2`."""

from __future__ import annotations

import re
from functools import partial
from typing import Any, Final

from marshmallow import ValidationError, post_load

from traceability.domain import quantity
from traceability.domain.paper import PaperLine, PaperPage
from traceability.errors import Sentence
from traceability.schemas import FILL_THIS_IN, Question, Schema, Typed
from traceability.schemas.entry import WeighedSchema
from traceability.schemas.facts import TimedSchema
from traceability.schemas.fields import Choice, Code, Count, Described, Mass, Money, Rows, Text, answered, wrong
from traceability.words import N_

# between two bags: a plus, a semicolon, or a space that cannot group the thousands of one number
_BETWEEN: Final = re.compile(r"\s*[+;]\s*|\s+(?!\d{3}(?!\d))")
MOST_BAGS: Final = 200
MOST_LINES: Final = 100


class Bags(Described):
    """The bags of one line in grams, typed in one field in the unit of the session; a program sends whole grams."""

    entry = quantity.KILOGRAM

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> tuple[int, ...]:
        if isinstance(value, list):
            return self._sent(value)
        if not isinstance(value, Typed):
            raise wrong(FILL_THIS_IN)
        parts = [part for part in _BETWEEN.split(str(value).strip()) if part]
        if not 0 < len(parts) <= MOST_BAGS:
            raise wrong(FILL_THIS_IN)
        return tuple(_bag(parts, place, self.entry) for place in range(len(parts)))

    def _sent(self, value: list[Any]) -> tuple[int, ...]:
        if not 0 < len(value) <= MOST_BAGS:
            raise wrong(FILL_THIS_IN)
        bag: Mass = Mass(self.label, least=1)
        return tuple(bag.deserialize(grams) for grams in value)


def _bag(parts: list[str], place: int, unit: quantity.MassUnit) -> int:
    """One bag; what can be read in two ways is asked about with the other bags of the line beside it."""
    try:
        read = partial(quantity.read_mass, unit=unit)
        return answered(read, parts[place], lambda grams, _: Sentence("{mass_g}", {"mass_g": grams}))
    except ValidationError as error:
        question = error.messages[0]
        if not isinstance(question, Question):
            raise
        choices = tuple(
            (" + ".join([*parts[:place], text, *parts[place + 1 :]]), shown) for text, shown in question.choices
        )
        raise ValidationError([Question(question.text, question.values, choices)]) from None


class Line(Count):
    """Where in the page it stands. It is filled in already, so it does not tell whether a line is."""

    kind = "hidden"


class PaperLineSchema(Schema):
    """One line: number in the book, farmer, bags, and what is not the same on the whole page."""

    makes = PaperLine
    line = Line(N_("Line"))
    farmer = Code(N_("Farmer"), required=True, most=24)
    bags_g = Bags(N_("Weights"), required=True)
    receipt_number = Code(N_("Receipt"), most=40)
    grade = Choice(N_("Grade"))
    price_per_kg = Money(N_("Price per kg"))


class PaperPageSchema(WeighedSchema, TimedSchema):
    """The page: place, goods, number, lines and the total under them."""

    makes = PaperPage
    facility = Choice(N_("Collection point"), required=True)
    goods = Choice(N_("Product"), required=True)
    page = Text(N_("Page of the book"), required=True, most=20)
    total_g = Mass(N_("Total under the page"), required=True)
    tare_each_g = Mass(N_("Tare of each bag"), least=0, default=0)
    price_per_kg = Money(N_("Price per kg"))
    currency = Choice(N_("Currency"))
    lines = Rows(PaperLineSchema, least=1, most=MOST_LINES)

    @post_load
    def make(self, values: dict[str, Any], **more: Any) -> Any:
        """Goods as two keys."""
        commodity, _, form = values.pop("goods").partition(".")
        return super().make({**values, "commodity": commodity, "form": form}, **more)
