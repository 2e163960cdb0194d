"""A farmer card that was lost gets a new code; the old one is refused from then on."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.domain.cards import ReplaceCard
from traceability.domain.events import Kind
from traceability.domain.roles import Actor
from traceability.domain.text import nfc
from traceability.models import FarmerCard, Party
from traceability.operations import lookups
from traceability.operations.ledger import Entry, operation
from traceability.operations.naming import fresh_code
from traceability.queries import cards


@operation(Kind.REPLACE_CARD)
def replace_card(session: Session, actor: Actor, fact: ReplaceCard) -> Entry:
    """A new card; whatever card the farmer had before does not count any more. Raises NoSuchFarmer."""
    party = lookups.farmer_of(session, actor, fact.farmer)
    lost = cards.current_of(session, party.code)
    code = fresh_code(session, FarmerCard.code)
    while session.scalar(select(Party.id).where(Party.code == code)) is not None:  # the first card of somebody else
        code = fresh_code(session, FarmerCard.code)
    row = FarmerCard(org_id=actor.org_id, party_id=party.id, code=code)
    kdes = {"farmer": party.code, "card": code, "lost": lost, "reason": nfc(fact.reason)}
    return Entry(rows=[row], kdes=kdes, answer={"farmer": party.code, "card": code})
