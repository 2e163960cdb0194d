"""The ministry that reads over the shoulder: who lets it in, what it samples, seasons, and two recalls on the way."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from traceability.demo import laongam as second
from traceability.demo import mills, pakse
from traceability.demo.laongam import Laongam
from traceability.demo.scale import form, weigh_day
from traceability.demo.telling import House, Told
from traceability.domain.authority import AUTHORITY, GrantReading, SetSample
from traceability.domain.capacity import SetCapacity
from traceability.domain.facts import RecallGoods, Where
from traceability.domain.recalls import AcknowledgeRecall
from traceability.domain.roles import Role
from traceability.domain.seasons import SetSeason
from traceability.models.database import Database
from traceability.operations.authority import grant_reading, set_sample
from traceability.operations.capacity import set_capacity
from traceability.operations.inspection import recall
from traceability.operations.recalls import acknowledge_recall
from traceability.operations.seasons import set_season

_LET_IN: Final = date(2026, 1, 14)
_SAMPLE: Final = 20  # percent
_TONNE: Final = 1_000_000


def tell_ministry(database: Database, told: Told, houses: Iterable[House]) -> None:
    """An authority whose people read the record of every organisation that let it in."""
    house = House(database, told, "ministry", {
        "name": "Ministry of Agriculture, Traceability Desk (demo)",
        "kind": AUTHORITY,
        "prefix": "MA",
        "where": Where(country="LA", province="Vientiane Capital"),
        "names": (
            ("en", "Ministry of Agriculture, Traceability Desk (demo)"),
            ("lo", "ກະຊວງກະສິກຳ ຫ້ອງການກວດສອບຍ້ອນກັບ (ຕົວຢ່າງ)"),
            ("vi", "Bộ Nông nghiệp, Phòng truy xuất nguồn gốc (bản mẫu)"),
            ("zh", "农业部追溯办公室（演示）"),
        ),
    })  # fmt: skip
    house.employ("ministry", "Bouakham Phetsarath", Role.AUDITOR, Role.INSPECTOR)
    for other in houses:
        manager = next(login for login, actor in other.crew.items() if Role.MANAGER in actor.roles)
        other.tell(manager, grant_reading, GrantReading(**other.when(_LET_IN, 10), authority=house.code))
    house.tell("ministry", set_sample, SetSample(**house.when(date(2026, 1, 20), 9), percent=_SAMPLE))


def tell_seasons(house: House, *commodities: str) -> None:
    """The last harvest and the one that began."""
    facts = [
        SetSeason(
            **house.when(date(2025, 9, 3), 11),
            commodity=commodity,
            name=f"10/{year}",  # reads the same in every language
            from_on=date(year, 10, 1),
            to_on=date(year + 1, 4, 30),
        )
        for commodity in commodities
        for year in (2025, 2026)
    ]
    house.tell_all("", set_season, facts)


def tell_capacities(house: House, **tonnes: int) -> None:
    """How many tonnes each place can pack or process in a day, by its prefix."""
    facts = [
        SetCapacity(**house.when(date(2025, 9, 3), 12), facility=prefix, capacity_g=number * _TONNE)
        for prefix, number in tonnes.items()
    ]
    house.tell_all("", set_capacity, facts)


def tell_recalls(laongam: Laongam, exporter: House) -> None:
    """Two loads of the new harvest are called back; the exporter said of one that it knows, of the other not yet."""
    house = laongam.house
    reasons = (
        (
            "One truck had carried fuel drums: the bags may smell of diesel.",
            "Set the bags aside, away from other lots.",
        ),
        ("The moisture meter was wrong: the parchment may be damp.", "Open no bag. Measure again, and call us."),
    )
    for place, (reason, action) in enumerate(reasons):
        deliveries = weigh_day(
            house, "clerk-laongam", date(2026, 10, 19 + place), second.ARABICA, laongam.growers[place:12:2]
        )
        cherry = form(house, "clerk-laongam", date(2026, 10, 19 + place), "LG", deliveries)
        parchment = mills.wash(house, "clerk-laongam", date(2026, 11, 2 + place), "LG", cherry)
        load = second.load_up(house, "manager-laongam", date(2026, 11, 5 + place), parchment, exporter, "LG")
        pakse.take_in(exporter, "clerk-pakse", date(2026, 11, 6 + place), "PX", load, parchment)
        fact = RecallGoods(
            **house.when(date(2026, 11, 12 + place), 11),
            lot=parchment.code,
            reason=reason,
            action=action,
            language="en",
        )
        called_back = house.tell("manager-laongam", recall, fact)
        if not place:
            known = AcknowledgeRecall(
                **exporter.when(date(2026, 11, 12), 14),
                recall=called_back["recall"],
                note="The bags stand apart in bay 4.",
            )
            exporter.tell("manager-pakse", acknowledge_recall, known)
