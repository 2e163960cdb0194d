"""A PostgreSQL database that sorts as a language does: numbers of receipts are still found and go on."""

from __future__ import annotations

from sqlalchemy import select

from tests.cast import World
from tests.databases import Databases
from traceability.models import Lot
from traceability.models.migrate import migrate, open_database
from traceability.queries.audit import audit


def test_the_numbers_of_a_day_go_on_in_a_database_made_for_english(databases: Databases) -> None:
    """There `-` is passed over and `:` comes before digits, so that `NL-1120-037` would lie behind `NL-1120-:`."""
    with databases.fresh_postgres(language="en-US") as url:
        database = open_database(url)
        migrate(database)
        world = World(database)
        made = [world.delivery(grams) for grams in (10_000, 11_000, 12_000)]
        with database.reading() as session:
            numbers = session.scalars(select(Lot.number).where(Lot.code.in_(made)).order_by(Lot.id)).all()
        assert [number.rpartition("-")[2] for number in numbers] == ["001", "002", "003"]
        assert list(audit(database)) == []
        database.close()
