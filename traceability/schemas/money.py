"""Prices agreed later and payments, as people type them; and what is owed, in whole units, as programs read it."""

from __future__ import annotations

from marshmallow import fields

from traceability.domain.payments import PURPOSES, AgreePrice, Pay
from traceability.schemas.answers import Answer, grams
from traceability.schemas.facts import LotChoice, TimedSchema
from traceability.schemas.fields import Choice, Code, Money, Several
from traceability.words import N_

_CURRENCIES = tuple((currency, currency) for currency in ("LAK", "VND", "CNY", "USD"))


class AgreePriceSchema(TimedSchema):
    """Deliveries that were weighed in without a price, and the price."""

    makes = AgreePrice
    deliveries = Several(LotChoice(N_("Delivery")), least=1, most=2000)
    price_per_kg = Money(N_("Price per kg"), least=1, required=True)
    currency = Choice(N_("Currency"), choices=_CURRENCIES, required=True)


class PaySchema(TimedSchema):
    """Money for a farmer. `amount` may be left out where deliveries are named: then it is all that is open of them."""

    makes = Pay
    farmer = Code(N_("Farmer"), required=True, most=24)
    purpose = Choice(N_("What for"), choices=tuple(PURPOSES.items()), default="payment")
    deliveries = Several(LotChoice(N_("Delivery")), most=2000)
    amount = Money(N_("Amount"), hint=N_("Leave this empty to pay all that is open of the deliveries you ticked."))
    currency = Choice(N_("Currency"), choices=_CURRENCIES, required=True)


class OwedRowAnswer(Answer):
    """A farmer who is owed money in one currency, and since when."""

    code = fields.String()
    number = fields.String()
    name = fields.String()
    village = fields.String()
    currency = fields.String()
    amount = fields.Integer()
    since = fields.AwareDateTime(format="iso")


class OwedAnswer(Answer):
    """Everybody who is owed something."""

    items = fields.List(fields.Nested(OwedRowAnswer))


class BalanceAnswer(Answer):
    """What the deliveries of a farmer are worth in one currency, what was paid, and the difference."""

    currency = fields.String()
    due = fields.Integer()
    paid = fields.Integer()
    owed = fields.Integer()


class DueAnswer(Answer):
    """A delivery with its price: what it is worth, and how much of that is still open."""

    code = fields.String()
    number = fields.String()
    event = fields.String()
    made_at = fields.AwareDateTime(format="iso")
    zone_minutes = fields.Integer()
    commodity = fields.String()
    form = fields.String()
    mass_g = grams()
    amount = fields.Integer()
    open = fields.Integer()
    currency = fields.String()


class FarmerMoneyAnswer(Answer):
    """The money between the organisation and one farmer, the newest first."""

    balances = fields.List(fields.Nested(BalanceAnswer))
    dues = fields.List(fields.Nested(DueAnswer))
    unpriced = fields.Integer(metadata={"description": "Deliveries without a price."})
