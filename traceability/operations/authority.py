"""Letting an authority read, ending it, and the share of batches that an authority looks at."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.domain.authority import AUTHORITY, EndArea, EndReading, GrantArea, GrantReading, SetSample
from traceability.domain.events import Kind
from traceability.domain.roles import Actor
from traceability.domain.text import nfc
from traceability.errors import Conflict, Invalid, NoSuchOrganisation
from traceability.models import Organisation
from traceability.operations.ledger import Entry, operation
from traceability.queries import authority as reading


class NotAnAuthority(Invalid):
    """{name} is no authority. Only an authority may be let in to read."""


class AlreadyGranted(Conflict):
    """This authority may read already. There is nothing left to do."""


class NotGranted(Conflict):
    """This authority was not let in, or it was ended already. Reload the page."""


class NotAPercentage(Invalid):
    """Enter a whole number from 0 to 100."""


class OnlyAuthorities(Conflict):
    """Only an authority takes a random sample. Your organisation is none."""


@operation(Kind.GRANT_READING)
def grant_reading(session: Session, actor: Actor, fact: GrantReading) -> Entry:
    """Let an authority read our record. Raises NoSuchOrganisation, NotAnAuthority, AlreadyGranted."""
    authority = _authority(session, fact.authority)
    if authority.code in reading.granted_by(session, actor.org_id):
        raise AlreadyGranted(at="authority")
    return _said(authority)


@operation(Kind.END_READING)
def end_reading(session: Session, actor: Actor, fact: EndReading) -> Entry:
    """End it. What the law grants for an area is not ours to end. Raises NoSuchOrganisation, NotGranted."""
    authority = _authority(session, fact.authority)
    if authority.code not in reading.granted_by(session, actor.org_id):
        raise NotGranted(at="authority")
    return _said(authority)


@operation(Kind.GRANT_AREA)
def grant_area(session: Session, actor: Actor, fact: GrantArea) -> Entry:
    """The machine's own administrator says which country or province an authority reads. Stands in its journal.

    Raises NotAnAuthority, AlreadyGranted.
    """
    area = _area(session, actor, fact)
    if area in reading.areas_of(session, actor.org_id):
        raise AlreadyGranted(at="country")
    return _area_said(area)


@operation(Kind.END_AREA)
def end_area(session: Session, actor: Actor, fact: EndArea) -> Entry:
    """It reads that area no longer. Raises NotAnAuthority, NotGranted."""
    area = _area(session, actor, fact)
    if area not in reading.areas_of(session, actor.org_id):
        raise NotGranted(at="country")
    return _area_said(area)


@operation(Kind.SET_SAMPLE)
def set_sample(session: Session, actor: Actor, fact: SetSample) -> Entry:
    """How many of a hundred batches are looked at. Raises OnlyAuthorities, NotAPercentage."""
    if session.get_one(Organisation, actor.org_id).kind != AUTHORITY:
        raise OnlyAuthorities(at="percent")
    if not 0 <= fact.percent <= 100:
        raise NotAPercentage(at="percent")
    return Entry(kdes={"percent": fact.percent}, answer={"percent": fact.percent})


def _authority(session: Session, code: str) -> Organisation:
    found = session.scalars(select(Organisation).where(Organisation.code == code.upper())).one_or_none()
    if found is None:
        raise NoSuchOrganisation(code=code, at="authority")
    if found.kind != AUTHORITY:
        raise NotAnAuthority(name=found.name, at="authority")
    return found


def _said(authority: Organisation) -> Entry:
    return Entry(kdes={"authority": authority.code}, answer={"authority": authority.code})


def _area(session: Session, actor: Actor, fact: GrantArea | EndArea) -> tuple[str, str]:
    own = session.get_one(Organisation, actor.org_id)
    if own.kind != AUTHORITY:
        raise NotAnAuthority(name=own.name, at="authority")
    return fact.country.upper(), nfc(fact.province)


def _area_said(area: tuple[str, str]) -> Entry:
    said = {"country": area[0], "province": area[1]}
    return Entry(kdes=said, answer=said)
