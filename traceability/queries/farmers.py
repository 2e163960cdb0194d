"""Farmers as a clerk looks for them, and everything the organisation knows about one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select
from sqlalchemy.orm import Session

from traceability.domain.identifiers import code_in
from traceability.domain.roles import Actor
from traceability.domain.text import nfc, search_key
from traceability.errors import NoSuchFarmer
from traceability.models import Event, Facility, Lot, Party, Person, Plot
from traceability.queries import cards
from traceability.queries.seasons import SeasonTotal, season_totals

MOST_FOUND = 40
ENOUGH_DIGITS = 3  # the end of a number by which people are called at a scale


@dataclass(frozen=True)
class FarmerRow:
    """One farmer in a list: enough to tell two people of the same name apart."""

    code: str
    number: str
    name: str
    nickname: str
    village: str

    @property
    def said(self) -> str:
        """Number and village, as people say who somebody is."""
        return " · ".join(part for part in (self.number, self.nickname, self.village) if part)


@dataclass(frozen=True)
class PlotRow:
    """One plot. `area_m2` is that of the polygon when there is one, else as declared."""

    code: str
    name: str
    commodity: str
    area_m2: int
    place: str
    geometry_kind: str
    farmer: str = ""
    cap_g: int | None = None  # of a crop year, where there is a limit


@dataclass(frozen=True)
class DeliveryRow:
    """One delivery as lists and the farmer's page show it."""

    code: str
    number: str
    event: str
    commodity: str
    form: str
    grade: str
    made_g: int
    balance_g: int
    count: int
    made_at: datetime
    zone_minutes: int
    void: bool
    facility: str = ""
    farmer: str = ""
    farmer_number: str = ""
    plot: str = ""


@dataclass(frozen=True)
class FarmerPage:
    """Everything about one farmer, the newest delivery first."""

    farmer: FarmerRow
    phone: str
    named_in_public: bool
    country: str
    province: str
    district: str
    registered_at: datetime
    plots: tuple[PlotRow, ...]
    totals: tuple[SeasonTotal, ...]
    deliveries: tuple[DeliveryRow, ...]


def farmers(
    session: Session, actor: Actor, asked: str = "", *, page: int = 1, size: int = MOST_FOUND
) -> tuple[list[FarmerRow], int]:
    """One page of the organisation's farmers who fit `asked` (number, name, nickname, village), and how many fit.

    Every word asked must fit. Tone marks, diacritics and leading zeros are forgotten: `dao` finds Đào, 417 finds 0417.
    """
    fits = and_(Party.org_id == actor.org_id, Party.kind == "farmer", *_fitting(session, actor, asked))
    count = session.scalar(
        select(func.count()).select_from(Party).join(Person, Person.party_id == Party.id).where(fits)
    )
    rows = session.execute(
        select(Party, Person)
        .join(Person, Person.party_id == Party.id)
        .where(fits)
        .order_by(func.length(Party.number), Party.number)
        .limit(size)
        .offset((page - 1) * size)
    )
    return [farmer_row(party, person) for party, person in rows], count or 0


def recent_farmers(session: Session, actor: Actor, most: int = 5) -> list[FarmerRow]:
    """The farmers whom this clerk weighed in last, the newest first."""
    latest = func.max(Lot.id)
    rows = session.execute(
        select(Lot.origin_party_id, latest)
        .join(Event, Event.id == Lot.made_by_id)
        .where(Lot.org_id == actor.org_id, Lot.kind == "delivery", Event.actor_id == actor.user_id)
        .group_by(Lot.origin_party_id)
        .order_by(latest.desc())
        .limit(most)
    )
    order = [party for party, _ in rows if party is not None]
    found = {
        party.id: farmer_row(party, person)
        for party, person in session.execute(
            select(Party, Person).join(Person, Person.party_id == Party.id).where(Party.id.in_(order))
        )
    }
    return [found[party] for party in order if party in found]


def farmer(session: Session, actor: Actor, code: str) -> FarmerRow:
    """A farmer of the organisation by card code or number. Raises NoSuchFarmer."""
    return farmer_row(*_party(session, actor, code))


def farmer_of_plot(session: Session, actor: Actor, plot: Plot) -> FarmerRow:
    """Whose plot it is."""
    code = session.scalar(select(Party.code).where(Party.org_id == actor.org_id, Party.id == plot.party_id))
    return farmer(session, actor, code or "")


def by_numbers(session: Session, actor: Actor, written: Collection[str]) -> dict[str, FarmerRow]:
    """Farmers by what people write for them: number or card code, and 417 for 0417 where only one member is meant."""
    bare = func.ltrim(Party.number, "0")
    upper = {text: text.strip().upper() for text in written}
    among = {each for text in upper.values() for each in (text, text.lstrip("0"))}
    rows = session.execute(
        select(Party, Person, cards.held_code)
        .join(Person, Person.party_id == Party.id)
        .where(Party.org_id == actor.org_id, Party.kind == "farmer")
        .where(or_(func.upper(Party.number).in_(among), func.upper(bare).in_(among), cards.held_code.in_(among)))
    ).all()
    exact: dict[str, FarmerRow] = {}
    near: dict[str, list[FarmerRow]] = {}
    for party, person, card in rows:
        found = farmer_row(party, person)
        exact[party.number.upper()] = found
        exact.setdefault(card, found)
        near.setdefault(party.number.upper().lstrip("0"), []).append(found)
    alone = {text: some[0] for text, some in near.items() if len(some) == 1}
    meant = {text: exact.get(key) or alone.get(key.lstrip("0")) for text, key in upper.items()}
    return {text: found for text, found in meant.items() if found is not None}


