"""A durian packing house in Champasak: orchards with growing-area codes, fruit to Kunming by rail, frozen pulp."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from traceability.demo import cartons, export, photos
from traceability.demo.export import Hands, Packing
from traceability.demo.people import Grower, Village, lao_name, settle
from traceability.demo.scale import Crop, form, weigh_day
from traceability.demo.telling import House, Stock, Told, shared_out, stock_of
from traceability.domain.facts import (
    CloseHold,
    Dispose,
    Inspect,
    Measured,
    Output,
    Process,
    PutOnHold,
    RecallGoods,
    RegisterCertificate,
    RegisterRegistration,
    SuspendRegistration,
    Where,
)
from traceability.domain.roles import Role
from traceability.models.database import Database
from traceability.operations.inspection import close_hold, inspect, put_on_hold, recall
from traceability.operations.processing import dispose, process
from traceability.operations.registry import register_certificate, register_registration, suspend_registration

_VILLAGES: Final = (
    Village(Where(country="LA", province="Champasak", district="Paksong", village="ຫຼັກ 40 (Lak 40)"), 15.185, 106.165),
    Village(Where(country="LA", province="Champasak", district="Bachiang", village="ຫຼັກ 20 (Lak 20)"), 15.142, 105.975),
    Village(
        Where(country="LA", province="Champasak", district="Sanasomboun", village="ຄຳປູນ (Kham Poun)"), 15.301, 105.742
    ),
)
FRUIT: Final = Crop(
    facility="CD", commodity="durian", form="field_fruit", units=(32, 44), unit_g=(19_000, 25_000), tare_g=1_800,
    quality="dry_matter_percent", quality_unit="%", tenths=(322, 368), price_per_kg=62_000, currency="LAK",
    grades=("A", "A", "B"), variety="Monthong", unknown_of_ten=0,
)  # fmt: skip
_CLERK, _MANAGER = "clerk-durian", "manager-durian"
_HANDS: Final = Hands(_CLERK, _MANAGER, _MANAGER)
_LABORATORY: Final = "Vientiane Food Laboratory (demo)"
_WEEKS: Final = (date(2026, 5, 18), date(2026, 6, 1), date(2026, 6, 15), date(2026, 6, 29))
_CARTON_G: Final = 18_000


def tell_season(database: Database, told: Told) -> House:
    """The season of 2026, the first after China opened to Lao durian."""
    house = _open(database, told)
    names = [lao_name(200 + place) for place in range(26)]
    growers = settle(house, names, _VILLAGES, commodity="durian", area_m2=(15_000, 60_000), mapped_of_ten=10)
    _register(house, growers)
    cartons.tell_numbers(house)
    kunming = export.know_buyer(
        house, "Yunnan Tropical Fruit (demo)", Where(country="CN", province="Yunnan", village="Kunming")
    )
    rejected = []
    for place, monday in enumerate(_WEEKS):
        coming = [grower for turn, grower in enumerate(growers) if turn % 2 == place % 2]
        fruit = _week(house, monday, coming)
        if place == 2:
            _fails_for_cadmium(house, monday + timedelta(days=3), fruit.pop())
        lot = form(house, _CLERK, monday + timedelta(days=2), "CD", fruit, grade="A")
        graded, left = _grade(house, monday + timedelta(days=3), lot)
        rejected.append(left)
        batch = _pack(house, monday + timedelta(days=4), graded)
        export.send(house, _MANAGER, monday + timedelta(days=7), batch, kunming, vehicle="Rail, Vientiane to Mohan")
        if place == 1:
            suspect = graded
    _recall(house, suspect)
    house.aside.append(rejected.pop(1))  # of the recalled fruit nothing is sold
    _freeze(house, rejected)
    house.aside.append(_one_orchard(house, growers, kunming))
    house.clear_aside(
        _MANAGER, date(2026, 7, 16), "Husk and seed composted; what was left of the recalled fruit buried."
    )
    house.pay_all(_MANAGER, date(2026, 7, 17))
    return house


def _open(database: Database, told: Told) -> House:
    house = House(database, told, "durian", {
        "name": "Champasak Durian Packing House (demo)",
        "kind": "packing_house",
        "prefix": "CD",
        "where": _VILLAGES[1].where,
        "names": (
            ("en", "Champasak Durian Packing House (demo)"),
            ("lo", "ໂຮງຫຸ້ມຫໍ່ທຸລຽນຈຳປາສັກ (ຕົວຢ່າງ)"),
            ("vi", "Cơ sở đóng gói sầu riêng Champasak (bản mẫu)"),
            ("zh", "占巴塞榴莲包装厂（演示）"),
        ),
        "address": "Lak 20, Bachiang, Champasak",
        "phone": "+856 20 5550 0404",
    })  # fmt: skip
    house.employ(_CLERK, "Phetsamone Bouavanh", Role.CLERK, language="lo")
    house.employ(_MANAGER, "Viengxay Sihalath", Role.MANAGER, language="lo")
    house.open_place("CD", "packing_house", "Bachiang packing house", _VILLAGES[1].where)
    return house


def _register(house: House, growers: list[Grower]) -> None:
    """Growing-area codes for groups of orchards, one of them suspended after the season, and the packing-house code."""
    day = date(2026, 1, 12)
    marks = [
        RegisterRegistration(
            **house.when(day, 9, group),
            scheme="growing_area",
            official_code=f"LA-DEMO-OR-{group + 1:04d}",
            authority="Department of Agriculture (demo)",
            commodity="durian",
            valid_from=date(2026, 1, 15),
            valid_to=date(2027, 12, 31),
            plots=tuple(plot for grower in growers[group * 5 : group * 5 + 5] for plot in grower.plots),
        )
        for group in range(6)
    ]
    house_mark = RegisterRegistration(
        **house.when(day, 10),
        scheme="packing_house",
        official_code="LA-DEMO-PH-0003",
        authority="Department of Agriculture (demo)",
        commodity="durian",
        valid_from=date(2026, 1, 15),
        valid_to=date(2027, 12, 31),
        facilities=("CD",),
    )
    house.tell_all("", register_registration, [*marks, house_mark])
    gap = RegisterCertificate(
        **house.when(day, 11),
        scheme="gap",
        number="DEMO-LAOGAP-0208",
        issuer="Lao GAP Inspection (demo)",
        custody="segregated",
        valid_from=date(2025, 9, 1),
        valid_to=date(2026, 8, 31),
    )
    house.tell("", register_certificate, gap)
    pause = SuspendRegistration(
        **house.when(date(2026, 8, 3), 9),
        scheme="growing_area",
        official_code="LA-DEMO-OR-0004",
        from_on=date(2026, 8, 1),
        to_on=date(2026, 8, 20),
        reason="Mealybugs found at the yearly visit; lifted after treatment.",
    )
    house.tell("", suspend_registration, pause)


def _week(house: House, monday: date, growers: list[Grower]) -> list[Stock]:
    """Two days of harvest; each orchard comes on both."""
    return [
        delivery
        for day in range(2)
        for delivery in weigh_day(house, _CLERK, monday + timedelta(days=day), FRUIT, growers)
    ]


def _fails_for_cadmium(house: House, day: date, delivery: Stock) -> None:
    """One delivery is kept apart, fails for cadmium, and is destroyed."""
    doubt = PutOnHold(
        **house.when(day, 8),
        lot=delivery.code,
        reason="Cadmium to be tested: new orchard.",
        action="Keep apart until the result is here.",
    )
    hold = house.tell(_MANAGER, put_on_hold, doubt)
    result = Measured(
        property="cadmium", value="0.083", unit="mg/kg", method="GB 5009.15", laboratory=_LABORATORY,
        sample="DEMO-CD-0616", passed=False,
    )  # fmt: skip
    fact = Inspect(**house.when(day + timedelta(days=2), 11), lot=delivery.code, measured=(result,))
    house.tell(_MANAGER, inspect, fact)
    failed = CloseHold(
        **house.when(day + timedelta(days=2), 13),
        hold=hold["hold"],
        passed=False,
        outcome="0.083 mg/kg of cadmium, above the limit of 0.05.",
    )
    house.tell(_MANAGER, close_hold, failed)
    buried = Dispose(
        **house.when(day + timedelta(days=3), 9), lot=delivery.code, mass_g=None, reason="Buried before two witnesses."
    )
    house.tell(_MANAGER, dispose, buried)


def _grade(house: House, day: date, lot: Stock) -> tuple[Stock, Stock]:
    """Fresh fruit for cartons, and what was sorted out for the pulp."""
    outputs = (
        Output(form="graded_fruit", mass_g=house.permille(lot.mass_g, 865, 895), grade="A"),
        Output(form="rejected_fruit", mass_g=house.permille(lot.mass_g, 80, 95), grade="R", by_product=True),
    )
    lost = lot.mass_g - sum(output.mass_g for output in outputs)
    fact = Process(
        **house.when(day, 15),
        facility="CD",
        inputs=(lot.all(),),
        outputs=outputs,
        losses=shared_out(lost, ("sorting", 400), ("spoiled", 0)),
    )
    graded, rejected = stock_of(house.tell(_CLERK, process, fact), *outputs)
    return graded, rejected


def _one_orchard(house: House, growers: list[Grower], buyer: str) -> Stock:
    """The last week by itself: fruit of one growing-area code, so that every carton names it. What was sorted out."""
    monday = date(2026, 7, 6)
    fruit = _week(house, monday, growers[5:10])
    lot = form(house, _CLERK, monday + timedelta(days=2), "CD", fruit, grade="A")
    graded, left = _grade(house, monday + timedelta(days=3), lot)
    batch = _pack(house, monday + timedelta(days=4), graded, gtin=cartons.GTIN)
    photos.show_photo(house, _CLERK, monday + timedelta(days=6), batch, "Cartons (drawn)", photos.fruit)
    cartons.tell_labels(house, _CLERK, monday + timedelta(days=6), batch)
    export.send(house, _MANAGER, monday + timedelta(days=8), batch, buyer, vehicle="Rail, Vientiane to Mohan")
    return left


def _pack(house: House, day: date, graded: Stock, *, gtin: str = "") -> Stock:
    tests = (
        Measured(
            property="basic_yellow_2", value="not detected", method="SN/T 5523", laboratory=_LABORATORY, passed=True
        ),
        Measured(
            property="cadmium", value="0.011", unit="mg/kg", method="GB 5009.15", laboratory=_LABORATORY, passed=True
        ),
    )
    packing = Packing(
        facility="CD", form="graded_fruit", unit="box", unit_g=_CARTON_G, count=graded.mass_g // _CARTON_G,
        destination="CN", variety="Monthong", gtin=gtin, tests=tests,
    )  # fmt: skip
    return export.export(house, _HANDS, day, [graded.all()], packing)


def _recall(house: House, graded: Stock) -> None:
    """The laboratory of the port found Basic Yellow 2: everything made of that lot must come back."""
    fact = RecallGoods(
        **house.when(date(2026, 6, 12), 16),
        lot=graded.code,
        reason="Basic Yellow 2 was found in a sample taken at the port of entry.",
        action="Do not sell or eat. Set the cartons aside and call the packing house.",
        language="en",
    )
    house.tell(_MANAGER, recall, fact)
    found = Measured(
        property="basic_yellow_2", value="0.006", unit="mg/kg", method="SN/T 5523",
        laboratory="Mohan Port Laboratory (demo)", sample="DEMO-BY2-0612", passed=False,
    )  # fmt: skip
    house.tell(_MANAGER, inspect, Inspect(**house.when(date(2026, 6, 12), 17), lot=graded.code, measured=(found,)))


def _freeze(house: House, rejected: list[Stock]) -> None:
    """Sound fruit that was too small or too ripe to travel: opened, frozen, and sent to Osaka."""
    mass_g = sum(lot.mass_g for lot in rejected)
    outputs = (
        Output(form="seedless_pulp", mass_g=house.permille(mass_g, 285, 310), grade="A"),
        Output(form="husk_and_seed", mass_g=house.permille(mass_g, 560, 600), by_product=True),
    )
    lost = mass_g - sum(output.mass_g for output in outputs)
    day = date(2026, 7, 6)
    fact = Process(
        **house.when(day, 16),
        facility="CD",
        inputs=tuple(lot.all() for lot in rejected),
        outputs=outputs,
        losses=shared_out(lost, ("peel", 500), ("seed", 0)),
    )
    pulp, husk = stock_of(house.tell(_CLERK, process, fact), *outputs)
    house.aside.append(husk)
    packing = Packing(
        facility="CD", form="seedless_pulp", unit="box", unit_g=10_000, count=pulp.mass_g // 10_000, destination="JP",
        best_before=date(2028, 1, 5), variety="Monthong",
    )  # fmt: skip
    batch = export.export(house, _HANDS, day + timedelta(days=1), [pulp.all()], packing)
    osaka = export.know_buyer(house, "Naniwa Frozen Foods (demo)", Where(country="JP", village="Osaka"))
    export.send(house, _MANAGER, day + timedelta(days=14), batch, osaka)
