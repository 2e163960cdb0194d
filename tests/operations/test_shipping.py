"""The road: dispatch, receive, take back, and shipping a batch to a buyer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.cast import World
from traceability.domain.facts import Dispatch, Dispose, PutOnHold, RecallGoods, Receive, Ship, TakeBack
from traceability.domain.postings import UnitsBelowZero, UnitsDiffer
from traceability.errors import (
    AlreadyClosed,
    MassNeeded,
    MoreThanWentIn,
    NoSuchBatch,
    NoSuchLot,
    NoSuchOrganisation,
    NoSuchPartner,
    NoSuchTransfer,
    NotBackYet,
    NotEnoughLeft,
    NotEnoughUnits,
    NothingLeft,
    NotReleased,
    NotYours,
    OnHold,
    ReasonNeeded,
    SayWhy,
    ToYourself,
    TransferExpired,
    UnderRecall,
)
from traceability.models import Batch, Posting, Transfer
from traceability.operations.inspection import put_on_hold, recall
from traceability.operations.processing import dispose
from traceability.operations.shipping import dispatch, receive, ship, take_back


def consignment(world: World, code: str) -> tuple[str, int, int]:
    """The state of a consignment, and the grams and units that are open on it."""
    with world.database.reading() as session:
        row = session.scalars(select(Transfer).where(Transfer.code == code)).one()
        return row.state, row.open_g, row.open_count


def tracked(world: World, code: str) -> int:
    """The units that were lost on the road."""
    with world.database.reading() as session:
        lines = select(Posting).where(Posting.account == "loss", Posting.ref == "transit")
        return sum(line.count for line in session.scalars(lines))


def test_a_consignment_received_in_full_is_a_lot_of_the_receiver(world: World) -> None:
    """100 L -> road -> 99.5 R (0.5 lost)"""
    lot = world.lot(world.delivery(100_000, bags=10))
    transfer = world.dispatched(lot)
    assert world.left(lot) == (0, 0)
    assert consignment(world, transfer) == ("pending", 100_000, 10)
    new = world.row(world.received(transfer, 99_500))
    assert (new.made_g, new.made_count, new.org_id, new.number) == (99_500, 10, world.chiara.org_id, "IT-CC-2026-0001")
    assert consignment(world, transfer) == ("received", 0, 0)


def test_what_is_refused_goes_back_to_the_sender(world: World) -> None:
    """100 L -> road -> 70 R; 30 refused -> L"""
    lot = world.lot(world.delivery(100_000, bags=10))
    transfer = world.dispatched(lot)
    world.received(transfer, 70_000, refused_g=30_000, refused_count=3, reason="wet")
    assert consignment(world, transfer) == ("partly", 30_000, 3)
    world.do(world.bakari, take_back, TakeBack, transfer=transfer)
    assert world.left(lot) == (30_000, 3)
    assert consignment(world, transfer) == ("returned", 0, 0)


def test_the_accepted_bags_alone_say_how_many_were_refused(world: World) -> None:
    lot = world.lot(world.delivery(100_000, bags=10))
    transfer = world.dispatched(lot)
    world.received(transfer, 70_000, refused_g=30_000, count=7, reason="wet")
    assert consignment(world, transfer) == ("partly", 30_000, 3)


def test_everything_can_be_refused(world: World) -> None:
    lot = world.lot()
    transfer = world.dispatched(lot)
    assert world.received(transfer, 0, refused_g=100_000, reason="mould") == ""
    assert consignment(world, transfer) == ("refused", 100_000, 2)
    world.do(world.bakari, take_back, TakeBack, transfer=transfer, weighed_g=99_500)
    assert world.left(lot) == (99_500, 2)


def test_a_bag_that_never_arrived_is_lost_on_the_road(world: World) -> None:
    transfer = world.dispatched(world.lot(world.delivery(100_000, bags=10)))
    new = world.received(transfer, 90_000, count=9, reason="one bag fell off")
    assert world.left(new) == (90_000, 9)
    assert consignment(world, transfer) == ("received", 0, 0)
    assert tracked(world, transfer) == 1


def test_an_expired_consignment_is_taken_back_and_not_received(world: World) -> None:
    lot = world.lot()
    sent = world.fact(Dispatch, lot=lot, to_organisation=world.importer.org_code)
    transfer = world.say(world.bakari, dispatch, sent)["transfer"]
    world.refused(NotBackYet, world.bakari, take_back, TakeBack, transfer=transfer)
    later = sent.occurred_at + timedelta(days=14)
    world.refused(
        TransferExpired, world.chiara, receive, Receive, transfer=transfer, weighed_g=100_000, occurred_at=later
    )
    world.do(world.bakari, take_back, TakeBack, transfer=transfer, occurred_at=later)
    assert world.left(lot) == (100_000, 2)
    world.refused(AlreadyClosed, world.bakari, take_back, TakeBack, transfer=transfer, occurred_at=later)
    world.refused(AlreadyClosed, world.chiara, receive, Receive, transfer=transfer, weighed_g=100_000)


def test_more_missing_than_the_road_usually_takes_needs_a_reason(world: World) -> None:
    lot = world.lot()
    transfer = world.dispatched(lot)
    world.received(transfer, 0, refused_g=100_000, reason="mould")
    world.refused(ReasonNeeded, world.bakari, take_back, TakeBack, transfer=transfer, weighed_g=90_000)
    world.refused(MoreThanWentIn, world.bakari, take_back, TakeBack, transfer=transfer, weighed_g=100_001)
    world.refused(MoreThanWentIn, world.bakari, take_back, TakeBack, transfer=transfer, weighed_g=-1)
    world.do(world.bakari, take_back, TakeBack, transfer=transfer, weighed_g=0, reason="burnt with the truck")
    assert world.left(lot) == (0, 0)
    assert consignment(world, transfer) == ("returned", 0, 0)


def test_what_cannot_be_dispatched_stores_nothing(world: World) -> None:
    lot = world.lot(world.delivery(100_000, bags=10))

    def refused(refusal: type[Any], **changes: Any) -> None:
        fact = {"lot": lot, "to_organisation": world.importer.org_code, **changes}
        world.refused(refusal, world.bakari, dispatch, Dispatch, **fact)

    refused(ToYourself, to_organisation=world.cooperative.org_code)
    refused(NoSuchOrganisation, to_organisation="NOBODY22")
    refused(NoSuchLot, lot="NOWHERE2")
    refused(MassNeeded, mass_g=0)
    refused(NotEnoughLeft, mass_g=100_001)
    refused(NotEnoughUnits, mass_g=10_000, count=11)
    refused(UnitsDiffer, count=9)
    refused(UnitsBelowZero, mass_g=10_000, count=-1)
    world.dispatched(lot)
    refused(NothingLeft)


def test_what_cannot_be_received_stores_nothing(world: World) -> None:
    transfer = world.dispatched(world.lot(world.delivery(100_000, bags=10)))

    def refused(refusal: type[Any], actor: Any = None, **changes: Any) -> None:
        fact = {"transfer": transfer, "weighed_g": 100_000, **changes}
        world.refused(refusal, actor or world.chiara, receive, Receive, **fact)

    refused(NotYours, world.bakari)
    refused(NoSuchTransfer, world.dao)
    refused(NoSuchTransfer, transfer="NOWHERE2")
    refused(SayWhy, refused_g=10_000, weighed_g=90_000)
    refused(MoreThanWentIn, refused_g=100_001, reason="wet")
    refused(MoreThanWentIn, refused_g=-1)
    refused(MoreThanWentIn, refused_g=100_000, weighed_g=5, reason="wet")
    refused(ReasonNeeded, weighed_g=90_000)
    refused(MassNeeded, weighed_g=0, reason="fell off")
    refused(UnitsDiffer, count=11)
    refused(UnitsDiffer, refused_count=1)
    refused(UnitsDiffer, refused_g=10_000, weighed_g=90_000, refused_count=11, reason="wet")
    refused(UnitsDiffer, count=-1)
    world.received(transfer, 100_000)
    refused(AlreadyClosed)
    world.refused(NoSuchTransfer, world.chiara, take_back, TakeBack, transfer=transfer)
    world.refused(AlreadyClosed, world.bakari, take_back, TakeBack, transfer=transfer)


def test_a_batch_leaves_with_its_marks(world: World) -> None:
    batch = world.released()
    fact = {"batch": batch, "buyer": world.buyer, "container": "CSQU3054383", "seal": "S1"}
    world.do(world.malee, ship, Ship, **fact, mass_g=50_000, count=1)
    assert world.left(batch) == (50_000, 1)
    world.do(world.malee, ship, Ship, **fact)
    assert world.left(batch) == (0, 0)
    with world.database.reading() as session:
        assert session.scalars(select(Batch)).one().marks["container"] == "CSQU3054383"


def test_what_cannot_be_shipped_stores_nothing(world: World) -> None:
    sealed = world.sealed()
    world.refused(NotReleased, world.malee, ship, Ship, batch=sealed, buyer=world.buyer)
    batch = world.released(sealed)

    def refused(refusal: type[Any], **changes: Any) -> None:
        world.refused(refusal, world.malee, ship, Ship, **{"batch": batch, "buyer": world.buyer, **changes})

    refused(NoSuchBatch, batch="NOWHERE2")
    refused(NoSuchBatch, batch=world.lot())
    refused(NoSuchPartner, buyer="NOWHERE2")
    refused(NoSuchPartner, buyer=world.chiaras_buyer)
    refused(NoSuchPartner, buyer=world.amina)
    refused(MassNeeded, mass_g=-5)
    refused(NotEnoughLeft, mass_g=100_001)
    refused(NotEnoughUnits, mass_g=50_000, count=3)
    world.do(world.malee, ship, Ship, batch=batch, buyer=world.buyer)
    refused(NothingLeft)


@pytest.mark.parametrize("stop", ["hold", "lot", "plot", "farmer"])
def test_goods_stop_wherever_they_are_when_something_upstream_is_stopped(world: World, stop: str) -> None:
    """D1 + D2 -> L -> P, sealed and released; then D1, its plot or its farmer is stopped"""
    delivery = world.delivery(60_000, plot=world.amina_plot)
    lot = world.lot(delivery, world.delivery(40_000, world.bounmy))
    part, rest = world.split(lot, 40_000, 60_000)
    batch = world.released(world.sealed(world.packed(part, mass_g=40_000, count=1)))
    transfer = world.dispatched(rest, 10_000)
    target = {"lot": delivery, "plot": world.amina_plot, "farmer": world.amina}
    if stop == "hold":
        world.do(world.malee, put_on_hold, PutOnHold, lot=delivery, reason="residues")
    else:
        world.do(world.malee, recall, RecallGoods, reason="residues", action="return", **{stop: target[stop]})
    refusal = OnHold if stop == "hold" else UnderRecall
    world.refused(refusal, world.malee, ship, Ship, batch=batch, buyer=world.buyer)
    to_chiara = {"to_organisation": world.importer.org_code}
    world.refused(refusal, world.bakari, dispatch, Dispatch, lot=rest, **to_chiara)
    world.refused(refusal, world.bakari, dispatch, Dispatch, lot=batch, **to_chiara)
    abroad = world.received(transfer, 10_000)
    back = {"to_organisation": world.cooperative.org_code}
    world.refused(refusal, world.chiara, dispatch, Dispatch, lot=abroad, **back)
    world.do(world.malee, dispose, Dispose, lot=batch, mass_g=None, reason="residues")
