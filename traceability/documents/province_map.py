"""Where a batch grew, as a drawing of the country with its provinces: outlines only, never a position.

The outlines are Natural Earth's (public domain), made by `scripts/outlines`. A province is found by its name in any of
its spellings; one of Viet Nam since July 2025 is drawn as the former provinces that it took in (Resolution
202/2025/QH15). A province that nobody drew is said in words only.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from traceability.documents.provinces import canonical

_FOLDER: Final = Path(__file__).parent / "outlines"
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


def _path(country: str, name: str) -> str:
    outlines = _outlines(country)
    key = canonical(country, name)
    parts = [key, *(_TOOK_IN.get(key, "").split() if country == "VN" else ())]
    return "".join(outlines["provinces"].get(part, "") for part in parts) if outlines else ""


@cache
def _outlines(country: str) -> Mapping[str, Any] | None:
    path = _FOLDER / f"{country}.json"
    if not re.fullmatch(r"[A-Z]{2}", country) or not path.exists():
        return None
    said: Mapping[str, Any] = json.loads(path.read_text("utf-8"))
    return said
