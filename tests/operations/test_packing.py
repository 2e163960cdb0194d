"""The packing house: packing, sealing, releasing, replacing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select, update

from tests.cast import World
from traceability.domain.facts import Loss, Output, Pack, PutOnHold, RegisterUser, Release, Seal, Supersede, Take
from traceability.domain.gs1 import WrongCheckDigit
from traceability.domain.postings import UnitsBelowZero
from traceability.errors import (
    AlreadyReleased,
    AlreadySealed,
    FormsDiffer,
    InALotAlready,
    MassNeeded,
    MixedGoods,
    MoreThanWentIn,
    NeedsConfirming,
    NoSuchBatch,
    NotEnoughLeft,
    NothingChosen,
    NotPacked,
    NotReleased,
    OnHold,
    PartlyUsed,
    SayWhy,
    SecondPersonNeeded,
    SupersedesItself,
)
from traceability.models import Batch, User
from traceability.operations.account import register_user
from traceability.operations.inspection import put_on_hold
from traceability.operations.packing import OverAlready, pack, release, seal, supersede


def packing(world: World, *inputs: Take, **more: Any) -> dict[str, Any]:
    usual = {"facility": world.mill, "inputs": inputs, "form": "green", "unit": "bag", "count": 2, "mass_g": 100_000}
    return {**usual, **more}


def test_packing_names_what_is_left_over(world: World) -> None:
    """100 L -> 95 P in 2 bags + 3 triage; 1 sample, 1 unnamed"""
    fact = packing(
        world,
        Take(lot=world.lot()),
        mass_g=95_000,
        by_products=(Output(form="triage", mass_g=3_000, unit="bag", count=1),),
        losses=(Loss(name="sample", mass_g=1_000),),
    )
    done = world.do(world.bakari, pack, Pack, **fact)
    packed = world.row(done["lot"])
    assert (packed.kind, packed.made_g, packed.made_count, packed.form) == ("packed", 95_000, 2, "green")


def test_what_cannot_be_packed_stores_nothing(world: World) -> None:
    lot = world.lot()
    tea = world.delivery(commodity="tea", form="fresh_leaf", confirmed=True)

    def refused(refusal: type[Any], *inputs: Take, **more: Any) -> None:
        world.refused(refusal, world.bakari, pack, Pack, **packing(world, *inputs, **more))

    take = Take(lot=lot)
    refused(NothingChosen)
    refused(MixedGoods, take, Take(lot=tea))
    refused(FormsDiffer, take, form="fillet")
    refused(MassNeeded, take, mass_g=0)
    refused(MassNeeded, take, count=0)
    refused(MoreThanWentIn, take, mass_g=100_001)
    refused(NeedsConfirming, take, count=1)
    refused(NotEnoughLeft, Take(lot=lot, mass_g=110_000))
    refused(MassNeeded, take, mass_g=90_000, by_products=(Output(form="triage", mass_g=0),))
    refused(MassNeeded, take, mass_g=90_000, by_products=(Output(form="triage", mass_g=-9),))
    refused(FormsDiffer, take, mass_g=90_000, by_products=(Output(form="fillet", mass_g=9),))
    refused(UnitsBelowZero, take, mass_g=90_000, by_products=(Output(form="triage", mass_g=9, count=-1),))


def test_a_batch_is_sealed_then_released_then_its_page_is_open(world: World) -> None:
    batch = world.sealed()
    with world.database.reading() as session:
        row = session.scalars(select(Batch)).one()
        assert (row.version, row.released_at, row.destination, row.hs) == (0, None, "IT", "090111")
    done = world.do(world.malee, release, Release, batch=batch)
    with world.database.reading() as session:
        row = session.scalars(select(Batch)).one()
        assert (row.version, row.release_digest) == (1, done["digest"])
        assert len(row.release_digest) == 64
    world.refused(AlreadyReleased, world.malee, release, Release, batch=batch)


def test_what_cannot_be_sealed_stores_nothing(world: World) -> None:
    lot = world.lot()
    world.refused(NotPacked, world.malee, seal, Seal, lot=lot)
    packed = world.packed(lot)
    world.refused(NeedsConfirming, world.malee, seal, Seal, lot=packed, ico="Jan-22")
    world.refused(NeedsConfirming, world.malee, seal, Seal, lot=packed, container="CSQU3054384")
    world.refused(WrongCheckDigit, world.malee, seal, Seal, lot=packed, gtin="12345678901232")
    batch = world.sealed(packed)
    world.refused(AlreadySealed, world.malee, seal, Seal, lot=batch)
    empty = world.packed()
    world.split(empty, 100_000)
    world.refused(InALotAlready, world.malee, seal, Seal, lot=empty)


def test_goods_are_not_best_before_a_day_that_was_over_when_they_were_sealed(world: World) -> None:
    packed = world.packed()
    ready = datetime(2026, 1, 9, 3, tzinfo=UTC)
    said = {"lot": packed, "occurred_at": ready}
    for day in (date(2020, 1, 1), date(2026, 1, 8)):
        told = world.refused(OverAlready, world.malee, seal, Seal, best_before=day, **said)
        assert (told.at, told.sentence.values) == ("best_before", {"day": day, "ready": date(2026, 1, 9)})
    world.do(world.malee, seal, Seal, best_before=date(2026, 1, 9), **said)


def test_what_left_before_sealing_is_not_certified_twice(world: World) -> None:
    """P -> A; P would still be certified with A's grams in it"""
    packed = world.packed()
    part, rest = world.split(packed, 40_000, 10_000)
    world.refused(PartlyUsed, world.malee, seal, Seal, lot=packed)
    world.sealed(part)
    world.sealed(rest)


