"""What nginx looks up: the folder of each label, the batch on each pallet, and codes as people type them.

The folder of a label stands below the page that it leads to, and holds what only this label is answered with:
`b/CODE/01/GTIN/10/4C4F54` for the lot LOT of a batch, whose signs no name of a folder could hold.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Final
from urllib.parse import quote

from traceability.domain.identifiers import CODE_LENGTH
from traceability.queries.published import Located, Numbers, Published

_LOOK_ALIKES: Final[Mapping[str, str]] = {"0": "0O", "1": "1IL"}  # as `identifiers.read_code` forgives them
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


def address_of(numbers: Numbers) -> str:
    """The Digital Link of a lot on this site."""
    gtin, lot = numbers
    return f"/01/{gtin}/10/{quote(lot, safe='')}"


def place_of(numbers: Numbers, address: str) -> str:
    """The folder of a lot below the page that it leads to."""
    gtin, lot = numbers
    return f"{address}/01/{gtin}/10/{_signs(lot)}"


def place_of_shared(numbers: Numbers) -> str:
    """The folder of a lot that several batches say."""
    gtin, lot = numbers
    return f"/gtin/{gtin}/10/{_signs(lot)}"


def link_map(batches: Iterable[Published], shared: Iterable[Numbers], places: Iterable[Located]) -> bytes:
    """The folder of each label, by its signs as they are and as an address codes them; nginx looks for both."""
    lots = {numbers: place_of(numbers, f"/b/{batch.code}") for batch in batches for numbers in batch.links}
    lots |= {numbers: place_of_shared(numbers) for numbers in shared}
    leads = {f"/01/{gtin}/10/{lot}": place for (gtin, lot), place in lots.items()}
    leads |= {address_of(numbers): place for numbers, place in lots.items()}
    pallets = [one for batch in batches for one in batch.pallets if one.sscc]
    leads |= {f"/00/{one.sscc}": f"/pallet/{one.code}/00/{one.sscc}" for one in pallets}
    leads |= {link: f"{place.address}{link}" for place in places for link in place.links}
    return _lines(leads)


def pallet_map(batches: Iterable[Published]) -> bytes:
    """The batch that stands on each pallet."""
    return _lines({f"/pallet/{one.code}": f"/b/{batch.code}" for batch in batches for one in batch.pallets})


def code_map(batches: Sequence[Published], places: Iterable[Located]) -> bytes:
    """Codes as people type them, O for 0 and small letters too: of a batch its code, of a pallet or a place its
    address. It is twice as long as without the look-alikes, which few codes have.
    """
    meant = {batch.code: batch.code for batch in batches}
    addresses = [f"/pallet/{one.code}" for batch in batches for one in batch.pallets]
    addresses += [place.address for place in places]
    meant |= {address[1:].replace("/", ""): address for address in addresses}
    return _lines(
        {
            f"{typed[:-4]}{between}{typed[-4:]}": code
            for named, code in meant.items()
            for typed in _typed(named)
            for between in ("", "-", "+", " ", "%20")
        }
    )


def _typed(named: str) -> Iterator[str]:
    """A code, and before it what it names, with every sign that may be read for another."""
    what, code = named[:-CODE_LENGTH], named[-CODE_LENGTH:]
    for signs in product(*(_LOOK_ALIKES.get(sign, sign) for sign in code)):
        yield what + "".join(signs)


def _signs(text: str) -> str:
    return text.encode().hex().upper()


def _lines(leads: Mapping[str, str]) -> bytes:
    return "".join(f"{_quoted(asked)} {target};\n" for asked, target in sorted(leads.items())).encode()


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
