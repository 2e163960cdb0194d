"""How often pages are read, and what the public reports of a batch."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from traceability.models.base import UTCDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _counts()
    _reports()


def _counts() -> None:
    op.create_table(
        "scan_salt",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_scan_salt")),
    )
    op.create_table(
        "scan_count",
        *_visited(),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("org_id", WHOLE, nullable=False),
        sa.Column("n", WHOLE, nullable=False),
        _of_lot("scan_count"),
        sa.PrimaryKeyConstraint("lot_id", "serial", "day", "what", "country", "language", name=op.f("pk_scan_count")),
    )
    op.create_index("ix_scan_count_org_id_day", "scan_count", ["org_id", "day"])
    op.create_table(
        "scan_device",
        *_visited(),
        sa.Column("device", sa.String(length=16), nullable=False),
        sa.Column("org_id", WHOLE, nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        _of_lot("scan_device"),
        sa.PrimaryKeyConstraint("lot_id", "serial", "day", "what", "device", name=op.f("pk_scan_device")),
    )
    week = ["org_id", "day", "what", "lot_id", "serial", "country", "language"]
    op.create_index("ix_scan_device_week", "scan_device", week)
    op.create_table(
        "scan_sum",
        sa.Column("lot_id", WHOLE, autoincrement=False, nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("what", sa.String(length=12), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("org_id", WHOLE, nullable=False),
        sa.Column("n", WHOLE, nullable=False),
        _of_lot("scan_sum"),
        sa.PrimaryKeyConstraint("lot_id", "month", "what", "country", name=op.f("pk_scan_sum")),
    )


def _visited() -> list[sa.Column[object]]:
    return [
        sa.Column("lot_id", WHOLE, autoincrement=False, nullable=False),
        sa.Column("serial", sa.String(length=20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("what", sa.String(length=12), nullable=False),
    ]


def _reports() -> None:
    op.create_table(
        "report",
        sa.Column("org_id", WHOLE, nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("client_id", sa.String(length=60), nullable=False),
        sa.Column("lot_id", WHOLE, nullable=False),
        sa.Column("serial", sa.String(length=20), nullable=False),
        sa.Column("differs", sa.String(length=12), nullable=False),
        sa.Column("said", sa.String(length=1000), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("zone_minutes", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("answer", sa.String(length=500), nullable=False),
        sa.Column("handled_by_id", WHOLE, nullable=True),
        sa.Column("id", WHOLE, nullable=False),
        sa.CheckConstraint("state in ('new','looked_at','answered')", name=op.f("ck_report_state")),
        _of_lot("report"),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.id"], name=op.f("fk_report_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("client_id", name=op.f("uq_report_client_id")),
        sa.UniqueConstraint("code", name=op.f("uq_report_code")),
        sa.UniqueConstraint("org_id", "id", name=op.f("uq_report_org_id_id")),
    )
    op.create_index("ix_report_org_id_state", "report", ["org_id", "state"])
    op.create_index("ix_report_lot_id_made_at", "report", ["lot_id", "made_at"])
    _of_report("reporter", sa.Column("contact", sa.String(length=120), nullable=False))
    _of_report("report_photo", sa.Column("content", sa.LargeBinary(), nullable=False))


def _of_lot(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["org_id", "lot_id"], ["lot.org_id", "lot.id"], name=op.f(f"fk_{table}_org_id_lot_id")
    )


def _of_report(table: str, kept: sa.Column[object]) -> None:
    op.create_table(
        table,
        sa.Column("org_id", WHOLE, nullable=False),
        sa.Column("report_id", WHOLE, nullable=False),
        kept,
        sa.Column("id", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.id"], name=op.f(f"fk_{table}_org_id")),
        sa.ForeignKeyConstraint(
            ["org_id", "report_id"], ["report.org_id", "report.id"], name=op.f(f"fk_{table}_org_id_report_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("report_id", name=op.f(f"uq_{table}_report_id")),
        sa.UniqueConstraint("org_id", "id", name=op.f(f"uq_{table}_org_id_id")),
    )
