"""A farmer card that was lost is replaced by one with a code of its own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "farmer_card",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("org_id", WHOLE, nullable=False),
        sa.Column("party_id", WHOLE, nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("made_by_id", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "party_id"], ["party.org_id", "party.id"], name=op.f("fk_farmer_card_org_id_party_id")
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "made_by_id"], ["event.org_id", "event.id"], name=op.f("fk_farmer_card_org_id_made_by_id")
        ),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.id"], name=op.f("fk_farmer_card_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_farmer_card")),
        sa.UniqueConstraint("org_id", "id", name=op.f("uq_farmer_card_org_id_id")),
        sa.UniqueConstraint("code", name=op.f("uq_farmer_card_code")),
    )
    op.create_index("ix_farmer_card_party_id", "farmer_card", ["party_id"])
