"""A cooperative with goods in hand: Amina's cherries, weighed in by Bakari, told through the operations."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Flask

from traceability.domain.facts import (
    Output,
    Pack,
    Process,
    RegisterFacility,
    RegisterFarmer,
    RegisterOrganisation,
    RegisterParty,
    RegisterPlot,
    Release,
    Seal,
    Take,
    WeighIn,
    Where,
)
from traceability.domain.roles import Actor
from traceability.models.database import Database
from traceability.operations import collection, packing, processing, registry

PAKSONG = Where(country="LA", province="Champasak", district="Paksong")
_ids = itertools.count(1)


def said(**more: Any) -> dict[str, Any]:
    """What every fact says: its own client id, and that it happens now."""
    return {"client_id": f"told-{next(_ids):06d}", "occurred_at": datetime.now(UTC), **more}


@dataclass(frozen=True)
class Stocked:
    """A cooperative's place, farmer, plot and buyer by code, and verbs that make more."""

    database: Database
    actor: Actor
    place: str
    farmer: str
    plot: str
    buyer: str

    def do(self, operation: Any, fact: Any) -> Any:
        """One operation in one transaction, by the command line's actor."""
        return self.database.write(lambda session: operation(session, self.actor, fact))

    def delivery(self, grams: int = 500_000, **more: Any) -> str:
        """Amina delivers cherries in one bag; the code of the delivery."""
        fact = WeighIn(
            **said(confirmed=True, **more),
            facility=self.place,
            farmer=self.farmer,
            plot=self.plot,
            commodity="arabica_coffee",
            form="fresh_cherry",
            bags_g=(grams,),
            tare_g=0,
        )
        return str(self.do(collection.record_weigh_in, fact)["lot"])

    def green(self, grams: int = 80_000) -> str:
        """Green coffee from a delivery of about six times as much; its code."""
        fact = Process(
            **said(),
            facility=self.place,
            inputs=(Take(lot=self.delivery(grams * 6)),),
            outputs=(Output(form="green", mass_g=grams),),
        )
        return str(self.do(processing.process, fact)["lot"])

    def packed(self, bags: int = 2) -> str:
        """Bags of 60 kg of green coffee, packed and not sealed; the code of the lot."""
        grams = bags * 60_000
        fact = Pack(
            **said(),
            facility=self.place,
            inputs=(Take(lot=self.green(grams)),),
            form="green",
            unit="bag",
            count=bags,
            mass_g=grams,
        )
        return str(self.do(packing.pack, fact)["lot"])

    def sealed(self, bags: int = 2) -> str:
        """A batch for Japan that nobody released yet; its public code."""
        return str(self.do(packing.seal, Seal(**said(), lot=self.packed(bags), destination="JP"))["batch"])

    def released(self, bags: int = 2) -> str:
        """A batch whose page is open; its public code."""
        return str(self.do(packing.release, Release(**said(), batch=self.sealed(bags)))["batch"])


def stocked(app: Flask, actor: Actor) -> Stocked:
    """Register a place, Amina with her plot, and Chiara who imports."""
    database: Database = app.extensions["database"]

    def register(operation: Any, fact: Any) -> str:
        done = database.write(lambda session: operation(session, actor, fact))
        return str(next(iter(done.answer.values())))

    place = register(
        registry.register_facility,
        RegisterFacility(**said(), name="Paksong mill", kind="wet_mill", prefix="PM", where=PAKSONG),
    )
    farmer = register(registry.register_farmer, RegisterFarmer(**said(), name="Amina", where=PAKSONG))
    plot = register(
        registry.register_plot,
        RegisterPlot(
            **said(), farmer=farmer, name="Upper field", commodity="arabica_coffee", where=PAKSONG, area_m2=12_000
        ),
    )
    buyer = register(
        registry.register_party, RegisterParty(**said(), name="Chiara Imports", kind="buyer", where=Where(country="IT"))
    )
    return Stocked(database, actor, place, farmer, plot, buyer)


def neighbour(app: Flask) -> Actor:
    """Another organisation: a mill that buys, or the outsider Dao's, who must be refused everywhere."""
    fact = RegisterOrganisation(**said(), name="Mill of Dao", kind="mill", prefix="MD", where=PAKSONG)
    actor: Actor = app.extensions["database"].write(lambda session: registry.register_organisation(session, fact))
    return actor
