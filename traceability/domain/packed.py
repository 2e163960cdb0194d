"""Whose grams are in a batch, packed to be kept for ever: a few bytes a farm, read back without the edges.

A column of numbers is written as the difference of each from the one before it, lowest bytes first and all lowest
bytes together: most of what is left is zeros, which zlib takes away. Packing and reading are loops of the
interpreter's own C, because the first reader after a release waits for them.
"""

from __future__ import annotations

import sys
import zlib
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, chain, islice, pairwise, repeat
from operator import add
from typing import Final

from traceability.domain.lineage import Ancestry, Grown

Source = tuple[int, int]  # farmer and plot by inside id, 0 for a plot that is not known

_FORMAT: Final = 1  # the first byte, so that another way of packing can stand beside this one
_NUMBER: Final = 8  # bytes of one number in memory


class OtherBytes(ValueError):
    """Bytes that this program did not pack, or that were changed since."""


def pack_shares(shares: Mapping[Source, int]) -> bytes:
    """Whole grams of each origin; the order in which they come makes no difference."""
    rows = sorted((party, plot, mass) for (party, plot), mass in shares.items())
    return _pack((_steps([row[0] for row in rows]), _steps([row[1] for row in rows]), [row[2] for row in rows]))


def unpack_shares(packed: bytes) -> tuple[Sequence[int], Sequence[int], Sequence[int]]:
    """Farmers, plots and grams as three columns, sorted by the first two. Raises OtherBytes."""
    parties, plots, masses = _columns(packed, 3)
    found = (list(_summed(parties)), list(_summed(plots)), list(_plain(masses)))
    if not len(found[0]) == len(found[1]) == len(found[2]):
        raise OtherBytes("columns of different lengths")
    return found


def unpack_farmers(packed: bytes) -> dict[int, int]:
    """Grams of each farmer, over all plots. Raises OtherBytes."""
    parties, _, masses = _columns(packed, 3)
    if len(parties[1]) != len(masses[1]):
        raise OtherBytes("columns of different lengths")
    farmers, grams = list(_summed(parties)), list(_plain(masses))
    found = dict(zip(farmers, grams, strict=True))
    if len(found) < len(farmers):  # some have several plots
        found = dict.fromkeys(found, 0)
        for farmer, mass in zip(farmers, grams, strict=True):
            found[farmer] += mass
    return found


def pack_above(above: Ancestry[int, Source]) -> bytes:
    """Everything above a lot: each lot with what went into it, so that the whole trace can be made again."""
    children = sorted(above.whole)
    lots = [sorted(above.lots.get(child, ())) for child in children]
    grown = [sorted(above.deliveries.get(child, ())) for child in children]
    made = list(chain.from_iterable(lots))
    deliveries = list(chain.from_iterable(grown))
    return _pack(
        (
            _steps(children),
            [len(some) for some in lots],
            [len(some) for some in grown],
            _steps([key for key, _ in made]),
            [mass for _, mass in made],
            _steps([key for key, _, _ in deliveries]),
            [mass for _, mass, _ in deliveries],
            _steps([party for _, _, (party, _) in deliveries]),
            _steps([plot for _, _, (_, plot) in deliveries]),
        )
    )


def unpack_above(packed: bytes) -> Ancestry[int, Source]:
    """What `pack_above` was given, each lot's rows in the order of their ids. Raises OtherBytes."""
    columns = _columns(packed, 9)
    lots, grown = list(_plain(columns[1])), list(_plain(columns[2]))
    try:
        children = list(_summed(columns[0]))
        made = list(zip(_summed(columns[3]), _plain(columns[4]), strict=True))
    except ValueError as broken:
        raise OtherBytes("columns of different lengths") from broken
    keys, masses = list(_summed(columns[5])), list(_plain(columns[6]))
    farmers, plots = list(_summed(columns[7])), list(_summed(columns[8]))
    if not len(keys) == len(masses) == len(farmers) == len(plots):
        raise OtherBytes("columns of different lengths")
    if (sum(lots), sum(grown), len(lots), len(grown)) != (len(made), len(keys), *[len(children)] * 2):
        raise OtherBytes("the rows of the lots are not all there")
    if min(chain(lots, grown), default=0) < 0:
        raise OtherBytes("fewer rows than none")
    rest, end = iter(made), 0
    above: Ancestry[int, Source] = Ancestry()
    for child, lot_rows, grown_rows in zip(children, lots, grown, strict=True):
        above.lots[child] = some = list(islice(rest, lot_rows))
        start, end = end, end + grown_rows
        from_farms = masses[start:end]
        above.deliveries[child] = Grown(keys[start:end], from_farms, farmers[start:end], plots[start:end])
        above.whole[child] = sum([mass for _, mass in some]) + sum(from_farms)
    return above


def _pack(columns: Iterable[Sequence[int]]) -> bytes:
    """A head of three numbers for each column, then the bytes of one column after another."""
    head, body = array("q"), list[bytes]()
    for column in columns:
        least, numbers = min(0, min(column, default=0)), array("Q")
        numbers.extend(value - least for value in column)
        wide = max(1, (max(numbers, default=0).bit_length() + 7) // 8)
        raw = _little(numbers)
        head.extend((least, len(numbers), wide))
        body += [raw[place::_NUMBER] for place in range(wide)]
    return bytes([_FORMAT]) + zlib.compress(b"".join([_little(head), *body]), 9)


def _columns(packed: bytes, count: int) -> list[tuple[int, array[int]]]:
    """Of each column what is to be added to every number, and the numbers. Raises OtherBytes."""
    if packed[:1] != bytes([_FORMAT]):
        raise OtherBytes("another format")
    try:
        return list(_read(zlib.decompress(packed[1:]), count))
    except (zlib.error, ValueError) as broken:
        raise OtherBytes("broken bytes") from broken


def _read(raw: bytes, count: int) -> Iterator[tuple[int, array[int]]]:
    at = count * 3 * _NUMBER
    head = _numbers("q", raw[:at])
    if len(head) != count * 3:
        raise ValueError("not all columns")
    for least, length, wide in zip(head[::3], head[1::3], head[2::3], strict=True):
        if length < 0 or not 0 < wide <= _NUMBER or at + length * wide > len(raw):
            raise ValueError("a column is longer than the bytes")
        spread = bytearray(length * _NUMBER)
        for place in range(wide):
            spread[place::_NUMBER] = raw[at : at + length]
            at += length
        yield least, _numbers("Q", spread)
    if at != len(raw):
        raise ValueError("bytes that belong to no column")


def _steps(values: Sequence[int]) -> list[int]:
    """Each number's distance from the one before it."""
    return [after - before for before, after in pairwise(chain((0,), values))]


def _summed(column: tuple[int, Sequence[int]]) -> Iterator[int]:
    """The numbers whose steps a column holds."""
    least, steps = column
    if not least:
        return accumulate(steps)
    return map(add, accumulate(steps), range(least, (len(steps) + 1) * least, least))


def _plain(column: tuple[int, Sequence[int]]) -> Iterator[int]:
    least, numbers = column
    return map(add, numbers, repeat(least)) if least else iter(numbers)


def _little(numbers: array[int]) -> bytes:
    """The bytes of numbers, lowest first whatever the machine."""
    if sys.byteorder == "big":
        numbers = numbers[:]
        numbers.byteswap()
    return numbers.tobytes()


def _numbers(kind: str, raw: bytes | bytearray) -> array[int]:
    numbers = array(kind)
    numbers.frombytes(raw)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
