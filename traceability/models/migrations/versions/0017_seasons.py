"""Seasons as an organisation counts them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "season",
        sa.Column("org_id", WHOLE, nullable=False),
        sa.Column("commodity", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("made_by_id", WHOLE, nullable=False),
        sa.Column("id", WHOLE, nullable=False),
        sa.CheckConstraint("from_on <= to_on", name=op.f("ck_season_days")),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.id"], name=op.f("fk_season_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_season")),
        sa.UniqueConstraint("org_id", "id", name=op.f("uq_season_org_id_id")),
    )
    op.create_index("ix_season_org_id_commodity", "season", ["org_id", "commodity"])