def farmer_page(session: Session, actor: Actor, code: str, most: int = 50) -> FarmerPage:
    """Everything about one farmer; at most the last `most` deliveries are listed. Raises NoSuchFarmer."""
    party, person = _party(session, actor, code)
    of_farmer = and_(Lot.org_id == actor.org_id, Lot.origin_party_id == party.id)
    return FarmerPage(
        farmer=farmer_row(party, person),
        phone=person.phone,
        named_in_public=person.named_in_public,
        country=party.country,
        province=party.province,
        district=party.district,
        registered_at=party.created_at,
        plots=tuple(plots_of(session, actor, party.code)),
        totals=season_totals(session, actor.org_id, party.id),
        deliveries=tuple(deliveries(session, actor, of_farmer, most=most)),
    )


def plots_of(session: Session, actor: Actor, farmer_code: str, commodity: str = "") -> list[PlotRow]:
    """The plots of one farmer, only those that grow `commodity` when it is given."""
    party, _ = _party(session, actor, farmer_code)
    wanted = [Plot.org_id == actor.org_id, Plot.party_id == party.id]
    if commodity:
        wanted.append(Plot.commodity == commodity)
    rows = session.scalars(select(Plot).where(*wanted).order_by(Plot.id))
    return [
        PlotRow(row.code, row.name, row.commodity, row.area_m2, row.village, row.geometry_kind, cap_g=row.cap_g)
        for row in rows
    ]


def weighed_in() -> ColumnElement[bool]:
    """Deliveries of farmers. What a file of others says that a supplier gave was never on a scale here."""
    of_farmer = exists().where(Party.id == Lot.origin_party_id, Party.kind == "farmer").correlate(Lot)
    return and_(Lot.kind == "delivery", of_farmer)


def deliveries(session: Session, actor: Actor, wanted: ColumnElement[bool], most: int = 500) -> list[DeliveryRow]:
    """Deliveries of the organisation that fit `wanted`, the newest first."""
    rows = session.execute(
        select(Lot, Event.code, Facility.name, Party.number, Person.name, Plot.name)
        .join(Event, Event.id == Lot.made_by_id)
        .outerjoin(Facility, Facility.id == Lot.facility_id)
        .join(Party, Party.id == Lot.origin_party_id)
        .outerjoin(Person, Person.party_id == Party.id)
        .outerjoin(Plot, Plot.id == Lot.origin_plot_id)
        .where(Lot.org_id == actor.org_id, Lot.kind == "delivery", Party.kind == "farmer", wanted)
        .order_by(Lot.made_at.desc(), Lot.id.desc())
        .limit(most)
    )
    return [_delivery(*row) for row in rows]


def farmer_row(party: Party, person: Person) -> FarmerRow:
    """A farmer as lists show one."""
    return FarmerRow(party.code, party.number, person.name, person.nickname, party.village)


def _delivery(
    lot: Lot, event: str, facility: str | None, number: str, name: str | None, plot: str | None
) -> DeliveryRow:
    return DeliveryRow(
        code=lot.code,
        number=lot.number,
        event=event,
        commodity=lot.commodity,
        form=lot.form,
        grade=lot.grade,
        made_g=lot.made_g,
        balance_g=lot.balance_g,
        count=lot.made_count,
        made_at=lot.made_at,
        zone_minutes=lot.zone_minutes,
        void=lot.void,
        facility=facility or "",
        farmer=name or "",
        farmer_number=number,
        plot=plot or "",
    )


def _party(session: Session, actor: Actor, code: str) -> tuple[Party, Person]:
    named = or_(Party.code == code.strip().upper(), Party.number == code.strip())
    found = session.execute(
        select(Party, Person)
        .join(Person, Person.party_id == Party.id)
        .where(Party.org_id == actor.org_id, Party.kind == "farmer", named)
        .order_by(Party.id)
    ).first()
    if found is None:
        raise NoSuchFarmer(code=code, at="farmer")
    return found.Party, found.Person


def _fitting(session: Session, actor: Actor, asked: str) -> list[ColumnElement[bool]]:
    """One condition for each word that was asked."""
    words = [(word, search_key(word)) for word in nfc(asked).split()]
    if words and not any(key for _, key in words):
        return [false()]
    villages = _villages(session, actor) if words else []
    fits = [_fits(word, key, villages) for word, key in words if key]
    # a card's code is looked up as it is: folded for searching, its X would be an S
    code = code_in(asked)
    return [or_(cards.held_code == code, and_(*fits))] if code and fits else fits


def _fits(word: str, key: str, villages: Collection[str]) -> ColumnElement[bool]:
    """Whether one word is part of the name or the village, begins the number (zeros left out) or ends it."""
    ways: list[ColumnElement[bool]] = [
        Person.search_key.contains(key, autoescape=True),
        func.upper(Party.number) == word.upper(),
        Party.number.startswith(key, autoescape=True),
    ]
    if key.isdecimal():
        ways.append(func.ltrim(Party.number, "0") == key.lstrip("0"))
        if len(key) >= ENOUGH_DIGITS:
            ways.append(Party.number.endswith(key, autoescape=True))
    near = [village for village in villages if key in search_key(village)]
    if near:
        ways.append(Party.village.in_(near))
    return or_(*ways)


def _villages(session: Session, actor: Actor) -> Sequence[str]:
    return session.scalars(
        select(Party.village).where(Party.org_id == actor.org_id, Party.village != "").distinct()
    ).all()
