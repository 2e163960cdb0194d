"""GS1 keys and Digital Link addresses, for those who have a GS1 prefix: nothing in the house requires one.

Sources: STANDARDS B (check digit, fields, address rules) and GS1's syntax dictionary. A field is a GS1 application
identifier, written by its number: 01 is a trade item (GTIN), 10 a lot, 21 a serial, 414 a place, 00 a pallet.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import quote, unquote, unquote_plus

from traceability.domain.text import ascii_forms, nfc, shown
from traceability.errors import Invalid

# What may follow a primary key in the path, in this order; alternatives exclude each other.
PATH_SEQUENCES: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {
    "00": ((),),
    "01": (("22", "10", "21"), ("235",)),
    "253": ((),),
    "255": ((),),
    "401": ((),),
    "402": ((),),
    "414": (("254",), ("7040",)),
    "415": (("8020",),),
    "417": (("7040",),),
    "8003": ((),),
    "8004": (("7040",),),
    "8006": (("22", "10", "21"),),
    "8010": (("8011",),),
    "8013": ((),),
    "8017": (("8019",),),
    "8018": (("8019",),),
}

# Fields that the syntax dictionary allows in the query of an address (its flag `?`).
IN_QUERY: Final = re.compile(
    r"0[0-2]|1[0-35-7]|20|24[0-3]|25[0135]|30|37|3(?:1[0-6]|[24]\d|[35][0-7]|6\d)[0-5]|39[0-3]\d|394[0-3]|395[0-5]"
    r"|40[0-3]|41[0-7]|42[0-7]|43(?:[01]\d|2[0-6]|3[0-3])|70(?:0[1-9]|1[01]|2[0-3]|3\d)|71[0-7]"
    r"|72(?:3\d|4[0-2]|5\d)|80(?:0[1-9]|10|1[2378]|26|30)|811[0-2]|9\d"
)

SIGNS: Final = r'[!"%-?A-Z_a-z]'  # GS1's set of 82: Latin letters, digits, plain signs; no space, no Unicode
SET_39: Final = r"[#\-/0-9A-Z]"
_LOT: Final = f"{SIGNS}{{1,20}}"

# How a value looks, for the fields of the trade in produce; any other is at most 90 plain signs.
LOOKS: Final[tuple[tuple[str, str], ...]] = tuple(
    (fields, looks.replace("X", SIGNS).replace("Y", SET_39))
    for fields, looks in (
        (r"00|8006|801[78]", r"\d{18}"),
        (r"01|02", r"\d{14}"),
        (r"10|2[12]|254", r"X{1,20}"),
        (r"11|12|13|15|16|17|7006|3[1-6]\d\d", r"\d{6}"),
        (r"235", r"X{1,28}"),
        (r"251|40[013]|8004", r"X{1,30}"),
        (r"253", r"\d{13}X{0,17}"),
        (r"255", r"\d{13}\d{0,12}"),
        (r"30|37", r"\d{1,8}"),
        (r"402", r"\d{17}"),
        (r"41[0-7]", r"\d{13}"),
        (r"42[246]", r"\d{3}"),
        (r"423|425", r"(?:\d{3}){1,5}"),
        (r"427", r"X{1,3}"),
        (r"4309", r"\d{20}"),
        (r"7007", r"\d{6}(?:\d{6})?"),
        (r"703\d", r"\d{3}X{1,27}"),
        (r"7040", r"\dX{3}"),
        (r"8003", r"0\d{13}X{0,16}"),
        (r"8008", r"\d{8}(?:\d\d){0,2}"),
        (r"8010", r"Y{1,30}"),
        (r"8011", r"0|[1-9]\d{0,11}"),
        (r"8013|8020", r"X{1,25}"),
        (r"8019", r"\d{1,10}"),
        (r"\d+", r"X{1,90}"),
    )
)

# How many leading digits of a value end in a check digit.
CHECKED_DIGITS: Final[Mapping[str, int]] = {
    **{"00": 18, "01": 14, "02": 14, "253": 13, "255": 13, "402": 17},
    **{str(field): 13 for field in range(410, 418)},
    **{"8003": 14, "8006": 14, "8017": 18, "8018": 18},
}
DAY_MAY_BE_OPEN: Final = frozenset({"11", "12", "13", "15", "16", "17"})  # day 00: "some day of that month"
DAYS: Final = DAY_MAY_BE_OPEN | {"7006", "7007"}

# A field needs one of these beside it (`+`: all of them); and pairs that exclude each other.
_PRODUCT: Final = "01 02 03 8006 8026"
NEEDS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("10", "11", "13", "15", "16", "422"), _PRODUCT),
    **{"02": "37", "17": f"{_PRODUCT} 255", "21": "01 03 8006", "37": "00+02 00+8026", "251": "01 03 8006"},
    **{"403": "00", "415": "8020", "423": "01 02 03", "426": "01 02 03", "427": "01+422 02+422 03+422"},
    **{"4309": "00", "7006": "01 02", "7007": "01 02", "8008": "01 02 03"},
}
EXCLUDE: Final = (
    *(("01", other) for other in ("02", "255", "37", "8006")),
    *(("422", "426"), ("423", "426"), ("21", "235"), ("8017", "8018"), ("255", "415"), ("255", "8006")),
)

_ADDRESS: Final = re.compile(r"(?:https?|HTTPS?)://[^/?#\s]+(?P<path>/[^?#\s]*)(?:\?(?P<query>[^#\s]*))?(?:#\S*)?")
LONGEST_ADDRESS: Final = 2_000


class NotAGtin(Invalid):
    """{typed} is not an article number (GTIN): that has 8, 12, 13 or 14 digits. Compare it with the label."""


class NotAGln(Invalid):
    """{typed} is not a location number (GLN): that has 13 digits. Compare it with the paper it came from."""


class NotAnSscc(Invalid):
    """{typed} is not a pallet number (SSCC): that has 18 digits. Compare it with the pallet label."""


class WrongCheckDigit(Invalid):
    """The number {typed} has a typo? Its check digit does not fit. Compare it with the label."""


class NotADigitalLink(Invalid):
    """There is no GS1 number in the address {typed}. Scan the code again, or type the number printed under it."""


class ValueDoesNotFit(Invalid):
    """{value} cannot stand in the GS1 field {field}. Use Latin letters and digits, as many as the field takes."""


class FieldOutOfPlace(Invalid):
    """The GS1 field {field} cannot stand there in an address. Ask whoever printed the label for a right one."""


class FieldTwice(Invalid):
    """The address says the GS1 field {field} twice, and not the same. Ask whoever printed the label."""


class FieldAlone(Invalid):
    """The GS1 field {field} needs {needed} beside it. Add it, or leave the field out."""


class FieldsExclude(Invalid):
    """The GS1 fields {field} and {other} cannot stand together. Leave one of them out."""


def check_digit(body: str) -> str:
    """The digit that completes `body`: weights 3, 1, 3, 1 from the right, up to the next ten (STANDARDS B.1)."""
    total = sum(int(digit) * (1 if place % 2 else 3) for place, digit in enumerate(reversed(body)))
    return str(-total % 10)


def with_check_digit(body: str) -> str:
    """`body` and its check digit: how a GTIN, GLN or SSCC is made from a prefix and a serial."""
    return body + check_digit(body)


def read_gtin(typed: str) -> str:
    """A GTIN-8, -12, -13 or -14 as 14 digits, the form in which GTINs are compared. NotAGtin, WrongCheckDigit."""
    return _read_key(typed, (8, 12, 13, 14), NotAGtin).zfill(14)


def read_gln(typed: str) -> str:
    """A location number of 13 digits. NotAGln, WrongCheckDigit."""
    return _read_key(typed, (13,), NotAGln)


def read_sscc(typed: str) -> str:
    """A pallet (logistic unit) number of 18 digits. NotAnSscc, WrongCheckDigit."""
    return _read_key(typed, (18,), NotAnSscc)


def digital_link(base_url: str, gtin: str, lot: str | None = None, serial: str | None = None) -> str:
    """The address of an article, its lot, or one package: `https://id.gs1.org/01/09506000134352/10/ABC/21/7`.

    `gtin` in any of its lengths. ValueDoesNotFit for a lot with Lao letters or more than 20 signs.
    """
    elements = {"01": read_gtin(gtin), "10": lot, "21": serial}
    return element_link(base_url, {field: value for field, value in elements.items() if value is not None})


def label_link(base_url: str, gtin: str, *numbers: str) -> str:
    """The Digital Link of a batch by the first of its `numbers` that a label can say; nothing without a GTIN."""
    keys = [key for number in numbers for key in lot_keys(number)]
    return digital_link(base_url, gtin, keys[0]) if gtin and keys else ""


def lot_keys(*numbers: str) -> tuple[str, ...]:
    """How a lot is looked up under its article: each of its `numbers` that a label can say as field 10, once.

    Capitals, because a QR code is shorter in them; without the spaces, which the field cannot hold. A number with Lao
    letters or of more than 20 signs has no key.
    """
    folded = ("".join(ascii_forms(nfc(number)).split()).upper() for number in numbers)
    return tuple(sorted({key for key in folded if re.fullmatch(_LOT, key) and key.strip(".")}))


def element_link(base_url: str, elements: Mapping[str, str]) -> str:
    """The address that says `elements`, field to value: the first is the primary key, its qualifiers follow in the
    path, the others stand in the query. Refuses what `read_digital_link` would refuse.
    """
    primary = next(iter(elements), "")
    if primary not in PATH_SEQUENCES:
        raise FieldOutOfPlace(field=primary)
    sequence = next((fields for fields in PATH_SEQUENCES[primary] if set(fields) & set(elements)), ())
    in_path = [primary, *(field for field in sequence if field in elements)]
    in_query = [field for field in elements if field not in in_path]
    _require_query(in_query)
    _require_sound(elements)
    path = "".join(f"/{field}/{quote(elements[field], safe='')}" for field in in_path)
    query = "&".join(f"{field}={quote(elements[field], safe='')}" for field in in_query)
    return f"{base_url.rstrip('/')}{path}{'?' if query else ''}{query}"


def read_digital_link(uri: str) -> dict[str, str]:
    """The fields of a GS1 Digital Link, the primary key first: `{"01": "09506000134352", "10": "ABC"}`.

    Any host and any path before the key are fine; fragments and unknown words in the query are passed by
    (STANDARDS B.3). A GTIN of fewer than 14 digits and words instead of field numbers are refused.
    """
    address = _ADDRESS.fullmatch(uri) if len(uri) <= LONGEST_ADDRESS else None
    if address is None:
        raise NotADigitalLink(typed=shown(uri))
    said = _path_pairs(address["path"], uri)
    _require_path([field for field, _ in said])
    in_query = list(_query_pairs(address["query"] or ""))
    _require_query([field for field, _ in in_query])
    elements: dict[str, str] = {}
    for field, value in [*said, *in_query]:
        if elements.setdefault(field, value) != value:
            raise FieldTwice(field=field)
    _require_sound(elements)
    return elements


def _read_key(typed: str, lengths: tuple[int, ...], refusal: type[Invalid]) -> str:
    digits = re.sub(r"[\s-]", "", ascii_forms(typed))
    if not re.fullmatch("[0-9]+", digits) or len(digits) not in lengths:
        raise refusal(typed=shown(typed))
    if check_digit(digits[:-1]) != digits[-1]:
        raise WrongCheckDigit(typed=shown(typed))
    return digits


def _path_pairs(path: str, uri: str) -> list[tuple[str, str]]:
    """Pairs from the right end of the path until a primary key: what stands before it belongs to the host."""
    segments = path.removesuffix("/").split("/")
    pairs: list[tuple[str, str]] = []
    for place in range(len(segments) - 2, 0, -2):
        pairs.insert(0, (segments[place], _decoded(segments[place + 1], plus_is_space=False, uri=uri)))
        if segments[place] in PATH_SEQUENCES:
            return pairs
    raise NotADigitalLink(typed=shown(uri))


def _query_pairs(query: str) -> Iterable[tuple[str, str]]:
    """The fields in the query. Keys that are no numbers (`linkType`, campaign marks) are somebody else's."""
    for part in query.split("&"):
        field, _, value = part.partition("=")
        if re.fullmatch("[0-9]+", field):
            yield field, _decoded(value, plus_is_space=True, uri=part)


