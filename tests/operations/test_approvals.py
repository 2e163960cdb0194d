"""Four eyes: Malee and Noy manage, Bakari weighs. F1, F2, F3, F8 and F9 of the fraud scenarios.

`D1 + D2 -> L`: once D1 is in L, nobody alone says that D1 was another farmer's.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select

from tests.cast import World, event_of, person
from traceability.domain.approvals import Approve, AskCap, AskOrigin, Refuse
from traceability.domain.events import Kind
from traceability.domain.facts import AskCorrection, CorrectOrigin, DeclareError, RegisterUser, Release, Seal, WeighIn
from traceability.domain.roles import Actor, Role
from traceability.errors import (
    ApprovalNeeded,
    CapReached,
    MassNeeded,
    NeedsConfirming,
    NoSuchPlot,
    SameOrigin,
    SayWhy,
    SecondPersonNeeded,
    UsedDownstream,
)
from traceability.models import Event, Plot
from traceability.operations import collection, correction, packing, rebooking
from traceability.operations.account import actor_of, register_user
from traceability.operations.approvals import (
    AlreadyDecided,
    NoSuchRequest,
    NothingToApprove,
    OwnRequest,
    SameCap,
    approve,
    ask_cap,
    ask_origin,
    refuse,
)
from traceability.queries.approvals import requests
from traceability.queries.audit import audit


def manager(world: World, login: str) -> Actor:
    """Somebody who signs in and manages: such people count."""
    fact = world.fact(RegisterUser, login=login, name=login.title(), password="long enough words", roles=("manager",))
    world.say(world.cooperative, register_user, fact)
    with world.database.reading() as session:
        return actor_of(session, login, world.cooperative.org_id)


def cap_of(world: World, plot: str) -> int | None:
    with world.database.reading() as session:
        return session.scalar(select(Plot.cap_g).where(Plot.code == plot))


def weighed(world: World, grams: int) -> dict[str, Any]:
    given = {"facility": world.mill, "farmer": world.amina, "plot": world.amina_plot, "tare_g": 0, "confirmed": True}
    return {**given, "commodity": "arabica_coffee", "form": "green", "bags_g": (grams,)}


def test_nobody_raises_a_limit_alone_where_there_are_two_managers(world: World) -> None:
    """F3"""
    malee, noy = manager(world, "malee"), manager(world, "noy")
    wanted = {"plot": world.amina_plot, "cap_g": 100_000, "reason": "new trees bear"}
    asked = world.do(malee, ask_cap, AskCap, **wanted).event
    world.refused(OwnRequest, malee, approve, Approve, request=asked)
    assert cap_of(world, world.amina_plot) is None
    done = world.do(noy, approve, Approve, request=asked)
    assert cap_of(world, world.amina_plot) == 100_000
    with world.database.reading() as session:
        kinds = session.scalars(select(Event.kind).order_by(Event.id.desc()).limit(2)).all()
        body = json.loads(session.scalars(select(Event.body).where(Event.code == done.event)).one())
    assert kinds == [Kind.APPROVE, Kind.ASK_CAP]
    assert (body["kdes"]["alone"], body["actor"]) == (False, noy.user_id)
    world.refused(AlreadyDecided, noy, approve, Approve, request=asked)
    world.refused(AlreadyDecided, noy, refuse, Refuse, request=asked, reason="too late")
    world.refused(SameCap, malee, ask_cap, AskCap, **wanted)


def test_a_single_manager_approves_alone_and_the_record_says_so(world: World) -> None:
    malee = manager(world, "malee")
    asked = world.do(malee, ask_cap, AskCap, plot=world.amina_plot, cap_g=100_000, reason="trees").event
    world.do(malee, approve, Approve, request=asked)
    with world.database.reading() as session:
        waiting, settled = requests(session, malee)
    assert not waiting
    decision = settled[0].decision
    assert decision is not None
    assert (decision.alone, decision.approved, decision.who) == (True, True, "Malee")


def test_a_weigh_in_above_the_limit_is_refused_in_one_go_and_in_many(world: World) -> None:
    """F1, F2"""
    asked = world.do(world.malee, ask_cap, AskCap, plot=world.amina_plot, cap_g=100_000, reason="as measured").event
    world.do(world.malee, approve, Approve, request=asked)
    world.refused(CapReached, world.bakari, collection.record_weigh_in, WeighIn, **weighed(world, 101_000))
    for _ in range(4):
        world.do(world.bakari, collection.record_weigh_in, WeighIn, **weighed(world, 25_000))
    world.refused(CapReached, world.bakari, collection.record_weigh_in, WeighIn, **weighed(world, 1))
    world.delivery(500_000, world.bounmy, plot=world.bounmy_plot)
    facts = [world.fact(WeighIn, **weighed(world, 1)), world.fact(WeighIn, **{**weighed(world, 2), "plot": ""})]
    told = world.database.write(lambda session: collection.record_weigh_ins(session, world.bakari, facts))
    assert [type(one).__name__ for one in told] == ["CapReached", "Done"]


def test_a_limit_counts_within_one_turn_of_many_weigh_ins(world: World) -> None:
    asked = world.do(world.malee, ask_cap, AskCap, plot=world.amina_plot, cap_g=50_000, reason="as measured").event
    world.do(world.malee, approve, Approve, request=asked)
    facts = [world.fact(WeighIn, **weighed(world, 25_000 + n)) for n in (0, -1, 2)]
    told = world.database.write(lambda session: collection.record_weigh_ins(session, world.bakari, facts))
    assert [type(one).__name__ for one in told] == ["Done", "Done", "CapReached"]


def test_whose_a_delivery_in_a_lot_is_takes_two(world: World) -> None:
    malee, noy = manager(world, "malee"), manager(world, "noy")
    delivery = world.delivery(60_000)
    wanted = {"event": event_of(world, delivery), "farmer": world.sida, "reason": "the other card"}
    world.lot(delivery, world.delivery(40_000, world.bounmy))
    world.refused(ApprovalNeeded, malee, rebooking.correct_origin, CorrectOrigin, **wanted)
    asked = world.do(malee, ask_origin, AskOrigin, **wanted).event
    world.refused(OwnRequest, malee, approve, Approve, request=asked)
    fact = world.fact(Approve, request=asked)
    done = world.say(noy, approve, fact)
    again = world.say(noy, approve, fact)
    assert (again.event, again.answer, again.replayed) == (done.event, done.answer, True)
    with world.database.reading() as session:
        kinds = session.scalars(select(Event.kind).order_by(Event.id.desc()).limit(3)).all()
    assert kinds == [Kind.CORRECT_ORIGIN, Kind.APPROVE, Kind.ASK_ORIGIN]
    assert list(audit(world.database)) == []
    world.refused(SameOrigin, malee, ask_origin, AskOrigin, **wanted)
    back = {**wanted, "farmer": world.amina}
    world.refused(ApprovalNeeded, noy, rebooking.correct_origin, CorrectOrigin, **back)


def test_what_lies_in_no_lot_yet_a_manager_corrects_alone(world: World) -> None:
    malee, _ = manager(world, "malee"), manager(world, "noy")
    wanted = {"event": event_of(world, world.delivery()), "farmer": world.sida, "reason": "the other card"}
    world.do(malee, rebooking.correct_origin, CorrectOrigin, **wanted)


def test_who_sealed_does_not_release_and_another_may_refuse_it(world: World) -> None:
    """F8; and F9: an entry under a sealed batch is not declared in error by anybody alone."""
    malee, noy = manager(world, "malee"), manager(world, "noy")
    lot = world.packed()
    sealed = world.do(malee, packing.seal, Seal, lot=lot, destination="IT")
    world.refused(SecondPersonNeeded, malee, packing.release, Release, batch=lot)
    world.refused(SayWhy, noy, refuse, Refuse, request=sealed.event, reason=" ")
    world.do(noy, refuse, Refuse, request=sealed.event, reason="the weights do not fit the paper")
    with world.database.reading() as session:
        waiting, settled = requests(session, noy)
    assert not waiting
    assert settled[0].decision is not None
    assert settled[0].decision.reason == "the weights do not fit the paper"
    wrong = {"event": event_of(world, lot), "reason": "did_not_occur", "note": "x"}
    world.refused(UsedDownstream, noy, correction.declare_error, DeclareError, **wrong)


def test_a_request_is_settled_by_doing_it_or_by_refusing_it(world: World) -> None:
    one, other = event_of(world, world.delivery(5_000)), event_of(world, world.delivery(6_000))
    for event in (one, other):
        world.do(world.bakari, correction.ask_correction, AskCorrection, event=event, reason="wrong")
    world.do(world.malee, correction.declare_error, DeclareError, event=one, reason="did_not_occur", note="x")
    with world.database.reading() as session:
        (still,), _ = requests(session, world.malee)
    assert still.facts["event"] == other
    world.do(world.malee, refuse, Refuse, request=still.code, reason="it was right")
    with world.database.reading() as session:
        waiting, settled = requests(session, world.malee)
    assert (waiting, len(settled)) == ([], 1)


@pytest.mark.parametrize("cap_g", [0, -1])
def test_what_cannot_be_asked_or_decided_stores_nothing(world: World, cap_g: int) -> None:
    wanted = {"plot": world.amina_plot, "cap_g": cap_g, "reason": "x"}
    world.refused(MassNeeded, world.malee, ask_cap, AskCap, **wanted)
    world.refused(SayWhy, world.malee, ask_cap, AskCap, **{**wanted, "cap_g": 5, "reason": " "})
    world.refused(SameCap, world.malee, ask_cap, AskCap, **{**wanted, "cap_g": None})
    world.refused(NoSuchPlot, world.malee, ask_cap, AskCap, **{**wanted, "plot": "NOWHERE2"})
    world.refused(NoSuchRequest, world.malee, approve, Approve, request=event_of(world, world.delivery()))
    asked = world.do(world.malee, correction.ask_correction, AskCorrection, event=event_of(world, world.delivery()),
                     reason="x").event  # fmt: skip
    world.refused(NothingToApprove, world.malee, approve, Approve, request=asked)
    nobody = person(world.cooperative, 800, "Nobody", Role.CLERK)
    assert not nobody.may(Kind.APPROVE)


def test_a_limit_that_nobody_approved_is_found_by_the_audit(world: World) -> None:
    def forge(session: Any) -> None:
        session.scalars(select(Plot).where(Plot.code == world.amina_plot)).one().cap_g = 10**9

    world.database.write(forge)
    assert any("cap_g" in finding.where for finding in audit(world.database))


def test_a_delivery_is_not_moved_onto_a_plot_beyond_its_limit(world: World) -> None:
    asked = world.do(world.malee, ask_cap, AskCap, plot=world.amina_plot, cap_g=10_000, reason="as measured").event
    world.do(world.malee, approve, Approve, request=asked)
    event = event_of(world, world.delivery(50_000, world.bounmy))
    moved = {"event": event, "farmer": world.amina, "plot": world.amina_plot, "reason": "her trees"}
    world.refused(CapReached, world.malee, rebooking.correct_origin, CorrectOrigin, **moved)


def test_taking_a_lot_apart_first_does_not_save_asking(world: World) -> None:
    malee, _ = manager(world, "malee"), manager(world, "noy")
    delivery = world.delivery(60_000)
    formed = event_of(world, world.lot(delivery, world.delivery(40_000, world.bounmy)))
    world.do(malee, correction.declare_error, DeclareError, event=formed, reason="twice", note="x")
    wanted = {"event": event_of(world, delivery), "farmer": world.sida, "reason": "the other card"}
    world.refused(ApprovalNeeded, malee, rebooking.correct_origin, CorrectOrigin, **wanted)


def test_a_release_that_was_refused_is_asked_about(world: World) -> None:
    batch = world.sealed()
    with world.database.reading() as session:
        waiting, _ = requests(session, world.malee)
    asked = next(one.code for one in waiting if one.kind == Kind.SEAL)
    world.do(world.malee, refuse, Refuse, request=asked, reason="smells of smoke")
    said = world.refused(NeedsConfirming, world.malee, packing.release, Release, batch=batch)
    assert "smells of smoke" in str(said.warnings)
    world.do(world.malee, packing.release, Release, batch=batch, confirmed=True)
