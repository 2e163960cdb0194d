"""The modules of a QR symbol: those that `qrcode` would make, with the mask chosen in whole numbers.

`qrcode` draws a symbol nine times, module by module, to choose one of eight masks. A symbol is its frame (patterns,
format and mask, the same for every text of that size) with the text's bits turned over in it, so here the frames are
asked of the library once, and a text costs one exclusive or for each mask. The modules are the library's own, bit for
bit: `tests/documents/test_symbol.py` compares them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final

import qrcode
from qrcode import util

_MASKS: Final = range(8)


def modules_of(text: str, level: int) -> tuple[str, ...]:
    """The rows of the smallest symbol for `text`, from the top, `1` for dark; `level` is one of `qrcode.constants`."""
    asked: qrcode.QRCode[Any] = qrcode.QRCode(error_correction=level, border=0)
    asked.add_data(text)
    frame = _frame(asked.best_fit(), level)
    words = util.create_data(asked.version, level, asked.data_list)
    drawn = frame.of_words(words)
    chosen = min(_MASKS, key=lambda mask: frame.penalty(frame.tried[mask] ^ drawn))
    bits = format(frame.final[chosen] ^ drawn, f"0{frame.side**2}b")
    return tuple(bits[start : start + frame.side] for start in range(0, len(bits), frame.side))


@dataclass(frozen=True)
class _Frame:
    """What all symbols of one version and level share. A symbol is one number of side x side bits, row by row."""

    side: int  # modules
    final: tuple[int, ...]  # by mask, a symbol of nothing but zeros
    tried: tuple[int, ...]  # the same without format, as the library weighs it
    bit_of: Callable[[str], tuple[str, ...]]  # for each module its bit of the words, with a zero after the last
    along: int  # every module that has one on its right
    below: int  # every module that has one under it
    eleven_along: int  # every module that begins eleven in a row
    eleven_below: int

    def of_words(self, words: list[int]) -> int:
        """The bits of the words, each in its place."""
        return int("".join(self.bit_of("".join(format(word, "08b") for word in words) + "0")), 2)

    def penalty(self, symbol: int) -> int:
        """The four rules of ISO/IEC 18004, 7.8.3.1: long runs, blocks, what looks like a finder, too dark or light."""
        side = self.side
        same_along = ~(symbol ^ (symbol << 1)) & self.along
        same_below = ~(symbol ^ (symbol << side)) & self.below
        runs = sum(_runs(same, step) for same, step in ((same_along, 1), (same_below, side)))
        blocks = (same_along & (same_along << side) & same_below).bit_count()
        finders = sum(
            (_finders(symbol, step) & whole).bit_count()
            for step, whole in ((1, self.eleven_along), (side, self.eleven_below))
        )
        unbalanced = int(abs(symbol.bit_count() / side**2 * 100 - 50) / 5)
        return runs + 3 * blocks + 40 * finders + 10 * unbalanced


def _runs(same: int, step: int) -> int:
    """Five alike in a row cost 3, each more costs 1."""
    five = same & (same << step)
    five &= five << 2 * step
    first = five & ~(five >> step)
    return five.bit_count() + 2 * first.bit_count()


def _finders(symbol: int, step: int) -> int:
    """Where 1011101 begins with four light before it, or ends with four light after it."""
    at = [symbol << place * step for place in range(11)]
    light = ~(at[1] | at[5] | at[9])
    heart = at[4] & at[6] & light
    before = at[0] & at[2] & at[3] & ~(at[7] | at[8] | at[10])
    after = at[7] & at[8] & at[10] & ~(at[0] | at[2] | at[3])
    return heart & (before | after)


@lru_cache(maxsize=16)
def _frame(version: int, level: int) -> _Frame:
    """Asked of the library: the frames are symbols of zeros, and a module's bit is told by eleven counting symbols."""
    size = len(util.create_data(version, level, []))
    side = 4 * version + 17
    zeros = _drawn(version, level, [0] * size, 0)
    place = [8 * size] * side**2  # of a module that no bit of the words is drawn in
    told = [0] * side**2
    for digit in range((8 * size).bit_length()):
        counted = [sum(((8 * word + bit + 1) >> digit & 1) << 7 - bit for bit in range(8)) for word in range(size)]
        for module, dark in enumerate(format(_drawn(version, level, counted, 0) ^ zeros, f"0{side**2}b")):
            told[module] |= int(dark) << digit
    for module, count in enumerate(told):
        if count:
            place[module] = count - 1
    return _Frame(
        side=side,
        final=tuple(_drawn(version, level, [0] * size, mask) for mask in _MASKS),
        tried=tuple(_drawn(version, level, [0] * size, mask, test=True) for mask in _MASKS),
        bit_of=itemgetter(*place),
        along=_block(side, side, side - 1),
        below=_block(side, side - 1, side),
        eleven_along=_block(side, side, side - 10),
        eleven_below=_block(side, side - 10, side),
    )


def _drawn(version: int, level: int, words: list[int], mask: int, *, test: bool = False) -> int:
    """One symbol of the library as a number; with `test` as it is while a mask is tried."""
    symbol: qrcode.QRCode[Any] = qrcode.QRCode(version=version, error_correction=level, border=0)
    symbol.data_cache = words
    symbol.makeImpl(test, mask)
    return int("".join("1" if dark else "0" for row in symbol.modules for dark in row), 2)


def _block(side: int, rows: int, columns: int) -> int:
    """The modules of the first rows and columns."""
    row = "1" * columns + "0" * (side - columns)
    return int(row * rows + "0" * side * (side - rows), 2)
