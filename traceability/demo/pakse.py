"""The exporter in Pakse: buys from both cooperatives, hulls, blends, splits, and ships to Europe, Asia and the Gulf."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from traceability.demo import export, mills, photos
from traceability.demo.export import Hands, Packing
from traceability.demo.laongam import Laongam
from traceability.demo.nong_luang import NongLuang
from traceability.demo.telling import House, Stock, Told
from traceability.domain.facts import (
    Measured,
    Output,
    PutOnHold,
    Receive,
    RegisterRegistration,
    Split,
    Supersede,
    TakeBack,
    Where,
)
from traceability.domain.roles import Role
from traceability.models.database import Database
from traceability.operations.inspection import put_on_hold
from traceability.operations.packing import supersede
from traceability.operations.processing import split
from traceability.operations.registry import register_registration
from traceability.operations.shipping import receive, take_back

PAKSE: Final = Where(country="LA", province="Champasak", district="Pakse", village="ຫຼັກ 8 (Lak 8)")
_HANDS: Final = Hands(packs="clerk-pakse", seals="manager-pakse", releases="manager-pakse")
_ARABICA: Final = (
    Measured(property="cupping_score", value="82.75", unit="points", method="SCA", passed=True),
    mills.moisture(113),
)
_ROBUSTA: Final = (mills.moisture(118), Measured(property="defects", value="62", unit="in 300 g", passed=True))
BUYERS: Final = (
    ("DE", "Rösterei Nordlicht (demo)", Where(country="DE", village="Hamburg")),
    ("FR", "Torréfaction du Canal (demo)", Where(country="FR", village="Le Havre")),
    ("JP", "Minato Coffee (demo)", Where(country="JP", province="Kanagawa", village="Yokohama")),
    ("AE", "Al Noor Beverages (demo)", Where(country="AE", village="Dubai")),
    ("CN", "Dianchi Coffee Import (demo)", Where(country="CN", province="Yunnan", village="Kunming")),
)


def open_house(database: Database, told: Told) -> House:
    """The exporter, before anything is sent to it."""
    house = House(database, told, "pakse", {
        "name": "Pakse Green Coffee Export (demo)",
        "kind": "exporter",
        "prefix": "PX",
        "where": PAKSE,
        "names": (
            ("en", "Pakse Green Coffee Export (demo)"),
            ("lo", "ບໍລິສັດສົ່ງອອກກາເຟດິບປາກເຊ (ຕົວຢ່າງ)"),
            ("vi", "Công ty xuất khẩu cà phê nhân Pakse (bản mẫu)"),
            ("zh", "巴色生咖啡豆出口公司（演示）"),
        ),
        "address": "Lak 8, Pakse, Champasak",
        "phone": "+856 20 5550 0303",
    })  # fmt: skip
    house.employ("clerk-pakse", "Dalavanh Thammavong", Role.CLERK, Role.EXPORTER)
    house.employ("manager-pakse", "Somphone Latsavong", Role.MANAGER)
    house.open_place("PX", "dry_mill", "Pakse dry mill", PAKSE)
    house.open_place("PW", "warehouse", "Pakse export warehouse", PAKSE)
    number = RegisterRegistration(
        **house.when(date(2025, 9, 10), 10),
        scheme="ico_exporter",
        official_code="LA-DEMO-ICO-9901",
        authority="Ministry of Industry and Commerce (demo)",
        valid_from=date(2025, 1, 1),
        valid_to=date(2027, 12, 31),
    )
    house.tell("", register_registration, number)
    return house


def tell_season(house: House, nong_luang: NongLuang, laongam: Laongam) -> dict[str, Stock]:
    """What came in from both cooperatives, and the batches that went out. The batches by name."""
    buyers = {country: export.know_buyer(house, name, where) for country, name, where in BUYERS}
    batches = _arabica(house, nong_luang, laongam, buyers)
    batches |= _robusta(house, laongam, buyers)
    house.clear_aside(
        "manager-pakse", date(2026, 4, 30), "Husk burnt in the dryer; triage destroyed, not fit for sale."
    )
    return batches


def take_in(house: House, who: str, day: date, facility: str, transfer: str, load: Stock, refused: int = 0) -> Stock:
    """A load by our own scale: a little lighter than sent; `refused` of its 50 kg bags go back for being wet."""
    refused_g = refused * 50_000
    accepted = load.mass_g - refused_g
    weighed = accepted - house.permille(accepted, 0, 4)
    done = house.tell(
        who,
        receive,
        Receive(
            **house.when(day, 15),
            transfer=transfer,
            weighed_g=weighed,
            facility=facility,
            refused_g=refused_g,
            refused_count=refused,
            reason=f"{refused} bags at 13.8 % moisture: too wet to store." if refused else "",
        ),
    )
    return Stock(done["lot"], weighed, load.count - refused)


def _arabica(house: House, nong_luang: NongLuang, laongam: Laongam, buyers: dict[str, str]) -> dict[str, Stock]:
    """Three loads of Nong Luang and two of Laongam: a blend for Hamburg and Yokohama, one for Le Havre, one alone."""
    first, second, third = nong_luang.sent
    early, late = laongam.parchment
    blend = _blended(house, date(2026, 1, 5), (first, early))
    half = blend.mass_g * 6 // 10 // 60_000 * 60_000
    parts = (
        Output(form="", mass_g=half, count=half // 60_000),
        Output(form="", mass_g=blend.mass_g - half, count=blend.count - half // 60_000),
    )
    fact = Split(**house.when(date(2026, 1, 26), 9), facility="PX", lot=blend.code, parts=parts)
    codes = house.tell("clerk-pakse", split, fact)["lots"]
    hamburg, yokohama = (Stock(code, part.mass_g, part.count) for code, part in zip(codes, parts, strict=True))
    batches = {
        "blend DE": _sell(house, date(2026, 2, 2), hamburg, "DE", buyers, "105/9901/0011"),
        "blend JP": _sell(house, date(2026, 2, 9), yokohama, "JP", buyers, "105/9901/0012"),
    }
    photos.show_photo(house, "clerk-pakse", date(2026, 2, 5), batches["blend DE"], "Bags (drawn)", photos.sacks)
    mixed = _blended(house, date(2026, 2, 9), (second, late))
    batches["superseded FR"], batches["blend FR"] = _packed_twice(house, mixed, buyers)
    wet = take_in(house, "clerk-pakse", date(2026, 3, 4), "PX", *third, refused=6)
    back = TakeBack(**nong_luang.house.when(date(2026, 3, 6), 10), transfer=third[0], reason="Six wet bags came home.")
    nong_luang.house.tell("exporter", take_back, back)
    green = mills.hull(house, "clerk-pakse", date(2026, 3, 9), "PX", [wet], 800)
    batches["arabica AE"] = _sell(house, date(2026, 3, 23), green, "AE", buyers, "105/9901/0014", "green")
    return batches


def _blended(house: House, day: date, loads: tuple[tuple[str, Stock], tuple[str, Stock]]) -> Stock:
    """Parchment of both cooperatives, received, hulled apart, blended and graded."""
    green = []
    for place, (transfer, load) in enumerate(loads):
        lot = take_in(house, "clerk-pakse", day, "PX", transfer, load)
        green.append(mills.hull(house, "clerk-pakse", day + timedelta(days=4 + place), "PX", [lot], 802))
    blend = mills.blend(house, "clerk-pakse", day + timedelta(days=9), "PX", green)
    return mills.grade(house, "clerk-pakse", day + timedelta(days=14), "PX", blend, "A")


def _packing(
    stock: Stock, country: str, mark: str, form: str, bag_g: int = 60_000, tests: tuple[Measured, ...] = _ARABICA
) -> Packing:
    return Packing(
        facility="PW", form=form, unit="bag", unit_g=bag_g, count=stock.mass_g // bag_g, destination=country, ico=mark,
        grade="A", tests=tests,
    )  # fmt: skip


def _sell(
    house: House,
    day: date,
    stock: Stock,
    country: str,
    buyers: dict[str, str],
    mark: str,
    form: str = "graded_green",
    tests: tuple[Measured, ...] = _ARABICA,
) -> Stock:
    """Whole bags of a lot, packed, released and shipped."""
    packing = _packing(stock, country, mark, form, tests=tests)
    bags = stock.part(packing.unit_g * packing.count)
    batch = export.export(house, _HANDS, day, [bags], packing)
    export.send(house, "clerk-pakse", day + timedelta(days=8), batch, buyers[country])
    return batch


def _packed_twice(house: House, stock: Stock, buyers: dict[str, str]) -> tuple[Stock, Stock]:
    """Le Havre asked for small bags after the batch was released: packed again, the older batch points to the newer."""
    packing = _packing(stock, "FR", "105/9901/0013", "graded_green")
    bags = stock.part(packing.unit_g * packing.count)
    older = export.export(house, _HANDS, date(2026, 3, 2), [bags], packing)
    smaller = _packing(older, "FR", "105/9901/0013", "graded_green", bag_g=30_000)
    newer = export.export(house, _HANDS, date(2026, 3, 16), [older.all()], smaller)
    fact = Supersede(
        **house.when(date(2026, 3, 18), 11),
        old=older.code,
        new=newer.code,
        reason="The buyer asked for bags of 30 kg; the same coffee was packed again.",
    )
    house.tell("manager-pakse", supersede, fact)
    export.send(house, "clerk-pakse", date(2026, 3, 24), newer, buyers["FR"])
    return older, newer


def _robusta(house: House, laongam: Laongam, buyers: dict[str, str]) -> dict[str, Stock]:
    """Dried cherry hulled here: to Kunming, to Dubai, and one batch that waits on hold."""
    first, second = laongam.dried
    dried = take_in(house, "clerk-pakse", date(2026, 2, 18), "PX", *first)
    green = mills.hull(house, "clerk-pakse", date(2026, 2, 25), "PX", [dried], 500)
    graded = mills.grade(house, "clerk-pakse", date(2026, 3, 4), "PX", green, "A")
    batches = {"robusta CN": _sell(house, date(2026, 3, 11), graded, "CN", buyers, "105/9901/0015", tests=_ROBUSTA)}
    dried = take_in(house, "clerk-pakse", date(2026, 3, 18), "PX", *second)
    green = mills.hull(house, "clerk-pakse", date(2026, 3, 25), "PX", [dried], 500)
    third = green.mass_g // 3 // 60_000 * 60_000
    parts = (
        Output(form="", mass_g=third, count=third // 60_000),
        Output(form="", mass_g=third, count=third // 60_000),
    )
    fact = Split(**house.when(date(2026, 3, 30), 9), facility="PX", lot=green.code, parts=parts)
    codes = house.tell("clerk-pakse", split, fact)["lots"]
    dubai, kunming = (Stock(code, part.mass_g, part.count) for code, part in zip(codes, parts, strict=True))
    batches["robusta AE"] = _sell(house, date(2026, 4, 6), dubai, "AE", buyers, "105/9901/0016", "green", _ROBUSTA)
    packing = _packing(kunming, "CN", "105/9901/0017", "green", tests=_ROBUSTA)
    waiting = export.export(house, _HANDS, date(2026, 10, 19), [kunming.all()], packing)
    hold = PutOnHold(
        **house.when(date(2026, 11, 10), 10),
        lot=waiting.code,
        reason="Buyer's sample smelled of diesel.",
        action="Do not load. New sample to the laboratory; the result is expected on 24 November.",
    )
    house.tell("manager-pakse", put_on_hold, hold)
    return {**batches, "on hold CN": waiting}
