"""Broken and hostile networks: each is refused with a sentence, or read into something that can be weighed."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import date
from itertools import pairwise

import pytest

from tests.imports.networks import BAKERY, MILL, MOVEMENTS, PALLET, epcis, foodchainlab, happening
from traceability.domain.lineage import LineageLoop
from traceability.errors import Refusal
from traceability.imports.epcis import read_epcis
from traceability.imports.foodchainlab import read_foodchainlab
from traceability.imports.movements import Method, read_movements
from traceability.imports.network import MAX_LINKS, Good, Input, Network, Step, checked
from traceability.imports.network_files import read_network
from traceability.imports.network_masses import weighed
from traceability.imports.refusals import (
    ColumnsMissing,
    FileTooLarge,
    HeaderNotFound,
    JsonTooDeep,
    NetworkEmpty,
    NetworkIncomplete,
    NetworkSaysTwice,
    NetworkTooLarge,
    NetworkUnreadable,
    NotANetwork,
    NotJson,
    NumberNotFinite,
    TooManyInputs,
)

READERS: tuple[Callable[[bytes], Network], ...] = (read_foodchainlab, read_epcis, read_movements, read_network)
TODAY = date(2026, 1, 1)

DEEP = b'{"data": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
CHAIN: dict[str, dict[str, object]] = {"D1": {}, "D2": {}, "D3": {}}
A_TABLE = {"data": [[{"id": "ID", "value": "A"}]]}

REFUSED: dict[str, tuple[type[Refusal], Callable[[], bytes]]] = {
    "deep nesting": (JsonTooDeep, lambda: DEEP),
    "a number that is none": (NumberNotFinite, lambda: BAKERY.replace(b'"300 kg"', b"NaN")),
    "an endless number": (NumberNotFinite, lambda: MILL.replace(b"80.5", b"1e999")),
    "a number of a million digits": (NumberNotFinite, lambda: MILL.replace(b"80.5", b"0." + b"1" * 1_000_000)),
    "half a file": (NotJson, lambda: BAKERY[:-40]),
    "a million relations": (
        FileTooLarge, lambda: foodchainlab(CHAIN, [("D1", "D2")]).replace(
            b'[{"id": "from", "value": "D1"}, {"id": "to", "value": "D2"}]',
            b",".join([b'[{"id":"from","value":"D1"},{"id":"to","value":"D2"}]'] * 1_000_000))),
    "a transformation of thousands into thousands": (
        NetworkTooLarge, lambda: epcis(happening(
            "Transformation", 1, inputEPCList=[f"urn:a:{n}" for n in range(600)],
            outputEPCList=[f"urn:b:{n}" for n in range(600)]))),
    "a lot of too many inputs": (
        TooManyInputs, lambda: epcis(happening(
            "Transformation", 1, inputEPCList=[f"urn:a:{n}" for n in range(10_001)], outputEPCList=["urn:b:1"]))),
    "a ring": (LineageLoop, lambda: foodchainlab(CHAIN, [("D1", "D2"), ("D2", "D3"), ("D3", "D2")])),
    "a delivery made of itself": (LineageLoop, lambda: foodchainlab(CHAIN, [("D1", "D1")])),
    "a pallet inside itself": (
        LineageLoop, lambda: epcis(happening("Aggregation", 1, action="ADD", parentID=PALLET, childEPCs=[PALLET]))),
    "a movement to itself": (LineageLoop, lambda: b"From,To,Item,Date,Quantity\nA,A,x,2024-01-01,5\n"),
    "a relation to nothing": (NetworkIncomplete, lambda: foodchainlab(CHAIN, [("D1", "D9")])),
    "a delivery from nowhere": (
        NetworkIncomplete, lambda: foodchainlab({"D1": {"from": "A", "to": "B"}}, [], stations=[{"ID": "A"}])),
    "two deliveries of one id": (
        NetworkSaysTwice, lambda: foodchainlab(CHAIN, []).replace(b'"value": "D2"', b'"value": "D1"')),
    "a station that stands twice": (
        NetworkSaysTwice, lambda: foodchainlab({"D1": {"to": "A"}}, [], stations=[{"ID": "A"}, {"ID": "A"}])),
    "no relations at all": (NetworkIncomplete, lambda: json.dumps({"data": {"stations": A_TABLE}}).encode()),
    "a row that is no row": (NetworkUnreadable, lambda: BAKERY.replace(b'[[{"id": "ID"', b'[7, [{"id": "ID"')),
    "a cell without a name": (NetworkUnreadable, lambda: BAKERY.replace(b'"id": "Amount"', b'"ID": "Amount"')),
    "a value that is a list": (NetworkUnreadable, lambda: BAKERY.replace(b'"300 kg"', b"[300]")),
    "a delivery without an id": (NetworkUnreadable, lambda: BAKERY.replace(b'"value": "D1"', b'"value": null')),
    "an empty network": (NetworkEmpty, lambda: foodchainlab({}, [])),
    "events that are no list": (NetworkIncomplete, lambda: b'{"epcisBody": {"eventList": 5}}'),
    "an event that is no event": (NetworkUnreadable, lambda: b'{"epcisBody": {"eventList": [5]}}'),
    "an event without a time": (NetworkUnreadable, lambda: MILL.replace(b"2024-03-03T10", b"some day")),
    "an event of the year nine thousand": (NetworkUnreadable, lambda: MILL.replace(b"2024-03-03T", b"9999-12-31T")),
    "goods that are a number": (
        NetworkUnreadable, lambda: epcis(happening("Object", 1, action="ADD", epcList=[5]))),
    "goods that are no list": (
        NetworkUnreadable, lambda: epcis(happening("Object", 1, action="ADD", epcList="urn:a:1"))),
    "a quantity that is text": (
        NetworkUnreadable, lambda: epcis(happening("Object", 1, action="ADD", quantityList=[
            {"epcClass": "urn:a:1", "quantity": "5", "uom": "KGM"}]))),
    "an id of a thousand signs": (
        NetworkUnreadable, lambda: epcis(happening("Object", 1, action="ADD", epcList=["urn:" + "a" * 1_000]))),
    "a place that is text": (
        NetworkUnreadable, lambda: epcis(happening("Object", 1, action="ADD", epcList=["urn:a:1"], bizLocation="x"))),
    "no events at all": (NetworkEmpty, lambda: epcis()),
    "something else in JSON": (NotANetwork, lambda: b'{"type": "FeatureCollection", "features": []}'),
    "a list": (NotANetwork, lambda: b"[]"),
    "some other table": (NotANetwork, lambda: b"Name,Village\nAmina,Lak 35\n"),
    "a table without quantities": (ColumnsMissing, lambda: b"From,To,Item,Date\nA,B,x,2024-01-01\n"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_a_broken_or_hostile_file_is_refused_with_a_sentence(case: str) -> None:
    refusal, content = REFUSED[case]
    with pytest.raises(refusal) as caught:
        read_network(content())
    assert type(caught.value) is refusal
    assert str(caught.value).endswith(".")


def test_a_loop_is_named_lot_by_lot_and_what_only_hangs_on_it_is_not() -> None:
    rows: dict[str, dict[str, object]] = {f"D{number}": {} for number in range(1, 6)}
    ring = [("D1", "D2"), ("D2", "D3"), ("D3", "D4"), ("D4", "D2"), ("D4", "D5")]
    with pytest.raises(LineageLoop) as caught:
        read_foodchainlab(foodchainlab(rows, ring))
    named = str(caught.value).split("lot ")[1].split(" part")[0].split(", ")
    assert sorted(named) == ["D2", "D3", "D4"]


def test_a_chain_of_twenty_thousand_is_no_loop_and_a_longer_one_than_any_stack_is_followed() -> None:
    keys = [f"D{number}" for number in range(20_000)]
    steps = tuple(Step((made,), (Input(of),)) for of, made in pairwise(keys))
    goods = tuple(Good(key, key, "", "", None, None) for key in keys)
    assert len(weighed(checked(Network("test", (), goods, steps)), TODAY)) == 20_000
    with pytest.raises(LineageLoop):
        checked(Network("test", (), goods, (*steps, Step((keys[0],), (Input(keys[-1]),)))))


def test_pools_that_would_make_too_many_links_are_refused_while_they_are_drawn() -> None:
    rows = [f"A{number},mill,x,2024-01-01,{number + 1} kg" for number in range(1_000)]
    rows += [f"mill,B,x,2024-01-02,{1 + number % 3} kg" for number in range(300)]
    with pytest.raises(NetworkTooLarge) as caught:
        read_movements("\n".join(["From,To,Item,Date,Quantity", *rows]).encode(), method=Method.PRO_RATA)
    assert caught.value.sentence.values["limit"] == MAX_LINKS


def test_a_header_that_is_none_is_told_so_when_the_format_was_named() -> None:
    with pytest.raises(HeaderNotFound):
        read_network(b"Name,Village\nAmina,Lak 35\n", format="movements")


def outcome(reader: Callable[[bytes], Network], content: bytes) -> str:
    """What became of a file: anything but a network or a refusal fails the test by itself."""
    try:
        return f"{len(weighed(reader(content), TODAY))} lots"
    except Refusal as refusal:
        return str(refusal.sentence)


@pytest.mark.parametrize("original", [BAKERY, MILL, MOVEMENTS.encode()], ids=["foodchainlab", "epcis", "movements"])
def test_a_damaged_file_ends_in_a_network_that_can_be_weighed_or_in_a_refusal(original: bytes) -> None:
    chance = random.Random(2026)
    odd = [b"null", b"-1", b"1e400", b"[]", b"{}", b'""', b"true", b"\\ud800", b"9" * 30, b"\xff", b"\0", b"D1"]
    for _ in range(400):
        file = bytearray(original)
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(len(file))
            end = min(len(file), at + chance.randint(1, 30))
            file[at:end] = chance.choice([b"", bytes(file[at:end]) * 2, chance.choice(odd)])
        for reader in READERS:
            assert outcome(reader, bytes(file))
