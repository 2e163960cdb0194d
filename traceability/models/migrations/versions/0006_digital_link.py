"""Batches with an article number (GTIN) are found by it and a lot number: a table of what a label may say."""

from __future__ import annotations

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON().with_variant(sa.dialects.postgresql.JSONB(), "postgresql")
_AT_ONCE = 1_000


def upgrade() -> None:
    table = op.create_table(
        "digital_link",
        sa.Column("gtin", sa.String(14), nullable=False),
        sa.Column("lot", sa.String(20), nullable=False),
        sa.Column("batch_id", WHOLE, autoincrement=False, nullable=False),
        sa.Column("org_id", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "batch_id"], ["batch.org_id", "batch.id"], name=op.f("fk_digital_link_org_id_batch_id")
        ),
        sa.PrimaryKeyConstraint("gtin", "lot", "batch_id", name=op.f("pk_digital_link")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_digital_link_gtin_batch_id", "digital_link", ["gtin", "batch_id"])
    batch = sa.table("batch", *map(sa.column, ("id", "org_id", "lot_id")), sa.column("marks", DOCUMENT))
    lot = sa.table("lot", *map(sa.column, ("id", "number", "code")))
    rows = sa.select(batch.c.id, batch.c.org_id, batch.c.marks, lot.c.number, lot.c.code)
    rows = rows.join(lot, lot.c.id == batch.c.lot_id).order_by(batch.c.id).limit(_AT_ONCE)
    last = 0
    while found := op.get_bind().execute(rows.where(batch.c.id > last)).all():
        last = found[-1].id
        links = [
            {"gtin": row.marks["gtin"], "lot": key, "batch_id": row.id, "org_id": row.org_id}
            for row in found
            if row.marks.get("gtin")
            for key in _keys(row.number, row.marks.get("own_number", ""), row.code)
        ]
        if links:
            op.bulk_insert(table, links)


def _keys(*numbers: str) -> set[str]:
    """As `gs1.lot_keys` folded them when this was written."""
    folded = ("".join("".join(map(_ascii, number)).split()).upper() for number in numbers)
    return {key for key in folded if re.fullmatch(r'[!"%-?A-Z_a-z]{1,20}', key) and key.strip(".")}


def _ascii(sign: str) -> str:
    """A full-width sign or a digit of any script in ASCII."""
    if "\uff01" <= sign <= "\uff5e":
        return chr(ord(sign) - 0xFEE0)
    digit = None if sign.isascii() else unicodedata.decimal(sign, None)
    return sign if digit is None else str(digit)
