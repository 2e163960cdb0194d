"""Packing, sealing, releasing and replacing a batch, as people type them."""

from __future__ import annotations

from traceability.domain.facts import Pack, Release, Seal, Supersede
from traceability.domain.methods import METHOD_NAMES
from traceability.schemas.facts import COUNTRIES, LotChoice, TimedSchema
from traceability.schemas.fields import Choice, Code, Count, Day, Mass, Rows, Text
from traceability.schemas.processing import LossSchema, OutputSchema, TakeSchema
from traceability.words import N_


class PackSchema(TimedSchema):
    """Lots into bags or boxes for a buyer."""

    makes = Pack
    facility = Choice(N_("Place"), required=True)
    inputs = Rows(TakeSchema, least=1, most=200)
    form = Choice(N_("What is packed"), required=True)
    unit = Choice(N_("Unit"), most=16, required=True)
    count = Count(N_("Number of units"), required=True, least=1)
    mass_g = Mass(N_("Net weight of all units"), required=True)
    grade = Text(N_("Grade"), most=40)
    variety = Text(N_("Variety"), most=80)
    losses = Rows(LossSchema, most=20)
    by_products = Rows(OutputSchema, most=20)
    reason = Text(N_("Why the result is unusual"), most=300)


class SealSchema(TimedSchema):
    """A packed lot becomes a batch with a public code."""

    makes = Seal
    lot = LotChoice(required=True)
    destination = Choice(N_("Country of destination"), choices=COUNTRIES)
    hs = Code(N_("HS code"), most=12, hint=N_("Leave this empty for the usual code of the product."))
    brand = Text(N_("Brand"), most=80, hint=N_("As it is printed on the goods."))
    model = Text(N_("Model"), most=80)
    serial = Text(N_("Serial number"), most=80)
    ico = Text(N_("ICO mark"), most=40, hint=N_("As on the bags, for example 105/3/285."))
    container = Text(N_("Container number"), most=20)
    seal = Text(N_("Seal number"), most=40)
    gtin = Code(N_("GTIN"), most=14)
    own_number = Text(N_("Your own lot number"), most=80)
    best_before = Day(N_("Best before"))
    counted_by = Choice(
        N_("Counted by"),
        choices=tuple((str(method), name) for method, name in METHOD_NAMES.items()),
        hint=N_("How the grams of each farm are counted, for good."),
    )


class ReleaseSchema(TimedSchema):
    """The batch's page opens to everybody."""

    makes = Release
    batch = LotChoice(N_("Batch"), required=True)


class SupersedeSchema(TimedSchema):
    """A newer batch takes the place of an older one."""

    makes = Supersede
    old = LotChoice(N_("Older batch"), required=True)
    new = LotChoice(N_("Newer batch"), required=True)
    reason = Text(N_("Reason"), required=True, most=300)
