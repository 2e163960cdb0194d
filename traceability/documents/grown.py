"""Where the goods of a batch grew, in one short text for a paper: whoever gave most stands first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from traceability.documents import terms
from traceability.documents.provinces import canonical
from traceability.domain.dossier import Dossier
from traceability.words import N_, ntranslate

_DISTRICTS: Final = (6, 3, 2, 1)  # of each province, as long as there is room
_MOST: Final = 8  # names in a row


def countries(language: str, dossier: Dossier) -> str:
    """The countries in which it grew."""
    weights: Counter[str] = Counter()
    for share in dossier.shares:
        weights[share.place.country] += share.mass_g
    known = [code for code, _ in weights.most_common() if code] or [dossier.origin.country]
    return ", ".join(terms.country(language, code) for code in known)


def where_it_grew(language: str, dossier: Dossier) -> Iterator[str]:
    """Provinces, districts and villages: from all that there is to say to the shortest that is still true."""
    provinces, districts, villages = _ranked(dossier)
    shared = dossier.origin
    if shared.village or not provinces:
        yield ", ".join(shared.parts())
    elif shared.district:
        for most in range(min(_MOST, len(villages)), 0, -1):
            yield ", ".join((_some(language, villages, most), shared.district, shared.province))
        yield f"{shared.district}, {shared.province}"
    else:
        for most in _DISTRICTS:
            yield ", ".join(_with_districts(language, *one, most) for one in zip(provinces, districts, strict=True))
        for most in range(min(_MOST, len(provinces)), 0, -1):
            yield _some(language, provinces, most)


def _ranked(dossier: Dossier) -> tuple[list[str], list[list[str]], list[str]]:
    """Provinces, the districts of each, and all villages; a province that is spelled in two ways is one."""
    names: dict[tuple[str, str], str] = {}
    in_all: Counter[tuple[str, str]] = Counter()
    of_each: dict[tuple[str, str], Counter[str]] = {}
    villages: Counter[str] = Counter()
    for share in dossier.shares:
        place = share.place
        if place.village:
            villages[place.village] += share.mass_g
        if not place.province:
            continue
        key = (place.country, canonical(place.country, place.province))
        names.setdefault(key, place.province)
        in_all[key] += share.mass_g
        below = of_each.setdefault(key, Counter())
        if place.district:
            below[place.district] += share.mass_g
    keys = [key for key, _ in in_all.most_common()]
    districts = [[name for name, _ in of_each[key].most_common()] for key in keys]
    return [names[key] for key in keys], districts, [name for name, _ in villages.most_common()]


def _with_districts(language: str, province: str, districts: Sequence[str], most: int) -> str:
    return f"{province} ({_some(language, districts, most)})" if districts else province


def _some(language: str, names: Sequence[str], most: int) -> str:
    """The first of some names, and how many others there are."""
    said, others = ", ".join(names[:most]), len(names) - most
    if others <= 0:
        return said
    return ntranslate(language, N_("{names} and one other"), N_("{names} and {n} others"), others, names=said)
