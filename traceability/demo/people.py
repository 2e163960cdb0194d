"""Invented growers with believable names, and their plots: some drawn, some a point, some not mapped yet."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Final

from traceability.demo.telling import House
from traceability.domain.facts import RegisterFarmer, RegisterPlot, Where
from traceability.domain.geometry import inspect_plot
from traceability.operations.registry import register_farmer, register_plot

LAO_GIVEN: Final = (
    "ບຸນມີ", "ສົມພອນ", "ຄຳແພງ", "ວັນນາ", "ບົວພັນ", "ສີສະຫວັນ", "ຄຳຫລ້າ", "ບຸນທັນ", "ສຸລິຍາ", "ມະນີວັນ", "ອ່ອນແກ້ວ", "ທອງໄຊ",
    "ແສງດາລາ", "ພູວົງ", "ຈັນທະວີ", "ວຽງສະໄໝ", "ແພງສີ", "ດວງໃຈ", "ສຸກສະຫວັນ", "ຄຳເພັດ", "ຈິດຕະກອນ", "ພອນສະຫວັນ",
)  # fmt: skip
LAO_FAMILY: Final = (
    "ແກ້ວມະນີ", "ສີວິໄລ", "ພົມມະຈັນ", "ວົງສາ", "ອິນທະວົງ", "ໄຊຍະວົງ", "ຈັນທະລາ", "ສຸວັນນະ", "ພັນທະວົງ", "ບຸບຜາ", "ແສງມະນີ",
    "ລາດຊະວົງ", "ທຳມະວົງ", "ສີຫາລາດ", "ຄຳມະນີ", "ພິມມະສອນ", "ອຸດົມສຸກ",
)  # fmt: skip
NORTHERN: Final = (
    ("Lò Văn", "Quàng Văn", "Cầm Thị", "Hoàng Văn", "Lường Thị", "Tòng Văn", "Vì Thị", "Lèo Văn", "Hà Văn", "Mùi Thị"),
    ("Thắng", "Hặc", "Inh", "Dũng", "Phương", "Chung", "Pấng", "Hoan", "Ước", "Tươi", "Sương", "Tuyển", "Nghĩa"),
)
SOUTHERN: Final = (
    ("Nguyễn Văn", "Trần Thị", "Lê Hoàng", "Phạm Thị", "Huỳnh Văn", "Võ Thị", "Đặng Văn", "Bùi Thị"),
    ("Hữu", "Kim Loan", "Phúc", "Bé Sáu", "Út", "Thu Vân", "Đực", "Tường Vi"),
)

_METRES_PER_DEGREE: Final = 111_200


@dataclass(frozen=True)
class Village:
    """Where growers live: the place as written, and the middle of its gardens (latitude, longitude)."""

    where: Where
    latitude: float
    longitude: float


@dataclass(frozen=True)
class Grower:
    """A registered grower: code, number, the plots by code, and how many of them are mapped."""

    code: str
    number: str
    plots: tuple[str, ...]
    mapped: tuple[str, ...]
    village: str


def lao_name(place: int) -> str:
    """The name of the grower at `place`: no two are alike within 374."""
    return f"{LAO_GIVEN[place % len(LAO_GIVEN)]} {LAO_FAMILY[place * 5 % len(LAO_FAMILY)]}"


def vietnamese_name(names: tuple[tuple[str, ...], tuple[str, ...]], place: int) -> str:
    """The name of the grower at `place`: family and middle name, then the given name."""
    family, given = names
    return f"{family[place % len(family)]} {given[place * 3 % len(given)]}"


def settle(
    house: House,
    names: Sequence[str],
    villages: Sequence[Village],
    *,
    commodity: str,
    area_m2: tuple[int, int],
    mapped_of_ten: int = 7,
    all_mapped: int = 0,
) -> list[Grower]:
    """Register growers with a plot each, every third with a second; every fifth agrees to be named in public.

    The first `all_mapped` growers, and `mapped_of_ten` of ten of the others, have drawn plots or at least a point;
    the rest declared theirs in words, and the last of every ten has not said yet where the garden is.
    """
    day = date(2025, 9, 15)
    homes = [villages[place * len(villages) // len(names)] for place in range(len(names))]
    farmers = house.tell_all(
        "",
        register_farmer,
        [
            RegisterFarmer(
                **house.when(day, 9 + place // 60, place % 60),
                name=name,
                where=home.where,
                named_in_public=place % 5 == 0,
            )
            for place, (name, home) in enumerate(zip(names, homes, strict=True))
        ],
    )
    facts = []
    for place, (farmer, home) in enumerate(zip(farmers, homes, strict=True)):
        mapped = place < all_mapped or place % 10 < mapped_of_ten
        if not mapped and place % 10 == 9:
            continue
        for serial in range(2 if place % 3 == 0 else 1):
            facts.append(_plot(house, farmer["farmer"], serial, home, commodity, area_m2, mapped))
    plots = house.tell_all("", register_plot, facts)
    owned: dict[str, list[str]] = {farmer["farmer"]: [] for farmer in farmers}
    drawn: dict[str, list[str]] = {farmer["farmer"]: [] for farmer in farmers}
    for fact, plot in zip(facts, plots, strict=True):
        owned[fact.farmer].append(plot["plot"])
        if fact.geometry:
            drawn[fact.farmer].append(plot["plot"])
    return [
        Grower(
            farmer["farmer"],
            farmer["number"],
            tuple(owned[farmer["farmer"]]),
            tuple(drawn[farmer["farmer"]]),
            home.where.village,
        )
        for farmer, home in zip(farmers, homes, strict=True)
    ]


def _plot(
    house: House, farmer: str, serial: int, home: Village, commodity: str, area_m2: tuple[int, int], mapped: bool
) -> RegisterPlot:
    """A plot a short walk from the village: drawn, one of four only a point, or declared in words."""
    wanted = house.random.randint(*area_m2) // 100 * 100
    kind, shape, area, declared = "none", "", wanted, True
    if mapped:
        kind = "polygon" if house.random.randrange(4) else "point"
        drawn = _garden(house.random, home, wanted) if kind == "polygon" else _middle(house.random, home)
        shape = json.dumps(drawn)
        if kind == "polygon":
            measured = inspect_plot(drawn, country=home.where.country).geometry
            if measured is None:
                raise AssertionError("the garden drawn here is a simple polygon")
            area, declared = measured.area_m2, False
    return RegisterPlot(
        **house.when(date(2025, 9, 16), 8),
        farmer=farmer,
        name=f"{home.where.village} {serial + 1}",
        commodity=commodity,
        where=home.where,
        area_m2=area,
        area_declared=declared,
        bearing_m2=area * 9 // 10,
        geometry_kind=kind,
        geometry=shape,
    )


def _middle(random: Random, home: Village) -> dict[str, object]:
    return {"type": "Point", "coordinates": list(_near(random, home))}


def _near(random: Random, home: Village) -> tuple[float, float]:
    """Longitude and latitude within about two kilometres of the village."""
    return round(home.longitude + random.uniform(-0.02, 0.02), 6), round(home.latitude + random.uniform(-0.02, 0.02), 6)


def _garden(random: Random, home: Village, area_m2: int) -> dict[str, object]:
    """An uneven garden of seven corners and about that area, its corners going round counter-clockwise."""
    longitude, latitude = _near(random, home)
    radius = math.sqrt(area_m2 / math.pi)
    wide = _METRES_PER_DEGREE * math.cos(math.radians(latitude))
    ring = []
    for corner in range(7):
        angle = 2 * math.pi * (corner + random.uniform(-0.25, 0.25)) / 7
        reach = radius * random.uniform(0.85, 1.25)
        ring.append(
            [
                round(longitude + reach * math.cos(angle) / wide, 6),
                round(latitude + reach * math.sin(angle) / _METRES_PER_DEGREE, 6),
            ]
        )
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
