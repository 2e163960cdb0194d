"""Many writers at once, on both databases: nothing is sold twice, nothing is lost, nobody sees a dead-lock."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest
from sqlalchemy import select

from tests.cast import BOLAVEN, World, event_of, person
from tests.operations.refold import check_derived_rows, refold
from traceability.domain.facts import (
    CorrectOrigin,
    Dispatch,
    Dispose,
    DrawOff,
    Fact,
    Merge,
    Output,
    PourIn,
    Receive,
    RegisterFarmer,
    RegisterUser,
    Split,
    Take,
    TakeBack,
    WeighIn,
)
from traceability.domain.roles import Actor, Role
from traceability.errors import (
    AlreadyClosed,
    LoginTaken,
    NotEnoughLeft,
    NothingLeft,
    Refusal,
    TransferExpired,
)
from traceability.models import Event, Lot, Transfer
from traceability.operations.account import register_user
from traceability.operations.collection import record_weigh_in
from traceability.operations.ledger import Done
from traceability.operations.pooling import draw_off, pour_in
from traceability.operations.processing import dispose, merge, split
from traceability.operations.rebooking import correct_origin
from traceability.operations.registry import register_farmer
from traceability.operations.shipping import dispatch, receive, take_back
from traceability.queries.audit import audit

Answer = TypeVar("Answer")
MORNING = datetime(2026, 1, 5, 2, tzinfo=UTC)


@dataclass(frozen=True)
class Said:
    """One thing that somebody says: who, which operation, what."""

    actor: Actor
    operation: Any
    fact: Fact


def at_once(tries: Sequence[Callable[[], Answer]]) -> list[Answer]:
    """Run all of them at the same moment, each in a thread of its own."""
    gate = threading.Barrier(len(tries))

    def run(one: Callable[[], Answer]) -> Answer:
        gate.wait()
        return one()

    with ThreadPoolExecutor(len(tries)) as pool:
        return [future.result() for future in [pool.submit(run, one) for one in tries]]


def said_at_once(world: World, sayings: Sequence[Said]) -> list[Done | Refusal]:
    """What became of each, said by all at the same moment. Anything but an answer or a refusal fails the test."""

    def say(saying: Said) -> Done | Refusal:
        try:
            return world.say(saying.actor, saying.operation, saying.fact)
        except Refusal as refusal:
            return refusal

    return at_once([lambda saying=saying: say(saying) for saying in sayings])  # type: ignore[misc]


def check(world: World) -> None:
    """Sequence numbers have no gaps, digests chain, and every derived row is what the journal says."""
    with world.database.reading() as session:
        check_derived_rows(session, refold(session))


def test_sixteen_clerks_cannot_sell_a_lot_twice(world: World) -> None:
    """100 kg; sixteen clerks try to take one kilogram ten times each: exactly a hundred succeed."""
    lot = world.lot()
    clerks = [person(world.cooperative, 500 + number, "Clerk", Role.MANAGER) for number in range(16)]

    def takes(clerk: Actor) -> list[str]:
        outcomes = []
        for turn in range(10):
            try:
                if turn % 2:
                    world.do(clerk, dispose, Dispose, lot=lot, mass_g=1_000, reason="sample")
                else:
                    parts = (Output(form="", mass_g=1_000),)
                    world.do(clerk, split, Split, facility=world.mill, lot=lot, parts=parts)
            except (NotEnoughLeft, NothingLeft):
                outcomes.append("refused")
            else:
                outcomes.append("taken")
        return outcomes

    outcomes = [one for many in at_once([lambda clerk=clerk: takes(clerk) for clerk in clerks]) for one in many]  # type: ignore[misc]
    assert (outcomes.count("taken"), outcomes.count("refused")) == (100, 60)
    assert world.left(lot)[0] == 0
    check(world)


def test_merging_the_same_two_lots_in_opposite_order_has_one_winner(world: World) -> None:
    for _ in range(5):
        first, second = world.lot(world.delivery()), world.lot(world.delivery(40_000))
        sayings = []
        for order in ((first, second), (second, first)):
            inputs = tuple(Take(lot=code) for code in order)
            sayings.append(Said(world.bakari, merge, world.fact(Merge, facility=world.mill, inputs=inputs)))
        outcomes = said_at_once(world, sayings)
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Done", "InALotAlready"]
    check(world)


@pytest.mark.parametrize("rule", ["pro_rata", "first_in_first_out"])
def test_two_clerks_drawing_from_one_tank_at_once_never_oversell_it(world: World, rule: str) -> None:
    """100 kg in three pourings; sixteen times somebody draws 7 kg at the same moment: fourteen get it, two do not."""
    pool = world.pool(rule)
    for mass, farmer in ((50_000, world.amina), (30_000, world.bounmy), (20_000, world.sida)):
        world.poured(pool, world.delivery(mass, farmer))
    clerks = [person(world.cooperative, 500 + number, "Clerk", Role.CLERK) for number in range(2)]
    facts = [world.fact(DrawOff, facility=pool, mass_g=7_000) for _ in range(16)]
    outcomes = said_at_once(world, [Said(clerks[place % 2], draw_off, fact) for place, fact in enumerate(facts)])
    kinds = [type(outcome).__name__ for outcome in outcomes]
    assert (kinds.count("Done"), kinds.count("NotEnoughInPool")) == (14, 2)
    check(world)
    assert world.row(world.drawn(pool)).made_g == 2_000


def test_what_is_poured_in_and_drawn_off_at_the_same_moment_takes_turns(world: World) -> None:
    tank = world.pool("pro_rata")
    world.poured(tank, world.delivery(50_000))
    lots = [world.delivery(1_000 + number, world.bounmy) for number in range(6)]
    at = world.fact(DrawOff, facility=tank).occurred_at
    sayings = [
        Said(world.bakari, pour_in, world.fact(PourIn, facility=tank, inputs=(Take(lot=lot),), occurred_at=at))
        for lot in lots
    ]
    sayings += [
        Said(world.bakari, draw_off, world.fact(DrawOff, facility=tank, mass_g=5_000, occurred_at=at)) for _ in range(6)
    ]
    assert all(isinstance(outcome, Done) for outcome in said_at_once(world, sayings))
    check(world)
    assert world.row(world.drawn(tank)).made_g == 50_000 + 6_015 - 30_000


def test_eight_phones_sending_one_form_make_one_event(world: World) -> None:
    goods = {"commodity": "arabica_coffee", "form": "green", "bags_g": (50_000,), "tare_g": 0}
    fact = world.fact(WeighIn, facility=world.mill, farmer=world.amina, **goods)
    before = world.count(Event)
    outcomes = said_at_once(world, [Said(world.bakari, record_weigh_in, fact)] * 8)
    answers = [(done.event, done["lot"], done.replayed) for done in outcomes if isinstance(done, Done)]
    assert len(answers) == 8
    assert len({answer[:2] for answer in answers}) == 1
    assert [replayed for _, _, replayed in answers].count(False) == 1
    assert world.count(Event) == before + 1
    check(world)


def test_a_phone_and_the_office_count_for_themselves_at_once(world: World) -> None:
    """Six weigh-ins of the office and six of phone C on one day: 001 to 006 and C001 to C006, none twice."""
    goods = {"commodity": "arabica_coffee", "form": "green", "tare_g": 0, "facility": "NL", "occurred_at": MORNING}
    numbers = [f"NL-0105-C{counter:03}" for counter in range(1, 7)] + [""] * 6
    sayings = [
        Said(
            world.bakari,
            record_weigh_in,
            world.fact(WeighIn, farmer=world.amina, bags_g=(30_000 + place,), receipt_number=number, **goods),
        )
        for place, number in enumerate(numbers)
    ]
    given = [done["number"] for done in said_at_once(world, sayings) if isinstance(done, Done)]
    office = [f"NL-0105-{counter:03}" for counter in range(1, 7)]
    assert sorted(given) == sorted([*numbers[:6], *office])
    check(world)


def test_a_consignment_is_received_once(world: World) -> None:
    transfer = world.dispatched()
    sayings = [Said(world.chiara, receive, world.fact(Receive, transfer=transfer, weighed_g=100_000)) for _ in range(6)]
    outcomes = said_at_once(world, sayings)
    assert sum(isinstance(outcome, Done) for outcome in outcomes) == 1
    assert sum(type(outcome) is AlreadyClosed for outcome in outcomes) == 5
    check(world)


def test_receiving_and_taking_back_the_same_grams_has_one_winner(world: World) -> None:
    """On the last day Chiara receives (dated before it ended) while Bakari takes back (dated after)."""
    from datetime import timedelta

    for _ in range(4):
        transfer = world.dispatched()
        with world.database.reading() as session:
            end = session.scalars(select(Transfer.expires_at).where(Transfer.code == transfer)).one()
        receiving = world.fact(Receive, transfer=transfer, weighed_g=100_000, occurred_at=end - timedelta(hours=1))
        taking = world.fact(TakeBack, transfer=transfer, occurred_at=end + timedelta(hours=1))
        sayings = [Said(world.chiara, receive, receiving), Said(world.bakari, take_back, taking)]
        outcomes = said_at_once(world, sayings)
        assert sum(isinstance(outcome, Done) for outcome in outcomes) == 1
        assert sum(type(outcome) in (AlreadyClosed, TransferExpired) for outcome in outcomes) == 1
    check(world)


def test_organisations_write_side_by_side_without_waiting_for_gaps(world: World) -> None:
    """Both trade with each other at once: journals stay chained, every gram is somewhere."""
    out = [world.dispatched(world.lot(world.delivery(20_000 + number))) for number in range(4)]
    sayings = [
        Said(world.chiara, receive, world.fact(Receive, transfer=code, weighed_g=20_000 + number))
        for number, code in enumerate(out)
    ]
    goods = {"commodity": "arabica_coffee", "form": "green", "tare_g": 0, "facility": world.mill}
    sayings += [
        Said(world.bakari, record_weigh_in, world.fact(WeighIn, farmer=world.amina, bags_g=(30_000 + number,), **goods))
        for number in range(4)
    ]
    assert all(isinstance(outcome, Done) for outcome in said_at_once(world, sayings))
    check(world)


def test_two_organisations_correcting_what_went_to_each_other_at_once_both_get_through(world: World) -> None:
    """Amina -> Chiara, and a grower of Chiara -> the cooperative: each correction waits for the other's journal."""
    grower = {"name": "Khamla", "nickname": "", "phone": "", "where": BOLAVEN}
    khamla, noy = (str(world.do(world.chiara, register_farmer, RegisterFarmer, **grower)["farmer"]) for _ in range(2))
    weighed = {"facility": world.warehouse, "farmer": khamla, "commodity": "arabica_coffee", "form": "green"}
    sayings = []
    for number in range(4):
        ours = world.delivery(20_000 + number)
        world.received(world.dispatched(ours), 20_000 + number)
        bags = {"bags_g": (30_000 + number,), "tare_g": 0, "confirmed": True}
        theirs = str(world.do(world.chiara, record_weigh_in, WeighIn, **weighed, **bags)["lot"])
        road = {"lot": theirs, "to_organisation": world.cooperative.org_code, "mass_g": None}
        transfer = str(world.do(world.chiara, dispatch, Dispatch, **road)["transfer"])
        world.do(world.bakari, receive, Receive, transfer=transfer, weighed_g=30_000 + number)
        for actor, delivery, farmer in ((world.malee, ours, world.sida), (world.chiara, theirs, noy)):
            said = {"event": event_of(world, delivery), "farmer": farmer, "reason": "the other card"}
            sayings.append(Said(actor, correct_origin, world.fact(CorrectOrigin, **said)))
    assert all(isinstance(outcome, Done) for outcome in said_at_once(world, sayings))
    check(world)
    assert list(audit(world.database)) == []


def test_a_reader_sees_one_moment_whatever_is_written_meanwhile(world: World) -> None:
    """A dossier is computed by many questions; half of them must not know more than the others."""
    lot = world.lot()
    with world.database.reading() as session:
        events = len(session.scalars(select(Event.id)).all())
        world.do(world.malee, dispose, Dispose, lot=lot, mass_g=1_000, reason="sample")
        assert len(session.scalars(select(Event.id)).all()) == events
        assert session.scalars(select(Lot.balance_g).where(Lot.code == lot)).one() == 100_000
    assert world.left(lot)[0] == 99_000


def test_two_organisations_registering_one_login_at_once_get_one_user(world: World) -> None:
    for number in range(3):
        fact = {"login": f"noy{number}", "name": "Noy", "password": "mango boat river", "roles": ("clerk",)}
        sayings = [
            Said(by, register_user, world.fact(RegisterUser, **fact))
            for by in (world.cooperative, world.importer, world.outside)
        ]
        outcomes = said_at_once(world, sayings)
        assert sorted(type(outcome) is LoginTaken for outcome in outcomes) == [False, True, True]
    check(world)
