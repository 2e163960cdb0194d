"""Names as clerks type them: Lao in four spellings, Vietnamese from a Mac, and rubbish from a spreadsheet."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traceability.domain.text import ascii_forms, nfc, search_key

WATER = "\u0e99\u0ec9\u0eb3"  # ນ້ຳ as Lao keyboards type it
LAO_LETTERS = st.text(alphabet=[chr(point) for point in range(0x0E80, 0x0EE0)], max_size=12)


@pytest.mark.parametrize(
    "typed",
    [
        "\u0e99\u0ec9\u0eb3",
        "\u0e99\u0ecd\u0ec9\u0eb2",
        "\u0e99\u0ec9\u0ecd\u0eb2",
        "\u0e99\u0eb3\u0ec9",
        "\u0e99\u200b\u0ec9\u0eb3\ufeff",
    ],
)
def test_the_lao_word_for_water_has_one_form_however_it_was_typed(typed: str) -> None:
    assert nfc(typed) == WATER


def test_the_vowel_o_stands_before_its_tone_mark() -> None:
    assert nfc("\u0e9a\u0ec8\u0ecd") == "\u0e9a\u0ecd\u0ec8"
    assert nfc("\u0e9a\u0ecd\u0ec8") == "\u0e9a\u0ecd\u0ec8"


def test_lao_is_never_broken_into_compatibility_forms() -> None:
    assert nfc("ໜອງຫຼວງ ໝູ່ບ້ານ") == "ໜອງຫຼວງ ໝູ່ບ້ານ"


def test_a_vietnamese_name_from_a_mac_is_composed() -> None:
    assert nfc(unicodedata.normalize("NFD", "Nguyễn Thị Đào")) == "Nguyễn Thị Đào"


def test_spaces_of_every_kind_collapse_to_one() -> None:
    assert nfc("  Ban\u00a0 Lak\t30 \r\n\u3000km ") == "Ban Lak 30 km"


def test_what_nobody_can_see_is_removed() -> None:
    assert nfc("Ami\u200bna\x00\x1b\u202e\u2060\ufeff\u00ad\ufffe") == "Amina"


def test_lone_surrogates_go_and_whole_pairs_become_their_letter() -> None:
    assert nfc("Dao\ud83d") == "Dao"
    assert nfc("\udc00Dao \ud83c\udf3f") == "Dao \U0001f33f"


@pytest.mark.parametrize(
    "pile", ["\u0301\u0323", "\u0344", "\u0ec8", "\u0ecd\u0ec8", "\u0eb4\u0ec8", "\u0ec8\u0ecd\u0eb2"]
)
def test_a_pile_of_marks_is_cut_down_rather_than_sorted_for_minutes(pile: str) -> None:
    once = nfc("a" + pile * 100_000)
    assert nfc(once) == once
    assert search_key(search_key(once)) == search_key(once)


@given(st.text() | LAO_LETTERS | st.text(alphabet=st.characters(categories=["Cs", "Cf", "Mn", "Zs", "Lo"])))
def test_cleaning_twice_changes_nothing_more(typed: str) -> None:
    once = nfc(typed)
    assert nfc(once) == once
    assert unicodedata.is_normalized("NFC", once)
    once.encode("utf-8")


@pytest.mark.parametrize(
    ("asked", "stored"),
    [
        ("dao", "Đào"),
        ("ກາບ", "ກ້າບ"),
        ("ນຳ", "ນ້ຳ"),
        ("ຫນອງ", "ໜອງ"),
        ("ຫມາກ", "ໝາກ"),
        ("ຫລວງ", "ຫຼວງ"),
        ("ຣັຖບານ", "ລັຖບານ"),
        ("Champasack", "Champasak"),
        ("paksong", "Pakxong"),
        ("luang prabang", "Luangprabang"),
        ("pak-ou", "Pak Ou"),
        ("hoá", "hóa"),
        ("໐໔໑໗", "0417"),
        ("ＮＬ－１１２０", "NL-1120"),
        ("LE CAFE", "le café"),
    ],
)
def test_two_spellings_of_one_name_meet(asked: str, stored: str) -> None:
    assert search_key(asked) == search_key(stored)


def test_a_number_is_found_without_its_leading_zero() -> None:
    assert search_key("417") in search_key("0417")


def test_lao_vowels_are_not_forgotten() -> None:
    assert len({search_key(word) for word in ("ກິນ", "ກຶນ", "ກັນ", "ກນ")}) == 4


def test_japanese_voicing_and_korean_syllables_survive() -> None:
    assert search_key("が") != search_key("か")
    assert search_key("한국") == "한국"


def test_chinese_names_are_kept_whole() -> None:
    assert search_key("占巴塞 省") == "占巴塞省"


def test_text_of_signs_only_has_no_key() -> None:
    assert search_key(" — ") == ""


@given(st.text() | LAO_LETTERS)
def test_a_key_is_its_own_key(text: str) -> None:
    key = search_key(text)
    assert search_key(key) == key


@given(st.text(), st.text())
def test_the_key_does_not_depend_on_capitals_or_spaces(one: str, other: str) -> None:
    assert search_key(f"{one} {other}".upper().lower()) == search_key(f"{one}   {other}".upper().lower())


@given(st.integers(min_value=0))
def test_digits_of_other_scripts_read_as_ours(number: int) -> None:
    for zero in ("໐", "๐", "０", "٠", "۰", "०"):
        assert ascii_forms("".join(chr(ord(zero) + int(digit)) for digit in str(number))) == str(number)
