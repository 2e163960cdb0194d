"""Results that failed are found at once: every list of what needs somebody asks for them, and they are few."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    failed = sa.text("passed = false")
    op.create_index("ix_measurement_failed", "measurement", ["lot_id"], sqlite_where=failed, postgresql_where=failed)
