"""Payments are found by the delivery that they are for: whoever declares one in error is told what was paid for it."""

from __future__ import annotations

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_payment_org_id_lot_id", "payment", ["org_id", "lot_id"])
