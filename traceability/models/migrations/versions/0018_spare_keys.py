"""A phone may lock what it keeps by a PIN; the server holds a spare key for whoever forgets it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("device", sa.Column("spare_key", sa.String(length=43), nullable=True))
