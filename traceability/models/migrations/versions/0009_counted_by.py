"""The method of origin that its owner declared for a batch. Those sealed before declared none: they count by mass."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # said in the words of both databases, as in 0003
    op.execute(
        "alter table batch add column counted_by varchar(24) default 'pro_rata' not null constraint "
        "ck_batch_counted_by check (counted_by in ('pro_rata','first_in_first_out','identity_preserved'))"
    )
