"""Phones, scales, prices, seasons, choices, codes and certificates: as the journal tells them, against the rows.

They are few, so that one value of each is kept until the journal is read to its end. Days are read as they are
stored: what is no day at all is a finding, and not the end of the audit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from sqlalchemy import String, cast, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from traceability.domain.events import Kind
from traceability.models import (
    BuyingChoice,
    Certificate,
    CertificateCover,
    Device,
    Event,
    Facility,
    FarmerCard,
    Party,
    Plot,
    Price,
    Registration,
    RegistrationCover,
    Scale,
    Season,
    Suspension,
)
from traceability.queries.audit.page import Finding, Page, Recorded, against

State = dict[str, Any]
States = dict[str, State]


class SetUp:
    """What was set up so far; `add` each page in order, then `compare`."""

    def __init__(self) -> None:
        self.phones: States = {}
        self.scales: States = {}
        self.prices: States = {}
        self.seasons: States = {}
        self.choices: States = {}
        self.codes: States = {}
        self.certificates: States = {}
        self.cards: States = {}

    def add(self, page: Page) -> None:
        """Apply what the events of a page say."""
        for event, body in page.read:
            turn = _TURNS.get(event.kind)
            if turn is not None:
                turn(self, event, body["kdes"])

    def compare(self, session: Session) -> Iterator[Finding]:
        """Findings of every row that is not what the journal tells."""
        yield from against("phone", self.phones, _phones(session))
        yield from against("scale", self.scales, _scales(session))
        yield from against("price", self.prices, _prices(session))
        yield from against("season", self.seasons, _seasons(session))
        yield from against("choice", self.choices, _choices(session))
        yield from against("official code", self.codes, _codes(session))
        yield from against("certificate", self.certificates, _certificates(session))
        yield from against("farmer card", self.cards, _cards(session))

    def _enrolled(self, event: Recorded, kdes: Mapping[str, Any]) -> None:
        told = {name: kdes.get(name) for name in ("name", "letter")}
        whose = {"organisation": event.org_id, "user": event.actor or 0}
        self.phones[kdes.get("device", "?")] = {**whose, **told, "revoked": False}

    def _revoked(self, _event: Recorded, kdes: Mapping[str, Any]) -> None:
        self.phones.setdefault(kdes.get("device", "?"), {})["revoked"] = True

    def _scale(self, event: Recorded, kdes: Mapping[str, Any]) -> None:
        told = {name: kdes.get(name) for name in ("name", "step_g")}
        where = {"organisation": event.org_id, "facility": event.facility, "made_by": event.id}
        self.scales[kdes.get("scale", "?")] = {**where, **told, "retired": False}

    def _retired(self, _event: Recorded, kdes: Mapping[str, Any]) -> None:
        self.scales.setdefault(kdes.get("scale", "?"), {})["retired"] = True

    def _price(self, event: Recorded, kdes: Mapping[str, Any]) -> None:
        told = {name: kdes.get(name) for name in ("commodity", "form", "grade", "from_on", "price_per_kg")}
        self.prices[event.code] = {"organisation": event.org_id, **told}

    def _season(self, event: Recorded, kdes: Mapping[str, Any]) -> None:
        told = {name: kdes.get(name) for name in ("commodity", "name", "from_on", "to_on", "withdrawn")}
        self.seasons[event.code] = {"organisation": event.org_id, **told}

    def _fields(self, event: Recorded, kdes: Mapping[str, Any]) -> None:
        self._chosen(event, "fields", event.facility, kdes.get("shown"))

    def _grades(self, event: Recorded, kdes: Mapping[str, Any]) -> None:
        self._chosen(event, "grades", kdes.get("commodity"), kdes.get("grades"))

    def _chosen(self, event: Recorded, about: str, subject: Any, chosen: Any) -> None:
        whose = {"organisation": event.org_id, "about": about}
        self.choices[event.code] = {**whose, "subject": subject, "chosen": chosen}

    def _registered(self, event: Recorded, kdes: Mapping[str, Any]) -> None:
        told = {name: kdes.get(name) for name in ("valid_from", "valid_to")}
        later = {name: kdes[name] for name in ("authority", "commodity") if name in kdes}  # not told at first
        covers = {name: sorted(kdes.get(name, ())) for name in ("plots", "facilities")}
        self.codes[_paper(event.org_id, kdes, "official_code")] = {**told, **later, **covers, "suspensions": []}

    def _suspended(self, event: Recorded, kdes: Mapping[str, Any]) -> None:
        state = self.codes.setdefault(_paper(event.org_id, kdes, "official_code"), {})
        pause = (*(kdes.get(name) for name in ("from_on", "to_on", "reason")), False)
        state["suspensions"] = [*state.get("suspensions", ()), pause]

    def _ended(self, event: Recorded, kdes: Mapping[str, Any]) -> None:
        state = self.codes.setdefault(_paper(event.org_id, kdes, "official_code"), {})
        said = list(state.get("suspensions", ()))
        at = kdes.get("number")
        if isinstance(at, int) and 0 < at <= len(said):
            from_on, to_on, reason, in_error = said[at - 1]
            said[at - 1] = (from_on, kdes.get("last_on") or to_on, reason, in_error or bool(kdes.get("in_error")))
        state["suspensions"] = said

    def _replaced(self, event: Recorded, kdes: Mapping[str, Any]) -> None:
        told = {name: kdes.get(name) for name in ("farmer", "card")}
        self.cards[event.code] = {"organisation": event.org_id, **told}

    def _certified(self, event: Recorded, kdes: Mapping[str, Any]) -> None:
        told = {name: kdes.get(name) for name in ("issuer", "custody", "valid_from", "valid_to")}
        covers = {name: sorted(kdes.get(name, ())) for name in ("farmers", "plots")}
        self.certificates[_paper(event.org_id, kdes, "number")] = {**told, **covers}


_TURNS: Final[Mapping[str, Callable[[SetUp, Recorded, Mapping[str, Any]], None]]] = {
    Kind.ENROL_DEVICE: SetUp._enrolled,
    Kind.REVOKE_DEVICE: SetUp._revoked,
    Kind.REGISTER_SCALE: SetUp._scale,
    Kind.RETIRE_SCALE: SetUp._retired,
    Kind.SET_PRICE: SetUp._price,
    Kind.SET_SEASON: SetUp._season,
    Kind.SET_FIELDS: SetUp._fields,
    Kind.SET_GRADES: SetUp._grades,
    Kind.REGISTER_REGISTRATION: SetUp._registered,
    Kind.SUSPEND_REGISTRATION: SetUp._suspended,
    Kind.END_SUSPENSION: SetUp._ended,
    Kind.REGISTER_CERTIFICATE: SetUp._certified,
    Kind.REPLACE_CARD: SetUp._replaced,
}


def _paper(org_id: int, kdes: Mapping[str, Any], number: str) -> str:
    """What tells one code or certificate from another: whose it is, its scheme and its number."""
    return f"{org_id} {kdes.get('scheme')} {kdes.get(number)}"


def _as_stored(day: InstrumentedAttribute[Any]) -> Any:
    """A day as text, whatever stands there; nothing where there is none."""
    return func.coalesce(cast(day, String), "")


def named_by(made_by: InstrumentedAttribute[int]) -> Any:
    """The code of the entry that a row names, or what it names where there is no such entry."""
    code = select(Event.code).where(Event.id == made_by).scalar_subquery()
    return func.coalesce(code, cast(made_by, String))


def _phones(session: Session) -> States:
    return {
        row.code: {
            "organisation": row.org_id,
            "user": row.user_id,
            "name": row.name,
            "letter": row.letter,
            "revoked": row.revoked_at is not None,
        }
        for row in session.scalars(select(Device))
    }


def _scales(session: Session) -> States:
    rows = session.execute(select(Scale, Facility.code).outerjoin(Facility, Facility.id == Scale.facility_id))
    return {
        row.code: {
            "organisation": row.org_id,
            "facility": facility,
            "made_by": row.made_by_id,
            "name": row.name,
            "step_g": row.step_g,
            "retired": row.retired_at is not None,
        }
        for row, facility in rows
    }


def _prices(session: Session) -> States:
    rows = session.execute(
        select(
            *(named_by(Price.made_by_id), Price.org_id, Price.commodity, Price.form, Price.grade),
            *(_as_stored(Price.from_on), Price.price_per_kg),
        )
    )
    names = ("organisation", "commodity", "form", "grade", "from_on", "price_per_kg")
    return {event: dict(zip(names, told, strict=True)) for event, *told in rows}


def _seasons(session: Session) -> States:
    days = _as_stored(Season.from_on), _as_stored(Season.to_on)
    rows = session.execute(
        select(named_by(Season.made_by_id), Season.org_id, Season.commodity, Season.name, *days, Season.withdrawn)
    )
    names = ("organisation", "commodity", "name", "from_on", "to_on", "withdrawn")
    return {event: dict(zip(names, told, strict=True)) for event, *told in rows}


def _choices(session: Session) -> States:
    columns = (BuyingChoice.org_id, BuyingChoice.about, BuyingChoice.subject, BuyingChoice.chosen)
    rows = session.execute(select(named_by(BuyingChoice.made_by_id), *columns))
    names = ("organisation", "about", "subject", "chosen")
    return {event: dict(zip(names, told, strict=True)) for event, *told in rows}


def _cards(session: Session) -> States:
    rows = session.execute(
        select(named_by(FarmerCard.made_by_id), FarmerCard.org_id, Party.code, FarmerCard.code).outerjoin(
            Party, Party.id == FarmerCard.party_id
        )
    )
    names = ("organisation", "farmer", "card")
    return {event: dict(zip(names, told, strict=True)) for event, *told in rows}


def _codes(session: Session) -> States:
    plots = _covered(session, RegistrationCover.registration_id, RegistrationCover.plot_id, Plot)
    places = _covered(session, RegistrationCover.registration_id, RegistrationCover.facility_id, Facility)
    pauses: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    days = _as_stored(Suspension.from_on), _as_stored(Suspension.to_on)
    for key, *pause in session.execute(
        select(Suspension.registration_id, *days, Suspension.reason, Suspension.in_error).order_by(Suspension.id)
    ):
        pauses[key].append(tuple(pause))
    columns = (Registration.id, Registration.org_id, Registration.scheme, Registration.official_code)
    told = (Registration.authority, Registration.commodity)
    days = _as_stored(Registration.valid_from), _as_stored(Registration.valid_to)
    return {
        f"{org_id} {scheme} {code}": {
            "authority": authority,
            "commodity": commodity,
            "valid_from": since,
            "valid_to": until,
            "plots": sorted(plots[key]),
            "facilities": sorted(places[key]),
            "suspensions": pauses[key],
        }
        for key, org_id, scheme, code, authority, commodity, since, until in session.execute(
            select(*columns, *told, *days)
        )
    }


def _certificates(session: Session) -> States:
    farmers = _covered(session, CertificateCover.certificate_id, CertificateCover.party_id, Party)
    plots = _covered(session, CertificateCover.certificate_id, CertificateCover.plot_id, Plot)
    columns = (Certificate.id, Certificate.org_id, Certificate.scheme, Certificate.number)
    told = (Certificate.issuer, Certificate.custody)
    days = _as_stored(Certificate.valid_from), _as_stored(Certificate.valid_to)
    return {
        f"{org_id} {scheme} {number}": {
            "issuer": issuer,
            "custody": custody,
            "valid_from": since,
            "valid_to": until,
            "farmers": sorted(farmers[key]),
            "plots": sorted(plots[key]),
        }
        for key, org_id, scheme, number, issuer, custody, since, until in session.execute(
            select(*columns, *told, *days)
        )
    }


def _covered(
    session: Session,
    paper: InstrumentedAttribute[int],
    key: InstrumentedAttribute[int | None],
    table: type[Plot] | type[Facility] | type[Party],
) -> dict[int, list[str]]:
    """The public codes of what each paper covers."""
    found: dict[int, list[str]] = defaultdict(list)
    for covering, code in session.execute(select(paper, table.code).join(table, table.id == key)):
        found[covering].append(code)
    return found
