"""Many weigh-ins in one turn: each is stored, replayed or refused exactly as if it had been said alone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.cast import World
from tests.operations.refold import check_derived_rows, refold
from traceability.domain.facts import Measured, WeighIn
from traceability.domain.identifiers import new_code
from traceability.errors import (
    Forbidden,
    FromTheFuture,
    NeedsConfirming,
    NoSuchFarmer,
    NoSuchPlot,
    NumberTaken,
    Refusal,
    SaidDifferently,
    TareTooHeavy,
)
from traceability.models import Event, Lot, Measurement
from traceability.models.database import Database
from traceability.operations import ledger
from traceability.operations.collection import record_weigh_in, record_weigh_ins
from traceability.operations.ledger import Done
from traceability.queries.audit import OTHER_TABLES, audit

MORNING = datetime(2026, 2, 3, 1, tzinfo=UTC)


def weighing(world: World, number: int, **more: Any) -> WeighIn:
    values = {
        "client_id": f"many-{number}",
        "occurred_at": MORNING + timedelta(hours=number % 7),
        "facility": "nl",
        "farmer": (world.amina, world.bounmy, world.sida)[number % 3],
        "plot": (world.amina_plot, world.bounmy_plot, "")[number % 3],
        "commodity": "arabica_coffee",
        "form": "green",
        "bags_g": (50_000 + number, 40_000),
        "tare_g": 200,
        "confirmed": True,
    }
    return WeighIn(**{**values, **more})


def many(world: World, facts: Sequence[WeighIn]) -> list[Done | Refusal]:
    return world.database.write(lambda session: record_weigh_ins(session, world.bakari, facts))


def check(database: Database) -> None:
    assert [found for found in audit(database) if found.what != OTHER_TABLES] == []
    with database.reading() as session:
        check_derived_rows(session, refold(session))


def test_a_day_of_weigh_ins_is_what_they_would_have_been_one_by_one(world: World) -> None:
    measured = (Measured(property="moisture", value="12.5", unit="%"),)
    alone = [world.say(world.bakari, record_weigh_in, weighing(world, n, measured=measured)) for n in range(5)]
    later = {"occurred_at": MORNING + timedelta(days=1), "measured": measured}
    together = many(world, [weighing(world, 10 + n, **later) for n in range(5)])

    assert [done["number"] for done in alone] == [f"NL-0203-{n:03}" for n in range(1, 6)]
    assert [done["number"] for done in together if isinstance(done, Done)] == [f"NL-0204-{n:03}" for n in range(1, 6)]
    with world.database.reading() as session:
        bodies = [json.loads(event.body) for event in session.scalars(select(Event).where(Event.kind == "weigh_in"))]
        assert [body["seq"] for body in bodies[5:]] == [bodies[4]["seq"] + n for n in range(1, 6)]
        assert bodies[0].keys() == bodies[5].keys()
        assert bodies[0]["kdes"].keys() == bodies[5]["kdes"].keys()
        lots = session.scalars(select(Lot).where(Lot.kind == "delivery").order_by(Lot.id)).all()
        assert [(lot.balance_g, lot.balance_count) for lot in lots[5:]] == [(89_810 + n, 2) for n in range(5)]
        assert [row.lot_id for row in session.scalars(select(Measurement))] == [lot.id for lot in lots]
    check(world.database)


def test_a_file_that_comes_again_changes_nothing_and_is_answered_alike(world: World) -> None:
    facts = [weighing(world, n) for n in range(6)]
    first = many(world, facts[:4])
    second = many(world, facts)
    before = world.everything()
    third = many(world, facts)

    assert [isinstance(one, Done) and one.replayed for one in second] == [True] * 4 + [False] * 2
    assert all(isinstance(one, Done) and one.replayed for one in third)
    told = [(one.event, one.answer) for one in second if isinstance(one, Done)]
    assert [(one.event, one.answer) for one in first if isinstance(one, Done)] == told[:4]
    assert [(one.event, one.answer) for one in third if isinstance(one, Done)] == told
    assert world.everything() == before
    check(world.database)


def test_a_bad_row_stores_nothing_of_itself_and_stops_no_other(world: World) -> None:
    many(world, [weighing(world, 0, receipt_number="NL-0203-B007")])
    answers = many(
        world,
        [
            weighing(world, 1, receipt_number="own-1"),
            weighing(world, 2, farmer="NOBODY"),
            weighing(world, 3, plot=world.bounmy_plot),
            weighing(world, 4, tare_g=200_000),
            weighing(world, 5, receipt_number="NL-0203-b007"),
            weighing(world, 6, receipt_number="OWN-1"),
            weighing(world, 7, occurred_at=datetime.now(UTC) + timedelta(days=1)),
            weighing(world, 0, note="another word"),
            weighing(world, 8),
            weighing(world, 8),
            weighing(world, 8, tare_g=300),
        ],
    )

    assert [type(answer) for answer in answers] == [
        *(Done, NoSuchFarmer, NoSuchPlot, TareTooHeavy, NumberTaken, NumberTaken, FromTheFuture, SaidDifferently),
        *(Done, Done, SaidDifferently),
    ]
    assert world.count(Lot) == 3
    with world.database.reading() as session:
        numbers = set(session.scalars(select(Lot.number)))
    assert numbers == {"NL-0203-B007", "OWN-1", "NL-0203-001"}  # a phone counts by itself
    check(world.database)


def test_the_same_weight_twice_in_one_file_is_asked_about(world: World) -> None:
    twice = [weighing(world, n, farmer=world.sida, plot="", bags_g=(50_000,), confirmed=False) for n in (0, 7, 1)]
    answers = many(world, twice)

    assert [type(answer) for answer in answers] == [Done, NeedsConfirming, Done]
    check(world.database)


def test_nobody_who_may_not_weigh_in_may_do_it_by_the_hundred(world: World) -> None:
    before = world.everything()
    with pytest.raises(Forbidden):
        world.database.write(lambda session: record_weigh_ins(session, world.ines, [weighing(world, 1)]))
    assert many(world, []) == []
    assert world.everything() == before


def test_a_code_that_is_taken_is_drawn_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody looks whether a code is free: its key refuses it, and the whole entry is told once more."""
    taken = many(world, [weighing(world, 1)])[0]
    assert isinstance(taken, Done)
    drawn = iter([taken.event, new_code(), taken.event, new_code(), new_code(), new_code()])
    monkeypatch.setattr(ledger, "new_code", lambda: next(drawn))

    assert world.say(world.bakari, record_weigh_in, weighing(world, 2))["number"] == "NL-0203-002"
    assert [type(answer) for answer in many(world, [weighing(world, 3), weighing(world, 4)])] == [Done, Done]
    check(world.database)
