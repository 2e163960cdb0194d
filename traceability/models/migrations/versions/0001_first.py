"""The first tables: organisations and people, the registry, the journal, lots, inspection."""

# ruff: noqa: E501 (conditions stand as the database got them)

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "edge",
        sa.Column("child_id", WHOLE, autoincrement=False, nullable=False),
        sa.Column("parent_id", WHOLE, autoincrement=False, nullable=False),
        sa.Column("org_id", WHOLE, nullable=False),
        sa.Column("event_id", WHOLE, nullable=False),
        sa.Column("mass_g", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("child_id", "parent_id", name=op.f("pk_edge")),
    )
    op.create_index(op.f("ix_edge_event_id"), "edge", ["event_id"], unique=False)
    op.create_index("ix_edge_parent_id_child_id", "edge", ["parent_id", "child_id"], unique=False)
    op.create_table(
        "failed_sign_in",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_failed_sign_in")),
    )
    op.create_index(op.f("ix_failed_sign_in_subject"), "failed_sign_in", ["subject"], unique=False)
    op.create_table(
        "organisation",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("prefix", sa.String(length=6), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("names", DOCUMENT, nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("province", sa.String(length=120), nullable=False),
        sa.Column("district", sa.String(length=120), nullable=False),
        sa.Column("village", sa.String(length=120), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("zone_minutes", sa.Integer(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("lot_tolerance_permille", sa.Integer(), nullable=False),
        sa.Column("transfer_tolerance_permille", sa.Integer(), nullable=False),
        sa.Column("transfer_days", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("code", name=op.f("uq_organisation_code")),
    )
    op.create_table(
        "user",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("login", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("login", name=op.f("uq_user_login")),
    )
    op.create_table(
        "api_token",
        sa.Column("org_id", WHOLE, nullable=False),
        sa.Column("user_id", WHOLE, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("scopes", sa.String(length=200), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.Column("id", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.id"], name=op.f("fk_api_token_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_api_token_token_digest")),
    )
    op.create_index(op.f("ix_api_token_org_id"), "api_token", ["org_id"], unique=False)
    op.create_table(
        "certificate",
        sa.Column("org_id", WHOLE, nullable=False),
        sa.Column("scheme", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("issuer", sa.String(length=200), nullable=False),
        sa.Column("custody", sa.String(length=24), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("id", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.id"], name=op.f("fk_certificate_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("org_id", "id", name=op.f("uq_certificate_org_id_id")),
        sa.UniqueConstraint("org_id", "scheme", "number", name=op.f("uq_certificate_org_id_scheme_number")),
    )
    op.create_table(
        "facility",
        sa.Column("org_id", WHOLE, nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("prefix", sa.String(length=6), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("province", sa.String(length=120), nullable=False),
        sa.Column("district", sa.String(length=120), nullable=False),
        sa.Column("village", sa.String(length=120), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("id", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.id"], name=op.f("fk_facility_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facility")),
        sa.UniqueConstraint("code", name=op.f("uq_facility_code")),
        sa.UniqueConstraint("org_id", "id", name=op.f("uq_facility_org_id_id")),
        sa.UniqueConstraint("org_id", "prefix", name=op.f("uq_facility_org_id_prefix")),
    )
    op.create_table(
        "journal_head",
        sa.Column("org_id", WHOLE, autoincrement=False, nullable=False),
        sa.Column("seq", WHOLE, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.id"], name=op.f("fk_journal_head_org_id")),
        sa.PrimaryKeyConstraint("org_id", name=op.f("pk_journal_head")),
    )
    op.create_table(
        "membership",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("org_id", WHOLE, nullable=False),
        sa.Column("user_id", WHOLE, nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.CheckConstraint(
            "role in ('clerk','manager','exporter','inspector','auditor','administrator')",
            name=op.f("ck_membership_role"),
        ),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.id"], name=op.f("fk_membership_org_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_membership_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        sa.UniqueConstraint("org_id", "user_id", "role", name=op.f("uq_membership_org_id_user_id_role")),
    )
    op.create_index(op.f("ix_membership_user_id"), "membership", ["user_id"], unique=False)
    op.create_table(
        "party",
        sa.Column("org_id", WHOLE, nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_key", sa.String(length=200), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("province", sa.String(length=120), nullable=False),
        sa.Column("district", sa.String(length=120), nullable=False),
        sa.Column("village", sa.String(length=120), nullable=False),
        sa.Column("linked_org_id", WHOLE, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("id", WHOLE, nullable=False),
        sa.CheckConstraint(
            "kind in ('farmer','buyer','supplier','carrier','laboratory','certifier')", name=op.f("ck_party_kind")
        ),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.id"], name=op.f("fk_party_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party")),
        sa.UniqueConstraint("code", name=op.f("uq_party_code")),
        sa.UniqueConstraint("org_id", "id", name=op.f("uq_party_org_id_id")),
        sa.UniqueConstraint("org_id", "number", name=op.f("uq_party_org_id_number")),
    )
    op.create_index(op.f("ix_party_name_key"), "party", ["name_key"], unique=False)
    op.create_table(
        "registration",
        sa.Column("org_id", WHOLE, nullable=False),
        sa.Column("scheme", sa.String(length=32), nullable=False),
        sa.Column("official_code", sa.String(length=60), nullable=False),
        sa.Column("authority", sa.String(length=120), nullable=False),
        sa.Column("commodity", sa.String(length=40), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("id", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.id"], name=op.f("fk_registration_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration")),
        sa.UniqueConstraint("org_id", "id", name=op.f("uq_registration_org_id_id")),
        sa.UniqueConstraint(
            "org_id", "scheme", "official_code", name=op.f("uq_registration_org_id_scheme_official_code")
        ),
    )
    op.create_table(
        "sign_in",
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("user_id", WHOLE, nullable=False),
        sa.Column("org_id", WHOLE, nullable=False),
        sa.Column("device", sa.String(length=120), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.id"], name=op.f("fk_sign_in_org_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_sign_in_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_sign_in_token_digest")),
    )
    op.create_index(op.f("ix_sign_in_user_id"), "sign_in", ["user_id"], unique=False)
    op.create_table(
        "event",
        sa.Column("org_id", WHOLE, nullable=False),
        sa.Column("seq", WHOLE, nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("client_id", sa.String(length=64), nullable=False),
        sa.Column("request_digest", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("event_type", sa.String(length=24), nullable=False),
        sa.Column("business_step", sa.String(length=40), nullable=False),
        sa.Column("disposition", sa.String(length=40), nullable=False),
        sa.Column("occurred_at", INSTANT, nullable=False),
        sa.Column("zone_minutes", sa.Integer(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("actor_id", WHOLE, nullable=True),
        sa.Column("facility_id", WHOLE, nullable=True),
        sa.Column("declares_id", WHOLE, nullable=True),
        sa.Column("kdes", DOCUMENT, nullable=False),
        sa.Column("answer", DOCUMENT, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("previous_digest", sa.String(length=64), nullable=False),
        sa.Column("id", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "declares_id"], ["event.org_id", "event.id"], name=op.f("fk_event_org_id_declares_id")
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "facility_id"], ["facility.org_id", "facility.id"], name=op.f("fk_event_org_id_facility_id")
        ),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.id"], name=op.f("fk_event_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("code", name=op.f("uq_event_code")),
        sa.UniqueConstraint("org_id", "client_id", name=op.f("uq_event_org_id_client_id")),
        sa.UniqueConstraint("org_id", "id", name=op.f("uq_event_org_id_id")),
        sa.UniqueConstraint("org_id", "seq", name=op.f("uq_event_org_id_seq")),
    )
    op.create_index("ix_event_declares_id", "event", ["declares_id"], unique=False)
    op.create_index("ix_event_org_id_kind_occurred_at", "event", ["org_id", "kind", "occurred_at"], unique=False)
    op.create_table(
        "person",
        sa.Column("party_id", WHOLE, autoincrement=False, nullable=False),
        sa.Column("org_id", WHOLE, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("nickname", sa.String(length=80), nullable=False),
        sa.Column("search_key", sa.String(length=400), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("named_in_public", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "party_id"], ["party.org_id", "party.id"], name=op.f("fk_person_org_id_party_id")
        ),
        sa.PrimaryKeyConstraint("party_id", name=op.f("pk_person")),
    )
    op.create_index("ix_person_org_id_search_key", "person", ["org_id", "search_key"], unique=False)
    op.create_index(op.f("ix_person_search_key"), "person", ["search_key"], unique=False)
    op.create_table(
        "plot",
        sa.Column("org_id", WHOLE, nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("party_id", WHOLE, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("commodity", sa.String(length=40), nullable=False),
        sa.Column("area_m2", WHOLE, nullable=False),
        sa.Column("area_declared", sa.Boolean(), nullable=False),
        sa.Column("bearing_m2", WHOLE, nullable=True),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("province", sa.String(length=120), nullable=False),
        sa.Column("district", sa.String(length=120), nullable=False),
        sa.Column("village", sa.String(length=120), nullable=False),
        sa.Column("geometry_kind", sa.String(length=8), nullable=False),
        sa.Column("geometry", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("id", WHOLE, nullable=False),
        sa.CheckConstraint("geometry_kind in ('none','point','polygon')", name=op.f("ck_plot_geometry_kind")),
        sa.CheckConstraint("area_m2 >= 0", name=op.f("ck_plot_area")),
        sa.ForeignKeyConstraint(
            ["org_id", "party_id"], ["party.org_id", "party.id"], name=op.f("fk_plot_org_id_party_id")
        ),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.id"], name=op.f("fk_plot_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plot")),
        sa.UniqueConstraint("code", name=op.f("uq_plot_code")),
        sa.UniqueConstraint("org_id", "id", name=op.f("uq_plot_org_id_id")),
    )
    op.create_index("ix_plot_org_id_party_id", "plot", ["org_id", "party_id"], unique=False)
    op.create_table(
        "suspension",
        sa.Column("registration_id", WHOLE, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("org_id", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "registration_id"],
            ["registration.org_id", "registration.id"],
            name=op.f("fk_suspension_org_id_registration_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suspension")),
    )
    op.create_index(op.f("ix_suspension_registration_id"), "suspension", ["registration_id"], unique=False)
    op.create_table(
        "certificate_cover",
        sa.Column("certificate_id", WHOLE, nullable=False),
        sa.Column("party_id", WHOLE, nullable=True),
        sa.Column("plot_id", WHOLE, nullable=True),
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("org_id", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "certificate_id"],
            ["certificate.org_id", "certificate.id"],
            name=op.f("fk_certificate_cover_org_id_certificate_id"),
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "party_id"], ["party.org_id", "party.id"], name=op.f("fk_certificate_cover_org_id_party_id")
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "plot_id"], ["plot.org_id", "plot.id"], name=op.f("fk_certificate_cover_org_id_plot_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_cover")),
    )
    op.create_index("ix_certificate_cover_certificate_id", "certificate_cover", ["certificate_id"], unique=False)
    op.create_table(
        "lot",
        sa.Column("org_id", WHOLE, nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("commodity", sa.String(length=40), nullable=False),
        sa.Column("form", sa.String(length=40), nullable=False),
        sa.Column("grade", sa.String(length=40), nullable=False),
        sa.Column("variety", sa.String(length=80), nullable=False),
        sa.Column("crop_year", sa.String(length=12), nullable=False),
        sa.Column("custody", sa.String(length=24), nullable=False),
        sa.Column("made_g", WHOLE, nullable=False),
        sa.Column("balance_g", WHOLE, nullable=False),
        sa.Column("unit", sa.String(length=16), nullable=False),
        sa.Column("made_count", WHOLE, nullable=False),
        sa.Column("balance_count", WHOLE, nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("zone_minutes", sa.Integer(), nullable=False),
        sa.Column("made_by_id", WHOLE, nullable=False),
        sa.Column("facility_id", WHOLE, nullable=True),
        sa.Column("origin_party_id", WHOLE, nullable=True),
        sa.Column("origin_plot_id", WHOLE, nullable=True),
        sa.Column("void", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("id", WHOLE, nullable=False),
        sa.CheckConstraint("(origin_party_id is null) = (kind <> 'delivery')", name=op.f("ck_lot_origin")),
        sa.CheckConstraint(
            "custody in ('identity_preserved','segregated','controlled_blending','mass_balance')",
            name=op.f("ck_lot_custody"),
        ),
        sa.CheckConstraint("balance_count >= 0 and balance_count <= made_count", name=op.f("ck_lot_balance_count")),
        sa.CheckConstraint("balance_g >= 0 and balance_g <= made_g", name=op.f("ck_lot_balance")),
        sa.ForeignKeyConstraint(
            ["org_id", "facility_id"], ["facility.org_id", "facility.id"], name=op.f("fk_lot_org_id_facility_id")
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "made_by_id"], ["event.org_id", "event.id"], name=op.f("fk_lot_org_id_made_by_id")
        ),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.id"], name=op.f("fk_lot_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot")),
        sa.UniqueConstraint("code", name=op.f("uq_lot_code")),
        sa.UniqueConstraint("org_id", "id", name=op.f("uq_lot_org_id_id")),
        sa.UniqueConstraint("org_id", "number", name=op.f("uq_lot_org_id_number")),
    )
    op.create_index(
        "ix_lot_on_hand",
        "lot",
        ["org_id", "made_at"],
        unique=False,
        sqlite_where=sa.text("balance_g > 0"),
        postgresql_where=sa.text("balance_g > 0"),
    )
    op.create_index("ix_lot_org_id_kind_made_at", "lot", ["org_id", "kind", "made_at"], unique=False)
    op.create_index("ix_lot_origin_party_id", "lot", ["origin_party_id"], unique=False)
    op.create_index("ix_lot_origin_plot_id", "lot", ["origin_plot_id"], unique=False)
    op.create_table(
        "posting",
        sa.Column("event_id", WHOLE, autoincrement=False, nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("org_id", WHOLE, nullable=False),
        sa.Column("account", sa.String(length=8), nullable=False),
        sa.Column("ref", sa.String(length=40), nullable=False),
        sa.Column("lot_id", WHOLE, nullable=True),
        sa.Column("plot_id", WHOLE, nullable=True),
        sa.Column("party_id", WHOLE, nullable=True),
        sa.Column("transfer_id", WHOLE, nullable=True),
        sa.Column("mass_g", WHOLE, nullable=False),
        sa.Column("count", WHOLE, nullable=False),
        sa.CheckConstraint(
            "account in ('lot','plot','party','transit','buyer','loss','gain')", name=op.f("ck_posting_account")
        ),
        sa.CheckConstraint("mass_g <> 0 or count <> 0", name=op.f("ck_posting_says_something")),
        sa.ForeignKeyConstraint(
            ["org_id", "event_id"], ["event.org_id", "event.id"], name=op.f("fk_posting_org_id_event_id")
        ),
        sa.PrimaryKeyConstraint("event_id", "line", name=op.f("pk_posting")),
    )
    op.create_index("ix_posting_lot_id", "posting", ["lot_id"], unique=False)
    op.create_index("ix_posting_party_id", "posting", ["party_id"], unique=False)
    op.create_index("ix_posting_plot_id", "posting", ["plot_id"], unique=False)
    op.create_table(
        "registration_cover",
        sa.Column("registration_id", WHOLE, nullable=False),
        sa.Column("plot_id", WHOLE, nullable=True),
        sa.Column("facility_id", WHOLE, nullable=True),
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("org_id", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "facility_id"],
            ["facility.org_id", "facility.id"],
            name=op.f("fk_registration_cover_org_id_facility_id"),
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "plot_id"], ["plot.org_id", "plot.id"], name=op.f("fk_registration_cover_org_id_plot_id")
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "registration_id"],
            ["registration.org_id", "registration.id"],
            name=op.f("fk_registration_cover_org_id_registration_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration_cover")),
    )
    op.create_index("ix_registration_cover_plot_id", "registration_cover", ["plot_id"], unique=False)
    op.create_index("ix_registration_cover_registration_id", "registration_cover", ["registration_id"], unique=False)
    op.create_table(
        "attachment",
        sa.Column("org_id", WHOLE, nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("lot_id", WHOLE, nullable=False),
        sa.Column("made_by_id", WHOLE, nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("media_type", sa.String(length=60), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("id", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "lot_id"], ["lot.org_id", "lot.id"], name=op.f("fk_attachment_org_id_lot_id")
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "made_by_id"], ["event.org_id", "event.id"], name=op.f("fk_attachment_org_id_made_by_id")
        ),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.id"], name=op.f("fk_attachment_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
        sa.UniqueConstraint("code", name=op.f("uq_attachment_code")),
    )
    op.create_index(op.f("ix_attachment_lot_id"), "attachment", ["lot_id"], unique=False)
    op.create_table(
        "batch",
        sa.Column("org_id", WHOLE, nullable=False),
        sa.Column("lot_id", WHOLE, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("destination", sa.String(length=2), nullable=False),
        sa.Column("hs", sa.String(length=12), nullable=False),
        sa.Column("marks", DOCUMENT, nullable=False),
        sa.Column("packed_on", sa.Date(), nullable=True),
        sa.Column("best_before", sa.Date(), nullable=True),
        sa.Column("sealed_at", INSTANT, nullable=False),
        sa.Column("sealed_by_id", WHOLE, nullable=False),
        sa.Column("sealed_by_user_id", WHOLE, nullable=True),
        sa.Column("released_at", INSTANT, nullable=True),
        sa.Column("released_by_id", WHOLE, nullable=True),
        sa.Column("release_digest", sa.String(length=64), nullable=False),
        sa.Column("superseded_by", sa.String(length=8), nullable=False),
        sa.Column("id", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(["org_id", "lot_id"], ["lot.org_id", "lot.id"], name=op.f("fk_batch_org_id_lot_id")),
        sa.ForeignKeyConstraint(
            ["org_id", "released_by_id"], ["event.org_id", "event.id"], name=op.f("fk_batch_org_id_released_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "sealed_by_id"], ["event.org_id", "event.id"], name=op.f("fk_batch_org_id_sealed_by_id")
        ),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.id"], name=op.f("fk_batch_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
        sa.UniqueConstraint("org_id", "id", name=op.f("uq_batch_org_id_id")),
        sa.UniqueConstraint("org_id", "lot_id", name=op.f("uq_batch_org_id_lot_id")),
    )
    op.create_index(op.f("ix_batch_lot_id"), "batch", ["lot_id"], unique=False)
    op.create_table(
        "hold",
        sa.Column("org_id", WHOLE, nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("lot_id", WHOLE, nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("action", sa.String(length=300), nullable=False),
        sa.Column("made_by_id", WHOLE, nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("zone_minutes", sa.Integer(), nullable=False),
        sa.Column("closed_by_id", WHOLE, nullable=True),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("outcome", sa.String(length=300), nullable=False),
        sa.Column("id", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "closed_by_id"], ["event.org_id", "event.id"], name=op.f("fk_hold_org_id_closed_by_id")
        ),
        sa.ForeignKeyConstraint(["org_id", "lot_id"], ["lot.org_id", "lot.id"], name=op.f("fk_hold_org_id_lot_id")),
        sa.ForeignKeyConstraint(
            ["org_id", "made_by_id"], ["event.org_id", "event.id"], name=op.f("fk_hold_org_id_made_by_id")
        ),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.id"], name=op.f("fk_hold_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
        sa.UniqueConstraint("code", name=op.f("uq_hold_code")),
        sa.UniqueConstraint("org_id", "id", name=op.f("uq_hold_org_id_id")),
    )
    op.create_index("ix_hold_lot_id", "hold", ["lot_id"], unique=False)
    op.create_table(
        "measurement",
        sa.Column("org_id", WHOLE, nullable=False),
        sa.Column("lot_id", WHOLE, nullable=False),
        sa.Column("made_by_id", WHOLE, nullable=False),
        sa.Column("property", sa.String(length=60), nullable=False),
        sa.Column("value", sa.String(length=80), nullable=False),
        sa.Column("unit", sa.String(length=16), nullable=False),
        sa.Column("method", sa.String(length=120), nullable=False),
        sa.Column("laboratory", sa.String(length=200), nullable=False),
        sa.Column("sample", sa.String(length=60), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("id", WHOLE, nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "lot_id"], ["lot.org_id", "lot.id"], name=op.f("fk_measurement_org_id_lot_id")
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "made_by_id"], ["event.org_id", "event.id"], name=op.f("fk_measurement_org_id_made_by_id")
        ),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.id"], name=op.f("fk_measurement_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measurement")),
    )
    op.create_index(op.f("ix_measurement_lot_id"), "measurement", ["lot_id"], unique=False)
    op.create_table(
        "recall",
        sa.Column("org_id", WHOLE, nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("lot_id", WHOLE, nullable=True),
        sa.Column("plot_id", WHOLE, nullable=True),
        sa.Column("party_id", WHOLE, nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("action", sa.String(length=300), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("made_by_id", WHOLE, nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("zone_minutes", sa.Integer(), nullable=False),
        sa.Column("closed_by_id", WHOLE, nullable=True),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("outcome", sa.String(length=300), nullable=False),
        sa.Column("id", WHOLE, nullable=False),
        sa.CheckConstraint(
            "(case when lot_id is null then 0 else 1 end) + (case when plot_id is null then 0 else 1 end) + (case when party_id is null then 0 else 1 end) = 1",
            name=op.f("ck_recall_one_target"),
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "closed_by_id"], ["event.org_id", "event.id"], name=op.f("fk_recall_org_id_closed_by_id")
        ),
        sa.ForeignKeyConstraint(["org_id", "lot_id"], ["lot.org_id", "lot.id"], name=op.f("fk_recall_org_id_lot_id")),
        sa.ForeignKeyConstraint(
            ["org_id", "made_by_id"], ["event.org_id", "event.id"], name=op.f("fk_recall_org_id_made_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "party_id"], ["party.org_id", "party.id"], name=op.f("fk_recall_org_id_party_id")
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "plot_id"], ["plot.org_id", "plot.id"], name=op.f("fk_recall_org_id_plot_id")
        ),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.id"], name=op.f("fk_recall_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recall")),
        sa.UniqueConstraint("code", name=op.f("uq_recall_code")),
        sa.UniqueConstraint("org_id", "id", name=op.f("uq_recall_org_id_id")),
    )
    op.create_index("ix_recall_lot_id", "recall", ["lot_id"], unique=False)
    op.create_index("ix_recall_party_id", "recall", ["party_id"], unique=False)
    op.create_index("ix_recall_plot_id", "recall", ["plot_id"], unique=False)
    op.create_table(
        "transfer",
        sa.Column("org_id", WHOLE, nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("lot_id", WHOLE, nullable=False),
        sa.Column("to_org_id", WHOLE, nullable=False),
        sa.Column("mass_g", WHOLE, nullable=False),
        sa.Column("open_g", WHOLE, nullable=False),
        sa.Column("count", WHOLE, nullable=False),
        sa.Column("open_count", WHOLE, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("vehicle", sa.String(length=60), nullable=False),
        sa.Column("driver", sa.String(length=120), nullable=False),
        sa.Column("seal", sa.String(length=60), nullable=False),
        sa.Column("dispatched_by_id", WHOLE, nullable=False),
        sa.Column("dispatched_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("received_g", WHOLE, nullable=True),
        sa.Column("received_by_id", WHOLE, nullable=True),
        sa.Column("received_at", INSTANT, nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("id", WHOLE, nullable=False),
        sa.CheckConstraint(
            "state in ('pending','received','partly','refused','returned','void')", name=op.f("ck_transfer_state")
        ),
        sa.CheckConstraint("open_count >= 0 and open_count <= count", name=op.f("ck_transfer_open_count")),
        sa.CheckConstraint("open_g >= 0 and open_g <= mass_g", name=op.f("ck_transfer_open")),
        sa.ForeignKeyConstraint(
            ["org_id", "dispatched_by_id"],
            ["event.org_id", "event.id"],
            name=op.f("fk_transfer_org_id_dispatched_by_id"),
        ),
        sa.ForeignKeyConstraint(["org_id", "lot_id"], ["lot.org_id", "lot.id"], name=op.f("fk_transfer_org_id_lot_id")),
        sa.ForeignKeyConstraint(["org_id"], ["organisation.id"], name=op.f("fk_transfer_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer")),
        sa.UniqueConstraint("code", name=op.f("uq_transfer_code")),
        sa.UniqueConstraint("org_id", "id", name=op.f("uq_transfer_org_id_id")),
    )
    op.create_index("ix_transfer_to_org_id_state", "transfer", ["to_org_id", "state"], unique=False)
