"""Who ordered a recall, and where they tell of it. Recalls of before named nobody."""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # said in the words of both databases, as in 0003
    op.execute("alter table recall add column authority varchar(120) default '' not null")
    op.execute("alter table recall add column authority_link varchar(300) default '' not null")
