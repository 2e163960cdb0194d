"""Every price of a delivery that replaced one in error knows the first of them, also one agreed or corrected later."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_REPLACED = sa.text(
    "select lot.id, wrong.id from lot join event on event.id = lot.made_by_id "
    "join event declaring on declaring.org_id = event.org_id "
    "and declaring.client_id = substr(event.client_id, 1, length(event.client_id) - 2) "
    "join lot wrong on wrong.made_by_id = declaring.declares_id "
    "where event.kind = 'weigh_in' and event.client_id like '%.2' and wrong.kind = 'delivery' and wrong.id < lot.id "
    "order by lot.id"
)
_TIED = sa.text("update due set instead_of_id = :first where lot_id = :lot")


def upgrade() -> None:
    connection = op.get_bind()
    firsts: dict[int, int] = {}
    for lot, wrong in connection.execute(_REPLACED).all():  # the earlier first: what it replaced is known by then
        firsts[lot] = firsts.get(wrong, wrong)
    if firsts:  # the guard of the table is put back after the last migration, as all are
        on_table = " on due" if connection.dialect.name == "postgresql" else ""
        connection.execute(sa.text(f"drop trigger if exists guard_due_no_update{on_table}"))
        connection.execute(_TIED, [{"lot": lot, "first": first} for lot, first in firsts.items()])
