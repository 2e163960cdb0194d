"""The places of an organisation, and those of them where somebody can weigh in."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.domain.roles import Actor
from traceability.models import Facility, Organisation


@dataclass(frozen=True)
class PlaceRow:
    """A place of the organisation; `prefix` starts the numbers of what is made there."""

    code: str
    prefix: str
    name: str
    kind: str
    village: str
    pool: str = ""  # the rule of a place that holds goods together: nobody weighs in there


def places_of(session: Session, actor: Actor) -> list[PlaceRow]:
    """The places of the organisation, collection points first."""
    rows = session.scalars(select(Facility).where(Facility.org_id == actor.org_id).order_by(Facility.id))
    found = [PlaceRow(row.code, row.prefix, row.name, row.kind, row.village, row.pool) for row in rows]
    return sorted(found, key=lambda place: place.kind != "collection_point")


def weighing_places(session: Session, actor: Actor) -> list[PlaceRow]:
    """The places where somebody can weigh in: all but tanks and beds."""
    return [place for place in places_of(session, actor) if not place.pool]


def country_of(session: Session, actor: Actor) -> str:
    """The ISO country of the organisation, which new places begin with."""
    return session.scalar(select(Organisation.country).where(Organisation.id == actor.org_id)) or ""
