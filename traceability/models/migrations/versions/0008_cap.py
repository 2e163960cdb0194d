"""A plot may have a yearly limit, which two people agree on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("plot", sa.Column("cap_g", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
