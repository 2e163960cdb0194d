"""What the benchmarks stand on: a made-up harvest that holds together, yardsticks that give our answer, a table."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import func, select

from scripts.bench.__main__ import benchmarks, renewed
from scripts.bench.graph import DELIVERY, Harvest, harvest, ladder
from scripts.bench.graphs import GraphDatabase, GraphLibrary
from scripts.bench.load import into_sqlite
from scripts.bench.memory import Limit, Memory, NoCompiler
from scripts.bench.picture import Seen, draw
from scripts.bench.rivals import by_hand, textbook, textbook_below
from scripts.bench.scene import Scene, lot_of, reading
from scripts.bench.table import Row, printed
from traceability.models import Batch, Edge, Lot, Organisation, Party
from traceability.models.database import Database
from traceability.queries.lineage import trace_back, trace_forward

SMALL = 5_000


@pytest.fixture(scope="module")
def small() -> Harvest:
    return harvest(SMALL)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return Scene(SMALL, tmp_path_factory.mktemp("scene"))


def test_the_same_seed_makes_the_same_harvest(small: Harvest) -> None:
    again, other = harvest(SMALL), harvest(SMALL, seed=2)
    assert np.array_equal(small.parent, again.parent)
    assert np.array_equal(small.mass_g, again.mass_g)
    assert not np.array_equal(small.mass_g[:100], other.mass_g[:100])


def test_a_harvest_gives_out_no_more_than_it_has_and_nothing_before_its_time(small: Harvest) -> None:
    assert (small.left_g >= 0).all()
    assert (small.mass_g > 0).all()
    assert (small.child > small.parent).all()
    assert (small.day[small.child - 1] >= small.day[small.parent - 1]).all()
    assert ((small.farm > 0) == (small.kind == DELIVERY)).all()
    assert len(np.unique(small.child * 10**7 + small.parent)) == len(small.child)
    assert 0.9 < len(small.child) / SMALL < 1.1


def test_what_is_loaded_is_what_was_made(small: Harvest, scene: Scene) -> None:
    database = Database(f"sqlite:///{scene.product}")
    with database.reading() as session:
        counted = [session.scalar(select(func.count()).select_from(t)) for t in (Organisation, Party, Lot, Edge, Batch)]
        assert session.scalar(select(func.sum(Edge.mass_g))) == small.mass_g.sum()
        assert session.scalar(select(func.sum(Lot.balance_g))) == small.left_g.sum()
    database.close()
    assert counted == [
        *(small.organisations, len(small.farm_org), len(small.kind), len(small.child), len(small.packed)),
    ]


def test_every_yardstick_gives_the_grams_that_we_give(scene: Scene, tmp_path: Path) -> None:
    library, graphs = GraphLibrary(scene.harvest), GraphDatabase(scene.harvest, tmp_path)
    with reading(scene) as (session, product, book):
        for case in scene.cases([300, 1_000, 3_000]).values():
            lot = lot_of(session, case)
            trace = trace_back(session, lot)
            grams = trace.by_farmer()
            assert textbook(book, lot.id, lot.made_g) == grams
            assert library.shares(lot.id) == grams
            assert {farm: mass for (farm, _), mass in by_hand(product, lot.id, lot.made_g).items()} == grams
            in_numpy = scene.memory.shares(lot.id)
            assert in_numpy.keys() == grams.keys()
            assert all(abs(in_numpy[farm] - mass) <= 1 for farm, mass in grams.items())
            assert graphs.above(lot.id) == len(trace.through) - 1
            assert scene.memory.count(lot.id) == case.edges
    graphs.close()


def test_the_limit_in_c_gives_the_same_whole_grams(scene: Scene, tmp_path: Path) -> None:
    try:
        limit = Limit(Memory(scene.harvest), tmp_path)
    except NoCompiler as reason:
        pytest.skip(str(reason))
    with reading(scene) as (session, _, _):
        for lot in [*scene.harvest.packed.tolist(), *scene.harvest.packed.tolist()]:
            assert limit.shares(lot) == trace_back(session, session.get_one(Lot, lot)).by_farmer()


def test_a_recall_reaches_the_lots_of_the_textbook(scene: Scene) -> None:
    with reading(scene) as (session, _, book):
        for lots in ([1], [1, 2, 3], list(range(1, 2_000))):
            assert trace_forward(session, lots).lots == {lot for lot, _ in textbook_below(book, lots)}


def test_a_ladder_of_blends_holds_both_its_farms_half_and_half(tmp_path: Path) -> None:
    """2 to the power of 40 ways, 160 edges."""
    into_sqlite(ladder(40), tmp_path / "ladder.sqlite3")
    database = Database(f"sqlite:///{tmp_path / 'ladder.sqlite3'}")
    with database.reading() as session:
        trace = trace_back(session, session.get_one(Lot, 82))
    database.close()
    assert trace.by_farmer() == {1: 50_000, 2: 50_000}
    assert sum(len(parents) for parents in trace.parents.values()) == 2 * 79


def test_the_picture_is_drawn_with_everything_that_was_seen(tmp_path: Path) -> None:
    seen = Seen()
    for database in (100_000, 1_000_000):
        for answer in (300, 3_000):
            seen.add("this system", database, answer, answer * 1e-6)
            seen.add("a < b", database, answer, answer * 4e-6)
    draw(seen, tmp_path / "speed.svg")
    drawn = ET.parse(tmp_path / "speed.svg").getroot()
    words = [text.text for text in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert {"this system", "a < b", "edges in the answer", "edges in the database", "1 ms", "1 million"} <= set(words)
    assert len(list(drawn.iter("{http://www.w3.org/2000/svg}circle"))) == 8


def test_a_promise_is_met_missed_or_was_not_made() -> None:
    rows = [Row("1", "a", 0.3, 0.5, 0.35), Row("1", "b", 0.4, 0.5, 0.35), Row("1", "c", 0.6, 0.5), Row("", "d", 9.0)]
    assert [row.verdict for row in rows] == ["stretch", "floor", "MISSED", ""]
    assert "| 1 | c | 0.6 | <= 0.5 |  | MISSED |" in printed(rows)


def test_a_table_is_renewed_and_the_others_stay() -> None:
    first = renewed("", "writes", [Row("9", "weigh in", 0.5)])
    both = renewed(first, "audit", [Row("", "audit", 2.0)])
    again = renewed(both, "writes", [Row("9", "weigh in", 0.7)])
    assert again.index("## audit") < again.index("## writes")
    assert again.count("\n## ") == 2
    assert "| audit | 2 |" in again
    assert "| weigh in | 0.7 |" in again
    assert "| weigh in | 0.5 |" not in again
    assert renewed(again, "writes", [Row("9", "weigh in", 0.7)]) == again


def test_benchmarks_are_found_by_looking() -> None:
    assert "lineage" in benchmarks()
    assert "table" not in benchmarks()
