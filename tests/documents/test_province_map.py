"""The map of where a batch grew: every spelling of a province finds it, and nothing else is drawn."""

from __future__ import annotations

import json
import re
from importlib import resources

import pytest

from traceability.documents.province_map import province_map
from traceability.documents.provinces import in_two, key_of


@pytest.mark.parametrize(
    ("country", "spellings"),
    [
        ("LA", ("Champasak", "champasack", "CHAMPASSAK", "ຈຳປາສັກ", "ແຂວງ ຈຳປາສັກ", "Champasak Province", "占巴塞")),
        ("LA", ("Xayabury", "Sayabouly", "Xayaboury", "Xayabouly", "ໄຊຍະບູລີ")),
        ("LA", ("Bolikhamxay", "Borikhamxay", "ບໍລິຄຳໄຊ")),
        ("LA", ("Vientiane Capital", "Vientiane Prefecture", "ນະຄອນຫຼວງວຽງຈັນ")),
        ("LA", ("Luang Prabang", "Louangphrabang", "ຫຼວງພະບາງ")),
        ("VN", ("Sơn La", "Son La", "Tỉnh Sơn La", "tỉnh son la")),
        ("VN", ("Đắk Lắk", "Dak Lak", "ĐẮK LẮK")),
    ],
)
def test_every_spelling_of_a_province_draws_the_same(country: str, spellings: tuple[str, ...]) -> None:
    paths = {found.provinces[0].path for one in spellings if (found := province_map(country, {one: 5}))}
    assert len(paths) == 1
    assert "" not in paths


def test_what_is_drawn_of_laos_is_known_by_name() -> None:
    """Each by its Lao name; of the provinces that have one only the youngest is not on the map."""
    drawn = json.loads((resources.files("traceability.documents") / "outlines" / "LA.json").read_text("utf-8"))
    names = [in_two("LA", key) for key in drawn["provinces"]]
    assert len(set(names)) == len(names) == 17
    assert all(" " in name and not name.isascii() for name in names)
    assert in_two("LA", "Xaysomboun") == "Xaysomboun 赛宋本"


def test_every_spelling_is_printed_in_english_and_chinese() -> None:
    for typed in ("Champassak", "ແຂວງຈຳປາສັກ", "champasak province"):
        assert in_two("LA", typed) == "Champasak 占巴塞"


def test_a_province_of_today_is_drawn_as_those_that_it_took_in() -> None:
    found = province_map("VN", {"Lào Cai": 3, "Yên Bái": 2})
    assert found is not None
    of_today, former = (one.path for one in found.provinces)
    assert of_today.endswith(former)
    assert len(of_today) > len(former)


def test_what_gave_the_most_comes_first_and_what_nobody_drew_has_no_drawing() -> None:
    found = province_map("LA", {"Atlantis": 1, "Bokeo": 2, "Sekong": 3, "": 4})
    assert found is not None
    assert [one.name for one in found.provinces] == ["Sekong", "Bokeo", "Atlantis"]
    assert [bool(one.path) for one in found.provinces] == [True, True, False]


@pytest.mark.parametrize("country", ["DE", "", "../LA", "la"])
def test_a_country_that_nobody_drew_has_no_map(country: str) -> None:
    assert province_map(country, {"Champasak": 1}) is None


@pytest.mark.parametrize("country", ["LA", "VN"])
def test_drawings_stay_in_their_box_and_are_light(country: str) -> None:
    found = province_map(country, {})
    assert found is not None
    assert len(found.outline) < 2000
    for part in re.findall(r"M(\d+) (\d+)l([^z]*)z", found.outline):
        x, y = int(part[0]), int(part[1])
        steps = [int(number) for number in re.findall(r"-?\d+", part[2])]
        for dx, dy in zip(steps[::2], steps[1::2], strict=True):
            x, y = x + dx, y + dy
            assert -1 <= x <= found.width + 1
            assert -1 <= y <= found.height + 1


def test_a_key_has_no_marks() -> None:
    assert key_of("Bà Rịa - Vũng Tàu") == "bariavungtau"
    assert key_of("Đồng Tháp") == "dongthap"
