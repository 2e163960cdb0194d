"""What was made of what in a file of somebody else, found by walking its raw JSON: none of our readers is asked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

Links = set[tuple[str, str]]  # (made, made of)


def foodchainlab_links(document: Mapping[str, Any]) -> tuple[set[str], Links]:
    """The ids of all deliveries, and the relations between them."""

    def column(row: list[dict[str, Any]], name: str) -> str:
        return str(next(cell["value"] for cell in row if cell["id"] == name))

    data = document["data"]
    lots = {column(row, "ID") for row in data["deliveries"]["data"]}
    return lots, {(column(row, "to"), column(row, "from")) for row in data["deliveryRelations"]["data"]}


def epcis_events(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The events as they stand in the file."""
    body = document["epcisBody"]
    if "queryResults" in body:
        body = body["queryResults"]["resultsBody"]
    return list(body["eventList"])


def epcis_links(document: Mapping[str, Any]) -> tuple[set[str], Links]:
    """The ids of all goods, and what was transformed or packed into what.

    A container filled again after it was emptied is `… filled 2`; a kind without a lot is another good in each event.
    """
    numbered = list(enumerate(epcis_events(document), start=1))
    void = {event["eventID"] for _, event in numbered if "errorDeclaration" in event}
    once = {event["eventID"]: (number, event) for number, event in reversed(numbered) if event["eventID"] not in void}
    goods: set[str] = set()
    links: Links = set()
    parts: dict[str, tuple[set[str], set[str]]] = {}
    fillings: dict[str, int] = {}
    closed: set[str] = set()

    def named(event: Mapping[str, Any], number: int, way: str, *fields: str) -> set[str]:
        found = set()
        for field in fields:
            for item in event.get(field, ()):
                name = item if isinstance(item, str) else item["epcClass"]
                if name.endswith(".*") or re.fullmatch(r"https://id\.gs1\.org/01/\d+", name):
                    name = f"{name} {way} event {number}"
                elif fillings.get(name, 1) > 1:
                    name = f"{name} filled {fillings[name]}"
                found.add(name)
        goods.update(found)
        return found

    for number, event in sorted(
        once.values(), key=lambda item: (datetime.fromisoformat(item[1]["eventTime"]), item[0])
    ):
        if event["type"] == "TransformationEvent":
            key = event.get("transformationID") or f"{number}"
            into, out = parts.setdefault(key, (set(), set()))
            into |= named(event, number, "into", "inputEPCList", "inputQuantityList")
            out |= named(event, number, "out of", "outputEPCList", "outputQuantityList")
        elif event["type"] == "AggregationEvent" and event["action"] == "DELETE":
            closed.add(event["parentID"])
        elif event["type"] == "AggregationEvent":
            parent = event["parentID"]
            if parent not in fillings or parent in closed:
                fillings[parent] = fillings.get(parent, 0) + 1
                closed.discard(parent)
            whole = parent if fillings[parent] == 1 else f"{parent} filled {fillings[parent]}"
            goods.add(whole)
            links |= {(whole, child) for child in named(event, number, "into", "childEPCs", "childQuantityList")}
        elif event["type"] == "ObjectEvent":
            way = "out of" if event["action"] == "ADD" else "into"
            named(event, number, way, "epcList", "quantityList")
    for into, out in parts.values():
        links |= {(made, of) for made in out for of in into}
    return goods, links


def above(links: Links, lots: Iterable[str]) -> dict[str, set[str]]:
    """For each lot everything that it was made of, found one link at a time, itself not among it."""
    parents: dict[str, set[str]] = {}
    for made, of in links:
        parents.setdefault(made, set()).add(of)
    found = {}
    for lot in lots:
        reached: set[str] = set()
        waiting = [lot]
        while waiting:
            for parent in parents.get(waiting.pop(), ()):
                if parent not in reached:
                    reached.add(parent)
                    waiting.append(parent)
        found[lot] = reached
    return found


def turned(links: Links) -> Links:
    """The same links, read the other way."""
    return {(of, made) for made, of in links}
