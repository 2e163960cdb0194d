"""What no GS1 Digital Link can say, as patterns of its address: made of the tables by which `domain.gs1` reads one.

They read the address as it was sent, and know a sign of a value coded or not. What they do not see (digits that are
coded, a number that is coded in two ways) no label says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from traceability.domain import gs1

_CODED: Final = "%(?i:2[125-9A-F]|3[0-9A-F]|4[1-9A-F]|5[0-9AF]|6[1-9A-F]|7[0-9A])"
_PATH_SIGN: Final = rf"[!\x22&-.0-9:-=>A-Z_a-z]|{_CODED}"
_QUERY_SIGN: Final = rf"[!\x22'-*,-/0-9:-?A-Z_a-z]|{_CODED}"  # there `+` is a space, which no value holds
_SET_39: Final = r"(?:[\-0-9A-Z]|%23|%2[Ff])"
_DOTS: Final = r"(?:\.|%2[Ee])+"
_PAIRS: Final = "(?:/[0-9]+/[^/?]+)*?"
_OTHERS: Final = r"\d+"  # the fields of no kind of their own


def _sum(total: int, weight: int) -> str:
    onward = ((total + digit * weight) % 10 * 2 + (2 if weight == 3 else 1) for digit in range(10))
    steps = "|".join(f"{digit}(?{group})" for digit, group in enumerate(onward))
    return steps if total else f"{steps}|(?![0-9])"


# Whether a check digit fits: all digits by their weights make a full ten. Each group of the pattern is one sum so far
# and the weight of the next digit, and leads to another group.
_SUMS: Final = "".join(f"({_sum(total, weight)})" for total in range(10) for weight in (3, 1))
# A date without its year: some day of every month, where the day may be left open (00), and where it may not.
_OPEN, _SAID = "0[0-9]", "0[1-9]"


def of_path(root: str) -> Iterator[str]:
    """An address with one of these is refused; `root` is the address of the site."""
    yield rf"^.{{{gs1.LONGEST_ADDRESS - len(root) + 1}}}"
    for key, sequences in gs1.PATH_SEQUENCES.items():
        sound = "|".join(_path(key, sequence) for sequence in sequences)
        yield rf"(?(DEFINE)({_PATH_SIGN}))^/{key}/(?!(?:{sound})/?(?:\?|$))"
    yield from _wrong_digits("^/", "/")


def of_query() -> Iterator[str]:
    """The same of an address with fields in its query: by itself, and beside those in the path."""
    yield rf"(?(DEFINE)({_QUERY_SIGN}))^[^?]*\?(?!(?:(?:{_part()})(?:&|$))*$)"
    yield rf"[?&][0-9]+={_DOTS}(?:&|$)"
    yield _no_day(gs1.DAY_MAY_BE_OPEN, _OPEN)
    yield _no_day(gs1.DAYS - gs1.DAY_MAY_BE_OPEN, _SAID)
    yield from _wrong_digits("[?&]", "=")
    yield rf"^{_PAIRS}/([0-9]++)/([^/?]++)(?=[^?]*\?(?:.*&)?\1=(?!\2(?:&|$)))"  # said twice, and not the same
    yield r"[?&]([0-9]++)=([^&]*+)(?=&(?:.*&)?\1=(?!\2(?:&|$)))"
    for needed in sorted(set(gs1.NEEDS.values())):
        alone = [field for field, needs in gs1.NEEDS.items() if needs == needed]
        beside = ("".join(_says([field]) for field in both.split("+")) for both in needed.split())
        yield f"^{_says(alone)}(?!{'|'.join(beside)})"
    for field, other in gs1.EXCLUDE:
        yield f"^{_says([field])}{_says([other])}"


def _says(fields: Iterable[str]) -> str:
    """Ahead, one of these fields is said, in the path or in the query."""
    some = "|".join(fields)
    return rf"(?={_PAIRS}/(?:{some})/|[^?]*\?(?:.*&)?(?:{some})=)"


def _path(key: str, sequence: Iterable[str]) -> str:
    """The value of a primary key, and whichever of its qualifiers in their order."""
    return _value(key) + "".join(f"(?:/{field}/{_value(field)})?" for field in sequence)


def _value(field: str) -> str:
    return rf"(?!{_DOTS}(?:[/?]|$))(?:{_as_sent(_looks_of(field))})"


def _part() -> str:
    """One part of a query: a field that may stand there, as it looks, or a word that is somebody else's."""
    own = [(fields, looks) for fields, looks in gs1.LOOKS if fields != _OTHERS]
    named = "|".join(fields for fields, _ in own)
    of_kind = "|".join(f"(?:{fields})=(?:{_as_sent(looks)})" for fields, looks in own)
    other = rf"(?!(?:{named})=)[0-9]+=(?:{_as_sent(dict(gs1.LOOKS)[_OTHERS])})"
    return rf"(?![0-9]+(?:=|&|$))[^&]*|(?=(?:{gs1.IN_QUERY.pattern})=)(?:{of_kind}|{other})"


def _as_sent(looks: str) -> str:
    """How a value looks in an address; the first group of the pattern is one sign of it."""
    return looks.replace(gs1.SIGNS, "(?1)").replace(gs1.SET_39, _SET_39)


def _no_day(fields: Iterable[str], first: str) -> str:
    long = f"(?:0[13578]|1[02])(?:{first}|[12][0-9]|3[01])"
    short = f"(?:0[469]|11)(?:{first}|[12][0-9]|30)"
    february = f"02(?:{first}|1[0-9]|2[0-8])"
    leap = "(?:[02468][048]|[13579][26])0229"
    day = f"(?:[0-9]{{2}}(?:{long}|{short}|{february})|{leap})"
    return rf"[?&](?:{'|'.join(sorted(fields))})=(?!{day}{{1,2}}(?:&|$))"


def not_a_gtin(before: str) -> str:
    """The pattern of an address that goes on, after `before`, with 14 digits that are no article number."""
    return rf"(?(DEFINE){_SUMS})^{before}(?!(?1))"


def _wrong_digits(before: str, after: str) -> Iterator[str]:
    for first, lengths in ((1, (14, 18)), (2, (13, 17))):  # an even number of digits begins with weight 3
        some = "|".join(field for field, length in gs1.CHECKED_DIGITS.items() if length in lengths and _is_last(field))
        yield rf"(?(DEFINE){_SUMS}){before}(?:{some}){after}(?!(?{first}))"


def _is_last(field: str) -> bool:
    """Whether the check digit is the last sign of the value."""
    return re.fullmatch(r"\\d\{\d+\}", _looks_of(field)) is not None and field != "8006"  # that one goes on: 1 of 4


def _looks_of(field: str) -> str:
    return next(looks for fields, looks in gs1.LOOKS if re.fullmatch(fields, field))
