"""What a receiver says about a recall, as people type it."""

from __future__ import annotations

from traceability.domain.recalls import AcknowledgeRecall
from traceability.schemas.facts import TimedSchema
from traceability.schemas.fields import Code
from traceability.words import N_


class AcknowledgeRecallSchema(TimedSchema):
    """That a receiver knows of a recall."""

    makes = AcknowledgeRecall
    recall = Code(N_("Recall"), required=True, most=8)
