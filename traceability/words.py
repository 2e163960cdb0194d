"""Words and numbers for people: every sentence is an English msgid, every format is chosen by language here.

The catalogues `locale/<language>/messages.po` are compiled in memory once; a sentence without a translation is
shown in English. Numbers group thousands with a no-break space in every language, because `1.250` reads as two
different weights to two readers; only the decimal mark follows the language.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from functools import cache, lru_cache
from gettext import c2py
from pathlib import Path
from typing import Final

from babel import Locale
from babel.dates import format_date
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po

from traceability.errors import Sentence

LANGUAGES: Final = ("en", "lo", "vi", "zh")  # everything is said in these
PUBLIC_LANGUAGES: Final = (*LANGUAGES, "th", "ja", "fr", "ar")  # what stands behind a label is said in these, too
LANGUAGE_NAMES: Final[Mapping[str, str]] = {
    "en": "English",
    "lo": "ລາວ",
    "vi": "Tiếng Việt",
    "zh": "中文",
    "th": "ไทย",
    "ja": "日本語",
    "fr": "Français",
    "ar": "العربية",
}
FROM_RIGHT_TO_LEFT: Final = frozenset({"ar"})

NO_BREAK: Final = "\u00a0"
_MINUS: Final = "\u2212"
_ISOLATE, _ISOLATE_END = "\u2068", "\u2069"
_LEFT_TO_RIGHT: Final = "\u200e"  # around a minus or a percent sign, which would else change its side of the number
_COMMAS: Final = {"zh": " ", "ja": " ", "ar": "، "}  # no half-width comma stands between their signs
_ZERO_WIDTH: Final = "\u200b"  # CLDR's Lao strings carry it; it breaks searching and copying
_FIGURE: Final = re.compile(r"(?P<sign>[<≤≥>±~≈]?) ?(?P<minus>-?)(?P<whole>[0-9]+)(?:\.(?P<rest>[0-9]+))?")
_LOCALE_FOLDER: Final = Path(__file__).parent / "locale"
# Arabic as the Emirates write it: with the digits that stand on the label
BABEL_LOCALES: Final[Mapping[str, str]] = {
    **{language: language for language in PUBLIC_LANGUAGES},
    **{"en": "en_GB", "zh": "zh_Hans", "ar": "ar_AE"},
}
_DECIMAL_MARKS: Final = {"lo": ",", "vi": ",", "fr": ","}
_KILOGRAMS: Final = {"lo": "ກກ", "zh": "公斤", "th": "กก.", "ar": "كغ"}
_HECTARES: Final = {"lo": "ຮຕ", "zh": "公顷", "th": "เฮกตาร์", "ar": "هكتار"}


def N_(text: str) -> str:  # noqa: N802 - the customary name of a msgid marker
    """Mark `text` as a sentence to be translated later, where the reader's language is known."""
    return text


_COUNTRIES: Final[Mapping[str, str]] = {"LA": N_("Lao PDR"), "VN": N_("Viet Nam"), "CN": N_("China")}


@cache
def catalogue(language: str) -> Mapping[str, tuple[str, ...]]:
    """Every translated msgid of a language with its forms: `(text,)`, or the plural forms in CLDR order."""
    path = _LOCALE_FOLDER / language / "messages.po"
    if not path.exists():
        return {}
    with path.open("rb") as file:
        messages = list(read_po(file, locale=BABEL_LOCALES[language]))
    found: dict[str, tuple[str, ...]] = {}
    for message in messages:
        key = message.id if isinstance(message.id, str) else message.id[0]
        forms = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
        if key and forms and all(forms):
            found[key] = forms
    return found


@cache
def _plural_rule(language: str) -> Callable[[int], int]:
    """The rule of CLDR by which a language picks among the forms of a counted sentence."""
    return c2py(str(get_plural(BABEL_LOCALES[language]).plural_expr))


def catalogue_files() -> list[Path]:
    """The files of all catalogues."""
    return sorted(_LOCALE_FOLDER.glob("*/messages.po"))


def lookup(language: str, text: str) -> str:
    """The translation of `text` with its `{names}` still open; the English itself when there is none."""
    forms = catalogue(language).get(text)
    return forms[0] if forms else text


def nlookup(language: str, singular: str, plural: str, n: int) -> str:
    """The form of a counted sentence for `n`: one in Lao, two in English, six in Arabic."""
    said = catalogue(language)
    forms = said.get(singular)
    if forms is None:
        return singular if n == 1 else plural
    if len(forms) == 1 and n != 1:  # of words that stand in a table by themselves, each number is a sentence
        return said.get(plural, forms)[0]
    return forms[min(_plural_rule(language)(n), len(forms) - 1)]


