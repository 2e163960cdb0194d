"""Where a line may be broken: at spaces, between Chinese characters, and between Lao syllables, never inside one.

Lao is written without spaces between words. Breaking only where a syllable surely begins needs no dictionary;
where the spelling is ambiguous (`C + wo`, `C + lo`) no break is offered, which costs a slightly shorter line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_LEADING: Final = frozenset("ເແໂໃໄ")  # vowels written before their consonant
_CONSONANTS: Final = frozenset("ກຂຄງຈສຊຍດຕຖທນບປຜຝພຟມຢຣລວຫອຮໜໝ")
_GLIDES: Final = frozenset("ວລຣ")  # second half of a cluster as often as a beginning
_NEED_FINAL: Final = frozenset("ັົ")  # a consonant must follow in the same syllable
_CLOSING: Final = frozenset("ະຳໆ")  # nothing follows these in a syllable
_TONES: Final = frozenset("່້໊໋")
_OWN: Final = frozenset("ັິີຶືຸູົໍະາຳຼຽ") | _TONES  # what makes the consonant before it an initial

_NO_START: Final = frozenset("，。、；：？！）》】」』”’·…,.;:?!)]}%")
_NO_END: Final = frozenset("（《【「『“‘([{")
_WIDE: Final = re.compile("[\u2e80-\u303f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uff60]")
_LAO: Final = re.compile("[\u0e80-\u0eff]+")


def pieces(word: str) -> Iterator[str]:
    """The parts of a word (no spaces in it) between which a line may be broken."""
    start = 0
    for at in range(1, len(word)):
        if _may_break(word, at):
            yield word[start:at]
            start = at
    if word:
        yield word[start:]


def _may_break(word: str, at: int) -> bool:
    before, after = word[at - 1], word[at]
    if _LAO.match(before) and _LAO.match(after):
        return _syllable_begins(word, at)
    if _WIDE.match(before) or _WIDE.match(after):
        return after not in _NO_START and before not in _NO_END
    return before in "-/" and after.isalnum() and len(word) > 12


def _syllable_begins(word: str, at: int) -> bool:
    """Whether a syllable surely begins at `at`, a Lao letter with a Lao letter before it."""
    letter, before = word[at], word[at - 1]
    if before in _LEADING:
        return False
    if letter in _LEADING:
        return True
    if letter not in _CONSONANTS:
        return False
    if before in _CLOSING:
        return True
    if at + 1 == len(word) or word[at + 1] not in _OWN or before == "ຫ":
        return False
    vowel = _vowel_before(word, at)
    if vowel in _NEED_FINAL or (letter == "ອ" and vowel in "ືຶ"):
        return False
    if letter in _GLIDES and before in _CONSONANTS:
        return _vowel_before(word, at - 1) in _NEED_FINAL
    return True


def _vowel_before(word: str, at: int) -> str:
    """The letter before `at`, looking through a tone mark; a space when there is none."""
    at -= 1
    if at > 0 and word[at] in _TONES:
        at -= 1
    return word[at] if at >= 0 else " "
