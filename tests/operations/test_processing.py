"""The mill: processing, splitting, merging, re-bagging, destroying."""

from __future__ import annotations

from typing import Any

from tests.cast import World
from traceability.domain.facts import Dispose, Loss, Measured, Merge, Output, Process, Rebag, Split, Take
from traceability.domain.postings import UnitsBelowZero, UnitsDiffer
from traceability.errors import (
    AlreadySealed,
    ChosenTwice,
    Forbidden,
    FormsDiffer,
    InALotAlready,
    MassNeeded,
    MixedGoods,
    MoreThanWentIn,
    NeedsConfirming,
    NoSuchLot,
    NotEnoughLeft,
    NotEnoughUnits,
    NothingChosen,
    NothingToMerge,
    ReasonNeeded,
    SayWhy,
)
from traceability.models import Measurement
from traceability.operations.processing import dispose, merge, process, rebag, split


def milling(world: World, *inputs: Take, green_g: int = 80_000, **more: Any) -> dict[str, Any]:
    return {
        "facility": world.mill,
        "inputs": inputs,
        "outputs": (Output(form="green", mass_g=green_g, unit="bag", count=2),),
        **more,
    }


def parchment(world: World, mass_g: int = 100_000) -> str:
    return world.lot(world.delivery(mass_g, form="dry_parchment", bags=2))


def test_processing_gives_green_husk_and_named_losses(world: World) -> None:
    """100 parchment -> 80 green + 18 husk; 1 moisture, 1 unnamed"""
    lot = parchment(world)
    fact = milling(
        world,
        Take(lot=lot),
        outputs=(
            Output(form="husk", mass_g=18_000, by_product=True),
            Output(form="green", mass_g=80_000, unit="bag", count=2, grade="AA"),
        ),
        losses=(Loss(name="moisture", mass_g=1_000),),
        measured=(Measured(property="moisture", value="11.0", unit="%"),),
    )
    done = world.do(world.bakari, process, Process, **fact)
    green = world.row(done["lot"])
    assert (green.form, green.kind, green.made_g, green.made_count, green.grade) == ("green", "lot", 80_000, 2, "AA")
    husk = world.row(done["lots"][0])
    assert (husk.form, husk.kind, husk.made_g) == ("husk", "by_product", 18_000)
    assert (done["in_g"], done["out_g"]) == (100_000, 98_000)
    assert world.left(lot) == (0, 0)
    with world.database.reading() as session:
        assert session.query(Measurement).one().lot_id == green.id, "the main output was measured, not the husk"


def test_part_of_a_lot_can_be_processed_and_the_rest_stays(world: World) -> None:
    lot = parchment(world)
    world.do(world.bakari, process, Process, **milling(world, Take(lot=lot, mass_g=50_000, count=1), green_g=40_000))
    assert world.left(lot) == (50_000, 1)


def test_an_outturn_out_of_range_is_kept_only_with_a_reason(world: World) -> None:
    lot = parchment(world)
    low = milling(world, Take(lot=lot), green_g=30_000)
    asked = world.refused(NeedsConfirming, world.bakari, process, Process, **low)
    assert asked.at == "reason"
    world.do(world.bakari, process, Process, **low, reason="much of it was mouldy")


def test_a_loss_nobody_knows_is_asked_about(world: World) -> None:
    odd = milling(world, Take(lot=parchment(world)), losses=(Loss(name="mice", mass_g=1),))
    world.refused(NeedsConfirming, world.bakari, process, Process, **odd)
    world.do(world.bakari, process, Process, **odd, confirmed=True)


def test_what_cannot_be_processed_stores_nothing(world: World) -> None:
    lot, other, cherry = parchment(world), parchment(world, 1_000), world.delivery(form="fresh_cherry")
    gone = world.delivery()
    world.lot(gone)

    def refused(refusal: type[Any], *inputs: Take, **more: Any) -> None:
        world.refused(refusal, world.bakari, process, Process, **milling(world, *inputs, **more))

    take = Take(lot=lot)
    refused(NothingChosen)
    refused(NothingChosen, take, outputs=())
    refused(ChosenTwice, take, Take(lot=lot, mass_g=1))
    refused(MixedGoods, take, Take(lot=cherry))
    refused(InALotAlready, take, Take(lot=gone))
    refused(NoSuchLot, take, Take(lot="NOWHERE2"))
    refused(MassNeeded, Take(lot=lot, mass_g=0))
    refused(MassNeeded, take, losses=(Loss(name="moisture", mass_g=-5),))
    refused(MassNeeded, take, outputs=(Output(form="green", mass_g=0),))
    refused(FormsDiffer, take, outputs=(Output(form="fillet", mass_g=1),))
    refused(MoreThanWentIn, take, green_g=100_001)
    refused(MoreThanWentIn, take, losses=(Loss(name="moisture", mass_g=20_001),))
    refused(NotEnoughLeft, Take(lot=lot, mass_g=101_000), green_g=81_000)
    refused(NotEnoughUnits, Take(lot=lot, mass_g=99_000, count=3), green_g=79_000)
    refused(UnitsDiffer, Take(lot=lot, mass_g=100_000, count=1))
    refused(UnitsBelowZero, Take(lot=lot, mass_g=99_000, count=-1), green_g=79_000)
    refused(UnitsBelowZero, take, outputs=(Output(form="green", mass_g=80_000, count=-2),))
    refused(AlreadySealed, Take(lot=world.sealed()))
    assert world.left(other) == (1_000, 2)