def test_nothing_is_sealed_or_released_over_a_hold(world: World) -> None:
    delivery = world.delivery()
    packed = world.packed(world.lot(delivery, world.delivery(50_001)), mass_g=100_001)
    sealed = world.sealed()
    world.do(world.malee, put_on_hold, PutOnHold, lot=delivery, reason="residues")
    refusal = world.refused(OnHold, world.malee, seal, Seal, lot=packed)
    assert world.row(delivery).number in str(refusal)
    world.do(world.malee, put_on_hold, PutOnHold, lot=sealed, reason="labels")
    world.refused(OnHold, world.malee, release, Release, batch=sealed)


def test_where_there_are_two_managers_the_second_one_releases(world: World) -> None:
    def manager(login: str) -> int:
        fact = {"login": login, "name": login, "password": "three words here", "roles": ("manager", "manager")}
        return int(world.do(world.cooperative, register_user, RegisterUser, **fact)["user"])

    first = replace(world.malee, user_id=manager("malee"))
    second = replace(world.malee, user_id=manager("noy"))
    lone, batch = world.packed(), world.packed()
    world.do(first, seal, Seal, lot=batch)
    world.refused(SecondPersonNeeded, first, release, Release, batch=batch)
    world.do(second, release, Release, batch=batch)
    world.do(first, seal, Seal, lot=lone)
    closing = update(User).where(User.id == second.user_id).values(closed_at=datetime.now(UTC))
    world.database.write(lambda session: session.execute(closing))
    world.do(first, release, Release, batch=lone)


def test_an_older_batch_points_to_the_newer_one(world: World) -> None:
    """B1 -> packed again -> B2"""
    old = world.released()
    again = world.packed(old)
    new = world.sealed(again)

    def refused(refusal: type[Any], **changes: Any) -> None:
        fact = {"old": old, "new": new, "reason": "new bags", **changes}
        world.refused(refusal, world.malee, supersede, Supersede, **fact)

    refused(SayWhy, reason="")
    refused(SupersedesItself, new=old)
    refused(NoSuchBatch, old="NOWHERE2")
    refused(NoSuchBatch, new=world.lot())
    refused(NotReleased)
    world.released(new)
    world.do(world.malee, supersede, Supersede, old=old, new=new, reason="new bags")
    world.refused(SupersedesItself, world.malee, supersede, Supersede, old=new, new=old, reason="back")
    with world.database.reading() as session:
        assert [row.superseded_by for row in session.scalars(select(Batch).order_by(Batch.id))] == [new, ""]