def named(language: str, names: Mapping[str, str]) -> str:
    """A name that is known in some languages; where this one lacks it, its English translated, or as it is."""
    known = names.get("en") or next(iter(names.values()), "")
    return names.get(language) or lookup(language, known)


def translate(language: str, text: str, /, **values: object) -> str:
    """The sentence `text` in `language`, its `{names}` filled with `values` shown as `shown` shows them.

    Without values nothing is filled, so that a name that somebody typed may hold braces.
    """
    found = lookup(language, text)
    return found.format(**shown_values(language, values)) if values else found


def ntranslate(language: str, singular: str, plural: str, n: int, /, **values: object) -> str:
    """A counted sentence; `{n}` is filled with the number itself."""
    return nlookup(language, singular, plural, n).format(**shown_values(language, {"n": n, **values}))


def say(language: str, sentence: Sentence) -> str:
    """A `Sentence` in `language`."""
    return translate(language, sentence.text, **sentence.values)


def shown_values(language: str, values: Mapping[str, object]) -> dict[str, object]:
    """The values of a sentence, each made readable by `shown`."""
    return {name: shown(language, name, value) for name, value in values.items()}


def isolated(language: str, text: str) -> str:
    """A name or a code inside words from right to left: it keeps its own direction and turns nothing around it."""
    return f"{_ISOLATE}{text}{_ISOLATE_END}" if text and language in FROM_RIGHT_TO_LEFT else text


def arrow(language: str) -> str:
    """From one to the next, the way the reader reads."""
    return "←" if language in FROM_RIGHT_TO_LEFT else "→"


def comma(language: str) -> str:
    """What stands between the parts of a list, as the language writes it."""
    return _COMMAS.get(language, ", ")


