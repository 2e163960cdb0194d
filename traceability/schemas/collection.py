"""The weigh-in and the lot formed from weigh-ins, as people type them."""

from __future__ import annotations

from typing import Any

from marshmallow import post_load

from traceability.domain.facts import FormLot, WeighIn
from traceability.domain.payments import NOW
from traceability.schemas.entry import WeighedSchema
from traceability.schemas.facts import LotChoice, MeasuredSchema, TimedSchema
from traceability.schemas.fields import Choice, Code, Count, Day, Mass, Moment, Money, Rows, Several, Text
from traceability.words import N_


class WeighInSchema(TimedSchema):
    """Who, where, which bags. `bags_g` are gross, `tare_g` is of all bags together."""

    makes = WeighIn
    facility = Choice(N_("Collection point"), required=True)
    farmer = Code(N_("Farmer"), required=True, most=24)
    plot = Choice(N_("Plot"), hint=N_("Leave this empty when the plot is not known."))
    commodity = Choice(N_("Product"), required=True)
    form = Choice(N_("Form"), required=True)
    bags_g = Several(Mass(N_("Bag")), least=1, most=200)
    tare_g = Mass(N_("Tare of all bags"), least=0, default=0)
    grade = Choice(N_("Grade"))
    variety = Text(N_("Variety"), most=80)
    unit = Choice(N_("Unit"), most=16)
    measured = Rows(MeasuredSchema, most=10)
    price_per_kg = Money(N_("Price per kg"))
    currency = Choice(N_("Currency"), choices=(("LAK", "LAK"), ("VND", "VND"), ("CNY", "CNY"), ("USD", "USD")))
    receipt_number = Code(N_("Number of the paper receipt"), most=40)
    scale = Text(N_("Scale"), most=40)
    vehicle = Text(N_("Truck plate"), most=40)
    collector = Text(N_("Collector"), most=80)
    paper_page = Text(N_("Page of the book"), most=20)
    paper_line = Count(N_("Line"))
    device_at = Moment(N_("What the clock of the phone showed"))
    sent_at = Moment(N_("What the clock of the phone shows now"))
    paid = Choice(N_("Payment"), choices=((NOW, N_("paid now")),))


class BuyingSchema(WeighedSchema):
    """What holds for every weigh-in from now on. Tare and price stay as they were typed."""

    facility = Choice(N_("Collection point"), required=True)
    goods = Choice(N_("Product"), required=True)
    scale = Text(N_("Scale"), most=40)
    scale_step = Choice(N_("The scale shows steps of"))
    tare = Mass(N_("Tare of each bag"), least=0)
    price = Money(N_("Price per kg"))
    on = Day(N_("Date"), hint=N_("Leave this empty for today."))
    vehicle = Text(N_("Truck plate"), most=40)
    collector = Text(N_("Collector"), most=80)


class FormLotSchema(TimedSchema):
    """Deliveries that become one lot, weighed again or not."""

    makes = FormLot
    facility = Choice(N_("Place"), required=True)
    deliveries = Several(LotChoice(N_("Delivery")), least=1, most=2000)
    weighed_g = Mass(N_("Weighed together"), hint=N_("Leave this empty when it was not weighed again."))
    count = Count(N_("Bags now"))
    unit = Choice(N_("Unit"), most=16)
    grade = Choice(N_("Grade"))
    reason = Text(N_("Why the weights differ"), most=300)
    vehicle = Text(N_("Truck plate"), most=40)

    @post_load
    def make(self, values: dict[str, Any], **more: Any) -> Any:
        """A delivery that was ticked twice counts once."""
        return super().make({**values, "deliveries": tuple(dict.fromkeys(values["deliveries"]))}, **more)
