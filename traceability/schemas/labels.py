"""Labels, pallets and GS1 numbers, as people type them."""

from __future__ import annotations

from traceability.domain.labelling import BreakPallet, BuildPallet, PrintLabels, SetGs1, VoidLabels
from traceability.schemas.facts import LotChoice, TimedSchema
from traceability.schemas.fields import Choice, Code, Count, Text
from traceability.words import N_


class PrintLabelsSchema(TimedSchema):
    """Labels for the boxes of a batch."""

    makes = PrintLabels
    batch = LotChoice(N_("Batch"), required=True)
    first = Count(N_("From box"), required=True, least=1)
    last = Count(N_("To box"), required=True, least=1)
    of = Count(N_("Boxes in all"), required=True, least=1, hint=N_("This stands on every label: box 12 of 640."))
    layout = Choice(N_("Sheet"), required=True, most=16)


class VoidLabelsSchema(TimedSchema):
    """Labels that do not count."""

    makes = VoidLabels
    run = Code(N_("Printed labels"), required=True, most=8)
    first = Count(N_("From box"), required=True, least=1)
    last = Count(N_("To box"), required=True, least=1)
    reason = Text(N_("Reason"), required=True, most=300)


class BuildPalletSchema(TimedSchema):
    """Boxes on a pallet."""

    makes = BuildPallet
    batch = LotChoice(N_("Batch"), required=True)
    first = Count(N_("From box"), required=True, least=1)
    last = Count(N_("To box"), required=True, least=1)


class BreakPalletSchema(TimedSchema):
    """A pallet taken apart."""

    makes = BreakPallet
    pallet = Code(N_("Pallet"), required=True, most=8)
    reason = Text(N_("Reason"), required=True, most=300)


class Gs1Schema(TimedSchema):
    """The GS1 numbers of the organisation or of a place."""

    makes = SetGs1
    facility = Choice(N_("Place"), hint=N_("Leave this empty for the numbers of the organisation itself."))
    gln = Text(
        N_("Location number (GLN)"), most=20, hint=N_("13 digits. It opens a public page that says what and where.")
    )
    company_prefix = Text(
        N_("GS1 company prefix"), most=16, hint=N_("Only of the organisation. Pallets get their numbers from it.")
    )
