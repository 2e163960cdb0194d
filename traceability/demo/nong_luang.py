"""The main demo organisation: a coffee cooperative at Nong Luang on the Bolaven plateau, its season and its today."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from traceability.demo import export, mills
from traceability.demo.export import Hands, Packing
from traceability.demo.people import Grower, Village, lao_name, settle
from traceability.demo.scale import Crop, form, weigh_day, weigh_in
from traceability.demo.telling import House, Stock, Told
from traceability.domain.facts import (
    ChangeConsent,
    CloseHold,
    DeclareError,
    Dispatch,
    FormLot,
    Inspect,
    Measured,
    PutOnHold,
    RegisterCertificate,
    RegisterRegistration,
    Where,
)
from traceability.domain.pools import Pool
from traceability.domain.roles import Role
from traceability.models.database import Database
from traceability.operations.collection import form_lot, record_weigh_in
from traceability.operations.correction import declare_error
from traceability.operations.inspection import close_hold, inspect, put_on_hold
from traceability.operations.registry import change_consent, register_certificate, register_registration
from traceability.operations.shipping import dispatch

_PAKSONG: Final = Where(country="LA", province="Champasak", district="Paksong")
VILLAGES: Final = (
    Village(replace(_PAKSONG, village="ໜອງຫຼວງ (Nong Luang)"), 15.098, 106.205),
    Village(replace(_PAKSONG, village="ພູອອຍ (Phou Oy)"), 15.132, 106.281),
    Village(replace(_PAKSONG, village="ກະຕວດ (Katouat)"), 15.206, 106.172),
    Village(replace(_PAKSONG, village="ຫຼັກ 35 (Lak 35)"), 15.164, 106.118),
)
CHERRY: Final = Crop(
    facility="NL", commodity="arabica_coffee", form="fresh_cherry", units=(3, 8), unit_g=(36_000, 47_000), tare_g=300,
    quality="ripe_percent", quality_unit="%", tenths=(880, 995), price_per_kg=14_000, currency="LAK", variety="Catimor",
)  # fmt: skip
FIRST_MONDAY: Final = date(2025, 10, 20)
WEEKS: Final = 15
_HANDS: Final = Hands(packs="exporter", seals="manager2", releases="manager")
_ORGANIC: Final = 18  # of the growers, the first eighteen are certified


@dataclass
class NongLuang:
    """What the season leaves behind for others: consignments on the road to the exporter, by their codes."""

    house: House
    growers: list[Grower]
    sent: list[tuple[str, Stock]]
    batches: dict[str, Stock]


def tell_season(house: House, exporter: House) -> NongLuang:
    """The harvest of 2025/26, from the first cherry to the cooperative's own batches."""
    names = [lao_name(place) for place in range(48)]
    growers = settle(house, names, VILLAGES, commodity="arabica_coffee", area_m2=(6_000, 24_000), all_mapped=_ORGANIC)
    _certify(house, growers)
    story = NongLuang(house, growers, [], {})
    organic, plain = _harvest(house, growers)
    _sell_parchment(story, exporter, plain, organic.pop(4))
    _export_micro_lot(story)
    _export_organic(story, organic)
    house.pay_all("manager", date(2026, 3, 31))
    return story


