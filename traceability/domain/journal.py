"""The journal: canonical bytes, digests, and the chain that links each event to the one before it.

Bytes are JSON in the manner of RFC 8785: keys sorted, no spaces, UTF-8, integers and text only. With no floats and
ASCII keys that is what any JCS writer gives. A digest is the plain SHA-256 of the bytes, and the bytes name the
digest before them, so `sha256sum` checks a link and a transparency log can be built over the digests later.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

FIRST = "0" * 64  # the digest before the first event of a journal


_written: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


def canonical(body: Mapping[str, Any]) -> bytes:
    """The canonical bytes of a JSON object of text, integers, booleans, null, lists and objects.

    Raises TypeError for a float: a mass, an area or a time that became one is a programming error.
    """
    _refuse_floats(body)
    return _written(body).encode("utf-8")


def digest(data: bytes) -> str:
    """SHA-256 as 64 hex characters."""
    return hashlib.sha256(data).hexdigest()


def commitment(salt: bytes, value: str) -> str:
    """A salted digest of personal text: stands in the journal, says nothing, and dies with its salt (D17)."""
    return hashlib.sha256(salt + value.encode("utf-8")).hexdigest()


_NEVER_A_FLOAT: Final = frozenset({str, int, bool, type(None)})  # and nearly everything there is


def _refuse_floats(value: Any) -> None:
    inside: Iterable[Any] = ()
    if isinstance(value, (list, tuple)):
        inside = value
    elif isinstance(value, (dict, Mapping)):
        if not "".join(value).isascii():  # joining refuses a key that is no text
            raise TypeError("journal keys are ASCII text")
        inside = value.values()
    elif isinstance(value, float):
        raise TypeError("a float must never enter the journal")
    for inner in inside:
        if type(inner) not in _NEVER_A_FLOAT:
            _refuse_floats(inner)
