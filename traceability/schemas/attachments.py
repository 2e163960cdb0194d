"""Taking a photo or paper back from the public, as people type it."""

from __future__ import annotations

from traceability.domain.attachments import WithdrawAttachment
from traceability.schemas.facts import TimedSchema
from traceability.schemas.fields import Code
from traceability.words import N_


class WithdrawAttachmentSchema(TimedSchema):
    """That a photo or paper is no longer shown to everybody."""

    makes = WithdrawAttachment
    attachment = Code(N_("Photo or paper"), required=True, most=8)
