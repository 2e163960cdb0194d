"""A place may hold goods together: tanks, silos, drying beds, ponds. Those there are hold each lot by itself."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # said in the words of both databases: SQLite adds a column with its condition only so, and keeps the guards
    op.execute(
        "alter table facility add column pool varchar(24) default '' not null "
        "constraint ck_facility_pool check (pool in ('','pro_rata','first_in_first_out'))"
    )
