"""What an event made is found by the event: a correction and an audit no longer read every lot there is."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("lot", "measurement", "attachment"):
        op.create_index(f"ix_{table}_made_by_id", table, ["made_by_id"])
