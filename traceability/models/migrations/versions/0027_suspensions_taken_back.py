"""A suspension of an official code that was said by mistake is marked: it never was."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("suspension", sa.Column("in_error", sa.Boolean(), server_default=sa.false(), nullable=False))
