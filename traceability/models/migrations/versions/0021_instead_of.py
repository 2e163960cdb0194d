"""What a delivery is owed for knows which delivery it took the place of: what was paid for that counts for this one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("due", sa.Column("instead_of_id", sa.BigInteger(), nullable=True))
