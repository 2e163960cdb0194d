"""An amount in words reads back to the gram in every language of the papers, and no two amounts share their words."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traceability.documents.in_words import mass_in_words
from traceability.domain.quantity import MOST_GRAMS
from traceability.words import LANGUAGES

A_MILLION_TONNES = 10**12  # in grams


@pytest.mark.parametrize(
    ("grams", "words"),
    [
        (0, ("zero kilograms", "ສູນກິໂລກຣາມ", "không kilôgam", "零公斤")),
        (1_000, ("one kilogram", "ໜຶ່ງກິໂລກຣາມ", "một kilôgam", "一公斤")),
        (
            1_560_000,
            (
                "one thousand five hundred sixty kilograms",
                "ໜຶ່ງພັນຫ້າຮ້ອຍຫົກສິບກິໂລກຣາມ",
                "một nghìn năm trăm sáu mươi kilôgam",
                "一千五百六十公斤",
            ),
        ),
        (
            15_021_034,
            (
                "fifteen thousand twenty-one kilograms and thirty-four grams",
                "ສິບຫ້າພັນຊາວເອັດກິໂລກຣາມ ແລະ ສາມສິບສີ່ກຣາມ",
                "mười lăm nghìn không trăm hai mươi mốt kilôgam và ba mươi tư gam",
                "一万五千零二十一公斤三十四克",
            ),
        ),
        (
            10_100_005_000,
            (
                "ten million one hundred thousand five kilograms",
                "ສິບລ້ານໜຶ່ງແສນຫ້າກິໂລກຣາມ",
                "mười triệu một trăm nghìn không trăm lẻ năm kilôgam",
                "一千零一十万零五公斤",
            ),
        ),
        (12_000, ("twelve kilograms", "ສິບສອງກິໂລກຣາມ", "mười hai kilôgam", "十二公斤")),
        (112_000, ("one hundred twelve kilograms", "ໜຶ່ງຮ້ອຍສິບສອງກິໂລກຣາມ", "một trăm mười hai kilôgam", "一百一十二公斤")),
    ],
)
def test_amounts_are_written_out_to_the_gram(grams: int, words: Sequence[str]) -> None:
    assert tuple(mass_in_words(language, grams) for language in LANGUAGES) == words


# Readers of their own: each knows what a word is worth, and nothing of how a number is put together.

_ENGLISH = {
    "zero": 0,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
}
_ENGLISH |= {"ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16}
_ENGLISH |= {"seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50}
_ENGLISH |= {"sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_LAO = {"ສູນ": 0, "ໜຶ່ງ": 1, "ເອັດ": 1, "ສອງ": 2, "ສາມ": 3, "ສີ່": 4, "ຫ້າ": 5, "ຫົກ": 6, "ເຈັດ": 7, "ແປດ": 8}
_LAO |= {"ເກົ້າ": 9, "ຊາວ": 20}
_VIETNAMESE = {"không": 0, "lẻ": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5}
_VIETNAMESE |= {"sáu": 6, "bảy": 7, "tám": 8, "chín": 9, "mười": 10}
_CHINESE = {sign: n for n, sign in enumerate("零一二三四五六七八九")}

_SCALES = {
    "en": {"hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9},
    "lo": {"ສິບ": 10, "ຮ້ອຍ": 100, "ພັນ": 10**3, "ແສນ": 10**5, "ລ້ານ": 10**6, "ຕື້": 10**9},
    "vi": {"mươi": 10, "trăm": 100, "nghìn": 10**3, "triệu": 10**6, "tỷ": 10**9},
    "zh": {"十": 10, "百": 100, "千": 10**3, "万": 10**4, "亿": 10**8},
}
_WORTH = {"en": _ENGLISH, "lo": _LAO, "vi": _VIETNAMESE, "zh": _CHINESE}
_UNITS = {
    "en": r"(.+?) kilograms?(?: and (.+) grams?)?",
    "lo": r"(.+?)ກິໂລກຣາມ(?: ແລະ (.+)ກຣາມ)?",
    "vi": r"(.+?) kilôgam(?: và (.+) gam)?",
    "zh": r"(.+?)公斤(?:(.+)克)?",
}


def value_of(language: str, text: str) -> int:
    """What the words add up to: a scale counts all that was said since a larger one."""
    worth, scales = _WORTH[language], _SCALES[language]
    known = sorted((*worth, *scales), key=len, reverse=True)
    words = re.findall("|".join(known), text)
    assert "".join(words) == re.sub("[ -]", "", text), "a word that nobody knows"
    parts: list[int] = []
    for word in words:
        if word not in scales:
            parts.append(worth[word])
            continue
        counted = []
        while parts and parts[-1] < scales[word]:
            counted.append(parts.pop())
        parts.append((sum(counted) if counted else 1) * scales[word])
    return sum(parts)


def grams_of(language: str, text: str) -> int:
    found = re.fullmatch(_UNITS[language], text)
    assert found is not None, text
    return value_of(language, found[1]) * 1000 + (value_of(language, found[2]) if found[2] else 0)


def masses() -> st.SearchStrategy[int]:
    """Up to a million tonnes, many of them round or with empty places between."""
    digits = st.lists(st.sampled_from("000123456789"), min_size=1, max_size=12)
    return st.one_of(st.integers(0, A_MILLION_TONNES), digits.map(lambda some: int("".join(some))))


@pytest.mark.parametrize("language", LANGUAGES)
@given(grams=masses())
def test_an_amount_reads_back_to_the_gram(language: str, grams: int) -> None:
    assert grams_of(language, mass_in_words(language, grams)) == grams


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_numbers_share_their_words(language: str) -> None:
    assert A_MILLION_TONNES >= MOST_GRAMS
    assert len({mass_in_words(language, value * 1000) for value in range(20_000)}) == 20_000
