"""A farmer or a plot can be put on hold, as they can be recalled. The holds there are name a lot."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ONE_TARGET = (
    "(case when lot_id is null then 0 else 1 end) + (case when plot_id is null then 0 else 1 end)"
    " + (case when party_id is null then 0 else 1 end) = 1"
)


def upgrade() -> None:
    # SQLite copies the table, and its guards are put back after the last migration
    with op.batch_alter_table("hold") as hold:
        hold.alter_column("lot_id", existing_type=WHOLE, nullable=True)
        hold.add_column(sa.Column("plot_id", WHOLE, nullable=True))
        hold.add_column(sa.Column("party_id", WHOLE, nullable=True))
        for column, table in (("plot_id", "plot"), ("party_id", "party")):
            hold.create_foreign_key(op.f(f"fk_hold_org_id_{column}"), table, ["org_id", column], ["org_id", "id"])
        hold.create_check_constraint(op.f("ck_hold_one_target"), ONE_TARGET)
        hold.create_index("ix_hold_plot_id", ["plot_id"])
        hold.create_index("ix_hold_party_id", ["party_id"])