def open_house(database: Database, told: Told) -> House:
    """The cooperative with its seven people and four places, before the harvest."""
    house = House(database, told, "nong-luang", {
        "name": "Nong Luang Coffee Cooperative (demo)",
        "kind": "cooperative",
        "prefix": "NL",
        "where": VILLAGES[0].where,
        "names": (
            ("en", "Nong Luang Coffee Cooperative (demo)"),
            ("lo", "ສະຫະກອນກາເຟໜອງຫຼວງ (ຕົວຢ່າງ)"),
            ("vi", "Hợp tác xã cà phê Nong Luang (bản mẫu)"),
            ("zh", "农銮咖啡合作社（演示）"),
        ),
        "address": "Nong Luang, Paksong, Champasak",
        "phone": "+856 20 5550 0101",
    })  # fmt: skip
    house.employ("clerk", "Noy Keomany", Role.CLERK)
    house.employ("manager", "Bounmy Sivilay", Role.MANAGER)
    house.employ("manager2", "Vanna Phommachanh", Role.MANAGER)
    house.employ("exporter", "Souliya Vongsa", Role.EXPORTER)
    house.employ("inspector", "Manivanh Inthavong", Role.INSPECTOR)
    house.employ("auditor", "Thongxay Xayavong", Role.AUDITOR)
    house.employ("administrator", "Phonsavanh Bouphanh", Role.ADMINISTRATOR)
    house.open_place("NL", "collection_point", "Nong Luang collection point", VILLAGES[0].where)
    house.open_place("KT", "collection_point", "Katouat collection point", VILLAGES[2].where)
    house.open_place("NW", "wet_mill", "Nong Luang wet mill", VILLAGES[0].where)
    house.open_place("NH", "dry_mill", "Nong Luang dry mill", VILLAGES[0].where)
    silo = "Nong Luang parchment silo (demo)"
    house.open_place("NS", "tank", silo, VILLAGES[0].where, pool=Pool.FIRST_IN_FIRST_OUT)
    return house


def _certify(house: House, growers: list[Grower]) -> None:
    """Organic for the first eighteen, about to expire; deforestation-free for all who are mapped; an ICO number."""
    day = date(2025, 9, 25)
    organic = RegisterCertificate(
        **house.when(day, 10),
        scheme="organic",
        number="DEMO-ORG-LA-0417",
        issuer="Mekong Organic Control (demo)",
        custody="segregated",
        valid_from=date(2025, 6, 1),
        valid_to=date(2026, 12, 5),
        farmers=tuple(grower.code for grower in growers[:_ORGANIC]),
    )
    deforestation_free = RegisterCertificate(
        **house.when(day, 11),
        scheme="deforestation_free",
        number="DEMO-DDS-LA-2025-031",
        issuer="Bolaven Plot Verification (demo)",
        custody="segregated",
        valid_from=date(2025, 9, 1),
        valid_to=date(2027, 8, 31),
        farmers=tuple(grower.code for grower in growers if grower.mapped),
    )
    house.tell_all("", register_certificate, [organic, deforestation_free])
    number = RegisterRegistration(
        **house.when(day, 12),
        scheme="ico_exporter",
        official_code="LA-DEMO-ICO-9902",
        authority="Ministry of Industry and Commerce (demo)",
        valid_from=date(2025, 1, 1),
        valid_to=date(2027, 12, 31),
    )
    house.tell("", register_registration, number)
    consent = ChangeConsent(
        **house.when(day, 14),
        farmer=growers[1].code,
        named_in_public=True,
        text="Read in Lao at the collection point; the village head was there.",
    )
    house.tell("clerk", change_consent, consent)


def _harvest(house: House, growers: list[Grower]) -> tuple[list[Stock], list[Stock]]:
    """Fifteen weeks of cherry: organic and other parchment, one lot of each a week."""
    organic: list[Stock] = []
    plain: list[Stock] = []
    sure = replace(CHERRY, unknown_of_ten=0)
    for week in range(WEEKS):
        monday = FIRST_MONDAY + timedelta(days=7 * week)
        certified, others = [], []
        for weekday in range(6):
            day = monday + timedelta(days=weekday)
            coming = [g for place, g in enumerate(growers) if place % 6 == weekday and house.random.randrange(8)]
            certified += weigh_day(house, "clerk", day, sure, [g for g in coming if g in growers[:_ORGANIC]])
            others += weigh_day(house, "clerk", day, CHERRY, [g for g in coming if g not in growers[:_ORGANIC]])
        if week == 3:
            others.append(_mistyped_weight(house, monday, growers[30]))
        saturday = monday + timedelta(days=5)
        if week == 6:
            _forgotten_delivery(house, saturday, others)
        for deliveries, made in ((certified, organic), (others, plain)):
            cherry = form(house, "clerk", saturday, "NL", deliveries)
            made.append(mills.wash(house, "clerk", saturday + timedelta(days=12), "NW", cherry))
    return organic, plain


