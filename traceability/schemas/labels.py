"""Labels, pallets and GS1 numbers, as people type them and as programs read them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from marshmallow import fields

from traceability.domain.labelling import BreakPallet, BuildPallet, PrintLabels, SetGs1, VoidLabels, VoidSerial
from traceability.schemas import Schema
from traceability.schemas.answers import Answer, grams
from traceability.schemas.facts import LotChoice, TimedSchema
from traceability.schemas.fields import Choice, Code, Count, Flag, Text
from traceability.words import N_


class PrintLabelsSchema(TimedSchema):
    """Labels for the boxes of a batch."""

    makes = PrintLabels
    batch = LotChoice(N_("Batch"), required=True)
    first = Count(N_("From number"), required=True, least=1)
    last = Count(N_("To number"), required=True, least=1)
    of = Count(N_("How many in all"), required=True, least=1, hint=N_("This stands on every label: 12 of 640."))
    layout = Choice(N_("Sheet"), required=True, most=16)


class VoidLabelsSchema(TimedSchema):
    """Labels that do not count."""

    makes = VoidLabels
    run = Code(N_("Printed labels"), required=True, most=8)
    first = Count(N_("From number"), required=True, least=1)
    last = Count(N_("To number"), required=True, least=1)
    reason = Text(N_("Reason"), required=True, most=300)


class VoidSerialSchema(TimedSchema):
    """A label that does not count."""

    makes = VoidSerial
    batch = LotChoice(N_("Batch"), required=True)
    serial = Text(N_("Serial number"), required=True, most=40)
    reason = Text(N_("Reason"), required=True, most=300)


class BuildPalletSchema(TimedSchema):
    """Boxes on a pallet."""

    makes = BuildPallet
    batch = LotChoice(N_("Batch"), required=True)
    first = Count(N_("From number"), required=True, least=1)
    last = Count(N_("To number"), required=True, least=1)


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


# --- what programs ask for and read -------------------------------------------------------------------------------


class SerialsAsked(NamedTuple):
    """Which part of the labels of a run is asked for."""

    after: int
    limit: int


class SerialsAskedSchema(Schema):
    """The address may name the box to go on after, and how many labels to send."""

    makes = SerialsAsked
    after = Count(N_("Go on after"), default=0, hint=N_("The `next` of the answer before. Leave it out to begin."))
    limit = Count(N_("How many at most"), least=1, most=1_000, default=200)


@dataclass(frozen=True)
class TagsAsked:
    """Tags of a lot: on which sheet, and how many; 0 is one for every bag."""

    sheet: str
    count: int


class TagsAskedSchema(Schema):
    """The address may name the sheet and the number of tags; left out, there is one for every bag."""

    makes = TagsAsked
    sheet = Text(N_("Sheet"), most=16)
    count = Count(N_("How many"), least=1)


@dataclass(frozen=True)
class LabelsAsked:
    """Labels without serials: on which sheet, from which to which box, or how many; 0 is not said."""

    sheet: str
    first: int
    last: int
    count: int
    confirmed: bool


class LabelsAskedSchema(Schema):
    """The address may name the sheet and the boxes; left out, there is a label for every one."""

    makes = LabelsAsked
    sheet = Text(N_("Sheet"), most=16)
    first = Count(N_("From number"), least=1)
    last = Count(N_("To number"), least=1)
    count = Count(N_("How many"), least=1)
    confirmed = Flag(N_("Print although it is on hold or was replaced"))


@dataclass(frozen=True)
class PaperAsked:
    """The paper of a run, although its batch is on hold or was replaced."""

    confirmed: bool


class PaperAskedSchema(Schema):
    """The address may say that labels are wanted although the batch is on hold or was replaced."""

    makes = PaperAsked
    confirmed = Flag(N_("Print although it is on hold or was replaced"))


class VoidAnswer(Answer):
    """Labels of a run that do not count."""

    first = fields.Integer()
    last = fields.Integer()
    reason = fields.String()
    voided_at = fields.AwareDateTime(format="iso")


class LabelRunAnswer(Answer):
    """Labels with a serial each for the boxes `first` to `last`; `of` is printed on each."""

    code = fields.String()
    batch = fields.String()
    first = fields.Integer()
    last = fields.Integer()
    of = fields.Integer()
    layout = fields.String()
    printed_at = fields.AwareDateTime(format="iso")
    zone_minutes = fields.Integer()
    voids = fields.List(fields.Nested(VoidAnswer))


class SerialAnswer(Answer):
    """One label of a run: its box, its serial, and the address that its QR code says."""

    box = fields.Integer()
    serial = fields.String()
    void = fields.Boolean()
    address = fields.String()


class SerialStateAnswer(Answer):
    """What a serial of a batch is worth; null where no run made it."""

    batch = fields.String()
    serial = fields.String()
    state = fields.String(metadata={"enum": ["printed", "void", "beyond", "unknown"]})
    run = fields.String(allow_none=True)
    box = fields.Integer(allow_none=True)
    of = fields.Integer(allow_none=True)
    unit = fields.String()
    copied_or_shared = fields.Boolean(metadata={"description": "More devices read it than one label should meet."})


class MakingAnswer(Answer):
    """How many labels of a paper are done."""

    done = fields.Integer()
    total = fields.Integer()


class PalletAnswer(Answer):
    """Boxes of a batch on one pallet; `sscc` is empty where the organisation has no GS1 company prefix."""

    code = fields.String()
    sscc = fields.String()
    batch = fields.String()
    first = fields.Integer()
    last = fields.Integer()
    of = fields.Integer()
    unit = fields.String()
    net_g = grams(none=True)
    built_at = fields.AwareDateTime(format="iso")
    zone_minutes = fields.Integer()
    taken_apart = fields.Boolean()


class Gs1NumberAnswer(Answer):
    """GS1 numbers of the organisation, or of a place; the last one of each counts. `code` is the entry that set it."""

    code = fields.String()
    facility = fields.String(allow_none=True)
    gln = fields.String()
    company_prefix = fields.String()
    set_at = fields.AwareDateTime(format="iso")
