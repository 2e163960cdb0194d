"""GS1 numbers of organisations and places, and who or what a location number stands for."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from traceability.domain.dossier import Names, Place
from traceability.errors import NotFound
from traceability.models import Batch, Facility, Gs1Number, Organisation
from traceability.queries.farms import place_of


class UnknownParty(NotFound):
    """We know no organisation with this number. Compare it with the label or the paper."""


class UnknownPlace(NotFound):
    """We know no place with this number. Compare it with the label or the paper."""


@dataclass(frozen=True)
class Numbers:
    """The GS1 numbers that count now."""

    gln: str = ""
    company_prefix: str = ""


@dataclass(frozen=True)
class Whereabouts:
    """An organisation or a place as everybody may know it: what it is, where, and its numbers. Nobody is named."""

    code: str
    name: Names
    kind: str
    place: Place
    gln: str
    extension: str = ""  # of a place that is named under the number of its organisation
    of: Names | None = None  # the organisation that runs the place
    of_code: str = ""
    phone: str = ""
    address: str = ""
    demo: bool = False


def numbers_of(session: Session, org_id: int, facility_id: int | None = None) -> Numbers:
    """The numbers of an organisation, or of one of its places."""
    asked = select(Gs1Number).where(Gs1Number.org_id == org_id, _of(facility_id)).order_by(Gs1Number.id.desc())
    row = session.scalars(asked.limit(1)).first()
    return Numbers(row.gln, row.company_prefix) if row else Numbers()


def numbers_of_code(session: Session, org_id: int, code: str) -> Numbers:
    """The numbers of the place with this code, among those of the organisation."""
    found = session.scalar(select(Facility.id).where(Facility.org_id == org_id, Facility.code == code))
    return numbers_of(session, org_id, found) if found is not None else Numbers()


def holder_of(session: Session, gln: str) -> tuple[int, int | None] | None:
    """Whose a location number is now: the organisation, and the place unless it is the organisation's own."""
    row = session.scalars(_now().where(Gs1Number.gln == gln).order_by(Gs1Number.id).limit(1)).first()
    return (row.org_id, row.facility_id) if row else None


def party_of_gln(session: Session, gln: str) -> Whereabouts:
    """The organisation with this location number. Raises UnknownParty."""
    holder = holder_of(session, gln)
    if holder is None or holder[1] is not None:
        raise UnknownParty()
    return _party(session.get_one(Organisation, holder[0]), gln)


def party_of_code(session: Session, code: str) -> Whereabouts:
    """An organisation that is public: it has a location number, or a batch that was released. Raises UnknownParty."""
    row = session.scalars(select(Organisation).where(Organisation.code == code)).one_or_none()
    if row is None:
        raise UnknownParty()
    gln = numbers_of(session, row.id).gln
    released = select(Batch.id).where(Batch.org_id == row.id, Batch.released_at.is_not(None)).limit(1)
    if not gln and session.scalar(released) is None:
        raise UnknownParty()
    return _party(row, gln)


def places_of_gln(session: Session, gln: str, extension: str = "") -> list[Whereabouts]:
    """What stands under a location number, the finest first: the place of the extension, then that of the number.

    An extension is the prefix of a place under its organisation's number. One that nobody knows is passed by.
    Raises UnknownPlace when the number itself is unknown.
    """
    holder = holder_of(session, gln)
    if holder is None:
        raise UnknownPlace()
    organisation = session.get_one(Organisation, holder[0])
    if holder[1] is not None:
        return [_place(session.get_one(Facility, holder[1]), organisation, gln)]
    found = [_party(organisation, gln)]
    if extension:
        named = select(Facility).where(Facility.org_id == organisation.id, Facility.prefix == extension.upper())
        found = [_place(row, organisation, gln, row.prefix) for row in session.scalars(named)] + found
    return found


def place_of_code(session: Session, code: str) -> Whereabouts:
    """A place that has a location number, its own or under its organisation's. Raises UnknownPlace."""
    row = session.scalars(select(Facility).where(Facility.code == code)).one_or_none()
    if row is None:
        raise UnknownPlace()
    organisation = session.get_one(Organisation, row.org_id)
    if own := numbers_of(session, row.org_id, row.id).gln:
        return _place(row, organisation, own)
    if shared := numbers_of(session, row.org_id).gln:
        return _place(row, organisation, shared, row.prefix)
    raise UnknownPlace()


def _now() -> Select[Gs1Number]:
    """The rows that count: the last of each organisation and place."""
    latest = select(func.max(Gs1Number.id)).group_by(Gs1Number.org_id, Gs1Number.facility_id)
    return select(Gs1Number).where(Gs1Number.id.in_(latest))


def _of(facility_id: int | None) -> ColumnElement[bool]:
    return Gs1Number.facility_id.is_(None) if facility_id is None else Gs1Number.facility_id == facility_id


def _party(row: Organisation, gln: str) -> Whereabouts:
    return Whereabouts(
        row.code, row.called, row.kind, place_of(row), gln, phone=row.phone, address=row.address, demo=row.demo
    )


def _place(row: Facility, organisation: Organisation, gln: str, extension: str = "") -> Whereabouts:
    return Whereabouts(
        code=row.code,
        name=Names({"en": row.name}),
        kind=row.kind,
        place=place_of(row),
        gln=gln,
        extension=extension,
        of=organisation.called,
        of_code=organisation.code,
        demo=organisation.demo,
    )