def _mistyped_weight(house: House, day: date, grower: Grower) -> Stock:
    """486 kg where the scale showed 48.6: declared in error by a manager, with the right weigh-in in its place."""
    wrong = replace(weigh_in(house, day, 50, CHERRY, grower), bags_g=(486_000,), tare_g=300, confirmed=True)
    said = house.tell("clerk", record_weigh_in, wrong)
    correction = DeclareError(
        **house.when(day, 18),
        event=said.event,
        reason="incorrect_data",
        note="The comma was missed: 48.6 kg, as on the paper receipt.",
        replacement=replace(wrong, bags_g=(48_600,)),
    )
    done = house.tell("manager", declare_error, correction)
    return Stock(done["replacement"]["lot"], 48_300, 1)


def _forgotten_delivery(house: House, day: date, deliveries: list[Stock]) -> None:
    """A lot formed without its last delivery, declared in error the same evening; then it is formed again."""
    early = FormLot(
        **house.when(day, 16), facility="NL", deliveries=tuple(delivery.code for delivery in deliveries[:-1])
    )
    said = house.tell("clerk", form_lot, early)
    correction = DeclareError(
        **house.when(day, 16, 30),
        event=said.event,
        reason="incorrect_data",
        note="One delivery stood behind the door and was not counted.",
    )
    house.tell("manager", declare_error, correction)


def _sell_parchment(story: NongLuang, exporter: House, plain: list[Stock], organic: Stock) -> None:
    """Parchment to the exporter in Pakse in three loads; one lot smelled musty and was held until it was cupped.

    One organic lot goes along in the second load: mixed there, it will lose its claim.
    """
    house = story.house
    musty = plain[2]
    hold = house.tell(
        "inspector",
        put_on_hold,
        PutOnHold(
            **house.when(date(2025, 12, 1), 9),
            lot=musty.code,
            reason="Musty smell in two bags.",
            action="Keep apart; cup it before it moves.",
        ),
    )
    cupped = Measured(property="cupping_score", value="82.50", unit="points", method="SCA", passed=True)
    house.tell("inspector", inspect, Inspect(**house.when(date(2025, 12, 3), 10), lot=musty.code, measured=(cupped,)))
    passed = CloseHold(
        **house.when(date(2025, 12, 3), 15),
        hold=hold["hold"],
        passed=True,
        outcome="Cupped clean: the smell came from two old bags, which were changed.",
    )
    house.tell("inspector", close_hold, passed)
    loads = (
        (date(2025, 12, 22), plain[:5]),
        (date(2026, 1, 26), [*plain[5:10], organic]),
        (date(2026, 3, 2), plain[10:]),
    )
    for day, lots in loads:
        load = mills.blend(house, "clerk", day, "NW", lots)
        said = house.tell(
            "exporter",
            dispatch,
            Dispatch(
                **house.when(day + timedelta(days=1), 8),
                lot=load.code,
                to_organisation=exporter.code,
                facility="NW",
                vehicle="DEMO 4471",
                driver="Khamphet",
                seal=f"NL-{day:%m%d}",
            ),
        )
        story.sent.append((said["transfer"], load))


