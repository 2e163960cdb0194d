"""A fruit cooperative in Son La: mango of Moc Chau and Yen Chau, longan of Song Ma, to Japan and the Emirates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from traceability.demo import export, photos
from traceability.demo.export import Hands, Packing
from traceability.demo.people import NORTHERN, Grower, Village, settle, vietnamese_name
from traceability.demo.scale import Crop, form, weigh_day
from traceability.demo.telling import House, Stock, Told, shared_out, stock_of
from traceability.domain.facts import Measured, Output, Process, RegisterCertificate, RegisterRegistration, Where
from traceability.domain.roles import Role
from traceability.models.database import Database
from traceability.operations.processing import process
from traceability.operations.registry import register_certificate, register_registration

_SON_LA: Final = Where(country="VN", province="Sơn La")  # no districts since July 2025
_MANGO_VILLAGES: Final = (
    Village(replace(_SON_LA, village="xã Yên Châu"), 21.047, 104.298),
    Village(replace(_SON_LA, village="phường Mộc Châu"), 20.842, 104.641),
)
_LONGAN_VILLAGES: Final = (Village(replace(_SON_LA, village="xã Sông Mã"), 21.058, 103.752),)
MANGO: Final = Crop(
    facility="YC", commodity="mango", form="fresh", units=(16, 32), unit_g=(18_000, 23_000), tare_g=1_500,
    quality="dry_matter_percent", quality_unit="%", tenths=(142, 181), price_per_kg=16_000, currency="VND",
    variety="Đài Loan", unknown_of_ten=0,
)  # fmt: skip
LONGAN: Final = Crop(
    facility="SM", commodity="longan", form="fresh_bunch", units=(14, 30), unit_g=(14_000, 19_000), tare_g=900,
    quality="brix", quality_unit="°Bx", tenths=(178, 214), price_per_kg=19_000, currency="VND",
    variety="Miền Thiết", unknown_of_ten=0,
)  # fmt: skip
_CLERK, _MANAGER = "clerk-sonla", "manager-sonla"
_HANDS: Final = Hands(_CLERK, _MANAGER, _MANAGER)
_RESIDUES: Final = Measured(
    property="pesticide_residue", value="not detected", method="multi-residue, 230 substances",
    laboratory="Hanoi Residue Laboratory (demo)", passed=True,
)  # fmt: skip
_BOX_G: Final = 5_000


def tell_season(database: Database, told: Told) -> dict[str, Stock]:
    """Mango in June and July, longan in August. The batches by name."""
    house = _open(database, told)
    names = [vietnamese_name(NORTHERN, place) for place in range(32)]
    mango = settle(house, names[:18], _MANGO_VILLAGES, commodity="mango", area_m2=(7_000, 22_000))
    longan = settle(house, names[18:], _LONGAN_VILLAGES, commodity="longan", area_m2=(9_000, 26_000))
    _register(house, mango, longan)
    tokyo = export.know_buyer(house, "Asahi Fruit Import (demo)", Where(country="JP", village="Tokyo"))
    dubai = export.know_buyer(house, "Gulf Fresh Trading (demo)", Where(country="AE", village="Dubai"))
    sales = (
        ("mango JP", MANGO, mango, date(2026, 6, 8), "graded_fresh", "JP", tokyo),
        ("mango AE", MANGO, mango, date(2026, 6, 22), "graded_fresh", "AE", dubai),
        ("mango JP late", MANGO, mango, date(2026, 7, 6), "graded_fresh", "JP", tokyo),
        ("longan JP", LONGAN, longan, date(2026, 8, 3), "fresh_loose", "JP", tokyo),
        ("longan AE", LONGAN, longan, date(2026, 8, 17), "fresh_loose", "AE", dubai),
    )
    batches: dict[str, Stock] = {}
    rejected: list[Stock] = []
    for name, crop, growers, monday, sold_as, country, buyer in sales:
        lot = _week(house, monday, crop, growers)
        graded, left = _grade(house, monday + timedelta(days=4), crop, lot, sold_as)
        (rejected if crop is MANGO else house.aside).append(left)
        packing = Packing(
            facility=crop.facility, form=sold_as, unit="box", unit_g=_BOX_G, count=graded.mass_g // _BOX_G,
            destination=country, variety=crop.variety, tests=(_RESIDUES,),
        )  # fmt: skip
        batches[name] = export.export(house, _HANDS, monday + timedelta(days=4), [graded.all()], packing)
        photos.show_photo(house, _CLERK, monday + timedelta(days=6), batches[name], "Cartons (drawn)", photos.cartons)
        export.send(
            house, _MANAGER, monday + timedelta(days=6), batches[name], buyer, vehicle="Reefer by sea, Hải Phòng"
        )
    _dry(house, date(2026, 7, 14), rejected)
    house.clear_aside(_MANAGER, date(2026, 8, 31), "Peel, stones, stalks and small fruit composted.")
    house.pay_all(_MANAGER, date(2026, 9, 4))
    return batches


def _open(database: Database, told: Told) -> House:
    house = House(database, told, "son-la", {
        "name": "Son La Mango and Longan Cooperative (demo)",
        "kind": "cooperative",
        "prefix": "SL",
        "where": _MANGO_VILLAGES[0].where,
        "names": (
            ("en", "Son La Mango and Longan Cooperative (demo)"),
            ("lo", "ສະຫະກອນໝາກມ່ວງ ແລະ ຍຳໄຍ ເຊີນລາ (ຕົວຢ່າງ)"),
            ("vi", "Hợp tác xã xoài và nhãn Sơn La (bản mẫu)"),
            ("zh", "山罗芒果龙眼合作社（演示）"),
        ),
        "address": "xã Yên Châu, Sơn La",
        "phone": "+84 212 5550 505",
    })  # fmt: skip
    house.employ(_CLERK, "Quàng Thị Hoa", Role.CLERK, language="vi")
    house.employ(_MANAGER, "Lò Văn Bình", Role.MANAGER, language="vi")
    house.open_place("YC", "packing_house", "Nhà đóng gói Yên Châu", _MANGO_VILLAGES[0].where)
    house.open_place("SM", "packing_house", "Nhà đóng gói Sông Mã", _LONGAN_VILLAGES[0].where)
    return house


def _register(house: House, mango: Sequence[Grower], longan: Sequence[Grower]) -> None:
    """One growing-area code per commodity and one code per packing house; VietGAP for the mango growers."""
    day = date(2026, 3, 2)
    facts = []
    for turn, (commodity, growers, place) in enumerate((("mango", mango, "YC"), ("longan", longan, "SM"))):
        plots = tuple(plot for grower in growers for plot in grower.plots)
        facts += [
            _code(house, commodity, "growing_area", f"VN-DEMO-OR-{turn + 21:04d}", plots=plots),
            _code(house, commodity, "packing_house", f"VN-DEMO-PH-{turn + 11:04d}", facilities=(place,)),
        ]
    house.tell_all("", register_registration, facts)
    gap = RegisterCertificate(
        **house.when(day, 11),
        scheme="gap",
        number="DEMO-VIETGAP-14-0077",
        issuer="VietGAP Control North-West (demo)",
        custody="segregated",
        valid_from=date(2026, 1, 1),
        valid_to=date(2027, 12, 31),
        farmers=tuple(grower.code for grower in mango),
    )
    house.tell("", register_certificate, gap)


def _code(
    house: House,
    commodity: str,
    scheme: str,
    official_code: str,
    plots: tuple[str, ...] = (),
    facilities: tuple[str, ...] = (),
) -> RegisterRegistration:
    """An official code for the season, renewed every spring."""
    return RegisterRegistration(
        **house.when(date(2026, 3, 2), 9),
        scheme=scheme,
        official_code=official_code,
        authority="Plant Protection Sub-department (demo)",
        commodity=commodity,
        valid_from=date(2026, 3, 15),
        valid_to=date(2027, 3, 14),
        plots=plots,
        facilities=facilities,
    )


def _week(house: House, monday: date, crop: Crop, growers: Sequence[Grower]) -> Stock:
    """Three days of harvest, every grower on one or two of them, into one lot."""
    deliveries = []
    for day in range(3):
        coming = [grower for turn, grower in enumerate(growers) if turn % 3 == day or house.random.randrange(3) == 0]
        deliveries += weigh_day(house, _CLERK, monday + timedelta(days=day), crop, coming)
    return form(house, _CLERK, monday + timedelta(days=3), crop.facility, deliveries, grade="A")


def _grade(house: House, day: date, crop: Crop, lot: Stock, sold_as: str) -> tuple[Stock, Stock]:
    """Export fruit, and what is too small or bruised as a lot of its own."""
    mango = crop is MANGO
    usual, aside = ((835, 870), (60, 90)) if mango else ((885, 920), (30, 45))
    outputs = (
        Output(form=sold_as, mass_g=house.permille(lot.mass_g, *usual), grade="A"),
        Output(
            form="rejected_fruit" if mango else "stripped_off",
            mass_g=house.permille(lot.mass_g, *aside),
            grade="R",
            by_product=True,
        ),
    )
    lost = lot.mass_g - sum(output.mass_g for output in outputs)
    losses = (("sorting", 700), ("spoiled", 0)) if mango else (("stalk", 600), ("sorting", 0))
    fact = Process(
        **house.when(day, 8),
        facility=crop.facility,
        inputs=(lot.all(),),
        outputs=outputs,
        losses=shared_out(lost, *losses),
    )
    graded, left = stock_of(house.tell(_CLERK, process, fact), *outputs)
    return graded, left


def _dry(house: House, day: date, rejected: Sequence[Stock]) -> None:
    """Bruised mango, peeled and dried without sugar: in store, ready to pack for the home market."""
    mass_g = sum(lot.mass_g for lot in rejected)
    outputs = (
        Output(form="dried_plain", mass_g=house.permille(mass_g, 92, 110), grade="B"),
        Output(form="peel_and_stone", mass_g=house.permille(mass_g, 320, 360), by_product=True),
    )
    lost = mass_g - sum(output.mass_g for output in outputs)
    fact = Process(
        **house.when(day, 17),
        facility="YC",
        inputs=tuple(lot.all() for lot in rejected),
        outputs=outputs,
        losses=shared_out(lost, ("peel", 60), ("seed", 40), ("moisture", 0)),
    )
    house.aside.append(stock_of(house.tell(_CLERK, process, fact), *outputs)[1])
