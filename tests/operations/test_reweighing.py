"""A delivery in a closed lot weighed something else: Bakari asks, Malee or Noy approves, everything below follows."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from tests.cast import World, event_of
from tests.operations.refold import check_derived_rows, refold
from tests.operations.test_approvals import manager
from tests.operations.test_rebooking import dossier, grams
from traceability.domain.approvals import Approve, AskCap, CorrectWeight
from traceability.domain.facts import AskCorrection, DeclareError, FormLot, TakeBack, WeighIn
from traceability.domain.payments import AgreePrice
from traceability.domain.roles import Actor
from traceability.errors import (
    ApprovalNeeded,
    CapReached,
    MassNeeded,
    NotAWeighIn,
    SameWeight,
    UsedOtherwise,
    WeighedAnew,
    WeightCorrected,
)
from traceability.models import Event, Lot
from traceability.operations import approvals, collection, correction, money, reweighing, shipping
from traceability.operations.approvals import AlreadyDecided, NothingToApprove, OwnRequest
from traceability.queries.audit import audit
from traceability.queries.dossiers import dossier_of
from traceability.queries.frozen import grams_by_farmer
from traceability.queries.lot_story import LotStory, lot_story
from traceability.queries.owed import who_is_owed
from traceability.queries.records import touching

WHY = "4 instead of 40 was typed"


def asked(world: World, delivery: str, mass_g: int, who: Actor | None = None) -> str:
    said: Any = {"event": event_of(world, delivery), "reason": WHY, "mass_g": mass_g, "confirmed": True}
    return world.do(who or world.bakari, correction.ask_correction, AskCorrection, **said).event


def approved(world: World, delivery: str, mass_g: int) -> Any:
    return world.do(world.malee, approvals.approve, Approve, request=asked(world, delivery, mass_g))


def story(world: World, lot: str) -> LotStory:
    with world.database.reading() as session:
        return lot_story(session, world.malee, lot)


def weighed_lot(world: World, weighed_g: int, *deliveries: str, **more: Any) -> str:
    said: Any = {"facility": world.mill, "deliveries": deliveries, "weighed_g": weighed_g, "reason": "dust", **more}
    return str(world.do(world.bakari, collection.form_lot, FormLot, **said)["lot"])


def sound(world: World) -> None:
    assert list(audit(world.database)) == []
    with world.database.reading() as session:
        check_derived_rows(session, refold(session))


def test_a_lot_that_nobody_weighed_follows(world: World) -> None:
    """60 Amina + 4 Bounmy -> L 64; the 4 were 40: L 100"""
    wrong = world.delivery(4_000, world.bounmy)
    lot = world.lot(world.delivery(60_000), wrong)
    done = approved(world, wrong, 40_000)
    assert done["done"] == {"lot": wrong, "number": world.row(wrong).number, "mass_g": 40_000}
    told = story(world, lot)
    assert (told.lot.made_g, told.lot.balance_g, told.losses) == (100_000, 100_000, ())
    assert {share.mass_g for share in told.shares} == {60_000, 40_000}
    [row] = told.reweighed
    assert (row.code, row.was_g, row.mass_g, row.reason) == (wrong, 4_000, 40_000, WHY)
    assert story(world, wrong).reweighed == told.reweighed
    assert "Weight corrected" in [entry.words for entry in told.events]
    approved(world, wrong, 39_000)  # and less, after more
    assert story(world, lot).lot.balance_g == 99_000
    sound(world)


def test_a_weighed_lot_keeps_its_weight_and_its_loss_follows(world: World) -> None:
    """60 + 4 -> 63 weighed, 1 lost; the 4 were 5: 2 lost; they were 2: 1 gained"""
    wrong = world.delivery(4_000, world.bounmy)
    lot = weighed_lot(world, 63_000, world.delivery(60_000), wrong)
    approved(world, wrong, 5_000)
    told = story(world, lot)
    assert (told.lot.made_g, told.losses) == (63_000, (("weighing", 2_000),))
    assert sum(row.mass_g for row in told.inputs) == 65_000
    sound(world)
    approved(world, wrong, 2_000)
    assert (story(world, lot).lot.made_g, story(world, lot).losses) == (63_000, ())
    sound(world)


@pytest.mark.parametrize("weighed", [None, 63_500])
def test_what_was_packed_and_released_since_gets_a_new_version(world: World, weighed: int | None) -> None:
    wrong = world.delivery(4_000, world.bounmy)
    first = world.delivery(60_000)
    lot = world.lot(first, wrong) if weighed is None else weighed_lot(world, weighed, first, wrong)
    batch = world.released(world.sealed(world.packed(lot, mass_g=60_000)))
    before = dossier(world, batch)
    done = approved(world, wrong, 40_000)
    assert grams(world, batch) == {world.amina: 36_000, world.bounmy: 24_000}
    after = dossier(world, batch)
    assert (before.version, after.version) == (1, 2)
    [change] = after.changes
    assert (change.what, change.reason) == ("correct_weight", "")
    with world.database.reading() as session:
        assert dossier_of(session, batch, version=1).digest == before.digest
    assert done["done"]["mass_g"] == 40_000
    sound(world)


def test_shares_by_first_in_first_out_follow_too(world: World) -> None:
    """60 Amina, then 4 Bounmy -> L -> 60 packed, counted in order: all Amina's; the 60 were 30: some are Bounmy's"""
    first = world.delivery(60_000)
    lot = world.lot(first, world.delivery(4_000, world.bounmy))
    packed = world.packed(lot, mass_g=60_000)
    batch = world.released(world.sealed(packed, counted_by="first_in_first_out"))
    approved(world, first, 30_000)
    with world.database.reading() as session:
        found = grams_by_farmer(session, world.row(batch))
    assert sum(found.values()) == 60_000
    assert len(found) == 2
    sound(world)


def test_what_it_is_worth_follows(world: World) -> None:
    at_scale = world.delivery(4_000, price_per_kg=1_000, currency="LAK")
    later = world.delivery(6_000)
    said: Any = {"deliveries": (later,), "price_per_kg": 2_000, "currency": "LAK"}
    agreed = world.do(world.malee, money.agree_price, AgreePrice, **said)
    world.lot(at_scale, later)

    def worth() -> int:
        with world.database.reading() as session:
            return sum(row.amount for row in who_is_owed(session, world.malee))

    assert worth() == 4_000 + 12_000
    approved(world, at_scale, 40_000)
    approved(world, later, 5_000)
    assert worth() == 40_000 + 10_000
    sound(world)
    wrong: Any = {"event": agreed.event, "reason": "incorrect_data", "note": "the price of grade A"}
    world.do(world.malee, correction.declare_error, DeclareError, **wrong)
    assert worth() == 40_000
    world.do(world.malee, money.agree_price, AgreePrice, **{**said, "price_per_kg": 3_000})
    assert worth() == 40_000 + 15_000
    sound(world)


def test_it_takes_two_and_says_what_it_cannot_do(world: World) -> None:
    malee, noy = manager(world, "malee"), manager(world, "noy")
    wrong = world.delivery(4_000)
    lot = world.lot(wrong, world.delivery(60_000))
    world.refused(SameWeight, world.bakari, correction.ask_correction, AskCorrection, **wanted(world, wrong, 4_000))
    world.refused(MassNeeded, world.bakari, correction.ask_correction, AskCorrection, **wanted(world, wrong, 0))
    world.refused(NotAWeighIn, world.bakari, correction.ask_correction, AskCorrection, **wanted(world, lot, 1))
    world.refused(ApprovalNeeded, noy, reweighing.correct_weight, CorrectWeight, **wanted(world, wrong, 40_000))
    request = asked(world, wrong, 40_000, malee)
    world.refused(OwnRequest, malee, approvals.approve, Approve, request=request)
    fact = world.fact(Approve, request=request)
    done = world.say(noy, approvals.approve, fact)
    assert world.say(noy, approvals.approve, fact).answer == done.answer
    world.refused(AlreadyDecided, noy, approvals.approve, Approve, request=request)
    unsaid = world.do(world.bakari, correction.ask_correction, AskCorrection, event=event_of(world, wrong), reason="x")
    world.refused(NothingToApprove, noy, approvals.approve, Approve, request=unsaid.event)
    formed: Any = {"event": event_of(world, lot), "reason": "did_not_occur", "note": "x"}
    world.refused(WeightCorrected, noy, correction.declare_error, DeclareError, **formed)
    halved = world.delivery(8_000)
    world.split(halved, 4_000)
    world.refused(UsedOtherwise, noy, approvals.approve, Approve, request=asked(world, halved, 9_000))
    sound(world)


def wanted(world: World, lot: str, mass_g: int) -> dict[str, Any]:
    return {"event": event_of(world, lot), "mass_g": mass_g, "reason": WHY}


def test_what_is_in_no_lot_yet_is_corrected_in_place(world: World) -> None:
    wrong = world.delivery(4_000)
    approved(world, wrong, 3_000)
    assert (world.row(wrong).made_g, world.left(wrong)[0]) == (3_000, 3_000)
    assert world.row(world.lot(wrong, world.delivery(1_000))).made_g == 4_000
    sound(world)


@pytest.mark.parametrize("replaced", [False, True])
def test_a_weigh_in_of_another_weight_is_corrected_back_before_it_is_declared_in_error(
    world: World, replaced: bool
) -> None:
    wrong = world.delivery(4_000, world.bounmy, plot=world.bounmy_plot)
    approved(world, wrong, 3_000)
    said: Any = {"event": event_of(world, wrong), "reason": "wrong_weight"}
    if replaced:
        right: Any = {"facility": world.mill, "farmer": world.bounmy, "commodity": "arabica_coffee", "form": "green"}
        said["replacement"] = world.fact(WeighIn, **right, bags_g=(2_500,), tare_g=0, confirmed=True)
    world.refused(WeighedAnew, world.malee, correction.declare_error, DeclareError, **said)
    assert (world.row(wrong).void, world.left(wrong)[0]) == (False, 3_000)
    sound(world)
    approved(world, wrong, 4_000)
    world.do(world.malee, correction.declare_error, DeclareError, **said)
    assert (world.row(wrong).void, world.left(wrong)[0]) == (True, 0)
    sound(world)


def test_a_lot_that_lies_whole_again_stays_what_it_is(world: World) -> None:
    """60 + 4 -> L 64, on the road; the 4 were 40: 36 lost; back, and they were 4 after all: 64 lie there, none lost"""
    wrong = world.delivery(4_000, world.bounmy)
    lot = world.lot(world.delivery(60_000), wrong)
    transfer = world.dispatched(lot)
    approved(world, wrong, 40_000)
    late = datetime(2026, 3, 1, tzinfo=UTC)  # nobody answered
    world.do(world.bakari, shipping.take_back, TakeBack, transfer=transfer, reason="x", occurred_at=late)
    approved(world, wrong, 10_000)
    assert (world.left(lot)[0], story(world, lot).losses) == (64_000, (("weighing", 6_000),))
    approved(world, wrong, 4_000)
    assert (world.left(lot)[0], story(world, lot).losses) == (64_000, ())
    sound(world)
    approved(world, wrong, 5_000)  # as if nothing had been: nobody weighed it, all of it is there
    assert (world.left(lot)[0], story(world, lot).losses) == (65_000, ())
    sound(world)


def test_a_pack_in_error_gives_back_what_it_took(world: World) -> None:
    wrong = world.delivery(40_000, world.bounmy)
    lot = world.lot(world.delivery(2_000), wrong)
    packed = world.packed(lot, mass_g=42_000)
    approved(world, wrong, 50_000)
    declared: Any = {"event": event_of(world, packed), "reason": "did_not_occur", "note": "x"}
    world.do(world.malee, correction.declare_error, DeclareError, **declared)
    approved(world, wrong, 4_000)
    assert (world.left(lot)[0], story(world, lot).losses) == (42_000, ())
    assert sum(row.mass_g for row in story(world, lot).inputs) == 6_000
    sound(world)


def test_less_than_was_written_is_never_over_a_limit(world: World) -> None:
    wrong = world.delivery(40_000, world.bounmy, plot=world.bounmy_plot)
    world.lot(world.delivery(60_000), wrong)
    limit = world.do(world.bakari, approvals.ask_cap, AskCap, plot=world.bounmy_plot, cap_g=10_000, reason="x").event
    world.do(world.malee, approvals.approve, Approve, request=limit)
    world.refused(CapReached, world.malee, approvals.approve, Approve, request=asked(world, wrong, 41_000))
    approved(world, wrong, 20_000)
    assert world.row(wrong).made_g == 20_000
    sound(world)


def test_the_events_of_a_lot_name_its_corrected_weights(world: World) -> None:
    wrong = world.delivery(4_000)
    other = world.delivery(60_000, world.bounmy)
    lot = world.lot(wrong, other)
    packed = world.packed(lot, mass_g=64_000)
    approved(world, wrong, 40_000)

    def kinds(code: str) -> list[str]:
        with world.database.reading() as session:
            row = session.scalars(select(Lot).where(Lot.code == code)).one()
            return sorted(session.scalars(select(Event.kind).where(Event.id.in_(touching(row)))))

    assert kinds(wrong) == ["correct_weight", "form_lot", "weigh_in"]
    assert kinds(lot) == ["correct_weight", "form_lot", "pack"]
    assert kinds(other) == ["form_lot", "weigh_in"]
    assert kinds(packed) == ["pack"]
