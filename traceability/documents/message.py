"""A receipt as short messages: Vietnamese without diacritics in one of 160 letters, Lao in parts of 70."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Final

from traceability.documents.receipt import ReceiptPaper, shown_address
from traceability.words import N_

LONG: Final = 160  # letters of one message in the telephone alphabet (GSM 03.38)
SHORT: Final = 70  # of one in any other script (UCS-2)
_PLAIN: Final = str.maketrans(
    {"đ": "d", "Đ": "D", "·": "-", "…": ".", "–": "-", "−": "-", "“": '"', "”": '"', "’": "'"}
)


def messages(paper: ReceiptPaper) -> list[str]:
    """The receipt as one message where the telephone alphabet says it all, else in numbered parts.

    Nobody's name is in it: telephones are shared. What does not fit is the name of the issuer, never a weight.
    """
    state = [paper.say(N_("Not valid any more"))] if paper.void else []
    state += [paper.say(N_("Corrected: replaces {number}."), number=paper.replaces)] if paper.replaces else []
    money = [f"{label} {value}" for label, value in paper.money]
    said = [*state, *paper.short, *money, shown_address(paper.check_address)]
    issuer = paper.issuer.text(paper.language)
    if paper.language in ("en", "vi"):
        return [_in_one(plain(issuer), paper.issuer_prefix, [plain(part) for part in said])]
    return _in_parts([issuer, *(part.replace("\u00a0", " ") for part in said)])


def plain(text: str) -> str:
    """`text` in letters that every telephone has: `Đắk Lắk` is `Dak Lak`. Other scripts are left out."""
    bare = unicodedata.normalize("NFKD", text.translate(_PLAIN))
    return " ".join("".join(letter for letter in bare if letter.isascii()).split())


def _in_one(issuer: str, prefix: str, said: Sequence[str]) -> str:
    """One message; of the issuer as many whole words as fit, or its letters where one word would stand alone."""
    rest = ". ".join(said)
    room = LONG - len(rest) - 2
    called = issuer if len(issuer) <= room else issuer[: room + 1].rpartition(" ")[0]
    if len(called) < len(issuer) and " " not in called:
        called = prefix
    return f"{called}: {rest}" if called and len(called) <= room else rest[:LONG]


def _in_parts(said: Sequence[str]) -> list[str]:
    """As few parts as hold it, each with its number where there are several; what belongs together stays together."""
    room = SHORT - len("1/9 ")
    parts = [""]
    for piece in (cut for one in said for cut in _cut(one, room)):
        joined = f"{parts[-1]} · {piece}" if parts[-1] else piece
        if len(joined) <= room:
            parts[-1] = joined
        else:
            parts.append(piece)
    return [f"{at}/{len(parts)} {part}" for at, part in enumerate(parts, 1)] if len(parts) > 1 else parts


def _cut(text: str, room: int) -> list[str]:
    """`text` in pieces that fit, never between a letter and its mark."""
    pieces = [""]
    for letter in text:
        if len(pieces[-1]) >= room - 4 and unicodedata.category(letter) != "Mn":
            pieces.append("")
        pieces[-1] += letter
    return pieces
