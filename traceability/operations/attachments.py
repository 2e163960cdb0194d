"""Taking a photo or paper back from the public."""

from __future__ import annotations

from sqlalchemy.orm import Session

from traceability.domain.attachments import WithdrawAttachment
from traceability.domain.events import Kind
from traceability.domain.roles import Actor
from traceability.errors import Conflict
from traceability.operations.ledger import Entry, operation
from traceability.queries.attachments import attachment_of, is_shown


class NotShown(Conflict):
    """Only your own people see this already. There is nothing to take back."""


@operation(Kind.WITHDRAW_ATTACHMENT)
def withdraw_attachment(session: Session, actor: Actor, fact: WithdrawAttachment) -> Entry:
    """Show it to nobody outside from now on; its row and its bytes stay. Raises NoSuchPaper, NotShown."""
    found = attachment_of(session, actor.org_id, fact.attachment)
    if not is_shown(session, found):
        raise NotShown(at="attachment")
    return Entry(kdes={"withdrawn": found.code}, answer={"attachment": found.code})
