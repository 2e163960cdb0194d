"""Where a line of a public page may be broken: Lao is written without spaces, and browsers differ in where they break.

So breaks are offered by U+200B between syllables, on the page only: never in data, addresses, titles or drawings, and
never inside a date. A code with hyphens in it stays in one piece, so that it can be compared with the one in the hand,
as do a day and a quantity in Chinese and Japanese, which may be broken between any two signs.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from markupsafe import Markup, escape

from traceability.documents.syllables import pieces

ZERO_WIDTH: Final = "\u200b"
JOINED: Final = "\u2060"
_MAIN: Final = re.compile(r"<main.*</footer>", re.DOTALL)
_LETTERS: Final = (  # but for a month, which has a no-break space on both sides
    r"(?<![\u00a0\u0e80-\u0eff])[\u0e80-\u0eff]+|[\u0e80-\u0eff]+(?![\u00a0\u0e80-\u0eff])"
)
_CODE: Final = r'(?<![\w-])(?<!whole">)(?<!"no">)(?=[A-Z0-9-]*[0-9])[A-Z0-9]+(?:-[A-Z0-9]+)+(?![\w-])'
_CHINESE: Final = r"[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日|[0-9][0-9.,\u00a0]*\u00a0公[斤顷]"  # a day, a quantity
_STOP: Final = "[。，、；：）]?"  # stands with what it ends, not on a line of its own
_PARTS: Final = re.compile(rf"(<svg.*?</svg>|<[^>]*>)|((?:{_CODE}|{_CHINESE}){_STOP})|({_LETTERS})", re.DOTALL)
_CODES: Final = re.compile(rf"(<[^>]*>)|({_CODE})")
# where a browser breaks a word that its list lacks, before the last letter of the syllable
_CLOSING: Final = re.compile(rf"(?<=[ືຶ]ອ)(?=[ກງຍດນບມວ](?:{ZERO_WIDTH}|$))")
_MARGIN: Final = re.compile(r"\n\s+")


def breakable(html: str) -> str:
    """A page with breaks offered in everything that people read in it, and without the margins of its templates."""
    return _MAIN.sub(lambda main: _PARTS.sub(_broken, main[0]), _MARGIN.sub("\n", html))


def breakable_text(text: str) -> str:
    """The same for words that are set into a page afterwards: they come back as HTML."""
    return _PARTS.sub(_broken, str(escape(text)))


def whole_codes(html: str) -> Markup:
    """A headline, as HTML, whose codes stay in one piece: the number of a lot would be broken at a hyphen."""
    return Markup(_CODES.sub(lambda found: found[1] or f'<span class="whole">{found[2]}</span>', html))


def _broken(found: re.Match[str]) -> str:
    kept, code, word = found.groups()
    return kept or (f'<span class="whole">{code}</span>' if code else _word(word))


@lru_cache(maxsize=4096)
def _word(word: str) -> str:
    return _CLOSING.sub(JOINED, ZERO_WIDTH.join(pieces(word)))
