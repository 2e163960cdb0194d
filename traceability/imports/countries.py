"""Countries as people write them in four languages and a few habits, as ISO 3166-1 codes."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from babel import Locale

from traceability.domain.text import search_key

_LANGUAGES: Final = ("en", "lo", "vi", "zh", "es", "fr")
_ASIDE: Final = re.compile(r"\s*[(,].*")
_HABITS: Final = {
    "Lao PDR": "LA",
    "Lao People's Democratic Republic": "LA",
    "ສປປ ລາວ": "LA",
    "Viet Nam": "VN",
    "Việt Nam": "VN",
    "PR China": "CN",
    "Burma": "MM",
    "USA": "US",
    "UAE": "AE",
    "Ivory Coast": "CI",
    "Holland": "NL",
}


def country_code(text: str) -> str:
    """The ISO 3166-1 alpha-2 code of a country as people write it; empty when it is not known.

    `Tanzania, United Republic Of` and `United States (Hawaii)` are read without what follows the name.
    """
    written = text.strip()
    if len(written) == 2 and written.isascii() and written.isalpha():
        return written.upper()
    names = _names()
    return names.get(search_key(written)) or names.get(search_key(_ASIDE.sub("", written)), "") if written else ""


@cache
def _names() -> dict[str, str]:
    found = {}
    for language in _LANGUAGES:
        for code, name in Locale.parse(language).territories.items():
            if len(code) == 2 and code.isalpha():
                found[search_key(str(name))] = str(code)
    return {**found, **{search_key(name): code for name, code in _HABITS.items()}}
