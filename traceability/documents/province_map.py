"""Where a batch grew, as a drawing of the country with its provinces: outlines only, never a position.

The outlines are Natural Earth's (public domain), made by `scripts/outlines`. A province is found by its name in any of
its spellings; one of Viet Nam since July 2025 is drawn as the former provinces that it took in (Resolution
202/2025/QH15). A province that nobody drew is said in words only.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

_FOLDER: Final = Path(__file__).parent / "outlines"
# Other spellings of the provinces that are drawn.
_SPELLINGS: Final[Mapping[str, Mapping[str, str]]] = {
    "LA": {
        "attapeu": "attapu ອັດຕະປື",
        "bokeo": "ບໍ່ແກ້ວ",
        "borikhamxay": "bolikhamxay bolikhamxai bolikhamsai ບໍລິຄຳໄຊ",
        "champasak": "champassak champasack ຈຳປາສັກ",
        "houaphanh": "houaphan huaphan huaphanh ຫົວພັນ",
        "khammuane": "khammouan khammouane ຄຳມ່ວນ",
        "luangnamtha": "louangnamtha luangnamta ຫຼວງນ້ຳທາ",
        "luangprabang": "louangphrabang louangphabang luangphrabang luangphabang ຫຼວງພະບາງ",
        "oudomxay": "oudomxai ອຸດົມໄຊ",
        "phongsaly": "phongsali ຜົ້ງສາລີ",
        "saravane": "saravan salavan ສາລະວັນ",
        "savannakhet": "savannaket ສະຫວັນນະເຂດ",
        "sekong": "xekong ເຊກອງ",
        "vientiane": "ວຽງຈັນ",
        "vientianecapital": "vientianeprefecture ນະຄອນຫຼວງວຽງຈັນ",
        "xayabury": "xaignabouri sayabouly sainyabuli xayaboury ໄຊຍະບູລີ",
        "xiengkhuang": "xiangkhoang xiengkhouang xiangkhouang ຊຽງຂວາງ",
    },
    "VN": {"hochiminh": "hochiminhcity", "hue": "thuathienhue"},
}
# What the provinces of Viet Nam took in on 1 July 2025.
_TOOK_IN: Final[Mapping[str, str]] = {
    **{"tuyenquang": "hagiang", "laocai": "yenbai", "thainguyen": "backan", "bacninh": "bacgiang"},
    **{"phutho": "vinhphuc hoabinh", "haiphong": "haiduong", "hungyen": "thaibinh", "ninhbinh": "hanam namdinh"},
    **{"quangtri": "quangbinh", "danang": "quangnam", "quangngai": "kontum", "gialai": "binhdinh"},
    **{"khanhhoa": "ninhthuan", "daklak": "phuyen", "lamdong": "daknong binhthuan", "dongnai": "binhphuoc"},
    **{"hochiminh": "binhduong bariavungtau", "tayninh": "longan", "dongthap": "tiengiang"},
    **{"vinhlong": "bentre travinh", "angiang": "kiengiang", "cantho": "soctrang haugiang", "camau": "baclieu"},
}


class Province(NamedTuple):
    """One province on the map: its name as it was recorded, what came from it, and how it is drawn."""

    name: str
    mass_g: int
    path: str  # of an SVG; empty when nobody drew it


class Map(NamedTuple):
    """A country with the provinces that a batch came from, the most first; lengths in units of its own box."""

    country: str
    width: int
    height: int
    outline: str
    provinces: tuple[Province, ...]


def province_map(country: str, masses: Mapping[str, int]) -> Map | None:
    """The map of a country with what came from each province; None for a country that nobody drew.

    `masses` are whole grams by the name of the province.
    """
    drawn = _outlines(country)
    if drawn is None:
        return None
    found = [Province(name, grams, _path(country, name)) for name, grams in masses.items() if name]
    most_first = sorted(found, key=lambda one: (-one.mass_g, one.name))
    return Map(country, drawn["width"], drawn["height"], drawn["outline"], tuple(most_first))


def key_of(name: str) -> str:
    """A name without capitals, marks, spaces and signs; Lao stays as it is."""
    plain = unicodedata.normalize("NFD", name.lower().replace("đ", "d"))
    latin = re.sub(r"[^a-z]", "", plain)
    return latin or re.sub(r"[\s\u200b]", "", unicodedata.normalize("NFC", name)).removeprefix("ແຂວງ")


def canonical(country: str, name: str) -> str:
    """The key of a province by any of its spellings, or of a name that is none."""
    bare = re.sub(r"^(?:tỉnh|thành phố|tp\.?)\s+|\s+province$", "", name.strip(), flags=re.IGNORECASE)
    return _by_spelling(country).get(key_of(bare), key_of(bare))


def _path(country: str, name: str) -> str:
    outlines = _outlines(country)
    key = canonical(country, name)
    parts = [key, *(_TOOK_IN.get(key, "").split() if country == "VN" else ())]
    return "".join(outlines["provinces"].get(part, "") for part in parts) if outlines else ""


@cache
def _by_spelling(country: str) -> Mapping[str, str]:
    spellings = _SPELLINGS.get(country, {})
    return {key_of(spelling): key for key, others in spellings.items() for spelling in others.split()}


@cache
def _outlines(country: str) -> Mapping[str, Any] | None:
    path = _FOLDER / f"{country}.json"
    if not re.fullmatch(r"[A-Z]{2}", country) or not path.exists():
        return None
    said: Mapping[str, Any] = json.loads(path.read_text("utf-8"))
    return said