def _decoded(coded: str, *, plus_is_space: bool, uri: str) -> str:
    if re.search("%(?![0-9A-Fa-f]{2})", coded):
        raise NotADigitalLink(typed=shown(uri))
    return unquote_plus(coded) if plus_is_space else unquote(coded)


def _require_path(fields: list[str]) -> None:
    """The qualifiers follow the primary key in their order; any may be left out, none may come twice."""
    primary, *qualifiers = fields
    sequences = PATH_SEQUENCES[primary]
    if not any(qualifiers == [field for field in sequence if field in qualifiers] for sequence in sequences):
        known = {field for sequence in sequences for field in sequence}
        raise FieldOutOfPlace(field=next((field for field in qualifiers if field not in known), qualifiers[-1]))


def _require_query(fields: Iterable[str]) -> None:
    for field in fields:
        if not IN_QUERY.fullmatch(field):
            raise FieldOutOfPlace(field=field)


def _require_sound(elements: Mapping[str, str]) -> None:
    for field, value in elements.items():
        _require_value(field, value)
    for field in elements:
        alternatives = [set(needed.split("+")) for needed in NEEDS.get(field, "").split()]
        if alternatives and not any(needed <= set(elements) for needed in alternatives):
            raise FieldAlone(field=field, needed=" / ".join(NEEDS[field].split()))
    for field, other in EXCLUDE:
        if field in elements and other in elements:
            raise FieldsExclude(field=field, other=other)


def _require_value(field: str, value: str) -> None:
    looks = next(looks for fields, looks in LOOKS if re.fullmatch(fields, field))
    dots_only = not value.strip(".")  # browsers take `.` and `..` out of a path
    days = re.findall("[0-9]{6}", value) if field in DAYS else []
    if not re.fullmatch(looks, value, re.ASCII) or dots_only or not all(_is_day(field, day) for day in days):
        raise ValueDoesNotFit(value=shown(value), field=field)
    checked = value[: CHECKED_DIGITS.get(field, 0)]
    if checked and check_digit(checked[:-1]) != checked[-1]:
        raise WrongCheckDigit(typed=shown(value))


def _is_day(field: str, yymmdd: str) -> bool:
    """Whether such a day exists; the century does not matter, since 1900 is outside GS1's window of years."""
    year, month, day = int(yymmdd[:2]), int(yymmdd[2:4]), int(yymmdd[4:])
    first = 0 if field in DAY_MAY_BE_OPEN else 1
    return 1 <= month <= 12 and first <= day <= monthrange(2000 + year, month)[1]
