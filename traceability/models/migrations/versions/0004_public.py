"""What is kept of public pages, the clock that says how long it holds, and where a journal last spoke in public."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KINDS = (
    "change_consent",
    "close_hold",
    "declare_error",
    "hold",
    "inspect",
    "lift_recall",
    "recall",
    "register_certificate",
    "register_registration",
    "release",
    "ship",
    "supersede",
    "suspend_registration",
)


def upgrade() -> None:
    op.create_table(
        "public_clock",
        sa.Column("id", WHOLE, autoincrement=False, nullable=False),
        sa.Column("value", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_clock")),
    )
    op.create_table(
        "rendered",
        sa.Column("address", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("stamp", sa.String(length=80), nullable=False),
        sa.Column("headers", sa.Text(), nullable=False),
        sa.Column("zone_minutes", sa.Integer(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("address", "language", name=op.f("pk_rendered")),
    )
    op.create_index("ix_rendered_stamp", "rendered", ["stamp"])
    op.add_column("journal_head", sa.Column("public_seq", WHOLE, server_default="0", nullable=False))
    listed = ", ".join(f"'{kind}'" for kind in KINDS)
    op.execute(
        "update journal_head set public_seq = coalesce((select max(event.seq) from event "
        f"where event.org_id = journal_head.org_id and event.kind in ({listed})), 0)"
    )