def shown(language: str, name: str, value: object) -> object:
    """One value of a sentence as its reader expects it.

    A value whose name ends in `_g` is a mass in whole grams and is shown in kilograms, one that ends in `_m2` an
    area in square metres and is shown in hectares; other whole numbers are grouped, a `Decimal` keeps its zeros, days
    and instants are written out (an instant in the zone that it carries), sentences are translated. One that ends in
    `country` is the ISO code of a country.
    A year or a code is text already: pass it as `str`.
    """
    if isinstance(value, Sentence):
        return say(language, value)
    if isinstance(value, Mapping):  # one name in several languages
        return value.get(language) or isolated(language, value.get("en", ""))
    if isinstance(value, datetime):
        offset = value.utcoffset() or timedelta()
        return moment(language, value, int(offset.total_seconds() // 60))
    if isinstance(value, date):
        return day(language, value)
    if isinstance(value, int) and not isinstance(value, bool):
        if name.endswith("_g"):
            return mass(language, value)
        return area(language, value) if name.endswith("_m2") else number(language, value)
    if isinstance(value, Decimal):
        return figure(language, f"{value}")
    if name.endswith("country") and isinstance(value, str) and value:
        return country(language, value)
    return isolated(language, value) if type(value) is str else value


@lru_cache(maxsize=256)
def country(language: str, code: str) -> str:
    """The name of a country, by the names their governments use where CLDR is shorter."""
    if code in _COUNTRIES:
        return translate(language, _COUNTRIES[code])
    return str(Locale.parse(BABEL_LOCALES[language]).territories.get(code, code)).replace(_ZERO_WIDTH, "")


# --- formats ------------------------------------------------------------------------------------------------


def number(language: str, value: int) -> str:
    """A whole number, thousands grouped: `1 250` in every language, with no-break spaces."""
    return f"{value:,}".replace(",", NO_BREAK).replace("-", _MINUS)


def decimal(language: str, value: int, places: int, *, least: int = 0) -> str:
    """`value` units of 10**-places as a decimal number: `decimal("lo", 99400, 3)` is `99,4`.

    Trailing zeros are dropped down to `least` places. Whole numbers only go in, so nothing is ever rounded.
    """
    whole, rest = divmod(abs(value), 10**places)
    digits = f"{rest:0{places}d}" if places else ""
    kept = digits[:least] + digits[least:].rstrip("0")
    sign = (_LEFT_TO_RIGHT if language in FROM_RIGHT_TO_LEFT else "") + _MINUS if value < 0 else ""
    return sign + number(language, whole) + (_DECIMAL_MARKS.get(language, ".") + kept if kept else "")


def figure(language: str, text: str) -> str:
    """A measured number as it is kept, perhaps with a sign in front: `-0.50`, `< 0.01`, in Lao `< 0,01`. None of its
    zeros is lost. Words, and whole numbers without a sign, stay as they are.
    """
    found = _FIGURE.fullmatch(text)
    if found is None or not (found["sign"] or found["minus"] or found["rest"]):
        return text
    rest = found["rest"] or ""
    written = decimal(language, int(found["minus"] + found["whole"] + rest), len(rest), least=len(rest))
    if not found["sign"]:
        return written
    mark = _LEFT_TO_RIGHT if language in FROM_RIGHT_TO_LEFT else ""  # the sign would change its side
    return mark + found["sign"] + NO_BREAK + written + mark


def mass(language: str, grams: int) -> str:
    """A mass in kilograms with its unit: `1 250,5 kg`, in Lao `1 250,5 ກກ`; at most three decimals, as needed."""
    return decimal(language, grams, 3) + NO_BREAK + _KILOGRAMS.get(language, "kg")


def example(language: str, sign: str) -> str:
    """One and a half of a unit of weight, for a script to see the decimal mark and the sign: `1,5 ກກ`."""
    return decimal(language, 15, 1) + NO_BREAK + translate(language, sign)


def area(language: str, square_metres: int) -> str:
    """An area in hectares with its unit: 12500 is `1.25 ha`, in Lao `1,25 ຮຕ`."""
    return decimal(language, square_metres, 4) + NO_BREAK + _HECTARES.get(language, "ha")


def percent(language: str, tenths: int) -> str:
    """Tenths of a percent with one decimal: 50 is `5.0 %`, in Lao and Vietnamese `5,0 %`."""
    mark = _LEFT_TO_RIGHT if language in FROM_RIGHT_TO_LEFT else ""
    return mark + decimal(language, tenths, 1, least=1) + NO_BREAK + "%" + mark


def day(language: str, value: date) -> str:
    """A day written out so that nobody can swap day and month: `20 November 2026`, `20 tháng 11, 2026`."""
    written = format_date(value, "long", locale=BABEL_LOCALES[language])
    # the era of a Thai day may stand on a line of its own: no narrow column holds such a day in one piece
    return written.replace(_ZERO_WIDTH, "").replace(" ", NO_BREAK).replace(f"{NO_BREAK}ค.ศ.", " ค.ศ.")


def clock(value: datetime, offset_minutes: int) -> str:
    """The time of day of an aware instant at a zone offset: `09:40`."""
    return value.astimezone(timezone(timedelta(minutes=offset_minutes))).strftime("%H:%M")


def zone(offset_minutes: int) -> str:
    """A zone offset as people write it: `UTC+7`, `UTC+5:30`, `UTC`."""
    if offset_minutes == 0:
        return "UTC"
    hours, minutes = divmod(abs(offset_minutes), 60)
    sign = "+" if offset_minutes > 0 else _MINUS
    return f"UTC{sign}{hours}" + (f":{minutes:02d}" if minutes else "")


def moment(language: str, value: datetime, offset_minutes: int, *, with_zone: bool = False) -> str:
    """An aware instant as the local day and time: `20 November 2026, 09:40`, and ` UTC+7` when asked.

    Name the zone once on a page, not on every line.
    """
    local = value.astimezone(timezone(timedelta(minutes=offset_minutes)))
    text = f"{day(language, local.date())}{comma(language)}{clock(value, offset_minutes)}"
    return text + NO_BREAK + zone(offset_minutes) if with_zone else text


# --- which language -----------------------------------------------------------------------------------------


# blanks are taken whole (`*+`): whoever sends thousands of them must not have every way of sharing them out tried
_WISH: Final = re.compile(r"\s*+([A-Za-z]{1,8})(?:-[A-Za-z0-9-]*+)?\s*+(?:;\s*+q=([01](?:\.\d{0,3})?))?\s*+")


def language_of_tag(tag: str | None, among: Collection[str] = LANGUAGES) -> str:
    """The language that a tag names, in any letters and whatever its region: `LO`, `zh-TW`. Empty where it is none."""
    language = (tag or "").partition("-")[0].lower()
    return language if language in among else ""


def pick_language(
    accept_language_header: str | None,
    explicit: str | None = None,
    default: str = "en",
    among: Collection[str] = LANGUAGES,
) -> str:
    """The language to answer in: the reader's explicit choice, else the best of `Accept-Language`, else `default`.

    Written out because Werkzeug's `best_match` answers English to `lo-LA,en;q=0.5`: a regional tag counts for
    its language here (`zh-Hans-CN` is `zh`).
    """
    if chosen := language_of_tag(explicit, among):
        return chosen
    wishes: list[tuple[float, int, str]] = []
    for place, part in enumerate((accept_language_header or "").split(",")[:20]):
        match = _WISH.fullmatch(part)
        if match and match[1].lower() in among:
            weight = float(match[2] or 1)
            if weight > 0:
                wishes.append((-weight, place, match[1].lower()))
    return min(wishes)[2] if wishes else default
