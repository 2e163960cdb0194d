"""Tracing back and forward: the product's own calls beside a textbook's query, the limit in C, and other databases.

Ours is `trace_back(session, lot)` and `trace_forward(session, lots)` through the session that the product reads with.
All give grams per farm, exact to the gram, but for those whose note says that they give less.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from sqlalchemy import select

from scripts.bench import load, picture
from scripts.bench.graph import ladder
from scripts.bench.graphs import GraphDatabase, GraphLibrary
from scripts.bench.rivals import by_hand, textbook, textbook_below
from scripts.bench.scene import Case, Scene, evict, lot_of, reading
from scripts.bench.server import loaded
from scripts.bench.table import Compared, Row, compare
from traceability.models import Lot
from traceability.models.database import Database
from traceability.queries.edges import Spelling
from traceability.queries.lineage import deliveries_of_farmer, trace_back, trace_forward

SIZES = (100_000, 1_000_000, 5_000_000)
ANSWERS = (300, 3_000, 10_000, 100_000)
_GRAPH_LIBRARY_UP_TO = 1_000_000  # edges: it keeps each as an object
OURS, TEXTBOOK, BY_HAND, LIMIT, POSTGRES, BY_LEVELS, GRAPHS = (
    "this system, SQLite",
    "textbook recursive query, SQLite",
    "sqlite3 by hand, own table",
    "limit: C over arrays in memory",
    "this system, PostgreSQL",
    "this system, PostgreSQL, by levels",
    "graph database (Ladybug), reach only",
)
_ELSEWHERE = (POSTGRES, BY_LEVELS, GRAPHS)  # in another process or on several cores


def measure(quick: bool = False, folder: Path | None = None, pictures: Path | None = None) -> Iterator[Row]:
    """Promises 1 to 8. Harvests are kept in `folder` when one is given, pictures drawn into `pictures`."""
    with ExitStack() as stack:
        place = folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="traceability-bench-")))
        sizes, rounds = (SIZES[:1], 3) if quick else (SIZES, 9)
        scenes = [Scene(size, place) for size in sizes]
        seen = picture.Seen()
        answers = [scene.cases(ANSWERS if scene is scenes[-1] else (picture.ANSWER,)) for scene in scenes]
        for scene, cases in zip(scenes, answers, strict=True):
            for counted in (False, True):
                scene.analyse(counted)
                yield from _back(scene, cases, rounds, seen, counted)
        yield from _growth(scenes[0], scenes[-1], rounds)
        yield from _size_of_answer(scenes[-1], rounds)
        yield from _ladder(place, rounds)
        yield from _cold(scenes[-1], rounds)
        yield from _recall(scenes, rounds)
        for scene, cases in zip(scenes, answers, strict=True):
            yield from _other_tools(scene, cases, rounds, seen)
            if pictures is not None:
                picture.draw(seen, pictures / "lineage-speed.svg")


def _back(scene: Scene, cases: dict[int, Case], rounds: int, seen: picture.Seen, counted: bool) -> Iterator[Row]:
    """Promises 1, 2 and 3, which are made for the largest harvest; of smaller ones one answer is shown."""
    promised = scene.edges == SIZES[-1]
    with reading(scene) as (session, product, book):
        for wanted, case in cases.items():
            lot = lot_of(session, case)
            key, mass_g, large = lot.id, lot.made_g, wanted >= 3_000

            ours = partial(trace_back, session, lot)
            _same_answer(scene, ours().by_farmer(), textbook(book, key, mass_g), key)
            what = f"trace back, {_edges(case)} of {scene.edges:,}{', analysed' if counted else ''}"
            one = compare(ours, partial(textbook, book, key, mass_g), rounds, time.process_time)
            two = compare(ours, partial(by_hand, product, key, mass_g), rounds, time.process_time)
            yield Row("1", what, one.ratio, *_promise(promised and large, 0.5, 0.35), note=_note(TEXTBOOK, one))
            by_size = (1.3, 1.15) if large else (1.6, None)
            yield Row("2", what, two.ratio, *_promise(promised, *by_size), note=_note(BY_HAND, two))
            seen.add(OURS, scene.edges, case.edges, one.ours)
            seen.add(TEXTBOOK, scene.edges, case.edges, one.yardstick)
            if scene.limit is not None:
                three = compare(ours, partial(scene.limit.shares, key), rounds, time.process_time)
                yield Row("3", what, three.ratio, *_promise(promised and large, 12, 8), note=_note(LIMIT, three))
                seen.add(LIMIT, scene.edges, case.edges, three.yardstick)


def _other_tools(scene: Scene, cases: dict[int, Case], rounds: int, seen: picture.Seen) -> Iterator[Row]:
    """What there is besides: numpy, a graph library, a graph database, and our own call on PostgreSQL."""
    with ExitStack() as stack:
        session, _, _ = stack.enter_context(reading(scene))
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="traceability-graph-")))
        graphs = GraphDatabase(scene.harvest, place)
        stack.callback(graphs.close)
        others: dict[str, Callable[[Lot], object]] = {
            "numpy, level by level, floats": lambda lot: scene.memory.shares(lot.id),
            GRAPHS: lambda lot: graphs.above(lot.id),
        }
        if scene.edges <= _GRAPH_LIBRARY_UP_TO:
            library = GraphLibrary(scene.harvest)
            others["rustworkx, same pass"] = lambda lot: library.shares(lot.id)
        server = stack.enter_context(loaded(scene.harvest))
        if server is not None:
            others[POSTGRES] = partial(trace_back, server, spelling=Spelling.RECURSIVE)
            others[BY_LEVELS] = partial(trace_back, server, spelling=Spelling.LEVELS)
        for case in cases.values():
            lot = lot_of(session, case)
            for name, other in others.items():
                clock = time.perf_counter if name in _ELSEWHERE else time.process_time
                done = compare(partial(trace_back, session, lot), partial(other, lot), rounds, clock)
                yield Row("", f"trace back, {_edges(case)} of {scene.edges:,}", done.ratio, note=_note(name, done))
                if name in (POSTGRES, GRAPHS):
                    beside = seen.seconds[OURS][scene.edges, case.edges] / done.ratio  # one clock for one picture
                    seen.add(name, scene.edges, case.edges, beside)


def _growth(small: Scene, large: Scene, rounds: int) -> Iterator[Row]:
    """Promise 4: the same answer costs the same, however large the database."""
    if small is large:
        return
    for counted in (False, True):
        for scene in (small, large):
            scene.analyse(counted)
        with reading(small) as (few, _, _), reading(large) as (many, _, _):
            one, other = small.cases([3_000])[3_000], large.cases([3_000])[3_000]
            lot, larger = lot_of(few, one), lot_of(many, other)
            done = compare(
                partial(trace_back, many, larger), partial(trace_back, few, lot), rounds * 3, time.process_time
            )
            ratio = done.ratio * one.edges / other.edges
            what = f"trace back, {_edges(other)}, {large.edges:,} against {small.edges:,}"
            note = f"per edge, the small database; {_times(done)}"
            yield Row("4", f"{what}{', analysed' if counted else ''}", ratio, 1.25, 1.1, note=note)


def _size_of_answer(scene: Scene, rounds: int) -> Iterator[Row]:
    """Promise 5: an edge of a large answer costs what an edge of a small one does."""
    cases = scene.cases([3_000, 100_000])
    with reading(scene) as (session, _, _):
        if len(cases) == 2:
            small, large = cases.values()
            one, other = lot_of(session, small), lot_of(session, large)
            done = compare(
                partial(trace_back, session, other), partial(trace_back, session, one), rounds, time.process_time
            )
            ratio = done.ratio * small.edges / large.edges
            what = f"time per edge, {_edges(large)} against {small.edges:,}"
            yield Row("5", what, ratio, 1.4, 1.2, note=f"of {scene.edges:,}; {_times(done)}")


def _ladder(folder: Path, rounds: int) -> Iterator[Row]:
    """Promise 6: blends of blends cost their edges and not their ways, of which there are 2 to the power of stages."""
    path = folder / "ladder.sqlite3"
    if not path.exists():
        load.into_sqlite(ladder(40), path)
    database = Database(f"sqlite:///{path}")
    with database.reading() as session:
        low, high = (session.get_one(Lot, 2 * stages + 2) for stages in (10, 40))
        done = compare(
            partial(trace_back, session, high), partial(trace_back, session, low), rounds * 5, time.process_time
        )
        yield Row("6", "blended over and over, 40 stages against 10", done.ratio, 6, 4, note=_times(done))
    database.close()


def _cold(scene: Scene, rounds: int) -> Iterator[Row]:
    """Promise 7: nothing of the file in memory, and a connection that has read nothing."""
    case = scene.cases([10_000]).get(10_000) or scene.cases([3_000])[3_000]

    def ours(cold: bool) -> float:
        with reading(scene) as (session, _, _):
            lot = lot_of(session, case)
            if cold:
                evict(scene.product)
            else:
                trace_back(session, lot)
            return _seconds(lambda: trace_back(session, lot))

    def usual(cold: bool) -> float:
        with reading(scene) as (session, _, book):
            mass_g = lot_of(session, case).made_g
            if cold:
                evict(scene.textbook)
            else:
                textbook(book, case.lot, mass_g)
            return _seconds(lambda: textbook(book, case.lot, mass_g))

    times = [(ours(True), ours(False), usual(True)) for _ in range(rounds)]
    cold, warm, book = (sorted(column)[len(times) // 2] for column in zip(*times, strict=True))
    what = f"trace back, {_edges(case)} of {scene.edges:,}, cold"
    yield Row("7", what, cold / warm, 5, 3.5, note=f"the same, warm; {_times(Compared(cold, warm, 0))}")
    yield Row("", what, cold / book, note=f"{TEXTBOOK}, cold; {_times(Compared(cold, book, 0))}")


def _recall(scenes: list[Scene], rounds: int) -> Iterator[Row]:
    """Promise 8: forward from a lot, a farm and 200 farms of one cooperative, to every lot."""
    took: dict[str, list[float]] = {}
    for scene in scenes:
        scene.analyse(False)
        promised = scene is scenes[-1]
        with reading(scene) as (session, _, book):
            farm = 7
            neighbours = (scene.harvest.farm_org == scene.harvest.farm_org[farm - 1]).nonzero()[0][:200] + 1
            first = session.scalars(select(Lot.id).where(Lot.kind == "lot").order_by(Lot.id).limit(1)).one()
            recalls = {
                "one lot": ([first], _promise(False, 0, 0)),
                "one farm": (deliveries_of_farmer(session, farm), _promise(promised, 1.5, 1)),
                "200 farms": (
                    [lot for key in neighbours.tolist() for lot in deliveries_of_farmer(session, key)],
                    _promise(promised, 0.8, 0.6),
                ),
            }
            for name, (lots, promise) in recalls.items():
                ours = partial(trace_forward, session, lots)
                found = ours().lots
                assert found == {lot for lot, _ in textbook_below(book, lots)}
                done = compare(ours, partial(textbook_below, book, lots), rounds * 3, time.process_time)
                took.setdefault(name, []).append(done.ours / len(found))
                what = f"trace forward, {name}, {len(found):,} lots of {scene.edges:,} edges"
                yield Row("8", what, done.ratio, *promise, note=_note(TEXTBOOK, done))
    if len(scenes) > 1:
        what = f"trace forward, one farm, {scenes[-1].edges:,} edges against {scenes[0].edges:,}"
        yield Row("8", what, took["one farm"][-1] / took["one farm"][0], 2, note="per lot found")


def _promise(made: bool, floor: float, stretch: float | None) -> tuple[float | None, float | None]:
    return (floor, stretch) if made else (None, None)


def _same_answer(scene: Scene, ours: dict[int, int], book: dict[int, int], lot: int) -> None:
    """Everyone measured must say the same: by farm, rounded once per plot on our side, and each farm has one plot."""
    assert ours == book, f"lot {lot}: a textbook says otherwise"
    if scene.limit is not None:
        assert ours == scene.limit.shares(lot), f"lot {lot}: the limit in C says otherwise"


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _edges(case: Case) -> str:
    return f"{case.edges:,} edges"


def _note(yardstick: str, done: Compared) -> str:
    return f"{yardstick}; {_times(done)}"


def _times(done: Compared) -> str:
    return f"{done.ours * 1e3:.3g} / {done.yardstick * 1e3:.3g} ms"
