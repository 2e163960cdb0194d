"""Both spellings of a walk, both databases, and a walk along every edge in exact fractions say the same.

The graphs are written straight into the tables: no operation would make them so odd, and so large, so fast.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from tests.cast import World
from tests.databases import Databases
from traceability.domain.identifiers import new_code
from traceability.domain.lineage import PARTS_OF_A_GRAM, LineageLoop
from traceability.domain.methods import By
from traceability.models import Edge, Event, Lot, Party, Plot
from traceability.models.database import Database
from traceability.queries.edges import ALWAYS, Days, Spelling
from traceability.queries.lineage import affected_parts, trace_back, trace_forward
from traceability.queries.origins import shares_by
from traceability.queries.reasons import why_rows

START: Final = datetime(2026, 1, 1, tzinfo=UTC)
FIRST_DAY: Final = 20_454  # the same day as a number
Origin = tuple[int, int | None]


@dataclass(frozen=True)
class Made:
    """A lot of a drawn graph: on which day, how much, and of which earlier lots how many grams; or whose it is."""

    day: int
    made_g: int
    parents: tuple[tuple[int, int], ...] = ()  # place in the graph, grams
    grower: int = 0  # of a delivery
    on_plot: bool = False


@st.composite
def graphs(draw: st.DrawFn) -> list[Made]:
    """Some deliveries, then lots of any of the lots before them."""
    mass, day = st.integers(1, 10**7), st.integers(0, 12)
    delivered = st.builds(Made, day, mass, st.just(()), st.integers(0, 2), st.booleans())
    found = draw(st.lists(delivered, min_size=1, max_size=6))
    for _ in range(draw(st.integers(0, 8))):
        chosen = draw(st.sets(st.integers(0, len(found) - 1), min_size=1, max_size=4))
        parents = tuple((place, draw(mass)) for place in sorted(chosen))
        found.append(Made(draw(day), draw(mass), parents))
    return found


class Written:
    """A database with three growers, into which graphs are written."""

    def __init__(self, world: World) -> None:
        self.database = world.database
        self._ids = itertools.count(1_000)
        with self.database.reading() as session:
            self.org_id = world.cooperative.org_id
            self.event_id = session.scalars(select(Event.id).where(Event.org_id == self.org_id)).first()
            self.growers = list(session.scalars(select(Party.id).where(Party.kind == "farmer").order_by(Party.id)))
            self.plots = {party: plot for party, plot in session.execute(select(Plot.party_id, Plot.id))}

    def write(self, graph: Sequence[Made]) -> list[int]:
        """The graph as rows; answers the inside ids of its lots."""
        keys = [next(self._ids) for _ in graph]
        lots = [self.lot(key, made) for key, made in zip(keys, graph, strict=True)]
        edges = [
            self.edge(keys[place], keys[parent], mass, made.day, self.origin(graph[parent]))
            for place, made in enumerate(graph)
            for parent, mass in made.parents
        ]
        self.add(lots, edges)
        return keys

    def add(self, lots: list[dict[str, Any]], edges: list[dict[str, Any]]) -> None:
        def work(session: Session) -> None:
            session.execute(insert(Lot), lots)
            if edges:
                session.execute(insert(Edge), edges)

        self.database.write(work)

    def origin(self, made: Made) -> Origin | None:
        """Whose a delivery is; the third grower has no plot."""
        if made.parents:
            return None
        grower = self.growers[made.grower]
        return grower, self.plots.get(grower) if made.on_plot else None

    def lot(self, key: int, made: Made, code: str = "") -> dict[str, Any]:
        party, plot = self.origin(made) or (None, None)
        return {
            "id": key,
            "org_id": self.org_id,
            "code": code or new_code(),
            "number": f"W-{key}",
            "kind": "lot" if party is None else "delivery",
            "commodity": "arabica_coffee",
            "form": "green",
            "made_g": made.made_g,
            "balance_g": made.made_g,
            "made_at": START + timedelta(days=made.day),
            "zone_minutes": 0,
            "made_by_id": self.event_id,
            "origin_party_id": party,
            "origin_plot_id": plot,
        }

    def edge(self, child: int, parent: int, mass: int, day: int, origin: Origin | None) -> dict[str, Any]:
        party, plot = origin or (None, None)
        return {
            "child_id": child,
            "parent_id": parent,
            "mass_g": mass,
            "origin_party_id": party,
            "origin_plot_id": plot,
            "day": FIRST_DAY + day,
            "org_id": self.org_id,
        }


@pytest.fixture
def written(world: World) -> Written:
    return Written(world)


def exact(graph: Sequence[Made], written: Written, days: Days) -> list[dict[Origin | None, Fraction]]:
    """For every lot the part of each origin in it; None is what came through other days."""
    found: list[dict[Origin | None, Fraction]] = []
    for made in graph:
        origin = written.origin(made)
        if origin is not None:
            found.append({origin: Fraction(1)})
        elif not days.first <= FIRST_DAY + made.day <= days.last:
            found.append({None: Fraction(1)})
        else:
            whole = sum(mass for _, mass in made.parents)
            parts: dict[Origin | None, Fraction] = {}
            for parent, mass in made.parents:
                for source, part in found[parent].items():
                    parts[source] = parts.get(source, Fraction(0)) + part * Fraction(mass, whole)
            found.append(parts)
    return found


def windows() -> st.SearchStrategy[Days]:
    """No window, or some days within the graph."""
    bounds = st.tuples(st.integers(0, 12), st.integers(0, 12)).map(sorted)
    return st.one_of(st.just(ALWAYS), bounds.map(lambda pair: Days(FIRST_DAY + pair[0], FIRST_DAY + pair[1])))


def test_back_is_the_same_in_both_spellings_and_by_an_exact_walk(written: Written) -> None:
    @settings(max_examples=60)
    @given(graphs(), windows())
    def check(graph: list[Made], days: Days) -> None:
        keys = written.write(graph)
        whole = exact(graph, written, days)
        with written.database.reading() as session:
            for place, made in enumerate(graph):
                lot = session.get_one(Lot, keys[place])
                one, other = (trace_back(session, lot, days, spelling) for spelling in Spelling)
                assert (one.shares_g, one.outside_g) == (other.shares_g, other.outside_g)
                assert one.through == other.through
                grams = {(origin.party_id, origin.plot_id): mass for origin, mass in one.shares_g.items()}
                assert grams.keys() == whole[place].keys() - {None}
                assert sum(grams.values()) + one.outside_g == made.made_g
                for origin, part in whole[place].items():
                    held = one.outside_g if origin is None else grams[origin]
                    assert abs(held - part * made.made_g) < 1

    check()


def test_forward_is_the_same_in_both_spellings_and_by_an_exact_walk(written: Written) -> None:
    @settings(max_examples=60)
    @given(graphs(), windows(), st.data())
    def check(graph: list[Made], days: Days, data: st.DataObject) -> None:
        keys = written.write(graph)
        sources = data.draw(st.sets(st.integers(0, len(graph) - 1), min_size=1, max_size=3))
        parts: list[Fraction] = []
        for place, made in enumerate(graph):
            within = days.first <= FIRST_DAY + made.day <= days.last
            held = sum((parts[parent] * mass for parent, mass in made.parents), Fraction(0)) if within else Fraction(0)
            parts.append(Fraction(1) if place in sources else held / max(1, sum(mass for _, mass in made.parents)))
        with written.database.reading() as session:
            chosen = [keys[place] for place in sources]
            one, other = (trace_forward(session, chosen, days, spelling) for spelling in Spelling)
            assert one == other
            assert one.lots == {keys[place] for place, part in enumerate(parts) if part}
            found = affected_parts(session, one, days)
            for place, part in enumerate(parts):
                if part:
                    above = found[keys[place]] - part * PARTS_OF_A_GRAM
                    assert 0 <= above < 100

    check()


def test_every_count_of_any_graph_sums_to_the_lot(written: Written) -> None:
    @settings(max_examples=25)
    @given(graphs(), windows())
    def check(graph: list[Made], days: Days) -> None:
        keys = written.write(graph)
        with written.database.reading() as session:
            lot = session.get_one(Lot, keys[-1])
            for by in By:
                found = shares_by(session, lot, by, days)
                assert sum(row.mass_g for row in found.rows) + found.outside_g == lot.made_g
                assert all(row.mass_g >= 0 for row in found.rows)
                assert sum(row.tenths for row in found.rows) + found.outside_tenths == 1_000
                for row in found.rows:
                    if row.code:
                        assert why_rows(session, lot, row.code, days).asked_g == row.mass_g

    check()


@pytest.mark.parametrize("spelling", Spelling)
def test_a_loop_forced_into_the_table_is_refused_and_ends(written: Written, spelling: Spelling) -> None:
    """D -> A -> B -> A"""
    delivery, first, second = written.write([Made(0, 10), Made(1, 10, ((0, 10),)), Made(2, 10, ((1, 10),))])
    written.database.write(lambda session: session.execute(insert(Edge), [written.edge(first, second, 10, 1, None)]))
    with written.database.reading() as session:
        for key in (first, second):
            with pytest.raises(LineageLoop):
                trace_back(session, session.get_one(Lot, key), spelling=spelling)
        forward = trace_forward(session, [delivery], spelling=spelling)
        assert forward.lots == {delivery, first, second}
        with pytest.raises(LineageLoop):
            affected_parts(session, forward)


MANY: Final = 100_000


def growers(written: Written) -> Iterator[dict[str, Any]]:
    """A hundred thousand farmers."""
    common = {"org_id": written.org_id, "kind": "farmer", "country": "LA", "created_at": START}
    for place in range(MANY):
        yield {**common, "id": 10**6 + place, "code": f"F{place:07d}", "number": f"F{place}"}


def test_a_hundred_thousand_contributors_are_all_there(databases: Databases, tmp_path: Any) -> None:
    """100 000 deliveries of as many farmers -> 100 lots -> one batch; every farmer 3 g or 4 g, and not one left out"""
    database = Database(databases.fresh_sqlite(tmp_path / "test.sqlite3", "tables"))
    written = Written(World(database))
    lots, edges = [], []
    for place in range(MANY):
        made = written.lot(10**6 + place, Made(place % 90, 1_000), f"D{place:07d}")
        lots.append({**made, "origin_party_id": 10**6 + place})
        edges.append(written.edge(10**7 + place % 100, 10**6 + place, 1_000, 90, (10**6 + place, None)))
    for place in range(100):
        middle, mass = 10**7 + place, MANY * 10
        lots.append(written.lot(middle, Made(90, mass, ((0, 1),))))
        edges.append(written.edge(10**8, middle, mass, 91, None))
    lots.append(written.lot(10**8, Made(91, 333_333, ((0, 1),))))
    database.write(lambda session: session.execute(insert(Party), list(growers(written))))
    written.add(lots, edges)
    with database.reading() as session:
        batch = session.get_one(Lot, 10**8)
        farms = shares_by(session, batch, By.FARM)
        assert len(farms.rows) == MANY
        assert sum(row.mass_g for row in farms.rows) == 333_333
        assert {row.mass_g for row in farms.rows} == {3, 4}
        assert len(shares_by(session, batch, By.DAY).rows) == 90
        one, other = (trace_back(session, batch, spelling=spelling) for spelling in Spelling)
        assert one.shares_g == other.shares_g
        why = why_rows(session, batch)
        assert sum(len(row.terms) for row in why.rows) == MANY + 100
        assert why.asked_g == 333_333
    database.close()
