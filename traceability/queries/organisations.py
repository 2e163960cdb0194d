"""Which organisation a person means on the command line, where no sign-in says it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from traceability.domain.text import nfc
from traceability.errors import Invalid, NotFound
from traceability.models import Organisation


class SeveralOrganisations(Invalid):
    """There are several organisations. Say which one: {names}."""


class NotThisOrganisation(NotFound):
    """There is no organisation {code}. Say one of these: {names}. All of them: `traceability organisation list`."""


class NoOrganisation(Invalid):
    """There is no organisation yet. Make one first: `traceability organisation add`."""


def organisation_meant(session: Session, named: str) -> Organisation:
    """An organisation by its code or name; without a name the only one there is.

    Raises NotThisOrganisation, SeveralOrganisations or NoOrganisation.
    """
    if named:
        known = or_(Organisation.code == named.strip().upper(), Organisation.name == nfc(named))
        found = session.scalars(select(Organisation).where(known)).first()
        if found is not None:
            return found
    some = session.scalars(select(Organisation).order_by(Organisation.id).limit(10)).all()
    if not some:
        raise NoOrganisation(at="organisation")
    if named:
        raise NotThisOrganisation(code=named, names=", ".join(row.name for row in some), at="organisation")
    if len(some) > 1:
        raise SeveralOrganisations(names=", ".join(row.name for row in some), at="organisation")
    return some[0]


def organisations(session: Session) -> Sequence[Organisation]:
    """All who keep a journal here, for whoever runs the machine."""
    return session.scalars(select(Organisation).order_by(Organisation.name, Organisation.id)).all()
