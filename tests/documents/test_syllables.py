"""Lines of Lao break between syllables, of Chinese between characters, and words stay whole."""

from __future__ import annotations

import pytest

from traceability.documents.syllables import pieces


@pytest.mark.parametrize(
    ("word", "broken"),
    [
        ("ໄກສອນພົມວິຫານ", "ໄກສອນ|ພົມ|ວິ|ຫານ"),
        ("ແຂວງຈຳປາສັກ", "ແຂວງ|ຈຳ|ປາ|ສັກ"),
        ("ສະຫວັນນະເຂດ", "ສະ|ຫວັນ|ນະ|ເຂດ"),
        ("ຫວຽດນາມ", "ຫວຽດ|ນາມ"),
        ("ໃບຢັ້ງຢືນແຫຼ່ງກຳເນີດສິນຄ້າ", "ໃບ|ຢັ້ງ|ຢືນ|ແຫຼ່ງ|ກຳ|ເນີດ|ສິນ|ຄ້າ"),
        ("ນ້ຳໜັກສຸດທິ", "ນ້ຳ|ໜັກ|ສຸດ|ທິ"),
        ("ຜັວະເມຍ", "ຜັວະ|ເມຍ"),
    ],
)
def test_a_lao_word_breaks_where_a_syllable_begins(word: str, broken: str) -> None:
    assert "|".join(pieces(word)) == broken


def test_where_the_spelling_is_ambiguous_no_break_is_offered() -> None:
    assert list(pieces("ກວ້າງຂວາງ")) == ["ກວ້າງຂວາງ"]


def test_no_piece_begins_with_a_mark_or_ends_with_a_leading_vowel() -> None:
    text = "ສາທາລະນະລັດປະຊາທິປະໄຕປະຊາຊົນລາວເອກະສານນີ້ບໍ່ແມ່ນໃບຢັ້ງຢືນຂອງທາງການຖືກຮຽກຄືນຫ້າມບໍລິໂພກ"
    parts = list(pieces(text))
    assert "".join(parts) == text
    assert len(parts) > 20
    assert not any(part[0] in "ະັາຳິີຶືຸູົຼຽ່້໊໋ໍ" for part in parts)
    assert not any(part[-1] in "ເແໂໃໄ" for part in parts)


def test_chinese_punctuation_does_not_begin_a_line() -> None:
    assert list(pieces("鲜榴莲,老挝。")) == ["鲜", "榴", "莲,", "老", "挝。"]


def test_latin_words_and_short_codes_stay_whole() -> None:
    assert list(pieces("LA-PH-0016")) == ["LA-PH-0016"]
    assert list(pieces("Phường")) == ["Phường"]
