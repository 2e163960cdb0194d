"""A pangasius farm on the upper Mekong of Viet Nam: eight ponds, two harvests, frozen fillets."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from traceability.demo import export, photos
from traceability.demo.export import Hands, Packing
from traceability.demo.people import SOUTHERN, Village, settle, vietnamese_name
from traceability.demo.scale import Crop, form, weigh_day
from traceability.demo.telling import House, Stock, Told, shared_out, stock_of
from traceability.domain.facts import Measured, Output, Process, RegisterCertificate, RegisterRegistration, Where
from traceability.domain.roles import Role
from traceability.models.database import Database
from traceability.operations.processing import process
from traceability.operations.registry import register_certificate, register_registration

_PONDS: Final = Village(Where(country="VN", province="Đồng Tháp", village="xã Thường Phước"), 10.872, 105.214)
FISH: Final = Crop(
    facility="TP", commodity="pangasius", form="live_fish", units=(44, 56), unit_g=(80_000, 105_000), tare_g=6_000,
    quality="size_class", quality_word="800_1100", price_per_kg=29_500, currency="VND", grades=("A",),
    unknown_of_ten=0,
)  # fmt: skip
_CLERK, _MANAGER = "clerk-pangasius", "manager-pangasius"
_HANDS: Final = Hands(_CLERK, _MANAGER, _MANAGER)
_CARTON_G: Final = 10_000


def tell_season(database: Database, told: Told) -> dict[str, Stock]:
    """The harvests of April and September. The batches by name."""
    house = _open(database, told)
    names = [vietnamese_name(SOUTHERN, place) for place in range(8)]
    ponds = settle(house, names, [_PONDS], commodity="pangasius", area_m2=(1_200, 2_600), mapped_of_ten=10)
    _register(house)
    kunming = export.know_buyer(house, "Dianchi Seafood (demo)", Where(country="CN", village="Kunming"))
    hamburg = export.know_buyer(house, "Elbe Tiefkühl (demo)", Where(country="DE", village="Hamburg"))
    batches = {}
    for name, monday, country, buyer in (
        ("pangasius CN", date(2026, 4, 13), "CN", kunming),
        ("pangasius DE", date(2026, 9, 14), "DE", hamburg),
    ):
        baskets = [
            delivery
            for day in range(2)
            for delivery in weigh_day(house, _CLERK, monday + timedelta(days=day), FISH, ponds)
        ]
        fillet = _freeze(
            house, monday + timedelta(days=2), form(house, _CLERK, monday + timedelta(days=1), "TP", baskets)
        )
        tests = (
            Measured(property="malachite_green", value="not detected", method="LC-MS/MS", passed=True),
            Measured(property="core_temperature", value="-19.5", unit="°C", passed=True),
        )
        packing = Packing(
            facility="TP", form="frozen_fillet", unit="box", unit_g=_CARTON_G, count=fillet.mass_g // _CARTON_G,
            destination=country, best_before=monday + timedelta(days=730), brand="Thường Phước (demo)", tests=tests,
        )  # fmt: skip
        batches[name] = export.export(house, _HANDS, monday + timedelta(days=4), [fillet.all()], packing)
        photos.show_photo(house, _CLERK, monday + timedelta(days=6), batches[name], "Cartons (drawn)", photos.cartons)
        export.send(house, _MANAGER, monday + timedelta(days=12), batches[name], buyer)
    house.pay_all(_MANAGER, date(2026, 10, 2))
    return batches


def _open(database: Database, told: Told) -> House:
    house = House(database, told, "pangasius", {
        "name": "Thuong Phuoc Pangasius Farm (demo)",
        "kind": "farm",
        "prefix": "TP",
        "where": _PONDS.where,
        "names": (
            ("en", "Thuong Phuoc Pangasius Farm (demo)"),
            ("lo", "ຟາມປາສວາຍເທືອງເຟືອກ (ຕົວຢ່າງ)"),
            ("vi", "Trại cá tra Thường Phước (bản mẫu)"),
            ("zh", "常福巴沙鱼养殖场（演示）"),
        ),
        "address": "xã Thường Phước, Đồng Tháp",
        "phone": "+84 277 5550 606",
    })  # fmt: skip
    house.employ(_CLERK, "Huỳnh Thị Mai", Role.CLERK, language="vi")
    house.employ(_MANAGER, "Nguyễn Văn Tâm", Role.MANAGER, language="vi")
    house.open_place("TP", "factory", "Xưởng cá Thường Phước", _PONDS.where)
    return house


def _register(house: House) -> None:
    day = date(2026, 1, 5)
    number = RegisterRegistration(
        **house.when(day, 9),
        scheme="establishment",
        official_code="VN-DEMO-DL-0909",
        authority="Fisheries quality authority (demo)",
        commodity="pangasius",
        valid_from=date(2025, 6, 1),
        valid_to=date(2028, 5, 31),
    )
    house.tell("", register_registration, number)
    certificate = RegisterCertificate(
        **house.when(day, 10),
        scheme="aquaculture",
        number="DEMO-AQUA-VN-0311",
        issuer="Responsible Ponds (demo)",
        custody="segregated",
        valid_from=date(2025, 10, 1),
        valid_to=date(2028, 9, 30),
    )
    house.tell("", register_certificate, certificate)


def _freeze(house: House, day: date, live: Stock) -> Stock:
    """Live fish to trimmed fillet, head and bone kept; then frozen without glaze, so only drip is lost."""
    outputs = (
        Output(form="trimmed_fillet", mass_g=house.permille(live.mass_g, 365, 395), grade="A"),
        Output(form="by_products", mass_g=house.permille(live.mass_g, 530, 565), by_product=True),
    )
    lost = live.mass_g - sum(output.mass_g for output in outputs)
    fillets = Process(
        **house.when(day, 10),
        facility="TP",
        inputs=(live.all(),),
        outputs=outputs,
        losses=shared_out(lost, ("blood", 500), ("trimming", 0)),
    )
    fillet, bones = stock_of(house.tell(_CLERK, process, fillets), *outputs)
    _render(house, day + timedelta(days=1), bones)
    frozen = Output(form="frozen_fillet", mass_g=house.permille(fillet.mass_g, 983, 992), grade="A")
    freezing = Process(
        **house.when(day, 20),
        facility="TP",
        inputs=(fillet.all(),),
        outputs=(frozen,),
        losses=shared_out(fillet.mass_g - frozen.mass_g, ("drip", 0)),
    )
    return stock_of(house.tell(_CLERK, process, freezing), frozen)[0]


def _render(house: House, day: date, bones: Stock) -> None:
    """Head, bone and skin become fish meal, which stays in store."""
    meal = Output(form="fish_meal", mass_g=house.permille(bones.mass_g, 250, 280))
    rendering = Process(
        **house.when(day, 14),
        facility="TP",
        inputs=(bones.all(),),
        outputs=(meal,),
        losses=shared_out(bones.mass_g - meal.mass_g, ("waste", 200), ("moisture", 0)),
    )
    house.tell(_CLERK, process, rendering)
