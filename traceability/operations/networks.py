"""Networks of others in our journal: their sources become deliveries, all else lots made from lots, oldest first.

Every entry is said under a client id made from the file's digest and the place of the lot in it: importing a file
again changes nothing, and one that was interrupted goes on where it stopped.
"""

from __future__ import annotations

from collections import ChainMap, Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.domain.custody import Custody, of_mix
from traceability.domain.events import Kind
from traceability.domain.facts import (
    RegisterFacility,
    RegisterParty,
    Take,
    Where,
)
from traceability.domain.moments import day_of
from traceability.domain.postings import Account, Posting
from traceability.domain.reported import ReportDelivery, Reported, ReportLot
from traceability.domain.roles import Actor
from traceability.domain.text import nfc, search_key
from traceability.errors import MassNeeded
from traceability.imports.network import Network, Place, short_number
from traceability.imports.network_masses import Weighed, weighed
from traceability.models import Facility, Lot, Party
from traceability.models.database import Database
from traceability.operations import lookups, naming, registry
from traceability.operations.balances import NewLot
from traceability.operations.ledger import Entry, operation
from traceability.operations.making import difference, taken

UNRECORDED: Final = "unrecorded"  # the account of what a file does not say
NOWHERE: Final = Place("", "Place not named")
_LONGEST_NAME: Final = 80
_TOGETHER: Final = 50  # entries of one transaction: a crash loses at most these, and a second run takes them up
_DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Source:
    """Which file a network is from (its SHA-256), and the goods that its lots are booked as."""

    digest: str
    commodity: str
    form: str

    def client_id(self, what: str, number: int) -> str:
        return f"network-{self.digest[:24]}-{what}-{number}"


@operation(Kind.REPORT_DELIVERY)
def report_delivery(session: Session, actor: Actor, fact: ReportDelivery) -> Entry:
    """Goods of a place that nobody says were made of anything -> delivery of that place.

    Grams above what the file says are a gain that was never recorded.
    """
    supplier = lookups.partner_of(session, actor, fact.supplier, at="supplier")
    lot = _lot(session, actor, fact, "delivery", Custody.SEGREGATED)
    lot.origin_party_id = supplier.id
    stated = min(fact.mass_g, fact.stated_g or fact.mass_g)
    postings = [Posting(Account.PARTY, supplier.code, -stated), *difference(stated, fact.mass_g, UNRECORDED)]
    postings.append(Posting(Account.LOT, lot.code, fact.mass_g))
    return _entry(session, actor, fact, lot, postings, {"farmer": supplier.code, "plot": ""})


@operation(Kind.REPORT_LOT)
def report_lot(session: Session, actor: Actor, fact: ReportLot) -> Entry:
    """Lots L1 + L2 + ... -> lot L. What came out less, or more, than went in was never recorded."""
    takes = taken(session, actor, fact.takes, at="takes")
    lot = _lot(session, actor, fact, "lot", of_mix([Custody(parent.custody) for parent, _, _ in takes], len(takes)))
    counted = sum(mass for _, mass, _ in takes)
    postings = [Posting(Account.LOT, parent.code, -mass) for parent, mass, _ in takes]
    postings += [Posting(Account.LOT, lot.code, fact.mass_g), *difference(counted, fact.mass_g, UNRECORDED)]
    return _entry(session, actor, fact, lot, postings, {"counted_g": counted})


def store_network(
    database: Database, actor: Actor, network: Network, source: Source, told: Callable[[int], None] = lambda _: None
) -> dict[str, str]:
    """Store every place and lot of a network, some in each transaction. Answers the public code of each lot by its id.

    Raises FromTheFuture before anything is stored when a lot is of a day to come; SaidDifferently when the file was
    stored before, but as other goods or drawn by another method. `told` hears how many lots were just stored.
    """
    lots = weighed(network, day_of(datetime.now(UTC), actor.zone_minutes))
    serials = {good.key: serial for serial, good in enumerate(network.goods, start=1)}
    known = {place.key: place for place in network.places}
    named = [known.get(key, NOWHERE) for key in dict.fromkeys(good.place for good in network.goods)]
    growing = {good.place for good in network.sources}
    places: dict[str, tuple[str, str]] = {}
    codes: dict[str, str] = {}

    def some_places(session: Session, chunk: Sequence[tuple[int, Place]]) -> dict[str, tuple[str, str]]:
        return {
            place.key: (
                _facility(session, actor, source, number, place),
                _supplier(session, actor, source, number, place) if place.key in growing else "",
            )
            for number, place in chunk
        }

    def some_lots(session: Session, chunk: Sequence[Weighed]) -> dict[str, str]:
        found = ChainMap[str, str]({}, codes)
        for lot in chunk:
            serial = serials[lot.good.key]
            found[lot.good.key] = _report(session, actor, source, serial, lot, places[lot.good.place], found)
        return dict(found.maps[0])

    numbered = list(enumerate(_told_apart(named), start=1))
    for start in range(0, len(numbered), _TOGETHER):
        places |= database.write(partial(some_places, chunk=numbered[start : start + _TOGETHER]))
    for start in range(0, len(lots), _TOGETHER):
        stored = database.write(partial(some_lots, chunk=lots[start : start + _TOGETHER]))
        codes |= stored
        told(len(stored))
    return codes


