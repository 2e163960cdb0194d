"""Weights of a bag, areas, altitudes, counts and percentages as registers write them, each read or explained."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Final

from traceability.domain.quantity import (
    CONG,
    GRAM,
    HECTARE,
    JIN,
    KILOGRAM,
    MU,
    RAI,
    SQUARE_METRE,
    TA,
    TONNE,
    YEN,
    numbers_meant,
    rounded,
)
from traceability.domain.text import ascii_forms, search_key
from traceability.errors import Invalid, Sentence
from traceability.imports.report import Reading
from traceability.words import N_

UNUSUAL_BAG_G: Final = 120_000  # coffee and rice sacks hold 40 to 90 kg; above this somebody must have meant it
POUND_G: Final = Fraction(45_359_237, 100_000)  # exact by the international agreement of 1959
HIGHEST_FIELD_M: Final = 3_000  # arabica is grown up to about 2,800 m
LOWEST_FIELD_M: Final = 10
_SHOWN: Final = 40
_WIDEST_RANGE: Final = 10  # 100/2000 is no range of one farm
FOOT_M: Final = Fraction(3048, 10_000)
ACRE_M2: Final = Fraction(4_046_856_422_4, 10**7)
# 10,000 square varas of 0.8359 m, as used in Guatemala, El Salvador and Honduras; Nicaragua's is 7,026 m².
MANZANA_M2: Final = Fraction(8_359 * 8_359, 10_000)


def _keys(words: str) -> frozenset[str]:
    return frozenset(search_key(word) for word in words.split("|"))


def _factors(table: Mapping[str, Fraction]) -> dict[str, Fraction]:
    return {key: factor for words, factor in table.items() for key in _keys(words)}


_BLANKS: Final = _keys(
    "n/a|none|non|nil|null|unknown|unkown|unknow|unspecified|not assigned|not available|sin dato|không có|không rõ"
)
_APOSTROPHE: Final = re.compile("(?<=[0-9])['’](?=[0-9]{3})")  # as the Swiss part thousands
_MEASURE: Final = re.compile(r"([0-9][0-9.,'’ \u00a0\u202f]*)(.*)", re.DOTALL)
_COUNT_WORDS: Final = re.compile(r"(?:bags?|sacks?|sacos?|bultos?|bao|thùng|ເປົາ|袋|包)", re.IGNORECASE)

_MASS_WORDS: Final = _factors(
    {
        "kg|kgs|kilo|kilos|kilogram|kilograms|kilogramo|kilogramos|cân": Fraction(KILOGRAM.grams),
        "ກກ|ກິໂລ|ກິໂລກຣາມ|公斤|千克": Fraction(KILOGRAM.grams),
        "g|gr|gram|grams|gramos": Fraction(GRAM.grams),
        "lb|lbs|pound|pounds|libra|libras|磅": POUND_G,
        "t|ton|tons|tonne|tonnes|tấn|ໂຕນ|吨|公吨": Fraction(TONNE.grams),
        "tạ": Fraction(TA.grams),
        "yến": Fraction(YEN.grams),
        "市斤": Fraction(JIN.grams),
    }
)
_AREA_WORDS: Final = _factors(
    {
        "ha|has|hectare|hectares|hectárea|hectáreas|ຮຕ|ເຮັກຕາ|公顷": HECTARE.square_metres,
        "m2|m²|sqm|square metres|square meters|ຕາແມັດ|平方米": SQUARE_METRE.square_metres,
        "rai|ໄຮ່|ไร่": RAI.square_metres,
        "công": CONG.square_metres,
        "mu|亩|畝": MU.square_metres,
        "acre|acres|英亩": ACRE_M2,
        "manzana|manzanas|mz": MANZANA_M2,
    }
)


@dataclass(frozen=True)
class Altitude:
    """A height or a range of heights in whole metres above the sea."""

    low_m: int
    high_m: int


def blank(text: str) -> bool:
    """Whether a cell says nothing: empty, only signs (`-`), or a word such as `n/a`, `none`, `unknown`."""
    return not text or _blank(text) if len(text) <= _SHOWN else not search_key(text)


@lru_cache(maxsize=10_000)  # registers say the same few things in every row
def _blank(text: str) -> bool:
    key = search_key(text)
    return not key or key in _BLANKS


def said(text: str) -> str:
    """What a cell says, as typed; nothing when it is blank."""
    return "" if blank(text) else text


def readings(text: str) -> tuple[Fraction, ...]:
    """Every value that a typed number may mean, thousands first: none for `abc` or `-3`, two for `1.250`, else one."""
    try:
        return numbers_meant(_APOSTROPHE.sub(" ", text))
    except Invalid:
        return ()


# --- weights ------------------------------------------------------------------------------------------------


def read_bag_weight(text: str) -> Reading[Fraction]:
    """The exact grams of one bag from `60 kg`, `100 lbs`, `6` (kilograms, with a note) or `2 kg,lbs` (asked).

    More than 120 kg in a bag is read and asked about; nothing above zero is a problem of its own.
    """
    return read_weight(text, unusual_above=Fraction(UNUSUAL_BAG_G))


def read_weight(text: str, *, unusual_above: Fraction | None = None) -> Reading[Fraction]:
    """The exact grams of a typed weight; no pound is rounded before it is multiplied by its bags."""
    match = _MEASURE.fullmatch(ascii_forms(text).strip())
    values = readings(match[1].rstrip(" .,")) if match else ()
    if match is None or not values:
        return Reading(None, Sentence(N_("This is no weight that we can read. Write it like 60 kg.")), None, "bad")
    units = [_MASS_WORDS.get(key) for word in re.split(r"[,;/ ]+", match[2]) if (key := search_key(word))]
    if None in units:
        return Reading(
            None,
            Sentence(N_("The unit {unit} is not known. Write the weight in kg."), {"unit": match[2].strip()[:_SHOWN]}),
            None,
            "bad",
        )
    factors = list(dict.fromkeys(factor for factor in units if factor)) or [Fraction(KILOGRAM.grams)]
    grams = [value * factor for value in values for factor in factors]
    if grams[0] == 0:
        return Reading(None, Sentence(N_("This weighs nothing. Write what one bag weighs.")), None, "bad")
    if len(grams) > 1:
        reason = N_("This can mean {first_g} or {second_g}. Answer with the right one.")
        both = {"first_g": rounded(grams[0]), "second_g": rounded(grams[1])}
        return Reading(grams[0], Sentence(reason, both), None, "asked")
    if unusual_above is not None and grams[0] > unusual_above:
        question = Sentence(N_("{bag_g} in one bag?"), {"bag_g": rounded(grams[0])})
        return Reading(grams[0], question, None, "asked")
    if not units:
        return Reading(grams[0], Sentence(N_("No unit was written; it was read as kilograms.")))
    return Reading(grams[0])


def grams_in(unit: str) -> Fraction | None:
    """The grams in one of a unit of mass, as people write the unit; None for one that is no mass or not known."""
    return _MASS_WORDS.get(search_key(unit))


# --- areas --------------------------------------------------------------------------------------------------


def read_area_m2(text: str, unit: str = "") -> Reading[int]:
    """Whole square metres of `1.2 ha`, or of `1.2` with the unit of another cell; hectares when none is written."""
    match = _MEASURE.fullmatch(ascii_forms(text).strip())
    values = readings(match[1].rstrip(" .,")) if match else ()
    if match is None or not values:
        return Reading(None, Sentence(N_("This is no area that we can read. Write hectares, like 1.2.")))
    word = search_key(match[2]) or search_key(unit)
    factor = _AREA_WORDS.get(word) if word else HECTARE.square_metres
    if factor is None:
        reason = N_("The unit of area {unit} is not known here, or differs from place to place. Write hectares.")
        return Reading(None, Sentence(reason, {"unit": (match[2].strip() or unit)[:_SHOWN]}))
    areas = [rounded(value * factor) for value in values]
    if len(areas) > 1:
        reason = N_("This can mean {first} m² or {second} m². Write it without a thousands mark.")
        return Reading(None, Sentence(reason, {"first": areas[0], "second": areas[1]}), None, "asked")
    if factor in (HECTARE.square_metres, SQUARE_METRE.square_metres):
        return Reading(areas[0])
    return Reading(areas[0], Sentence(N_("Read as {area} m²."), {"area": areas[0]}))


# --- altitude -----------------------------------------------------------------------------------------------

_HEIGHT: Final = re.compile(r"[0-9]{1,3}(?:[.,' ][0-9]{3})+(?:[.,][0-9]{1,2})?|[0-9]{1,7}(?:[.,][0-9]{1,2})?")
_FEET: Final = re.compile(r"f(?:ee)?t\b|\bf\b|pies|\bp\.?s\.?n|'\s*$|呎|英尺", re.IGNORECASE)
_RANGE_WORDS: Final = re.compile(r"[-–~/]|\b(?:to|a|and|thru|y|đến)\b|至|ຫາ", re.IGNORECASE)


def read_altitude(text: str) -> Reading[Altitude]:
    """Metres from `1200`, `1400-1700 m`, `De 1.600 a 1.950 msnm`, `4,600 ft`, `4000 PSNM` (feet), `950公尺`.

    What is too high or too low for a field is not taken; the note offers the likely reading.
    """
    typed = re.sub(r"\(.*", "", ascii_forms(text)).strip()
    if blank(text):
        return Reading(None)
    glued = re.sub(r"(?<=[0-9])(?:psn)", " psn", typed, flags=re.IGNORECASE)
    in_feet = bool(_FEET.search(re.sub(r"(?<=[0-9])(?=[a-zA-Z])", " ", glued)))
    bare = re.sub(r"'(?![0-9]{3})", " ", typed)
    found = [readings(number)[0] for number in _HEIGHT.findall(bare) if readings(number)]
    joined = len(found) == 1 or (len(found) == 2 and _RANGE_WORDS.search(bare))
    if not found or not joined or re.search(r"[0-9][oO]|^-", typed):
        return Reading(None, Sentence(N_("This is no altitude that we can read; it was left out.")))
    metres = [value * FOOT_M if in_feet else value for value in found]
    low, high = rounded(min(metres)), rounded(max(metres))
    typo = high > _WIDEST_RANGE * low or (low < 100 and min(found).denominator > 1)
    if low >= LOWEST_FIELD_M and high <= HIGHEST_FIELD_M and not typo:
        return Reading(Altitude(low, high))
    reason = _heights(
        N_("No field is likely to lie at {height} m; the altitude was left out."),
        N_("No field is likely to lie at {low} to {high} m; the altitude was left out."),
        low,
        high,
    )
    return Reading(None, reason, _likely_altitude(found, in_feet))


def _heights(one: str, several: str, low: int, high: int) -> Sentence:
    return Sentence(one, {"height": low}) if low == high else Sentence(several, {"low": low, "high": high})


def _likely_altitude(found: list[Fraction], in_feet: bool) -> Sentence | None:
    """What an impossible altitude may mean: feet without their unit, or thousands of metres (`1.25`)."""
    for factor in () if in_feet else (FOOT_M, Fraction(1000), Fraction(1, 100)):
        low, high = (rounded(value * factor) for value in (min(found), max(found)))
        if low >= (600 if factor == FOOT_M else 300) and high <= HIGHEST_FIELD_M:
            return _heights(N_("Perhaps {height} m."), N_("Perhaps {low} to {high} m."), low, high)
    return None


# --- counts and percentages -----------------------------------------------------------------------------------


def read_count(text: str) -> Reading[int]:
    """A whole number of bags, above zero; `275 bags` counts too, and a grouped `1,062`."""
    values = [value for value in readings(_COUNT_WORDS.sub("", text).strip()) if value.denominator == 1]
    if not values or values[0] == 0 or values[0] > 10**9:
        return Reading(None, Sentence(N_("This is no number of bags. Write a whole number above zero.")), None, "bad")
    return Reading(int(values[0]))


def read_share(text: str, places: int, *, most: int) -> Reading[int]:
    """A score or percentage as a whole number of its last place: `11.8 %` with one place is 118."""
    values = readings(ascii_forms(text).strip().rstrip("%").strip())
    scaled = [rounded(value * 10**places) for value in values]
    fitting = [value for value in scaled if value <= most * 10**places]
    if not fitting:
        return Reading(None, Sentence(N_("This is no number between 0 and {most}; it was left out."), {"most": most}))
    return Reading(fitting[0])


# --- yes and no -----------------------------------------------------------------------------------------------

_YES: Final = _keys("y|yes|true|1|x|✓|sí|oui|có|ມີ|ແມ່ນ|是|有") - {""}
_NO: Final = _keys("n|no|false|0|non|không|ບໍ່|ບໍ່ມີ|ບໍ່ແມ່ນ|否|无|不是|没有")


def read_yes_no(text: str) -> Reading[bool]:
    """Yes or no in any of our languages: `Y`, `Sí`, `có`, `ມີ`, `是`; anything else is left open with a note."""
    key = search_key(text)
    if not key:
        return Reading(None)
    if key in _YES or key in _NO:
        return Reading(key in _YES)
    return Reading(None, Sentence(N_("This is neither yes nor no; it was left open. Write Y or N.")))
