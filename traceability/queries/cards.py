"""Farmer cards: what the code on one leads to, which one counts, and since when another does not any more.

The first card of a farmer has the farmer's own code, which programs and pages know them by. Every further one has a
code of its own, and only the newest counts.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from traceability.domain.dossier import Names
from traceability.domain.identifiers import code_in
from traceability.domain.moments import day_of
from traceability.domain.roles import Actor
from traceability.errors import NotFound
from traceability.models import Event, FarmerCard, Organisation, Party

_NEWEST: Final = (
    select(FarmerCard.code)
    .where(FarmerCard.party_id == Party.id)
    .order_by(FarmerCard.id.desc())
    .limit(1)
    .correlate(Party)
    .scalar_subquery()
)
held_code: ColumnElement[str] = func.coalesce(_NEWEST, Party.code)
"""The code on the card that counts, of the farmer in `Party`."""


class UnknownCard(NotFound):
    """We have no farmer card with this code. A lost card that was replaced stops working; compare the characters."""


@dataclass(frozen=True)
class Card:
    """A card by its code: who gave it out, to whom, and since which day it does not count any more."""

    org_id: int
    organisation: Names
    farmer: str
    lost_on: date | None


def card_of(session: Session, code: str) -> Card:
    """The card with this code. Raises UnknownCard when no farmer ever had it."""
    given = select(FarmerCard.party_id).where(FarmerCard.code == code)
    party = session.scalars(
        select(Party).where(Party.kind == "farmer", or_(Party.code == code, Party.id.in_(given)))
    ).first()
    if party is None:
        raise UnknownCard()
    organisation = session.get_one(Organisation, party.org_id)
    return Card(organisation.id, organisation.called, party.code, _lost_on(session, party, code))


def lost_card(session: Session, actor: Actor, asked: str) -> Card | None:
    """The card of the actor's organisation that was asked for and does not count any more, if it is one."""
    code = code_in(asked)
    if not code:
        return None
    try:
        card = card_of(session, code)
    except UnknownCard:
        return None
    return card if card.org_id == actor.org_id and card.lost_on is not None else None


def current(session: Session, farmers: Collection[str]) -> Mapping[str, str]:
    """The code on the card that counts, by the farmers' own codes."""
    rows = session.execute(select(Party.code, held_code).where(Party.code.in_(farmers)))
    return {farmer: card for farmer, card in rows}


def current_of(session: Session, farmer: str) -> str:
    """The same of one farmer, who is known."""
    return current(session, [farmer])[farmer]


def replaced(session: Session, org_id: int) -> Mapping[int, list[str]]:
    """By the farmer's key the codes of the cards that were made since the first, the newest first."""
    rows = session.execute(
        select(FarmerCard.party_id, FarmerCard.code).where(FarmerCard.org_id == org_id).order_by(FarmerCard.id.desc())
    )
    found: dict[int, list[str]] = {}
    for party_id, code in rows:
        found.setdefault(party_id, []).append(code)
    return found


def _lost_on(session: Session, party: Party, code: str) -> date | None:
    """The day of the entry that made the next card; none for the newest."""
    rows = session.execute(
        select(FarmerCard.code, Event.occurred_at, Event.zone_minutes)
        .join(Event, Event.id == FarmerCard.made_by_id)
        .where(FarmerCard.party_id == party.id)
        .order_by(FarmerCard.id)
    ).all()
    at = next((n for n, row in enumerate(rows, start=1) if row.code == code), 0)
    return day_of(rows[at].occurred_at, rows[at].zone_minutes) if at < len(rows) else None
