"""In which language something was typed, as far as its letters tell: a page that quotes it must say so (WCAG 3.1.2).

Letters go before the page that it was typed on: people who read Lao type English reasons too. Where several languages
share their letters, the page decides, or else the country whose offices write only one of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from typing import Final

# Where the language of a page was not kept: the one language in which a country's offices write. Others have several.
SPOKEN_IN: Final[Mapping[str, str]] = {"LA": "lo", "VN": "vi", "TH": "th", "CN": "zh", "JP": "ja", "FR": "fr"}

_SCRIPTS: Final = (
    ("lo", "\u0e80", "\u0eff"),
    ("th", "\u0e00", "\u0e7f"),
    ("ar", "\u0600", "\u06ff"),
    ("ja", "\u3040", "\u30ff"),
    ("zh", "\u4e00", "\u9fff"),
    ("zh", "\u3400", "\u4dbf"),
)
_LATIN: Final = "latin"
_IN_A_WORD: Final = 4  # letters that stand for about as much as one Chinese sign
_VIETNAMESE: Final = re.compile("[ăâđêôơưĂÂĐÊÔƠƯ\u1ea0-\u1ef9]")  # French has three of them, and no other
_KANA: Final = re.compile("[\u3040-\u30ff]")
_OF_SCRIPT: Final = {code: "".join(f"{a}-{z}" for some, a, z in _SCRIPTS if some == code) for code, _, _ in _SCRIPTS}
_RUNS: Final = re.compile("|".join(f"(?P<{code}>[{of}]+(?:[ 0-9]+[{of}]+)*)" for code, of in _OF_SCRIPT.items()))
_ONLY_VIETNAMESE: Final = re.compile("[ăđơưĂĐƠƯ\u1ea0-\u1ef9]")


def language_of(text: str, said_on: str = "") -> str:
    """The language of a typed text; `said_on` is that of its page. Empty where no letter tells."""
    script = _script_of(text)
    if script == _LATIN:
        return _of_latin(text, said_on)
    if script == "zh" and said_on == "ja":  # without any kana: a short line of signs that both write
        return "ja"
    return script


def runs(text: str, reader: str) -> list[tuple[str, str]]:
    """A text in pieces, each with its language where its letters are not the reader's: “ໜອງຫຼວງ (Nong Luang)” is two.
    Latin letters stand in every language, and are not called English; Vietnamese ones are told apart."""
    if text.isascii():
        return [(text, "")]
    kana = bool(_KANA.search(text))
    found, end = [], 0
    for run in _RUNS.finditer(text):
        language = "ja" if kana and run.lastgroup == "zh" else str(run.lastgroup)
        if language != reader and (language, reader) != ("zh", "ja"):
            found += [(text[end : run.start()], ""), (run[0], language)]
            end = run.end()
    found.append((text[end:], ""))
    if reader != "vi" and not _RUNS.search(text) and _ONLY_VIETNAMESE.search(text):
        found = [(text, "vi")]
    return [(piece, language) for piece, language in found if piece]


def _of_latin(text: str, said_on: str) -> str:
    if _ONLY_VIETNAMESE.search(text) or (said_on == "vi" and _VIETNAMESE.search(text)):
        return "vi"
    return "fr" if said_on == "fr" else "en"


def _script_of(text: str) -> str:
    """The script of most of what was typed, by the language that writes with it; any kana makes it Japanese."""
    counted: Counter[str] = Counter()
    for sign in text:
        script = _LATIN if sign.isascii() and sign.isalpha() else "" if sign.isascii() else _of_sign(sign)
        if script:
            counted[script] += _IN_A_WORD if script in ("zh", "ja") else 1
    if counted["ja"]:
        counted["ja"] += counted.pop("zh", 0)
    return max(counted, key=counted.__getitem__, default="") if counted.total() else ""


def _of_sign(sign: str) -> str:
    for script, first, last in _SCRIPTS:
        if first <= sign <= last:
            return script
    return _LATIN if "LATIN" in unicodedata.name(sign, "") else ""
