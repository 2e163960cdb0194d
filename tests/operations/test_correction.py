"""Corrections: an entry stays for ever, a later one declares it in error and takes its grams back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from tests.cast import World
from traceability.domain.facts import (
    AskCorrection,
    DeclareError,
    Dispose,
    FormLot,
    Output,
    Process,
    Take,
    WeighIn,
)
from traceability.errors import (
    AlreadyDeclared,
    CannotBeDeclared,
    ManagerNeeded,
    NeedsConfirming,
    NoSuchEvent,
    SaidDifferently,
    SayWhy,
    UsedDownstream,
)
from traceability.models import Edge, Event, Lot
from traceability.operations.collection import form_lot, record_weigh_in
from traceability.operations.correction import ask_correction, declare_error
from traceability.operations.ledger import Done
from traceability.operations.processing import dispose, process


def weighed(world: World, **changes: Any) -> WeighIn:
    usual = {"facility": world.mill, "farmer": world.amina, "commodity": "arabica_coffee", "form": "green"}
    return world.fact(WeighIn, **{**usual, "bags_g": (50_000,), "tare_g": 0, **changes})


def wrong(world: World, event: str, **changes: Any) -> dict[str, Any]:
    return {"event": event, "reason": "incorrect_data", "note": "typed 50 for 60", **changes}


def formed(world: World, *deliveries: str) -> Done:
    return world.do(world.bakari, form_lot, FormLot, facility=world.mill, deliveries=deliveries)


def test_a_wrong_weigh_in_is_replaced_by_the_right_one(world: World) -> None:
    """D declared in error; D' in its place"""
    fact = weighed(world)
    done = world.say(world.bakari, record_weigh_in, fact)
    declaring = world.fact(DeclareError, **wrong(world, done.event, replacement=weighed(world, bags_g=(60_000,))))
    corrected = world.say(world.bakari, declare_error, declaring)
    old, new = world.row(done["lot"]), world.row(corrected["replacement"]["lot"])
    assert (old.void, old.made_g, old.balance_g) == (True, 0, 0)
    assert (new.void, new.made_g) == (False, 60_000)
    before = world.everything()
    again = world.say(world.bakari, declare_error, declaring)
    assert (again.replayed, again.event, again.answer) == (True, corrected.event, corrected.answer)
    assert world.everything() == before
    with pytest.raises(SaidDifferently):
        world.say(world.bakari, declare_error, replace(declaring, note="other"))


def test_when_the_right_weigh_in_is_refused_the_wrong_one_stands(world: World) -> None:
    done = world.say(world.bakari, record_weigh_in, weighed(world))
    absurd = weighed(world, bags_g=(600_000,))
    world.refused(
        NeedsConfirming, world.bakari, declare_error, DeclareError, **wrong(world, done.event, replacement=absurd)
    )
    assert world.left(done["lot"]) == (50_000, 1)


def test_a_lot_formed_in_error_gives_its_deliveries_back(world: World) -> None:
    """D1 + D2 -> L in error; D1 and D2 are free again, no trace of L is left in the lineage"""
    first, second = world.delivery(60_000), world.delivery(40_000, world.bounmy)
    done = formed(world, first, second)
    world.do(world.bakari, declare_error, DeclareError, **wrong(world, done.event))
    assert [world.left(code) for code in (first, second, done["lot"])] == [(60_000, 1), (40_000, 1), (0, 0)]
    assert world.count(Edge) == 0
    world.refused(AlreadyDeclared, world.bakari, declare_error, DeclareError, **wrong(world, done.event))
    formed(world, first)


def test_what_was_used_since_is_corrected_from_the_latest_backwards(world: World) -> None:
    """D -> L -> A; D and L can wait, A cannot"""
    done = world.say(world.bakari, record_weigh_in, weighed(world))
    lot = formed(world, done["lot"])
    parts = world.split(lot["lot"], 20_000)
    for event, used_in in ((done.event, lot["lot"]), (lot.event, parts[0])):
        refusal = world.refused(UsedDownstream, world.bakari, declare_error, DeclareError, **wrong(world, event))
        assert world.row(used_in).number in str(refusal)


