"""Prices agreed later and payments, as people type them."""

from __future__ import annotations

from traceability.domain.payments import PURPOSES, AgreePrice, Pay
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
