"""What a clerk said when buying was opened survives the browser."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from traceability.models.base import Document

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "opened_buying",
        sa.Column("org_id", WHOLE, nullable=False),
        sa.Column("user_id", WHOLE, nullable=False),
        sa.Column("said_on", sa.Date(), nullable=False),
        sa.Column("said", Document, nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.id"], name=op.f("fk_opened_buying_org_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_opened_buying_user_id")),
        sa.PrimaryKeyConstraint("org_id", "user_id", name=op.f("pk_opened_buying")),
    )
