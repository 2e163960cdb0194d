"""The tables share the front page: roomy when there is little, dense when there is much, and never over its end."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from traceability.documents.plan import FARMS, PITCHES, Plan, Tables, plan
from traceability.documents.tables import Row, table

ROOM = 330.0
ROWS = st.integers(0, 40)


def tables(journey: int, quality: int, certificates: int, marks: int, farms: int, extra: float = 0) -> Tables:
    """Five tables with as many rows, each `extra` points higher than one line."""
    counts = (journey, quality, certificates, marks, farms)
    made = [table("Title", 100, [Row((), extra)] * count, "The rest is in the annex.") for count in counts]
    return Tables(*made)


def height(made: Plan) -> float:
    """The height of the higher column, with the journey above it."""
    columns = (sum(one.height(made.pitch) for one in column) for column in (made.left, made.right))
    return made.journey.height(made.pitch) + max(columns)


def test_a_small_batch_is_set_roomily_and_whole() -> None:
    made = plan(tables(5, 1, 2, 3, 1), ROOM)
    assert made.pitch == PITCHES[0]
    assert made.left_over == ()


def test_lines_come_closer_before_a_farm_goes_to_the_annex() -> None:
    made = plan(tables(7, 3, 4, 4, 12), ROOM)
    assert made.left_over == ()
    assert made.pitch < PITCHES[0]


def test_of_many_farms_the_largest_stay_and_nothing_else_leaves_the_page() -> None:
    made = plan(tables(8, 2, 5, 4, 200), ROOM)
    assert made.left_over == (made.right[-1],)
    assert made.right[-1].kept >= FARMS[0]


def test_where_too_much_was_written_the_highest_table_gives_way() -> None:
    made = plan(tables(60, 2, 3, 4, 3), ROOM)
    assert made.left_over == (made.journey,)
    assert made.journey.kept > 5


@settings(max_examples=60, deadline=None)
@given(st.tuples(ROWS, ROWS, ROWS, ROWS, ROWS), st.sampled_from([0.0, 9.0, 60.0, 400.0]))
def test_whatever_there_is_stays_on_the_page_and_no_row_is_lost(
    counts: tuple[int, int, int, int, int], extra: float
) -> None:
    journey, quality, certificates, marks, farms = counts
    made = plan(tables(journey, quality, certificates, marks, farms, extra), ROOM)
    assert height(made) <= ROOM
    found = (made.journey, *made.left, *made.right)
    assert sorted(len(one.rows) for one in found) == sorted(counts)
    assert all(one in made.left_over for one in found if one.kept < len(one.rows))
