"""The public page of a batch with a corrected weight: it adds up in every version, and the first stays as it was."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cast import World
from tests.operations.test_rebooking import dossier
from tests.operations.test_reweighing import approved, sound, weighed_lot
from traceability.domain.dossier import Dossier
from traceability.queries.dossiers import dossier_of
from traceability.queries.sums import LotSum, reason_of


def version(world: World, batch: str, number: int) -> Dossier:
    return dossier(world, batch, version=number)


def balances(found: Dossier) -> None:
    """Every step, and the whole of it, comes to nought; the deliveries are what went into the first lot."""
    formed = [step for step in found.journey if step.kind == "form_lot"]
    [weighed] = [step for step in found.journey if step.kind == "weigh_in"]
    assert sum(step.in_g for step in formed) == weighed.in_g == weighed.out_g
    for step in found.journey:
        assert step.in_g + step.corrected_g == step.out_g + sum(step.losses_g.values()), step
    books = found.balance
    assert books.received_g + books.gained_g == books.batch_g + books.by_products_g + sum(books.losses_g.values())
    assert set(found.loss_names) >= {*books.losses_g, *(key for step in found.journey for key in step.losses_g)}


def rows(world: World, batch: str, number: int) -> list[LotSum]:
    """The sums behind every number of a version, each of which adds up."""
    with world.database.reading() as session:
        found = dossier_of(session, batch, version=number)
        labels = [f"farm-{share.label}" for share in found.shares]
        told = [reason_of(session, found, what, listed=10).rows for what in labels]
    for row in (row for some in told for row in some):
        went_in = sum(taken.mass_g for taken in row.taken) + row.rest_g
        assert went_in == row.whole_g
        assert went_in + row.gained_g == sum(out.mass_g for out in row.came_out), row
        assert 0 <= row.corrected_g <= row.gained_g
    return list(told[0])


def everything(world: World, batch: str, number: int) -> tuple[Any, ...]:
    found = version(world, batch, number)
    balances(found)
    return found.journey, found.balance, list(found.shares), rows(world, batch, number)


def mixed(world: World, weighed: int | None) -> tuple[str, str, str, str]:
    """60 Amina + 4 Bounmy in a lot, all of it packed and released"""
    first, second = world.delivery(60_000), world.delivery(4_000, world.bounmy)
    lot = world.lot(first, second) if weighed is None else weighed_lot(world, weighed, first, second)
    batch = world.released(world.sealed(world.packed(lot, mass_g=weighed or 64_000)))
    return first, second, lot, batch


@pytest.mark.parametrize(("weighed", "before"), [(None, {}), (63_500, {"weighing": 500})])
def test_more_went_in(world: World, weighed: int | None, before: dict[str, int]) -> None:
    """the 4 were 40: 36 more are lost from version 2 on, by name, and 6 from version 3 on"""
    _, wrong, _, batch = mixed(world, weighed)
    said = everything(world, batch, 1)
    approved(world, wrong, 40_000)
    assert everything(world, batch, 1) == said
    second = everything(world, batch, 2)
    found = version(world, batch, 2)
    assert found.balance.losses_g == {**before, "weight_corrected": 36_000}
    assert (found.balance.received_g, found.balance.batch_g) == (100_000, weighed or 64_000)
    [formed] = [step for step in found.journey if step.kind == "form_lot"]
    assert (formed.in_g, formed.out_g) == (100_000, weighed or 64_000)
    assert formed.losses_g == {**before, "weight_corrected": 36_000}
    assert found.loss_names["weight_corrected"].by_language["en"] == "Weight corrected"
    lot = rows(world, batch, 2)[0]
    assert [(out.kind, out.called.text("en"), out.mass_g) for out in lot.came_out if out.mass_g == 36_000] == [
        ("loss", "Weight corrected", 36_000)
    ]
    approved(world, wrong, 10_000)
    third = everything(world, batch, 3)
    assert third[1].losses_g == {**before, "weight_corrected": 6_000}
    assert (everything(world, batch, 1), everything(world, batch, 2)) == (said, second)
    approved(world, wrong, 4_000)
    assert everything(world, batch, 4) == said
    sound(world)


@pytest.mark.parametrize(("weighed", "before"), [(None, {}), (63_500, {"weighing": 500})])
def test_less_went_in(world: World, weighed: int | None, before: dict[str, int]) -> None:
    """the 60 were 40: 20 came out that did not go in, and the page says why"""
    wrong, _, _, batch = mixed(world, weighed)
    said = everything(world, batch, 1)
    approved(world, wrong, 40_000)
    assert everything(world, batch, 1) == said
    journey, books, _, [lot, *_] = everything(world, batch, 2)
    assert (books.received_g, books.gained_g, books.corrected_g) == (44_000, 20_000, 20_000)
    assert books.losses_g == before
    [formed] = [step for step in journey if step.kind == "form_lot"]
    assert (formed.in_g, formed.corrected_g, formed.out_g) == (44_000, 20_000, weighed or 64_000)
    assert (lot.gained_g, lot.corrected_g) == (20_000, 20_000)
    sound(world)


def test_a_lot_that_follows(world: World) -> None:
    """the 4 were 40 before anything left the lot: 100 in, 100 out; later they were 10, and 30 less went in"""
    wrong = world.delivery(4_000, world.bounmy)
    lot = world.lot(world.delivery(60_000), wrong)
    approved(world, wrong, 40_000)
    batch = world.released(world.sealed(world.packed(lot, mass_g=100_000)))
    said = everything(world, batch, 1)
    [formed] = [step for step in said[0] if step.kind == "form_lot"]
    assert (formed.in_g, formed.out_g, formed.losses_g, formed.corrected_g) == (100_000, 100_000, {}, 0)
    assert (said[1].received_g, said[1].losses_g, said[1].gained_g) == (100_000, {}, 0)
    approved(world, wrong, 10_000)
    assert everything(world, batch, 1) == said
    _, books, _, [kept, *_] = everything(world, batch, 2)
    assert (books.received_g, books.corrected_g, kept.corrected_g) == (70_000, 30_000, 30_000)
    sound(world)


def test_a_batch_of_a_part_of_the_lot_and_one_released_later(world: World) -> None:
    """half of the lot is packed before the 4 were 40, half after: each version tells what was on record then"""
    wrong = world.delivery(4_000, world.bounmy)
    lot = world.lot(world.delivery(60_000), wrong)
    one, other = world.split(lot, 32_000, 32_000)
    batch = world.released(world.sealed(world.packed(one, mass_g=32_000)))
    said = version(world, batch, 1)
    approved(world, wrong, 40_000)
    late = world.released(world.sealed(world.packed(other, mass_g=32_000)))
    assert version(world, batch, 1).balance == said.balance
    assert version(world, batch, 1).journey == said.journey
    for code, number in ((batch, 2), (late, 1)):
        _, books, _, _ = everything(world, code, number)
        assert (books.received_g, books.losses_g) == (50_000, {"weight_corrected": 18_000})
    sound(world)
