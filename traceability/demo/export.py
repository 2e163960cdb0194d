"""From a finished lot to a buyer: packing, sealing, releasing, shipping, in the hands that may do each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from traceability.demo.telling import House, Stock
from traceability.domain.facts import Inspect, Measured, Pack, RegisterParty, Release, Seal, Ship, Take, Where
from traceability.domain.identifiers import container_check_digit
from traceability.operations.inspection import inspect
from traceability.operations.packing import pack, release, seal
from traceability.operations.registry import register_party
from traceability.operations.shipping import ship


@dataclass(frozen=True, kw_only=True)
class Packing:
    """What a batch is packed as, where it goes, and what the laboratory said of it."""

    facility: str
    form: str
    unit: str
    unit_g: int
    count: int
    destination: str
    grade: str = "A"
    variety: str = ""
    ico: str = ""
    gtin: str = ""
    brand: str = ""
    best_before: date | None = None
    tests: tuple[Measured, ...] = ()


@dataclass(frozen=True)
class Hands:
    """Who packs, who seals, who releases: the last two differ where there are two managers."""

    packs: str
    seals: str
    releases: str


def pack_goods(house: House, who: str, day: date, inputs: Sequence[Take], packing: Packing) -> Stock:
    """A packed lot, not sealed yet."""
    mass_g = packing.unit_g * packing.count
    done = house.tell(
        who,
        pack,
        Pack(
            **house.when(day, 9),
            facility=packing.facility,
            inputs=tuple(inputs),
            form=packing.form,
            unit=packing.unit,
            count=packing.count,
            mass_g=mass_g,
            grade=packing.grade,
            variety=packing.variety,
        ),
    )
    return Stock(done["lot"], mass_g, packing.count)


def seal_batch(house: House, who: str, day: date, packed: Stock, packing: Packing) -> None:
    """Tests first, then the seal: from here the code may be printed."""
    if packing.tests:
        house.tell(who, inspect, Inspect(**house.when(day, 10), lot=packed.code, measured=packing.tests))
    house.tell(
        who,
        seal,
        Seal(
            **house.when(day, 15),
            lot=packed.code,
            destination=packing.destination,
            ico=packing.ico,
            gtin=packing.gtin,
            brand=packing.brand,
            best_before=packing.best_before,
            confirmed=True,  # coffee that is packed again keeps its mark
        ),
    )


def release_batch(house: House, who: str, day: date, packed: Stock) -> None:
    """The public page opens."""
    house.tell(who, release, Release(**house.when(day, 9), batch=packed.code))


def export(house: House, hands: Hands, day: date, inputs: Sequence[Take], packing: Packing) -> Stock:
    """Pack on `day`, seal on the next, release on the one after."""
    packed = pack_goods(house, hands.packs, day, inputs, packing)
    seal_batch(house, hands.seals, day + timedelta(days=1), packed, packing)
    release_batch(house, hands.releases, day + timedelta(days=2), packed)
    return packed


def send(house: House, who: str, day: date, batch: Stock, buyer: str, *, vehicle: str = "") -> None:
    """All of a batch to its buyer, in a sealed container with a number that nobody else has."""
    digits = f"DEMU{house.random.randrange(10**6):06d}"
    house.tell(
        who,
        ship,
        Ship(
            **house.when(day, 14),
            batch=batch.code,
            buyer=buyer,
            container=digits + container_check_digit(digits),
            seal=f"DEMO-{house.random.randrange(10**6):06d}",
            vehicle=vehicle,
        ),
    )


def know_buyer(house: House, name: str, where: Where) -> str:
    """A buyer's code."""
    fact = RegisterParty(**house.when(date(2025, 9, 20), 10), name=name, kind="buyer", where=where)
    code: str = house.tell("", register_party, fact)["partner"]
    return code
