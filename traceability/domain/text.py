"""Typed text made fit to keep, and the key by which people find it again.

`nfc` is what may be stored and shown: it changes no letter that a reader can see. `search_key` is for finding
only: it forgets tone marks, diacritics, spaces and spelling habits, and is never shown.
"""

from __future__ import annotations

import re
import unicodedata

# Control characters and invisible formatting, zero-width spaces and direction overrides among them: they hide
# differences between two texts, and some of them may not stand in XML. Spaces are not here (they collapse),
# nor are U+200C and U+200D, which shape letters in several scripts.
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    r"\ufeff\ufff9-\ufffb\ufdd0-\ufdef\ufffe\uffff]"
)
_MOST_SHOWN = 40
_MOST_MARKS = 30  # on one letter, as in Unicode's stream-safe text (UAX 15); no writing needs more

# Lao marks, in the order in which they follow their consonant (GLOSSARY 3): vowel signs, tone marks, AM.
_LAO_VOWELS = "\u0eb1\u0eb4-\u0ebc\u0ecd"
_LAO_TONES = "\u0ec8-\u0ecc"
_LAO_AM = "\u0eb3"
_LAO_AA = "\u0eb2"
_LAO_MARKS = re.compile(f"[{_LAO_VOWELS}{_LAO_TONES}{_LAO_AM}]+")
_LAO_MARKS_AND_AA = re.compile(_LAO_MARKS.pattern + _LAO_AA + "?")
_LAO_SPLIT_AM = re.compile(f"(.*)\u0ecd([{_LAO_TONES}]*){_LAO_AA}")
_LAO_TONE = re.compile(f"[{_LAO_TONES}]")

# Marks that search forgets: Latin accents, Arabic vowel points, Lao and Thai tones. Not every combining mark:
# the vowels of Lao and Thai and the voicing of Japanese kana are combining marks too.
_FORGOTTEN_MARKS = re.compile(r"[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u064b-\u065f\u0670\u0e48-\u0e4c\u0ec8-\u0ecc]")
_NO_DECOMPOSITION = str.maketrans({"đ": "d", "ð": "d", "ø": "o", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe"})

# Two spellings of one sound, written both ways by the same offices: ຣ in old Lao for ລ, the letter pairs that
# have their own sign, and romanised Lao, where Paksong is Pakxong and Champasack is Champasak.
_SPELLINGS = (
    (re.compile("\u0ea3"), "\u0ea5"),
    (re.compile("\u0eab\u0e99"), "\u0edc"),
    (re.compile("\u0eab\u0ea1"), "\u0edd"),
    (re.compile("\u0eab\u0ea5"), "\u0eab\u0ebc"),
    (re.compile("c+k"), "k"),
    (re.compile("x"), "s"),
)


def nfc(typed: str) -> str:
    """`typed` as it may be stored: composed, one line, single spaces, nothing invisible, Lao in normal order.

    Lone surrogates (JSON lets them in) are dropped, whole pairs are joined. Never compatibility forms (NFKC):
    they break the Lao letters ໜ and ໝ apart. The length is the caller's to refuse. Idempotent.
    """
    if typed.isascii() and typed.isprintable():
        return " ".join(typed.split())
    joined = typed.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
    one_line = " ".join(_INVISIBLE.sub("", joined).split())
    return _composed(_lao_normal_form(_composed(one_line)))


def search_key(text: str) -> str:
    """The key to find by: `dao` finds `Đào`, `ກາບ` finds `ກ້າບ`, `Paksong` finds `Pakxong`.

    Letters and digits only, folded and run together, so that `Pak Ou`, `pak-ou` and `PAKOU` are one. Pass both
    the stored and the asked text through it. Text of signs only has the empty key, which every key contains.
    Idempotent.
    """
    decomposed = unicodedata.normalize("NFD", ascii_forms(nfc(text)).casefold())
    bare = _FORGOTTEN_MARKS.sub("", decomposed).translate(_NO_DECOMPOSITION)
    key = nfc("".join(sign for sign in bare if unicodedata.category(sign)[0] in "LMN"))
    for written, kept in _SPELLINGS:
        key = written.sub(kept, key)
    return key


def ascii_forms(text: str) -> str:
    """Digits of every script, and full-width Latin letters and signs, as ASCII; all else as it is."""
    return text if text.isascii() else "".join(_ascii_form(sign) for sign in text)


def shown(typed: str) -> str:
    """What was typed, cleaned and cut to 40 signs, fit to be quoted in a sentence."""
    clean = nfc(typed[: _MOST_SHOWN * 4])
    return clean if len(clean) <= _MOST_SHOWN else f"{clean[:_MOST_SHOWN]}…"


def _ascii_form(sign: str) -> str:
    if sign.isascii():
        return sign
    if "\uff01" <= sign <= "\uff5e":  # the full-width forms mirror ASCII in one block
        return chr(ord(sign) - 0xFEE0)
    digit = unicodedata.decimal(sign, None)
    return sign if digit is None else str(digit)


def _composed(text: str) -> str:
    return _without_piles(unicodedata.normalize("NFC", _without_piles(text)))


def _without_piles(text: str) -> str:
    """`text` with at most 30 marks on a letter: sorting the marks of a longer pile takes the square of its length."""
    if text.isascii():
        return text
    kept, pile = [], 0
    for sign in text:
        pile = pile + 1 if unicodedata.combining(sign) else 0
        if pile <= _MOST_MARKS:
            kept.append(sign)
    return "".join(kept)


def _lao_normal_form(text: str) -> str:
    """One spelling for words that look the same but are typed with different code points (GLOSSARY 3).

    NFC does not merge these: U+0EB3 has only a compatibility mapping, and U+0ECD is no reordered mark.
    """
    joined = _LAO_MARKS_AND_AA.sub(lambda run: _with_whole_am(run.group()), text)
    return _LAO_MARKS.sub(lambda run: "".join(sorted(run.group(), key=_lao_rank)), joined)


def _with_whole_am(run: str) -> str:
    """A niggahita and the AA after it, with only tone marks between, are one AM."""
    split = _LAO_SPLIT_AM.fullmatch(run)
    return f"{split[1]}{split[2]}{_LAO_AM}" if split else run


def _lao_rank(mark: str) -> int:
    if mark == _LAO_AM:
        return 2
    return 1 if _LAO_TONE.match(mark) else 0
