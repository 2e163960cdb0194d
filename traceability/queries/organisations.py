"""Which organisation a person means on the command line, and in which country and money an organisation is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from traceability.domain.roles import Actor
from traceability.domain.text import nfc
from traceability.errors import Invalid, NoSuchOrganisation
from traceability.models import Organisation

CURRENCIES: Final[Mapping[str, str]] = {"LA": "LAK", "VN": "VND", "CN": "CNY"}


class SeveralOrganisations(Invalid):
    """There are several organisations. Say which one: {names}."""


class NoOrganisation(Invalid):
    """There is no organisation yet. Make one first: `traceability organisation add`."""


def organisation_meant(session: Session, named: str) -> Organisation:
    """An organisation by its code or name; without a name the only one there is.

    Raises NoSuchOrganisation, SeveralOrganisations or NoOrganisation.
    """
    if named:
        known = or_(Organisation.code == named.strip().upper(), Organisation.name == nfc(named))
        found = session.scalars(select(Organisation).where(known)).first()
        if found is None:
            raise NoSuchOrganisation(code=named, at="organisation")
        return found
    some = session.scalars(select(Organisation).order_by(Organisation.id).limit(10)).all()
    if not some:
        raise NoOrganisation(at="organisation")
    if len(some) > 1:
        raise SeveralOrganisations(names=", ".join(row.name for row in some), at="organisation")
    return some[0]


def country_of(session: Session, actor: Actor) -> str:
    """The ISO country of the organisation, for the currency and for new places."""
    return session.scalar(select(Organisation.country).where(Organisation.id == actor.org_id)) or ""


def currency_of(session: Session, org_id: int) -> str:
    """What an organisation pays in: what its country does."""
    country = session.scalar(select(Organisation.country).where(Organisation.id == org_id))
    return CURRENCIES.get(country or "", "USD")
