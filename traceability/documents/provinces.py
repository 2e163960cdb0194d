"""The provinces where goods grow: each by one key, in whichever spelling and script its name was typed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Final, NamedTuple


class _Lao(NamedTuple):
    """A province of Laos: how it is called, and how else its English name is written."""

    english: str
    lao: str
    chinese: str
    others: str = ""  # each written as a key


_LAOS: Final = (
    _Lao("Attapeu", "ອັດຕະປື", "阿速坡", "attapu"),
    _Lao("Bokeo", "ບໍ່ແກ້ວ", "博胶"),
    _Lao("Bolikhamxay", "ບໍລິຄຳໄຊ", "博利坎赛", "bolikhamxai bolikhamsai borikhamxay"),
    _Lao("Champasak", "ຈຳປາສັກ", "占巴塞", "champassak champasack"),
    _Lao("Houaphanh", "ຫົວພັນ", "华潘", "houaphan huaphan huaphanh"),
    _Lao("Khammouane", "ຄຳມ່ວນ", "甘蒙", "khammouan khammuane"),
    _Lao("Luang Namtha", "ຫຼວງນ້ຳທາ", "琅南塔", "louangnamtha luangnamta"),
    _Lao("Luang Prabang", "ຫຼວງພະບາງ", "琅勃拉邦", "louangphrabang louangphabang luangphrabang luangphabang"),
    _Lao("Oudomxay", "ອຸດົມໄຊ", "乌多姆赛", "oudomxai"),
    _Lao("Phongsaly", "ຜົ້ງສາລີ", "丰沙里", "phongsali"),
    _Lao("Salavan", "ສາລະວັນ", "沙拉湾", "saravan saravane"),
    _Lao("Savannakhet", "ສະຫວັນນະເຂດ", "沙湾拿吉", "savannaket"),
    _Lao("Sekong", "ເຊກອງ", "色贡", "xekong"),
    _Lao("Vientiane", "ວຽງຈັນ", "万象"),
    _Lao("Vientiane Capital", "ນະຄອນຫຼວງວຽງຈັນ", "万象市", "vientianeprefecture"),
    _Lao("Xayabouly", "ໄຊຍະບູລີ", "沙耶武里", "xaignabouri sayabouly sainyabuli xayaboury xayabury"),
    _Lao("Xaysomboun", "ໄຊສົມບູນ", "赛宋本"),
    _Lao("Xieng Khouang", "ຊຽງຂວາງ", "川圹", "xiangkhoang xiangkhouang xiengkhuang"),
)
_VIET_NAM: Final[Mapping[str, str]] = {"hochiminhcity": "hochiminh", "thuathienhue": "hue"}


def key_of(name: str) -> str:
    """A name without capitals, marks, spaces and signs; Lao and Chinese stay as they are."""
    plain = unicodedata.normalize("NFD", name.lower().replace("đ", "d"))
    latin = re.sub(r"[^a-z]", "", plain)
    return latin or re.sub(r"[\s\u200b]", "", unicodedata.normalize("NFC", name)).removeprefix("ແຂວງ")


def canonical(country: str, name: str) -> str:
    """The key of a province by any of its spellings, or of a name that is none."""
    bare = re.sub(r"^(?:tỉnh|thành phố|tp\.?)\s+|\s+province$", "", name.strip(), flags=re.IGNORECASE)
    return _by_spelling(country).get(key_of(bare), key_of(bare))


def in_two(country: str, province: str) -> str:
    """`Champasak 占巴塞` of a Lao province however it was written; any other name as it was typed."""
    found = _lao(country, province)
    return f"{found.english} {found.chinese}" if found else province


def named_in(language: str, country: str, province: str) -> str:
    """A Lao province in Lao or Chinese, however it was written; any other name as it was typed."""
    found = _lao(country, province)
    if found is None:
        return province
    return {"lo": found.lao, "zh": found.chinese}.get(language, province)


def _lao(country: str, province: str) -> _Lao | None:
    return _lao_by_key().get(canonical(country, province)) if country == "LA" else None


@cache
def _by_spelling(country: str) -> Mapping[str, str]:
    if country != "LA":
        return _VIET_NAM if country == "VN" else {}
    return {
        spelling: key
        for key, one in _lao_by_key().items()
        for spelling in (key, key_of(one.lao), key_of(one.chinese), *one.others.split())
    }


@cache
def _lao_by_key() -> Mapping[str, _Lao]:
    return {key_of(one.english): one for one in _LAOS}
