"""The invariants of the house, under any sequence of operations of two organisations that trade with each other.

After every step every derived row is compared with a fold of the journal's bytes that shares no code with the product.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from tests.cast import SECRETS, World
from tests.databases import KINDS, Databases
from tests.operations.refold import Origin, check_derived_rows, check_shares, named, refold
from traceability.domain import facts
from traceability.domain.dossier import Dossier
from traceability.domain.facts import Fact, Loss, Output, Take
from traceability.domain.methods import Method
from traceability.domain.roles import Actor
from traceability.errors import Refusal
from traceability.models import Batch, Event, JournalHead, Lot, Transfer
from traceability.models.database import Database
from traceability.operations import collection, correction, inspection, packing, pooling, processing, registry, shipping
from traceability.operations.ledger import Done
from traceability.queries.dossiers import dossier_of, trace_of_version
from traceability.queries.lineage import trace_back
from traceability.queries.pools import pool_story
from traceability.queries.queues import in_order

Thing = TypeVar("Thing")

MANY = settings().max_examples > 100
SETTINGS = settings(
    max_examples=200 if MANY else 8,
    stateful_step_count=60 if MANY else 40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
WHICH = st.integers(0, 1_000_000)
GRAMS = st.integers(1, 300_000)
UNITS = st.integers(0, 4)
PERMILLE = st.integers(0, 1_000)
DECLARED = ("", "identity_preserved", "first_in_first_out")


class Trade(RuleBasedStateMachine):
    """The cooperative and Chiara at work; what is not possible is refused, and then nothing is stored."""

    open_world: ClassVar[Callable[[], AbstractContextManager[World]]]

    def __init__(self) -> None:
        super().__init__()
        self._opened = type(self).open_world()
        self.world = self._opened.__enter__()
        self.said: list[tuple[Actor, Any, Fact, Done]] = []
        self.known: set[str] = set()

    def teardown(self) -> None:
        try:
            self._check(set())
        finally:
            self._opened.__exit__(None, None, None)

    @initialize()
    def certify_amina(self) -> None:
        """Amina is organic and segregated; nobody else is."""
        paper = {"number": "O-1", "issuer": "Certifier", "valid_from": date(2020, 1, 1), "farmers": (self.world.amina,)}
        operation = registry.register_certificate
        fact = self.world.fact(facts.RegisterCertificate, scheme="organic", custody="segregated", **paper)
        self.world.say(self.world.cooperative, operation, fact)

    @initialize(bags=st.lists(st.integers(10, 90_000), min_size=6, max_size=6, unique=True))
    def begin_the_season(self, bags: list[int]) -> None:
        """Six deliveries; four of them are two lots by now, one of which is on its way to Chiara."""
        farmers = [self.world.amina, self.world.bounmy, self.world.amina, self.world.sida, "", ""]
        deliveries = [self.world.delivery(mass, who, bags=2) for mass, who in zip(bags, farmers, strict=True)]
        self.pools = [self.world.pool("pro_rata", "TK"), self.world.pool("first_in_first_out", "SI")]
        self.world.lot(*deliveries[:2])
        self.world.dispatched(self.world.lot(*deliveries[2:4]), bags[2] // 2 or 1)

    # -- choosing -----------------------------------------------------------------------------------------------

    def _try(self, org_id: int, operation: Any, kind: type[Fact], **values: Any) -> None:
        """Say it as the organisation's own machine; a refusal must leave no trace."""
        actor = self.world.cooperative if org_id == self.world.cooperative.org_id else self.world.importer
        fact = self.world.fact(kind, confirmed=True, **values)
        before = self._footprint()
        try:
            done = self.world.say(actor, operation, fact)
        except Refusal:
            assert self._footprint() == before
        else:
            self.said.append((actor, operation, fact, done))

    def _footprint(self) -> list[tuple[Any, ...]]:
        """Where the journals end and what every lot holds: what a refusal must leave alone."""
        with self.world.database.reading() as session:
            heads = session.execute(select(JournalHead.org_id, JournalHead.digest))
            lots = session.execute(select(Lot.code, Lot.balance_g, Lot.balance_count))
            return sorted([*map(tuple, heads), *map(tuple, lots)], key=repr)

    def _rows(self, kind: type[Thing], *conditions: Any) -> list[Thing]:
        with self.world.database.reading() as session:
            rows = list(session.scalars(select(kind).where(*conditions).order_by(kind.id)))  # type: ignore[attr-defined]
            session.expunge_all()
            return rows

    def _lot(self, which: int, *conditions: Any) -> Lot | None:
        return pick(self._rows(Lot, Lot.balance_g > 0, *conditions), which)

    def _place(self, lot: Lot) -> str:
        return self.world.mill if lot.org_id == self.world.cooperative.org_id else self.world.warehouse

    # -- what may happen ----------------------------------------------------------------------------------------

    @rule(farmer=WHICH, plotted=st.booleans(), bags=st.lists(GRAMS, min_size=1, max_size=3))
    def weigh_in(self, farmer: int, plotted: bool, bags: list[int]) -> None:
        world = self.world
        who, plot = [(world.amina, world.amina_plot), (world.bounmy, world.bounmy_plot), (world.sida, "")][farmer % 3]
        goods = {"commodity": "arabica_coffee", "form": "green", "bags_g": tuple(bags), "tare_g": 0}
        where = {"facility": world.mill, "farmer": who, "plot": plot if plotted else ""}
        self._try(world.cooperative.org_id, collection.record_weigh_in, facts.WeighIn, **goods, **where)

    @rule(which=WHICH, most=st.integers(1, 4), scale=st.integers(-2_000, 2_000))
    def form_lot(self, which: int, most: int, scale: int) -> None:
        free = self._rows(Lot, Lot.kind == "delivery", Lot.balance_g > 0)
        if not free:
            return
        chosen = [free[(which + step) % len(free)] for step in range(min(most, len(free)))]
        weighed = sum(lot.balance_g for lot in chosen) + scale
        deliveries = tuple(lot.code for lot in chosen)
        fact = {"facility": self.world.mill, "deliveries": deliveries, "weighed_g": weighed, "reason": "scale"}
        self._try(self.world.cooperative.org_id, collection.form_lot, facts.FormLot, **fact)

    @rule(which=WHICH, other=WHICH, permille=PERMILLE, units=UNITS, waste=GRAMS)
    def process(self, which: int, other: int, permille: int, units: int, waste: int) -> None:
        if (lot := self._lot(which)) is None:
            return
        mass = max(1, lot.balance_g * permille // 1_000)
        takes = [Take(lot=lot.code, mass_g=mass, count=units)]
        second = self._lot(other, Lot.org_id == lot.org_id)
        if second is not None and second.id != lot.id:
            takes.append(Take(lot=second.code))
        whole = mass + (second.balance_g if second else 0)
        outputs = (
            Output(form="green", mass_g=max(1, whole // 2), count=units),
            Output(form="triage", mass_g=max(1, whole // 9), by_product=True),
        )
        losses = (Loss(name="moisture", mass_g=min(waste, max(1, whole // 5))),)
        fact = {"facility": self._place(lot), "inputs": tuple(takes), "outputs": outputs, "losses": losses}
        self._try(lot.org_id, processing.process, facts.Process, **fact, reason="as it came")

    @rule(which=WHICH, first=PERMILLE, second=PERMILLE, units=UNITS)
    def split(self, which: int, first: int, second: int, units: int) -> None:
        if (lot := self._lot(which)) is not None:
            masses = (lot.balance_g * first // 1_000, lot.balance_g * second // 1_000)
            parts = tuple(Output(form="", mass_g=mass, count=units) for mass in masses if mass)
            fact = {"facility": self._place(lot), "lot": lot.code, "parts": parts}
            self._try(lot.org_id, processing.split, facts.Split, **fact)

    @rule(which=WHICH, other=WHICH, scale=st.integers(-500, 500))
    def merge(self, which: int, other: int, scale: int) -> None:
        first = self._lot(which)
        second = self._lot(other, Lot.org_id == first.org_id) if first else None
        if first is not None and second is not None:
            weighed = first.balance_g + second.balance_g + scale
            takes = (Take(lot=first.code), Take(lot=second.code))
            fact = {"facility": self._place(first), "inputs": takes, "weighed_g": weighed, "reason": "scale"}
            self._try(first.org_id, processing.merge, facts.Merge, **fact)

    @rule(which=WHICH, count=UNITS)
    def rebag(self, which: int, count: int) -> None:
        if (lot := self._lot(which)) is not None:
            fact = {"facility": self._place(lot), "lot": lot.code, "unit": "box", "count": count}
            self._try(lot.org_id, processing.rebag, facts.Rebag, **fact)

    @rule(which=WHICH, other=WHICH, pool=st.integers(0, 1), permille=PERMILLE, units=UNITS)
    def pour_in(self, which: int, other: int, pool: int, permille: int, units: int) -> None:
        home = self.world.cooperative.org_id
        if (lot := self._lot(which, Lot.org_id == home)) is None:
            return
        takes = [Take(lot=lot.code, mass_g=max(1, lot.balance_g * permille // 1_000), count=units)]
        second = self._lot(other, Lot.org_id == home, Lot.kind != "pooled")
        if second is not None and second.id != lot.id:
            takes.append(Take(lot=second.code))
        self._try(home, pooling.pour_in, facts.PourIn, facility=self.pools[pool], inputs=tuple(takes))

    @rule(pool=st.integers(0, 1), permille=PERMILLE, everything=st.booleans())
    def draw_off(self, pool: int, permille: int, everything: bool) -> None:
        mass = None if everything else max(1, self._held(self.pools[pool]) * permille // 1_000)
        self._try(
            self.world.cooperative.org_id, pooling.draw_off, facts.DrawOff, facility=self.pools[pool], mass_g=mass
        )

    @rule(pool=st.integers(0, 1), shows=st.integers(900, 1_050))
    def level_pool(self, pool: int, shows: int) -> None:
        said = {"facility": self.pools[pool], "weighed_g": self._held(self.pools[pool]) * shows // 1_000}
        self._try(self.world.cooperative.org_id, pooling.level_pool, facts.LevelPool, **said, reason="dipstick")

    def _held(self, pool: str) -> int:
        with self.world.database.reading() as session:
            return pool_story(session, self.world.cooperative, pool).pool.held_g

    @rule(which=WHICH, permille=PERMILLE)
    def dispose(self, which: int, permille: int) -> None:
        if (lot := self._lot(which)) is not None:
            mass = lot.balance_g * permille // 1_000
            self._try(lot.org_id, processing.dispose, facts.Dispose, lot=lot.code, mass_g=mass, reason="mould")

    @rule(which=WHICH, permille=st.integers(300, 1_000), units=UNITS)
    def dispatch(self, which: int, permille: int, units: int) -> None:
        if (lot := self._lot(which)) is not None:
            world = self.world
            receiver = world.importer if lot.org_id == world.cooperative.org_id else world.cooperative
            mass = max(1, lot.balance_g * permille // 1_000)
            fact = {"lot": lot.code, "to_organisation": receiver.org_code, "mass_g": mass, "count": units}
            self._try(lot.org_id, shipping.dispatch, facts.Dispatch, **fact)

    @rule(which=WHICH, refused=st.sampled_from([0, 0, 0, 300, 1_000]), scale=st.integers(-300, 300), units=UNITS)
    def receive(self, which: int, refused: int, scale: int, units: int) -> None:
        if (road := pick(self._rows(Transfer, Transfer.state == "pending"), which)) is not None:
            back = road.mass_g * refused // 1_000
            accepted = road.mass_g - back
            weighed = max(1, accepted + scale) if accepted else 0
            fact = {"transfer": road.code, "weighed_g": weighed, "refused_g": back, "count": units, "reason": "seen"}
            self._try(road.to_org_id, shipping.receive, facts.Receive, **fact)

    @rule(which=WHICH, missing=st.sampled_from([0, 0, 1, 700, 1_000]), late=st.booleans())
    def take_back(self, which: int, missing: int, late: bool) -> None:
        if (road := pick(self._rows(Transfer, Transfer.open_g > 0), which)) is not None:
            weighed = road.open_g - road.open_g * missing // 1_000
            fact: dict[str, Any] = {"transfer": road.code, "weighed_g": weighed, "reason": "as found"}
            if late:
                fact["occurred_at"] = road.expires_at + timedelta(hours=1)
            self._try(road.org_id, shipping.take_back, facts.TakeBack, **fact)

    @rule(which=WHICH, count=st.integers(1, 5), left=PERMILLE, sealed=st.booleans())
    def pack(self, which: int, count: int, left: int, sealed: bool) -> None:
        if (lot := self._lot(which)) is not None:
            mass = max(1, lot.balance_g - lot.balance_g * left // 10_000)
            goods = {"form": "green", "unit": "bag", "count": count, "mass_g": mass}
            fact = {"facility": self._place(lot), "inputs": (Take(lot=lot.code),), **goods}
            self._try(lot.org_id, packing.pack, facts.Pack, **fact)
            if sealed:
                self.seal_and_release(-1)

    @rule(which=WHICH)
    def seal_and_release(self, which: int) -> None:
        if (lot := self._lot(which, Lot.kind == "packed")) is not None:
            counted_by = DECLARED[which % len(DECLARED)]
            self._try(lot.org_id, packing.seal, facts.Seal, lot=lot.code, counted_by=counted_by)
            self._try(lot.org_id, packing.release, facts.Release, batch=lot.code)

    @rule(which=WHICH, permille=PERMILLE)
    def ship(self, which: int, permille: int) -> None:
        batches = {batch.lot_id for batch in self._rows(Batch)}
        if (lot := self._lot(which, Lot.id.in_(batches))) is not None:
            ours = lot.org_id == self.world.cooperative.org_id
            buyer = self.world.buyer if ours else self.world.chiaras_buyer
            mass = lot.balance_g * permille // 1_000
            self._try(lot.org_id, shipping.ship, facts.Ship, batch=lot.code, buyer=buyer, mass_g=mass)

    @rule(which=WHICH)
    def declare_error(self, which: int) -> None:
        latest = self._rows(Event, Event.kind.not_like("register%"))[-6:]
        if (event := pick(latest, which)) is not None:
            said = {"event": event.code, "reason": "did_not_occur", "note": "typed twice"}
            self._try(event.org_id, correction.declare_error, facts.DeclareError, **said)

    @rule(which=WHICH, passed=st.integers(0, 9).map(bool))
    def hold_and_close(self, which: int, passed: bool) -> None:
        if (lot := self._lot(which)) is not None:
            self._try(lot.org_id, inspection.put_on_hold, facts.PutOnHold, lot=lot.code, reason="residues")
            code = self.said[-1][3]["hold"]
            closing = {"hold": code, "passed": passed, "outcome": "tested"}
            self._try(lot.org_id, inspection.close_hold, facts.CloseHold, **closing)

    @rule(which=WHICH, lifted=st.integers(0, 9).map(bool))
    def recall_and_lift(self, which: int, lifted: bool) -> None:
        if (lot := self._lot(which)) is not None:
            said = {"lot": lot.code, "reason": "residues", "action": "bring it back"}
            self._try(lot.org_id, inspection.recall, facts.RecallGoods, **said)
            if lifted:
                code = self.said[-1][3]["recall"]
                self._try(lot.org_id, inspection.lift_recall, facts.LiftRecall, recall=code, outcome="another lot")

    @rule(which=WHICH)
    def replay(self, which: int) -> None:
        """Invariant 5: any earlier request said again changes nothing and answers the same."""
        if (earlier := pick(self.said, which)) is not None:
            actor, operation, fact, done = earlier
            before = self.world.everything()
            again = self.world.say(actor, operation, fact)
            assert (again.replayed, again.event, again.answer) == (True, done.event, done.answer)
            assert self.world.everything() == before

    # -- what must hold -----------------------------------------------------------------------------------------

    @invariant()
    def the_record_agrees_with_itself(self) -> None:
        """Invariants 1, 4 and 6 for everything; 3, 7 and 8 for what is new (the rest is looked at in the end)."""
        self._check(self.known)

    def _check(self, known: set[str]) -> None:
        with self.world.database.reading() as session:
            record = refold(session)
            check_derived_rows(session, record)
            for lot in session.scalars(select(Lot).where(Lot.void.is_(False), Lot.code.not_in(known))):
                parts = record.composition(lot.code)
                trace = trace_back(session, lot)
                check_shares(named(session, trace.shares_g), parts, lot.made_g)
                assert sum(in_order(session, trace).values()) == lot.made_g
                known.add(lot.code)
            for lot in session.scalars(select(Lot).join(Batch, Batch.lot_id == Lot.id)):
                if f"batch {lot.code}" not in known:
                    counted = named(session, trace_of_version(session, lot.code)[0].shares_g)
                    self._check_dossier(dossier_of(session, lot.code), record.composition(lot.code), counted)
                    known.add(f"batch {lot.code}")

    def _check_dossier(self, dossier: Dossier, parts: dict[Origin, Fraction], counted: dict[Origin, int]) -> None:
        """Invariants 7 and 8: it claims only what holds, by the grams that count for it, adds up, and names nobody."""
        organic = sum((part for (farmer, _), part in parts.items() if farmer == self.world.amina), Fraction(0))
        assert [claim.holds for claim in dossier.claims] == ([organic == 1] if organic else [])
        grams = sum(mass for (farmer, _), mass in counted.items() if farmer == self.world.amina)
        assert all(claim.covered_g == grams for claim in dossier.claims)
        if dossier.origin_method == Method.PRO_RATA:
            assert abs(grams - organic * dossier.mass_g) < 9 + 2 * len(parts)
        assert sum(share.mass_g for share in dossier.shares) == dossier.mass_g
        assert sum(share.tenths for share in dossier.shares) == 1_000
        balance = dossier.balance
        out_g = balance.batch_g + balance.by_products_g + sum(balance.losses_g.values())
        assert balance.received_g + balance.gained_g == out_g
        assert not [secret for secret in SECRETS if secret in repr(dossier)]


def pick(found: Sequence[Thing], which: int) -> Thing | None:
    """One of them, or None when there is none."""
    return found[which % len(found)] if found else None


@pytest.mark.parametrize("kind", KINDS)
def test_the_invariants_hold_under_any_trade(kind: str, databases: Databases, tmp_path: Path) -> None:
    @contextmanager
    def open_world() -> Iterator[World]:
        with fresh_url(kind, databases, tmp_path) as url:
            database = Database(url)
            try:
                yield World(database)
            finally:
                database.close()

    trade = type("Trade", (Trade,), {"open_world": staticmethod(open_world)})
    run_state_machine_as_test(trade, settings=SETTINGS)


@contextmanager
def fresh_url(kind: str, databases: Databases, folder: Path) -> Iterator[str]:
    """A database of its own for every sequence of steps."""
    if kind == "postgres":
        with databases.fresh_postgres("tables") as url:
            yield url
        return
    path = folder / "trade.sqlite3"
    for suffix in ("", "-wal", "-shm", ".lock", ".queue"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
    yield databases.fresh_sqlite(path, "tables")
