"""Ending the suspension of an official code, or taking back one that was said by mistake."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.domain.events import Kind
from traceability.domain.roles import Actor
from traceability.domain.suspensions import EndSuspension, check_ends
from traceability.domain.text import nfc
from traceability.errors import Conflict, Invalid, NotFound, SayWhy
from traceability.models import Suspension
from traceability.operations.ledger import Entry, operation
from traceability.operations.registry import registration_of


class NoSuchSuspension(NotFound):
    """The code {code} has no such suspension. Open the list of official codes and choose one there."""


class LastDayOrMistake(Invalid):
    """Give the last day of the suspension, or tick that it was a mistake. Not both."""


class NeverWas(Conflict):
    """This suspension was taken back already: it was said by mistake."""


@operation(Kind.END_SUSPENSION)
def end_suspension(session: Session, actor: Actor, fact: EndSuspension) -> Entry:
    """The last day of a suspension is said, or that it never was: then the code stood on all of its days.

    Raises SayWhy, LastDayOrMistake, NoSuchRegistration, NoSuchSuspension, NeverWas, EndsBeforeItBegins.
    """
    if not fact.reason.strip():
        raise SayWhy(at="reason")
    if fact.in_error is (fact.last_on is not None):
        raise LastDayOrMistake(at="last_on")
    suspension = _suspension(session, actor, fact)
    if suspension.in_error:
        raise NeverWas()
    check_ends(suspension.from_on, fact.last_on, at="last_on")
    if fact.in_error:
        suspension.in_error = True
    else:
        suspension.to_on = fact.last_on
    kdes = {
        "scheme": fact.scheme,
        "official_code": fact.official_code,
        "number": fact.number,
        "last_on": fact.last_on.isoformat() if fact.last_on else "",
        "in_error": fact.in_error,
        "reason": nfc(fact.reason),
    }
    return Entry(kdes=kdes, answer={"official_code": fact.official_code, "number": fact.number})


def _suspension(session: Session, actor: Actor, fact: EndSuspension) -> Suspension:
    registration = registration_of(session, actor, fact.scheme, fact.official_code)
    said = select(Suspension).where(Suspension.registration_id == registration.id).order_by(Suspension.id)
    found = session.scalars(said.offset(fact.number - 1).limit(1)).first() if fact.number > 0 else None
    if found is None:
        raise NoSuchSuspension(code=fact.official_code, at="number")
    return found
