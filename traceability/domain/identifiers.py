"""Codes that people read off a label, say on the telephone and type with a slip: ours, coffee marks, containers.

A public code is 7 random characters and a check character of Crockford's base 32, which leaves out I, L, O and U.
The check works in the field of 32 elements: each place has a weight of its own (a power of the primitive element),
and a code is good when its weighted characters sum to zero. Because no weight is zero and no two are equal, one
wrong character, or any two characters swapped, can never give a good code.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from traceability.domain.text import ascii_forms, nfc, shown
from traceability.errors import Invalid, NotFound, Sentence
from traceability.words import N_

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH: Final = 8
_VALUE: Final[Mapping[str, int]] = {sign: value for value, sign in enumerate(ALPHABET)}
_LOOK_ALIKES: Final = str.maketrans("OIL", "011")
_FIELD_POLYNOMIAL: Final = 0b100101  # x^5 + x^2 + 1 is primitive: x itself runs through all 31 other elements

_DASHES: Final = re.compile("[\u2010-\u2015\u2212]")
_BETWEEN: Final = re.compile(r"[\s\u2010-\u2015\u2212-]")

_DATE_DOUBT: Final = N_("{mark} looks like a date that a spreadsheet made of a mark. Copy it from the bag again.")
_FORM_DOUBT: Final = N_(
    "{mark} is not in the form country/exporter/shipment, such as 105/3/285. Compare it with the bag."
)
_COUNTRY_DOUBT: Final = N_("{country} is not a coffee country code we know. Compare {mark} with the bag.")


class NotACode(NotFound):
    """{typed} is not a code of ours: a code has 8 letters and digits. Copy it from the label once more."""


class NoCode(NotACode):
    """No code was typed. Type the 8 letters and digits that stand beside the square on the label."""


class MistypedCode(NotFound):
    """The code {typed} has a typo? Its characters do not fit together. Compare it with the label, one by one."""


class NotAPrefix(Invalid):
    """{typed} cannot begin a number. Choose 2 to 6 letters or digits: A to Z, 0 to 9."""


class NotAContainer(Invalid):
    """{typed} is not a container number: 4 letters, then 7 digits, such as CSQU3054383. Copy it from the door."""


class MistypedContainer(Invalid):
    """The container number {typed} has a typo? Its last digit does not fit. Compare it with the door."""


def new_code(choose: Callable[[int], int] = secrets.randbelow) -> str:
    """A fresh public code; `choose(n)` gives an unguessable number below n.

    Whoever stores it makes sure that no other batch has it: of 35 random bits, among a million codes, one new
    code in 34,000 meets an old one.
    """
    number = choose(len(ALPHABET) ** (CODE_LENGTH - 1))
    drawn = "".join(ALPHABET[number >> shift & 31] for shift in range(0, 5 * (CODE_LENGTH - 1), 5))
    return drawn + ALPHABET[_weighted_sum(drawn + ALPHABET[0])]


def read_code(typed: str) -> str:
    """The code meant by `typed`. Forgiven: small letters, spaces, dashes, full-width signs, O for 0, I and L for 1.

    NoCode when empty, NotACode when it has the wrong length or signs, MistypedCode when a character is wrong or
    two are swapped.
    """
    code = _capitals(typed).translate(_LOOK_ALIKES)
    if not code:
        raise NoCode
    if not re.fullmatch(rf"[0-9A-Z]{{{CODE_LENGTH}}}", code):
        raise NotACode(typed=shown(typed))
    if not set(code) <= set(ALPHABET) or _weighted_sum(code):
        raise MistypedCode(typed=shown(typed))
    return code


def read_numbered(typed: str) -> tuple[str, int | None]:
    """Code and version meant by the number of a certificate, `7K3QX9ME-2`; a code alone names no version.

    Forgiven and refused as by `read_code`.
    """
    code, dash, version = re.sub(r"\s", "", _DASHES.sub("-", ascii_forms(typed))).rpartition("-")
    if dash and len(_capitals(code)) == CODE_LENGTH and re.fullmatch("[0-9]{1,6}", version):
        return read_code(code), int(version)
    return read_code(typed), None


def number_meant(typed: str) -> str:
    """The number of a lot as it is printed, `LA-DH-2026-0417`: forgiven are small letters, spaces and other dashes."""
    return re.sub(r"\s", "", _DASHES.sub("-", ascii_forms(nfc(typed)))).upper()


def code_in(typed: str) -> str:
    """The code meant by `typed`, or nothing: for a box that takes names and numbers as well."""
    try:
        return read_code(typed)
    except (NotACode, MistypedCode):
        return ""


def show_code(code: str) -> str:
    """`7K3QX9ME` as people read it, in two groups that no line break parts."""
    return f"{code[:4]}\u00a0{code[4:]}"


def read_prefix(typed: str) -> str:
    """The first part of our numbers (a collection point, a country, an organisation): 2 to 6 capitals or digits."""
    prefix = ascii_forms(typed).strip().upper()
    if not re.fullmatch(r"[A-Z0-9]{2,6}", prefix):
        raise NotAPrefix(typed=shown(typed))
    return prefix


def lot_number(prefix: str, day: date, counter: int, *, device: str = "") -> str:
    """`NL-1120-037`, the number of a delivery and its receipt: point, month and day, counter of that day (UX 4.6).

    `NL-1120-B037` when a second device (one capital) counts for itself. The counter starts at 1 and may pass 999.
    Unique within one organisation and one year. NotAPrefix when the point has no fit prefix.
    """
    _require_positive(counter)
    _require_capital(device)
    return f"{read_prefix(prefix)}-{day.month:02}{day.day:02}-{device}{counter:03}"


def formed_lot_number(country: str, organisation: str, year: int, serial: int, *, device: str = "") -> str:
    """`LA-DH-2026-0417`, the number of a lot that was formed: the serial counts from 1 every year (UX 6.3).

    `LA-DH-2026-B0417` when a phone (one capital) counts for itself.
    """
    _require_positive(serial)
    _require_capital(device)
    return f"{read_prefix(country)}-{read_prefix(organisation)}-{year:04}-{device}{serial:04}"


@dataclass(frozen=True)
class IcoMark:
    """A coffee mark as it stands on the bag, and what could be read from it: a mark never stops a batch.

    `country` has 3 digits, `exporter` and `shipment` at least 4 (zeros added); None where the mark says it otherwise.
    """

    typed: str
    country: str | None
    exporter: str | None
    shipment: str | None
    warnings: tuple[Sentence, ...]

    def means(self, other: IcoMark) -> bool:
        """Whether both say the same, whatever stands between the parts; of what was not read, the letters count."""
        if self.shipment is None or other.shipment is None:
            return bool(self.typed) and self.typed.casefold() == other.typed.casefold()
        return (self.country, self.exporter, self.shipment) == (other.country, other.exporter, other.shipment)


# Codes seen in stored lists and lots, with their ISO 3166 country (STANDARDS H); 145 is unconfirmed. Not complete,
# therefore an unknown one is only warned about.
ICO_COUNTRIES: Final[Mapping[str, str]] = {
    "001": "BO", "002": "BR", "003": "CO", "005": "CR", "009": "SV", "010": "ET", "011": "GT", "013": "HN",
    "014": "IN", "015": "ID", "016": "MX", "017": "NI", "022": "BJ", "027": "BI", "029": "PA", "030": "PE",
    "033": "TZ", "035": "UG", "037": "KE", "105": "LA", "123": "PH", "145": "VN", "158": "AO",
}  # fmt: skip

_MARK_PARTS: Final = re.compile(r"([0-9]{1,3})\s*[-/\s]\s*([0-9]{1,5})\s*[-/\s]\s*(.+)")
_MONTH: Final = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_SPREADSHEET_DATE: Final = re.compile(
    rf"(?:[0-9]{{1,2}}[-/ ])?{_MONTH}[-/ ][0-9]{{2,4}}|[0-9]{{1,2}}[-/ ]{_MONTH}", re.I
)


def read_ico_mark(typed: str) -> IcoMark:
    """Country, exporter and shipment of an ICO mark such as `105/3/285` or `002-1961-0978` (UX 6.3, STANDARDS H).

    Kept as typed (NFC); what looks wrong comes as sentences in `warnings`, never as a refusal.
    """
    mark = nfc(typed)
    parts = _MARK_PARTS.fullmatch(_DASHES.sub("-", ascii_forms(mark)))
    if parts is None:
        doubt = _DATE_DOUBT if _SPREADSHEET_DATE.fullmatch(mark) else _FORM_DOUBT
        return IcoMark(mark, None, None, None, (Sentence(doubt, {"mark": mark}),))
    country, exporter, rest = f"{int(parts[1]):03}", f"{int(parts[2]):04}", parts[3]
    shipment = f"{int(rest):04}" if re.fullmatch("[0-9]{1,5}", rest) else None
    unknown = () if country in ICO_COUNTRIES else (Sentence(_COUNTRY_DOUBT, {"country": country, "mark": mark}),)
    return IcoMark(mark, country, exporter, shipment, unknown)


def coffee_year(day: date) -> int:
    """The calendar year in which the coffee year of `day` began: shipments count from 1 again on 1 October."""
    return day.year if day.month >= 10 else day.year - 1


def read_container(typed: str) -> str:
    """A freight container number in its 11 signs: `csqu 305438-3` is CSQU3054383 (ISO 6346).

    NotAContainer when it has not the form, MistypedContainer when the check digit does not fit.
    """
    number = _capitals(typed)
    if not re.fullmatch("[A-Z]{3}[UJZ][0-9]{7}", number):
        raise NotAContainer(typed=shown(typed))
    if number[-1] != container_check_digit(number[:-1]):
        raise MistypedContainer(typed=shown(typed))
    return number


def container_check_digit(first_ten: str) -> str:
    """The eleventh sign: each of the first ten weighs twice the one before it, modulo 11, then modulo 10."""
    total = sum(_container_value(sign) << place for place, sign in enumerate(first_ten))
    return str(total % 11 % 10)


def _container_value(sign: str) -> int:
    """Digits count as themselves, A to Z as 10 to 38 without the multiples of 11."""
    value = int(sign, 36)
    return value + (value > 10) + (value > 20) + (value > 30)


def _weighted_sum(code: str) -> int:
    """The sum of the characters over GF(32), the last weighing 1 and each place before it x times the next."""
    total = 0
    for sign in code:
        total <<= 1
        if total & len(ALPHABET):
            total ^= _FIELD_POLYNOMIAL
        total ^= _VALUE[sign]
    return total


def _capitals(typed: str) -> str:
    """`typed` as machines write codes: ASCII capitals and digits, nothing between them."""
    return _BETWEEN.sub("", ascii_forms(nfc(typed))).upper()


def _require_positive(counter: int) -> None:
    if counter < 1:
        raise ValueError("numbers are counted from 1")


def _require_capital(device: str) -> None:
    if not re.fullmatch("[A-Z]?", device):
        raise ValueError("a device is named by one capital")
