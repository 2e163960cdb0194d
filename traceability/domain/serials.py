"""The number of one box: random to everybody but us, and none of them is stored.

A print run keeps one secret of 256 bits. The serial of box n is made of it: eighty bits are a keyed digest of n, and
twenty are n itself, hidden under a keyed digest of those eighty. So a serial is twenty signs, all that the GS1 field 21
holds (128 bits would be twenty-six), no box tells the serial of another, and which box it is can be read back without a
list of them all. A guess is right once in 2^80 tries, and who tries is soon told to wait (`web.guessing`).
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from traceability.domain.identifiers import ALPHABET
from traceability.domain.text import ascii_forms, nfc, shown
from traceability.errors import NotFound

LENGTH: Final = 20
MOST_BOX: Final = (1 << 20) - 1  # the highest number a box can have
_TAG_SIGNS: Final = 16  # of 5 bits each
_LOOK_ALIKES: Final = str.maketrans("OIL", "011")


class NotASerial(NotFound):
    """{typed} is not the number of a box: that has 20 letters and digits. Copy it from the label once more."""


@dataclass(frozen=True)
class Box:
    """One box of a batch as its label says it."""

    n: int
    of: int
    serial: str


def new_seed() -> bytes:
    """The secret of a print run."""
    return secrets.token_bytes(32)


def serial_of(seed: bytes, n: int) -> str:
    """The serial of box `n`, from 0 to MOST_BOX."""
    if not 0 <= n <= MOST_BOX:
        raise ValueError("a box has a number of twenty bits")
    tag = _keyed(seed, b"tag", n.to_bytes(3, "big"), 80)
    return _signs(tag, _TAG_SIGNS) + _signs(n ^ _hiding(seed, tag), LENGTH - _TAG_SIGNS)


def box_of(seed: bytes, serial: str) -> int | None:
    """The number of the box that has this serial; None when the secret never made it."""
    tag, hidden = _value(serial[:_TAG_SIGNS]), _value(serial[_TAG_SIGNS:])
    n = hidden ^ _hiding(seed, tag)
    return n if hmac.compare_digest(serial_of(seed, n), serial) else None


def boxes(seed: bytes, first: int, last: int, of: int) -> Iterator[Box]:
    """The boxes of a run, one after the other."""
    return (Box(n, of, serial_of(seed, n)) for n in range(first, last + 1))


def read_serial(typed: str) -> str:
    """The serial meant by `typed`: small letters, spaces, dashes and look-alikes are forgiven. Raises NotASerial."""
    serial = re.sub(r"[\s-]", "", ascii_forms(nfc(typed))).upper().translate(_LOOK_ALIKES)
    if len(serial) != LENGTH or not set(serial) <= set(ALPHABET):
        raise NotASerial(typed=shown(typed))
    return serial


def show_serial(serial: str) -> str:
    """A serial as people read it, in groups of four."""
    return " ".join(serial[at : at + 4] for at in range(0, LENGTH, 4))


def _hiding(seed: bytes, tag: int) -> int:
    return _keyed(seed, b"box", tag.to_bytes(10, "big"), 20)


def _keyed(seed: bytes, use: bytes, text: bytes, bits: int) -> int:
    """The first `bits` of a keyed digest (HMAC-SHA256)."""
    return int.from_bytes(hmac.digest(seed, use + text, "sha256"), "big") >> (256 - bits)


def _signs(value: int, count: int) -> str:
    return "".join(ALPHABET[value >> shift & 31] for shift in range(5 * (count - 1), -1, -5))


def _value(signs: str) -> int:
    total = 0
    for sign in signs:
        total = total << 5 | ALPHABET.index(sign)
    return total
