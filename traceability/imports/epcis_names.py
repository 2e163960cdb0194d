"""Ids of EPCIS as people read them: short numbers of lots, and the names that the master data of a document gives."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from traceability.domain.text import nfc
from traceability.imports.countries import country_code
from traceability.imports.network import short_number

_LONGEST: Final = 300
_CLASS_ONLY: Final = re.compile(r"urn:epc:(?:idpat|pat):.*\*|https?://[^?#]*/01/[0-9]{8,14}/?", re.DOTALL)
_LOT_OF: Final = re.compile(r"(urn:[^/]*):lot:class:(.+)\.[^.]*", re.DOTALL)
_LGTIN: Final = re.compile(r"urn:epc:class:lgtin:([0-9]+\.[0-9]+)\..*|urn:epc:id:sgtin:([0-9]+\.[0-9]+)\..*", re.DOTALL)
_LINKED: Final = re.compile(r"(https?://[^?#]*/01/[0-9]{8,14})/.*", re.DOTALL)
_NAME: Final = ("descriptionshort", "name")
_COUNTRY: Final = "countrycode"


@dataclass(frozen=True)
class Names:
    """What the master data calls kinds of goods and places, by their ids."""

    of: Mapping[str, str]
    countries: Mapping[str, str]

    def place(self, key: str) -> str:
        return self.of.get(key) or short_name(key)

    def item(self, name: str) -> str:
        """The name of the kind of goods that a lot or an instance belongs to; nothing when nobody says it."""
        return self.of.get(name) or self.of.get(_kind_of(name), "")


def by_kind_only(name: str) -> bool:
    """Whether an id names all goods of a kind, not a lot or an instance of it."""
    return bool(_CLASS_ONLY.fullmatch(name))


def short_name(key: str) -> str:
    """The part of an id that tells it from its neighbours: behind the last colon, or behind the name of a server."""
    if match := re.fullmatch(r"https?://[^/]*/(.+)", key, re.DOTALL):
        return short_number(match[1])
    return short_number(key.rpartition(":")[2] or key)


def text_of(value: object) -> str:
    """An id or word of a document, clean and on one line; nothing for null. TypeError for what is no such text."""
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise TypeError
    return nfc(value)


def names_in(document: Mapping[str, Any]) -> Names:
    """The names in the header of a document. What cannot be read there is left out: it only decorates."""
    found: dict[str, str] = {}
    countries: dict[str, str] = {}
    head = document.get("epcisHeader")
    master = head.get("epcisMasterData") if isinstance(head, dict) else None
    for vocabulary in _dicts(master, "vocabularyList"):
        for element in _dicts(vocabulary, "vocabularyElementList"):
            key = element.get("id")
            for attribute in _dicts(element, "attributes"):
                which, said = attribute.get("id"), attribute.get("attribute")
                if not (isinstance(key, str) and isinstance(which, str) and isinstance(said, str)):
                    continue
                last = re.split("[#:/]", which)[-1].lower()
                if last in _NAME and said.strip():
                    found[nfc(key)] = nfc(said)[:120]
                if last == _COUNTRY:
                    countries[nfc(key)] = country_code(said)
    return Names(found, countries)


def _dicts(value: object, name: str) -> list[dict[str, Any]]:
    items = value.get(name) if isinstance(value, dict) else None
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _kind_of(name: str) -> str:
    if match := _LOT_OF.fullmatch(name):
        return f"{match[1]}:class:{match[2]}"
    if match := _LGTIN.fullmatch(name):
        return f"urn:epc:idpat:sgtin:{match[1] or match[2]}.*"
    if match := _LINKED.fullmatch(name):
        return match[1]
    return ""
