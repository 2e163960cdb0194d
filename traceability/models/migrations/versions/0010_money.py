"""What deliveries are owed for and what was paid; prices that weigh-ins carried before are owed from now on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON().with_variant(sa.dialects.postgresql.JSONB(), "postgresql")
_AT_ONCE = 5_000
_OF_COUNTRY = {"LA": "LAK", "VN": "VND", "CN": "CNY"}  # for prices that did not say in which currency
_MOST = 10**13  # what was typed beyond that is no price, and could not be added up


def upgrade() -> None:
    due = op.create_table(
        "due",
        sa.Column("org_id", WHOLE, nullable=False),
        sa.Column("lot_id", WHOLE, nullable=False),
        sa.Column("made_by_id", WHOLE, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("id", WHOLE, nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_due_amount")),
        sa.ForeignKeyConstraint(["org_id", "lot_id"], ["lot.org_id", "lot.id"], name=op.f("fk_due_org_id_lot_id")),
        sa.ForeignKeyConstraint(
            ["org_id", "made_by_id"], ["event.org_id", "event.id"], name=op.f("fk_due_org_id_made_by_id")
        ),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.id"], name=op.f("fk_due_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_due")),
    )
    op.create_index("ix_due_lot_id", "due", ["lot_id"])
    op.create_index("ix_due_made_by_id", "due", ["made_by_id"])
    op.create_index("ix_due_org_id_lot_id", "due", ["org_id", "lot_id"])
    op.create_table(
        "payment",
        sa.Column("org_id", WHOLE, nullable=False),
        sa.Column("party_id", WHOLE, nullable=False),
        sa.Column("lot_id", WHOLE, nullable=True),
        sa.Column("made_by_id", WHOLE, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("purpose", sa.String(length=8), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("zone_minutes", sa.Integer(), nullable=False),
        sa.Column("id", WHOLE, nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payment_amount")),
        sa.ForeignKeyConstraint(
            ["org_id", "party_id"], ["party.org_id", "party.id"], name=op.f("fk_payment_org_id_party_id")
        ),
        sa.ForeignKeyConstraint(["org_id", "lot_id"], ["lot.org_id", "lot.id"], name=op.f("fk_payment_org_id_lot_id")),
        sa.ForeignKeyConstraint(
            ["org_id", "made_by_id"], ["event.org_id", "event.id"], name=op.f("fk_payment_org_id_made_by_id")
        ),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.id"], name=op.f("fk_payment_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
    )
    op.create_index("ix_payment_party_id", "payment", ["party_id"])
    op.create_index("ix_payment_made_by_id", "payment", ["made_by_id"])
    op.create_index("ix_payment_org_id_party_id", "payment", ["org_id", "party_id"])
    _owe_what_was_weighed(due)


def _owe_what_was_weighed(due: sa.Table) -> None:
    event = sa.table("event", *map(sa.column, ("id", "org_id", "kind")), sa.column("kdes", DOCUMENT))
    lot = sa.table("lot", *map(sa.column, ("id", "made_by_id")))
    house = sa.table("organisation", *map(sa.column, ("id", "country")))
    rows = sa.select(event.c.id, event.c.org_id, event.c.kdes, lot.c.id.label("lot_id"), house.c.country)
    rows = rows.join(lot, lot.c.made_by_id == event.c.id).join(house, house.c.id == event.c.org_id)
    rows = rows.where(event.c.kind == "weigh_in")
    rows, last = rows.order_by(event.c.id).limit(_AT_ONCE), 0
    while found := op.get_bind().execute(rows.where(event.c.id > last)).all():
        last = found[-1].id
        owed = [
            {
                "org_id": row.org_id,
                "lot_id": row.lot_id,
                "made_by_id": row.id,
                "amount": row.kdes["amount"],
                "currency": row.kdes.get("currency") or _OF_COUNTRY.get(row.country, "USD"),
            }
            for row in found
            if 0 < (row.kdes.get("amount") or 0) <= _MOST
        ]
        if owed:
            op.bulk_insert(due, owed)
