"""Registering who and where: organisations, farmers, partners, plots, places, official codes, certificates."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from traceability.commodities import commodity
from traceability.domain.custody import Custody
from traceability.domain.events import Kind
from traceability.domain.facts import (
    ChangeConsent,
    RegisterCertificate,
    RegisterFacility,
    RegisterFarmer,
    RegisterOrganisation,
    RegisterParty,
    RegisterPlot,
    RegisterRegistration,
    SuspendRegistration,
    Where,
)
from traceability.domain.identifiers import read_prefix
from traceability.domain.journal import FIRST, commitment
from traceability.domain.roles import Actor, Role
from traceability.domain.suspensions import check_ends
from traceability.domain.text import nfc, search_key
from traceability.errors import NoSuchOrganisation, NoSuchRegistration, NumberTaken, OrganisationTaken, PrefixTaken
from traceability.models import (
    Certificate,
    CertificateCover,
    Facility,
    JournalHead,
    Organisation,
    Party,
    Person,
    Plot,
    Registration,
    RegistrationCover,
    Suspension,
)
from traceability.operations import ledger, lookups
from traceability.operations.ledger import Entry, operation
from traceability.operations.naming import fresh_code
from traceability.operations.public import forget_rendered

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)  # before anything was recorded


def register_organisation(session: Session, fact: RegisterOrganisation) -> Actor:
    """Open an organisation and its journal. Answers the command line's own actor in it.

    Only the machine itself may do this: no sign-in reaches here. Saying the same client id again answers the same;
    raises OrganisationTaken when another request opened one of that name.
    """
    known = session.scalars(select(Organisation).where(Organisation.name == nfc(fact.name))).first()
    if known is not None:
        if ledger.said_before(session, machine_actor(known), fact) is None:
            raise OrganisationTaken(name=known.name, at="name")
        return machine_actor(known)
    opened = Organisation(
        code=fresh_code(session, Organisation.code),
        prefix=read_prefix(fact.prefix),
        kind=fact.kind,
        name=nfc(fact.name),
        names={language: nfc(name) for language, name in fact.names},
        **_place(fact.where),
        address=nfc(fact.address),
        phone=fact.phone,
        zone_minutes=fact.zone_minutes,
        demo=fact.demo,
        created_at=datetime.now(UTC),
    )
    session.add(opened)
    session.flush()
    session.add(JournalHead(org_id=opened.id, seq=0, digest=FIRST, recorded_at=_EPOCH))
    session.flush()
    actor = machine_actor(opened)
    head = ledger.take_turn(session, opened.id)
    kdes = {"organisation": opened.code, "name": opened.name, "kind": opened.kind, "country": opened.country}
    ledger.append(session, actor, head, Kind.REGISTER_ORGANISATION, fact, Entry(kdes=kdes, answer=kdes))
    return actor


def open_organisation(session: Session, fact: RegisterOrganisation) -> Actor:
    """The same for a new one whose lot numbers are to be told from those of all others. Raises PrefixTaken too."""
    prefix = read_prefix(fact.prefix)
    taken = session.scalars(
        select(Organisation).where(Organisation.prefix == prefix, Organisation.name != nfc(fact.name))
    ).first()
    if taken is not None:
        raise PrefixTaken(prefix=prefix, name=taken.name, at="prefix")
    return register_organisation(session, fact)


def machine_actor(organisation: Organisation) -> Actor:
    """The command line on the machine itself, acting in one organisation."""
    return Actor(None, "command line", organisation.id, organisation.code, frozenset(Role))


@operation(Kind.REGISTER_FARMER)
def register_farmer(session: Session, actor: Actor, fact: RegisterFarmer) -> Entry:
    """A new farmer; the personal data goes into its own row, the journal holds salted commitments only."""
    number = fact.number.strip() or _next_number(session, actor.org_id)
    _check_free(session, actor.org_id, number)
    party = _party(session, actor, "farmer", number, fact.where)
    name, nickname = nfc(fact.name), nfc(fact.nickname)
    salt = secrets.token_bytes(16)
    person = Person(
        org_id=actor.org_id,
        name=name,
        nickname=nickname,
        search_key=search_key(f"{name} {nickname}")[:400],  # folding may lengthen; a column is as long as it is
        phone=fact.phone.strip(),
        salt=salt,
        named_in_public=fact.named_in_public,
    )
    session.add(party)
    session.flush()
    person.party_id = party.id
    session.add(person)
    kdes = {
        "farmer": party.code,
        "number": number,
        **_place(fact.where),
        "name": commitment(salt, name),
        "phone": commitment(salt, person.phone),
        "named_in_public": fact.named_in_public,
    }
    return Entry(kdes=kdes, answer={"farmer": party.code, "number": number})


@operation(Kind.CHANGE_CONSENT)
def change_consent(session: Session, actor: Actor, fact: ChangeConsent) -> Entry:
    """The farmer agrees to be named in public, or no longer does: then no page that is kept names them either."""
    party = lookups.farmer_of(session, actor, fact.farmer)
    session.get_one(Person, party.id).named_in_public = fact.named_in_public
    forget_rendered(session)
    kdes = {"farmer": party.code, "named_in_public": fact.named_in_public, "text": nfc(fact.text)}
    return Entry(kdes=kdes, answer={"farmer": party.code})


@operation(Kind.REGISTER_PARTY)
def register_party(session: Session, actor: Actor, fact: RegisterParty) -> Entry:
    """A new buyer, supplier, carrier, laboratory or certifier. Raises NoSuchOrganisation for an unknown link."""
    linked = None
    if fact.organisation:
        linked = organisation_by_code(session, fact.organisation)
    party = _party(session, actor, fact.kind, _next_number(session, actor.org_id), fact.where)
    party.name = nfc(fact.name)
    party.name_key = search_key(fact.name)[:200]
    party.linked_org_id = linked.id if linked else None
    session.add(party)
    session.flush()
    kdes = {"partner": party.code, "kind": fact.kind, "name": party.name, **_place(fact.where)}
    return Entry(kdes=kdes, answer={"partner": party.code, "number": party.number})


def organisation_by_code(session: Session, code: str, *, at: str = "organisation") -> Organisation:
    """Any organisation that works in this system. Raises NoSuchOrganisation."""
    found = session.scalars(select(Organisation).where(Organisation.code == code.upper())).one_or_none()
    if found is None:
        raise NoSuchOrganisation(code=code, at=at)
    return found


@operation(Kind.REGISTER_PLOT)
def register_plot(session: Session, actor: Actor, fact: RegisterPlot) -> Entry:
    """A new plot of a farmer. The journal holds a digest of its geometry, not the position."""
    farmer = lookups.farmer_of(session, actor, fact.farmer)
    goods = commodity(fact.commodity)
    plot = Plot(
        org_id=actor.org_id,
        code=fresh_code(session, Plot.code),
        party_id=farmer.id,
        name=nfc(fact.name),
        commodity=goods.key,
        area_m2=fact.area_m2,
        area_declared=fact.area_declared,
        bearing_m2=fact.bearing_m2,
        **_place(fact.where),
        geometry_kind=fact.geometry_kind,
        geometry=fact.geometry,
        created_at=datetime.now(UTC),
    )
    session.add(plot)
    session.flush()
    person = session.get_one(Person, farmer.id)
    kdes = {
        "plot": plot.code,
        "farmer": farmer.code,
        "commodity": goods.key,
        "area_m2": fact.area_m2,
        "area_declared": fact.area_declared,
        "bearing_m2": fact.bearing_m2,
        "geometry_kind": fact.geometry_kind,
        "geometry": commitment(person.salt, fact.geometry),
        **_place(fact.where),
    }
    return Entry(kdes=kdes, answer={"plot": plot.code})


@operation(Kind.REGISTER_FACILITY)
def register_facility(session: Session, actor: Actor, fact: RegisterFacility) -> Entry:
    """A new place that handles goods; its prefix starts the numbers of what is made there."""
    prefix = read_prefix(fact.prefix)
    taken = session.scalars(select(Facility.id).where(Facility.org_id == actor.org_id, Facility.prefix == prefix))
    if taken.first() is not None:
        raise NumberTaken(number=prefix, at="prefix")
    facility = Facility(
        org_id=actor.org_id,
        code=fresh_code(session, Facility.code),
        prefix=prefix,
        kind=fact.kind,
        name=nfc(fact.name),
        pool=fact.pool,
        **_place(fact.where),
        created_at=datetime.now(UTC),
    )
    session.add(facility)
    session.flush()
    kdes = {"facility": facility.code, "kind": fact.kind, "name": facility.name, **_place(fact.where)}
    if facility.pool:
        kdes["pool"] = facility.pool
    return Entry(kdes=kdes, answer={"facility": facility.code, "prefix": prefix})


@operation(Kind.REGISTER_REGISTRATION)
def register_registration(session: Session, actor: Actor, fact: RegisterRegistration) -> Entry:
    """An official code and what it stands for; without plots or places it stands for the organisation."""
    code = nfc(fact.official_code)
    known = select(Registration.id).where(
        Registration.org_id == actor.org_id, Registration.scheme == fact.scheme, Registration.official_code == code
    )
    if session.scalars(known).first() is not None:
        raise NumberTaken(number=code, at="official_code")
    registration = Registration(
        org_id=actor.org_id,
        scheme=fact.scheme,
        official_code=code,
        authority=nfc(fact.authority),
        commodity=fact.commodity,
        valid_from=fact.valid_from,
        valid_to=fact.valid_to,
        created_at=datetime.now(UTC),
    )
    session.add(registration)
    session.flush()
    plots = [lookups.plot_of(session, actor, plot, at="plots") for plot in fact.plots]
    facilities = [lookups.facility_of(session, actor, place, at="facilities") for place in fact.facilities]
    for plot in plots:
        session.add(RegistrationCover(org_id=actor.org_id, registration_id=registration.id, plot_id=plot.id))
    for place in facilities:
        session.add(RegistrationCover(org_id=actor.org_id, registration_id=registration.id, facility_id=place.id))
    kdes = {
        "scheme": fact.scheme,
        "official_code": code,
        "authority": registration.authority,
        "commodity": registration.commodity,
        "valid_from": _iso(fact.valid_from),
        "valid_to": _iso(fact.valid_to),
        "plots": _codes(plots),
        "facilities": _codes(facilities),
    }
    return Entry(kdes=kdes, answer={"official_code": code, "scheme": fact.scheme})


@operation(Kind.SUSPEND_REGISTRATION)
def suspend_registration(session: Session, actor: Actor, fact: SuspendRegistration) -> Entry:
    """Days on which an official code does not stand. Batches packed on other days keep it.

    Raises NoSuchRegistration, EndsBeforeItBegins.
    """
    registration = registration_of(session, actor, fact.scheme, fact.official_code)
    check_ends(fact.from_on, fact.to_on, at="to_on")
    session.add(
        Suspension(
            org_id=actor.org_id,
            registration_id=registration.id,
            from_on=fact.from_on,
            to_on=fact.to_on,
            reason=nfc(fact.reason),
        )
    )
    kdes = {
        "scheme": fact.scheme,
        "official_code": fact.official_code,
        "from_on": _iso(fact.from_on),
        "to_on": _iso(fact.to_on),
        "reason": nfc(fact.reason),
    }
    return Entry(kdes=kdes, answer={"official_code": fact.official_code})


def registration_of(session: Session, actor: Actor, scheme: str, code: str) -> Registration:
    """An official code of the organisation. Raises NoSuchRegistration."""
    named = Registration.scheme == scheme, Registration.official_code == code
    found = session.scalars(select(Registration).where(Registration.org_id == actor.org_id, *named)).one_or_none()
    if found is None:
        raise NoSuchRegistration(code=code, at="official_code")
    return found


@operation(Kind.REGISTER_CERTIFICATE)
def register_certificate(session: Session, actor: Actor, fact: RegisterCertificate) -> Entry:
    """The evidence behind a claim; without farmers or plots it covers the whole organisation."""
    number = nfc(fact.number)
    known = select(Certificate.id).where(
        Certificate.org_id == actor.org_id, Certificate.scheme == fact.scheme, Certificate.number == number
    )
    if session.scalars(known).first() is not None:
        raise NumberTaken(number=number, at="number")
    certificate = Certificate(
        org_id=actor.org_id,
        scheme=fact.scheme,
        number=number,
        issuer=nfc(fact.issuer),
        custody=str(Custody(fact.custody)),
        valid_from=fact.valid_from,
        valid_to=fact.valid_to,
        created_at=datetime.now(UTC),
    )
    session.add(certificate)
    session.flush()
    farmers = [lookups.farmer_of(session, actor, farmer, at="farmers") for farmer in fact.farmers]
    plots = [lookups.plot_of(session, actor, plot, at="plots") for plot in fact.plots]
    for farmer in farmers:
        session.add(CertificateCover(org_id=actor.org_id, certificate_id=certificate.id, party_id=farmer.id))
    for plot in plots:
        session.add(CertificateCover(org_id=actor.org_id, certificate_id=certificate.id, plot_id=plot.id))
    kdes = {
        "scheme": fact.scheme,
        "number": number,
        "issuer": certificate.issuer,
        "custody": certificate.custody,
        "valid_from": _iso(fact.valid_from),
        "valid_to": _iso(fact.valid_to),
        "farmers": _codes(farmers),
        "plots": _codes(plots),
    }
    return Entry(kdes=kdes, answer={"scheme": fact.scheme, "number": number})


def _party(session: Session, actor: Actor, kind: str, number: str, where: Where) -> Party:
    return Party(
        org_id=actor.org_id,
        code=fresh_code(session, Party.code),
        number=number,
        kind=kind,
        **_place(where),
        created_at=datetime.now(UTC),
    )


def _place(where: Where) -> dict[str, Any]:
    return {
        "country": where.country,
        "province": nfc(where.province),
        "district": nfc(where.district),
        "village": nfc(where.village),
    }


def _next_number(session: Session, org_id: int) -> str:
    """The next four-digit number; counts all partners, then steps over numbers the cooperative chose itself."""
    count = session.scalar(select(func.count()).select_from(Party).where(Party.org_id == org_id)) or 0
    while True:
        count += 1
        number = f"{count:04d}"
        taken = session.scalars(select(Party.id).where(Party.org_id == org_id, Party.number == number)).first()
        if taken is None:
            return number


def _check_free(session: Session, org_id: int, number: str) -> None:
    if session.scalars(select(Party.id).where(Party.org_id == org_id, Party.number == number)).first() is not None:
        raise NumberTaken(number=number, at="number")


def _iso(day: Any) -> str:
    return day.isoformat() if day else ""


def _codes(rows: Sequence[Party | Plot | lookups.Point]) -> list[str]:
    return [row.code for row in rows]
