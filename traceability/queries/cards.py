"""What the code on a farmer card leads to, without saying whose card it is."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.domain.dossier import Names
from traceability.errors import NotFound
from traceability.models import Organisation, Party


class UnknownCard(NotFound):
    """We have no farmer card with this code. A lost card that was replaced stops working; compare the characters."""


@dataclass(frozen=True)
class Card:
    """The organisation that gave out the card."""

    org_id: int
    organisation: Names


def card_of(session: Session, code: str) -> Card:
    """The card with this code. Raises UnknownCard when no farmer has it."""
    query = (
        select(Organisation)
        .join(Party, Party.org_id == Organisation.id)
        .where(Party.code == code, Party.kind == "farmer")
    )
    found = session.scalars(query).one_or_none()
    if found is None:
        raise UnknownCard()
    return Card(found.id, found.called)
