"""Labels with a serial each, pallets, and GS1 numbers of organisations and places."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _table(
        "label_run",
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("lot_id", WHOLE, nullable=False),
        sa.Column("first", WHOLE, nullable=False),
        sa.Column("last", WHOLE, nullable=False),
        sa.Column("total", WHOLE, nullable=False),
        sa.Column("layout", sa.String(length=16), nullable=False),
        sa.Column("seed", sa.LargeBinary(), nullable=False),
        sa.Column("made_by_id", WHOLE, nullable=False),
        sa.CheckConstraint("first >= 1 and last >= first and total >= last", name=op.f("ck_label_run_boxes")),
        _within("label_run", "lot_id", "lot"),
        _within("label_run", "made_by_id", "event"),
        sa.UniqueConstraint("code", name=op.f("uq_label_run_code")),
    )
    op.create_index("ix_label_run_lot_id", "label_run", ["lot_id"])
    _table(
        "label_void",
        sa.Column("run_id", WHOLE, nullable=False),
        sa.Column("first", WHOLE, nullable=False),
        sa.Column("last", WHOLE, nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("made_by_id", WHOLE, nullable=False),
        _within("label_void", "run_id", "label_run"),
        _within("label_void", "made_by_id", "event"),
    )
    op.create_index("ix_label_void_run_id", "label_void", ["run_id"])
    _table(
        "pallet",
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("sscc", sa.String(length=18), nullable=True),
        sa.Column("lot_id", WHOLE, nullable=False),
        sa.Column("first", WHOLE, nullable=False),
        sa.Column("last", WHOLE, nullable=False),
        sa.Column("made_by_id", WHOLE, nullable=False),
        sa.Column("broken_by_id", WHOLE, nullable=True),
        sa.CheckConstraint("first >= 1 and last >= first", name=op.f("ck_pallet_boxes")),
        _within("pallet", "lot_id", "lot"),
        _within("pallet", "made_by_id", "event"),
        _within("pallet", "broken_by_id", "event"),
        sa.UniqueConstraint("code", name=op.f("uq_pallet_code")),
        sa.UniqueConstraint("sscc", name=op.f("uq_pallet_sscc")),
    )
    op.create_index("ix_pallet_lot_id", "pallet", ["lot_id"])
    _table(
        "gs1_number",
        sa.Column("facility_id", WHOLE, nullable=True),
        sa.Column("gln", sa.String(length=13), nullable=False),
        sa.Column("company_prefix", sa.String(length=12), nullable=False),
        sa.Column("made_by_id", WHOLE, nullable=False),
        _within("gs1_number", "facility_id", "facility"),
        _within("gs1_number", "made_by_id", "event"),
    )
    op.create_index("ix_gs1_number_gln", "gs1_number", ["gln"])
    op.create_index("ix_gs1_number_org_id_facility_id", "gs1_number", ["org_id", "facility_id"])


def _table(name: str, *columns: sa.schema.SchemaItem) -> None:
    """A table of rows that each belong to one organisation."""
    op.create_table(
        name,
        sa.Column("org_id", WHOLE, nullable=False),
        *columns,
        sa.Column("id", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.id"], name=op.f(f"fk_{name}_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("org_id", "id", name=op.f(f"uq_{name}_org_id_id")),
    )


def _within(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["org_id", column], [f"{other}.org_id", f"{other}.id"], name=op.f(f"fk_{table}_org_id_{column}")
    )
