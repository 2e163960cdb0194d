"""The file that a phone exports when it cannot send its outbox itself: which phone, and every entry as it was kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from traceability.errors import Invalid
from traceability.imports.bounded import MEGABYTE, Source, read_bytes
from traceability.imports.strict_json import read_json

MOST_ENTRIES: Final = 2000
MAX_BYTES: Final = 3 * MEGABYTE
ABOUT: Final = ("kind", "state", "problem", "removed", "who")  # beside what is sent
NUMBERS: Final = ("receipt_number", "number", "note_code")  # that a phone gives by itself
TAKEN_BACK: Final = "removed"
_CODE: Final = re.compile(r"[0-9A-Za-z]{8}")


class NotARescueFile(Invalid):
    """This is not a file that a phone exported. On the phone, open the outbox and press Export unsent."""


class TooManyEntries(Invalid):
    """This file has more than {limit} entries. Ask the person who runs this system."""


@dataclass(frozen=True)
class Kept:
    """One entry: what kind of thing it is, who it is about, and what the phone would have sent."""

    kind: str
    who: str
    body: Mapping[str, Any] = field(hash=False)

    @property
    def client_id(self) -> str:
        return str(self.body.get("client_id", ""))

    @property
    def number(self) -> str:
        """What the phone numbered it; empty where the server does."""
        return next((str(self.body[name]) for name in NUMBERS if name in self.body), "")


@dataclass(frozen=True)
class Rescued:
    """The file of one phone. `taken_back` counts what its clerk withdrew before it was sent."""

    device: str
    entries: tuple[Kept, ...]
    taken_back: int


def read_rescue(source: Source) -> Rescued:
    """Raises NotARescueFile, TooManyEntries, and what every file may be refused for."""
    said = read_json(read_bytes(source, MAX_BYTES))
    entries = said.get("entries") if isinstance(said, dict) else None
    if not isinstance(said, dict) or not isinstance(entries, list) or not _CODE.fullmatch(_text(said.get("device"))):
        raise NotARescueFile()
    if len(entries) > MOST_ENTRIES:
        raise TooManyEntries(limit=MOST_ENTRIES)
    if not all(isinstance(entry, dict) for entry in entries):
        raise NotARescueFile()
    kept = [entry for entry in entries if entry.get("state") != TAKEN_BACK]
    return Rescued(_text(said.get("device")), tuple(map(_kept, kept)), len(entries) - len(kept))


def _kept(entry: Mapping[str, Any]) -> Kept:
    body = {name: value for name, value in entry.items() if name not in ABOUT}
    return Kept(_text(entry.get("kind")) or "weigh_in", _text(entry.get("who"))[:200], body)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
