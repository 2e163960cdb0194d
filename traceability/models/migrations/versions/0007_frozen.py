"""The origin of a released batch is kept beside it; what was released before is frozen by `traceability init`."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "frozen_origin",
        sa.Column("org_id", WHOLE, nullable=False),
        sa.Column("batch_id", WHOLE, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_by_id", WHOLE, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("shares", sa.LargeBinary(), nullable=False),
        sa.Column("above", sa.LargeBinary(), nullable=False),
        sa.Column("id", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "batch_id"], ["batch.org_id", "batch.id"], name=op.f("fk_frozen_origin_org_id_batch_id")
        ),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.id"], name=op.f("fk_frozen_origin_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_frozen_origin")),
        sa.UniqueConstraint("batch_id", "version", name=op.f("uq_frozen_origin_batch_id_version")),
        sa.UniqueConstraint("org_id", "id", name=op.f("uq_frozen_origin_org_id_id")),
    )
