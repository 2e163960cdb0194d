"""Where a line of a public page may be broken: Lao is written without spaces, and browsers differ in where they break.

So breaks are offered by U+200B between syllables, on the page only: never in data, addresses, titles or drawings.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from traceability.documents.syllables import pieces

ZERO_WIDTH: Final = "\u200b"
_MAIN: Final = re.compile(r"<main.*</footer>", re.DOTALL)
_KEPT_OR_TEXT: Final = re.compile(r"(<svg.*?</svg>|<[^>]*>)|([\u0e80-\u0eff]+)", re.DOTALL)
_LAO: Final = re.compile("[\u0e80-\u0eff]+")
_MARGIN: Final = re.compile(r"\n\s+")


def breakable(html: str) -> str:
    """A page with breaks offered in everything that people read in it, and without the margins of its templates."""
    return _MAIN.sub(lambda main: _KEPT_OR_TEXT.sub(_broken, main[0]), _MARGIN.sub("\n", html))


def breakable_text(text: str) -> str:
    """The same for words that are set into a page afterwards."""
    return _LAO.sub(lambda found: _word(found[0]), text)


def _broken(found: re.Match[str]) -> str:
    return found[1] or _word(found[2])


@lru_cache(maxsize=4096)
def _word(word: str) -> str:
    return ZERO_WIDTH.join(pieces(word))
