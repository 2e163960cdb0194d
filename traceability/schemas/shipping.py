"""Dispatching, receiving, taking back and shipping, as people type them."""

from __future__ import annotations

from traceability.domain.facts import Dispatch, Receive, Ship, TakeBack
from traceability.schemas.facts import LotChoice, TimedSchema
from traceability.schemas.fields import Choice, Code, Count, Mass, Text
from traceability.words import N_


class DispatchSchema(TimedSchema):
    """Goods that set out to another organisation."""

    makes = Dispatch
    lot = LotChoice(required=True)
    to_organisation = Choice(N_("To"), required=True)
    mass_g = Mass(N_("Weight"), hint=N_("Leave this empty for all of it."))
    count = Count(N_("Number of units"))
    facility = Choice(N_("From"))
    vehicle = Text(N_("Vehicle"), most=60)
    driver = Text(N_("Driver"), most=120)
    seal = Text(N_("Seal number"), most=60)


class ReceiveSchema(TimedSchema):
    """Goods that arrived: weighed, and taken in whole, in part, or refused."""

    makes = Receive
    transfer = Code(N_("Code on the delivery note"), required=True, most=8)
    weighed_g = Mass(N_("Weighed here"), required=True, least=0)
    facility = Choice(N_("Place"))
    refused_g = Mass(N_("Refused weight"), least=0, default=0)
    count = Count(N_("Units taken in"))
    refused_count = Count(N_("Units refused"))
    reason = Text(N_("Reason"), most=300)


class TakeBackSchema(TimedSchema):
    """What was refused or expired comes home."""

    makes = TakeBack
    transfer = Code(N_("Code on the delivery note"), required=True, most=8)
    weighed_g = Mass(N_("Weighed again"), least=0, hint=N_("Leave this empty for all of it."))
    reason = Text(N_("Reason"), most=300)


class ShipSchema(TimedSchema):
    """A released batch leaves to its buyer."""

    makes = Ship
    batch = LotChoice(N_("Batch"), required=True)
    buyer = Choice(N_("Buyer"), required=True)
    mass_g = Mass(N_("Weight"), hint=N_("Leave this empty for all of it."))
    count = Count(N_("Number of units"))
    container = Text(N_("Container number"), most=20)
    seal = Text(N_("Seal number"), most=40)
    vehicle = Text(N_("Vehicle"), most=60)
