"""The standing cast and their small world: Amina grows, Bakari weighs, Malee manages, Chiara imports, Dao is outside.

Everything is done through the operations. Each fact happens an hour after the one before, in January 2026.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from traceability.domain import facts
from traceability.domain.facts import Fact, Output, Take, Where
from traceability.domain.roles import Actor, Role
from traceability.errors import Refusal
from traceability.models import Base, Event, Lot
from traceability.models.database import Database
from traceability.operations import collection, packing, pooling, processing, registry, shipping
from traceability.operations.ledger import Done

AnyFact = TypeVar("AnyFact", bound=Fact)
AnyRefusal = TypeVar("AnyRefusal", bound=Refusal)
Operation = Callable[[Session, Actor, Any], Done]

BOLAVEN = Where(country="LA", province="Champasak", district="Paksong", village="Ban Nong Luang")
AMINA, AMINA_PHONE = "Amina Vongsavath", "+856 20 5550 1001"
BOUNMY, BOUNMY_PHONE = "Bounmy Keosana", "+856 20 5550 1002"
SIDA, SIDA_PHONE = "Sida Phanthavong", "+856 20 5550 1003"
GEOMETRY = '{"type":"Point","coordinates":[106.2345671,15.1876543]}'
SECRETS = (AMINA, AMINA_PHONE, BOUNMY, BOUNMY_PHONE, SIDA, SIDA_PHONE, "106.2345671", "15.1876543")


class World:
    """Three organisations in one database, and short ways to say what usually happens in them."""

    def __init__(self, database: Database, known: Mapping[str, Any] | None = None) -> None:
        """Everybody is settled in the database, unless they were before: then `known` is what was known of them."""
        self.database = database
        self._told = 0
        if known is None:
            database.write(self._settle)
        else:
            vars(self).update(known)

    @property
    def known(self) -> dict[str, Any]:
        """What there is to know beside the database itself."""
        return {name: value for name, value in vars(self).items() if name != "database"}

    def _settle(self, session: Session) -> None:
        def organisation(name: str, kind: str, prefix: str, country: str) -> Actor:
            fact = self.fact(
                facts.RegisterOrganisation, name=name, kind=kind, prefix=prefix, where=Where(country=country)
            )
            return registry.register_organisation(session, fact)

        self.cooperative = organisation("Phou Noy Cooperative", "cooperative", "PN", "LA")
        self.importer = organisation("Chiara Caffè", "exporter", "CC", "IT")
        self.outside = organisation("Dao Trading", "exporter", "DT", "LA")
        self.bakari = person(self.cooperative, 101, "Bakari", Role.CLERK)
        self.malee = person(self.cooperative, 102, "Malee", Role.MANAGER)
        self.ines = person(self.cooperative, 103, "Ines", Role.INSPECTOR)
        self.chiara = person(self.importer, 201, "Chiara", Role.CLERK, Role.MANAGER, Role.EXPORTER)
        self.dao = person(self.outside, 301, "Dao", *Role)

        def register(actor: Actor, operation: Operation, answer: str, kind: type[Fact], /, **values: Any) -> str:
            return str(operation(session, actor, self.fact(kind, **{"where": BOLAVEN, **values}))[answer])

        def farmer(actor: Actor, name: str, phone: str) -> str:
            return register(
                actor, registry.register_farmer, "farmer", facts.RegisterFarmer, name=name, nickname="", phone=phone
            )

        def plot(owner: str) -> str:
            known = {"farmer": owner, "name": "Upper", "commodity": "arabica_coffee", "area_m2": 12_000}
            where = {"geometry_kind": "point", "geometry": GEOMETRY}
            return register(self.bakari, registry.register_plot, "plot", facts.RegisterPlot, **known, **where)

        def facility(actor: Actor, name: str, prefix: str) -> str:
            known = {"name": name, "kind": "dry_mill", "prefix": prefix}
            return register(actor, registry.register_facility, "facility", facts.RegisterFacility, **known)

        self.amina = farmer(self.bakari, AMINA, AMINA_PHONE)
        self.bounmy = farmer(self.bakari, BOUNMY, BOUNMY_PHONE)
        self.sida = farmer(self.bakari, SIDA, SIDA_PHONE)
        self.amina_plot, self.bounmy_plot = plot(self.amina), plot(self.bounmy)
        self.mill = facility(self.malee, "Nong Luang mill", "NL")
        self.warehouse = facility(self.chiara, "Trieste warehouse", "TS")
        self.dao_place = facility(self.dao, "Dao's shed", "DS")
        bottega = {"name": "Bottega", "kind": "buyer", "where": facts.Where(country="IT")}
        self.buyer = register(self.malee, registry.register_party, "partner", facts.RegisterParty, **bottega)
        self.chiaras_buyer = register(
            self.chiara, registry.register_party, "partner", facts.RegisterParty, name="Torrefazione", kind="buyer"
        )

    # -- saying things ------------------------------------------------------------------------------------------

    def fact(self, kind: type[AnyFact], /, **values: Any) -> AnyFact:
        """A fact an hour after the last one, under a client id of its own unless one is given."""
        self._told += 1
        values.setdefault("client_id", f"c-{self._told}")
        values.setdefault("occurred_at", datetime(2026, 1, 5, tzinfo=UTC) + timedelta(hours=self._told))
        return kind(**values)

    def say(self, actor: Actor, operation: Operation, fact: Fact) -> Done:
        return self.database.write(lambda session: operation(session, actor, fact))

    def do(self, actor: Actor, operation: Operation, kind: type[Fact], /, **values: Any) -> Done:
        return self.say(actor, operation, self.fact(kind, **values))

    def refused(
        self, refusal: type[AnyRefusal], actor: Actor, operation: Operation, kind: type[Fact], /, **values: Any
    ) -> AnyRefusal:
        """The refusal that this provokes, after making sure that not one row was stored or changed."""
        before = self.everything()
        with pytest.raises(refusal) as caught:
            self.do(actor, operation, kind, **values)
        assert type(caught.value) is refusal
        assert self.everything() == before
        return caught.value

    # -- what usually happens -----------------------------------------------------------------------------------

    def delivery(self, mass_g: int = 50_000, farmer: str = "", *, plot: str = "", bags: int = 1, **more: Any) -> str:
        """Bakari weighs in green coffee, of Amina when nobody else is named. Answers the delivery's code."""
        each, rest = divmod(mass_g, bags)
        fact = {
            "facility": self.mill,
            "farmer": farmer or self.amina,
            "plot": plot,
            "commodity": "arabica_coffee",
            "form": "green",
            "bags_g": (each + rest, *[each] * (bags - 1)),
            "tare_g": 0,
            "confirmed": True,
        }
        return str(self.do(self.bakari, collection.record_weigh_in, facts.WeighIn, **{**fact, **more})["lot"])

    def lot(self, *deliveries: str) -> str:
        """A lot formed of these deliveries, or of one of Amina's and one of Bounmy's: 60 + 40 kg in two bags."""
        given = deliveries or (self.delivery(60_000), self.delivery(40_000, self.bounmy))
        done = self.do(self.bakari, collection.form_lot, facts.FormLot, facility=self.mill, deliveries=given)
        return str(done["lot"])

    def split(self, lot: str, *masses: int) -> list[str]:
        parts = tuple(Output(form="", mass_g=mass) for mass in masses)
        done = self.do(self.bakari, processing.split, facts.Split, facility=self.mill, lot=lot, parts=parts)
        return list(done["lots"])

    def merge(self, *lots: str) -> str:
        inputs = tuple(Take(lot=lot) for lot in lots)
        return str(self.do(self.bakari, processing.merge, facts.Merge, facility=self.mill, inputs=inputs)["lot"])

    def pool(self, rule: str, prefix: str = "TK") -> str:
        """A place of the cooperative that holds goods together. Answers its code."""
        known = {"name": f"Tank {prefix}", "kind": "warehouse", "prefix": prefix, "where": BOLAVEN, "pool": rule}
        return str(self.do(self.malee, registry.register_facility, facts.RegisterFacility, **known)["facility"])

    def poured(self, pool: str, *lots: str | Take) -> str:
        """Bakari pours lots in, whole unless a part is said. Answers the lot that stands there then."""
        inputs = tuple(Take(lot=lot) if isinstance(lot, str) else lot for lot in lots)
        return str(self.do(self.bakari, pooling.pour_in, facts.PourIn, facility=pool, inputs=inputs)["lot"])

    def drawn(self, pool: str, mass_g: int | None = None) -> str:
        """Bakari draws off; everything when no grams are said. Answers the lot that came out."""
        return str(self.do(self.bakari, pooling.draw_off, facts.DrawOff, facility=pool, mass_g=mass_g)["lot"])

    def merge_some(self, *takes: tuple[str, int]) -> str:
        """A lot of some grams of each of these lots."""
        inputs = tuple(Take(lot=lot, mass_g=mass) for lot, mass in takes)
        return str(self.do(self.bakari, processing.merge, facts.Merge, facility=self.mill, inputs=inputs)["lot"])

    def packed(self, *lots: str, mass_g: int = 100_000, count: int = 2) -> str:
        """Everything of these lots (or of a new one) packed into bags."""
        inputs = tuple(Take(lot=lot) for lot in (lots or (self.lot(),)))
        fact = self.fact(
            facts.Pack,
            facility=self.mill,
            inputs=inputs,
            form="green",
            unit="bag",
            count=count,
            mass_g=mass_g,
            confirmed=True,
        )
        return str(self.say(self.bakari, packing.pack, fact)["lot"])

    def sealed(self, lot: str = "", **more: Any) -> str:
        fact = {"lot": lot or self.packed(), "destination": "IT", **more}
        return str(self.do(self.malee, packing.seal, facts.Seal, **fact)["batch"])

    def released(self, batch: str = "") -> str:
        fact = self.fact(facts.Release, batch=batch or self.sealed())
        return str(self.say(self.malee, packing.release, fact)["batch"])

    def dispatched(self, lot: str = "", mass_g: int | None = None, **more: Any) -> str:
        """A consignment on its way from the cooperative to Chiara."""
        fact = {"lot": lot or self.lot(), "to_organisation": self.importer.org_code, "mass_g": mass_g, **more}
        return str(self.do(self.bakari, shipping.dispatch, facts.Dispatch, **fact)["transfer"])

    def received(self, transfer: str, weighed_g: int, **more: Any) -> str:
        fact = {"transfer": transfer, "weighed_g": weighed_g, **more}
        return str(self.do(self.chiara, shipping.receive, facts.Receive, **fact)["lot"])

    # -- looking ------------------------------------------------------------------------------------------------

    def row(self, code: str) -> Lot:
        with self.database.reading() as session:
            lot = session.scalars(select(Lot).where(Lot.code == code)).one()
            session.expunge(lot)
            return lot

    def left(self, code: str) -> tuple[int, int]:
        """Grams and units that a lot still holds."""
        lot = self.row(code)
        return lot.balance_g, lot.balance_count

    def everything(self) -> dict[str, tuple[int, str]]:
        """For every table the number of rows and a digest of what they say."""
        with self.database.reading() as session:
            found = {}
            for table in Base.metadata.sorted_tables:
                rows = sorted(repr(tuple(row)) for row in session.execute(select(table)))
                found[table.name] = (len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest())
            return found

    def count(self, table: type[Base]) -> int:
        with self.database.reading() as session:
            return session.scalar(select(func.count()).select_from(table)) or 0


def person(organisation: Actor, user_id: int, name: str, *roles: Role) -> Actor:
    """Somebody at work in the organisation, with the roles given."""
    return replace(organisation, user_id=user_id, name=name, roles=frozenset(roles))


def event_of(world: World, lot: str) -> str:
    """The code of the entry that made a lot."""
    with world.database.reading() as session:
        return session.scalars(select(Event.code).join(Lot, Lot.made_by_id == Event.id).where(Lot.code == lot)).one()
