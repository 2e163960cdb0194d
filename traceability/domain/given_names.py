"""The name by which a member is called on paper that may be lost: never more of it than is needed."""

from __future__ import annotations

from typing import Final

# Where the given name stands in a whole name. Of other countries no order is sure, so nothing is cut.
GIVEN_NAME_AT: Final = {"LA": 0, "VN": -1}

# Written before a name, and no part of it.
TITLES: Final = frozenset({"mr", "mrs", "ms", "ທ້າວ", "ນາງ", "ທ່ານ", "ông", "bà", "anh", "chị"})


def called(name: str, nickname: str, country: str) -> str:
    """The nickname if there is one, else the given name where the country's order is sure, else the whole name.

    A name with a comma was written in an order of its own, and stays whole.
    """
    if nickname.strip():
        return nickname.strip()
    words = name.split()
    if len(words) > 1 and words[0].lower().rstrip(".") in TITLES:
        words = words[1:]
    if country not in GIVEN_NAME_AT or not words or "," in name:
        return name
    return words[GIVEN_NAME_AT[country]]
