"""The GS1 numbers of an organisation and of its places."""

from __future__ import annotations

import re

from sqlalchemy.orm import Session

from traceability.domain.events import Kind
from traceability.domain.gs1 import read_gln
from traceability.domain.labelling import SetGs1
from traceability.domain.roles import Actor
from traceability.domain.text import ascii_forms, shown
from traceability.errors import Conflict, Invalid, Refusal
from traceability.models import Gs1Number
from traceability.operations import lookups
from traceability.operations.ledger import Entry, operation
from traceability.queries import gs1


class NotAPrefixOfACompany(Invalid):
    """{typed} is not a GS1 company prefix: that has 6 to 12 digits. Copy it from the letter of GS1."""


class NothingNew(Invalid):
    """There is no new number here. Type the one to use from now on, or leave it as it is."""


class GlnTaken(Conflict):
    """The location number {gln} stands for somebody else here already. Compare it with the letter of GS1."""


@operation(Kind.SET_GS1)
def set_gs1(session: Session, actor: Actor, fact: SetGs1) -> Entry:
    """The numbers from now on. What was printed with the old ones is not changed by it.

    Raises NoSuchFacility, NotAGln, WrongCheckDigit, NotAPrefixOfACompany, GlnTaken, NothingNew.
    """
    place = lookups.facility_of(session, actor, fact.facility) if fact.facility else None
    gln = _gln(fact.gln) if fact.gln else ""
    prefix = "" if place else _company_prefix(fact.company_prefix)
    facility_id = place.id if place else None
    holder = gs1.holder_of(session, gln) if gln else None
    if holder is not None and holder != (actor.org_id, facility_id):
        raise GlnTaken(gln=gln, at="gln")
    known = gs1.numbers_of(session, actor.org_id, facility_id)
    if gs1.Numbers(gln, prefix) in (known, gs1.Numbers()):
        raise NothingNew(at="gln")
    row = Gs1Number(org_id=actor.org_id, facility_id=facility_id, gln=gln, company_prefix=prefix)
    kdes = {"of": place.code if place else "", "gln": gln, "company_prefix": prefix}
    return Entry(rows=[row], kdes=kdes, answer={"gln": gln, "company_prefix": prefix}, facility=place)


def _gln(typed: str) -> str:
    try:
        return read_gln(typed)
    except Refusal as refusal:
        refusal.at = "gln"
        raise


def _company_prefix(typed: str) -> str:
    digits = re.sub(r"[\s-]", "", ascii_forms(typed))
    if digits and not re.fullmatch("[0-9]{6,12}", digits):
        raise NotAPrefixOfACompany(typed=shown(typed), at="company_prefix")
    return digits
