"""What nginx looks up: where a Digital Link leads, and codes as people type them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from traceability.queries.published import Located, Numbers, Published

_PLAIN: Final = re.compile(r"[A-Z0-9_-][A-Z0-9._-]*")  # that can be the name of a folder everywhere


def told_apart(batches: Sequence[Published]) -> tuple[list[Published], list[Numbers]]:
    """The batches with the numbers that are theirs alone, and the numbers that several say."""
    said = Counter(numbers for batch in batches for numbers in batch.links)
    own = [replace(batch, links=tuple(each for each in batch.links if said[each] == 1)) for batch in batches]
    return own, sorted(numbers for numbers, times in said.items() if times > 1)


def folder_of(numbers: Numbers) -> str:
    """Where the file of a Digital Link stands; nothing for a lot number that is no name of a folder."""
    gtin, lot = numbers
    return f"01/{gtin}/10/{lot}" if _PLAIN.fullmatch(lot) else ""


def link_map(batches: Iterable[Published], shared: Iterable[Numbers], places: Iterable[Located]) -> bytes:
    """Where a Digital Link leads; to the list of the article where several batches say the same."""
    leads = {f"/01/{gtin}/10/{lot}": f"/b/{batch.code}" for batch in batches for gtin, lot in batch.links}
    leads |= {f"/01/{gtin}/10/{lot}": f"/gtin/{gtin}" for gtin, lot in shared}
    leads |= {f"/00/{one.sscc}": f"/pallet/{one.code}" for batch in batches for one in batch.pallets if one.sscc}
    leads |= {link: place.address for place in places for link in place.links}
    return "".join(f"{_quoted(link)} {target};\n" for link, target in sorted(leads.items())).encode()


def code_map(batches: Iterable[Published]) -> bytes:
    """Codes as people type them; nginx matches them in small letters too."""
    codes = sorted(batch.code for batch in batches)
    return "".join(
        f"{code[:4]}{between}{code[4:]} {code};\n" for code in codes for between in ("", "-", "+", "%20")
    ).encode()


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
