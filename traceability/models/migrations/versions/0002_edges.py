"""Edges carry whose a delivery was and the day; they no longer name the event, which is the one that made the child."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_DAY = {
    "sqlite": "cast((strftime('%s', child.made_at) + child.zone_minutes * 60) / 86400 as integer)",
    "postgresql": "floor((extract(epoch from child.made_at) + child.zone_minutes * 60) / 86400)",
}


def upgrade() -> None:
    op.rename_table("edge", "edge_before")
    op.drop_index("ix_edge_parent_id_child_id", "edge_before")
    op.drop_index("ix_edge_event_id", "edge_before")
    dialect = op.get_bind().dialect.name
    if dialect == "postgresql":  # the name of a key is taken as long as its table stands
        op.execute("alter table edge_before rename constraint pk_edge to pk_edge_before")
    op.create_table(
        "edge",
        sa.Column("child_id", WHOLE, autoincrement=False, nullable=False),
        sa.Column("parent_id", WHOLE, autoincrement=False, nullable=False),
        sa.Column("mass_g", WHOLE, nullable=False),
        sa.Column("origin_party_id", WHOLE, nullable=True),
        sa.Column("origin_plot_id", WHOLE, nullable=True),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("org_id", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("child_id", "parent_id", name=op.f("pk_edge")),
        sqlite_with_rowid=False,
    )
    op.execute(
        "insert into edge (child_id, parent_id, mass_g, origin_party_id, origin_plot_id, day, org_id) "
        "select edge_before.child_id, edge_before.parent_id, edge_before.mass_g, parent.origin_party_id, "
        f"parent.origin_plot_id, {_DAY[dialect]}, edge_before.org_id from edge_before "
        "join lot child on child.id = edge_before.child_id join lot parent on parent.id = edge_before.parent_id"
    )
    op.create_index("ix_edge_parent_id_child_id", "edge", ["parent_id", "child_id"], unique=True)
    op.drop_table("edge_before")
