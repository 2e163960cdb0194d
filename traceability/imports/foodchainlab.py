"""FoodChain-Lab JSON (German Federal Institute for Risk Assessment): each delivery is a lot, relations link them.

Its three tables hold rows of `{id, value}` cells. Settings of the picture and results of its own tracing are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, Final

from traceability.domain.lineage import LineageLoop
from traceability.domain.text import ascii_forms, nfc
from traceability.errors import Sentence
from traceability.imports.bounded import Source
from traceability.imports.countries import country_code
from traceability.imports.measures import grams_in
from traceability.imports.network import (
    MAX_LINKS,
    MAX_LOTS,
    Good,
    Input,
    Network,
    Place,
    Step,
    check_extent,
    checked,
    short_number,
    whole_grams,
)
from traceability.imports.refusals import NetworkIncomplete, NetworkSaysTwice, NetworkUnreadable, NotANetwork
from traceability.imports.seasons import read_day
from traceability.imports.strict_json import read_json
from traceability.words import N_

_AMOUNT: Final = re.compile(r"\s*([0-9]{1,15})(?:[.,]([0-9]{1,20}))?\s*([^\W\d]*)\.?\s*")
_REPEATED: Final = N_("Links that stand in the file more than once, read once: {count}.")
_APART: Final = N_("Links between deliveries that do not meet at one place, kept as they are: {count}.")

Row = Mapping[str, str]


def read_foodchainlab(source: Source) -> Network:
    """The stations, deliveries and relations of a FoodChain-Lab file. Refuses ids that name nothing, and loops."""
    return foodchainlab_network(read_json(source, exact=True))


def foodchainlab_network(document: object) -> Network:
    """The same, of a file that was parsed already."""
    tables = document.get("data") if isinstance(document, dict) else None
    if not isinstance(tables, dict):
        raise NotANetwork()
    stations = _rows(tables, "stations", MAX_LOTS)
    deliveries = _rows(tables, "deliveries", MAX_LOTS)
    relations = _rows(tables, "deliveryRelations", MAX_LINKS)
    places = {}
    for number, row in enumerate(stations, start=1):
        place = _place(row, number)
        if place.key in places:
            raise NetworkSaysTwice(name=place.key)
        places[place.key] = place
    goods: dict[str, Good] = {}
    arrives: dict[str, str] = {}
    for number, row in enumerate(deliveries, start=1):
        key = _id(row, "ID", "deliveries", number)
        if key in goods:
            raise NetworkSaysTwice(name=key)
        sender, arrives[key] = (_id(row, end, "deliveries", number) for end in ("from", "to"))
        for station in (sender, arrives[key]):
            if station not in places:
                raise NetworkIncomplete(name=station)
        goods[key] = _delivery(row, key, sender)
    links: dict[tuple[str, str], None] = {}
    apart = 0
    for number, row in enumerate(relations, start=1):
        parent, child = (_id(row, end, "deliveryRelations", number) for end in ("from", "to"))
        for key in (parent, child):
            if key not in goods:
                raise NetworkIncomplete(name=key)
        if parent == child:
            raise LineageLoop(lot=goods[child].number)
        apart += (parent, child) not in links and arrives[parent] != goods[child].place
        links[parent, child] = None
    made_of: dict[str, list[Input]] = {}
    for parent, child in links:
        made_of.setdefault(child, []).append(Input(parent))
    odd = ((_REPEATED, len(relations) - len(links)), (_APART, apart))
    return checked(
        Network(
            format="foodchainlab",
            places=tuple(places.values()),
            goods=tuple(goods.values()),
            steps=tuple(Step((child,), tuple(parents)) for child, parents in made_of.items()),
            said={"stations": len(stations), "deliveries": len(deliveries), "relations": len(relations)},
            notes=tuple(Sentence(text, {"count": count}) for text, count in odd if count),
        )
    )


def _rows(tables: Mapping[str, Any], name: str, limit: int) -> Sequence[Row]:
    table = tables.get(name)
    rows = table.get("data") if isinstance(table, dict) else None
    if not isinstance(rows, list):
        raise NetworkIncomplete(name=name)
    check_extent(0, len(rows)) if limit == MAX_LINKS else check_extent(len(rows), 0)
    return [dict(_cells(row, name, number)) for number, row in enumerate(rows, start=1)]


def _cells(row: object, table: str, number: int) -> Iterator[tuple[str, str]]:
    """The cells of a row, each value as text; what is neither text nor a number is nothing."""
    if not isinstance(row, list):
        raise NetworkUnreadable(part=table, number=number)
    for cell in row:
        name = cell.get("id") if isinstance(cell, dict) else None
        if not isinstance(name, str):
            raise NetworkUnreadable(part=table, number=number)
        value = cell.get("value")
        if isinstance(value, list | dict):
            raise NetworkUnreadable(part=table, number=number)
        yield name, nfc(str(value)) if value is not None and not isinstance(value, bool) else ""


def _id(row: Row, name: str, table: str, number: int) -> str:
    key = row.get(name, "")
    if not key or len(key) > 300:
        raise NetworkUnreadable(part=table, number=number)
    return key


def _place(row: Row, number: int) -> Place:
    key = _id(row, "ID", "stations", number)
    country = country_code(row.get("ISO", "")) or country_code(row.get("Country", ""))
    return Place(key, row.get("Name", "") or key, country)


def _delivery(row: Row, key: str, sender: str) -> Good:
    day = read_day(row.get("Date Delivery Arrival", "")).value or read_day(row.get("Date Delivery", "")).value
    return Good(key, short_number(key), sender, row.get("Name", ""), day, _mass(row))


def _mass(row: Row) -> int | None:
    """Grams of a delivery: its amount with a unit apart, or written like `20 kg`; pieces and pallets are no mass."""
    apart = row.get("_Lieferungen.Delivery_Amount", "") + " " + row.get("_Lieferungen.Delivery_Unit", "")
    for typed in (apart, row.get("Amount", "")):
        match = _AMOUNT.fullmatch(ascii_forms(typed))
        unit = grams_in(match[3]) if match else None
        if match and unit:
            decimals = match[2] or ""
            return whole_grams(Fraction(int(match[1] + decimals), 10 ** len(decimals)) * unit)
    return None
