"""Phones that weigh in without a signal are enrolled one by one, and can be revoked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "device",
        sa.Column("org_id", WHOLE, nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("letter", sa.String(length=1), nullable=False),
        sa.Column("user_id", WHOLE, nullable=False),
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("enrolled_at", INSTANT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("unsent", sa.Integer(), nullable=False),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.Column("id", WHOLE, nullable=False),
        sa.CheckConstraint("unsent >= 0", name=op.f("ck_device_unsent")),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.id"], name=op.f("fk_device_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
        sa.UniqueConstraint("code", name=op.f("uq_device_code")),
        sa.UniqueConstraint("org_id", "id", name=op.f("uq_device_org_id_id")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_device_token_digest")),
    )
    in_use = sa.text("revoked_at is null")
    op.create_index(
        "uq_device_letter_in_use",
        "device",
        ["org_id", "letter"],
        unique=True,
        sqlite_where=in_use,
        postgresql_where=in_use,
    )