def _report(
    session: Session,
    actor: Actor,
    source: Source,
    serial: int,
    lot: Weighed,
    place: tuple[str, str],
    codes: Mapping[str, str],
) -> str:
    facility, supplier = place
    good = lot.good
    said: dict[str, Any] = {
        "client_id": source.client_id("lot", serial),
        "occurred_at": _noon(lot.day, actor.zone_minutes),
        "zone_minutes": actor.zone_minutes,
        "commodity": source.commodity,
        "form": source.form,
        "number": good.number,
        "serial": serial,
        "mass_g": lot.mass_g,
        "stated_g": good.mass_g,
        "stated_on": good.day,
        "reported_as": good.key,
        "item": good.item,
        "facility": facility,
        "file": source.digest,
    }
    if not lot.takes:
        return str(report_delivery(session, actor, ReportDelivery(**said, supplier=supplier))["lot"])
    takes = tuple(Take(lot=codes[parent], mass_g=mass) for parent, mass in lot.takes)
    return str(report_lot(session, actor, ReportLot(**said, takes=takes))["lot"])


def _lot(session: Session, actor: Actor, fact: Reported, kind: str, custody: Custody) -> NewLot:
    facility = lookups.facility_of(session, actor, fact.facility) if fact.facility else None
    if fact.mass_g <= 0:
        raise MassNeeded(at="mass")
    return NewLot(
        org_id=actor.org_id,
        code=naming.fresh_code(session, Lot.code),
        number=naming.Numbers(session, actor.org_id).foreign(short_number(fact.number), fact.serial),
        kind=kind,
        commodity=fact.commodity,
        form=lookups.form_of(fact.commodity, fact.form).key,
        variety=nfc(fact.item)[:80].strip(),
        custody=str(custody),
        made_at=fact.occurred_at,
        zone_minutes=fact.zone_minutes,
        facility_id=facility.id if facility else None,
    )


def _entry(
    session: Session, actor: Actor, fact: Reported, lot: NewLot, postings: Sequence[Posting], more: Mapping[str, Any]
) -> Entry:
    kdes = {
        **more,
        "reported_as": fact.reported_as,
        "file": fact.file,
        "mass_known": fact.stated_g is not None,
        "stated_g": fact.stated_g,
        "stated_on": fact.stated_on.isoformat() if fact.stated_on else "",
    }
    facility = lookups.facility_of(session, actor, fact.facility) if fact.facility else None
    answer = {"lot": lot.code, "number": lot.number, "mass_g": fact.mass_g}
    return Entry(postings=postings, makes=[lot], kdes=kdes, answer=answer, facility=facility)


def _facility(session: Session, actor: Actor, source: Source, number: int, place: Place) -> str:
    """The place of this name and country, or a new one: another file may have brought it already."""
    known = select(Facility.code).where(
        Facility.org_id == actor.org_id, Facility.name == place.name, Facility.country == place.country
    )
    found = session.scalars(known.order_by(Facility.id)).first()
    if found is not None:
        return found
    fact = RegisterFacility(
        client_id=source.client_id("place", number),
        occurred_at=datetime.now(UTC),
        name=place.name,
        kind="warehouse",
        prefix=_free_prefix(session, actor.org_id, number),
        where=Where(country=place.country),
    )
    return str(registry.register_facility(session, actor, fact)["facility"])


def _supplier(session: Session, actor: Actor, source: Source, number: int, place: Place) -> str:
    """The supplier of this name and country, or a new one: goods that start at a place are its deliveries."""
    known = select(Party.code).where(
        Party.org_id == actor.org_id,
        Party.kind == "supplier",
        Party.name_key == search_key(place.name)[:200],
        Party.name == place.name,
        Party.country == place.country,
    )
    found = session.scalars(known.order_by(Party.id)).first()
    if found is not None:
        return found
    fact = RegisterParty(
        client_id=source.client_id("supplier", number),
        occurred_at=datetime.now(UTC),
        name=place.name,
        kind="supplier",
        where=Where(country=place.country),
    )
    return str(registry.register_party(session, actor, fact)["partner"])


def _told_apart(places: Sequence[Place]) -> list[Place]:
    """The places, each under a name of its own that can be kept: two of one name and country carry their ids."""
    names = [(nfc(place.name[:_LONGEST_NAME]), place.country) for place in places]
    times = Counter(names)
    return [
        Place(place.key, nfc(f"{name} ({place.key[-36:]})") if times[name, country] > 1 else name, country)
        for place, (name, country) in zip(places, names, strict=True)
    ]


def _free_prefix(session: Session, org_id: int, number: int) -> str:
    """A prefix that no place of the organisation has: `X001`, `X002` ... counted in letters and digits."""
    while True:
        digits, rest = "", number
        while rest or len(digits) < 3:
            rest, last = divmod(rest, len(_DIGITS))
            digits = _DIGITS[last] + digits
        taken = select(Facility.id).where(Facility.org_id == org_id, Facility.prefix == f"X{digits}")
        if session.scalars(taken).first() is None:
            return f"X{digits}"
        number += 1


def _noon(on: date, zone_minutes: int) -> datetime:
    """Noon of the day where it happened, never later than now."""
    return min(datetime.now(UTC), datetime.combine(on, time(12), UTC) - timedelta(minutes=zone_minutes))
