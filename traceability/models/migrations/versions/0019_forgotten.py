"""When the contact and the photo of a report were deleted. Where an entry says so, it is when that was recorded."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_GONE = sa.text(
    "update report set forgotten_at = (select recorded_at from event where id = :event) "
    "where org_id = :org and code = :report and forgotten_at is null"
)


def upgrade() -> None:
    op.add_column("report", sa.Column("forgotten_at", sa.DateTime(timezone=True), nullable=True))
    document = sa.JSON().with_variant(JSONB(), "postgresql")
    event = sa.table("event", *map(sa.column, ("id", "org_id", "kind")), sa.column("kdes", document))
    rows = sa.select(event.c.id, event.c.org_id, event.c.kdes).where(event.c.kind == "handle_report")
    for row in op.get_bind().execute(rows.order_by(event.c.id)).all():
        if row.kdes["forgotten"]:
            op.get_bind().execute(_GONE, {"event": row.id, "org": row.org_id, "report": row.kdes["report"]})