def test_what_was_destroyed_or_sent_is_used_too(world: World) -> None:
    for use in ("destroyed", "sent", "received"):
        done = formed(world, world.delivery())
        if use == "sent":
            world.dispatched(done["lot"], 10_000)
        elif use == "received":
            theirs = world.row(world.received(world.dispatched(done["lot"], 10_000), 10_000)).number
        else:
            world.do(world.malee, dispose, Dispose, lot=done["lot"], mass_g=1, reason="sample")
        refusal = world.refused(UsedDownstream, world.malee, declare_error, DeclareError, **wrong(world, done.event))
        assert done["number"] in str(refusal)
    assert theirs not in str(refusal)  # how others call what they received is theirs


def test_a_sealed_batch_is_not_unpacked_by_a_correction(world: World) -> None:
    batch = world.sealed()
    with world.database.reading() as session:
        packing = session.scalars(select(Event.code).join(Lot, Lot.made_by_id == Event.id).where(Lot.code == batch))
        event = packing.one()
    world.refused(UsedDownstream, world.malee, declare_error, DeclareError, **wrong(world, event))


def test_destroying_in_error_gives_the_grams_back(world: World) -> None:
    lot = world.lot()
    done = world.do(world.malee, dispose, Dispose, lot=lot, mass_g=None, reason="mould")
    world.do(world.malee, declare_error, DeclareError, **wrong(world, done.event, reason="did_not_occur"))
    assert world.left(lot) == (100_000, 2)


def test_what_cannot_be_declared_stores_nothing(world: World) -> None:
    done = world.say(world.bakari, record_weigh_in, weighed(world))
    lot = formed(world, done["lot"])
    with world.database.reading() as session:
        farmer = session.scalars(select(Event.code).where(Event.kind == "register_farmer")).first()
    assert farmer is not None

    def refused(refusal: type[Any], event: str, actor: Any = None, **changes: Any) -> None:
        fact = wrong(world, event, **changes)
        world.refused(refusal, actor or world.bakari, declare_error, DeclareError, **fact)

    refused(NoSuchEvent, "NOWHERE2")
    refused(CannotBeDeclared, farmer)
    refused(SayWhy, lot.event, note=" ")
    refused(CannotBeDeclared, lot.event, replacement=weighed(world))
    refused(ManagerNeeded, lot.event, replace(world.bakari, user_id=109))
    world.do(world.malee, declare_error, DeclareError, **wrong(world, lot.event))


def test_a_declaration_cannot_itself_be_declared(world: World) -> None:
    done = formed(world, world.delivery())
    said = world.do(world.malee, declare_error, DeclareError, **wrong(world, done.event))
    world.refused(CannotBeDeclared, world.malee, declare_error, DeclareError, **wrong(world, said.event))


def test_processing_in_error_gives_inputs_back_and_voids_every_output(world: World) -> None:
    lot = world.lot(world.delivery(100_000, form="dry_parchment", bags=2))
    outputs = (Output(form="green", mass_g=80_000), Output(form="husk", mass_g=18_000, by_product=True))
    fact = {"facility": world.mill, "inputs": (Take(lot=lot),), "outputs": outputs}
    done = world.do(world.bakari, process, Process, **fact)
    world.do(world.bakari, declare_error, DeclareError, **wrong(world, done.event))
    assert world.left(lot) == (100_000, 2)
    assert all(world.row(code).void for code in done["lots"])


def test_a_clerk_may_ask_a_manager_for_a_correction(world: World) -> None:
    done = formed(world, world.delivery())
    world.do(world.bakari, ask_correction, AskCorrection, event=done.event, reason="the scale was off")
    world.refused(SayWhy, world.bakari, ask_correction, AskCorrection, event=done.event, reason="")
    world.refused(NoSuchEvent, world.bakari, ask_correction, AskCorrection, event="NOWHERE2", reason="x")
