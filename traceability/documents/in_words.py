"""Amounts in words, exact to the gram, as contracts write what must not be altered.

Every number has words of its own in each language. The rules are those of CLDR (`common/rbnf`), with two differences:
Lao says ten thousand as on its banknotes, `ສິບພັນ`, and Chinese writes the ordinary `零` for a gap.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

_ENGLISH: Final = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_ENGLISH_TENS: Final = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ENGLISH_SCALES: Final = (
    *((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (10**3, "thousand")),
    (100, "hundred"),
)
_LAO: Final = ("ສູນ", "ໜຶ່ງ", "ສອງ", "ສາມ", "ສີ່", "ຫ້າ", "ຫົກ", "ເຈັດ", "ແປດ", "ເກົ້າ")
_LAO_TENS: Final = ("ສິບ", "ຊາວ", *(f"{ten}ສິບ" for ten in _LAO[3:]))
_LAO_SCALES: Final = ((10**9, "ຕື້"), (10**6, "ລ້ານ"), (10**5, "ແສນ"), (10**3, "ພັນ"), (100, "ຮ້ອຍ"))
_VIETNAMESE: Final = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_VIETNAMESE_SCALES: Final = ((10**9, "tỷ"), (10**6, "triệu"), (10**3, "nghìn"))
_CHINESE: Final = "零一二三四五六七八九"
_CHINESE_SCALES: Final = ((10**8, "亿"), (10**4, "万"), (10**3, "千"), (100, "百"))


def english(value: int) -> str:
    """1 560 is `one thousand five hundred sixty`."""
    for scale, name in _ENGLISH_SCALES:
        if value >= scale:
            head, rest = divmod(value, scale)
            return f"{english(head)} {name}" + (f" {english(rest)}" if rest else "")
    if value < 20:
        return _ENGLISH[value]
    ten, one = divmod(value, 10)
    return _ENGLISH_TENS[ten - 2] + (f"-{_ENGLISH[one]}" if one else "")


def lao(value: int) -> str:
    """1 560 is `ໜຶ່ງພັນຫ້າຮ້ອຍຫົກສິບ`. One is `ເອັດ` after a ten; whether after a hundred too, needs a native reader."""
    for scale, name in _LAO_SCALES:
        if value >= scale:
            head, rest = divmod(value, scale)
            return lao(head) + name + (lao(rest) if rest else "")
    ten, one = divmod(value, 10)
    if not ten:
        return _LAO[one]
    return _LAO_TENS[ten - 1] + ("ເອັດ" if one == 1 else _LAO[one] if one else "")


def vietnamese(value: int, *, follows: bool = False) -> str:
    """1 560 is `một nghìn năm trăm sáu mươi`. Where a larger number stands before it (`follows`), hundreds are said
    although there are none: 1 005 is `một nghìn không trăm lẻ năm`."""
    for scale, name in _VIETNAMESE_SCALES:
        if value >= scale:
            head, rest = divmod(value, scale)
            after = f" {vietnamese(rest, follows=True)}" if rest else ""
            return f"{vietnamese(head, follows=follows)} {name}{after}"
    hundred, rest = divmod(value, 100)
    if not hundred and not follows:
        return _below_a_hundred(rest)
    gap = " lẻ" if 0 < rest < 10 else ""
    return f"{_VIETNAMESE[hundred]} trăm{gap}" + (f" {_below_a_hundred(rest)}" if rest else "")


def _below_a_hundred(value: int) -> str:
    """Some digits are called otherwise after a ten: 15 `mười lăm`, 21 `hai mươi mốt`, 34 `ba mươi tư`."""
    ten, one = divmod(value, 10)
    if not ten:
        return _VIETNAMESE[one]
    called = {5: "lăm"} if ten == 1 else {1: "mốt", 4: "tư", 5: "lăm"}
    head = "mười" if ten == 1 else f"{_VIETNAMESE[ten]} mươi"
    return f"{head} {called.get(one, _VIETNAMESE[one])}" if one else head


def chinese(value: int, *, follows: bool = False) -> str:
    """1 560 is `一千五百六十`. `零` stands for places that are empty; ten at the very beginning is `十`."""
    for scale, name in _CHINESE_SCALES:
        if value >= scale:
            head, rest = divmod(value, scale)
            gap = _CHINESE[0] if 0 < rest < scale // 10 else ""
            return chinese(head, follows=follows) + name + gap + (chinese(rest, follows=True) if rest else "")
    ten, one = divmod(value, 10)
    if not ten:
        return _CHINESE[one]
    return ("" if ten == 1 and not follows else _CHINESE[ten]) + "十" + (_CHINESE[one] if one else "")


class _Language(NamedTuple):
    """How a language says a number, one kilogram and several, one gram and several, and the word between both."""

    number: Callable[[int], str]
    kilograms: tuple[str, str]
    grams: tuple[str, str]
    joined: str


_LANGUAGES: Final[Mapping[str, _Language]] = {
    "en": _Language(english, (" kilogram", " kilograms"), (" gram", " grams"), " and "),
    "lo": _Language(lao, ("ກິໂລກຣາມ",) * 2, ("ກຣາມ",) * 2, " ແລະ "),
    "vi": _Language(vietnamese, (" kilôgam",) * 2, (" gam",) * 2, " và "),
    "zh": _Language(chinese, ("公斤",) * 2, ("克",) * 2, ""),
}


def mass_in_words(language: str, grams: int) -> str:
    """A mass that is not below zero, in one of the languages of the papers: `one thousand kilograms and five grams`."""
    said = _LANGUAGES[language]
    kilograms, rest = divmod(grams, 1000)
    words = said.number(kilograms) + said.kilograms[kilograms != 1]
    if rest:
        words += said.joined + said.number(rest) + said.grams[rest != 1]
    return words
