"""Paper pages, collectors' trucks and usual chains on both databases: all or nothing, and no gram unaccounted for."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from tests.cast import World
from traceability.domain.chain import Chain
from traceability.domain.facts import FormLot, WeighIn
from traceability.domain.paper import PaperLine, PaperPage
from traceability.errors import InvalidInput, NeedsConfirming, PageDiffers
from traceability.models import Event, Lot, Posting
from traceability.operations.chain import run_chain
from traceability.operations.collection import form_lot, record_weigh_in
from traceability.operations.paper import record_paper_page
from traceability.queries import routes


def page(world: World, *lines: tuple[str, int], total_g: int, **more: object) -> PaperPage:
    """Amina's and others' green coffee as the book has it."""
    written = tuple(PaperLine(line=n, farmer=who, bags_g=(mass,)) for n, (who, mass) in enumerate(lines, start=1))
    said = {"occurred_at": datetime(2026, 1, 5, 10, tzinfo=UTC), **more}
    return world.fact(
        PaperPage,
        facility=world.mill,
        commodity="arabica_coffee",
        form="green",
        page="12",
        total_g=total_g,
        lines=written,
        **said,
    )


def test_a_page_is_stored_whole_or_not_at_all(world: World) -> None:
    def type_in(fact: PaperPage) -> list[str]:
        return [done["number"] for done in world.database.write(lambda s: record_paper_page(s, world.bakari, fact))]

    before = world.everything()
    for refusal, wrong in (
        (PageDiffers, page(world, (world.amina, 50_000), total_g=60_000)),
        (InvalidInput, page(world, (world.amina, 50_000), ("9999", 50_000), total_g=100_000)),
        (NeedsConfirming, page(world, (world.amina, 50_000), (world.bounmy, 500_000), total_g=550_000)),
    ):
        with pytest.raises(refusal):
            type_in(wrong)
        assert world.everything() == before
    right = page(world, (world.amina, 50_000), (world.bounmy, 49_000), total_g=99_000)
    numbers = type_in(right)
    assert len(set(numbers)) == 2
    after = world.everything()
    assert type_in(right) == numbers
    assert world.everything() == after
    with pytest.raises(NeedsConfirming):
        type_in(page(world, (world.amina, 47_000), total_g=47_000))


def test_what_a_truck_lost_is_a_line_of_its_lot(world: World) -> None:
    usual = {"facility": world.mill, "commodity": "arabica_coffee", "form": "green", "tare_g": 0, "confirmed": True}
    gathered = [
        world.do(world.bakari, record_weigh_in, WeighIn, **usual, farmer=who, bags_g=(50_000,), vehicle="ls 1")["lot"]
        for who in (world.amina, world.bounmy)
    ]
    on = date(2026, 1, 5)
    with world.database.reading() as session:
        assert [(load.vehicle, load.farmers, load.mass_g) for load in routes.loads(session, world.bakari, on)] == [
            ("LS 1", 2, 100_000)
        ]
        assert routes.loads(session, world.dao, on) == []
    load = {"facility": world.mill, "deliveries": tuple(gathered), "weighed_g": 99_400, "vehicle": "LS 1"}
    done = world.do(world.bakari, form_lot, FormLot, **load)
    with world.database.reading() as session:
        assert routes.loads(session, world.bakari, on) == []
        assert [one.difference_g for one in routes.arrivals(session, world.bakari, on)] == [-600]
        event = session.scalars(select(Event).where(Event.code == done.event)).one()
        lost = session.scalars(select(Posting).where(Posting.event_id == event.id, Posting.ref == "transit")).one()
        assert lost.mass_g == 600


def test_a_chain_said_again_after_other_work_answers_the_same(world: World) -> None:
    usual = {"facility": world.mill, "commodity": "arabica_coffee", "tare_g": 0, "confirmed": True}
    cherry = world.do(
        world.bakari, record_weigh_in, WeighIn, **usual, form="fresh_cherry", farmer=world.amina, bags_g=(600_000,)
    )
    chain = {"facility": world.mill, "lot": cherry["lot"], "forms": ("dry_parchment", "green"), "mass_g": 97_000}
    fact = world.fact(Chain, **chain)
    first = world.database.write(lambda session: run_chain(session, world.bakari, fact))
    assert (first["in_g"], first["out_g"]) == (120_625, 97_000)
    before = world.everything()
    again = world.database.write(lambda session: run_chain(session, world.bakari, fact))
    assert again.answer == first.answer
    assert world.everything() == before
    with world.database.reading() as session:
        assert session.scalar(select(func.sum(Posting.mass_g))) == 0
        assert session.scalar(select(Lot.balance_g).where(Lot.code == cherry["lot"])) == 0
