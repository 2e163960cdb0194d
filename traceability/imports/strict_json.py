"""JSON without its traps: no NaN, no number past what a float or 64 bits hold, no lone surrogate, 32 levels at most."""

from __future__ import annotations

import json
import math
import re
from decimal import Decimal
from typing import Final

from traceability.imports.bounded import Source, read_bytes
from traceability.imports.delimited import decoded_strictly
from traceability.imports.refusals import JsonTooDeep, NotJson, NotText, NumberNotFinite

MAX_DEPTH: Final = 32
_LONGEST_INTEGER: Final = 19
_LONGEST_DECIMAL: Final = 60
# The closing quote is optional, so that a text without an end is walked once and not from every quote in it.
_STRINGS: Final = re.compile(r'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
_NO_BRACKET: Final = re.compile(r"[^\[\]{}]+")
_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")
_SHOWN: Final = 30


def read_json(source: Source, *, exact: bool = False) -> object:
    """The value in a JSON file (UTF-8, or UTF-16 with its mark). Refuses what Python's own reader lets through.

    `exact` gives numbers with a point as they are written (Decimal), for masses, which no float may touch.
    """
    return parsed(decoded_strictly(read_bytes(source)), exact=exact)


def parsed(text: str, *, exact: bool = False) -> object:
    """The value in a JSON text, under the same rules."""
    _check_depth(text)
    try:
        number = _exact if exact else _float
        value: object = json.loads(text, parse_constant=_refused, parse_float=number, parse_int=_integer)
        if _SURROGATE.search(text):
            json.dumps(value, ensure_ascii=False, default=str).encode("utf-8")
    except UnicodeEncodeError as problem:
        raise NotText() from problem
    except json.JSONDecodeError as problem:
        raise NotJson(position=problem.pos) from problem
    except (ValueError, RecursionError) as problem:
        raise NotJson(position=0) from problem
    return value


def _check_depth(text: str) -> None:
    """Refuse deep nesting before parsing: innermost pairs of brackets are taken away once per level allowed."""
    brackets = _NO_BRACKET.sub("", _STRINGS.sub("", text))
    for _ in range(MAX_DEPTH):
        if not brackets:
            return
        brackets = brackets.replace("[]", "").replace("{}", "")
    if len(brackets) > MAX_DEPTH:
        raise JsonTooDeep(limit=MAX_DEPTH)


def _refused(constant: str) -> object:
    raise NumberNotFinite(number=constant)


def _float(written: str) -> float:
    value = float(written)
    if not math.isfinite(value):
        raise NumberNotFinite(number=written[:_SHOWN])
    return value


def _exact(written: str) -> Decimal:
    """The number as written; one too small for a float is nothing, so that no exponent makes it a million digits."""
    if len(written) > _LONGEST_DECIMAL:
        raise NumberNotFinite(number=written[:_SHOWN])
    return Decimal(written) if _float(written) else Decimal(0)


def _integer(written: str) -> int:
    if len(written.lstrip("-")) > _LONGEST_INTEGER:
        raise NumberNotFinite(number=written[:_SHOWN])
    return int(written)
