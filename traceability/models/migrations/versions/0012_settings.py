"""How an organisation buys: scales, what a point asks for, grades and prices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from traceability.models.base import UTCDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "scale",
        sa.Column("org_id", WHOLE, nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("facility_id", WHOLE, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("step_g", sa.Integer(), nullable=False),
        sa.Column("made_by_id", WHOLE, nullable=False),
        sa.Column("retired_at", UTCDateTime(), nullable=True),
        sa.Column("id", WHOLE, nullable=False),
        sa.CheckConstraint("step_g > 0", name=op.f("ck_scale_step")),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.id"], name=op.f("fk_scale_org_id")),
        sa.ForeignKeyConstraint(
            ["org_id", "facility_id"], ["facility.org_id", "facility.id"], name=op.f("fk_scale_org_id_facility_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scale")),
        sa.UniqueConstraint("code", name=op.f("uq_scale_code")),
        sa.UniqueConstraint("org_id", "id", name=op.f("uq_scale_org_id_id")),
    )
    op.create_index("ix_scale_org_id_facility_id", "scale", ["org_id", "facility_id"])
    op.create_table(
        "buying_choice",
        sa.Column("org_id", WHOLE, nullable=False),
        sa.Column("about", sa.String(length=8), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("chosen", DOCUMENT, nullable=False),
        sa.Column("made_by_id", WHOLE, nullable=False),
        sa.Column("id", WHOLE, nullable=False),
        sa.CheckConstraint("about in ('fields','grades')", name=op.f("ck_buying_choice_about")),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.id"], name=op.f("fk_buying_choice_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_buying_choice")),
        sa.UniqueConstraint("org_id", "id", name=op.f("uq_buying_choice_org_id_id")),
    )
    op.create_index("ix_buying_choice_org_id_subject", "buying_choice", ["org_id", "subject"])
    op.create_table(
        "price",
        sa.Column("org_id", WHOLE, nullable=False),
        sa.Column("commodity", sa.String(length=40), nullable=False),
        sa.Column("form", sa.String(length=40), nullable=False),
        sa.Column("grade", sa.String(length=40), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("price_per_kg", WHOLE, nullable=True),
        sa.Column("made_by_id", WHOLE, nullable=False),
        sa.Column("id", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.id"], name=op.f("fk_price_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price")),
        sa.UniqueConstraint("org_id", "id", name=op.f("uq_price_org_id_id")),
    )
    op.create_index("ix_price_org_id_commodity", "price", ["org_id", "commodity", "form"])
