"""In which language something was typed."""

from __future__ import annotations

import pytest

from traceability.domain.spoken import language_of, runs


@pytest.mark.parametrize(
    ("text", "said_on", "language"),
    [
        ("Carbofuran above the limit", "lo", "en"),  # whoever reads Lao types English too
        ("ພົບສານຕົກຄ້າງ ໃນຕົວຢ່າງ LA-2026-04", "en", "lo"),
        ("ພົບ", "", "lo"),
        ("Phát hiện dư lượng thuốc trừ sâu", "", "vi"),
        ("Kẹp chì bị đứt", "en", "vi"),
        ("cá chết", "vi", "vi"),
        ("农药残留超标 (carbofuran)", "en", "zh"),
        ("回收", "ja", "ja"),
        ("残留農薬が見つかりました", "zh", "ja"),
        ("พบสารตกค้าง", "", "th"),
        ("بقايا مبيدات فوق الحد", "", "ar"),
        ("Résidus trouvés", "fr", "fr"),
        ("Façade of the shop, café crème", "en", "en"),
        ("12,5 % · 2026-04", "lo", ""),
        ("", "lo", ""),
    ],
)
def test_the_letters_tell_the_language_and_the_page_decides_between_those_that_share_them(
    text: str, said_on: str, language: str
) -> None:
    assert language_of(text, said_on) == language


@pytest.mark.parametrize(
    ("text", "reader", "marked"),
    [
        ("ໜອງຫຼວງ (Nong Luang), Paksong", "en", [("ໜອງຫຼວງ", "lo")]),
        ("ຫຼັກ 35 ໃຕ້ (Lak 35)", "fr", [("ຫຼັກ 35 ໃຕ້", "lo")]),
        ("ໜອງຫຼວງ", "lo", []),
        ("Nong Luang", "ar", []),  # a name in Latin letters stands in every language
        ("Đắk Lắk", "en", [("Đắk Lắk", "vi")]),
        ("Đắk Lắk", "vi", []),
        ("Café Crème", "en", []),
        ("云南", "ja", []),
        ("云南 Yunnan", "fr", [("云南", "zh")]),
        ("高知県のなす", "en", [("高知県", "ja"), ("のなす", "ja")]),
    ],
)
def test_the_parts_of_a_name_are_marked_that_have_other_letters_than_the_reader(
    text: str, reader: str, marked: list[tuple[str, str]]
) -> None:
    found = runs(text, reader)
    assert "".join(piece for piece, _ in found) == text
    assert [(piece, language) for piece, language in found if language] == marked
