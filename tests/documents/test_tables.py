"""A table on the front page keeps as many rows as its room holds, and says the rest in one."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from traceability.documents.tables import Row, table

ROWS = st.lists(st.sampled_from([0.0, 8.8, 17.6]), max_size=12)


@given(ROWS, st.integers(0, 220), st.integers(7, 12), st.sampled_from([None, 0.0, 8.8]))
def test_as_many_rows_stand_as_the_room_holds(extras: list[float], room: int, pitch: int, last: float | None) -> None:
    whole = table("", 200, [Row((), extra) for extra in extras], "", None if last is None else lambda _: Row((), last))
    fitting = [kept for kept in range(len(extras) + 1) if replace(whole, kept=kept).height(pitch) <= room]
    assert whole.within(room, pitch).kept == max(fitting, default=0)
