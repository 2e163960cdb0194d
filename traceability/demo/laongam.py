"""The second coffee cooperative: robusta of Bachiang and Laongam dried in the cherry, and a little washed arabica."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from traceability.demo import mills
from traceability.demo.people import Grower, Village, lao_name, settle
from traceability.demo.scale import Crop, form, weigh_day
from traceability.demo.telling import House, Stock, Told
from traceability.domain.facts import Dispatch, RegisterCertificate, Where
from traceability.domain.roles import Role
from traceability.models.database import Database
from traceability.operations.registry import register_certificate
from traceability.operations.shipping import dispatch

_LAONGAM: Final = Village(
    Where(country="LA", province="Salavan", district="Laongam", village="ຫ້ວຍຮຸນ (Houay Houn)"), 15.466, 106.172
)
_BACHIANG: Final = (
    Village(
        Where(country="LA", province="Champasak", district="Bachiang", village="ທົ່ງປາກ (Thong Pak)"), 15.137, 105.993
    ),
    Village(
        Where(country="LA", province="Champasak", district="Bachiang", village="ໜອງບົກ (Nong Bok)"), 15.171, 106.031
    ),
)
ARABICA: Final = Crop(
    facility="LG", commodity="arabica_coffee", form="fresh_cherry", units=(4, 8), unit_g=(36_000, 47_000), tare_g=300,
    quality="ripe_percent", quality_unit="%", tenths=(860, 985), price_per_kg=13_500, currency="LAK", variety="Catimor",
    unknown_of_ten=2,
)  # fmt: skip
ROBUSTA: Final = Crop(
    facility="BC", commodity="robusta_coffee", form="fresh_cherry", units=(5, 11), unit_g=(38_000, 48_000), tare_g=300,
    quality="ripe_percent", quality_unit="%", tenths=(820, 970), price_per_kg=8_500, currency="LAK",
    grades=("A", "B", "B"), unknown_of_ten=2,
)  # fmt: skip
_ARABICA_GROWERS: Final = 12


@dataclass
class Laongam:
    """What the season leaves behind: consignments of parchment and of dried cherry, by their codes."""

    house: House
    growers: list[Grower]
    parchment: list[tuple[str, Stock]]
    dried: list[tuple[str, Stock]]


def tell_season(database: Database, told: Told, exporter: House) -> Laongam:
    """Arabica from October to December, robusta from December to February, everything sold to Pakse."""
    house = _open(database, told)
    names = [lao_name(100 + place) for place in range(36)]
    growers = settle(
        house, names[:_ARABICA_GROWERS], [_LAONGAM], commodity="arabica_coffee", area_m2=(8_000, 22_000)
    ) + settle(
        house, names[_ARABICA_GROWERS:], [*_BACHIANG, _LAONGAM], commodity="robusta_coffee", area_m2=(9_000, 30_000)
    )
    _certify(house, growers)
    story = Laongam(house, growers, [], [])
    _wash_arabica(story, exporter)
    _dry_robusta(story, exporter)
    house.pay_all("manager-laongam", date(2026, 4, 10))
    return story


def load_up(house: House, who: str, day: date, load: Stock, to: House, facility: str) -> str:
    """All of a lot onto a truck to another organisation; the code of the consignment."""
    fact = Dispatch(
        **house.when(day, 8),
        lot=load.code,
        to_organisation=to.code,
        facility=facility,
        vehicle="DEMO 2209",
        driver="Sengdala",
        seal=f"{facility}-{day:%m%d}",
    )
    code: str = house.tell(who, dispatch, fact)["transfer"]
    return code


def _open(database: Database, told: Told) -> House:
    house = House(database, told, "laongam", {
        "name": "Laongam Highland Coffee Cooperative (demo)",
        "kind": "cooperative",
        "prefix": "LG",
        "where": _LAONGAM.where,
        "names": (
            ("en", "Laongam Highland Coffee Cooperative (demo)"),
            ("lo", "ສະຫະກອນກາເຟພູດອຍເລົ່າງາມ (ຕົວຢ່າງ)"),
            ("vi", "Hợp tác xã cà phê cao nguyên Laongam (bản mẫu)"),
            ("zh", "老安高地咖啡合作社（演示）"),
        ),
        "address": "Houay Houn, Laongam, Salavan",
        "phone": "+856 20 5550 0202",
    })  # fmt: skip
    house.employ("clerk-laongam", "Daovone Chanthala", Role.CLERK, language="lo")
    house.employ("manager-laongam", "Khamla Souvanna", Role.MANAGER, language="lo")
    house.open_place("LG", "wet_mill", "Laongam wet mill", _LAONGAM.where)
    house.open_place("BC", "collection_point", "Bachiang drying yard", _BACHIANG[0].where)
    return house


def _certify(house: House, growers: list[Grower]) -> None:
    day = date(2025, 9, 25)
    fair = RegisterCertificate(
        **house.when(day, 10),
        scheme="fair_trade",
        number="DEMO-FT-LA-0092",
        issuer="Fair Mekong (demo)",
        custody="mass_balance",
        valid_from=date(2025, 3, 1),
        valid_to=date(2028, 2, 28),
    )
    deforestation_free = RegisterCertificate(
        **house.when(day, 11),
        scheme="deforestation_free",
        number="DEMO-DDS-LA-2025-044",
        issuer="Bolaven Plot Verification (demo)",
        custody="segregated",
        valid_from=date(2025, 9, 1),
        valid_to=date(2027, 8, 31),
        farmers=tuple(grower.code for grower in growers if grower.mapped),
    )
    house.tell_all("", register_certificate, [fair, deforestation_free])


def _wash_arabica(story: Laongam, exporter: House) -> None:
    house, growers = story.house, story.growers[:_ARABICA_GROWERS]
    parchment = []
    for week in range(10):
        monday = date(2025, 10, 20) + timedelta(days=7 * week)
        deliveries = []
        for weekday in range(0, 6, 2):
            coming = [g for place, g in enumerate(growers) if place % 3 * 2 == weekday and house.random.randrange(7)]
            deliveries += weigh_day(house, "clerk-laongam", monday + timedelta(days=weekday), ARABICA, coming)
        cherry = form(house, "clerk-laongam", monday + timedelta(days=5), "LG", deliveries)
        parchment.append(mills.wash(house, "clerk-laongam", monday + timedelta(days=18), "LG", cherry))
    for day, lots in ((date(2025, 12, 29), parchment[:5]), (date(2026, 2, 2), parchment[5:])):
        load = mills.blend(house, "clerk-laongam", day, "LG", lots)
        code = load_up(house, "manager-laongam", day + timedelta(days=1), load, exporter, "LG")
        story.parchment.append((code, load))
    house.clear_aside("manager-laongam", date(2026, 2, 28), "Floaters composted.")


def _dry_robusta(story: Laongam, exporter: House) -> None:
    house, growers = story.house, story.growers[_ARABICA_GROWERS:]
    dried, waiting = [], []
    for week in range(11):
        monday = date(2025, 12, 1) + timedelta(days=7 * week)
        deliveries = []
        for weekday in range(6):
            coming = [g for place, g in enumerate(growers) if place % 6 == weekday and house.random.randrange(6)]
            deliveries += weigh_day(house, "clerk-laongam", monday + timedelta(days=weekday), ROBUSTA, coming)
        waiting.append(form(house, "clerk-laongam", monday + timedelta(days=5), "BC", deliveries))
        if week % 2 or week == 10:
            day = monday + timedelta(days=26)
            dried.append(mills.dry_whole(house, "clerk-laongam", day, "BC", waiting, 400))
            waiting = []
    for day, lots in ((date(2026, 2, 16), dried[:3]), (date(2026, 3, 16), dried[3:])):
        load = mills.blend(house, "clerk-laongam", day, "BC", lots)
        code = load_up(house, "manager-laongam", day + timedelta(days=1), load, exporter, "BC")
        story.dried.append((code, load))
