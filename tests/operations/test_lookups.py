"""What a code stands for, and how little is read to find out."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event

from tests.cast import World
from traceability.errors import NoSuchLot
from traceability.operations import lookups


def test_lots_are_taken_by_their_codes_and_by_their_numbers_in_the_order_asked_for(world: World) -> None:
    first, second, third = (world.delivery(40_000 + grams) for grams in range(3))
    number = world.row(second).number
    with world.database.reading() as session:
        found = lookups.usable_lots(session, world.bakari, [third.lower(), number.lower(), first], at="lots")
        assert [lot.code for lot in found] == [third, second, first]
        assert [lot.balance_g for lot in found] == [40_002, 40_001, 40_000]
        with pytest.raises(NoSuchLot):
            lookups.usable_lots(session, world.bakari, [first, "NOWHERE2"], at="lots")


def test_only_the_lots_that_are_asked_for_are_read(world: World) -> None:
    """However many lots the organisation has: an index of the organisation would lead SQLite to all of them."""
    if not world.database.is_sqlite:
        return  # nobody can tell what PostgreSQL does with so few rows
    lots = [world.delivery(40_000 + grams) for grams in range(3)]
    asked: list[tuple[str, Any]] = []
    with world.database.reading() as session:
        connection = session.connection()
        event.listen(connection, "before_cursor_execute", lambda *told: asked.append((told[2], told[3])))
        lookups.usable_lots(session, world.bakari, [lots[0], world.row(lots[1]).number], at="lots")
        of_lots = [said for said in asked if " FROM lot " in said[0].replace("\n", " ")]
        plans = [connection.exec_driver_sql(f"explain query plan {said}", tuple(values)) for said, values in of_lots]
        read = [row.detail for plan in plans for row in plan if row.detail.startswith(("SEARCH lot", "SCAN lot"))]
    assert [detail.rpartition("(")[2] for detail in read] == ["code=?)", "org_id=? AND number=?)"]
