"""A journal of any length to measure on: deliveries, lots of ten, mills, splits and consignments, as in a harvest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from traceability.domain.facts import (
    Dispatch,
    FormLot,
    Loss,
    Output,
    Process,
    Receive,
    RegisterFacility,
    RegisterFarmer,
    RegisterOrganisation,
    RegisterPlot,
    Split,
    Take,
    WeighIn,
    Where,
)
from traceability.domain.roles import Actor
from traceability.models.database import Database
from traceability.models.migrate import migrate
from traceability.operations import collection, processing, registry, shipping
from traceability.operations.ledger import AnyFact, Done, Operation

WHERE = Where(country="LA", province="Champasak", district="Paksong", village="Ban Nong Luang")
GOODS: dict[str, Any] = {"commodity": "arabica_coffee", "form": "green", "tare_g": 200, "confirmed": True}


class Harvest:
    """A cooperative with farmers, and an exporter that it sends to, in a database of its own."""

    def __init__(self, path: Path, farmers: int = 100) -> None:
        self.database = Database(f"sqlite:///{path}")
        migrate(self.database)
        self._ids = count(1)
        self._minutes = count(1)
        self.database.write(lambda session: self._settle(session, farmers))

    def _settle(self, session: Session, farmers: int) -> None:
        def organisation(name: str, prefix: str) -> Actor:
            fact = RegisterOrganisation(**self.when(), name=name, kind="cooperative", prefix=prefix, where=WHERE)
            return registry.register_organisation(session, fact)

        def place(actor: Actor, prefix: str) -> str:
            fact = RegisterFacility(**self.when(), name=prefix, kind="dry_mill", prefix=prefix, where=WHERE)
            return str(registry.register_facility(session, actor, fact)["facility"])

        self.cooperative, self.exporter = organisation("Phou Noy", "PN"), organisation("Pakse", "PK")
        self.mill, self.warehouse = place(self.cooperative, "NL"), place(self.exporter, "PS")
        self.farmers: list[tuple[str, str]] = []
        for number in range(farmers):
            person = RegisterFarmer(**self.when(), name=f"Farmer {number}", where=WHERE)
            farmer = str(registry.register_farmer(session, self.cooperative, person)["farmer"])
            plot = RegisterPlot(
                **self.when(), farmer=farmer, name="Upper", commodity="arabica_coffee", where=WHERE, area_m2=9_000
            )
            self.farmers.append((farmer, str(registry.register_plot(session, self.cooperative, plot)["plot"])))

    def when(self) -> dict[str, Any]:
        """The next client id, three minutes after the one before."""
        at = datetime(2024, 1, 5, tzinfo=UTC) + timedelta(minutes=3 * next(self._minutes))
        return {"client_id": f"bench-{next(self._ids)}", "occurred_at": at}

    def weighing(self) -> WeighIn:
        """A delivery that nobody has brought yet."""
        values = self.when()
        number = next(self._ids)
        farmer, plot = self.farmers[number % len(self.farmers)]
        bags = (40_000 + number % 7_000, 41_000)
        return WeighIn(**values, **GOODS, facility=self.mill, farmer=farmer, plot=plot, bags_g=bags)

    def say(self, operation: Operation[AnyFact], fact: AnyFact) -> Done:
        """One fact of the cooperative in a transaction of its own."""
        return self.database.write(lambda session: operation(session, self.cooperative, fact))

    def grow(self, events: int, at_once: int = 300) -> None:
        """So many more events, or a few more than that: of sixteen, ten are deliveries."""
        for _ in range(-(-events // (16 * at_once // 10))):
            facts = [self.weighing() for _ in range(at_once)]
            self.database.write(partial(self._work, facts=facts))

    def _work(self, session: Session, facts: Sequence[WeighIn]) -> None:
        done = collection.record_weigh_ins(session, self.cooperative, facts)
        lots = [one["lot"] for one in done if isinstance(one, Done)]
        for ten in (tuple(lots[at : at + 10]) for at in range(0, len(lots), 10)):
            for _ in self._handle(session, ten):
                pass

    def _handle(self, session: Session, deliveries: tuple[str, ...]) -> Iterator[Done]:
        """Ten deliveries -> lot -> green and triage -> two parts, one of which is sent, received and split."""
        by = self.cooperative
        formed = FormLot(**self.when(), facility=self.mill, deliveries=deliveries)
        lot = collection.form_lot(session, by, formed)
        yield lot
        mass = lot["mass_g"]
        outputs = (
            Output(form="green", mass_g=mass * 8 // 10, count=10),
            Output(form="triage", mass_g=mass // 10, by_product=True),
        )
        losses = (Loss(name="moisture", mass_g=mass // 20),)
        milled = Process(
            **self.when(),
            facility=self.mill,
            inputs=(Take(lot=lot["lot"]),),
            outputs=outputs,
            losses=losses,
            reason="x",
        )
        done = processing.process(session, by, milled)
        yield done
        half = mass * 4 // 10
        parts = (Output(form="", mass_g=half, count=5), Output(form="", mass_g=outputs[0].mass_g - half, count=5))
        parted = processing.split(session, by, Split(**self.when(), facility=self.mill, lot=done["lot"], parts=parts))
        yield parted
        to = self.exporter.org_code
        sent = shipping.dispatch(session, by, Dispatch(**self.when(), lot=parted["lot"], to_organisation=to))
        yield sent
        arrived = Receive(**self.when(), transfer=sent["transfer"], weighed_g=half, facility=self.warehouse)
        received = shipping.receive(session, self.exporter, arrived)
        yield received
        piece = (Output(form="", mass_g=half // 2, count=2),)
        yield processing.split(
            session, self.exporter, Split(**self.when(), facility=self.warehouse, lot=received["lot"], parts=piece)
        )
