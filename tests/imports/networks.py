"""Small networks for tests, each in the format of somebody else: growers, mills and a baker, and where it all went."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

Edges = Sequence[tuple[object, object]]


def foodchainlab(deliveries: Mapping[str, Mapping[str, object]], relations: Edges, **more: Any) -> bytes:
    """A FoodChain-Lab file: each delivery by its id, from and to stations that are listed when first named."""
    stations = dict.fromkeys(end for row in deliveries.values() for end in (row.get("from", "A"), row.get("to", "B")))
    tables = {
        "stations": [{"ID": key, "Name": f"Firm {key}", "Country": "DE"} for key in stations],
        "deliveries": [{"ID": key, "from": "A", "to": "B", **row} for key, row in deliveries.items()],
        "deliveryRelations": [{"from": parent, "to": child} for parent, child in relations],
    }
    tables |= more
    data = {
        name: {
            "columnProperties": [{"id": key, "type": "string"} for key in (rows[0] if rows else ())],
            "data": [[{"id": key, "value": value} for key, value in row.items()] for row in rows],
        }
        for name, rows in tables.items()
    }
    return json.dumps({"version": "1.0.0", "data": {"version": "1.0.0", **data}}).encode()


_ROWS = {
    "D1": ("grower", "mill", "Wheat", "300 kg", "2020-06-01"),
    "D2": ("other grower", "mill", "Wheat", "100 kg", "02.06.2020"),
    "D3": ("mill", "baker", "Flour", "20 kg", "05.06.2020"),
    "D4": ("hens", "baker", "Eggs", "200 Pieces", None),
    "D5": ("baker", "guest", "Cake", "1 Piece", "2020-06-08"),
    "D6": ("baker", "shop", "Cake", "30 kg", "2020-06-09"),
    "D7": ("hens", "shop", "Eggs", "2 g", "2020-06-03"),
}
BAKERY = foodchainlab(
    {
        key: dict(zip(("from", "to", "Name", "Amount", "Date Delivery Arrival"), row, strict=True))
        for key, row in _ROWS.items()
    },
    [("D1", "D3"), ("D2", "D3"), ("D3", "D5"), ("D4", "D5"), ("D3", "D6"), ("D4", "D6"), ("D3", "D6")],
)

LOT = "urn:epc:class:lgtin:4012345."
AT = "2024-03-{day:02d}T10:00:00.000+07:00"
_CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"


def quantity(lot: str, kilograms: float | None = None) -> dict[str, object]:
    """What an event says of one lot, in kilograms or not in mass."""
    known = {} if kilograms is None else {"quantity": kilograms, "uom": "KGM"}
    return {"epcClass": lot if ":" in lot else LOT + lot, **known}


def happening(kind: str, day: int, **more: object) -> dict[str, Any]:
    """One EPCIS event of March 2024 at the mill."""
    return {
        "type": f"{kind}Event",
        "eventID": f"urn:uuid:00000000-0000-4000-8000-{day:012d}",
        "eventTime": AT.format(day=day),
        "eventTimeZoneOffset": "+07:00",
        "bizLocation": {"id": "urn:epc:id:sgln:4012345.00001.0"},
        **more,
    }


def epcis(*events: Mapping[str, object], **more: object) -> bytes:
    """An EPCIS document of these events."""
    head = {"@context": [_CONTEXT], "type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": AT.format(day=30)}
    return json.dumps({**head, "epcisBody": {"eventList": list(events)}, **more}).encode()


PALLET = "urn:epc:id:sscc:4012345.1234567890"
HARVEST = happening("Object", 1, action="ADD", bizStep="commissioning", quantityList=[quantity("011111.CHERRY", 500)])
MILLED = happening(
    "Transformation", 3,
    inputQuantityList=[quantity("011111.CHERRY", 400)],
    outputQuantityList=[quantity("022222.GREEN", 80.5), quantity("033333.HUSK", 60)],
)  # fmt: skip
WRONG = happening("Transformation", 4, inputQuantityList=[quantity("022222.GREEN", 80)],
                  outputQuantityList=[quantity("044444.DUST", 1)])  # fmt: skip
MILL = epcis(
    happening("Object", 6, action="OBSERVE", bizStep="shipping", epcList=[PALLET]),  # not in the order of time
    HARVEST,
    MILLED,
    MILLED,  # the same event again
    WRONG,
    {**WRONG, "errorDeclaration": {"declarationTime": AT.format(day=5), "reason": "did_not_occur"}},
    happening("Aggregation", 5, action="ADD", parentID=PALLET, childQuantityList=[quantity("022222.GREEN", 80)]),
    happening("Aggregation", 7, action="DELETE", parentID=PALLET),
    happening("Transformation", 8, transformationID="urn:epc:id:gdti:4012345.55555.1",
              inputQuantityList=[quantity("022222.GREEN", 50), quantity("055555.OTHER", 10)]),
    happening("Transformation", 9, transformationID="urn:epc:id:gdti:4012345.55555.1",
              outputQuantityList=[quantity("066666.ROASTED", 48)]),
    happening("Aggregation", 10, action="ADD", parentID=PALLET, childQuantityList=[quantity("066666.ROASTED", 48)]),
    happening("Transformation", 11, inputQuantityList=[quantity("urn:epc:idpat:sgtin:4012345.077777.*", 3)],
              outputEPCList=["urn:epc:id:sgtin:4012345.088888.1"]),
    happening("Transaction", 12, action="OBSERVE", epcList=[PALLET],
              bizTransactionList=[{"bizTransaction": "urn:epc:id:gdti:4012345.55555.2"}]),
)  # fmt: skip

MOVEMENTS = """From,To,Item,Date,Quantity,Unit,Lot
farm A,mill,coffee,2024-01-01,10,kg,A1
farm B,mill,coffee,2024-01-02,20,kg,B1
mill,port,coffee,2024-01-02,15,kg,
farm C,mill,coffee,2024-01-03,7,kg,C1
mill,port,coffee,2024-01-04,30,kg,
farm A,mill,tea,2024-01-01,5,kg,T1
"""
