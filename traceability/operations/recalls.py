"""What a receiver says about somebody else's recall."""

from __future__ import annotations

from sqlalchemy.orm import Session

from traceability.domain.events import Kind
from traceability.domain.recalls import AcknowledgeRecall
from traceability.domain.roles import Actor
from traceability.errors import Conflict, NoSuchRecall
from traceability.operations.ledger import Entry, operation
from traceability.queries.recalls import incoming


class KnownAlready(Conflict):
    """Your organisation said already that it knows of this recall. There is nothing left to do."""


@operation(Kind.ACKNOWLEDGE_RECALL)
def acknowledge_recall(session: Session, actor: Actor, fact: AcknowledgeRecall) -> Entry:
    """Say that we know of another organisation's recall that reaches our goods. Raises NoSuchRecall, KnownAlready."""
    reaching = {row.code: row for row in incoming(session, actor.org_id)}
    found = reaching.get(fact.recall.upper())
    if found is None:
        raise NoSuchRecall(code=fact.recall, at="recall")
    if found.acknowledged:
        raise KnownAlready(at="recall")
    return Entry(kdes={"recall": found.code, "lots": len(found.lots)}, answer={"recall": found.code})
