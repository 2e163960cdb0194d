"""Reports of the public, and what is done about them, as people type them and as programs read them."""

from __future__ import annotations

from marshmallow import fields

from traceability.domain.reports import DIFFERS, STATES, HandleReport, State, Told
from traceability.domain.scans import LONGEST_SERIAL
from traceability.schemas import Schema
from traceability.schemas.answers import Answer
from traceability.schemas.facts import TimedSchema
from traceability.schemas.fields import Choice, ClientId, Code, Flag, Text
from traceability.words import N_


class ReportSchema(Schema):
    """Something differs on the goods in the hand."""

    makes = Told
    client_id = ClientId()
    differs = Choice(N_("What is different"), choices=tuple(DIFFERS.items()), required=True)
    said = Text(N_("What do you see?"), most=1000, long=True, hint=N_("Only the company reads this."))
    contact = Text(
        N_("Phone or e-mail"),
        most=120,
        hint=N_("Only if you want an answer. Only the company sees it, and can delete it."),
    )
    serial = Text(N_("Serial number"), most=LONGEST_SERIAL)


class HandleReportSchema(TimedSchema):
    """What was done about it."""

    makes = HandleReport
    report = Code(N_("Report"), required=True, most=8)
    state = Choice(
        N_("How far is it?"),
        choices=tuple((str(state), words) for state, words in STATES.items() if state is not State.NEW),
        required=True,
    )
    answer = Text(N_("Answer"), most=500, long=True, hint=N_("Whoever has the number of the report can read it."))
    forget = Flag(N_("Delete the contact and the photo"))


class ReportAnswer(Answer):
    """What somebody with the goods in hand reported. `handled_by` is the latest entry about it; null where none is."""

    code = fields.String()
    batch = fields.String()
    number = fields.String(metadata={"description": "Of the lot."})
    serial = fields.String()
    differs = fields.String(metadata={"enum": list(DIFFERS)})
    said = fields.String()
    language = fields.String()
    made_at = fields.AwareDateTime(format="iso")
    zone_minutes = fields.Integer()
    state = fields.String(metadata={"enum": [str(state) for state in STATES]})
    answer = fields.String()
    contact = fields.String(allow_none=True, metadata={"description": "Null where none was left, or it was deleted."})
    has_photo = fields.Boolean()
    forgotten_at = fields.AwareDateTime(
        format="iso", allow_none=True, metadata={"description": "When the contact or photo that came with it went."}
    )
    handled_by = fields.String(allow_none=True)
    handled_at = fields.AwareDateTime(format="iso", allow_none=True)