def test_a_split_keeps_every_gram_and_unit(world: World) -> None:
    """100 L -> 60 A + 30 B (+ 10 L)"""
    lot = world.lot(world.delivery(100_000, bags=10))
    parts = (Output(form="", mass_g=60_000, count=6, grade="AA"), Output(form="", mass_g=30_000, count=3))
    done = world.do(world.bakari, split, Split, facility=world.mill, lot=lot, parts=parts)
    assert [world.left(code) for code in (*done["lots"], lot)] == [(60_000, 6), (30_000, 3), (10_000, 1)]
    assert world.row(done["lot"]).grade == "AA"
    assert done["numbers"] == ["LA-PN-2026-0002", "LA-PN-2026-0003"]


def test_what_cannot_be_split_stores_nothing(world: World) -> None:
    lot = world.lot(world.delivery(100_000, bags=10))

    def refused(refusal: type[Any], *parts: tuple[int, int], of: str = lot) -> None:
        given = tuple(Output(form="", mass_g=mass, count=count) for mass, count in parts)
        world.refused(refusal, world.bakari, split, Split, facility=world.mill, lot=of, parts=given)

    refused(NothingChosen)
    refused(MassNeeded, (0, 0))
    refused(NotEnoughLeft, (60_000, 0), (40_001, 0))
    refused(NotEnoughUnits, (60_000, 6), (30_000, 5))
    refused(UnitsDiffer, (60_000, 5), (40_000, 4))
    refused(UnitsBelowZero, (60_000, 8), (30_000, -1))
    refused(NoSuchLot, (1, 0), of="NOWHERE2")
    refused(AlreadySealed, (1, 0), of=world.sealed())


def test_a_merge_joins_what_is_the_same(world: World) -> None:
    """60 A + 40 B -> M, weighed 99.5"""
    first, second = world.lot(world.delivery(60_000)), world.lot(world.delivery(40_000, world.bounmy))
    inputs = (Take(lot=first), Take(lot=second))
    done = world.do(world.bakari, merge, Merge, facility=world.mill, inputs=inputs, weighed_g=99_500)
    merged = world.row(done["lot"])
    assert (merged.made_g, merged.made_count, merged.unit, merged.custody) == (99_500, 2, "bag", "segregated")


def test_what_two_lots_share_the_merged_one_keeps_and_nothing_else(world: World) -> None:
    same = [world.lot(world.delivery(grade="AA")), world.lot(world.delivery(grade="AA"))]
    assert world.row(world.merge(*same)).grade == "AA"
    mixed = [world.lot(world.delivery(grade="AA")), world.lot(world.delivery(grade="B", unit="crate"))]
    row = world.row(world.merge(*mixed))
    assert (row.grade, row.unit) == ("", "")


def test_what_cannot_be_merged_stores_nothing(world: World) -> None:
    lot, husk = world.lot(), world.lot(world.delivery(form="dry_parchment"))

    def refused(refusal: type[Any], *lots: str, **more: Any) -> None:
        inputs = tuple(Take(lot=code) for code in lots)
        world.refused(refusal, world.bakari, merge, Merge, facility=world.mill, inputs=inputs, **more)

    refused(NothingChosen)
    refused(ChosenTwice, lot, lot)
    refused(MixedGoods, lot, husk)
    other = world.lot()
    refused(NothingToMerge, lot)
    refused(NothingToMerge, lot, weighed_g=90_000)
    refused(ReasonNeeded, lot, other, weighed_g=90_000)
    refused(MassNeeded, lot, other, weighed_g=-1)
    refused(NoSuchLot, lot, "NOWHERE2")


def test_re_bagging_changes_the_units_and_weighs_again(world: World) -> None:
    lot = world.lot(world.delivery(100_000, bags=10))
    fact = {"facility": world.mill, "lot": lot, "unit": "box", "count": 25, "weighed_g": 99_900}
    done = world.do(world.bakari, rebag, Rebag, **fact)
    new = world.row(done["lot"])
    assert (new.unit, new.made_count, new.made_g) == ("box", 25, 99_900)
    assert world.left(lot) == (0, 0)
    again = {"facility": world.mill, "unit": "box", "count": 1}
    world.refused(InALotAlready, world.bakari, rebag, Rebag, **again, lot=lot)
    world.refused(ReasonNeeded, world.bakari, rebag, Rebag, **again, lot=new.code, weighed_g=1)
    world.refused(MassNeeded, world.bakari, rebag, Rebag, **again, lot=new.code, weighed_g=0)
    world.refused(UnitsBelowZero, world.bakari, rebag, Rebag, **{**again, "count": -1}, lot=new.code)
    world.refused(NoSuchLot, world.bakari, rebag, Rebag, **again, lot="NOWHERE2")


def test_destroying_takes_grams_and_in_the_end_the_units(world: World) -> None:
    lot = world.lot(world.delivery(100_000, bags=10))
    world.do(world.malee, dispose, Dispose, lot=lot, mass_g=30_000, reason="mould")
    assert world.left(lot) == (70_000, 10)
    world.do(world.malee, dispose, Dispose, lot=lot, mass_g=None, reason="mould")
    assert world.left(lot) == (0, 0)


def test_what_cannot_be_destroyed_stores_nothing(world: World) -> None:
    lot = world.lot()
    world.refused(SayWhy, world.malee, dispose, Dispose, lot=lot, mass_g=1, reason=" ")
    world.refused(MassNeeded, world.malee, dispose, Dispose, lot=lot, mass_g=0, reason="mould")
    world.refused(NotEnoughLeft, world.malee, dispose, Dispose, lot=lot, mass_g=100_001, reason="mould")
    world.refused(NoSuchLot, world.malee, dispose, Dispose, lot="NOWHERE2", mass_g=1, reason="mould")
    world.refused(Forbidden, world.bakari, dispose, Dispose, lot=lot, mass_g=1, reason="mould")
