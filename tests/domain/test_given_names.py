"""A card that is lost says a given name where it is sure which one that is."""

from __future__ import annotations

import pytest

from traceability.domain.given_names import called


@pytest.mark.parametrize(
    ("name", "nickname", "country", "printed"),
    [
        ("Bounmy Keomany", "", "LA", "Bounmy"),
        ("ຄຳ ສຸກສະຫວັນ", "", "LA", "ຄຳ"),
        ("ທ້າວ ບຸນມີ ແກ້ວມະນີ", "", "LA", "ບຸນມີ"),
        ("Mr. Bounmy Keomany", "", "LA", "Bounmy"),
        ("Nguyễn Thị Đào", "", "VN", "Đào"),
        ("Anh", "", "VN", "Anh"),
        ("王小明", "", "CN", "王小明"),
        ("Amina bint Salim", "", "TZ", "Amina bint Salim"),
        ("Keomany, Bounmy", "", "LA", "Keomany, Bounmy"),
        ("Bounmy Keomany", " Noy ", "LA", "Noy"),
        ("", "", "LA", ""),
    ],
)
def test_what_a_card_calls_somebody(name: str, nickname: str, country: str, printed: str) -> None:
    assert called(name, nickname, country) == printed