def _export_micro_lot(story: NongLuang) -> None:
    """One grower, one plot, dried in the cherry: identity preserved from the tree to Yokohama."""
    house, grower = story.house, story.growers[20]
    crop = replace(CHERRY, units=(11, 13), variety="Typica", grades=("A",))
    deliveries = []
    for place in range(8):
        day = date(2025, 12, 1) + timedelta(days=3 * place)
        deliveries += weigh_day(house, "clerk", day, crop, [grower], plot=grower.plots[0])
    cherry = form(house, "clerk", date(2025, 12, 23), "NL", deliveries, grade="A")
    dried = mills.dry_whole(house, "clerk", date(2026, 1, 24), "NW", [cherry], 340)
    green = mills.hull(house, "clerk", date(2026, 2, 3), "NH", [dried], 500)
    cupping = Measured(property="cupping_score", value="87.25", unit="points", method="SCA", passed=True)
    packing = Packing(
        facility="NH", form="green", unit="bag", unit_g=30_000, count=green.mass_g // 30_000, destination="JP",
        variety="Typica", ico="105/9902/0001", brand="Nong Luang (demo)", tests=(cupping, mills.moisture(108)),
    )  # fmt: skip
    bags = green.part(packing.unit_g * packing.count)
    story.batches["micro lot"] = batch = export.export(house, _HANDS, date(2026, 2, 9), [bags], packing)
    where = Where(country="JP", province="Kanagawa", village="Yokohama")
    buyer = export.know_buyer(house, "Minato Coffee (demo)", where)
    export.send(house, "exporter", date(2026, 2, 16), batch, buyer)


def _export_organic(story: NongLuang, organic: list[Stock]) -> None:
    """Washed organic arabica: one batch to Hamburg, one to Le Havre, one sealed this week, and a lot ready to pack.

    The parchment of the first two stands in the silo, in layers, and a little of the last layer is still there.
    """
    house = story.house
    for day, lots in (
        (date(2025, 12, 8), organic[:3]),
        (date(2025, 12, 29), organic[3:6]),
        (date(2026, 1, 19), organic[6:10]),
    ):
        mills.pour(house, "clerk", day, "NS", lots)
    held_g = sum(lot.mass_g for lot in organic[:10])
    hamburg = export.know_buyer(house, "Rösterei Nordlicht (demo)", Where(country="DE", village="Hamburg"))
    le_havre = export.know_buyer(house, "Torréfaction du Canal (demo)", Where(country="FR", village="Le Havre"))
    orders = (
        ("organic DE", 620, date(2026, 3, 9), "DE", hamburg, "105/9902/0002"),
        ("organic FR", 840, date(2026, 4, 13), "FR", le_havre, "105/9902/0003"),
    )
    for name, thousandths, day, country, buyer, mark in orders:
        parchment = mills.draw(house, "clerk", day - timedelta(days=17), "NS", held_g * thousandths // 1000)
        held_g = mills.sound(house, "clerk", day - timedelta(days=16), "NS", held_g - parchment.mass_g)
        green = mills.hull(house, "clerk", day - timedelta(days=14), "NH", [parchment], 802)
        graded = mills.grade(house, "clerk", day - timedelta(days=7), "NH", green, "A")
        cupping = Measured(property="cupping_score", value="84.75", unit="points", method="SCA", passed=True)
        packing = Packing(
            facility="NH", form="graded_green", unit="bag", unit_g=60_000, count=graded.mass_g // 60_000,
            destination=country, variety="Catimor", ico=mark, tests=(cupping, mills.moisture(112)),
        )  # fmt: skip
        bags = graded.part(packing.unit_g * packing.count)
        story.batches[name] = export.export(house, _HANDS, day, [bags], packing)
        export.send(house, "exporter", day + timedelta(days=9), story.batches[name], buyer)
    house.clear_aside("manager", date(2026, 4, 30), "Floaters composted, husk burnt in the dryer.")
    last = mills.hull(house, "clerk", date(2026, 11, 9), "NH", organic[10:12], 800)
    packing = Packing(
        facility="NH", form="green", unit="bag", unit_g=60_000, count=last.mass_g // 60_000, destination="FR",
        variety="Catimor", ico="105/9902/0004", tests=(mills.moisture(110),),
    )  # fmt: skip
    bags = last.part(packing.unit_g * packing.count)
    packed = export.pack_goods(house, "exporter", date(2026, 11, 17), [bags], packing)
    export.seal_batch(house, "manager2", date(2026, 11, 18), packed, packing)
    story.batches["sealed"] = packed
    mills.hull(house, "clerk", date(2026, 11, 16), "NH", organic[12:], 800)
